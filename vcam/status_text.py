"""What vcam is doing, in one line for people: the tray, the terminal, a notification."""

from vcam.status import State, Status

SHORT = {
    State.STOPPED: "Not running",
    State.STARTING: "Starting…",
    State.WAITING: "Waiting",
    State.RESTING: "Resting: nobody is watching",
    State.FAILED: "Failed",
}
"""What each state is called, but for those that depend on what is on air."""
NAMED = 2
"""How many of the programs that watch are named; the others are counted."""


def headline(status: Status, *, rate: bool = True) -> str:
    """The truth about this moment, for example ``Live · 30 fps · Blur · watched by zoom``.

    The background is the one that is on air, not the one that was chosen last.  Without
    ``rate`` it changes only when something happens.
    """
    if status.state is State.LIVE:
        return " · ".join(filter(None, _live(status, rate=rate)))
    if status.state.is_held:
        return " · ".join(filter(None, (_held(status), _watched(status.watchers))))
    if status.state.is_trouble and status.message:
        return f"{SHORT[status.state]}: {status.message}"
    return SHORT[status.state]


def _live(status: Status, *, rate: bool) -> tuple[str, ...]:
    fps = f"{status.fps:.0f} fps" if status.fps and rate else ""
    loading = f"loading {status.loading}" if status.loading else ""
    if status.shows_room:
        return "Showing your room", fps, loading, _watched(status.watchers)
    return "Live", fps, status.background_title, loading, _watched(status.watchers)


def _held(status: Status) -> str:
    camera = "the camera is being released" if status.camera else "the camera is off"
    if status.state is State.PAUSED:
        return f"Paused: a card is on air, {camera}"
    if status.shows_room:
        return f"Frozen: your room is visible, still; {camera}"
    if not status.background:
        return f"Frozen: a card is on air, {camera}"
    return f"Frozen: the last picture stays on air, {camera}"


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
