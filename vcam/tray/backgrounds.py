"""The backgrounds: what each kind offers, the gallery, and last the room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from vcam.backgrounds import SHOWS_ROOM, Background, with_fit
from vcam.backgrounds.choosing import KINDS
from vcam.translation import tr
from vcam.tray.actions import Change, Task
from vcam.tray.menu_items import (
    SEPARATOR,
    Line,
    check,
    command,
    marked,
    radio,
    shortened,
    submenu,
    task,
)
from vcam.verbs import NEXT

FLAT, PAGE, PAGES = 30, 25, 6
"""The number of pictures that are listed without pages, the number on a page, and how many
pages there are before these get longer."""


USUAL = 10.0
"""Minutes after which another picture follows, if that is chosen in the menu."""


@dataclass(frozen=True)
class Offer:
    """A background of the gallery."""

    label: str
    background: Background
    thumbnail: bytes | None = None
    """PNG."""


def backgrounds(
    chosen: Background, gallery: Sequence[Offer], every: float = 0.0
) -> Iterator[Line]:
    """The submenu, and those with the pictures where there are many.

    Of all their radios, the one of ``chosen`` is marked.  ``every`` so many minutes another
    picture follows by itself; 0: never.
    """
    # By name, so that what was found twice is not marked twice.
    files = list({str(offer.background): offer for offer in gallery}.values())
    if chosen.path is not None:
        files = [*_unless_offered(files, chosen), *files]
    pictures = [_background(each, chosen) for each in files]
    paged = len(pictures) > FLAT
    # First what changes nothing: a menu opens with the mouse and the keyboard focus on its
    # first line.
    lines = [
        task(tr("Add pictures…"), Task.ADD),
        task(tr("Open the backgrounds folder"), Task.FOLDER),
        SEPARATOR,
        *_kinds(chosen, showing_room=False),
        SEPARATOR,
        *(() if paged else (*pictures, SEPARATOR)),
        *_kinds(chosen, showing_room=True),
        SEPARATOR,
        command(NEXT),
        check(
            "every",
            tr("Another picture every {minutes} minutes", minutes=f"{every or USUAL:g}"),
            bool(every),
            Change("gallery", 0.0 if every else USUAL, "every"),
        ),
    ]
    value = marked([*lines, *pictures])
    if chosen.path is None:
        value = value.replace(": ", " ")  # one colon on the line is enough
    yield submenu("background", tr("Background"), lines, value)
    if paged:
        yield from _pages(pictures)


def _kinds(chosen: Background, *, showing_room: bool) -> Iterator[Line]:
    """What the kinds offer that show the plain room, or that do not."""
    for kind in {**KINDS, chosen.kind: type(chosen)}.values():
        offers = [Offer(each.label, each) for each in kind.offers()]
        if chosen.kind == kind.kind and chosen.path is None:
            offers += _unless_offered(offers, chosen)
        for each in offers:
            if (each.background.exposure >= SHOWS_ROOM) is showing_room:
                label = each.label
                if kind.heading:
                    heading = tr(kind.heading)
                    if heading == kind.heading:  # other languages have capitals elsewhere
                        label = label[:1].lower() + label[1:]
                    label = tr("{label}: {value}", label=heading, value=label)
                yield _background(replace(each, label=label), chosen)


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


def _pages(lines: Sequence[Line]) -> Iterator[Line]:
    long = max(PAGE, -(-len(lines) // PAGES))
    for start in range(0, len(lines), long):
        page = lines[start : start + long]
        first, last = page[0].entry.label, page[-1].entry.label
        label = f"{shortened(first, 18)} – {shortened(last, 18)}"
        yield submenu(f"page {start // long}", label, page)
