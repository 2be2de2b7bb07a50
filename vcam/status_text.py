"""What vcam is doing, in one line for people: the tray, the terminal, a notification."""

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


def _live(status: Status) -> tuple[str, ...]:
    rate = f"{status.fps:.0f} fps" if status.fps else ""
    if status.shows_room:
        return "Showing your room", rate, _watched(status.watchers)
    return "Live", rate, status.background_title, _watched(status.watchers)


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
