"""The user's options for the mask, and the three presets.

:class:`MaskOptions` is what the user sets: a preset, three dials, and every underlying
parameter as an optional setting that overrides the preset.  :func:`resolve` turns it into
a :class:`Recipe`, in which every parameter has a value.

To add a parameter, add a field to :class:`Recipe`, the same field with ``None`` to
:class:`MaskOptions`, its values to :data:`PRESETS` and its range to :data:`RANGES`.
"""

import difflib
from dataclasses import dataclass, fields, replace
from typing import Final

from vcam.errors import SettingsError
from vcam.masking.names import (
    ALL,
    AUTO,
    ENGINE_NAMES,
    GUIDES,
    PEOPLE,
    PRESET_NAMES,
)
from vcam.translation import tr, translatable


@dataclass(frozen=True, slots=True)
class Recipe:
    """A value for every parameter of the mask, in the units of :class:`MaskOptions`."""

    engine: str
    people: str
    edge: float
    feather: float
    smoothing: float
    close_up_every: int
    flip_average: bool
    guide: str
    fine_edges: bool
    fine_grid: bool
    nearer: bool
    remove_strays: bool
    foreground: bool
    motion_threshold: float
    motion_range: float
    soft_low: float
    soft_high: float
    guide_radius: int
    guide_epsilon: float
    edge_low: float
    edge_high: float
    crop_margin: float
    close_up_weight: float
    smoothing_after: float
    motion_blur: bool
    clean_plate: bool


LIGHT: Final = Recipe(
    engine=AUTO,
    people=ALL,
    edge=0.0,
    feather=0.0,
    smoothing=0.8,
    close_up_every=0,
    flip_average=False,
    guide="colour",
    fine_edges=False,
    fine_grid=False,
    nearer=False,
    remove_strays=False,
    foreground=False,
    motion_threshold=0.1,
    motion_range=2.5,
    soft_low=0.3,
    soft_high=0.7,
    guide_radius=3,
    guide_epsilon=1e-4,
    edge_low=0.3,
    edge_high=0.7,
    crop_margin=0.12,
    close_up_weight=0.65,
    smoothing_after=0.7,
    motion_blur=False,
    clean_plate=False,
)
STANDARD: Final = replace(
    LIGHT,
    smoothing=0.7,
    fine_edges=True,
    close_up_every=2,
    remove_strays=True,
    soft_low=0.2,
    soft_high=0.8,
    motion_range=2.0,
    guide_epsilon=2e-4,
    edge_low=0.18,
    edge_high=0.76,
    smoothing_after=0.65,
    motion_blur=True,
    clean_plate=True,
)
BEST: Final = replace(
    STANDARD,
    flip_average=True,
    fine_grid=True,
    nearer=True,
    foreground=True,
    soft_low=0.15,
    soft_high=0.85,
    edge_low=0.19,
    edge_high=0.77,
    smoothing_after=0.75,
    close_up_weight=0.75,
)

PRESETS: Final[dict[str, Recipe]] = dict(
    zip(PRESET_NAMES, (LIGHT, STANDARD, BEST), strict=True)
)
"""The presets by name."""

