"""The choice of the real room out of focus."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from vcam.backgrounds import BLURS_ROOM
from vcam.errors import SettingsError, UsageError
from vcam.frames import Size
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.backgrounds.blur_painter import BlurPainter

LIGHTEST_PX, STRONGEST_PX = 4.0, 48.0
"""Standard deviation at a frame height of 720, for strength 0 and 100."""
STRENGTHS = {"light": 20.0, "medium": 50.0, "strong": 80.0}
"""Named strengths, for the command line."""
LABELS = {
    20.0: translatable("Light"),
    50.0: translatable("Medium"),
    80.0: translatable("Strong"),
}
"""What the menu calls these."""


def strength_label(strength: float) -> str:
    """What the menu calls it, in the user's language."""
    if strength in LABELS:
        return tr(LABELS[strength])
    return tr("Strength {strength}", strength=f"{strength:g}")


@dataclass(frozen=True)
class Blur:
    """The real room, out of focus."""

    kind: ClassVar[str] = "blur"
    summary: ClassVar[str] = translatable("the real room, out of focus (strength 0 to 100)")
    usage: ClassVar[str] = translatable("blur, blur:0 to blur:100")
    heading: ClassVar[str] = translatable("Blur")
    path: ClassVar[None] = None
    fit: ClassVar[None] = None

    strength: float = STRENGTHS["medium"]
    """0 is the lightest blur (never none: for that there is ``room``), 100 leaves only
    colours."""

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 100:
            raise SettingsError(
                tr(
                    "The blur strength {strength} is out of range",
                    strength=f"{self.strength:g}",
                ),
                tr("Choose a strength from 0 to 100"),
            )

    @property
    def exposure(self) -> float:
        return BLURS_ROOM + 0.9 * (1 - self.strength / 100)

    @property
    def title(self) -> str:
        return tr("Blur")

    @property
    def label(self) -> str:
        return strength_label(self.strength)

    @classmethod
    def named(cls, value: str) -> Self:
        if not value:
            return cls()
        if value.lower() in STRENGTHS:
            return cls(STRENGTHS[value.lower()])
        try:
            return cls(float(value.removesuffix("%")))
        except ValueError:
            raise UsageError(
                tr("The blur strength {value!r} is not a number", value=value),
                tr("Write it like blur:70 or blur:light"),
            ) from None

    @classmethod
    def offers(cls) -> tuple[Self, ...]:
        return tuple(map(cls, STRENGTHS.values()))

    def sigma_px(self, size: Size) -> float:
        """Standard deviation of the Gaussian, in pixels of a frame of ``size``."""
        ratio = STRONGEST_PX / LIGHTEST_PX
        shortest = min(size.height, size.width * 9 / 16)
        return float(LIGHTEST_PX * ratio ** (self.strength / 100) * shortest / 720)

    def open(self, size: Size) -> "BlurPainter":
        from vcam.backgrounds.blur_painter import BlurPainter

        return BlurPainter(size, self.sigma_px(size))

    def __str__(self) -> str:
        return f"{self.kind}:{self.strength:g}"
