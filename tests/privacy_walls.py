"""Empty rooms that models take for people: how much of them leaves?

Run on demand, from the repository's root, with the real models and no camera::

    python -m tests.privacy_walls --walls 600 --engine both
    python -m tests.privacy_walls --walls 50 --preset light --engine litert --save worst
    python -m tests.privacy_walls --walls 0 --picture room.png --engine both

To measure another tree: ``PYTHONPATH=/path/to/tree python tests/privacy_walls.py``.

Rooms are made up: most reddish or of the colour of skin, plain, of wood, with curtains,
posters, shelves and writing, dark and bright.  The same seed gives the same rooms.  Each is
shown for :data:`SHOWN` frames, with a little noise, to a line that has seen nothing before
(``first``), and to one that has just seen the drawn presenter in their office (``later``).
What is on air is the largest share of the frame, in any frame, that is more than half
visible; ``> 0.1 s`` counts the rooms of which more than 2 % is on air for longer than that.
"""

import argparse
import functools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

import vcam
from vcam.backgrounds.color import Color
from vcam.errors import VcamError
from vcam.frames import Frame, Image, Mask, Size
from vcam.masking.names import PREFERRED
from vcam.masking.options import PRESETS, MaskOptions
from vcam.masking.segmenters import Segmenter, open_segmenter
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter

SIZE: Final = Size(640, 360)
SHOWN: Final = 12
"""Frames of each room."""
BEFORE: Final = 10
"""Frames of the presenter before it, in the mode ``later``."""
LIMIT_S: Final = 0.1
MODES: Final = ("first", "later")
OVER: Final = (0.02, 0.1, 0.5, 0.9)
"""Shares of the frame that are counted."""
BACKGROUND: Final = Color("#00c800")

say: Final = functools.partial(print, end="", flush=True)
Floats = NDArray[np.float32]
Rng = np.random.Generator


# --- rooms --------------------------------------------------------------------------------


def skin(rng: Rng) -> Floats:
    """A colour between pale, tanned, dark and brick, in BGR."""
    red = rng.uniform(90, 250)
    green = red * rng.uniform(0.45, 0.82)
    return np.array([green * rng.uniform(0.55, 0.95), green, red], np.float32)


def clouds(rng: Rng, coarse: tuple[int, int], contrast: float) -> Floats:
    """Smooth noise of so many cells, down and across."""
    cells = rng.normal(0, contrast, coarse).astype(np.float32)
    smooth = cv2.resize(cells, SIZE, interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth, np.float32)[..., None]


def plain(rng: Rng) -> Floats:
    """A plain wall in uneven light."""
    cells = int(rng.integers(3, 12)), int(rng.integers(3, 12))
    return skin(rng) + clouds(rng, cells, rng.uniform(8, 30))


def reddish(rng: Rng) -> Floats:
    """A plain wall between terracotta, salmon and brick red."""
    colour = rng.uniform((50, 70, 150), (120, 140, 245)).astype(np.float32)
    cells = int(rng.integers(3, 12)), int(rng.integers(3, 12))
    return colour + clouds(rng, cells, rng.uniform(8, 30))


def gradient(rng: Rng) -> Floats:
    """A wall that a lamp lights from one side."""
    angle = rng.uniform(0, 2 * np.pi)
    rows, columns = np.mgrid[-1 : 1 : SIZE.height * 1j, -1 : 1 : SIZE.width * 1j]
    along = (np.cos(angle) * columns + np.sin(angle) * rows)[..., None]
    return np.asarray(skin(rng) * (1 + rng.uniform(0.1, 0.6) * along), np.float32)


def wood(rng: Rng) -> Floats:
    """Boards with a grain."""
    colour = np.array([60, 100, 160], np.float32) * np.float32(rng.uniform(0.6, 1.4))
    picture = colour + clouds(rng, (int(rng.integers(60, 180)), 3), rng.uniform(6, 18))
    board = int(rng.integers(30, 120))
    for top in range(0, SIZE.height, board):
        picture[top : top + board] *= rng.uniform(0.85, 1.15)
        picture[top : top + 2] *= 0.6
    return picture if rng.random() < 0.5 else np.ascontiguousarray(picture[::-1])


def curtain(rng: Rng) -> Floats:
    """Folds from top to bottom."""
    across = np.linspace(0, rng.uniform(20, 90), SIZE.width, dtype=np.float32)
    across += rng.normal(0, 0.4, SIZE.width).cumsum().astype(np.float32) * 0.1
    folds = 1 + np.float32(rng.uniform(0.08, 0.3)) * np.sin(across)[None, :, None]
    return np.asarray(skin(rng) * folds + clouds(rng, (3, 4), 10), np.float32)


