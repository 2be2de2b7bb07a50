"""Honest footage: is anything withheld, and does a real person lose anything, by the law?

Run on demand, from the repository's root, with the real models and no camera.  First the
reference is recorded with a law that is known to be lenient, then another is measured
against it::

    PYTHONPATH=/path/to/reference python tests/privacy_honest.py --set SET --record REF
    python -m tests.privacy_honest --set SET --against REF --save sheets
    python -m tests.privacy_honest --against REF --quick
    python -m tests.privacy_honest --list

``--scene`` is part of a scene's name; ``--set`` an evaluation set as ``vcam
evaluate`` takes it: without one, only scenes of the drawn presenter are made.

**Scenes** are the clips of the set, the drawn presenter, and made ones: a person cut out of
the presenter or of a clip whose own colours are known, put in another room, near or far,
fast, in the dark, shaken.  The truth of those is exact.  All is deterministic.

**The table**, per scene, preset and engine:

=============  =============================================================================
withheld       frames without a picture; in brackets, of the reference
lost           the largest share of the frame that a person loses in any one frame: the mean
               over the frame of what alpha has become less than the reference's, where the
               truth is a person; everywhere, where it is not known
> 1, 3, 10 %   frames with a larger loss
gained         the same for what alpha has become more, where the truth is the room
missing        the largest share of the frame that is a person by truth and is not shown;
               in brackets, of the reference
=============  =============================================================================

Alphas are compared at a quarter of 1280x720.
"""

import argparse
import functools
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

import vcam
from vcam.appearance.options import NOTHING, ON, AppearanceOptions
from vcam.backgrounds import Background
from vcam.backgrounds.choosing import choose
from vcam.backgrounds.color import Color
from vcam.errors import UsageError, VcamError
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.options import FramingOptions
from vcam.masking.names import PREFERRED
from vcam.masking.options import PRESETS, MaskOptions
from vcam.measure.quality.clips import Clip, FileClip, PresenterClip, read_set
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.presenter import Presenter
from vcam.regions import NO_REGION, Region

MADE: Final = Size(640, 360)
SMALL: Final = 320, 180
OVER: Final = (0.01, 0.03, 0.1)
"""Losses that are counted."""
BACKGROUND: Final = Color("#00c800")
SCENERY: Final = choose("window")
"""The background of scenes with effects: no light comes from a plain colour."""
BOKEH: Final = choose("bokeh:50")
_STRONGEST: Final[dict[str, Any]] = {
    each.name: 100.0 if each.name in ON else True for each in fields(AppearanceOptions)
}
CORNERS: Final = Region.of_rows(
    "camera", [*["k" * 24 + "." * 112 + "d" * 24] * 14, *["." * 160] * 76]
)
"""The upper corners, one kept and one dropped."""
EVERY_LOOK: Final = AppearanceOptions(**_STRONGEST)
"""As strong as they can be."""
LENGTH: Final = 66
"""Frames of a made scene."""
ACTORS: Final = ("sy_talk", "sy_static", "sy_fast", "sy_lowcon")
"""Clips of the set whose people act in made scenes, beside the presenter."""

say: Final = functools.partial(print, end="", flush=True)


class Shot(NamedTuple):
    """A frame, and who is in it, if that is known."""

    image: Image
    truth: Alpha | None


@dataclass(frozen=True)
class Scene:
    """A video and the settings it is shown with."""

    name: str
    shots: Callable[[], Iterator[Shot]]
    fps: float = 30.0
    options: dict[str, Any] = field(default_factory=dict)
    framing: FramingOptions = FramingOptions()
    look: AppearanceOptions = NOTHING
    background: Background = BACKGROUND
    region: Region = NO_REGION
    """What is kept and dropped; it has none of the person in it."""
    switches: int = 0
    """After so many frames the next preset is taken; 0: never."""
    quick: bool = False
    """Whether a quick run has it."""


# --- actors -------------------------------------------------------------------------------


class Cut(NamedTuple):
    """A person without a room."""

    colours: Image
    alpha: Alpha


Actor = Callable[[], Iterator[Cut]]
"""A person who goes on for ever, from the beginning."""


def drawn(size: Size, start_s: float = 0.0, fps: float = 30.0) -> Actor:
    """The drawn presenter, from this second of their script on."""

    def acts() -> Iterator[Cut]:
        presenter = Presenter(size, fps, noise=False)
        for number in itertools.count():
            drawing = presenter.draw(start_s + number / fps)
            yield Cut(drawing.foreground, drawing.alpha)

    return acts


