"""All that is done to a person's own colours, in its order."""

import cv2
import numpy as np

from vcam.appearance import denoise, light_wrap, soft_skin
from vcam.appearance.denoise import Denoise
from vcam.appearance.light_wrap import LightWrap
from vcam.appearance.noise import Noise
from vcam.appearance.options import AppearanceOptions
from vcam.appearance.soft_skin import SoftSkin
from vcam.appearance.tone_curve import ToneCurve
from vcam.appearance.toning import UNCHANGED, Toning, apply_table
from vcam.frames import Alpha, Frame, Image, Size

NOISY, QUIET = 1.2, 1.0
"""Grey levels of noise from which on, and until which, it is taken off."""


class Effects:
    """Applies the effects that are on to one video.  Used by one thread."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._curve = ToneCurve()
        self._noise = Noise()
        self._denoise: Denoise | None = None
        self._is_noisy = False
        self._softened: Image = np.zeros((0, 0, 3), np.uint8)
        self._toned = self._softened
        self._soft_skin: SoftSkin | None = None
        self._light_wrap: LightWrap | None = None
        self._fresh = True

    def reset(self) -> None:
        """Forget the earlier frames; cheap when nothing is remembered."""
        if not self._fresh:
            self._curve.reset()
            self._noise.reset()
            self._denoise = None
            self._is_noisy = False
            self._fresh = True

    def applied(
        self,
        options: AppearanceOptions,
        frame: Frame,
        foreground: Image,
        alpha: Alpha,
        behind: Image | None,
        *,
        matches: bool = True,
        steady: bool = True,
    ) -> tuple[Image, Toning | None]:
        """The person's colours with effects, and what these did; ``None``: nothing.

        ``foreground`` is as the matting gave it, and ``behind`` the scenery, if it is one;
        ``matches``: its light may fall on the person.  ``steady``: the frame shows the
        same part of what the camera sees as the last one did.  The result is right
        wherever alpha is above 0, and valid until the next call.
        """
        self._fresh = False
        self._fit(foreground)
        person, before, after = foreground, 0, 0
        noise = None
        if options.light or options.denoise:
            self._noise.see(frame.image)
            noise = self._noise.level
        if options.denoise and steady and self._shows(noise):
            assert noise is not None
            self._denoise = self._denoise or Denoise(Size.of(alpha))
            person = self._denoise.applied(foreground, alpha, noise)
            before += denoise.MOST
            noise *= denoise.REST
        else:
            self._denoise = None
        if options.skin:
            # What is beside the person counts, too, and must not be of an earlier frame.
            np.copyto(self._softened, foreground)
            if person is not foreground:
                cv2.copyTo(person, alpha, self._softened)
            person = self._softened
            self._soft(Size.of(alpha)).apply(person, alpha, options.skin / 100)
            before += soft_skin.MOST
        table = self._curve.table(
            *(options, frame.image, alpha, behind, frame.captured_s),
            matches=matches,
            noise=noise,
        )
        if not np.array_equal(table, UNCHANGED):
            apply_table(table, person, alpha, self._toned)
            person = self._toned
        if options.wrap and behind is not None and matches:
            if person is not self._toned:
                np.copyto(self._toned, person)
                person = self._toned
            self._wrap(Size.of(alpha)).apply(person, alpha, behind, options.wrap / 100)
            after = light_wrap.MOST
        if person is foreground:
            return foreground, None
        return person, Toning(table, before, after)

    def _shows(self, noise: float | None) -> bool:
        """Whether so much noise is seen."""
        self._is_noisy = noise is not None and noise > (QUIET if self._is_noisy else NOISY)
        return self._is_noisy

    def _fit(self, foreground: Image) -> None:
        """Have buffers of that size, and nothing that was made for another one."""
        if self._toned.shape != foreground.shape:
            self._softened, self._toned = (np.zeros_like(foreground) for _ in range(2))
            self._denoise = self._soft_skin = self._light_wrap = None

    def _soft(self, size: Size) -> SoftSkin:
        if self._soft_skin is None:
            self._soft_skin = SoftSkin(size)
        return self._soft_skin

    def _wrap(self, size: Size) -> LightWrap:
        if self._light_wrap is None:
            self._light_wrap = LightWrap(size)
        return self._light_wrap
