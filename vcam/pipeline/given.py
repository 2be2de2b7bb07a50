"""What a program gives to a :class:`~vcam.pipeline.api.Pipeline`, checked."""

import math
import time

import numpy as np

from vcam.errors import UsageError
from vcam.frames import Image, Size
from vcam.translation import tr

SMALLEST = 8
"""Pixels that a side of a picture must have."""


def checked_image(given: object) -> Image:
    """The picture that ``given`` is; raises :class:`~vcam.errors.UsageError`."""
    image = np.asarray(given)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        raise UsageError(
            tr(
                "An image of {type} {shape} cannot be processed",
                type=image.dtype,
                shape=image.shape,
            ),
            tr("Give a uint8 array of shape (height, width, 3), in BGR order"),
        )
    if min(image.shape[:2]) < SMALLEST:
        size = Size.of(image)
        raise UsageError(tr("An image of {size} is too small for a person", size=size))
    return image


def check_kind(name: str, given: object, kind: type) -> None:
    """Raise :class:`~vcam.errors.UsageError` unless ``given`` is of a kind, or left out."""
    if given is not None and not isinstance(given, kind):
        raise UsageError(
            tr(
                "{option} is {value!r}, which is no {kind}",
                option=name,
                value=given,
                kind=kind.__name__,
            ),
            tr("Or leave it out"),
        )


def checked_time(given: float | None, last_s: float) -> float:
    """The time of a frame, now if none is given, and not before that of the last frame."""
    try:
        now_s = float(time.monotonic() if given is None else given)
    except (TypeError, ValueError):
        now_s = float("nan")
    if not math.isfinite(now_s):
        raise UsageError(
            tr("The time {time!r} is not a number of seconds", time=given),
            tr("Or leave it out"),
        )
    if now_s < last_s:
        raise UsageError(
            tr(
                "The time {time:g} s is before the last frame's, {last:g} s",
                time=now_s,
                last=last_s,
            ),
            tr("Give frames in order, or use another Pipeline for another video"),
        )
    return now_s
