"""The choice of the real room out of focus as behind a lens: lights become discs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from vcam.backgrounds.blur import STRENGTHS, Blur, strength_label
from vcam.errors import SettingsError, UsageError
from vcam.frames import Size
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.backgrounds.bokeh_painter import BokehPainter

LEAST = 35.0
"""The least strength: smaller discs have corners, and less of the room would be hidden."""
LIGHTER = 20.0
"""A blur whose strength is less by so much hides no more than this does, from nobody.

A text recogniser reads less through a disc than through a Gaussian of the same variance.
Whoever knows the disc and computes it out of the picture reads smaller letters: those that
a Gaussian leaves whose strength is less by 14 to 19."""
NAMED = STRENGTHS | {"light": LEAST}
"""Named strengths, for the command line."""


@dataclass(frozen=True)
class Bokeh:
    """The real room, out of focus as behind a fast lens."""

    kind: ClassVar[str] = "bokeh"
    summary: ClassVar[str] = translatable(
        "the real room out of focus as behind a lens, lights are discs (strength 35 to 100)"
    )
    usage: ClassVar[str] = translatable("bokeh, bokeh:35 to bokeh:100")
    heading: ClassVar[str] = translatable("Bokeh")
    path: ClassVar[None] = None
    fit: ClassVar[None] = None

    strength: float = NAMED["medium"]
    """Each disc is as wide as the Gaussian of a blur of this strength, in variance."""

    def __post_init__(self) -> None:
        if not LEAST <= self.strength <= 100:
            raise SettingsError(
                tr(
                    "The bokeh strength {strength} is out of range",
                    strength=f"{self.strength:g}",
                ),
                tr("Choose a strength from 35 to 100"),
            )

    @property
    def exposure(self) -> float:
        return Blur(self.strength - LIGHTER).exposure

    @property
    def title(self) -> str:
        return tr("Bokeh")

    @property
    def label(self) -> str:
        return strength_label(self.strength)

    @classmethod
    def named(cls, value: str) -> Self:
        if not value:
            return cls()
        if value.lower() in NAMED:
            return cls(NAMED[value.lower()])
        try:
            return cls(float(value.removesuffix("%")))
        except ValueError:
            raise UsageError(
                tr("The bokeh strength {value!r} is not a number", value=value),
                tr("Write it like bokeh:70 or bokeh:strong"),
            ) from None

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return cls(NAMED["medium"]), cls(NAMED["strong"])

    def sigma_px(self, size: Size) -> float:
        """Standard deviation of the disc, in pixels of a frame of ``size``."""
        return Blur(self.strength).sigma_px(size)

    def open(self, size: Size) -> "BokehPainter":
        from vcam.backgrounds.bokeh_painter import BokehPainter

        return BokehPainter(size, 2 * self.sigma_px(size))

    def __str__(self) -> str:
        return f"{self.kind}:{self.strength:g}"
