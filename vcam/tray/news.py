"""What is worth a notification: trouble that lasts, and its end.  Once each."""

from vcam.status import State, Status
from vcam.status_text import headline
from vcam.translation import tr, translatable

SETTLED_S = 2.0
"""Time that trouble, or its end, must last before the user is notified: a start, a switch
and a plug that is put in slowly are not worth it."""
SET_UP = translatable("The menu of the icon sets it up")
IN_THE_MENU = translatable("The menu of the icon has what helps: What is missing?")
AGAIN_S = 60.0
"""Time for which the same trouble is not notified again: a loose plug would never stop."""


class News:
    """Fed with every status in turn; used by one thread."""

    def __init__(self) -> None:
        self._last = (False, False, "")
        self._since_s = 0.0
        self._announced = ""
        """The trouble that the user was notified of and that is not known to be over."""
        self._announced_at_s: dict[str, float] = {}

    def of(self, status: Status, now_s: float, icon: bool = True) -> tuple[str, str] | None:
        """Title and text of a notification, if one is due; ``now_s`` is monotonic time.

        While an ``icon`` can be seen, its menu is named in place of a command to be typed.
        """
        state, message = status.state, status.message
        if (state.is_trouble, state.is_well, message) != self._last:
            self._last = state.is_trouble, state.is_well, message
            self._since_s = now_s
        lasts = now_s - self._since_s >= SETTLED_S
        if state.is_trouble and message:
            due = lasts or state is State.FAILED
            return self._trouble(status, now_s, icon) if due else None
        if state.is_well:
            if self._announced and lasts:
                self._announced = ""
                return tr("All is well again"), headline(status)
        elif not state.is_trouble:
            self._announced = ""  # vcam rests, and the trouble may be over when it goes on
        return None

    def _trouble(self, status: Status, now_s: float, icon: bool) -> tuple[str, str] | None:
        message = status.message
        announced_s = self._announced_at_s.get(message)
        if message == self._announced or (
            announced_s is not None and now_s - announced_s < AGAIN_S
        ):
            return None
        self._announced, self._announced_at_s[message] = message, now_s
        remedy = status.remedy
        if icon and "`" in remedy:
            remedy = tr(SET_UP if status.not_set_up else IN_THE_MENU)
        return message, remedy
