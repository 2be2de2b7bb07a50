"""What the user can say about the mask, and what the three presets make of it.

:class:`MaskOptions` is the wish: a preset, three dials, and every underlying parameter as
an optional setting that overrules the preset.  :func:`resolve` turns it into a
:class:`Recipe`, where nothing is left open.

To add a parameter: a field in :class:`Recipe`, the same one with ``None`` in
:class:`MaskOptions`, its values in :data:`PRESETS` and its range in :data:`RANGES`.
"""

import difflib
from dataclasses import dataclass, fields, replace
from typing import Final

from vcam.errors import SettingsError
from vcam.masking.names import ENGINE_NAMES, GUIDES, PRESET_NAMES


@dataclass(frozen=True, slots=True)
class Recipe:
    """Every parameter of the mask, decided, in the units of :class:`MaskOptions`."""

    engine: str
    edge: float
    feather: float
    smoothing: float
    second_look: int
    mirrored_look: bool
    guide: str
    fine: bool
    blobs: bool
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
    close_weight: float
    smoothing_after: float
    motion_blur: bool
    plate: bool


LIGHT: Final = Recipe(
    engine="mediapipe",
    edge=0.0,
    feather=0.0,
    smoothing=0.8,
    second_look=0,
    mirrored_look=False,
    guide="colour",
    fine=False,
    blobs=False,
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
    close_weight=0.65,
    smoothing_after=0.7,
    motion_blur=False,
    plate=False,
)
STANDARD: Final = replace(
    LIGHT,
    smoothing=0.7,
    fine=True,
    second_look=2,
    blobs=True,
    soft_low=0.2,
    soft_high=0.8,
    motion_range=2.0,
    guide_epsilon=2e-4,
    edge_low=0.18,
    edge_high=0.76,
    smoothing_after=0.65,
    motion_blur=True,
    plate=True,
)
BEST: Final = replace(
    STANDARD,
    second_look=1,
    mirrored_look=True,
    foreground=True,
    edge_low=0.19,
    edge_high=0.77,
    smoothing_after=0.75,
    close_weight=0.75,
)

PRESETS: Final[dict[str, Recipe]] = dict(
    zip(PRESET_NAMES, (LIGHT, STANDARD, BEST), strict=True)
)

RANGES: Final[dict[str, tuple[float, float]]] = {
    "edge": (-12.0, 12.0),
    "feather": (0.0, 24.0),
    "smoothing": (0.0, 0.95),
    "second_look": (0, 8),
    "motion_threshold": (0.0, 32.0),
    "motion_range": (0.25, 64.0),
    "soft_low": (0.0, 0.49),
    "soft_high": (0.51, 1.0),
    "guide_radius": (1, 16),
    "guide_epsilon": (1e-6, 1e-1),
    "edge_low": (0.0, 0.49),
    "edge_high": (0.51, 1.0),
    "crop_margin": (0.0, 1.0),
    "close_weight": (0.0, 1.0),
    "smoothing_after": (0.0, 0.95),
}
"""Name -> the smallest and the largest value, both allowed."""

CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "preset": PRESET_NAMES,
    "engine": ENGINE_NAMES,
    "guide": GUIDES,
}

SWITCHES: Final = tuple(field.name for field in fields(Recipe) if field.type is bool)


