"""Fades from one background to the next."""

import cv2

from vcam.backgrounds import Background
from vcam.frames import Image
from vcam.pipeline.compositing import Recycling


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
        self._before: Image | None = None
        """A copy of what is faded from, since ``_since_s``."""
        self._since_s = 0.0

    def mixed(self, behind: Image, background: Background, now_s: float) -> Image:
        """What is shown behind the person at ``now_s``, the time of the frame in seconds.

        ``behind`` is what the painter of ``background`` made, ``uint8 (height, width, 3)``;
        it is not changed.  The result is valid until the next call.
        """
        if background != self._background:
            self._before = self._kept(behind, background)
            self._since_s = self._at_s
            self._background = background
        if self._before is not None:
            done = (now_s - self._since_s) / self._lasts_s
            if 0 <= done < 1:
                share = done * done * (3 - 2 * done)  # slow at both ends
                result = self._images.like(behind)
                cv2.addWeighted(self._before, 1 - share, behind, share, 0, dst=result)
                behind = result
            else:
                self._before = None
        self._behind, self._at_s = behind, now_s
        return behind

    def _kept(self, behind: Image, background: Background) -> Image | None:
        last, former = self._behind, self._background
        if not self._lasts_s or last is None or former is None:
            return None
        if former.exposure > background.exposure or last.shape != behind.shape:
            return None
        return last.copy()

    def reset(self) -> None:
        """Forget what was shown: the next picture does not fade."""
        self._background = self._behind = self._before = None
