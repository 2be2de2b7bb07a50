"""What the user can say about how pictures are framed and brought to size."""

from dataclasses import dataclass
from pathlib import Path

from vcam.errors import SettingsError
from vcam.translation import tr


@dataclass(frozen=True)
class FramingOptions:
    """What of the camera's picture is shown."""

    auto: bool = False
    """Follow the person: head and shoulders stay in the middle and of one size."""


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
