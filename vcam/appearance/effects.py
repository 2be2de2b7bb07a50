"""All that is done to a person's own colours, in its order."""

import numpy as np

from vcam.appearance import light_wrap, soft_skin
from vcam.appearance.light_wrap import LightWrap
from vcam.appearance.options import AppearanceOptions
from vcam.appearance.soft_skin import SoftSkin
from vcam.appearance.tone_curve import ToneCurve
from vcam.appearance.toning import UNCHANGED, Toning, apply_table
from vcam.frames import Alpha, Frame, Image, Size


class Effects:
    """Applies the effects that are on to one video.  Used by one thread."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._curve = ToneCurve()
        self._softened: Image = np.zeros((0, 0, 3), np.uint8)
        self._toned: Image = self._softened
        self._soft_skin: SoftSkin | None = None
        self._light_wrap: LightWrap | None = None
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
        self._fit(foreground)
        person, before, after = foreground, 0, 0
        if options.skin:
            person, before = self._softened, soft_skin.MOST
            np.copyto(person, foreground)
            self._soft(Size.of(alpha)).apply(person, alpha, options.skin / 100)
        table = self._curve.table(options, foreground, alpha, behind, frame.captured_s)
        if not np.array_equal(table, UNCHANGED):
            apply_table(table, person, alpha, self._toned)
            person = self._toned
        if options.wrap and behind is not None:
            if person is foreground:
                person = self._toned
                np.copyto(person, foreground)
            after = light_wrap.MOST
            self._wrap(Size.of(alpha)).apply(person, alpha, behind, options.wrap / 100)
        if person is foreground:
            return foreground, None
        return person, Toning(table, before, after)

    def _fit(self, foreground: Image) -> None:
        """Have buffers of that size, and nothing that was made for another one."""
        if self._toned.shape != foreground.shape:
            self._softened, self._toned = (np.zeros_like(foreground) for _ in range(2))
            self._soft_skin = self._light_wrap = None

    def _soft(self, size: Size) -> SoftSkin:
        if self._soft_skin is None:
            self._soft_skin = SoftSkin(size)
        return self._soft_skin

    def _wrap(self, size: Size) -> LightWrap:
        if self._light_wrap is None:
            self._light_wrap = LightWrap(size)
        return self._light_wrap
