"""What the user wants at this moment, for all threads of the engine."""

import threading
import time

from vcam.masking.names import ONE
from vcam.pipeline.privacy import Choice
from vcam.regions import NO_REGIONS, Regions
from vcam.settings import Settings
from vcam.settings.policy import Policy
from vcam.settings.policy_file import policy
from vcam.status import Hold


class LiveSettings:
    """The settings and the hold in effect.  Any thread may read and change them.

    Both are immutable values that are replaced as a whole.  :attr:`choice` has the part
    of them that every picture is compared with on its way out.  The settings are always
    those that the administrator's policy allows, wherever they come from.
    """

    def __init__(self, settings: Settings, regions: Regions = NO_REGIONS) -> None:
        self._policy, self._painted = policy(), regions
        self._wanted = settings
        """What is wanted while no picture is allowed at all, since the policy is broken."""
        self._settings, self._hold = self._policy.enforced(settings), Hold.NOTHING
        self._held_at_s = 0.0
        self._minutes: float | None = None
        self._changing = threading.Lock()
        self.choice = Choice(self._settings.background, self.regions)
        """The background, what was painted, and whether new pictures are held back."""
        self._update_choice()

    @property
    def settings(self) -> Settings:
        """The settings in effect."""
        return self._settings

    @property
    def regions(self) -> Regions:
        """What the user painted, for every camera, as far as it is allowed."""
        return self._policy.painted(self._painted)

    @property
    def held(self) -> Hold:
        """What the user asked to keep on air."""
        return self._hold

    @property
    def policy(self) -> Policy:
        """The administrator's policy that is kept."""
        return self._policy

    def apply(self, settings: Settings) -> None:
        """Use ``settings`` from the next frame on.

        Once it has returned, no further picture goes out that shows more of the room than
        these settings choose, except one that a hanging driver is sending: see
        :meth:`Choice.change`.  Raises :class:`~vcam.errors.PolicyError`, and nothing has
        changed, when the policy does not allow them.
        """
        with self._changing:
            self._obey()
            self._policy.check(self._settings, settings)
            if not self._policy.broken:  # or the card would be what was wanted
                self._use(settings)

    def obey(self) -> bool:
        """Keep the policy as its file is now; returns whether that was another one."""
        with self._changing:
            return self._obey()

    def _obey(self) -> bool:
        now = policy()
        if now == self._policy:
            return False
        # What an earlier policy has forbidden does not come back by itself.
        wanted = self._wanted if self._policy.broken else self._settings
        self._painted = self._painted if self._policy.broken else self.regions
        self._policy = now
        # Nor does a picture that is older than the policy; a break takes its place.
        self.choice.begin_anew()
        if self._hold not in (Hold.NOTHING, Hold.PAUSE):
            self._hold, self._held_at_s, self._minutes = Hold.PAUSE, time.time(), None
        self._use(wanted)
        return True

    def _use(self, settings: Settings) -> None:
        if self._settings.mask.people != self._policy.enforced(settings).mask.people == ONE:
            # Whoever is left out from now on was there until now.
            self.choice.begin_anew()
        self._wanted, self._settings = settings, self._policy.enforced(settings)
        self._update_choice()

    def paint(self, regions: Regions) -> None:
        """Keep and drop these from the next frame on; promises what :meth:`apply` does."""
        with self._changing:
            self._obey()
            self._policy.check_painted(self.regions, regions)
            self._painted = regions
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
        # What was on air before a break does not come back after it.
        records = self._settings.loop.ready and self._hold is not Hold.PAUSE
        self.choice.change(
            self._settings.background, self.regions, held=held, records=records
        )
