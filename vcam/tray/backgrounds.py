"""The submenu of backgrounds: blurs, colours, what the gallery offers, and the room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vcam.backgrounds import Background
from vcam.backgrounds.blur import STRENGTHS, Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.status_text import background_name
from vcam.tray.actions import Change, Task
from vcam.tray.menu_items import (
    SEPARATOR,
    Line,
    command,
    radio,
    shortened,
    submenu,
    task,
)
from vcam.verbs import NEXT

COLORS = {
    "Green screen": "#00b140",
    "White": "#ffffff",
    "Grey": "#808080",
    "Night blue": "#14213d",
    "Black": "#000000",
}
FLAT, PAGE = 30, 25
"""So many pictures are listed directly; more are put on pages of so many."""


@dataclass(frozen=True)
class Offer:
    """A background of the gallery."""

    label: str
    background: Background
    thumbnail: bytes | None = None
    """PNG."""


def backgrounds(chosen: Background, offers: Sequence[Offer]) -> Iterator[Line]:
    """Of all radios in here and below, the one of ``chosen`` is marked."""
    blurs = [Offer(n.capitalize(), Blur(strength)) for n, strength in STRENGTHS.items()]
    colors = [Offer(name, Color(color)) for name, color in COLORS.items()]
    if isinstance(chosen, Blur):
        blurs += _unless_offered(blurs, chosen, f"Strength {chosen.strength:g}")
    if isinstance(chosen, Color):
        colors += _unless_offered(colors, chosen, chosen.color)
    # By name, so that what was found twice is not marked twice.
    gallery = list({str(offer.background): offer for offer in offers}.values())
    if not isinstance(chosen, Room | Blur | Color):
        name = background_name(str(chosen))
        gallery = [*_unless_offered(gallery, chosen, name), *gallery]
    yield submenu("blur", "Blur", [_background(each, chosen) for each in blurs])
    yield submenu("color", "Colour", [_background(each, chosen) for each in colors])
    yield SEPARATOR
    yield from _paged([_background(each, chosen) for each in gallery])
    yield SEPARATOR
    # Not first: there lie the mouse that opens this menu, and the Enter key.
    yield _background(Offer("Show my room", Room()), chosen)
    yield SEPARATOR
    yield command(NEXT)
    yield task("Add pictures…", Task.ADD)
    yield task("Open the backgrounds folder", Task.FOLDER)


def _background(offer: Offer, chosen: Background) -> Line:
    background: Any = offer.background
    if hasattr(chosen, "fit") and hasattr(background, "fit"):
        background = replace(background, fit=chosen.fit)
    line = radio(
        str(offer.background),
        offer.label,
        _same(chosen, offer.background),
        Change("background", background),
    )
    return replace(line, entry=replace(line.entry, thumbnail=offer.thumbnail))


def _unless_offered(
    offers: Sequence[Offer], chosen: Background, label: str
) -> tuple[Offer, ...]:
    if any(_same(chosen, offer.background) for offer in offers):
        return ()
    return (Offer(label, chosen),)


def _same(one: Background, other: Background) -> bool:
    """Whether both show the same, however it is written or fitted."""
    if isinstance(one, Color) and isinstance(other, Color):
        return one.bgr == other.bgr
    if hasattr(one, "path") and hasattr(other, "path"):
        return bool(one.path == other.path)
    return one == other


def _paged(lines: Sequence[Line]) -> Iterator[Line]:
    if len(lines) <= FLAT:
        yield from lines
        return
    for start in range(0, len(lines), PAGE):
        page = lines[start : start + PAGE]
        first, last = page[0].entry.label, page[-1].entry.label
        label = f"{shortened(first, 18)} – {shortened(last, 18)}"
        yield submenu(f"page {start // PAGE}", label, page)
