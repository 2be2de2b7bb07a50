"""What is on air while no camera is needed: a card, or the last picture."""

import contextlib
import math
from collections.abc import Callable

from vcam.engine.card_picture_loader import CardPictureLoader
from vcam.engine.card_texts import ANY_MOMENT, BE_RIGHT_BACK, ONE_MOMENT
from vcam.engine.live_settings import LiveSettings
from vcam.frames import Size
from vcam.pipeline.privacy import Gate, Withheld
from vcam.status import Hold, State

LOADER_STOP_S = 0.2
"""Longest time that stopping waits for a picture that is still being read."""


class Stills:
    """Used by the publisher's thread.  ``card`` sends a card as :meth:`Gate.card` does."""

    def __init__(self, live: LiveSettings, card: Callable[..., None]) -> None:
        self._live, self._card = live, card
        self._pictures = CardPictureLoader()
        self._on_break = False

    def prepare(self, size: Size) -> None:
        """Have the picture of the next break read before it is needed."""
        if self._live.held is Hold.PAUSE and not self._on_break:
            self._pictures.try_again()  # a drive may be there by now
        self._on_break = self._live.held is Hold.PAUSE
        self._pictures.picture(self._live.settings.pause.picture, size)

    @property
    def trouble(self) -> str:
        """Why the chosen picture is not on the card of a break; empty otherwise."""
        return self._pictures.trouble

    def send(self, gate: Gate, rest: State | None) -> None:
        """Send the last picture once more if it is frozen and allowed; or else a card."""
        if rest is State.FROZEN:
            with contextlib.suppress(Withheld):
                gate.repeat()
                return
        elif rest:
            gate.forget()  # what was on air before a pause or a call does not come back
        if not (rest and rest.is_held):
            self._card(gate, ONE_MOMENT)
            return
        words = self._live.settings.pause
        picture = self._pictures.picture(words.picture, gate.size)
        # A picture says what the user wants; without words of the user's it says it alone.
        message = words.message or ("" if picture else BE_RIGHT_BACK)
        left = remaining(self._live.break_left_s)
        self._card(gate, message, words.detail, left, picture, gently=True)

    @property
    def changes_in_s(self) -> float:
        """Seconds until the card of a break shows another time; infinite without one."""
        left_s = self._live.break_left_s
        if left_s is None or left_s <= 0:
            return math.inf
        return left_s % 1 or 1.0

    def close(self) -> None:
        """Wait a moment for a picture that is being read."""
        self._pictures.close(LOADER_STOP_S)


def remaining(left_s: float | None) -> str:
    """What a card says of the time that is left: ``9:59``, ``1:00:00``."""
    if left_s is None:
        return ""
    if left_s <= 0:
        return ANY_MOMENT
    # It is full at the beginning, and over when it shows zero.
    minutes, seconds = divmod(math.ceil(left_s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
