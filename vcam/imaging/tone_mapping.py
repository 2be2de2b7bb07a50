"""Video of more colours or more light than a webcam's: brought to sRGB by a table.

HDR video (HLG, PQ) holds lights far brighter than white, and the colours of BT.2020 or P3
are wider than a screen's.  Without conversion such video is grey and flat.  FFmpeg's own
conversion takes two seconds of processor time before its first frame.
"""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.float64]
"""Red, green and blue in the last dimension."""

PQ, HLG = 16, 18
"""Transfer functions by their numbers in H.273, as FFmpeg reports them."""
WIDE = {
    # BT.2020 and Display P3, by the numbers of the primaries; to BT.709, linear light.
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}
POINTS = 33
"""Points of the table along each axis; between them is interpolated."""
WHITE_NITS = 203.0
"""Brightness of white paper in HDR video, by BT.2408."""
PEAK_NITS = 1000.0
"""Brightness that becomes the brightest of the screen."""
KNEE = 0.7
"""Share of white up to which nothing is compressed."""
SDR_GAMMA = 2.4
"""Of a reference screen, by BT.1886."""
LUMA_709 = np.array([0.2126, 0.7152, 0.0722])
LUMA_2020 = np.array([0.2627, 0.678, 0.0593])


def needed(primaries: int, transfer: int) -> bool:
    """Whether video that is tagged so must be converted."""
    return transfer in (PQ, HLG) or primaries in WIDE


def table(primaries: int, transfer: int) -> Colours:
    """The screen's red, green and blue (0 to 1) for a grid of the video's.

    Red changes fastest, as in a ``.cube`` file.
    """
    axis = np.linspace(0, 1, POINTS)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    coded = np.stack([red, green, blue], -1).reshape(-1, 3)
    if transfer in (PQ, HLG):
        nits = _light_of_pq(coded) if transfer == PQ else _light_of_hlg(coded)
        # Untagged primaries of HDR video are those of BT.2020.
        linear = nits @ _matrix(primaries if primaries in WIDE else 9).T / WHITE_NITS
        return _srgb(_rolled_off(_in_gamut(linear)))
    linear = coded**SDR_GAMMA @ _matrix(primaries).T
    return _in_gamut(linear).clip(0, 1) ** (1 / SDR_GAMMA)


def with_table(primaries: int, transfer: int, use: Callable[[Path], None]) -> None:
    """Call ``use`` with a ``.cube`` file of the table, which is deleted afterwards."""
    number, name = tempfile.mkstemp(suffix=".cube", prefix="vcam-")
    try:
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(_cube(primaries, transfer))
        use(Path(name))
    finally:
        Path(name).unlink(missing_ok=True)


@cache
def _cube(primaries: int, transfer: int) -> str:
    colours = table(primaries, transfer)
    rows = "\n".join(f"{red:.5f} {green:.5f} {blue:.5f}" for red, green, blue in colours)
    return f"LUT_3D_SIZE {POINTS}\n{rows}\n"


def _matrix(primaries: int) -> Colours:
    return np.array(WIDE[primaries])


def _light_of_pq(coded: Colours) -> Colours:
    """Nits, by SMPTE ST 2084."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = coded ** (1 / m2)
    return np.asarray((np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1) * 10000)


def _light_of_hlg(coded: Colours) -> Colours:
    """Nits on a screen of 1000, by BT.2100."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(coded <= 0.5, coded**2 / 3, (np.exp((coded - c) / a) + b) / 12)
    luma = np.maximum(scene @ LUMA_2020, 1e-6)
    return np.asarray(scene * luma[:, None] ** 0.2 * 1000)


def _in_gamut(linear: Colours) -> Colours:
    """Colours outside the screen's, moved towards the grey of the same brightness."""
    luma = np.maximum(linear @ LUMA_709, 0)[:, None]
    least = linear.min(-1, keepdims=True)
    share = np.where(least < 0, luma / np.maximum(luma - least, 1e-9), 1)
    return np.asarray(luma + (linear - luma) * share)


def _rolled_off(linear: Colours) -> Colours:
    """Light brighter than white, compressed so that it keeps its hue (Reinhard)."""
    most = np.maximum(linear.max(-1, keepdims=True), 1e-9)
    over = (most - KNEE) / (1 - KNEE)
    peak = (PEAK_NITS / WHITE_NITS - KNEE) / (1 - KNEE)
    rolled = KNEE + (1 - KNEE) * over * (1 + over / peak**2) / (1 + over)
    return np.asarray(linear * (np.where(most <= KNEE, most, rolled).clip(0, 1) / most))


def _srgb(linear: Colours) -> Colours:
    linear = linear.clip(0, 1)
    curve = 1.055 * linear ** (1 / 2.4) - 0.055
    return np.asarray(np.where(linear <= 0.0031308, 12.92 * linear, curve))