RANGES: Final[dict[str, tuple[float, float]]] = {
    "edge": (-12.0, 12.0),
    "feather": (0.0, 24.0),
    "smoothing": (0.0, 0.95),
    "close_up_every": (0, 8),
    "motion_threshold": (0.0, 32.0),
    "motion_range": (0.25, 64.0),
    "soft_low": (0.0, 0.49),
    "soft_high": (0.51, 1.0),
    "guide_radius": (1, 16),
    "guide_epsilon": (1e-6, 1e-1),
    "edge_low": (0.0, 0.49),
    "edge_high": (0.51, 1.0),
    "crop_margin": (0.0, 1.0),
    "close_up_weight": (0.0, 1.0),
    "smoothing_after": (0.0, 0.95),
}
"""The smallest and the largest allowed value, by option."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "preset": PRESET_NAMES,
    "engine": ENGINE_NAMES,
    "guide": GUIDES,
    "people": PEOPLE,
}
"""The allowed values, by option."""

SWITCHES: Final = tuple(field.name for field in fields(Recipe) if field.type is bool)
"""The options that are true or false."""


@dataclass(frozen=True, slots=True)
class MaskOptions:
    """The mask as the user wants it.  ``None`` stands for the preset's value.

    Raises :class:`~vcam.errors.SettingsError` for a value outside :data:`RANGES` or
    :data:`CHOICES`.
    """

    preset: str = "standard"
    """``light`` for old laptops, ``standard``, or ``best`` for the finest edges."""
    engine: str = AUTO
    """What runs the models, with the same mask: ``litert``; ``mediapipe``, which takes
    more processor time; or ``auto``, LiteRT where it can be used."""
    people: str = ALL
    """``all`` of the people in the picture, or ``one``: the one nearest the middle."""
    edge: float = 0.0
    """Grow (+) or shrink (-) the person by this many pixels of a 720-pixel-high frame."""
    feather: float = 0.0
    """Soften the edge over this many more pixels of a 720-pixel-high frame."""
    smoothing: float | None = None
    """Share of the last mask that is kept where nothing moves, at 30 frames per second or
    more: 0 none .. 0.95 most.  At lower rates less is kept."""
    close_up_every: int | None = None
    """Frames, at 30 per second, from one close-up of the person to the next: 0 none,
    1 in every frame."""
    flip_average: bool | None = None
    """Average the close-up with that of its mirror image.  At rest the two take turns, in
    motion both are taken in every frame."""
    guide: str | None = None
    """What edges follow: ``none``, only the mask; ``grey`` or ``colour``, the picture."""
    fine_edges: bool | None = None
    """Refine edges at 640x360 pixels instead of 256x144."""
    fine_grid: bool | None = None
    """With ``fine_edges``: average the views at 384x216 pixels instead of 256x144."""
    nearer: bool | None = None
    """With ``flip_average``: in motion take one more close-up, of its lower middle, where
    arms and hands are."""
    remove_strays: bool | None = None
    """Remove pieces that are detached from the person."""
    foreground: bool | None = None
    """Estimate the person's own colours at the edge, so that the room does not show."""
    motion_threshold: float | None = None
    """Grey levels above the noise from which a pixel counts as moving."""
    motion_range: float | None = None
    """Grey levels above that at which a moving pixel is followed at once."""
    soft_low: float | None = None
    """Model confidence that becomes 0."""
    soft_high: float | None = None
    """Model confidence that becomes 1."""
    guide_radius: int | None = None
    """Radius of the guided filter, in pixels of a 256x144 picture."""
    guide_epsilon: float | None = None
    """Variance (of colours 0..1) below which the guide counts as flat."""
    edge_low: float | None = None
    """Value of the refined mask that becomes 0."""
    edge_high: float | None = None
    """Value of the refined mask that becomes 1."""
    crop_margin: float | None = None
    """Margin around the person in the close-up, as a share of the person's size."""
    close_up_weight: float | None = None
    """Weight of the close-up against the wide view: 0 none .. 1 all."""
    smoothing_after: float | None = None
    """Like ``smoothing``, but after the edges were refined."""
    motion_blur: bool | None = None
    """Soften what moves fast, because the camera's shutter has blurred it."""
    clean_plate: bool | None = None
    """Remember the room where it was in sight, and remove what looks exactly like it."""

    def __post_init__(self) -> None:
        """Raise SettingsError for the first value that is not allowed."""
        for name, allowed in CHOICES.items():
            _check_choice(name, getattr(self, name), allowed, optional=name == "guide")
        for name, (lowest, highest) in RANGES.items():
            optional = name not in ("edge", "feather")
            _check_number(name, getattr(self, name), lowest, highest, optional=optional)
        for name in SWITCHES:
            value = getattr(self, name)
            if value is not None and not isinstance(value, bool):
                raise SettingsError(
                    tr(
                        "{option} is {value!r}, which is neither true nor false",
                        option=f"mask.{name}",
                        value=value,
                    ),
                    tr("Leave it out to use the preset's value"),
                )


def resolve(options: MaskOptions) -> Recipe:
    """The preset, with the user's own values in place of its values."""
    own = {
        field.name: value
        for field in fields(Recipe)
        if (value := getattr(options, field.name)) is not None
    }
    return replace(PRESETS[options.preset], **own)


def _check_choice(
    name: str, value: object, allowed: tuple[str, ...], *, optional: bool
) -> None:
    if (value is None and optional) or value in allowed:
        return
    close = difflib.get_close_matches(str(value), allowed, n=1)
    if close:
        remedy = tr("Did you mean {name!r}", name=close[0])
    else:
        remedy = tr("Choose one of {names}", names=", ".join(allowed))
    raise SettingsError(
        tr("{option} is {value!r}, which is not known", option=f"mask.{name}", value=value),
        remedy,
    )


def _check_number(
    name: str, value: object, lowest: float, highest: float, *, optional: bool
) -> None:
    if value is None and optional:
        return
    whole = isinstance(lowest, int)
    kinds = (int,) if whole else (int, float)
    # bool is a subclass of int.  NaN fails the comparison below, as it should.
    if isinstance(value, bool) or not isinstance(value, kinds):
        what = (
            translatable("{option} is {value!r}, which is not a whole number")
            if whole
            else translatable("{option} is {value!r}, which is not a number")
        )
        raise SettingsError(
            tr(what, option=f"mask.{name}", value=value),
            tr(
                "Choose {lowest} to {highest}", lowest=f"{lowest:g}", highest=f"{highest:g}"
            ),
        )
    if not lowest <= value <= highest:
        nearest = highest if value > highest else lowest
        raise SettingsError(
            tr(
                "{option} is {value!r}, outside {lowest} to {highest}",
                option=f"mask.{name}",
                value=value,
                lowest=f"{lowest:g}",
                highest=f"{highest:g}",
            ),
            tr("Try {value}", value=f"{nearest:g}"),
        )
