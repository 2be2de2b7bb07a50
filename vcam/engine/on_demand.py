"""Whether a camera is needed at this moment: what the user holds, and who watches."""

import time
from collections.abc import Callable

from vcam.engine.factories import Patience
from vcam.outputs import WatchedOutput
from vcam.outputs.viewers import Viewers
from vcam.settings import Settings
from vcam.status import Hold, State

HELD = {Hold.NOTHING: None, Hold.PAUSE: State.PAUSED, Hold.FREEZE: State.FROZEN}


class Demand:
    """Used by the publisher's thread; :meth:`previewed` may be called by any."""

    def __init__(
        self, settings: Callable[[], Settings], hold: Callable[[], Hold], patience: Patience
    ) -> None:
        self._settings, self._hold, self._patience = settings, hold, patience
        self._looked_s = self._watched_s = float("-inf")

    @property
    def rest(self) -> State | None:
        """The state in which no camera is needed; ``None`` when one is."""
        if held := HELD[self._hold()]:
            return held
        if not self._settings().power.on_demand:
            return None
        unwatched_s = time.monotonic() - self._watched_s
        return State.RESTING if unwatched_s > self._patience.grace_s else None

    def previewed(self) -> None:
        """Somebody has looked at what is on air: that is watching, too."""
        self._watched_s = time.monotonic()

    def look(self, output: WatchedOutput) -> Viewers | None:
        """Who watches ``output``; ``None`` while it is not time to ask again."""
        now_s = time.monotonic()
        if now_s - self._looked_s < self._patience.look_every_s:
            return None
        self._looked_s = now_s
        viewers = output.viewers()
        if viewers.watched:
            self._watched_s = now_s
        return viewers
