"""The thread that keeps something on air, whatever happens: ``vcam-publisher``.

It owns the output: it opens it, sends a card at once, and from then on a picture whenever
one is finished and a card whenever none comes.  The line runs on a thread of its own; a
driver or a model that hangs stops only that one: the publisher keeps the card on air,
leaves the stuck thread behind and starts another.

While the user holds the picture, or nobody watches, no line runs: the camera is released,
and what is on air is repeated at a low rate.  Nothing is kept ready for the next viewer: a
camera takes longer to open than the model takes to load, 15 ms once it has been.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace

from vcam.backgrounds.room import Room
from vcam.engine.factories import Devices, Patience
from vcam.engine.governor import Governor
from vcam.engine.on_demand import Demand
from vcam.engine.producer import LineThread
from vcam.engine.status_reporter import Bulletin
from vcam.errors import BackgroundError, SourceError, VcamError
from vcam.frames import Image
from vcam.memory import give_back
from vcam.outputs import WatchedOutput
from vcam.outputs.options import OutputOptions
from vcam.pipeline.privacy import Choice, Gate, Outdated, Withheld
from vcam.settings import Settings
from vcam.status import Hold, Meter, State, Status
from vcam.stopwatch import stood_still

log = logging.getLogger(__name__)

ONE_MOMENT = "One moment, please"
BE_RIGHT_BACK = "Be right back"
CARDS: dict[type[VcamError], str] = {
    SourceError: "The camera is away for a moment",
    BackgroundError: "The background is not available",
}
"""What a card says.  Everybody in the call reads it: no path, name or device is in it;
those are in the status."""
HELD = (State.PAUSED, State.FROZEN)


class Publisher:
    """One run of vcam, from start to stop.  Started and stopped by its owner, once."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        hold: Callable[[], Hold],
        devices: Devices,
        patience: Patience,
        new_meter: Callable[[], Meter] = Meter,
    ) -> None:
        self._settings = settings
        self._devices, self._patience = devices, patience
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="vcam-publisher", daemon=True
        )
        self._demand = Demand(settings, hold, patience)
        self._bulletin = Bulletin(new_meter)
        self._gate: Gate | None = None
        self._stuck = 0
        # By what the user calls a camera, the one that was opened for it: known again by
        # its identity after an output or a line was lost.
        self._identities: dict[str, str] = {}
        self._governor = Governor()
        self.choice = Choice(
            lambda: settings().background,
            lambda: self._stopping.is_set() or hold() is not Hold.NOTHING,
        )
        """What every picture is compared with.  Settings and hold change inside of it."""

    @property
    def status(self) -> Status:
        """What is; immutable, replaced as a whole."""
        status, gate = self._bulletin.status, self._gate
        if gate is None or gate.held_up_s <= self._patience.stuck_s:
            return status
        # The thread that would tell it is the one that hangs.
        return replace(
            status,
            state=State.WAITING,
            message=f"{status.output} hangs",
            remedy="Close the programs that watch it; if it stays so, start vcam again",
            fps=0.0,
        )

    @property
    def picture(self) -> Image | None:
        """What is on air; ``None`` while there is no output.  Who asks, watches."""
        self._demand.previewed()
        gate = self._gate
        return gate.sent if gate else None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at once at what is wished for."""
        self._wake.set()

    def stop(self) -> None:
        """Tell it to end and wait, within bounds; a driver that hangs is left behind."""
        self._stopping.set()
        self.wake()
        self._thread.join(self._patience.quit_s)
        if self._thread.is_alive():
            log.error("the output does not let go; it is left behind")

    # From here on: only the publisher thread.

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._with_output()
            except VcamError as error:
                self._bulletin.trouble(error)
            except Exception as error:
                # A driver that raises what nobody expects is no reason to go off air.
                if self._bulletin.status.message != repr(error):
                    log.exception("the output failed")
                self._bulletin.trouble(VcamError(repr(error), "The log tells where"))
            self._stopping.wait(self._patience.retry_s)

    def _with_output(self) -> None:
        options = self._settings().output
        with closing(self._devices.open_output(options)) as output:
            gate = self._gate = Gate(output, self.choice)
            self._bulletin.on_air(output, gate)
            try:
                # Programs list the virtual camera only once something is sent.
                self._card(gate, ONE_MOMENT)
                while self._wanted(options):
                    self._look(output)
                    if self._demand.rest:
                        self._rest(gate, output, options)
                    else:
                        self._with_line(gate, output, options)
            finally:
                self._gate = None
                self._bulletin.off_air()

    def _wanted(self, options: OutputOptions) -> bool:
        return not self._stopping.is_set() and self._settings().output == options

    def _look(self, output: WatchedOutput) -> None:
        if audience := self._demand.look(output):
            self._bulletin.watched_by(audience.names)

    def _rest(self, gate: Gate, output: WatchedOutput, options: OutputOptions) -> None:
        """Without a camera, until something else is wished for or somebody watches."""
        give_back()
        due_s = float("-inf")
        while self._wanted(options) and (rest := self._demand.rest):
            now_s = time.monotonic()
            news = rest is not self._bulletin.status.state
            if news or now_s >= due_s or gate.overexposed:
                self._still(gate, rest)
                due_s = now_s + self._patience.rest_every_s
            self._bulletin.resting(rest)
            self._wake.wait(min(self._patience.look_every_s, due_s - now_s))
            self._wake.clear()
            self._look(output)

    def _with_line(self, gate: Gate, output: WatchedOutput, options: OutputOptions) -> None:
        line = LineThread(
            self._settings,
            options,
            self._devices,
            self._patience.retry_s,
            self._identities,
            self._governor,
        )
        self._bulletin.restart()
        line.start()
        with contextlib.ExitStack() as ending:
            # Last, and whatever the output says: else nobody releases the camera.
            ending.callback(line.stop, self._patience.stop_s)
            ending.callback(self._cover, gate, line)
            self._serve(gate, output, line, options)

    def _cover(self, gate: Gate, line: LineThread) -> None:
        """What is not to be seen any more leaves now: a driver may take seconds to stop."""
        rest = None if self._stopping.is_set() else self._demand.rest
        if rest or gate.overexposed:
            with contextlib.suppress(VcamError):
                self._still(gate, rest)
                if rest in HELD:
                    self._bulletin.resting(rest, line.source_name)

    def _still(self, gate: Gate, rest: State | None) -> None:
        """Send the last picture once more if it is frozen and allowed; or else a card."""
        if rest is State.FROZEN:
            with contextlib.suppress(Withheld):
                gate.repeat()
                return
        elif rest:
            gate.forget()  # what was on air before a pause or a call does not come back
        self._card(gate, BE_RIGHT_BACK if rest in HELD else ONE_MOMENT)

    def _serve(
        self, gate: Gate, output: WatchedOutput, line: LineThread, options: OutputOptions
    ) -> None:
        """Publish what ``line`` makes until something else is asked for or it is no use."""
        began_with = self._settings()
        wait_s = self._patience.card_every_s / 4
        awake_s = heard_s = sent_s = time.monotonic()
        while self._wanted(options):
            begun_s = time.monotonic()
            done = line.take(wait_s)
            now_s = time.monotonic()
            if stood_still(now_s - begun_s, wait_s):
                awake_s = heard_s = now_s  # silence counts from now on
            self._look(output)
            if self._demand.rest:
                return
            try:
                if done is not None:
                    gate.publish(done.picture)
            except Outdated:
                done = None  # the one for the new choice is under way
            except Withheld as verdict:
                self._card(gate, _told_to_all(verdict))
                self._bulletin.trouble(verdict)
                sent_s = now_s
                continue
            if done is not None:
                heard_s = sent_s = time.monotonic()
                self._stuck = 0
                captured_s = done.picture.frame.captured_s
                self._bulletin.live(
                    line.source_name, line.quality, captured_s, sent_s, done.costs_ms
                )
                continue
            if self._is_stuck(line, min(line.silent_s(now_s), now_s - awake_s)):
                self._card(gate, ONE_MOMENT)
                self._bulletin.trouble(VcamError(f"The {line.stage} hangs"))
                return
            if line.failed and self._settings() is not began_with:
                return  # other settings, another try
            silent_s = now_s - heard_s
            if self._card_is_due(gate, line, now_s - sent_s, silent_s):
                self._card(gate, _told_to_all(line.trouble))
                sent_s = now_s
            self._explain(line, silent_s)

    def _is_stuck(self, line: LineThread, silent_s: float) -> bool:
        if silent_s <= self._patience.stuck_s * 2 ** min(self._stuck, 6):
            return False
        log.error("the line is stuck in %r; starting another", line.stage)
        self._stuck += 1
        return True

    def _card_is_due(
        self, gate: Gate, line: LineThread, unsent_s: float, silent_s: float
    ) -> bool:
        # What is on air stays there, still, for a moment; the plain room does not.
        if gate.overexposed and isinstance(gate.background, Room):
            return True
        silent = silent_s > self._patience.silence_s
        due = unsent_s >= self._patience.card_every_s
        return due and (gate.overexposed or line.trouble is not None or silent)

    def _explain(self, line: LineThread, silent_s: float) -> None:
        """Tell what keeps the pictures from coming, once it has lasted."""
        patience, state = self._patience, self._bulletin.status.state
        if line.failed:
            broken = line.trouble or VcamError("Something broke")
            self._bulletin.trouble(broken, State.FAILED)
        elif line.trouble is not None:
            self._bulletin.trouble(line.trouble)
        elif (state is State.LIVE and silent_s > patience.silence_s) or (
            state is State.STARTING and silent_s > patience.opening_s
        ):
            self._bulletin.trouble(SourceError("No pictures are coming"))

    def _card(self, gate: Gate, message: str) -> None:
        gate.card(message)
        self._bulletin.carded()


def _told_to_all(trouble: VcamError | None) -> str:
    return CARDS.get(type(trouble), ONE_MOMENT) if trouble else ONE_MOMENT
