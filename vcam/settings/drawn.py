"""Checks what is to be drawn: texts, their font, a picture over the camera's."""

from pathlib import Path
from typing import Any

from vcam.errors import FontError, OverlayError, PictureError, UsageError
from vcam.frames import Size
from vcam.imaging.lettering import Face, missing_letters, read_face
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import OverlayOptions
from vcam.settings import Settings
from vcam.translation import tr

Values = dict[tuple[str, str], Any]
"""Plain values by section and option, as TOML would give them."""
DRAWN = ("name_plate.name", "name_plate.line", "pause.message", "pause.detail")
"""Texts that are drawn into the picture."""


def check_overlay(values: Values, now: Settings) -> None:
    """Raise UsageError for a file that cannot lie over the picture."""
    path = values.get(("overlay", "picture"))
    if path is None:
        return
    # Whoever chooses one wants to see it.
    values.setdefault(("overlay", "shown"), True)
    try:
        OverlayChoice(OverlayOptions(Path(path))).open(now.output.size)
    except OverlayError as error:
        raise UsageError(error.what, error.remedy) from error


def check_card(values: Values, size: Size) -> None:
    """Raise UsageError for a file that cannot be on the card of a break."""
    path = values.get(("pause", "picture"))
    if path is None:
        return
    from vcam.pipeline.card_picture import CardPicture  # here: it needs OpenCV

    try:
        CardPicture(Path(path), size)
    except PictureError as error:
        raise UsageError(error.what, error.remedy) from error


def check_letters(values: Values, now: Settings) -> None:
    """Raise UsageError for a text that cannot be drawn, and for a font that is none.

    Another font has to have the letters of the texts that there are already.
    """
    face, other = _face(values, now)
    for name in DRAWN:
        section, _, option = name.partition(".")
        text = values.get((section, option))
        if text is None and other:
            text = getattr(getattr(now, section), option)
        if text and (missing := missing_letters(text, face)):
            raise UsageError(
                tr("The font has no {letters} for {name}", letters=missing, name=name),
                tr("Choose other letters, or a font that has them: font=FILE")
                if face
                else tr("Choose Latin, Greek or Cyrillic letters, or font=FILE"),
            )


def _face(values: Values, now: Settings) -> tuple[Face | None, bool]:
    """The font of the user's own, if any, and whether it is another one than before."""
    key = "lettering", "font"
    try:
        if key in values:
            path = values[key]
            return (read_face(Path(path)) if path else None), True
        font = now.lettering.font
        return (read_face(font) if font and _draws(values) else None), False
    except FontError as error:
        if key not in values:
            return None, False  # what is drawn is in vcam's own
        raise UsageError(error.what, error.remedy) from error


def _draws(values: Values) -> bool:
    return any(f"{section}.{option}" in DRAWN for section, option in values)
