"""Whether a camera is needed at this moment: what the user holds, and who watches."""

import time

from vcam.engine.factories import Timeouts
from vcam.engine.live_settings import LiveSettings
from vcam.outputs import WatchedOutput
from vcam.outputs.viewers import Viewers
from vcam.status import State


class OnDemand:
    """Used by the publisher's thread; :meth:`note_preview` may be called by any."""

    def __init__(self, live: LiveSettings, timeouts: Timeouts) -> None:
        self._live, self._timeouts = live, timeouts
        self._polled_s = self._watched_s = self._asked_s = float("-inf")

    @property
    def rest(self) -> State | None:
        """The state in which no camera is needed; ``None`` when one is."""
        if held := self._live.held.state:
            return held
        return None if self.watched else State.RESTING

    @property
    def watched(self) -> bool:
        """Whether somebody watches, or counts as watching."""
        if not self._live.settings.power.on_demand:
            return True
        return time.monotonic() - self._watched_s <= self._timeouts.grace_s

    def note_preview(self) -> None:
        """Count a preview as a viewer."""
        self._asked_s = self._watched_s = time.monotonic()

    @property
    def previewed(self) -> bool:
        """Whether a preview has just asked for a picture."""
        return time.monotonic() - self._asked_s <= self._timeouts.grace_s

    def poll(self, output: WatchedOutput) -> Viewers | None:
        """The viewers of ``output``; ``None`` while it is too early to ask again."""
        now_s = time.monotonic()
        if now_s - self._polled_s < self._timeouts.poll_every_s:
            return None
        self._polled_s = now_s
        viewers = output.viewers()
        if viewers.watched:
            self._watched_s = now_s
        return viewers
