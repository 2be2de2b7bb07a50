"""Puts pictures and name plates where they belong in an overlay."""

from pathlib import Path

import cv2
import numpy as np

from vcam.errors import OverlayError, PictureError
from vcam.frames import Size
from vcam.imaging.colour import WHITE
from vcam.imaging.lettering import Face
from vcam.imaging.pictures import load_picture
from vcam.overlay.drawing import Layer, Overlay, resized
from vcam.overlay.name_plate import name_plate
from vcam.overlay.options import NamePlateOptions, OverlayOptions

MARGIN = 0.025
"""Distance to the edges, as a share of the picture's width."""


def add_picture(made: Overlay, options: OverlayOptions, size: Size) -> None:
    """Add a file; raises :class:`~vcam.errors.OverlayError` when it cannot be read."""
    assert options.picture is not None
    layer = _loaded(options.picture)
    wide = max(1, round(size.width * options.width / 100))
    high = max(1, round(layer.shape[0] * wide / layer.shape[1]))
    if high > size.height:  # all of it is seen
        wide, high = max(1, round(wide * size.height / high)), size.height
    layer = resized(layer, Size(wide, high))
    opacity = options.opacity / 100
    layer = np.asarray(layer * opacity + (0, 0, 0, 255 - 255 * opacity), np.float32)
    at_edges = wide == size.width or high == size.height
    margin = 0 if at_edges else round(size.width * MARGIN)
    left = margin + round((size.width - wide - 2 * margin) * options.x / 100)
    top = margin + round((size.height - high - 2 * margin) * options.y / 100)
    _add(made, layer, left, top, size)


def _loaded(path: Path) -> Layer:
    try:
        over_black, over_white = load_picture(path), load_picture(path, over=WHITE)
    except PictureError as error:
        raise OverlayError(error.what, error.remedy) from error
    # What is opaque looks the same on both.
    rest = cv2.subtract(over_white, over_black).max(axis=2)
    return np.dstack([over_black, rest]).astype(np.float32)


def add_plate(
    made: Overlay, options: NamePlateOptions, size: Size, face: Face | None = None
) -> None:
    """Add a name plate, in the user's ``face`` if there is one."""
    layer = name_plate(options, size, face)
    margin = round(size.width * MARGIN)
    right, bottom = (
        whole - margin - part for whole, part in zip(size, Size.of(layer), strict=True)
    )
    left = margin if options.corner.endswith("left") else right
    top = margin if options.corner.startswith("top") else bottom
    _add(made, layer, left, top, size)


def _add(made: Overlay, layer: Layer, left: int, top: int, size: Size) -> None:
    """What does not fit is moved inside, or cut at the right and the bottom."""
    left = max(0, min(left, size.width - layer.shape[1]))
    top = max(0, min(top, size.height - layer.shape[0]))
    made.add(layer[: size.height, : size.width], left, top)