def close_skin(rng: Rng) -> Floats:
    """What looks like a photograph of skin, out of focus: many sizes of soft spots."""
    picture = skin(rng) + np.zeros((SIZE.height, SIZE.width, 1), np.float32)
    for cells, contrast in (((2, 3), 22.0), ((5, 8), 12.0), ((14, 25), 7.0), ((45, 80), 4)):
        redness = np.array([0.9, 1.1, 0.8], np.float32)
        picture += clouds(rng, cells, contrast * rng.uniform(0.5, 1.5)) * redness
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 6)), np.float32)


def posters(rng: Rng) -> Floats:
    """A wall with framed pictures of soft shapes in colours of skin."""
    wall = rng.uniform(60, 230, 3).astype(np.float32) + clouds(rng, (4, 6), 12)
    for _ in range(int(rng.integers(1, 5))):
        wide, high = int(rng.integers(60, 320)), int(rng.integers(60, 300))
        left, top = int(rng.integers(0, SIZE.width)), int(rng.integers(0, SIZE.height))
        cv2.rectangle(wall, (left, top), (left + wide, top + high), skin(rng).tolist(), -1)
        for _ in range(int(rng.integers(0, 4))):
            middle = (
                left + int(rng.integers(0, wide)),
                top + int(rng.integers(0, high)),
            )
            axes = int(rng.integers(10, 70)), int(rng.integers(10, 90))
            cv2.ellipse(wall, middle, axes, 0, 0, 360, skin(rng).tolist(), -1)
    return wall


def other_hues(rng: Rng) -> Floats:
    """A wall of any colour at all."""
    return rng.uniform(20, 240, 3).astype(np.float32) + clouds(rng, (5, 7), 20)


KINDS: Final[tuple[Callable[[Rng], Floats], ...]] = (
    *(reddish, close_skin, plain, reddish, close_skin, gradient),
    *(reddish, close_skin, wood, curtain, posters, other_hues),
)
"""In turn; those most often taken for a person, whole, are more frequent."""


def room(seed: int, number: int) -> tuple[str, Image]:
    """The kind and the picture of one made-up room."""
    rng = np.random.default_rng((seed, number))
    kind = KINDS[number % len(KINDS)]
    wall = np.ascontiguousarray(kind(rng), np.float32)
    picture = np.clip(wall, 0, 255).astype(np.uint8)
    colour = (picture.mean((0, 1)) * rng.uniform(0.5, 0.95)).tolist()
    for _ in range(int(rng.integers(0, 4))):  # shelves and cupboards
        x, y = int(rng.integers(0, 600)), int(rng.integers(0, 330))
        end = x + int(rng.integers(20, 200)), y + int(rng.integers(10, 80))
        cv2.rectangle(picture, (x, y), end, colour, -1)
    at = int(rng.integers(10, 380)), int(rng.integers(60, 340))
    cv2.putText(picture, "PIN 4711", at, cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30, 30, 40), 3)
    light = rng.choice([1.0, 1.0, 1.0, 0.3, 0.55, 1.25])
    picture = np.asarray(cv2.convertScaleAbs(picture, alpha=float(light)), np.uint8)
    name = kind.__name__.replace("_", " ")
    return name, np.asarray(cv2.GaussianBlur(picture, (0, 0), 1), np.uint8)


# --- what leaves --------------------------------------------------------------------------


class Kept:
    """The models, loaded once: a fresh line for every room takes far less time then."""

    def __init__(self) -> None:
        self._models: dict[tuple[str, str], Segmenter] = {}

    def open(self, engine: str, model: str) -> "Shared":
        """In the place of :func:`vcam.masking.segmenters.open_segmenter`."""
        if (engine, model) not in self._models:
            self._models[engine, model] = open_segmenter(engine, model)
        return Shared(self._models[engine, model])

    def close(self) -> None:
        """Release them."""
        for model in self._models.values():
            model.close()


class Shared:
    """A model that others use after this line, too."""

    def __init__(self, model: Segmenter) -> None:
        self._model = model

    @property
    def input_size(self) -> Size:
        return self._model.input_size

    def segment(self, image: Image) -> Mask:
        return self._model.segment(image)

    def close(self) -> None:
        pass


@dataclass
class OnAir:
    """What of one room has left."""

    most: float = 0.0
    """Share of the frame, in the worst frame."""
    over: int = 0
    """Frames with more than 2 %."""
    withheld: int = 0
    picture: Image | None = None
    """The worst."""


@dataclass
class Count:
    """The rooms of one preset, engine and mode."""

    rooms: int = 0
    withheld: int = 0
    """Rooms of which at least one frame was withheld."""
    long: int = 0
    above: dict[float, int] = field(default_factory=lambda: dict.fromkeys(OVER, 0))
    worst: float = 0.0
    worst_name: str = ""

    def add(self, name: str, seen: OnAir) -> None:
        """One room more."""
        self.rooms += 1
        self.withheld += seen.withheld > 0
        self.long += seen.over / 30 > LIMIT_S + 1e-9
        for share in OVER:
            self.above[share] += seen.most > share
        if seen.most > self.worst:
            self.worst, self.worst_name = seen.most, name


