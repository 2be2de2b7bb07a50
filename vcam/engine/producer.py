"""The thread that owns the source and the line: from one frame to one finished picture."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.engine.background_loader import Loading
from vcam.engine.factories import Devices
from vcam.engine.governor import Governor, Rung
from vcam.errors import BackgroundError, SegmenterError, SourceError, VcamError
from vcam.frames import Frame
from vcam.outputs.options import OutputOptions
from vcam.pipeline.pipeline import Line
from vcam.pipeline.privacy import Cleared, Withheld
from vcam.settings import Settings
from vcam.sources import EndOfSource, Source

log = logging.getLogger(__name__)

READ_S = 0.2
"""How long one look for a frame takes at most: so prompt is everything else."""
WARM_UP_FRAMES = 2
"""Frames of a fresh source that nobody sees: exposure and mask settle."""
LOADING_S = 0.8
"""While another background loads, the old one stays for so long, unless it shows more of
the room than the new one; only then it is told."""
BUGS, BUGS_WITHIN_S = 3, 60.0
"""So many bugs in so short a time, and the line gives up."""


@dataclass(frozen=True, slots=True)
class Done:
    """A picture that may leave, and what it cost."""

    picture: Cleared
    costs_ms: Mapping[str, float]


class LineThread:
    """Reads, processes and hands over the newest picture, until stopped.

    Owned by the publisher.  Trouble is kept in :attr:`trouble` until a picture is
    finished again; a line that is stuck in foreign code is told to stop and left behind:
    what it may still finish is never taken.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        output: OutputOptions,
        devices: Devices,
        retry_s: float,
        identities: dict[str, str],
        governor: Governor,
    ) -> None:
        self._settings, self._output, self._devices = settings, output, devices
        self._retry_s = retry_s
        self._stopping = threading.Event()
        self._fresh = threading.Condition()
        self._done: Done | None = None
        self._alive_s = time.monotonic()
        self._bugs_s: deque[float] = deque(maxlen=BUGS)
        self._source: Source | None = None
        self._identities, self._governor = identities, governor
        self._thread = threading.Thread(target=self._run, name="vcam-line", daemon=True)
        self.stage = "starting"
        """What it is doing: ``open``, ``read``, ``process`` or ``wait``."""
        self.trouble: VcamError | None = None
        """What keeps it from finishing pictures."""
        self.failed = False
        """It has given up: bugs, again and again."""
        self.source_name = ""
        """The open source, with what was negotiated."""
        self.quality = ""
        """The governor's rung."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, timeout_s: float) -> Done | None:
        """The newest finished picture, once; ``None`` when none comes in time."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._done is not None, timeout_s)
            done, self._done = self._done, None
            return done

    def silent_s(self, now_s: float) -> float:
        """Seconds since the last sign of life; 0 once it has ended by itself."""
        return now_s - self._alive_s if self._thread.is_alive() else 0.0

    def stop(self, timeout_s: float) -> None:
        """Tell it to end and wait; a line that is stuck loses its source and is left."""
        self._stopping.set()
        self._thread.join(timeout_s if self.silent_s(time.monotonic()) < timeout_s else 0.1)
        if self._thread.is_alive():
            log.error("the line is stuck in %r; it is left behind", self.stage)
            if self._source is not None:
                # Not here: whoever hangs in reading may hang in closing too.
                threading.Thread(
                    target=self._source.close, name="vcam-close", daemon=True
                ).start()

    # From here on: only the line's own thread.

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._with_source()
                continue  # another camera is asked for
            except EndOfSource:
                self.trouble = SourceError("The source has ended")
            except VcamError as error:
                self.trouble = error
            except Exception:
                log.exception("a bug in the line, while it was in %r", self.stage)
                self.trouble = VcamError("Something broke", "The log tells where")
                now_s = time.monotonic()
                self._bugs_s.append(now_s)
                if len(self._bugs_s) == BUGS and now_s - self._bugs_s[0] < BUGS_WITHIN_S:
                    self.failed = True
                    return
            self._wait()

    def _with_source(self) -> None:
        self._at("open")
        wanted = self._settings().source.camera
        # Once open, a camera is known by its identity: an index may name another one
        # after it was plugged in again.
        camera = self._identities.get(wanted, wanted)
        with closing(
            self._devices.open_source(camera, self._output.size, self._output.fps)
        ) as source:
            self._source = source
            loading = Loading()
            try:
                with Line(self._devices.open_segmenter, loading.fetch) as line:
                    self._stream(source, line, loading, wanted)
            finally:
                loading.close()

    def _stream(self, source: Source, line: Line, loading: Loading, camera: str) -> None:
        """Until another camera than ``camera`` is asked for, or this one fails."""
        seen, unseen = 0, WARM_UP_FRAMES
        bad = False
        on_air: Background | None = None
        while not self._stopping.is_set():
            settings = self._settings()
            if settings.source.camera != camera:
                return
            self._at("read")
            frame = source.read(READ_S)
            if frame is None or self._stopping.is_set():
                continue
            self._introduce(source, camera)
            background = self._background(settings.background, on_air, line, loading)
            if background is None:
                continue
            self._at("process")
            rung = self._governor.rung(settings.mask, settings.power.cpu_budget)
            seen += 1
            if seen % rung.every:
                continue
            self.quality = str(rung)
            try:
                picture = self._processed(line, frame, background, rung, settings)
            except VcamError as error:
                if not bad and isinstance(error, (SegmenterError, Withheld)):
                    bad = True  # the next frame may well be good: no card for this one
                    continue
                self.trouble = error
                on_air = None
                self._wait(settings)
                continue
            bad = False
            on_air = background
            if unseen:
                unseen -= 1
                continue
            self.trouble = None
            with self._fresh:
                self._done = Done(picture, line.costs_ms)
                self._fresh.notify_all()

    def _introduce(self, source: Source, camera: str) -> None:
        if identity := source.identity:
            self._identities[camera] = identity
        self.source_name = ", ".join(filter(None, (source.name, source.negotiated)))

    def _processed(
        self,
        line: Line,
        frame: Frame,
        background: Background,
        rung: Rung,
        settings: Settings,
    ) -> Cleared:
        begun_s = time.monotonic()
        picture = line.process(
            frame,
            background,
            rung.applied(settings.mask),
            self._output.size,
            settings.source.mirror,
            settings.framing,
        )
        if not self._stopping.is_set():  # else another line may have the governor now
            self._governor.note(time.monotonic() - begun_s)
        return picture

    def _background(
        self, wanted: Background, on_air: Background | None, line: Line, loading: Loading
    ) -> Background | None:
        """What to paint now: the wanted one once it is loaded, until then the old one.

        ``None`` while there is nothing that may be shown.
        """
        size = self._output.size
        if (
            isinstance(wanted, Room)
            or line.holds(wanted, size)
            or loading.ready(wanted, size)
        ):
            return wanted
        if loading.waited_s > LOADING_S:
            self.trouble = BackgroundError("The background is still loading")
            return None
        shows_more = on_air is not None and on_air.exposure > wanted.exposure
        return None if shows_more else on_air

    def _at(self, stage: str) -> None:
        self.stage, self._alive_s = stage, time.monotonic()

    def _wait(self, until_not: Settings | None = None) -> None:
        """Wait before the next try, but no longer than until the settings change."""
        until_s = time.monotonic() + self._retry_s
        while time.monotonic() < until_s and not self._stopping.is_set():
            self._at("wait")
            if until_not is not None and self._settings() is not until_not:
                return
            self._stopping.wait(min(0.05, self._retry_s))