def filmed(clip: FileClip, size: Size, step: int = 1) -> Actor:
    """The person of a clip; at its end they begin again."""

    def acts() -> Iterator[Cut]:
        while True:
            for image, truth in itertools.islice(clip.frames(), 0, None, step):
                colours = image if truth.foreground is None else truth.foreground
                yield Cut(
                    np.asarray(cv2.resize(colours, size), np.uint8),
                    np.asarray(cv2.resize(truth.alpha, size), np.uint8),
                )

    return acts


# --- how they are filmed ------------------------------------------------------------------

Curve = Callable[[int], float]
"""A figure for every frame."""


def steady(value: float) -> Curve:
    """Always the same."""
    return lambda number: value


def ramp(*points: tuple[int, float]) -> Curve:
    """Straight lines between (number of the frame, value)."""
    numbers, values = zip(*points, strict=True)
    return lambda number: float(np.interp(number, numbers, values))


NEVER: Final = steady(0.0)
ALWAYS: Final = steady(1.0)


@dataclass(frozen=True)
class Take:
    """How a made scene is filmed."""

    near: Curve = NEVER
    """0 as in the actor's video, 1 so near that :attr:`fills` of the frame is person."""
    fills: float = 0.9
    head: bool = False
    """Near with the head in the middle, and not the chest."""
    aside: Curve = NEVER
    """To the right, as a share of the frame's width."""
    down: Curve = NEVER
    """As a share of the frame's height."""
    second: Curve | None = None
    """Where a second person is, like :attr:`aside`; 1: out of the picture."""
    hand: Curve | None = None
    """How far a hand is before the lens: 0 not at all, 1 in the middle."""
    gain: Curve = ALWAYS
    noise: float = 1.5
    """Standard deviation in grey levels."""
    shake: Callable[[int], tuple[float, float]] | None = None
    """The camera's offset in pixels, across and down."""
    room: str = "office"
    """``office``, ``wall`` or ``person``: a wall in the person's own colours."""
    frames: int = LENGTH


def filming(take: Take, actor: Actor, second: Actor | None, size: Size) -> Iterator[Shot]:
    """Film the actor before a room."""
    rng = np.random.default_rng(11)
    cuts, others = actor(), second() if second else None
    first = next(cuts)
    middle = middle_of(first.alpha, take.head)
    most = zoom_for(first.alpha, middle, take.fills)
    room = room_of(take.room, first, size)
    for number, cut in enumerate(itertools.chain([first], cuts)):
        if number == take.frames:
            return
        picture, truth = room.astype(np.float32), np.zeros(room.shape[:2], np.float32)
        if others is not None and take.second is not None:
            other = next(others)
            mirror = Cut(_flipped(other.colours), _flipped(other.alpha))
            at = moved(size, (0, 0), 1.0, take.second(number), 0.0)
            picture, truth = pasted(picture, truth, mirror, at)
        zoom = most ** take.near(number)
        at = moved(size, middle, zoom, take.aside(number), take.down(number))
        picture, truth = pasted(picture, truth, cut, at)
        if take.hand is not None:
            picture, truth = behind_hand(picture, truth, take.hand(number), cut)
        if take.shake is not None:
            across, down = take.shake(number)
            matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
            picture, truth = (
                np.asarray(
                    cv2.warpAffine(each, matrix, size, borderMode=cv2.BORDER_REFLECT),
                    np.float32,
                )
                for each in (picture, truth)
            )
        picture = picture * np.float32(take.gain(number))
        picture += rng.normal(0, take.noise, picture.shape).astype(np.float32)
        image = np.clip(np.rint(picture), 0, 255).astype(np.uint8)
        yield Shot(image, np.rint(truth * 255).astype(np.uint8))


Floats = NDArray[np.float32]


def _flipped(array: Any) -> Any:
    return np.ascontiguousarray(array[:, ::-1])


def middle_of(alpha: Alpha, head: bool) -> tuple[float, float]:
    """Where to zoom: the middle of the person, or of the upper third of them."""
    rows = np.flatnonzero(alpha.max(axis=1) > 127)
    if not rows.size:
        return alpha.shape[1] / 2, alpha.shape[0] / 2
    end = rows[0] + (rows[-1] - rows[0]) // (3 if head else 1) + 1
    part = np.argwhere(alpha[rows[0] : end] > 127)
    row, column = part.mean(axis=0)
    return float(column), float(row + rows[0])


