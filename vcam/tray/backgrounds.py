"""The submenu of backgrounds: what each kind offers, the gallery, and last the room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vcam.backgrounds import SHOWS_ROOM, Background, with_fit
from vcam.backgrounds.choosing import KINDS
from vcam.tray.actions import Change, Task
from vcam.tray.menu_items import SEPARATOR, Line, command, radio, shortened, submenu, task
from vcam.verbs import NEXT

FLAT, PAGE = 30, 25
"""The number of pictures that are listed without pages, and the number on a page."""


@dataclass(frozen=True)
class Offer:
    """A background of the gallery."""

    label: str
    background: Background
    thumbnail: bytes | None = None
    """PNG."""


def backgrounds(chosen: Background, gallery: Sequence[Offer]) -> Iterator[Line]:
    """Of all radios in here and below, the one of ``chosen`` is marked."""
    # By name, so that what was found twice is not marked twice.
    files = list({str(offer.background): offer for offer in gallery}.values())
    if chosen.path is not None:
        files = [*_unless_offered(files, chosen), *files]
    yield from _kinds(chosen, showing_room=False)
    yield SEPARATOR
    yield from _paged([_background(each, chosen) for each in files])
    yield SEPARATOR
    # Not first: a menu opens with the mouse and the keyboard focus on its first line.
    yield from _kinds(chosen, showing_room=True)
    yield SEPARATOR
    yield command(NEXT)
    yield task("Add pictures…", Task.ADD)
    yield task("Open the backgrounds folder", Task.FOLDER)


def _kinds(chosen: Background, *, showing_room: bool) -> Iterator[Line]:
    """What the kinds offer that show the plain room, or that do not."""
    for kind in {**KINDS, chosen.kind: type(chosen)}.values():
        offers = [Offer(each.label, each) for each in kind.offers()]
        if chosen.kind == kind.kind and chosen.path is None:
            offers += _unless_offered(offers, chosen)
        lines = [
            _background(each, chosen)
            for each in offers
            if (each.background.exposure >= SHOWS_ROOM) is showing_room
        ]
        if lines and kind.heading:
            yield submenu(kind.kind, kind.heading, lines)
        else:
            yield from lines


def _background(offer: Offer, chosen: Background) -> Line:
    line = radio(
        str(offer.background),
        offer.label,
        _same(chosen, offer.background),
        Change("background", with_fit(offer.background, chosen.fit)),
    )
    return replace(line, entry=replace(line.entry, thumbnail=offer.thumbnail))


def _unless_offered(offers: Sequence[Offer], chosen: Background) -> tuple[Offer, ...]:
    if any(_same(chosen, offer.background) for offer in offers):
        return ()
    return (Offer(chosen.label, chosen),)


def _same(one: Background, other: Background) -> bool:
    """Whether both show the same, however it is written or fitted."""
    if one.path is not None or other.path is not None:
        return one.path == other.path
    return (one.kind, one.label) == (other.kind, other.label)


def _paged(lines: Sequence[Line]) -> Iterator[Line]:
    if len(lines) <= FLAT:
        yield from lines
        return
    for start in range(0, len(lines), PAGE):
        page = lines[start : start + PAGE]
        first, last = page[0].entry.label, page[-1].entry.label
        label = f"{shortened(first, 18)} – {shortened(last, 18)}"
        yield submenu(f"page {start // PAGE}", label, page)
