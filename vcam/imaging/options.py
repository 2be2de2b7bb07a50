"""What the user can say about how pictures are framed and brought to size."""

from dataclasses import dataclass
from pathlib import Path

from vcam.checking import check_types
from vcam.errors import SettingsError
from vcam.translation import tr

FACE, SHOULDERS, BODY = "face", "shoulders", "body"
TIGHTNESS = (FACE, SHOULDERS, BODY)
"""How much of a person auto-framing shows, the least first."""
ZOOM = (100.0, 300.0)
"""The least and the most zoom, in percent."""


@dataclass(frozen=True)
class FramingOptions:
    """What of the camera's picture is shown.

    The place is chosen by hand, unless ``auto`` is on.
    """

    auto: bool = False
    """Follow the people in it: they stay in the middle and of one size."""
    tightness: str = SHOULDERS
    """How much of a person ``auto`` shows: one of :data:`TIGHTNESS`."""
    zoom: float = 100.0
    """Percent: 100 shows the whole picture, 200 a half of its width."""
    pan: float = 0.0
    """How far to the right: from -100, where the picture ends, to 100."""
    tilt: float = 0.0
    """How far up: from -100, where the picture ends, to 100."""

    def __post_init__(self) -> None:
        check_types(self)
        if self.tightness not in TIGHTNESS:
            raise SettingsError(
                tr("There is no tightness {name!r}", name=self.tightness),
                tr("Choose one of {names}", names=", ".join(TIGHTNESS)),
            )
        sides = (-100.0, 100.0)
        for name, limits in (("zoom", ZOOM), ("pan", sides), ("tilt", sides)):
            value, (least, most) = getattr(self, name), limits
            # Written so that a NaN fails, too.
            if not least <= value <= most:
                raise SettingsError(
                    tr(
                        "The framing's {option} {value} is out of range",
                        option=name,
                        value=f"{value:g}",
                    ),
                    tr("Choose {least} to {most}", least=f"{least:g}", most=f"{most:g}"),
                )

    @property
    def chosen(self) -> bool:
        """Whether anything but the whole picture may be shown."""
        return self.auto or self.zoom > ZOOM[0]

    @property
    def weight(self) -> float:
        """What it costs, in the unit of the weights of :mod:`vcam.engine.governor`."""
        return 0.25 if self.chosen else 0.0

    @property
    def place(self) -> tuple[float, float, float]:
        """The x and y of the middle of what is chosen by hand, and its size, in shares."""
        share = ZOOM[0] / self.zoom
        room = (1 - share) / 2
        return 0.5 + self.pan / 100 * room, 0.5 - self.tilt / 100 * room, share


@dataclass(frozen=True)
class LetteringOptions:
    """How name plate and cards are written."""

    font: Path | None = None
    """A TrueType or OpenType file; ``None`` for Open Sans, which vcam brings."""


FITS = ("cover", "contain", "stretch", "tile")
"""The ways of :func:`vcam.imaging.resize.fitted`."""


RESULT = "result"
"""The view of what is on air."""
VIEWS = (RESULT, "mask", "overlay", "split")
"""What a preview can show; the others draw what :mod:`vcam.imaging.mask_views` makes."""


def check_fit(fit: str) -> None:
    """Raise :class:`~vcam.errors.SettingsError` unless ``fit`` is one of :data:`FITS`."""
    if fit not in FITS:
        raise SettingsError(
            tr("There is no fit {fit!r}", fit=fit),
            tr("Choose one of {names}", names=", ".join(FITS)),
        )
