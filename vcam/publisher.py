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
from dataclasses import dataclass

from vcam.backgrounds.room import Room
from vcam.bulletin import Bulletin
from vcam.errors import BackgroundError, SourceError, VcamError
from vcam.frames import Image, Size
from vcam.governor import Governor
from vcam.linethread import LineThread
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.memory import give_back
from vcam.outputs import WatchedOutput
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.privacy import Gate, Outdated, Withheld
from vcam.settings import Settings
from vcam.sources import Source
from vcam.sources.opening import open_source
from vcam.status import Hold, Meter, State, Status

log = logging.getLogger(__name__)

ONE_MOMENT = "One moment, please"
BE_RIGHT_BACK = "Be right back"
CARDS: dict[type[VcamError], str] = {
    SourceError: "The camera is away for a moment",
    BackgroundError: "The background is not available",
}
"""What a card says.  Everybody in the call reads it: no path, name or device is in it;
those are in the status."""
HELD = {Hold.NOTHING: None, Hold.PAUSE: State.PAUSED, Hold.FREEZE: State.FROZEN}


@dataclass(frozen=True)
class Devices:
    """The outside world, as three doors.  Tests open other doors."""

    open_source: Callable[[str, Size, float], Source] = open_source
    open_segmenter: OpenSegmenter = open_segmenter
    open_output: Callable[[OutputOptions], WatchedOutput] = open_output


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds."""

    retry_s: float = 1.0
    """Between two tries at what is missing."""
    card_every_s: float = 0.25
    """A card is repeated: call programs give a silent camera up after a few seconds."""
    rest_every_s: float = 0.5
    """The same while no camera is needed: with fewer than two a second browsers doubt."""
    look_every_s: float = 0.2
    """How often it is asked who watches."""
    grace_s: float = 5.0
    """The camera runs on for so long after the last viewer: programs close and reopen."""
    silence_s: float = 1.0
    """Without a picture for so long, a card says so."""
    opening_s: float = 5.0
    """The same before the first picture, for the status: some cameras open slowly."""
    stuck_s: float = 15.0
    """A line thread that gives no sign of life for so long is left behind.  Loading the
    model on a cold disk, and a camera that opens slowly, must fit in.  Doubled each time,
    so that a driver that always hangs does not fill the machine with threads."""
    stop_s: float = 2.0
    """For the line to end once it was told to."""
    quit_s: float = 2.8
    """For line and output together: quitting takes three seconds at most."""


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
        self._settings, self._hold = settings, hold
        self._devices, self._patience = devices, patience
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="vcam-publisher", daemon=True
        )
        self._bulletin = Bulletin(new_meter)
        self._gate: Gate | None = None
        self._stuck = 0
        self._looked_s = self._watched_s = float("-inf")
        # By what the user calls a camera, the one that was opened for it: known again by
        # its identity after an output or a line was lost.
        self._identities: dict[str, str] = {}
        self._governor = Governor()
        self.sending = threading.Lock()
        """Held while a picture is compared with the choice and sent."""

    @property
    def status(self) -> Status:
        """What is; immutable, replaced as a whole."""
        return self._bulletin.status

    @property
    def picture(self) -> Image | None:
        """What is on air; ``None`` while there is no output.  Who asks, watches."""
        self._watched_s = time.monotonic()
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
                if self.status.message != repr(error):
                    log.exception("the output failed")
                self._bulletin.trouble(VcamError(repr(error), "The log tells where"))
            self._stopping.wait(self._patience.retry_s)

    def _with_output(self) -> None:
        options = self._settings().output
        with closing(self._devices.open_output(options)) as output:
            gate = self._gate = Gate(output, lambda: self._settings().background)
            self._bulletin.on_air(output, gate)
            try:
                # Programs list the virtual camera only once something is sent.
                self._card(gate, ONE_MOMENT)
                while self._wanted(options):
                    self._look(output)
                    if self._resting():
                        self._rest(gate, output, options)
                    else:
                        self._with_line(gate, output, options)
            finally:
                self._gate = None
                self._bulletin.off_air()

    def _wanted(self, options: OutputOptions) -> bool:
        return not self._stopping.is_set() and self._settings().output == options

    def _resting(self) -> State | None:
        """The state in which no camera is needed; ``None`` when one is."""
        if held := HELD[self._hold()]:
            return held
        if not self._settings().power.on_demand:
            return None
        unwatched_s = time.monotonic() - self._watched_s
        return State.RESTING if unwatched_s > self._patience.grace_s else None

    def _look(self, output: WatchedOutput) -> None:
        """Ask now and then who watches."""
        now_s = time.monotonic()
        if now_s - self._looked_s < self._patience.look_every_s:
            return
        self._looked_s = now_s
        audience = output.audience()
        self._bulletin.watched_by(audience.names)
        if audience.watched:
            self._watched_s = now_s

    def _with_line(self, gate: Gate, output: WatchedOutput, options: OutputOptions) -> None:
        line = LineThread(
            self._settings,
            options,
            self._devices.open_source,
            self._devices.open_segmenter,
            self._patience.retry_s,
            self._identities,
            self._governor,
        )
        self._bulletin.restart()
        line.start()
        try:
            self._serve(gate, output, line, options)
        finally:
            # Now: a driver may take seconds to let go.
            resting = None if self._stopping.is_set() else self._resting()
            if resting or gate.overexposed:
                with contextlib.suppress(VcamError):
                    self._still(gate, resting)
                    if resting in (State.PAUSED, State.FROZEN):
                        self._bulletin.resting(resting, line.source_name)
            line.stop(self._patience.stop_s)
            if resting:
                give_back()

    def _rest(self, gate: Gate, output: WatchedOutput, options: OutputOptions) -> None:
        """Without a camera, until something else is wished for or somebody watches."""
        due_s = float("-inf")
        while self._wanted(options) and (state := self._resting()):
            now_s = time.monotonic()
            if now_s >= due_s or state is not self.status.state or gate.overexposed:
                self._still(gate, state)
                due_s = now_s + self._patience.rest_every_s
            self._bulletin.resting(state)
            self._wake.wait(min(self._patience.look_every_s, due_s - now_s))
            self._wake.clear()
            self._look(output)

    def _still(self, gate: Gate, resting: State | None) -> None:
        """Send the last picture once more if it is frozen and allowed; or else a card."""
        if resting is State.FROZEN:
            with contextlib.suppress(Withheld), self.sending:
                gate.repeat()
                return
        elif resting:
            gate.forget()  # what was on air before a pause or a call does not come back
        held = resting in (State.PAUSED, State.FROZEN)
        self._card(gate, BE_RIGHT_BACK if held else ONE_MOMENT)

    def _serve(
        self, gate: Gate, output: WatchedOutput, line: LineThread, options: OutputOptions
    ) -> None:
        """Publish what ``line`` makes until something else is asked for or it is stuck."""
        patience = self._patience
        heard_s = sent_s = time.monotonic()
        gave_up_with: Settings | None = None
        while self._wanted(options):
            done = line.take(patience.card_every_s / 4)
            now_s = time.monotonic()
            self._look(output)
            try:
                with self.sending:
                    if self._resting():
                        return
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
                self._bulletin.live(
                    line.source_name,
                    line.quality,
                    done.picture.frame.captured_s,
                    sent_s,
                    done.costs_ms,
                )
                continue
            if line.silent_s(now_s) > patience.stuck_s * 2 ** min(self._stuck, 6):
                log.error("the line is stuck in %r; starting another", line.stage)
                self._stuck += 1
                self._card(gate, ONE_MOMENT)
                self._bulletin.trouble(VcamError(f"The {line.stage} hangs"))
                return
            silent = now_s - heard_s > patience.silence_s
            due = now_s - sent_s >= patience.card_every_s
            # What is on air stays there, still, for a moment; the plain room does not.
            if (gate.overexposed and isinstance(gate.background, Room)) or (
                due and (gate.overexposed or line.trouble or silent)
            ):
                self._card(gate, _told_to_all(line.trouble))
                sent_s = now_s
            if line.failed:
                broken = line.trouble or VcamError("Something broke")
                self._bulletin.trouble(broken, State.FAILED)
                gave_up_with = gave_up_with or self._settings()
                if self._settings() is not gave_up_with:
                    return  # other settings, another try
            elif line.trouble is not None:
                self._bulletin.trouble(line.trouble)
            elif (silent and self.status.state is State.LIVE) or (
                self.status.state is State.STARTING and now_s - heard_s > patience.opening_s
            ):
                self._bulletin.trouble(SourceError("No pictures are coming"))

    def _card(self, gate: Gate, message: str) -> None:
        with self.sending:
            gate.card(message)
        self._bulletin.cards += 1


def _told_to_all(trouble: VcamError | None) -> str:
    return CARDS.get(type(trouble), ONE_MOMENT) if trouble else ONE_MOMENT