def shown(
    line: FrameProcessor, picture: Image, options: MaskOptions, before: list[Image]
) -> OnAir:
    """Show a room to a fresh line, after the pictures ``before``."""
    result, rng = OnAir(), np.random.default_rng(0)
    for number in range(len(before) + SHOWN):
        is_room = number >= len(before)
        image = picture if is_room else before[number]
        if is_room:
            noise = rng.normal(0, 1.2, image.shape)
            image = np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)
        try:
            cleared = line.process(Frame(image, number, number / 30), BACKGROUND, options)
        except VcamError:
            result.withheld += is_room
            continue
        if not is_room or cleared.alpha is None:
            continue
        share = float(np.mean(cleared.alpha > 127))
        result.over += share > OVER[0]
        if share > result.most:
            result.most, result.picture = share, cleared.image
    return result


def presenter() -> list[Image]:
    """The first frames of the drawn presenter."""
    drawn = Presenter(SIZE, 30.0, noise=True)
    return [drawn.draw(number / 30).image.copy() for number in range(BEFORE)]


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; see the module."""
    parser = argparse.ArgumentParser(description="Empty rooms that models take for people.")
    parser.add_argument("--walls", type=int, default=100, help="how many rooms are made up")
    parser.add_argument("--preset", choices=[*PRESETS, "all"], default="all")
    parser.add_argument("--engine", choices=[*PREFERRED, "both"], default="both")
    parser.add_argument("--mode", choices=[*MODES, "both"], default="both")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--picture", type=Path, action="append", default=[])
    parser.add_argument("--save", type=Path, help="a folder for the worst pictures")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    say(f"vcam of {Path(vcam.__file__).parent}; seed {wanted.seed}\n")
    presets = list(PRESETS) if wanted.preset == "all" else [wanted.preset]
    engines = list(PREFERRED) if wanted.engine == "both" else [wanted.engine]
    modes = list(MODES) if wanted.mode == "both" else [wanted.mode]
    given: list[tuple[str, Image]] = []
    for path in wanted.picture:
        picture = cv2.imread(str(path))
        if picture is None:
            parser.error(f"{path} is not a picture that can be read")
        given.append((path.name, np.asarray(cv2.resize(picture, SIZE), np.uint8)))
    before = presenter()
    counts: dict[tuple[str, str, str], Count] = {}
    started, models = time.monotonic(), Kept()
    for number in range(len(given) + wanted.walls):
        if number < len(given):
            name, picture = given[number]
        else:
            kind, picture = room(wanted.seed, number - len(given))
            name = f"{number - len(given)} {kind}"
        for preset in presets:
            for engine in engines:
                for mode in modes:
                    options = MaskOptions(preset=preset, engine=engine)
                    with FrameProcessor(models.open) as line:
                        earlier = before if mode == "later" else []
                        seen = shown(line, picture, options, earlier)
                    counts.setdefault((preset, engine, mode), Count()).add(name, seen)
                    if number < len(given):
                        say(
                            f"{name}: {preset}, {engine}, {mode}: {seen.most:.1%} on air, "
                            f"{seen.withheld} of {SHOWN} withheld\n"
                        )
                    if wanted.save and seen.picture is not None and seen.most > OVER[0]:
                        title = f"{seen.most:.3f} {preset} {engine} {mode} {name}"
                        save(wanted.save, title, picture, seen.picture)
        if number % 25 == 24:
            say(f"… {number + 1} rooms, {time.monotonic() - started:.0f} s\n")
    models.close()
    table(counts)
    return 0


def save(folder: Path, title: str, picture: Any, on_air: Any) -> None:
    """The room, and what left of it, side by side."""
    folder.mkdir(parents=True, exist_ok=True)
    both = np.hstack([picture, on_air])
    cv2.imwrite(str(folder / f"{title.replace(' ', '_')}.png"), both)


def table(counts: dict[tuple[str, str, str], Count]) -> None:
    """All figures, in Markdown."""
    heads = " | ".join(f"> {share:.0%}" for share in OVER)
    say(
        f"\n| preset | engine | mode | rooms | withheld | {heads} | > 2 % for > 0.1 s "
        f"| worst % | which |\n|{'---|' * (8 + len(OVER))}\n"
    )
    for (preset, engine, mode), count in counts.items():
        above = " | ".join(str(count.above[share]) for share in OVER)
        say(
            f"| {preset} | {engine} | {mode} | {count.rooms} | {count.withheld} | {above} "
            f"| {count.long} | {100 * count.worst:.1f} | {count.worst_name} |\n"
        )


if __name__ == "__main__":
    sys.exit(main())