def moved(
    size: Size, middle: tuple[float, float], zoom: float, aside: float, down: float
) -> Floats:
    """Enlarge round ``middle``, then move."""
    x = middle[0] * (1 - zoom) + aside * size.width
    y = middle[1] * (1 - zoom) + down * size.height
    return np.array([[zoom, 0, x], [0, zoom, y]], np.float32)


def zoom_for(alpha: Alpha, middle: tuple[float, float], fills: float) -> float:
    """How much to enlarge for so much of the frame to be person."""
    size, zoom = Size.of(alpha), 1.0
    while zoom < 8:
        large = cv2.warpAffine(alpha, moved(size, middle, zoom, 0, 0), size)
        if float(np.mean(np.asarray(large))) / 255 >= fills:
            break
        zoom *= 1.06
    return zoom


def pasted(picture: Floats, truth: Floats, cut: Cut, at: Floats) -> tuple[Floats, Floats]:
    """The person in front of the picture."""
    size = Size.of(picture)
    colours = cv2.warpAffine(cut.colours, at, size, borderMode=cv2.BORDER_REPLICATE)
    share = np.asarray(cv2.warpAffine(cut.alpha, at, size), np.float32) / np.float32(255)
    weight = share[..., None]
    mixed = colours.astype(np.float32) * weight + picture * (1 - weight)
    return mixed, truth + share - truth * share


def behind_hand(
    picture: Floats, truth: Floats, near: float, cut: Cut
) -> tuple[Floats, Floats]:
    """A palm, out of focus, comes up from below on the right."""
    if near <= 0:
        return picture, truth
    height, width = truth.shape
    there = np.zeros((height, width), np.float32)
    x, y = 0.62 * width, height * (1.45 - 0.9 * near)
    palm = round(0.22 * width), round(0.34 * height)
    cv2.ellipse(there, (round(x), round(y)), palm, 0, 0, 360, (1.0,), -1)
    for finger in range(4):
        tip = round(x + (finger - 1.5) * 0.1 * width), round(y - 0.55 * height)
        root = round(x + (finger - 1.5) * 0.085 * width), round(y)
        cv2.line(there, root, tip, (1.0,), round(0.08 * width))
    there = np.asarray(cv2.GaussianBlur(there, (0, 0), width / 160), np.float32)
    skin = np.array([115, 140, 205], np.float32)
    shade = np.linspace(1.1, 0.8, height, dtype=np.float32)[:, None, None]
    weight = there[..., None]
    mixed = skin * shade * weight + picture * (1 - weight)
    return np.asarray(mixed, np.float32), truth + there - truth * there


