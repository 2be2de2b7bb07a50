"""Draws ``docs/keep-and-drop.jpg``: what was painted, and what comes of it.

The drawn presenter sits beside a plant that is kept; a colleague looks in where nobody is
shown.  Run it from the repository: ``python assets/draw_keep_and_drop.py``.
"""

from pathlib import Path

import cv2
import numpy as np

from vcam.backgrounds.choosing import choose
from vcam.frames import Frame, Image, Size
from vcam.masking.options import MaskOptions
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter
from vcam.regions import COLUMNS, ROWS, Region
from vcam.regions.placing import bits_of

OUT = Path(__file__).parents[1] / "docs" / "keep-and-drop.jpg"
SIZE, HALF = Size(1280, 720), Size(640, 360)
BEGIN_S, FRAMES, FPS = 4.2, 12, 30.0
COLLEAGUE = np.array([[0.62, 0, 700], [0, 0.62, 274]], np.float32)
"""Smaller, at the right, in front of the shelf."""
GREEN, RED, SHARE = (120, 200, 32), (60, 40, 225), 0.5


def main() -> None:
    """Draw and save it."""
    kept, dropped = painted()
    region = Region("presenter", bits_of(kept > 0), bits_of(dropped > 0))
    options = PictureOptions(region=region)
    background, mask = choose("beach"), MaskOptions(preset="best")
    with FrameProcessor() as processor:
        for number in range(FRAMES):
            seen = scene(BEGIN_S + number / FPS)
            frame = Frame(seen, number, number / FPS)
            shown = processor.process(frame, background, mask, SIZE, options).image
    both = np.hstack([small(tinted(seen, kept, dropped)), small(shown)])
    cv2.imwrite(str(OUT), both, [cv2.IMWRITE_JPEG_QUALITY, 88])


def painted() -> tuple[Image, Image]:
    """What is kept, and what is dropped, in cells."""
    kept, dropped = (np.zeros((ROWS, COLUMNS), np.uint8) for _ in range(2))
    cv2.ellipse(kept, (24, 46), (10, 13), 0, 0, 360, 1, cv2.FILLED)
    cv2.rectangle(kept, (18, 54), (29, 75), 1, cv2.FILLED)
    cv2.rectangle(dropped, (115, 0), (159, 89), 1, cv2.FILLED)
    return kept, dropped


def scene(at_s: float) -> Image:
    """The presenter, and somebody else at the right."""
    presenter = Presenter(SIZE)
    drawing, other = presenter.draw(at_s), presenter.draw(at_s + 2)
    person = cv2.warpAffine(other.foreground[..., [2, 0, 1]], COLLEAGUE, SIZE)
    share = cv2.warpAffine(other.alpha, COLLEAGUE, SIZE)[..., np.newaxis] / 255.0
    return np.rint(person * share + drawing.image * (1 - share)).astype(np.uint8)


def tinted(image: Image, kept: Image, dropped: Image) -> Image:
    """The picture under what was painted, as the studio shows it."""
    result = image.copy()
    for cells, colour in ((kept, GREEN), (dropped, RED)):
        there = cv2.resize(cells, SIZE, interpolation=cv2.INTER_NEAREST) > 0
        result[there] = (1 - SHARE) * image[there] + SHARE * np.array(colour)
    return result


def small(image: Image) -> Image:
    """Half of the figure."""
    return np.asarray(cv2.resize(image, HALF, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()
