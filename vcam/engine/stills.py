"""What is on air while no camera is needed: a card, the last picture, or a loop."""

import contextlib
import math
import time
from collections.abc import Callable

from vcam.engine.card_picture_loader import CardPictureLoader
from vcam.engine.card_texts import ANY_MOMENT, BE_RIGHT_BACK, ONE_MOMENT
from vcam.engine.live_settings import LiveSettings
from vcam.frames import Size
from vcam.pipeline.privacy import Gate, Withheld
from vcam.status import Hold, State

MOMENT_S = 0.02
"""Interval at which it is noticed that the camera has let go."""
LOADER_STOP_S = 0.2
"""Longest time that stopping waits for a picture that is still being read."""


class Stills:
    """Used by the publisher's thread.  ``card`` sends a card as :meth:`Gate.card` does."""

    def __init__(self, live: LiveSettings, card: Callable[..., None]) -> None:
        self._live, self._card = live, card
        self._pictures = CardPictureLoader()
        self._on_break = False
        self._words = live.settings.pause
        self._shown: State | None = None

    def prepare(self, size: Size) -> None:
        """Have the picture of the next break read before it is needed."""
        on_break, words = self._live.held is Hold.PAUSE, self._live.settings.pause
        if (on_break and not self._on_break) or words is not self._words:
            # A drive may be there by now, or somebody has drawn another picture.
            self._pictures.look_again()
        self._on_break, self._words = on_break, words
        self._pictures.picture(words.picture, size)

    @property
    def trouble(self) -> str:
        """Why the chosen picture is not on the card of a break; empty otherwise."""
        return self._pictures.trouble

    def show(self, gate: Gate, rest: State | None) -> None:
        """Send the last picture, or the next one of the loop, if that is asked for and
        allowed; or else a card."""
        self._shown = rest
        if rest is State.LOOPING and _plays(gate):
            return
        if rest in (State.FROZEN, State.LOOPING):
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

    def play_on(self, gate: Gate) -> bool:
        """Whether a loop is still on air; sends its next picture if that is due.

        So it goes on until the first picture of the camera.
        """
        return gate.plays and (gate.due_in_s > 0 or _plays(gate))

    def waits(self, gate: Gate, rest: State | None) -> bool:
        """For a moment, while the camera does not let go; a loop goes on.

        Returns whether what is on air may stay there.
        """
        if rest is State.LOOPING and self.play_on(gate):
            time.sleep(min(gate.due_in_s, MOMENT_S))
            return True
        if rest is None:
            self._shown = None
        time.sleep(MOMENT_S)
        return rest is self._shown and not gate.overexposed

    def changes_in_s(self, gate: Gate, rest: State | None, *, watched: bool) -> float:
        """Seconds until what is on air changes by itself; infinite when it does not.

        A loop that is not ``watched`` is not played: that would cost much for nobody.
        """
        if rest is State.LOOPING:
            return gate.due_in_s if watched else math.inf
        left_s = self._live.break_left_s
        if left_s is None or left_s <= 0:
            return math.inf
        return left_s % 1 or 1.0

    def close(self) -> None:
        """Wait a moment for a picture that is being read."""
        self._pictures.close(LOADER_STOP_S)


def _plays(gate: Gate) -> bool:
    """Send the next picture of the loop; returns whether there is one."""
    try:
        gate.play()
    except Withheld:
        return False
    return True


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
