"""The thread that owns the camera and the pipeline: frames in, finished pictures out."""

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace

from vcam.backgrounds import Background
from vcam.backgrounds.room import Room
from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.factories import Factories, Timeouts
from vcam.engine.governor import Governor
from vcam.engine.inspection import Inspection, camera_of
from vcam.engine.live_settings import LiveSettings
from vcam.engine.occupancy import Occupancy
from vcam.engine.overlay_loader import OverlayLoader
from vcam.engine.step import Step
from vcam.errors import BackgroundError, SegmenterError, SourceError, VcamError
from vcam.outputs.options import OutputOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared, Withheld
from vcam.priority import raise_priority
from vcam.settings import Settings
from vcam.settings.picture import picture_options
from vcam.sources import EndOfSource, Source
from vcam.translation import tr

log = logging.getLogger(__name__)

READ_S = 0.2
"""Longest wait for one frame, after which stop and other settings are noticed."""
WARM_UP_FRAMES = 2
"""Frames of a newly opened camera that are not shown: exposure and mask settle."""
LOADING_S = 0.8
"""Time that a background may take to open before it is reported."""
FADE_S = 0.3
"""Time in which another background is faded to."""
OVERLAY_STOP_S = 0.2
"""Longest time that stopping waits for an overlay that is still being opened."""
BUGS, BUGS_WITHIN_S = 3, 60.0
"""Number of bugs, and the time that they happen in, after which the producer gives up."""


