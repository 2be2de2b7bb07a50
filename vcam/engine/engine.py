"""The live camera: start it, change what it does, read its status, stop it."""

import threading

from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.factories import Factories, Timeouts
from vcam.engine.inspection import Canvas
from vcam.engine.live_settings import LiveSettings
from vcam.engine.publisher import Publisher
from vcam.frames import Image
from vcam.pipeline.privacy import Cleared
from vcam.regions import NO_REGIONS, Regions
from vcam.settings import Settings
from vcam.settings.policy import Policy
from vcam.status import Hold, Status

LOADER_STOP_S = 0.2
"""Longest time that stopping waits for a background that is still being opened."""


class Engine:
    """Owns the threads and what they share.  Any thread may call any method."""

    def __init__(
        self,
        settings: Settings,
        factories: Factories | None = None,
        timeouts: Timeouts | None = None,
        loader: BackgroundLoader | None = None,
        regions: Regions = NO_REGIONS,
    ) -> None:
        self._live = LiveSettings(settings, regions)
        self._factories = factories or Factories()
        self._timeouts = timeouts or Timeouts()
        self._loader = loader or BackgroundLoader()
        self._publisher: Publisher | None = None
        self._starting = threading.Lock()

    @property
    def settings(self) -> Settings:
        """The settings in effect."""
        return self._live.settings

    @property
    def regions(self) -> Regions:
        """What the user painted, for every camera."""
        return self._live.regions

    @property
    def held(self) -> Hold:
        """What was asked for with :meth:`hold`."""
        return self._live.held

    @property
    def status(self) -> Status:
        """What it is doing."""
        publisher = self._publisher
        return publisher.on_air.status if publisher else Status()

    @property
    def shown(self) -> Status:
        """How :attr:`picture` comes about: :attr:`status`, but for a missing output."""
        publisher = self._publisher
        return publisher.reporter.status if publisher else Status()

    @property
    def picture(self) -> Image | None:
        """What is on air, card or picture; not to be written into.

        While there is no output: what would be on air.  ``None`` at first.  Reading it
        counts as watching.
        """
        publisher = self._publisher
        if publisher is None:
            return None
        publisher.on_demand.note_preview()
        gate = publisher.gate
        return gate.sent if gate else None

    @property
    def canvas(self) -> Canvas | None:
        """The camera's newest picture, to paint on, as :attr:`inspected` is had."""
        publisher = self._publisher
        if publisher is None:
            return None
        publisher.on_demand.note_preview()
        canvas = publisher.inspection.ask_canvas()
        return None if self._live.held.state else canvas

    @property
    def inspected(self) -> Cleared | None:
        """The live picture on air, with the frame and the alpha that it was made of.

        ``None`` at first, for one frame, and while a card or a still picture is on air.
        Reading it counts as watching.  For the user's own eyes: the room is in the frame.
        """
        publisher = self._publisher
        if publisher is None:
            return None
        publisher.on_demand.note_preview()
        inspected = publisher.inspection.ask()
        return None if self._live.held.state else inspected

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from now on, as :meth:`LiveSettings.apply` promises.

        Returns within a second even while a driver hangs.  Raises
        :class:`~vcam.errors.PolicyError` for what the administrator does not allow.
        """
        self._live.apply(settings)
        self._wake()

    def paint(self, regions: Regions) -> None:
        """Keep and drop these from now on, as :meth:`LiveSettings.paint` promises."""
        self._live.paint(regions)
        self._wake()

    @property
    def policy(self) -> Policy:
        """The administrator's policy that is kept."""
        return self._live.policy

    def obey(self) -> None:
        """Keep the policy as its file is now, if that has changed.

        A picture that the user holds is older than it: a break takes its place.
        """
        if self._live.obey():
            self._wake()

    def hold(self, hold: Hold, minutes: float | None = None) -> None:
        """Keep a card or the last picture on air, with the camera released; or go on.

        The card counts ``minutes`` down, by default those of the settings.
        """
        self._live.hold(hold, minutes)
        self._wake()

    def start(self) -> None:
        """Start to publish, if it has not; the status says how it goes."""
        with self._starting:
            if self._publisher is None:
                self._publisher = Publisher(
                    self._live, self._factories, self._timeouts, self._loader
                )
                self._publisher.start()

    def stop(self) -> None:
        """Stop and wait, within bounds.  Safe to call twice, and before ``start``."""
        with self._starting:
            publisher, self._publisher = self._publisher, None
            if publisher is not None:
                publisher.stop()
            self._loader.close(LOADER_STOP_S)

    def _wake(self) -> None:
        if publisher := self._publisher:
            publisher.wake()
