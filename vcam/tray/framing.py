"""The menu's lines about which part of the camera's picture is shown: one of them is on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from vcam.imaging.options import BODY, FACE, SHOULDERS, FramingOptions
from vcam.translation import tr, translatable
from vcam.tray.actions import Change
from vcam.tray.menu_items import SEPARATOR, Line, marked, radio, submenu

FOLLOWS: Final = {
    FACE: translatable("Follow me: face"),
    SHOULDERS: translatable("Follow me: head and shoulders"),
    BODY: translatable("Follow me: upper body"),
}
ZOOMS: Final = (125.0, 150.0, 200.0)


def framing(options: FramingOptions) -> Line:
    """The submenu."""
    lines = tuple(_lines(options))
    return submenu("framing", tr("Framing"), lines, marked(lines))


def _lines(options: FramingOptions) -> Iterator[Line]:
    by_hand = not options.auto
    whole = replace(options, auto=False, zoom=100.0, pan=0.0, tilt=0.0)
    yield _radio("whole", tr("Whole picture"), not options.chosen, whole)
    for name, label in FOLLOWS.items():
        chosen = replace(options, auto=True, tightness=name)
        yield _radio(name, tr(label), options == chosen, chosen)
    yield SEPARATOR
    own = (options.zoom,) if by_hand and options.chosen else ()
    for zoom in sorted({*ZOOMS, *own}):
        label = tr("Zoomed to {percent} %", percent=f"{zoom:g}")
        chosen = replace(options, auto=False, zoom=zoom)
        yield _radio(f"zoom {zoom:g}", label, options == chosen, chosen)


def _radio(key: str, label: str, on: bool, chosen: FramingOptions) -> Line:
    return radio(key, label, on, Change("framing", chosen))
