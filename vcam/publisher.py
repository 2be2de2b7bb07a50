"""The thread that keeps something on air, whatever happens: ``vcam-publisher``.

It owns the output: it opens it, sends a card at once, and from then on a picture whenever
one is finished and a card whenever none comes.  The line runs on a thread of its own; a
driver or a model that hangs stops only that one: the publisher keeps the card on air,
leaves the stuck thread behind and starts another.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from vcam.errors import BackgroundError, SourceError, VcamError
from vcam.frames import Size
from vcam.linethread import LineThread
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.outputs import Output
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.privacy import Gate, Outdated, Withheld
from vcam.settings import Settings
from vcam.sources import Source
from vcam.sources.opening import open_source
from vcam.status import Meter, State, Status

log = logging.getLogger(__name__)

REPORT_EVERY_S = 0.25
ONE_MOMENT = "One moment, please"
CARDS: dict[type[VcamError], str] = {
    SourceError: "The camera is away for a moment",
    BackgroundError: "The background is not available",
}
"""What a card says.  Everybody in the call reads it: no path, name or device is in it;
those are in the status."""


@dataclass(frozen=True)
class Devices:
    """The outside world, as three doors.  Tests open other doors."""

    open_source: Callable[[str, Size, float], Source] = open_source
    open_segmenter: OpenSegmenter = open_segmenter
    open_output: Callable[[OutputOptions], Output] = open_output


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds."""

    retry_s: float = 1.0
    """Between two tries at what is missing."""
    card_every_s: float = 0.25
    """A card is repeated: call programs give a silent camera up after a few seconds."""
    silence_s: float = 1.0
    """Without a picture for so long, a card says so."""
    stuck_s: float = 15.0
    """A line thread that gives no sign of life for so long is left behind.  Loading the
    model on a cold disk, and a camera that opens slowly, must fit in.  Doubled each time,
    so that a driver that always hangs does not fill the machine with threads."""
    stop_s: float = 5.0
    """For a thread to end once it was told to."""


class Publisher:
    """One run of vcam, from start to stop.  Started and stopped by its owner, once."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        devices: Devices,
        patience: Patience,
    ) -> None:
        self._settings = settings
        self._devices, self._patience = devices, patience
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="vcam-publisher", daemon=True
        )
        self._meter = Meter()
        self._published = self._cards = self._stuck = 0
        self._reported_s = float("-inf")
        self._told = ""
        # By what the user calls a camera, the one that was opened for it: known again by
        # its identity after an output or a line was lost.
        self._identities: dict[str, str] = {}
        self.sending = threading.Lock()
        """Held while a picture is compared with the choice and sent."""
        self.status = Status(State.STARTING)
        """Immutable, replaced as a whole by this thread only."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Tell it to end and wait, within bounds; a driver that hangs is left behind."""
        self._stopping.set()
        self._thread.join(2 * self._patience.stop_s)
        if self._thread.is_alive():
            log.error("the output does not let go; it is left behind")

    # From here on: only the publisher thread.

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._with_output()
            except VcamError as error:
                self._tell(State.WAITING, error)
            except Exception as error:
                # A driver that raises what nobody expects is no reason to go off air.
                if self._told != repr(error):
                    log.exception("the output failed")
                self._tell(State.WAITING, VcamError(repr(error), "The log tells where"))
            self._stopping.wait(self._patience.retry_s)

    def _with_output(self) -> None:
        options = self._settings().output
        with closing(self._devices.open_output(options)) as output:
            self.status = replace(self.status, output=output.name)
            gate = Gate(output, lambda: self._settings().background)
            # Programs list the virtual camera only once something is sent.
            gate.card(ONE_MOMENT)
            while self._wanted(options):
                line = LineThread(
                    self._settings,
                    options,
                    self._devices.open_source,
                    self._devices.open_segmenter,
                    self._patience.retry_s,
                    self._identities,
                )
                line.start()
                try:
                    self._serve(gate, line, options)
                finally:
                    if gate.overexposed:
                        with contextlib.suppress(VcamError):
                            self._card(gate, None)
                    line.stop(self._patience.stop_s)

    def _wanted(self, options: OutputOptions) -> bool:
        return not self._stopping.is_set() and self._settings().output == options

    def _serve(self, gate: Gate, line: LineThread, options: OutputOptions) -> None:
        """Publish what ``line`` makes until something else is asked for or it is stuck."""
        patience = self._patience
        heard_s = sent_s = time.monotonic()
        gave_up_with: Settings | None = None
        while self._wanted(options):
            done = line.take(patience.card_every_s / 4)
            now_s = time.monotonic()
            if done is not None:
                try:
                    with self.sending:
                        gate.publish(done.picture)
                except Outdated:
                    done = None  # the one for the new choice is under way
                except Withheld as verdict:
                    self._card(gate, verdict)
                    self._tell(State.WAITING, verdict)
                    sent_s = now_s
                    continue
            if done is not None:
                heard_s = sent_s = time.monotonic()
                self._published += 1
                self._stuck = 0
                self._meter.tick(done.picture.frame.captured_s, sent_s, done.costs_ms)
                self._report(line, done.picture.shows_room)
                continue
            if line.silent_s(now_s) > patience.stuck_s * 2 ** min(self._stuck, 6):
                log.error("the line is stuck in %r; starting another", line.stage)
                self._stuck += 1
                self._tell(State.WAITING, VcamError(f"The {line.stage} hangs"))
                self._card(gate, None)
                return
            silent = now_s - heard_s > patience.silence_s
            due = now_s - sent_s >= patience.card_every_s
            # What is on air stays there, still, for a moment; the plain room does not.
            if gate.overexposed > 1 or (
                due and (gate.overexposed or line.trouble or silent)
            ):
                self._card(gate, line.trouble)
                sent_s = now_s
            if line.failed:
                self._tell(State.FAILED, line.trouble)
                gave_up_with = gave_up_with or self._settings()
                if self._settings() is not gave_up_with:
                    return  # other settings, another try
            elif line.trouble is not None:
                self._tell(State.WAITING, line.trouble)
            elif silent and self.status.state is State.LIVE:
                self._tell(State.WAITING, SourceError("No pictures are coming"))

    def _card(self, gate: Gate, trouble: VcamError | None) -> None:
        with self.sending:
            gate.card(CARDS.get(type(trouble), ONE_MOMENT) if trouble else ONE_MOMENT)
        self._cards += 1

    def _report(self, line: LineThread, shows_room: bool) -> None:
        now_s = time.monotonic()
        fresh = self.status.state is not State.LIVE
        if not fresh and now_s - self._reported_s < REPORT_EVERY_S:
            if shows_room != self.status.shows_room:
                self.status = replace(self.status, shows_room=shows_room)
            return
        if fresh:
            self._told = ""
            log.info("live: %s", line.source_name)
        self._reported_s = now_s
        self.status = Status(
            state=State.LIVE,
            camera=line.source_name,
            output=self.status.output,
            shows_room=shows_room,
            fps=self._meter.fps,
            latency_ms=self._meter.latency_ms,
            published=self._published,
            cards=self._cards,
            costs_ms=self._meter.costs_ms,
        )

    def _tell(self, state: State, error: VcamError | None) -> None:
        """Put trouble into the status, and into the log once."""
        what, remedy = (error.what, error.remedy) if error else ("Something broke", "")
        if what != self._told:
            self._told = what
            log.warning("%s", VcamError(what, remedy))
        self.status = replace(
            self.status,
            state=state,
            message=what,
            remedy=remedy,
            shows_room=False,
            fps=0.0,
            published=self._published,
            cards=self._cards,
        )
