"""What vcam is doing, in one line for people: the tray, the terminal, a notification."""

from vcam.status import State, Status
from vcam.translation import tr, tr_count, translatable

SHORT = {
    State.STOPPED: translatable("Not running"),
    State.STARTING: translatable("Starting…"),
    State.WAITING: translatable("Waiting"),
    State.RESTING: translatable("Resting: nobody is watching"),
    State.FAILED: translatable("Failed"),
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
        return tr("{label}: {value}", label=tr(SHORT[status.state]), value=status.message)
    return tr(SHORT[status.state])


def _live(status: Status, *, rate: bool) -> tuple[str, ...]:
    fps = tr("{rate} fps", rate=f"{status.fps:.0f}") if status.fps and rate else ""
    lacks = tr("without the overlay") if status.overlay_trouble else ""
    font = tr("without your font") if status.font_trouble else ""
    loading = (
        tr("loading {background}", background=status.loading) if status.loading else ""
    )
    if status.shows_room:
        return tr("Showing your room"), fps, loading, lacks, font, _watched(status.watchers)
    return (
        tr("Live"),
        fps,
        status.background_title,
        _kept(status),
        loading,
        lacks,
        font,
        _watched(status.watchers),
    )


def _kept(status: Status) -> str:
    return tr("a part of your room is kept") if status.keeps else ""


def _held(status: Status) -> str:
    camera = (
        tr("the camera is being released") if status.camera else tr("the camera is off")
    )
    if status.state is State.PAUSED:
        paused = tr("Paused: a card is on air, {camera}", camera=camera)
        lacks = tr("without its picture") if status.card_trouble else ""
        return " · ".join(filter(None, (paused, lacks)))
    if status.state is State.LOOPING:
        return _looping(status, camera)
    if status.shows_room:
        return tr("Frozen: your room is visible, still; {camera}", camera=camera)
    if status.keeps:
        return tr("Frozen: a part of your room is visible, still; {camera}", camera=camera)
    if not status.background:
        return tr("Frozen: a card is on air, {camera}", camera=camera)
    return tr("Frozen: the last picture stays on air, {camera}", camera=camera)


def _looping(status: Status, camera: str) -> str:
    if status.shows_room:
        return tr("Loop: your room is visible, as it was; {camera}", camera=camera)
    if status.keeps:
        return tr(
            "Loop: a part of your room is visible, as it was; {camera}", camera=camera
        )
    if not status.background:
        return tr("Loop: a card is on air, {camera}", camera=camera)
    return tr("Loop: the last seconds are on air again and again, {camera}", camera=camera)


def _watched(watchers: tuple[str, ...] | None) -> str:
    if watchers is None:  # it cannot be known here
        return ""
    if not watchers:
        return tr("nobody is watching")
    named, more = list(watchers[:NAMED]), len(watchers) - NAMED
    if more > 0:
        named.append(tr_count("{count} more", "{count} more", more))
    *first, last = named
    if not first:
        return tr("watched by {name}", name=last)
    return tr("watched by {names} and {last}", names=", ".join(first), last=last)