class Producer:
    """Reads, processes and hands over the newest picture, until stopped.

    Owned by the publisher.  A producer that is stuck in foreign code is asked to stop and
    abandoned: what it may still finish is never taken.
    """

    def __init__(
        self,
        live: LiveSettings,
        output: OutputOptions,
        factories: Factories,
        timeouts: Timeouts,
        loader: BackgroundLoader,
        governor: Governor,
        identities: dict[str, str],
        inspection: Inspection,
    ) -> None:
        """``identities`` has the identity of each camera that was opened, by the name that
        the user gave; it is completed here."""
        self._live, self._output, self._factories = live, output, factories
        self._retry_s = timeouts.retry_s
        self._loader, self._governor, self._identities = loader, governor, identities
        self._inspection = inspection
        self._stopping = threading.Event()
        self._finished = threading.Condition()
        self._picture: Cleared | None = None
        self._alive_s = time.monotonic()
        self._bugs_s: deque[float] = deque(maxlen=BUGS)
        self._source: Source | None = None
        self._overlays = OverlayLoader(lambda: live.policy.requires_overlay)
        self._thread = threading.Thread(target=self._run, name="vcam-producer", daemon=True)
        self.step = Step.START
        """What it is doing."""
        self.trouble: VcamError | None = None
        """What keeps it from finishing pictures, until one is finished again."""
        self.failed = False
        """It has given up: bugs, again and again."""
        self.source_name = ""
        """The open source, with what was negotiated."""
        self.quality = ""
        """The governor's level of quality."""
        self.mask_engine = ""
        """Which engine runs the models, and why."""
        self.loading = ""
        """The chosen background while it is slow to open and another one is shown."""
        self.overlay_trouble = ""
        """Why the chosen overlay is not shown."""
        self.costs_ms: Mapping[str, float] = {}
        """Processor milliseconds of the newest picture, by stage."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def take(self, timeout_s: float) -> Cleared | None:
        """The newest finished picture, once; ``None`` when none comes in time."""
        with self._finished:
            self._finished.wait_for(lambda: self._picture is not None, timeout_s)
            picture, self._picture = self._picture, None
            return picture

    def silent_s(self, now_s: float) -> float:
        """Seconds since it last began a step; 0 once its thread has ended."""
        return now_s - self._alive_s if self._thread.is_alive() else 0.0

    def end(self) -> None:
        """Ask it to end, and return at once."""
        self._stopping.set()

    @property
    def is_running(self) -> bool:
        """Whether its thread has not ended."""
        return self._thread.is_alive()

    def stop(self, timeout_s: float) -> None:
        """Ask it to end and wait; one that is stuck loses its source and is abandoned."""
        self._stopping.set()
        self._thread.join(timeout_s if self.silent_s(time.monotonic()) < timeout_s else 0.1)
        if self._thread.is_alive():
            log.error("the producer is stuck in %s; it is abandoned", self.step.name)
            if self._source is not None:
                # Not here: a driver that hangs in reading may hang in closing too.
                threading.Thread(
                    target=self._source.close, name="vcam-close", daemon=True
                ).start()

    # From here on: only the producer's own thread.

    def _run(self) -> None:
        raise_priority()
        try:
            self._produce()
        finally:
            self._overlays.close(OVERLAY_STOP_S)

    def _produce(self) -> None:
        while not self._stopping.is_set():
            try:
                self._with_source()
                continue  # another camera is chosen
            except EndOfSource:
                self.trouble = SourceError(
                    tr("The source has ended"), tr("Choose another camera")
                )
            except VcamError as error:
                self.trouble = error
            except Exception:
                log.exception("a bug in the producer, in %s", self.step.name)
                self.trouble = VcamError(
                    tr("Something broke"), tr("See the log for details")
                )
                now_s = time.monotonic()
                self._bugs_s.append(now_s)
                if len(self._bugs_s) == BUGS and now_s - self._bugs_s[0] < BUGS_WITHIN_S:
                    self.failed = True
                    return
            self._wait()

    def _with_source(self) -> None:
        self._at(Step.OPEN)
        wanted = self._live.settings.source.camera
        # Once open, a camera is known by its identity: an index may name another one
        # after it was plugged in again.
        camera = self._identities.get(wanted, wanted)
        with closing(
            self._factories.open_source(camera, self._output.size, self._output.fps)
        ) as source:
            self._source = source
            with FrameProcessor(
                self._factories.open_segmenter, self._loader.fetch, FADE_S
            ) as processor:
                self._stream(source, processor, wanted)

    def _stream(self, source: Source, processor: FrameProcessor, camera: str) -> None:
        """Until another camera than ``camera`` is chosen, or this one fails."""
        occupancy = Occupancy()
        seen, unseen = 0, WARM_UP_FRAMES
        bad = False
        shown: Background | None = None
        while not self._stopping.is_set():
            settings = self._live.settings
            if settings.source.camera != camera:
                return
            self._at(Step.READ)
            occupancy.free()
            frame = source.read(READ_S)
            occupancy.taken(frame)
            if frame is None or self._stopping.is_set():
                continue
            self._identify(source, camera)
            background = self._background(settings.background, shown, processor)
            over = replace(settings.over, picture_on_top=self._live.policy.requires_overlay)
            overlay = self._overlays.overlay(over, self._output.size)
            self.overlay_trouble = self._overlays.trouble
            if background is None or self._overlays.holds_back(first=shown is None):
                occupancy.skip()
                continue
            self._at(Step.PROCESS)
            effects = settings.appearance.weight + settings.framing.weight
            level = self._governor.level(settings.mask, settings.power.cpu_budget, effects)
            seen += 1
            if seen % level.every:
                continue
            self.quality = str(level)
            region = self._live.regions.of(camera_of(source, camera))
            options = picture_options(settings, overlay, region)
            try:
                self._overlays.check()
                picture = processor.process(
                    frame,
                    background,
                    level.applied(settings.mask),
                    self._output.size,
                    options,
                )
            except VcamError as error:
                if not bad and isinstance(error, (SegmenterError, Withheld)):
                    bad = True  # the next frame may well be good: no card for this one
                    occupancy.skip()
                    continue
                self.trouble = error
                shown = None
                self._wait(settings)
                occupancy.skip()
                continue
            if not self._stopping.is_set():  # or the next producer may have the governor
                self._governor.note(*occupancy.finished())
            bad = False
            shown = background
            if unseen:
                unseen -= 1
                continue
            self.trouble = None
            self.costs_ms = processor.costs_ms
            self.mask_engine = processor.engine
            self._inspection.see(
                *(source, region.camera, frame.image),
                *(options.orientation, self._output.size),
            )
            with self._finished:
                self._picture = self._inspection.prepared(picture)
                self._finished.notify_all()

    def _identify(self, source: Source, camera: str) -> None:
        if identity := source.identity:
            self._identities[camera] = identity
        self.source_name = ", ".join(filter(None, (source.name, source.negotiated)))

    def _background(
        self, wanted: Background, shown: Background | None, processor: FrameProcessor
    ) -> Background | None:
        """The background for this frame: the wanted one as soon as it is open.

        Until then the one that is shown stays, unless it shows more of the room than the
        wanted one, or the administrator does not allow it any more.  ``None`` while
        there is nothing that may be shown.
        """
        size = self._output.size
        if self._is_open(wanted, processor) or self._loader.ready(wanted, size):
            self.loading = ""
            return wanted
        late = self._loader.waited_s > LOADING_S
        if shown is None or not self._is_open(shown, processor):
            stays = None
        else:
            stays = None if shown.exposure > wanted.exposure else shown
            if not self._live.policy.allows(shown):
                stays = None
        if late and stays is None:
            self.trouble = BackgroundError(
                tr("The background is still loading"), tr("Wait, or choose another one")
            )
        elif late:
            self.loading = wanted.title
        return stays

    def _is_open(self, background: Background, processor: FrameProcessor) -> bool:
        return isinstance(background, Room) or processor.holds(
            background, self._output.size
        )

    def _at(self, step: Step) -> None:
        self.step, self._alive_s = step, time.monotonic()

    def _wait(self, until_not: Settings | None = None) -> None:
        """Wait before the next try, but no longer than until the settings change."""
        until_s = time.monotonic() + self._retry_s
        while time.monotonic() < until_s and not self._stopping.is_set():
            self._at(Step.WAIT)
            if until_not is not None and self._live.settings is not until_not:
                return
            self._stopping.wait(min(0.05, self._retry_s))
