"""What cards say.  Everybody in the call reads them: paths, names and devices are in the
status only."""

from vcam.errors import BackgroundError, SourceError, VcamError
from vcam.translation import translatable

ONE_MOMENT = translatable("One moment, please")
BE_RIGHT_BACK = translatable("Be right back")
ANY_MOMENT = translatable("Any moment now")
"""At the end of a countdown: nobody goes live by itself."""
CARDS: dict[type[VcamError], str] = {
    SourceError: translatable("The camera is away for a moment"),
    BackgroundError: translatable("The background is not available"),
}
"""By the error that stops the pictures."""


def card_text(trouble: VcamError | None) -> str:
    """What a card says about ``trouble``."""
    texts = (text for kind, text in CARDS.items() if isinstance(trouble, kind))
    return next(texts, ONE_MOMENT)
