"""The threads that run the line and keep something on air, whatever happens.

``vcam-publisher`` owns the output: it opens it, sends a card at once, and from then on a
picture whenever one is finished and a card whenever none comes.  ``vcam-line`` owns the
source and the line.  A driver or a model that hangs stops only the latter: the publisher
keeps the card on air, leaves the stuck thread behind and starts another.

Wishes come in as whole :class:`~vcam.settings.Settings`, news goes out as whole
:class:`~vcam.status.Status`; both are immutable and swapped.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace

from vcam.backgrounds.room import Room
from vcam.errors import BackgroundError, SegmenterError, SourceError, VcamError
from vcam.frames import Size
from vcam.linethread import LineThread
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.outputs import Output
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.privacy import Gate, Withheld
from vcam.settings import Settings
from vcam.sources import Source
from vcam.sources.opening import open_source
from vcam.status import Meter, State, Status

log = logging.getLogger(__name__)

REPORT_EVERY_S = 0.25

CARDS: dict[type[VcamError], str] = {
    SourceError: "The camera is away for a moment",
    SegmenterError: "One moment, please",
    BackgroundError: "The background is not available",
    Withheld: "One moment, please",
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
    """How long the worker waits, in seconds."""

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


class Worker:
    """Start it, give it settings, read its status, stop it.  Any thread may do so."""

    def __init__(
        self,
        settings: Settings,
        devices: Devices | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._settings = settings
        self._devices = devices or Devices()
        self._patience = patience or Patience()
        self._status = Status()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        # Held while a picture is compared with the choice and sent: once `apply` has
        # returned, nothing that was made for the old choice goes out.
        self._sending = threading.Lock()
        self._told = ""

    @property
    def settings(self) -> Settings:
        """What is wished for."""
        return self._settings

    @property
    def status(self) -> Status:
        """What is."""
        return self._status

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from the next frame on.

        Returns within half a second even when the output hangs.  Once it has returned,
        the room is not published any more unless these settings choose it.
        """
        locked = self._sending.acquire(timeout=0.5)
        try:
            self._settings = settings
        finally:
            if locked:
                self._sending.release()

    def start(self) -> None:
        """Begin; the status tells how it goes."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._status = Status(State.STARTING)
        self._thread = threading.Thread(
            target=self._run, name="vcam-publisher", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop and wait, within bounds.  Safe to call twice, and before ``start``."""
        self._stopping.set()
        thread, self._thread = self._thread, None
        if thread is None:
            return
        thread.join(2 * self._patience.stop_s)
        if thread.is_alive():
            log.error("the output does not let go; it is left behind")
        self._status = Status()

    # From here on: only the publisher thread.

    def _run(self) -> None:
        figures = _Figures()
        try:
            while not self._stopping.is_set():
                try:
                    self._with_output(figures)
                except VcamError as error:
                    self._tell(figures, State.WAITING, error)
                    self._stopping.wait(self._patience.retry_s)
        except Exception as error:
            log.exception("the publisher failed")
            self._status = replace(
                self._status, state=State.FAILED, message=f"Something broke: {error!r}"
            )

    def _with_output(self, figures: "_Figures") -> None:
        options = self._settings.output
        with closing(self._devices.open_output(options)) as output:
            self._status = replace(self._status, output=output.name)
            gate = Gate(output, lambda: self._settings.background)
            # Programs list the virtual camera only once something is sent.
            gate.card("One moment, please")
            while not self._stopping.is_set() and self._settings.output == options:
                line = LineThread(
                    lambda: self._settings,
                    options,
                    self._devices.open_source,
                    self._devices.open_segmenter,
                    self._patience.retry_s,
                )
                line.start()
                try:
                    self._serve(gate, line, options, figures)
                finally:
                    line.stop(self._patience.stop_s)

    def _serve(
        self, gate: Gate, line: LineThread, options: OutputOptions, figures: "_Figures"
    ) -> None:
        """Publish what ``line`` makes until something else is asked for or it is stuck."""
        heard_s = sent_s = time.monotonic()
        while not self._stopping.is_set() and self._settings.output == options:
            done = line.take(self._patience.card_every_s / 4)
            now_s = time.monotonic()
            if done is not None:
                try:
                    with self._sending:
                        gate.publish(done.picture)
                except Withheld as verdict:
                    self._card(gate, verdict, figures)
                    self._tell(figures, State.WAITING, verdict)
                    sent_s = now_s
                    continue
                heard_s = sent_s = time.monotonic()
                figures.published += 1
                figures.stuck = 0
                figures.frames.tick(done.picture.frame.captured_s, sent_s, done.costs_ms)
                self._report(figures, line, done.picture.shows_room)
                continue
            if line.silent_s(now_s) > self._patience.stuck_s * 2 ** min(figures.stuck, 6):
                log.error("the line is stuck in %r; starting another", line.stage)
                figures.stuck += 1
                self._card(gate, SegmenterError("The line is stuck"), figures)
                return
            trouble = line.trouble
            room_off = gate.room_on_air and not isinstance(self._settings.background, Room)
            due = now_s - sent_s >= self._patience.card_every_s
            if room_off or (
                due and (trouble or now_s - heard_s > self._patience.silence_s)
            ):
                self._card(gate, trouble, figures)
                sent_s = now_s
            if line.failed:
                self._tell(figures, State.FAILED, trouble)
            elif trouble is not None:
                self._tell(figures, State.WAITING, trouble)
            elif (
                now_s - heard_s > self._patience.silence_s
                and self._status.state is State.LIVE
            ):
                self._tell(figures, State.WAITING, SourceError("No pictures are coming"))

    def _card(self, gate: Gate, trouble: VcamError | None, figures: "_Figures") -> None:
        with self._sending:
            gate.card(
                CARDS.get(type(trouble), "One moment, please")
                if trouble
                else CARDS[Withheld]
            )
        figures.cards += 1

    def _report(self, figures: "_Figures", line: LineThread, shows_room: bool) -> None:
        now_s = time.monotonic()
        fresh = self._status.state is not State.LIVE
        if not fresh and now_s - figures.reported_s < REPORT_EVERY_S:
            if shows_room != self._status.shows_room:
                self._status = replace(self._status, shows_room=shows_room)
            return
        if fresh:
            self._told = ""
            log.info("live: %s", line.source_name)
        figures.reported_s = now_s
        self._status = Status(
            state=State.LIVE,
            camera=line.source_name,
            output=self._status.output,
            shows_room=shows_room,
            fps=figures.frames.fps,
            latency_ms=figures.frames.latency_ms,
            published=figures.published,
            cards=figures.cards,
            costs_ms=figures.frames.costs_ms,
        )

    def _tell(self, figures: "_Figures", state: State, error: VcamError | None) -> None:
        """Put trouble into the status, and into the log once."""
        what, remedy = (error.what, error.remedy) if error else ("Something broke", "")
        if what != self._told:
            self._told = what
            log.warning("%s", VcamError(what, remedy))
        self._status = replace(
            self._status,
            state=state,
            message=what,
            remedy=remedy,
            shows_room=False,
            fps=0.0,
            published=figures.published,
            cards=figures.cards,
        )


class _Figures:
    """What the publisher counts, over all lines and outputs of its life."""

    def __init__(self) -> None:
        self.frames = Meter()
        self.published = self.cards = self.stuck = 0
        self.reported_s = float("-inf")
