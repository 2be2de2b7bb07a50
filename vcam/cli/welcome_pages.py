"""The three pages of the welcome window, drawn; nothing here asks or changes anything."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from vcam.cli.lettering import INK, Colour, draw_lines, width_of, wrapped
from vcam.frames import Image, Size
from vcam.imaging.resize import fitted
from vcam.outputs.programs import Places
from vcam.translation import tr, translatable

SIZE = Size(1024, 576)
"""Of the window."""
PICTURE, PICTURE_AT = Size(576, 324), (36, 128)
"""The live picture, and where its left upper corner is."""
TEXT_X, TEXT_WIDTH = 648, 340
"""Where what is said beside it begins, and how wide it is."""
TILE, TILES_ACROSS, MOST_TILES = Size(160, 90), 2, 6
STEPS = (
    translatable("Your camera"),
    translatable("Your background"),
    translatable("Choose vcam in your call"),
)
BACK, NEXT, DONE, LATER = "back", "next", "done", "later"
"""What the buttons do."""
PAPER: Colour = (18, 25, 32)
RAISED: Colour = (32, 43, 53)
FAINT: Colour = (152, 166, 178)
ACCENT: Colour = (84, 200, 211)
WARNING: Colour = (250, 178, 80)


class Offer(NamedTuple):
    """Something that can be clicked, or chosen by its number."""

    words: str
    """For ``vcam set``."""
    title: str
    chosen: bool = False


class Shown(NamedTuple):
    """All that a page depends on, but for pictures."""

    step: int
    camera: str = ""
    """The camera that is on."""
    trouble: tuple[str, str] = ("", "")
    """What is missing, and what to do."""
    offers: tuple[Offer, ...] = ()
    """Cameras or backgrounds."""
    places: Places = Places("vcam", ())


class Spot(NamedTuple):
    """A place that does something when it is clicked."""

    left: float
    top: float
    right: float
    bottom: float
    does: str
    """One of the buttons, or words for ``vcam set``."""


class Page(NamedTuple):
    """A drawn page."""

    canvas: Image
    """Read-only."""
    spots: tuple[Spot, ...]

    def at(self, click: tuple[int, int]) -> str:
        """What a click there does; empty for nothing."""
        x, y = click
        for spot in self.spots:
            if spot.left <= x <= spot.right and spot.top <= y <= spot.bottom:
                return spot.does
        return ""


class Pages:
    """Draws pages; ``thumbnails`` are those of the backgrounds, by their words."""

    def __init__(self, thumbnails: Mapping[str, Image]) -> None:
        self._thumbnails = thumbnails
        self.page = lru_cache(maxsize=8)(self._drawn)
        """The page that shows this, drawn once."""

    def with_picture(self, shown: Shown, picture: Image | None) -> Image:
        """The page as it is now, with the live picture where it has one."""
        canvas = self.page(shown).canvas
        if shown.step == len(STEPS) - 1 or picture is None:
            return canvas
        image = canvas.copy()
        x, y = PICTURE_AT
        image[y : y + PICTURE.height, x : x + PICTURE.width] = fitted(picture, PICTURE)
        return image

    def _drawn(self, shown: Shown) -> Page:
        drawing = _Drawing(shown)
        if shown.step == 0:
            drawing.camera()
        elif shown.step == 1:
            drawing.backgrounds(self._thumbnails)
        else:
            drawing.where()
        return drawing.page()


class _Drawing:
    def __init__(self, shown: Shown) -> None:
        from PIL import Image as Picture
        from PIL import ImageDraw

        self._shown = shown
        self._canvas = Picture.new("RGB", SIZE, PAPER)
        self._draw = ImageDraw.Draw(self._canvas)
        self._spots: list[Spot] = []
        draw_lines(self._draw, (36, 28), [tr("Welcome to vcam")], 17, FAINT)
        title = f"{shown.step + 1}. {tr(STEPS[shown.step])}"
        draw_lines(self._draw, (36, 62), [title], 30)
        for number in range(len(STEPS)):
            x, here = SIZE.width - 36 - 22 * (len(STEPS) - number), number == shown.step
            self._draw.ellipse((x, 34, x + 12, 46), ACCENT if here else RAISED)
        if shown.step < len(STEPS) - 1:
            x, y = PICTURE_AT
            box = (x, y, x + PICTURE.width - 1, y + PICTURE.height - 1)
            self._draw.rectangle(box, RAISED)
        self._buttons()

    def page(self) -> Page:
        canvas = np.ascontiguousarray(np.asarray(self._canvas)[..., ::-1])
        canvas.flags.writeable = False
        return Page(canvas, tuple(self._spots))

    def camera(self) -> None:
        shown = self._shown
        what, remedy = shown.trouble
        y = float(PICTURE_AT[1])
        if what:
            y = self._say(y, what, 17, WARNING)
            y = self._say(y + 4, remedy.replace("`", "'"), 15)
        elif shown.camera:
            camera = shown.camera[:1].upper() + shown.camera[1:]
            y = self._say(y, tr("{camera} is on.", camera=camera), 17)
            y = self._say(
                y + 4, tr("Only you see this now. Others would see the same."), 15
            )
        else:
            y = self._say(y, tr("Looking for your camera…"), 17)
        off = tr("The camera is off until a call opens vcam, and after it.")
        y = self._say(y + 10, off, 15, FAINT)
        if len(shown.offers) > 1 or (shown.offers and not shown.camera):
            y = self._say(y + 14, tr("Another one:"), 15, FAINT)
            for number, offer in enumerate(shown.offers, 1):
                y = self._row(y + 4, f"{number}  {offer.title}", offer)

    def backgrounds(self, thumbnails: Mapping[str, Image]) -> None:
        from PIL import Image as Picture

        left, top = TEXT_X, PICTURE_AT[1] - 8
        for number, offer in enumerate(self._shown.offers):
            column, row = number % TILES_ACROSS, number // TILES_ACROSS
            x, y = left + column * (TILE.width + 16), top + row * (TILE.height + 34)
            right, bottom = x + TILE.width, y + TILE.height
            if offer.chosen:
                frame = (x - 4, y - 4, right + 3, bottom + 3)
                self._draw.rounded_rectangle(frame, 6, ACCENT)
            thumbnail = thumbnails.get(offer.words)
            if thumbnail is None:
                self._draw.rectangle((x, y, right, bottom), RAISED)
            else:
                self._canvas.paste(Picture.fromarray(thumbnail[..., ::-1]), (x, y))
            ink = ACCENT if offer.chosen else INK
            label = f"{number + 1}  {offer.title}"
            draw_lines(self._draw, (x, bottom + 6), [_cut(label, TILE.width, 14)], 14, ink)
            self._spots.append(Spot(x, y, right, bottom + 24, offer.words))
        what, remedy = self._shown.trouble
        own = tr("Your own pictures, colours and videos: Background in the icon's menu.")
        said, ink = (f"{what}. {remedy}", WARNING) if what else (own, FAINT)
        x, y = PICTURE_AT
        self._say(y + PICTURE.height + 8, said, 14, ink, x, PICTURE.width)

    def where(self) -> None:
        places = self._shown.places
        y = 124.0
        called = tr("The camera is called '{camera}' there:", camera=places.camera)
        y = self._say(y, called, 17, INK, 36, 950)
        for place in places.places:
            y = self._pair(y + 4, place.program, place.where)
        if places.switches:
            said = tr("Browsers list it after one switch:")
            y = self._say(y + 16, said, 17, INK, 36, 950)
        for place in places.switches:
            y = self._pair(y + 4, place.program, place.where)
        if places.note:
            self._say(y + 16, places.note.replace("`", "'"), 15, FAINT, 36, 950)

    def _say(
        self,
        y: float,
        text: str,
        pixels: float,
        ink: Colour = INK,
        x: float = TEXT_X,
        width: float = TEXT_WIDTH,
    ) -> float:
        return draw_lines(self._draw, (x, y), wrapped(text, width, pixels), pixels, ink)

    def _pair(self, y: float, name: str, text: str) -> float:
        draw_lines(self._draw, (52, y), [name], 16, ACCENT)
        return draw_lines(self._draw, (250, y), wrapped(text, 730, 16), 16)

    def _row(self, y: float, text: str, offer: Offer) -> float:
        bottom = y + 30
        box = (TEXT_X, y, TEXT_X + TEXT_WIDTH, bottom)
        self._draw.rounded_rectangle(box, 6, RAISED)
        ink = ACCENT if offer.chosen else INK
        at = (TEXT_X + 10, y + 6)
        draw_lines(self._draw, at, [_cut(text, TEXT_WIDTH - 20, 15)], 15, ink)
        self._spots.append(Spot(*box, offer.words))
        return bottom

    def _buttons(self) -> None:
        first, last = self._shown.step == 0, self._shown.step == len(STEPS) - 1
        right = SIZE.width - 36.0
        label, does = (tr("Done"), DONE) if last else (tr("Next"), NEXT)
        right = self._button(right, label, does, ACCENT, PAPER)
        if not first:
            self._button(right - 12, tr("Back"), BACK, RAISED, INK)
        if not last:
            self._button(36 + 110, tr("Not now"), LATER, PAPER, FAINT)

    def _button(
        self, right: float, text: str, does: str, colour: Colour, ink: Colour
    ) -> float:
        width = max(110.0, width_of(text, 17) + 40)
        box = (right - width, 512.0, right, 552.0)
        self._draw.rounded_rectangle(box, 8, colour)
        x = right - width / 2 - width_of(text, 17) / 2
        draw_lines(self._draw, (x, 521), [text], 17, ink)
        self._spots.append(Spot(*box, does))
        return right - width


def _cut(text: str, width: float, pixels: float) -> str:
    """``text``, or as much of its beginning as fits."""
    if width_of(text, pixels) <= width:
        return text
    while text and width_of(f"{text}…", pixels) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
