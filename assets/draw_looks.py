"""Draws the pictures of the looks that the documentation shows, with the drawn presenter.

``docs/look-NAME.jpg`` for each row of :data:`FIGURES`, on the left without it, on the right
with it, and ``docs/looks.jpg`` for the first screen of the README.  Add yours as a row.
Run it from the repository: ``python assets/draw_looks.py``, or with names of rows.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Picture
from PIL import ImageDraw

from vcam.frames import Frame, Image, Size
from vcam.imaging.lettering import font
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter
from vcam.settings import Settings
from vcam.settings.edits import edit_of
from vcam.settings.picture import picture_options

DOCS = Path(__file__).parents[1] / "docs"
SIZE = Size(1280, 720)
HALF = Size(640, 360)
BEGIN_S, FRAMES, FPS = 3.4, 24, 30.0
"""What of the presenter's script is seen, and what light and matte have to settle."""

Light = Callable[[Image], Image]


def as_it_is(image: Image) -> Image:
    """The light of the drawn office."""
    return image


def evening(image: Image) -> Image:
    """A seventh of the light, and the noise of a sensor that makes up for it."""
    random = np.random.default_rng(int(image[0, 0].sum()))
    linear = (image / 255.0) ** 2.2 / 7
    noisy = linear ** (1 / 2.2) * 255 + random.normal(0, 3.0, image.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


@dataclass(frozen=True)
class Figure:
    """One picture: what is set in both halves, and on the right beside it."""

    both: tuple[str, ...]
    right: tuple[str, ...]
    light: Light = as_it_is
    part: tuple[slice, slice] = (slice(0, 720), slice(0, 1280))
    """Rows and columns that are shown, of the shape of a half."""


HEAD = slice(90, 450), slice(320, 960)
FIGURES = {
    "match": Figure(("background=library",), ("match=100",)),
}


def main(*names: str) -> None:
    """Draw all of them, or those of ``names``."""
    for name in names or FIGURES:
        _save(f"look-{name}.jpg", halves(FIGURES[name]))


def halves(figure: Figure) -> Image:
    """Both halves, side by side."""
    left = made(figure.both, figure.light)[figure.part]
    right = made((*figure.both, *figure.right), figure.light)[figure.part]
    with_words = zip(("off", "on"), (left, right), strict=True)
    return np.hstack([captioned(_small(image), word) for word, image in with_words])


def made(words: tuple[str, ...], light: Light = as_it_is) -> Image:
    """The picture that vcam makes of the presenter with these words of ``vcam set``."""
    settings = edit_of(words, DOCS, Settings())(Settings())
    overlay = settings.over.open(SIZE) if settings.over else None
    options = picture_options(settings, overlay)
    with FrameProcessor() as processor:
        for frame in _frames(light):
            done = processor.process(
                frame, settings.background, settings.mask, SIZE, options
            )
    return done.image


def _frames(light: Light) -> Iterator[Frame]:
    presenter = Presenter(SIZE)
    for number in range(FRAMES):
        t_s = number / FPS
        yield Frame(light(presenter.draw(BEGIN_S + t_s).image), number, t_s)


def captioned(image: Image, words: str) -> Image:
    """``image`` with ``words`` on a dark plate in its upper left corner."""
    canvas = Picture.fromarray(np.ascontiguousarray(image[..., ::-1]))
    draw = ImageDraw.Draw(canvas, "RGBA")
    letters = font(20, bold=True)
    width = letters.getlength(words)
    draw.rounded_rectangle((10, 10, 34 + width, 44), 8, (18, 21, 26, 190))
    draw.text((22, 27), words, (255, 255, 255), letters, anchor="lm")
    return np.ascontiguousarray(np.asarray(canvas)[..., ::-1])


def _small(image: Image) -> Image:
    image = np.ascontiguousarray(image)
    return np.asarray(cv2.resize(image, HALF, interpolation=cv2.INTER_AREA), np.uint8)


def _save(name: str, image: Image) -> None:
    cv2.imwrite(str(DOCS / name), image, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main(*sys.argv[1:])
