"""The user's own wishes for the rim: grown or shrunk, and softer."""

import math

import cv2
import numpy as np

from vcam.frames import Alpha


def moved(alpha: Alpha, px: float) -> Alpha:
    """``alpha`` with its edge moved outwards (or, below 0, inwards) by ``px`` pixels.

    A fraction of a pixel is a mix of the two whole ones, so that a slider has no steps
    and soft edges stay soft.
    """
    if px == 0:
        return alpha
    whole, share = int(abs(px)), math.fmod(abs(px), 1.0)
    less = _moved_whole(alpha, math.copysign(whole, px))
    if share == 0:
        return less
    more = _moved_whole(alpha, math.copysign(whole + 1, px))
    return np.asarray(cv2.addWeighted(less, 1 - share, more, share, 0), np.uint8)


def softened(alpha: Alpha, px: float) -> Alpha:
    """``alpha`` with edges about ``px`` pixels wider."""
    if px == 0:
        return alpha
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), px / 2), np.uint8)


def _moved_whole(alpha: Alpha, px: float) -> Alpha:
    if px == 0:
        return alpha
    side = 2 * abs(int(px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    change = cv2.dilate if px > 0 else cv2.erode
    return np.asarray(change(alpha, disc), np.uint8)
