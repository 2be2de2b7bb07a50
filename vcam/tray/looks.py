"""The menu's lines about how the person looks."""

from collections.abc import Iterator

from vcam.appearance.options import ON, AppearanceOptions
from vcam.translation import tr, translatable
from vcam.tray.actions import Change
from vcam.tray.menu_items import Line, check

LABELS = {
    "match": translatable("Match the background's light"),
    "light": translatable("Light in dark rooms"),
    "denoise": translatable("Less noise in dark rooms"),
    "wrap": translatable("Light on your edge"),
    "skin": translatable("Softer skin"),
    "darker": translatable("Darker background"),
}
"""By option, in the order of the menu."""


def looks(chosen: AppearanceOptions) -> Iterator[Line]:
    """A check for each effect; one that is not as strong as usual says so."""
    for option, text in LABELS.items():
        value, usual, label = getattr(chosen, option), ON.get(option, True), tr(text)
        if value not in (0, usual):
            label = tr("{label}: {percent} %", label=label, percent=f"{value:g}")
        other = type(usual)(0) if value else usual
        yield check(option, label, bool(value), Change("appearance", other, option))
