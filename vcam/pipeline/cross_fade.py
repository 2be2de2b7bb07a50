"""Fades from one background to the next."""

import cv2
import numpy as np

from vcam.backgrounds import HIDES_ROOM, Background
from vcam.frames import Image
from vcam.pipeline.compositing import Recycling
from vcam.pipeline.examination import Fade


class CrossFade:
    """Mixes what is behind the person; the person and the alpha are not touched.

    It fades only to a background that shows at least as much of the room as the one
    before: nothing that shows more stays in the picture for a moment longer.  Otherwise,
    and with ``lasts_s`` 0, it cuts.
    """

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._images = Recycling()
        self._background: Background | None = None
        self._behind: Image | None = None
        """What was behind the person in the last picture, at ``_at_s``."""
        self._at_s = 0.0
        self._before: tuple[Image, Background] | None = None
        """A copy of what is faded from, since ``_since_s``, and what it was painted for."""
        self._since_s = 0.0

    def mixed(
        self, painted: Image, background: Background, now_s: float
    ) -> tuple[Image, Fade | None]:
        """What is shown behind the person at ``now_s``, and of what it was mixed, if so.

        ``painted`` is what the painter of ``background`` made for the frame of that time
        in seconds, ``uint8 (height, width, 3)``; it is not changed.  The result is valid
        until the next call.
        """
        if background != self._background:
            self._begin(painted, background)
        done = (now_s - self._since_s) / self._lasts_s if self._before else 1.0
        fits = self._before is not None and self._before[0].shape == np.shape(painted)
        if self._before is None or not fits or not 0 <= done < 1:
            self._before = None
            self._behind, self._at_s = painted, now_s
            return painted, None
        share = done * done * (3 - 2 * done)  # slow at both ends
        before, former = self._before
        result = self._images.like(painted)
        cv2.addWeighted(before, 1 - share, painted, share, 0, dst=result)
        self._behind, self._at_s = result, now_s
        return result, Fade(before, former, painted, share)

    def _begin(self, painted: Image, background: Background) -> None:
        last, former = self._behind, self._background
        mixed_with = former if self._before is None else self._before[1]
        self._background, self._since_s, self._before = background, self._at_s, None
        if not self._lasts_s or last is None or former is None or mixed_with is None:
            return
        if not _hides_alike(mixed_with, former):
            return  # half a picture and half a blurred room: what of it is which?
        if former.exposure <= background.exposure and isinstance(last, np.ndarray):
            self._before = last.copy(), former

    def reset(self) -> None:
        """Forget what was shown: the next picture does not fade."""
        self._background = self._behind = self._before = None


def _hides_alike(one: Background, other: Background) -> bool:
    """Whether a mixture of both can be examined like the second one."""
    return type(one) is type(other) or one.exposure == other.exposure == HIDES_ROOM
