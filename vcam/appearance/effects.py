"""All that is done to a person's own colours, in its order."""

import numpy as np

from vcam.appearance.options import AppearanceOptions
from vcam.appearance.tone_curve import ToneCurve
from vcam.appearance.toning import UNCHANGED, Toning, apply_table
from vcam.frames import Alpha, Frame, Image


class Effects:
    """Applies the effects that are on to one video.  Used by one thread."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._curve = ToneCurve()
        self._toned: Image = np.zeros((0, 0, 3), np.uint8)
        self._fresh = True

    def reset(self) -> None:
        """Forget the earlier frames; cheap when nothing is remembered."""
        if not self._fresh:
            self._curve.reset()
            self._fresh = True

    def applied(
        self,
        options: AppearanceOptions,
        frame: Frame,
        foreground: Image,
        alpha: Alpha,
        behind: Image | None,
    ) -> tuple[Image, Toning | None]:
        """The person's colours with effects, and what these did; ``None``: nothing.

        ``foreground`` is as the matting gave it, and ``behind`` what the person is matched
        with, if with anything.  The result is right wherever alpha is above 0, and valid
        until the next call.
        """
        self._fresh = False
        table = self._curve.table(options, foreground, alpha, behind, frame.captured_s)
        if np.array_equal(table, UNCHANGED):
            return foreground, None
        if self._toned.shape != foreground.shape:
            self._toned = np.zeros_like(foreground)
        apply_table(table, foreground, alpha, self._toned)
        return self._toned, Toning(table)