@dataclass(frozen=True, slots=True)
class MaskOptions:
    """The mask, as the user wants it.  ``None`` means: as the preset says.

    Raises :class:`~vcam.errors.SettingsError` for a value outside :data:`RANGES` or
    :data:`CHOICES`.
    """

    preset: str = "standard"
    """``light`` for old laptops, ``standard``, or ``best`` for the finest edges."""
    engine: str = "mediapipe"
    """``mediapipe``, or ``litert`` (extra ``fast``): the same mask for less."""
    edge: float = 0.0
    """Grow (+) or shrink (-) the person by this many pixels of a 720 pixels high frame."""
    feather: float = 0.0
    """Soften the edge over this many pixels more, of a 720 pixels high frame."""
    smoothing: float | None = None
    """How much of the last mask is kept where nothing moves, at 30 frames a second and
    more: 0 none .. 0.95 most.  Of rarer frames' masks less is kept."""
    second_look: int | None = None
    """Look at the person's region again every so many frames, of 30 a second: 0 never,
    1 always."""
    mirrored_look: bool | None = None
    """Look at the mirror image of the person's region, too: taking turns with the region
    itself at rest, both in every frame in motion."""
    guide: str | None = None
    """What edges follow: ``none`` the mask alone, the ``grey`` or ``colour`` picture."""
    fine: bool | None = None
    """Refine edges at 640x360 pixels instead of 256x144."""
    blobs: bool | None = None
    """Remove what is detached from the person."""
    foreground: bool | None = None
    """Estimate the person's own colours at the edge, so that no room glows there."""
    motion_threshold: float | None = None
    """Grey levels above the noise from which a pixel counts as moving."""
    motion_range: float | None = None
    """Grey levels from a pixel that just moves to one that is followed at once."""
    soft_low: float | None = None
    """Model confidence that becomes 0."""
    soft_high: float | None = None
    """Model confidence that becomes 1."""
    guide_radius: int | None = None
    """Reach of the guide, in pixels of a 256x144 picture."""
    guide_epsilon: float | None = None
    """Variance (of colours 0..1) below which the guide is taken as flat."""
    edge_low: float | None = None
    """Guided mask that becomes 0."""
    edge_high: float | None = None
    """Guided mask that becomes 1."""
    crop_margin: float | None = None
    """Room around the person for the second look, as a share of the person's size."""
    close_weight: float | None = None
    """How much the close look counts against the wide one: 0 nothing .. 1 all."""
    smoothing_after: float | None = None
    """Like ``smoothing``, after the edges were refined."""
    motion_blur: bool | None = None
    """Soften what moves fast, for the camera's shutter has blurred it."""
    plate: bool | None = None
    """Remember the room where it was in sight, and doubt what looks just like it."""

    def __post_init__(self) -> None:
        """Explain the first value that makes no sense."""
        for name, allowed in CHOICES.items():
            _check_choice(name, getattr(self, name), allowed, optional=name == "guide")
        for name, (lowest, highest) in RANGES.items():
            optional = name not in ("edge", "feather")
            _check_number(name, getattr(self, name), lowest, highest, optional=optional)
        for name in SWITCHES:
            value = getattr(self, name)
            if value is not None and not isinstance(value, bool):
                raise SettingsError(
                    f"mask.{name} is {value!r}, which is neither true nor false",
                    "Leave it out to have what the preset says",
                )


def resolve(options: MaskOptions) -> Recipe:
    """The preset with the user's own values put in."""
    said = {
        field.name: value
        for field in fields(Recipe)
        if (value := getattr(options, field.name)) is not None
    }
    return replace(PRESETS[options.preset], **said)


def _check_choice(
    name: str, value: object, allowed: tuple[str, ...], *, optional: bool
) -> None:
    if (value is None and optional) or value in allowed:
        return
    close = difflib.get_close_matches(str(value), allowed, n=1)
    remedy = (
        f"Did you mean {close[0]!r}" if close else f"Choose one of {', '.join(allowed)}"
    )
    raise SettingsError(f"mask.{name} is {value!r}, which is not known", remedy)


def _check_number(
    name: str, value: object, lowest: float, highest: float, *, optional: bool
) -> None:
    if value is None and optional:
        return
    whole = isinstance(lowest, int)
    kinds = (int,) if whole else (int, float)
    # bool is an int, and NaN fails the comparison, as it should.
    if isinstance(value, bool) or not isinstance(value, kinds):
        kind = "a whole number" if whole else "a number"
        raise SettingsError(
            f"mask.{name} is {value!r}, which is not {kind}",
            f"Choose {lowest:g} to {highest:g}",
        )
    if not lowest <= value <= highest:
        nearest = highest if value > highest else lowest
        raise SettingsError(
            f"mask.{name} is {value!r}, outside {lowest:g} to {highest:g}",
            f"Try {nearest:g}",
        )