def room_of(name: str, cut: Cut, size: Size) -> Image:
    """The room of that name."""
    if name == "office":
        return Presenter(size, noise=False).draw(0.0).room
    rng = np.random.default_rng(5)
    colour = np.array([150, 165, 170], np.float32)
    if name == "person":
        inside = cv2.erode(cut.alpha, np.ones((9, 9), np.uint8)) > 250
        lower = inside & (np.arange(inside.shape[0])[:, None] > inside.shape[0] * 2 // 3)
        some = cut.colours[lower if lower.any() else inside]
        colour = np.median(some, axis=0).astype(np.float32)
    coarse = rng.normal(0, 6, (5, 8)).astype(np.float32)
    light = np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC))
    room: Image = np.clip(colour + light[..., None], 0, 255).astype(np.uint8)
    shelf = (np.median(room, axis=(0, 1)) * 0.8).tolist()
    cv2.rectangle(
        room, (size.width // 12, size.height // 6), (size.width // 4, 70), shelf, -1
    )
    return room


def jolts(number: int) -> tuple[float, float]:
    """A camera that is nudged once and shaken later."""
    if 20 <= number < 26:
        return ((9, 5), (-12, -6), (10, 3), (-6, 2), (4, -1), (-2, 1))[number - 20]
    if 40 <= number < 60:
        rng = np.random.default_rng(number)
        return float(rng.uniform(-6, 6)), float(rng.uniform(-6, 6))
    return (-1.0, 1.0) if number >= 26 else (0.0, 0.0)


def switched(number: int) -> float:
    """Lights off and on again, and off."""
    return (1.0, 0.3, 1.0, 0.18)[min(3, number // 18)]


TAKES: Final[dict[str, Take]] = {
    "as filmed": Take(),
    "leans in fast": Take(ramp((20, 0.0), (28, 1.0), (45, 1.0), (55, 0.0))),
    "leans in with the head": Take(
        ramp((20, 0.0), (28, 1.0), (45, 1.0), (55, 0.0)), head=True
    ),
    "face fills the lens": Take(
        ramp((15, 0.0), (30, 1.0), (50, 1.0), (60, 0.0)), fills=0.985, head=True
    ),
    "stands up": Take(
        near=steady(0.5), fills=0.9, down=ramp((15, 0.55), (27, 0.0), (50, 0.0), (60, 0.55))
    ),
    "enters": Take(aside=ramp((20, 1.0), (40, 0.0))),
    "enters fast": Take(aside=ramp((20, 1.0), (28, 0.0))),
    "enters fast and near": Take(near=ALWAYS, fills=0.6, aside=ramp((20, -1.2), (28, 0.0))),
    "a second enters": Take(aside=steady(0.16), second=ramp((20, -1.0), (40, -0.25))),
    "a second enters fast": Take(aside=steady(0.16), second=ramp((20, -1.0), (28, -0.25))),
    "a hand before the lens": Take(hand=ramp((20, 0.0), (26, 1.0), (45, 1.0), (52, 0.0))),
    "dark room": Take(gain=steady(0.14), noise=5.0),
    "dim room": Take(gain=steady(0.35), noise=3.5),
    "returns into a dark room": Take(
        gain=steady(0.16),
        noise=4.0,
        aside=ramp((12, 0.0), (20, 1.1), (36, 1.1), (46, 0.0)),
    ),
    "returns into a dim room": Take(
        gain=steady(0.35),
        noise=3.0,
        aside=ramp((12, 0.0), (20, 1.1), (36, 1.1), (46, 0.0)),
    ),
    "camera nudged and shaken": Take(shake=jolts),
    "lights switched": Take(gain=switched, noise=2.5),
    "exposure ramps": Take(gain=ramp((5, 1.0), (25, 0.45), (45, 1.35), (60, 0.9))),
    "near from the start, 70 %": Take(near=ALWAYS, fills=0.7),
    "near from the start, 85 %": Take(near=ALWAYS, fills=0.85),
    "near from the start with the head, 80 %": Take(near=ALWAYS, fills=0.8, head=True),
    "leaves from near": Take(near=ALWAYS, fills=0.7, aside=ramp((25, 0.0), (40, 1.4))),
    "person of the wall's colour": Take(room="person", aside=ramp((25, 0.0), (45, 0.2))),
    "plain wall, sways": Take(
        room="wall", aside=lambda number: 0.12 * float(np.sin(number / 5))
    ),
}
QUICK: Final = (
    *("leans in fast", "enters fast", "a hand before the lens"),
    *("returns into a dark room", "camera nudged and shaken", "lights switched"),
    *("near from the start, 85 %",),
)


# --- all scenes ---------------------------------------------------------------------------


def clip_shots(clip: Clip, step: int = 1) -> Callable[[], Iterator[Shot]]:
    """A clip as it is; every ``step``-th frame."""

    def shots() -> Iterator[Shot]:
        # An eye clip has a matte that is no truth.
        known = getattr(clip, "split", "") != "eye"
        for image, truth in itertools.islice(clip.frames(), 0, None, step):
            yield Shot(image, truth.alpha if known else None)

    return shots


def clip_scenes(clips: list[FileClip]) -> Iterator[Scene]:
    """Clips as they are, and with other settings."""
    for clip in clips:
        quick = clip.name in ("sy_enter", "d9")
        yield Scene(f"clip {clip.name}", clip_shots(clip), clip.fps, quick=quick)
    for clip in clips:
        if clip.name in ("sy_fast", "sy_enter", "gest"):
            for step, fps in ((3, 10.0), (2, 15.0)):
                name = f"clip {clip.name} at {fps:g} fps"
                yield Scene(name, clip_shots(clip, step), fps)
        if clip.name in ("sy_enter", "sy_fast", "s18"):
            yield from with_settings(f"clip {clip.name}", clip_shots(clip), clip.fps)


def with_settings(
    name: str, shots: Callable[[], Iterator[Shot]], fps: float
) -> Iterator[Scene]:
    """Framing, every effect, the dials at their limits, the preset switched."""
    for framing, words in (
        (FramingOptions(auto=True), "framing"),
        (FramingOptions(auto=True, tightness="face"), "framing the face"),
        (FramingOptions(zoom=170.0, pan=60.0, tilt=-40.0), "zoomed"),
    ):
        yield Scene(f"{name}, {words}", shots, fps, framing=framing)
    yield Scene(f"{name}, every look", shots, fps, look=EVERY_LOOK, background=SCENERY)
    yield Scene(f"{name}, bokeh", shots, fps, background=BOKEH)
    yield Scene(f"{name}, a corner kept and one dropped", shots, fps, region=CORNERS)
    yield Scene(f"{name}, preset switched", shots, fps, switches=15)
    for dials in (
        {"edge": 12.0},
        {"edge": -12.0},
        {"feather": 24.0},
        {"edge": 12.0, "feather": 24.0, "smoothing": 0.95},
        {"smoothing": 0.0},
    ):
        words = " ".join(f"{dial} {value:g}" for dial, value in dials.items())
        yield Scene(f"{name}, {words}", shots, fps, options=dict(dials))


def presenter_scenes() -> Iterator[Scene]:
    """The drawn presenter's whole script, and parts of it with other settings."""
    whole = PresenterClip(seconds=20.0)
    yield Scene("presenter", clip_shots(whole))
    small = PresenterClip(Size(640, 480), seconds=20.0, seed=1)
    yield Scene("presenter 640x480", clip_shots(small))
    upright = PresenterClip(Size(720, 1280), seconds=20.0, seed=2)
    yield Scene("presenter 720x1280", clip_shots(upright, 2), 15.0)
    for fps in (10.0, 15.0):
        rare = PresenterClip(Size(1280, 720), fps, 20.0)
        yield Scene(f"presenter at {fps:g} fps", clip_shots(rare), fps)
    leaving = PresenterClip(Size(640, 360), 30.0, 16.0, seed=3)
    yield from with_settings("presenter 640x360", clip_shots(leaving, 2), 15.0)


def made_scenes(clips: list[FileClip], size: Size) -> Iterator[Scene]:
    """Every take with every actor."""
    known = {clip.name: filmed(clip, size) for clip in clips if clip.name in ACTORS}
    actors: dict[str, Actor] = {"presenter": drawn(size), **known}
    names = list(actors)
    for title, take in TAKES.items():
        for at, name in enumerate(names):
            second = None
            if take.second is not None:
                following = names[(at + 1) % len(names)]
                # The presenter alone is joined by themselves, who waves.
                second = actors[following] if len(names) > 1 else drawn(size, 3.0)
            yield Scene(
                f"{title}, {name}",
                _filmed_again(take, actors[name], second, size),
                quick=title in QUICK and name in ("presenter", "sy_talk"),
            )
    upright = Size(720, 1280)
    for title in ("leans in fast", "enters fast", "near from the start, 85 %"):
        take = replace(TAKES[title], frames=LENGTH)
        yield Scene(
            f"{title}, presenter 720x1280",
            _filmed_again(take, drawn(upright), None, upright),
        )
    if "sy_talk" in actors:
        for title in ("leans in fast", "enters fast", "near from the start, 85 %"):
            for fps, every in ((10.0, 3), (15.0, 2)):
                shots = _filmed_again(TAKES[title], actors["sy_talk"], None, size)
                yield Scene(f"{title}, sy_talk at {fps:g} fps", _rarer(shots, every), fps)


def _filmed_again(
    take: Take, actor: Actor, second: Actor | None, size: Size
) -> Callable[[], Iterator[Shot]]:
    return lambda: filming(take, actor, second, size)


def _rarer(shots: Callable[[], Iterator[Shot]], step: int) -> Callable[[], Iterator[Shot]]:
    return lambda: itertools.islice(shots(), 0, None, step)


# --- runs ---------------------------------------------------------------------------------


@dataclass
class Track:
    """What a line made of a scene: alphas, ``uint8 (frames, 180, 320)``, and errors."""

    alphas: list[Alpha] = field(default_factory=list)
    errors: dict[int, str] = field(default_factory=dict)
    """Number of the frame -> what was withheld there, and why."""

    def save(self, path: Path) -> None:
        """To a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        numbers = {str(number): why for number, why in self.errors.items()}
        np.savez_compressed(
            path, alphas=np.stack(self.alphas), errors=np.array(json.dumps(numbers))
        )

    @classmethod
    def load(cls, path: Path) -> "Track":
        """From a file."""
        with np.load(path) as stored:
            errors = json.loads(str(stored["errors"]))
            alphas = list(stored["alphas"])
        return cls(alphas, {int(number): why for number, why in errors.items()})


@dataclass
class Figures:
    """The figures of one scene, preset and engine; see the module's table."""

    scene: str
    preset: str
    engine: str
    frames: int = 0
    withheld: int = 0
    reference_withheld: int | None = None
    lost: float = 0.0
    lost_at: int = -1
    over: list[int] = field(default_factory=lambda: [0] * len(OVER))
    gained: float = 0.0
    missing: float = 0.0
    reference_missing: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)


class Close(NamedTuple):
    """A frame with a loss, for the contact sheet."""

    lost: float
    title: str
    images: tuple[Image, ...]


def file_of(scene: Scene, preset: str, engine: str) -> str:
    """The name of a track's file."""
    words = f"{scene.name} {preset} {engine}"
    return "".join(c if c.isalnum() or c in "-." else "_" for c in words) + ".npz"


class Show:
    """One line that is shown a scene, and what is made of it."""

    def __init__(
        self, scene: Scene, preset: str, engine: str, against: Path | None
    ) -> None:
        self.scene, self.preset, self.engine = scene, preset, engine
        self.figures = Figures(scene.name, preset, engine)
        self.track = Track()
        self.closest: list[Close] = []
        self._line = FrameProcessor()
        self._reference: Track | None = None
        if against is not None:
            path = against / file_of(scene, preset, engine)
            if path.is_file():
                self._reference = Track.load(path)
                self.figures.reference_withheld = len(self._reference.errors)

    def show(self, number: int, shot: Shot, truth: Alpha | None) -> None:
        """One frame; ``truth`` is the small one."""
        scene, figures = self.scene, self.figures
        preset = self.preset
        if scene.switches:
            turn = list(PRESETS).index(preset) + number // scene.switches
            preset = list(PRESETS)[turn % len(PRESETS)]
        options = MaskOptions(preset=preset, engine=self.engine, **scene.options)
        figures.frames += 1
        tall = shot.image.shape[0] > shot.image.shape[1]
        size = SMALL[::-1] if tall else SMALL
        try:
            cleared = self._line.process(
                Frame(shot.image, number, number / scene.fps),
                scene.background,
                options,
                options=PictureOptions(
                    framing=scene.framing, appearance=scene.look, region=scene.region
                ),
            )
        except VcamError as error:
            figures.withheld += 1
            why = f"{type(error).__name__}: {error.what}"
            figures.errors[why] += 1
            self.track.errors[number] = why
            self.track.alphas.append(np.zeros(size[::-1], np.uint8))
            self._keep(1.0, number, shot, self.track.alphas[-1], f"withheld, {error.what}")
            return
        assert cleared.alpha is not None
        small = cv2.resize(cleared.alpha, size, interpolation=cv2.INTER_AREA)
        alpha = np.asarray(small, np.uint8)
        self.track.alphas.append(alpha)
        self._compare(number, shot, alpha, None if scene.framing.chosen else truth)

    def _compare(self, number: int, shot: Shot, alpha: Alpha, truth: Alpha | None) -> None:
        figures = self.figures
        if truth is not None:
            figures.missing = max(figures.missing, share(truth, alpha, truth > 127))
        reference = self._reference
        if reference is None or number >= len(reference.alphas):
            return
        if number in reference.errors:
            return
        before = reference.alphas[number]
        everywhere = np.ones(alpha.shape, np.bool_)
        person = everywhere if truth is None else truth > 127
        lost = share(before, alpha, person)
        if lost > figures.lost:
            figures.lost, figures.lost_at = lost, number
        for at, limit in enumerate(OVER):
            figures.over[at] += lost > limit
        if truth is not None:
            figures.gained = max(figures.gained, share(alpha, before, truth <= 127))
            missed = share(truth, before, truth > 127)
            figures.reference_missing = max(figures.reference_missing, missed)
        if lost > 0.002:
            self._keep(lost, number, shot, alpha, f"{lost:.1%} lost", before)

    def _keep(
        self,
        lost: float,
        number: int,
        shot: Shot,
        alpha: Alpha,
        why: str,
        before: Alpha | None = None,
    ) -> None:
        """Only the two worst of each."""
        if len(self.closest) == 2 and lost <= self.closest[-1].lost:
            return
        size = Size.of(alpha)
        seen = np.asarray(
            cv2.resize(shot.image, size, interpolation=cv2.INTER_AREA), np.uint8
        )
        mattes = [
            seen if before is None else over_grey(seen, before),
            over_grey(seen, alpha),
        ]
        title = f"{self.scene.name} {number} {self.preset} {self.engine}: {why}"
        self.closest.append(Close(lost, title, (seen, *mattes)))
        self.closest.sort(key=lambda close: -close.lost)
        del self.closest[2:]

    def close(self) -> None:
        """Release the models."""
        self._line.close()


def share(more: Alpha, less: Alpha, where: NDArray[np.bool_]) -> float:
    """How much less, as a share of the frame, there."""
    difference = cv2.subtract(more, less)
    return float(np.sum(difference[where], dtype=np.int64)) / 255 / difference.size


def over_grey(image: Image, alpha: Alpha) -> Image:
    """The person on green."""
    weight = alpha[..., None].astype(np.float32) / np.float32(255)
    green = np.array([0, 170, 0], np.float32)
    return np.asarray(image * weight + green * (1 - weight), np.uint8)


def shown(
    scene: Scene, presets: list[str], engines: list[str], against: Path | None
) -> list[Show]:
    """Show a scene to all lines at once, frame by frame: nothing is held in memory."""
    shows = [
        Show(scene, preset, engine, against) for preset in presets for engine in engines
    ]
    try:
        for number, shot in enumerate(scene.shots()):
            tall = shot.image.shape[0] > shot.image.shape[1]
            size = SMALL[::-1] if tall else SMALL
            truth = None
            if shot.truth is not None:
                small = cv2.resize(shot.truth, size, interpolation=cv2.INTER_AREA)
                truth = np.asarray(small, np.uint8)
            for show in shows:
                show.show(number, shot, truth)
    finally:
        for show in shows:
            show.close()
    return shows


# --- the program --------------------------------------------------------------------------


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; see the module."""
    parser = argparse.ArgumentParser(description="Honest footage before the privacy law.")
    parser.add_argument("--set", type=Path, help="a folder with a set.json")
    parser.add_argument("--scene", default="", help="part of a scene's name")
    parser.add_argument("--preset", choices=[*PRESETS, "all"], default="all")
    parser.add_argument("--engine", choices=[*PREFERRED, "both"], default="both")
    parser.add_argument(
        "--record", type=Path, help="a folder for what is made of the scenes"
    )
    parser.add_argument("--against", type=Path, help="a folder that was recorded")
    parser.add_argument(
        "--save", type=Path, help="a folder for sheets of the closest cases"
    )
    parser.add_argument("--quick", action="store_true", help="few scenes, standard, litert")
    parser.add_argument("--list", action="store_true", help="name the scenes")
    parser.add_argument("--resume", action="store_true", help="record only what is missing")
    wanted = parser.parse_args(arguments)
    if wanted.resume and not wanted.record:
        parser.error("--resume goes with --record")
    cv2.setNumThreads(1)
    try:
        clips = read_set(wanted.set, None, None) if wanted.set else []
    except UsageError as error:
        parser.error(str(error))
    scenes = [
        scene
        for scene in (
            *clip_scenes(clips),
            *presenter_scenes(),
            *made_scenes(clips, MADE),
        )
        if wanted.scene in scene.name and (scene.quick or not wanted.quick)
    ]
    if not scenes:
        parser.error(f"There is no scene {wanted.scene!r}: see --list")
    if wanted.list:
        say("".join(f"{scene.name}\n" for scene in scenes))
        return 0
    presets = list(PRESETS) if wanted.preset == "all" else [wanted.preset]
    engines = list(PREFERRED) if wanted.engine == "both" else [wanted.engine]
    if wanted.quick:
        presets = presets if wanted.preset != "all" else ["standard"]
        engines = engines if wanted.engine != "both" else ["litert"]
    say(f"vcam of {Path(vcam.__file__).parent}\n{HEAD}")
    started = time.monotonic()
    all_figures: list[Figures] = []
    closest: list[Close] = []
    for scene in scenes:
        files = [file_of(scene, preset, engine) for preset in presets for engine in engines]
        if wanted.resume and all((wanted.record / file).is_file() for file in files):
            continue
        for show in shown(scene, presets, engines, wanted.against):
            if wanted.record:
                file = file_of(scene, show.preset, show.engine)
                show.track.save(wanted.record / file)
            all_figures.append(show.figures)
            closest += show.closest
            say(line_of(show.figures))
        closest = sorted(closest, key=lambda close: -close.lost)[:60]
    summary(all_figures)
    if wanted.save and closest:
        sheets(wanted.save, closest)
    say(f"{time.monotonic() - started:.0f} s\n")
    return 0


HEAD: Final = (
    "| scene | preset | engine | frames | withheld | lost % | at | > 1 % | > 3 % | > 10 % "
    "| gained % | missing % |\n|" + "---|" * 12 + "\n"
)


def line_of(row: Figures) -> str:
    """A row of the table, and what was withheld."""
    compared = row.reference_withheld is not None
    withheld, missing = str(row.withheld), f"{100 * row.missing:.1f}"
    if compared:
        withheld += f" ({row.reference_withheld})"
        missing += f" ({100 * row.reference_missing:.1f})"
    lost = f"{100 * row.lost:.2f} | {row.lost_at}" if compared else " | "
    over = " | ".join(str(count) if compared else "" for count in row.over)
    gained = f"{100 * row.gained:.2f}" if compared else ""
    why = "".join(f"  {what}: {count}\n" for what, count in row.errors.items())
    return (
        f"| {row.scene} | {row.preset} | {row.engine} | {row.frames} | {withheld} "
        f"| {lost} | {over} | {gained} | {missing} |\n{why}"
    )


def summary(rows: list[Figures]) -> None:
    """What counts, per preset and engine, and the worst scenes."""
    say(
        "\n| preset | engine | scenes | frames | withheld | reference withheld "
        "| most lost % | > 1 % | > 3 % | > 10 % |\n|" + "---|" * 10 + "\n"
    )
    for preset, engine in sorted({(row.preset, row.engine) for row in rows}):
        some = [row for row in rows if (row.preset, row.engine) == (preset, engine)]
        over = " | ".join(str(sum(row.over[at] for row in some)) for at in range(len(OVER)))
        say(
            f"| {preset} | {engine} | {len(some)} | {sum(row.frames for row in some)} "
            f"| {sum(row.withheld for row in some)} "
            f"| {sum(row.reference_withheld or 0 for row in some)} "
            f"| {100 * max(row.lost for row in some):.2f} | {over} |\n"
        )
    missing = [row for row in rows if row.reference_withheld is None]
    say(f"\n{len(missing)} of {len(rows)} without a reference.  The worst:\n")
    for row in sorted(rows, key=lambda row: (-row.withheld, -row.lost))[:12]:
        if row.withheld or row.lost > OVER[0]:
            say(line_of(row))


def sheets(folder: Path, closest: list[Close], rows: int = 8) -> None:
    """Contact sheets: what was seen, the reference, what is now."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, len(closest), rows)):
        strips: list[Any] = []
        for close in closest[first : first + rows]:
            strip: Any = np.hstack([_boxed(image) for image in close.images])
            strip = cv2.copyMakeBorder(strip, 18, 2, 0, 0, cv2.BORDER_CONSTANT)
            at, font = (4, 13), cv2.FONT_HERSHEY_SIMPLEX
            cv2.putText(strip, close.title, at, font, 0.42, (255, 255, 255), 1)
            strips.append(strip)
        cv2.imwrite(str(folder / f"closest_{number}.png"), np.vstack(strips))


def _boxed(image: Image) -> Image:
    """In a box of :data:`SMALL`, for pictures that stand upright."""
    if image.shape[0] <= image.shape[1]:
        return image
    width = SMALL[1] * image.shape[1] // image.shape[0]
    left = (SMALL[0] - width) // 2
    less = cv2.resize(image, (width, SMALL[1]), interpolation=cv2.INTER_AREA)
    right = SMALL[0] - width - left
    boxed = cv2.copyMakeBorder(less, 0, 0, left, right, cv2.BORDER_CONSTANT)
    return np.asarray(boxed, np.uint8)


if __name__ == "__main__":
    sys.exit(main())
