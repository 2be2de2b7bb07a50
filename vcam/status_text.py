"""What vcam is doing, in one line for people: the tray, the terminal, a notification."""

import re

from vcam.status import State, Status

SAYS = {
    State.STOPPED: "Not running",
    State.STARTING: "Starting…",
    State.WAITING: "Waiting",
    State.RESTING: "Resting: nobody is watching",
    State.PAUSED: "Paused: a card is on air, the camera is off",
    State.FROZEN: "Frozen: the last picture stays on air, the camera is off",
    State.FAILED: "Failed",
}
COLOR = re.compile(r"(rgb|hsl)a?\(.*\)", re.I)
"""A colour that may have a slash in it, before its opacity."""
NAMED = 2
"""So many watching programs are named; the others are counted."""


def headline(status: Status) -> str:
    """The truth about this moment, for example ``Live · 30 fps · Blur · watched by zoom``.

    What is said about the background is what is on air, not what is wished for.
    """
    if status.state is State.LIVE:
        return " · ".join(filter(None, _live(status)))
    says = SAYS[status.state]
    if status.state is State.FROZEN and status.shows_room:
        says = "Frozen: your room is visible, still; the camera is off"
    elif status.state is State.FROZEN and not status.background:
        says = "Frozen: a card is on air, the camera is off"
    if status.state in (State.WAITING, State.FAILED) and status.message:
        return f"{says}: {_inside_a_sentence(status.message)}"
    if status.state in (State.PAUSED, State.FROZEN):
        if status.camera:
            says = says.replace("camera is off", "camera is being let go")
        return " · ".join(filter(None, (says, _watched(status.watchers))))
    return says


def background_name(background: str) -> str:
    """A short name for a background that is written as the command line takes it.

    ``Blur`` for ``blur:50``, ``beach`` for ``/home/me/beach.jpg``, ``#00b140`` for itself.
    """
    if background.partition(":")[0] == "blur":
        return "Blur"
    if COLOR.fullmatch(background):
        return background
    *folders, name = re.split(r"[/\\]", background)
    return name.rpartition(".")[0] or name if folders else name


def _live(status: Status) -> tuple[str, ...]:
    rate = f"{status.fps:.0f} fps" if status.fps else ""
    if status.shows_room:
        return "Showing your room", rate, _watched(status.watchers)
    return "Live", rate, background_name(status.background), _watched(status.watchers)


def _watched(watchers: tuple[str, ...] | None) -> str:
    if watchers is None:  # it cannot be known here
        return ""
    if not watchers:
        return "nobody is watching"
    named, more = list(watchers[:NAMED]), len(watchers) - NAMED
    if more > 0:
        named.append(f"{more} more")
    *first, last = named
    return f"watched by {', '.join(first)} and {last}" if first else f"watched by {last}"


def _inside_a_sentence(message: str) -> str:
    """``The camera is gone`` after a colon; names keep their capitals."""
    first, _, rest = message.partition(" ")
    common = first in ("A", "Another", "No", "Nothing", "Something", "The", "There", "You")
    return f"{first.lower()} {rest}" if common else message
