"""What the user wants at this moment, for all threads of the engine."""

import threading
import time

from vcam.pipeline.privacy import Choice
from vcam.regions import NO_REGIONS, Regions
from vcam.settings import Settings
from vcam.status import Hold


class LiveSettings:
    """The settings and the hold in effect.  Any thread may read and change them.

    Both are immutable values that are replaced as a whole.  :attr:`choice` has the part
    of them that every picture is compared with on its way out.
    """

    def __init__(self, settings: Settings, regions: Regions = NO_REGIONS) -> None:
        self._settings, self._regions, self._hold = settings, regions, Hold.NOTHING
        self._held_at_s = 0.0
        self._minutes: float | None = None
        self._changing = threading.Lock()
        self.choice = Choice(settings.background, regions)
        """The background, what was painted, and whether new pictures are held back."""

    @property
    def settings(self) -> Settings:
        """The settings in effect."""
        return self._settings

    @property
    def regions(self) -> Regions:
        """What the user painted, for every camera."""
        return self._regions

    @property
    def held(self) -> Hold:
        """What the user asked to keep on air."""
        return self._hold

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from the next frame on.

        Once it has returned, no further picture goes out that shows more of the room than
        these settings choose, except one that a hanging driver is sending: see
        :meth:`Choice.change`.
        """
        with self._changing:
            self._settings = settings
            self._update_choice()

    def paint(self, regions: Regions) -> None:
        """Keep and drop these from the next frame on; promises what :meth:`apply` does."""
        with self._changing:
            self._regions = regions
            self._update_choice()

    @property
    def break_left_s(self) -> float | None:
        """Seconds that are left of a break, below zero when it is over.

        ``None`` without a break, and while none is counted down.
        """
        hold, held_at_s, minutes = self._hold, self._held_at_s, self._minutes
        if minutes is None:
            minutes = self._settings.pause.minutes
        if hold is not Hold.PAUSE or not minutes:
            return None
        return held_at_s + 60 * minutes - time.time()

    def hold(self, hold: Hold, minutes: float | None = None) -> None:
        """Hold, or go on; a break lasts ``minutes``, by default those of the settings.

        Once it has returned, no new picture goes out until ``Hold.NOTHING``; with the
        same exception as for :meth:`apply`.
        """
        with self._changing:
            # By the clock on the wall, which goes on while the machine sleeps.
            self._held_at_s, self._minutes = time.time(), minutes
            self._hold = hold
            self._update_choice()

    def _update_choice(self) -> None:
        held = self._hold is not Hold.NOTHING
        self.choice.change(self._settings.background, self._regions, held=held)
