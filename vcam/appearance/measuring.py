"""What light falls on a picture, measured on a small copy of it."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size

SMALL: Final = Size(80, 45)
"""Statistics are taken at this size, whatever the shape of the picture."""
SAMPLED: Final = Size(320, 180)
"""Single pixels are taken at this size; averaging a large picture would cost more."""
CERTAIN: Final = 230
"""Alpha above which a pixel is of the person alone."""
FEWEST: Final = 80
"""Pixels of the person at :data:`SMALL` that are needed to say anything."""
CLIPPED: Final = 0.9
"""Linear values above which no colour is left."""
LINEAR: Final = ((np.arange(256) / 255.0) ** 2.2).astype(np.float32)
"""Light, 0 to 1, by grey level."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Person:
    """How somebody is lit."""

    room: Values
    """The colour of the light where they are; see :func:`_light_of`."""
    bright: float
    """Linear, of their bright parts, which are skin mostly."""
    black: float
    """The grey level of their darkest parts."""


@dataclass(frozen=True, slots=True)
class Scenery:
    """How what is behind them is lit."""

    light: Values
    mean: float
    high: float
    """Upper quartile; linear like the mean."""
    black: float


def small(image: Image) -> Image:
    """``image`` at :data:`SMALL`, averaged."""
    few = cv2.resize(image, SAMPLED, interpolation=cv2.INTER_NEAREST)
    few = cv2.resize(few, (160, 90), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(few, SMALL, interpolation=cv2.INTER_AREA), np.uint8)


def person(image: Image, alpha: Alpha) -> Person | None:
    """The person in ``image``; ``None`` when there is nobody, or too little."""
    sure = cv2.resize(alpha, SMALL, interpolation=cv2.INTER_NEAREST) > CERTAIN
    if np.count_nonzero(sure) < FEWEST:
        return None
    few = small(image)
    luma = few[sure] @ np.array((0.114, 0.587, 0.299), np.float32)
    black, bright = np.percentile(luma, (2, 90))
    return Person(_light_of(few), float(LINEAR[int(bright)]), float(black))


def is_somebody(alpha: Alpha) -> bool:
    """Whether anything of a person is in the picture, as far as can be seen at once."""
    return bool(cv2.resize(alpha, SMALL, interpolation=cv2.INTER_NEAREST).any())


def scenery(behind: Image) -> Scenery:
    """What is behind the person."""
    few = small(behind)
    most = few.max(axis=2)
    plain = LINEAR[most]
    return Scenery(
        _light_of(few),
        float(plain.mean()),
        float(np.percentile(plain, 75)),
        float(np.percentile(most, 2)),
    )


def _light_of(few: Image) -> Values:
    """The colour of the light by "shades of grey" (G. Finlayson, E. Trezzi, 2004).

    A high norm asks the bright things, which show the light, more than the large ones,
    which show paint.  Blue, green and red, with mean 1.
    """
    seen = np.minimum(LINEAR[few].reshape(-1, 3), np.float32(CLIPPED))
    np.square(seen, out=seen)
    np.square(seen, out=seen)
    light = np.maximum(seen.mean(axis=0, dtype=np.float64), 1e-8) ** 0.25
    return np.asarray(light / light.mean(), np.float64)
