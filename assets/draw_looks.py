"""Draws the pictures of the looks that the documentation shows, with the drawn presenter.

``docs/look-NAME.jpg`` for each row of :data:`FIGURES`, on the left without it, on the right
with it, ``docs/looks.jpg`` for the first screen of the README, and ``docs/framing.jpg``.
Add yours as a row.
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


def rough(image: Image) -> Image:
    """With spots and lines of a few pixels: the drawn skin has none."""
    random = np.random.default_rng(7).normal(0, 1, image.shape[:2]).astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(random, (0, 0), sigma) for sigma in (1.6, 5.0))
    spots = (fine - coarse)[..., None] * 18
    return np.clip(np.rint(image * (1 + spots / 255)), 0, 255).astype(np.uint8)


def lamps() -> Image:
    """The drawn office in the evening, with a string of lamps on its wall."""
    room = np.asarray(Presenter(SIZE).draw(0.0).room * 0.45, np.uint8)
    for number in range(19):
        at = 40 + 66 * number, 110 + round(45 * np.sin(1.3 * number) ** 2)
        cv2.circle(room, at, 5, (205, 240, 255), -1, cv2.LINE_AA)
    return room


@dataclass(frozen=True)
class Figure:
    """One picture: what is set in both halves, and on the right beside it."""

    both: tuple[str, ...]
    right: tuple[str, ...]
    light: Light = as_it_is
    part: tuple[slice, slice] = (slice(0, 720), slice(0, 1280))
    """Rows and columns that are shown, of the shape of a half."""
    split: bool = True
    """Whether the left half of a tile is without it."""
    lamps: bool = False
    """Whether the room is that of :func:`lamps`."""
    words: tuple[str, str] = ("off", "on")
    """What is written on the halves."""

    @property
    def all(self) -> tuple[str, ...]:
        """What is set on the right."""
        given = dict(word.split("=", 1) for word in (*self.both, *self.right))
        return tuple(f"{name}={value}" for name, value in given.items())


OVERVIEW = "looks"
HEAD = slice(90, 396), slice(368, 912)
FACE = slice(180, 360), slice(480, 800)
FIGURES = {
    "match": Figure(("background=library",), ("match=100",)),
    "light": Figure(("background=office",), ("light=on",), evening),
    "denoise": Figure(("background=office", "light=on"), ("denoise=on",), evening, FACE),
    "bokeh": Figure(
        ("background=blur:60",),
        ("background=bokeh:60",),
        lamps=True,
        words=("blur", "bokeh"),
    ),
    "darker": Figure(("background=bokeh:65",), ("darker=30",)),
    "wrap": Figure(("background=beach",), ("wrap=70",), part=HEAD),
    "skin": Figure(("background=office",), ("skin=100",), rough, FACE),
}
LOGO = ("overlay=../assets/icons/256.png", "overlay.width=10")
PLATE = ("name=Ada Lovelace", "line=Analyst")
TILES = {
    "Light and colours of the place": FIGURES["match"],
    "Light in the evening": Figure(("background=office",), ("light=100",), evening),
    "Less noise": FIGURES["denoise"],
    "The place's light on your edge": FIGURES["wrap"],
    "Bokeh": FIGURES["bokeh"],
    "Logo and name plate": Figure(("background=office",), (*LOGO, *PLATE), split=False),
}
"""By their captions; the left half of each without it, the right half with it."""
TILE, ROW = Size(426, 240), 3
FRAMING = "framing"
FRAMINGS = {
    "off": (),
    "shoulders": ("framing=auto",),
    "face": ("tightness=face",),
    "by hand": ("zoom=150", "pan=-20", "tilt=30"),
}


def main(*names: str) -> None:
    """Draw all of them, or those of ``names``."""
    for name in names or (*FIGURES, FRAMING, OVERVIEW):
        if name == OVERVIEW:
            _save("looks.jpg", overview())
        elif name == FRAMING:
            _save("framing.jpg", framings())
        else:
            _save(f"look-{name}.jpg", halves(FIGURES[name]))


def overview() -> Image:
    """All tiles, in rows."""
    tiles = [captioned(tile(figure), words, 14) for words, figure in TILES.items()]
    rows = [np.hstack(tiles[at : at + ROW]) for at in range(0, len(tiles), ROW)]
    return np.vstack(rows)


def framings() -> Image:
    """All of :data:`FRAMINGS`, in two rows."""
    panels = []
    for word, framing in FRAMINGS.items():
        figure = Figure(("background=library",), framing)
        panels.append(captioned(_resized(made(figure.all, figure), HALF), word))
    return np.vstack([np.hstack(panels[:2]), np.hstack(panels[2:])])


def tile(figure: Figure) -> Image:
    """The left half without it, the right half with it."""
    left = _resized(made(figure.both, figure), TILE)
    whole = _resized(made(figure.all, figure), TILE)
    if figure.split:
        middle = TILE.width // 2
        whole[:, :middle] = left[:, :middle]
        whole[:, middle] = 255
    return whole


def halves(figure: Figure) -> Image:
    """Both halves, side by side."""
    left, right = made(figure.both, figure), made(figure.all, figure)
    with_words = zip(figure.words, (left, right), strict=True)
    return np.hstack([captioned(_resized(image, HALF), word) for word, image in with_words])


def made(words: tuple[str, ...], figure: Figure) -> Image:
    """The part of the figure in the picture that vcam makes with these words."""
    settings = edit_of(words, DOCS, Settings())(Settings())
    overlay = settings.over.open(SIZE) if settings.over else None
    options = picture_options(settings, overlay)
    with FrameProcessor() as processor:
        for frame in _frames(figure):
            done = processor.process(
                frame, settings.background, settings.mask, SIZE, options
            )
    return np.asarray(done.image[figure.part], np.uint8)


def _frames(figure: Figure) -> Iterator[Frame]:
    presenter = Presenter(SIZE, room=lamps() if figure.lamps else None)
    for number in range(FRAMES):
        t_s = number / FPS
        yield Frame(figure.light(presenter.draw(BEGIN_S + t_s).image), number, t_s)


def captioned(image: Image, words: str, pixels: int = 20) -> Image:
    """``image`` with ``words`` on a dark plate in its upper left corner."""
    canvas = Picture.fromarray(np.ascontiguousarray(image[..., ::-1]))
    draw = ImageDraw.Draw(canvas, "RGBA")
    letters = font(pixels, bold=True)
    gap, low = pixels / 2, 2.2 * pixels
    right = 2.2 * pixels / 2 + gap + letters.getlength(words)
    draw.rounded_rectangle((gap, gap, right, low), gap, (18, 21, 26, 190))
    draw.text((1.1 * pixels, (gap + low) / 2), words, (255, 255, 255), letters, anchor="lm")
    return np.ascontiguousarray(np.asarray(canvas)[..., ::-1])


def _resized(image: Image, size: Size) -> Image:
    image = np.ascontiguousarray(image)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _save(name: str, image: Image) -> None:
    cv2.imwrite(str(DOCS / name), image, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main(*sys.argv[1:])
