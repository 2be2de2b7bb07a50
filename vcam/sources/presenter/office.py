"""The room behind the presenter: a drawn office in warm daylight."""

import cv2
import numpy as np

from vcam.frames import Image, Size
from vcam.sources.presenter.paint import Canvas, over


def paint_office(size: Size) -> Image:
    """The office, BGR uint8 (height, width, 3)."""
    canvas = Canvas(0, 0, 1280, 720, 1.0)
    paint = over(canvas.plain((176, 196, 208)), (120, 140, 150), canvas.x / 1280)
    window = canvas.filled([(60, 40), (330, 40), (330, 420), (60, 420)], 2)
    paint = over(paint, (250, 244, 235), window)
    shelf = canvas.filled([(900, 120), (1240, 120), (1240, 560), (900, 560)], 2)
    paint = over(paint, (70, 100, 140), shelf)
    zoom = max(size.width / 1280, size.height / 720)
    wide, high = max(size.width, round(1280 * zoom)), max(size.height, round(720 * zoom))
    how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    large = cv2.resize(
        np.clip(paint, 0, 255).astype(np.uint8), (wide, high), interpolation=how
    )
    x, y = (wide - size.width) // 2, (high - size.height) // 2
    return np.ascontiguousarray(large[y : y + size.height, x : x + size.width], np.uint8)
