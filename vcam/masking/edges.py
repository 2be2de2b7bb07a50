"""Edges that follow the picture: the colour guided filter.

K. He, J. Sun, X. Tang, "Guided Image Filtering", ECCV 2010; K. He, J. Sun, "Fast Guided
Filter", 2015 (arXiv 1505.00996).  In every small window the mask is explained as a linear
function of the picture's three colours; the coefficients are found on the grid, spread,
and applied to the picture at detail size, so that the mask gains edges that the model,
looking at 256x144 pixels, cannot see.
"""

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Mask, Size


def guided(
    mask: Mask,
    grid: Image,
    detail: Image,
    radius: int,
    epsilon: float,
    low: float,
    high: float,
) -> Alpha:
    """``mask`` (on the grid) with the edges of ``detail``: 0..255 at detail size.

    ``low`` becomes 0 and ``high`` 255: a linear model never quite reaches either end.
    """
    side = (2 * radius + 1, 2 * radius + 1)

    def mean(plane: Mask) -> Mask:
        return cv2.blur(plane, side, borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]

    blue, green, red = (
        np.multiply(plane, np.float32(1 / 255), dtype=np.float32)
        for plane in cv2.split(grid)
    )
    mb, mg, mr, mm = mean(blue), mean(green), mean(red), mean(mask)
    cb = mean(blue * mask) - mb * mm
    cg = mean(green * mask) - mg * mm
    cr = mean(red * mask) - mr * mm
    bb = mean(blue * blue) - mb * mb + np.float32(epsilon)
    gg = mean(green * green) - mg * mg + np.float32(epsilon)
    rr = mean(red * red) - mr * mr + np.float32(epsilon)
    bg = mean(blue * green) - mb * mg
    br = mean(blue * red) - mb * mr
    gr = mean(green * red) - mg * mr
    # The inverse of the 3x3 covariance of every window, by cofactors.
    i_bb, i_bg, i_br = gg * rr - gr * gr, gr * br - bg * rr, bg * gr - gg * br
    i_gg, i_gr, i_rr = bb * rr - br * br, bg * br - bb * gr, bb * gg - bg * bg
    scale = 1 / (bb * i_bb + bg * i_bg + br * i_br)
    ab = (i_bb * cb + i_bg * cg + i_br * cr) * scale
    ag = (i_bg * cb + i_gg * cg + i_gr * cr) * scale
    ar = (i_br * cb + i_gr * cg + i_rr * cr) * scale
    offset = mm - ab * mb - ag * mg - ar * mr
    gain = np.float32(255 / (high - low))
    size = Size.of(detail)
    planes = [cv2.resize(mean(plane) * (gain / 255), size) for plane in (ab, ag, ar)]
    total = cv2.resize((mean(offset) - np.float32(low)) * gain, size)
    for plane, colour in zip(planes, cv2.split(detail), strict=True):
        total = cv2.add(total, cv2.multiply(plane, colour, dtype=cv2.CV_32F))
    return np.clip(total, 0, 255).astype(np.uint8)
