"""Random histories of the whole app with a secret in its room: does the secret get out?

::

    python -m tests.privacy_fuzz --steps 100000 --jobs 2
    python -m tests.privacy_fuzz --control

The room is full of small squares in two colours.  They tell a sharp room from a blurred
one, where only their mean is left, and both from everything else.  Models find the person
by colour in the very picture they are given, unless a fault is planted; every picture that
reaches an output is searched for the secret.

A history is a function of its seed and has :data:`STEPS` steps; a longer run is made of
several.  What the threads make of a history is no function of anything: a leak is reported
with the operations that led to it, and its picture.
"""

import argparse
import contextlib
import itertools
import json
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest import mock

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from vcam import testing
from vcam.app import App
from vcam.appearance.options import ON, AppearanceOptions
from vcam.backgrounds import BLURS_ROOM, HIDES_ROOM, SHOWS_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.backgrounds.video import Video
from vcam.engine import governor
from vcam.engine.factories import Factories
from vcam.errors import OutputError, PolicyError, SegmenterError, SourceError, VcamError
from vcam.frames import Frame, Image, Mask, Size
from vcam.imaging import videos
from vcam.imaging.film import Film
from vcam.imaging.orientation import QUARTERS
from vcam.imaging.resize import fitted
from vcam.outputs.options import OutputOptions
from vcam.outputs.viewers import Viewers
from vcam.pipeline import loop, recording
from vcam.pipeline.cards import TOP
from vcam.regions import Region
from vcam.settings import Settings, policy_file, save
from vcam.status import Hold

SECRET: Final = np.array([[250, 20, 200], [20, 20, 200]], np.uint8)
"""The colours (BGR) of the room's squares, which no background has."""
PERSON: Final = np.array([90, 120, 150], np.int16)
ALIKE: Final = 45
"""Grey levels within which a colour is the person's."""
MARGIN: Final = 0.1
"""Share of the picture's width round the person where the room may show."""
SHARE: Final = 0.02
"""A picture with more of the secret than this share of its pixels shows the room."""
LEAK_S: Final = 0.1
"""A leak: the room is shown for longer than this within :data:`WITHIN_S`."""
WITHIN_S: Final = 1.0
FRAME_S: Final = 0.04
"""No picture counts for longer, however long the next one took: the machine is busy."""
HONEST_LOOKS: Final = 10
"""Nobody can tell whether two models that were certain from the first frame on are right:
before both lie together each has looked honestly so many times, at pictures of one size and
orientation."""
STEPS: Final = 1000
"""Of one history."""
SMALL: Final = Size(160, 90)
HASTY_LOOP: Final[tuple[tuple[Any, str, float], ...]] = (
    *((recording, "LEAST_S", 0.1), (loop, "LEAST_S", 0.1), (loop, "DISSOLVE_S", 0.05)),
    *((recording, "SECONDS", 1.0), (recording, "QUALITY", 100)),
)
"""Loops soon, and the room as clear in them as it was."""
HASTY_GOVERNOR: Final = {
    "WINDOW_S": 0.1,
    "GROSS_S": 0.1,
    "PATIENCE_DOWN_S": 0.2,
    "PATIENCE_UP_S": 0.5,
}
HURRY: Final = replace(testing.HURRY, stuck_s=0.5, stop_s=0.3, quit_s=2.0)
MODELS: Final = ("landscape", "square")
FAULTS: Final = (
    *("soft", "raises", "bug", "none", "text", "NaN", "one NaN", "infinite", "wrong shape"),
    *("float64", "uint8", "out of range", "nothing", "slow", "hangs", "flaky"),
    *("does not load", "loads for ever"),
)
LIES: Final = ("all", "0.3", "0.75", "0.95", "shifted", "stale", "jumps")
"""Masks that look like masks."""
Mode = str


def seen_of_the_room(image: Image, allowed: float) -> float:
    """The share of ``image`` that shows more of the room than ``allowed``, an exposure."""
    if allowed >= SHOWS_ROOM:
        return 0.0
    blue, green, red = cv2.split(image)
    secret = (green < 60) & (red > 150)
    if allowed >= BLURS_ROOM:
        secret &= (blue < 60) | (blue > 230)
    if not secret.any():
        return 0.0
    reach = 2 * round(image.shape[1] * MARGIN) + 1
    person = cv2.dilate(_is_person(image).view(np.uint8), np.ones((reach, reach), np.uint8))
    return float((secret & (person == 0)).mean())


def _is_person(image: Image) -> NDArray[np.bool_]:
    distance = np.abs(image.astype(np.int16) - PERSON).max(axis=2)
    return np.asarray(distance < ALIKE)


def room(size: Size, at_s: float, inhabited: bool = True, shaken: int = 0) -> Image:
    """The room at a moment; somebody moves in it from side to side."""
    down, across = np.mgrid[: size.height, : size.width] + shaken
    square = max(2, round(size.width / 53))
    image: Image = SECRET[(down // square + across // square) % 2]
    if inhabited:
        middle = (size.width * (0.4 + 0.25 * np.sin(2 * at_s)), size.height * 0.75)
        x, y = (across - middle[0]) / size.width, (down - middle[1]) / size.height
        image[(x / 0.16) ** 2 + (y / 0.55) ** 2 < 1] = PERSON
    return image


@dataclass
class Leak:
    """The room was seen for too long, or a picture after a hold."""

    what: str
    step: int
    share: float
    allowed: float
    operations: list[str]
    picture: str = ""


@dataclass
class Result:
    """What came of a history."""

    seed: int
    steps: int = 0
    seconds: float = 0.0
    pictures: int = 0
    cards: int = 0
    flashes: int = 0
    """Single pictures above :data:`SHARE`, too short for a leak."""
    worst: dict[str, float] = field(default_factory=dict)
    """The largest share of a picture while the room was to be hidden, and blurred."""
    leaks: list[Leak] = field(default_factory=list)
    bugs: list[str] = field(default_factory=list)
    """What the app raised that is no :class:`~vcam.errors.VcamError`."""
    states: dict[str, int] = field(default_factory=dict)
    """How many steps ended in which state of the app."""


class World:
    """Camera, models and virtual camera, what is wrong with them, and who watches."""

    def __init__(self, result: Result, folder: Path | None, control: bool) -> None:
        """Leaks' pictures go into ``folder``, if there is one."""
        self.result, self.folder, self.control = result, folder, control
        self.modes: dict[str, Mode] = dict.fromkeys(MODELS, "honest")
        self.camera = self.output = "well"
        self.camera_size: Size | None = None
        self.turns = 0
        """Goes up while the picture is turned by quarters: it is another one then."""
        self.watchers: tuple[str, ...] | None = None
        self.let_go = threading.Event()
        """Ends what hangs."""
        self.allowed: float = HIDES_ROOM
        """How much of the room a picture may show at this moment: an exposure."""
        self.kept: float = 0.0
        """The share of a picture that may show it although it is hidden: what is kept."""
        self.held = Hold.NOTHING
        """Set once the app has returned from it."""
        self.looped_s = float("-inf")
        """When a loop was ended last: its next picture may be on its way."""
        self.operations: deque[str] = deque(maxlen=40)
        self.last_frame = room(SMALL, 0.0)
        self.begun_s = time.monotonic()
        self._judging = threading.Lock()
        self._picture: Image | None = None
        self._sent_s = float("-inf")
        self._share = self._allowed = 0.0
        self._shown: deque[tuple[float, float]] = deque()
        self._told = False

    @property
    def scene(self) -> tuple[Size | None, int]:
        """What must be the same for pictures to be of the same scene."""
        return self.camera_size, self.turns

    def hang(self) -> None:
        """Until the world lets go, or for three seconds."""
        self.let_go.wait(3)

    def judge(self, image: Image) -> None:
        """Look at what is being sent."""
        allowed, held, kept = self.allowed, self.held, self.kept
        with self._judging:
            result = self.result
            self._note_time_on_air(time.monotonic())
            if _is_card(image):
                result.cards += 1
                self._share = 0.0
                return
            result.pictures += 1
            looped = time.monotonic() - self.looped_s < LOOPED_S
            still = held is Hold.FREEZE and not looped
            if held is Hold.PAUSE or (
                still
                and (self._picture is None or not np.array_equal(image, self._picture))
            ):
                self._report(f"sent after {held.value}", image, 1.0, allowed)
            self._picture = image.copy()
            if self.control and allowed >= SHOWS_ROOM:
                allowed = HIDES_ROOM
            share = max(0.0, seen_of_the_room(image, allowed) - kept)
            kind = "blurred" if allowed >= BLURS_ROOM else "hidden"
            result.worst[kind] = max(result.worst.get(kind, 0.0), round(share, 4))
            result.flashes += share > SHARE
            self._share, self._allowed = share, allowed

    def _note_time_on_air(self, now_s: float) -> None:
        """The last picture has been seen until now."""
        if self._share > SHARE:
            self._shown.append((now_s, min(now_s - self._sent_s, FRAME_S)))
        while self._shown and self._shown[0][0] < now_s - WITHIN_S:
            self._shown.popleft()
        self._sent_s = now_s
        if not self._shown:
            self._told = False
        elif not self._told and sum(seconds for _, seconds in self._shown) > LEAK_S:
            self._told = True
            self._report("the room", self._picture, self._share, self._allowed)

    def _report(self, what: str, image: Image | None, share: float, allowed: float) -> None:
        result = self.result
        leak = Leak(what, result.steps, round(share, 4), allowed, list(self.operations))
        if self.folder is not None and image is not None:
            path = self.folder / f"leak-{result.seed}-{len(result.leaks)}.png"
            cv2.imwrite(str(path), image)
            leak.picture = str(path)
        result.leaks.append(leak)


def _is_card(image: Image) -> bool:
    return bool((image[0] == TOP).all())


class Camera:
    """Films the room."""

    name, fps = "camera", 100.0
    negotiated, frame_count = "", 0

    def __init__(self, world: World, camera: str, size: Size) -> None:
        self._world, self.size = world, size
        self.identity = f"usb:{camera.removeprefix('usb:')}"
        self._index = -1

    def read(self, timeout_s: float) -> Frame | None:
        world = self._world
        time.sleep(0.004)
        match world.camera:
            case "bug":
                raise RuntimeError("planted")
            case "unplugged":
                raise SourceError("planted")
            case "hangs":
                world.hang()
            case "silent":
                time.sleep(min(timeout_s, 0.05))
                return None
        self._index += 1
        now_s = time.monotonic()
        shaken = (0, 1, 2, 1, 3)[self._index % 5] if world.camera == "shakes" else 0
        size = world.camera_size or self.size
        image = room(size, now_s - world.begun_s, world.camera != "empty", shaken)
        world.last_frame = image
        return Frame(image, self._index, now_s)

    def close(self) -> None:
        pass


class Model:
    """Sees the person by colour, and says so, or something else."""

    def __init__(self, world: World, name: str) -> None:
        self._world, self._name = world, name
        self.input_size = Size(256, 144) if name == "landscape" else Size(256, 256)
        self._looks = 0
        self._scene = world.scene
        self._first: Mask | None = None

    def segment(self, image: Image) -> Any:
        truth = _is_person(image).astype(np.float32)
        if self._scene != self._world.scene:
            self._scene, self._looks = self._world.scene, 0
        self._looks += 1
        mode = self._world.modes[self._name]
        together = all(other in LIES for other in self._world.modes.values())
        if together and self._looks <= HONEST_LOOKS:
            mode = "honest"
        if mode != "stale":
            self._first = truth
        match mode:
            case "slow":
                time.sleep(0.1)
            case "hangs":
                self._world.hang()
            case "raises":
                raise SegmenterError("planted")
            case "bug":
                raise RuntimeError("planted")
            case "flaky" if self._looks % 2:
                raise SegmenterError("planted")
        return self._answer(mode, truth)

    def _answer(self, mode: Mode, truth: Mask) -> Any:
        match mode:
            case "none":
                return None
            case "text":
                return "mask"
            case "wrong shape":
                return truth[:, :100]
            case "float64" | "uint8":
                return truth.astype(mode)
            case "soft":
                return cv2.GaussianBlur(truth, (0, 0), 3)
            case "one NaN":
                truth[0, 0] = np.nan
            case "NaN" | "infinite" | "nothing" | "all" | "0.3" | "0.75" | "0.95":
                everywhere = {"infinite": "inf", "nothing": "0", "all": "1"}.get(mode, mode)
                truth.fill(float(everywhere))
            case "out of range":
                return truth * 40 - 20
            case "shifted":
                # Within MARGIN: a strip of the room as wide as that beside a person is
                # nothing that anybody could tell from a wrong edge.
                return np.roll(truth, 24, axis=1)
            case "stale":
                return truth if self._first is None else self._first
            case "jumps":
                height = truth.shape[0]
                truth[
                    height - round(height * (0.95 if self._looks // 25 % 2 else 0.2)) :
                ] = 1
        return truth

    def close(self) -> None:
        pass


class VirtualCamera:
    """Has everything judged that it is sent, and then takes its time."""

    name = "virtual camera"

    def __init__(self, world: World, size: Size) -> None:
        self._world, self.size = world, size

    def send(self, image: Image) -> None:
        world = self._world
        world.judge(image)
        match world.output:
            case "raises":
                world.output = "well"
                raise OutputError("planted")
            case "bug":
                world.output = "well"
                raise RuntimeError("planted")
            case "hangs":
                world.hang()
            case "slow":
                time.sleep(0.03)

    def viewers(self) -> Viewers:
        return Viewers(self._world.watchers != (), self._world.watchers)

    def close(self) -> None:
        pass


def devices(world: World) -> Factories:
    """The doors to the world."""

    def source(camera: str, size: Size, fps: float) -> Camera:
        match world.camera:
            case "unplugged":
                raise SourceError("planted")
            case "does not open":
                raise RuntimeError("planted")
            case "opens for ever":
                world.hang()
        return Camera(world, camera, size)

    def segmenter(engine: str, model: str) -> Model:
        if world.modes[model] == "does not load":
            raise SegmenterError("planted")
        if world.modes[model] == "loads for ever":
            world.hang()
        return Model(world, model)

    def output(options: OutputOptions) -> VirtualCamera:
        if world.output == "does not open":
            raise OutputError("planted")
        return VirtualCamera(world, options.size)

    return Factories(source, segmenter, output)


class Forgetful:
    """FFmpeg's conversion, claiming to have written: what lay there is what one sees.

    Stands in for :class:`av.filter.Graph`.
    """

    def __init__(self, world: World, size: Size) -> None:
        self._world, self._size = world, size
        self._waits, self._turn = False, 0
        self._used: list[av.VideoFrame] = []
        self._buffer = self._holding_the_room()

    def vpush(self, frame: Any) -> None:
        self._waits = frame is not None

    def vpull(self) -> av.VideoFrame:
        if not self._waits:
            raise av.error.BlockingIOError(11, "nothing")
        self._waits = False
        # The same memory again, or new memory.
        self._turn += 1
        if self._turn % 3:
            return self._buffer
        # Kept: FFmpeg's memory belongs to a pool, and nobody else writes into it.
        self._used.append(self._holding_the_room())
        return self._used[-1]

    def _holding_the_room(self) -> av.VideoFrame:
        room = fitted(self._world.last_frame, self._size, "stretch")
        return av.VideoFrame.from_ndarray(room, "bgr24")


class LyingFilm(Film):
    """A video file; two of them are never converted or never decoded."""

    world: World
    opened = itertools.count(1)

    def __init__(self, path: Path, *arguments: Any) -> None:
        self._remembers = "undecoded" in path.name
        self._number = next(self.opened) % 200
        super().__init__(path, *arguments)
        if "unwritten" in path.name:
            chain: Any = Forgetful(self.world, self._orientation.size(self.size))
            converter: Any = self._converter
            converter._chain = lambda *_: chain

    def _decode(self, packet: Any) -> Any:
        frames = super()._decode(packet)
        if not self._remembers:
            return frames
        # The memory of two decoders never holds the same.
        room = self.world.last_frame ^ np.uint8(self._number)
        lies = []
        for frame in frames or ():
            lies.append(av.VideoFrame.from_ndarray(room, "bgr24"))
            lies[-1].pts, lies[-1].time_base = frame.pts, frame.time_base
        return lies


@dataclass(frozen=True)
class Slow(Picture):
    """A picture on a slow disk."""

    def open(self, size: Size) -> Any:
        time.sleep(0.25)
        return super().open(size)


def draw_files(folder: Path) -> None:
    """Backgrounds good and broken."""
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[..., 0], picture[..., 1] = 40, np.linspace(80, 250, 160)
    cv2.imwrite(str(folder / "a.png"), picture)
    card = picture.copy()
    card[:30] = TOP  # as a card is known by
    cv2.imwrite(str(folder / "card.png"), card)
    logo = cv2.cvtColor(picture[:40, :60], cv2.COLOR_BGR2BGRA)
    logo[10:30, :, 3] = 128
    cv2.imwrite(str(folder / "logo.png"), logo)
    cv2.imwrite(str(folder / "b.jpg"), picture[:, ::-1])
    code = cv2.VideoWriter.fourcc(*"mp4v")
    writer = cv2.VideoWriter(str(folder / "a.mp4"), code, 20, (160, 90))
    for shift in range(10):
        writer.write(np.roll(picture, 8 * shift, axis=1))
    writer.release()
    for name in LYING_BACKGROUNDS:
        shutil.copy(folder / "a.mp4", folder / name)
    (folder / "broken.png").write_bytes((folder / "a.png").read_bytes()[:60])
    (folder / "broken.mp4").write_bytes((folder / "a.mp4").read_bytes()[:200])
    (folder / "empty.png").touch()
    (folder / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.png")


@dataclass(frozen=True)
class Operation:
    """One thing that happens, and how long it is waited afterwards."""

    name: str
    value: Any = None
    wait_s: float = 0.0

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name} {self.value}"


BACKGROUNDS: Final = (
    *(
        "blur:0",
        "blur:20",
        "blur:50",
        "blur:100",
        "bokeh:35",
        "bokeh:80",
        "#00c800",
        "teal",
        "room",
        "room",
        "room",
    ),
    *("a.png", "b.jpg contain", "b.jpg stretch", "a.png tile", "a.mp4"),
    *("broken.png", "empty.png", "folder.png", "pipe.png", "missing.png", "broken.mp4"),
    "a.png slowly",
)
LOOPED_S: Final = 1.0
"""Time for which pictures of a loop may follow when it was ended."""
LYING_BACKGROUNDS: Final = ("unwritten.mp4", "undecoded.mp4")
SIZES: Final = (SMALL, SMALL, Size(320, 180), Size(96, 54))


CAMERAS: Final = (
    *("well", "shakes", "shakes", "empty", "unplugged", "silent", "bug", "hangs"),
    *("does not open", "opens for ever"),
)
FRAMINGS: Final[Sequence[dict[str, Any]]] = (
    {"auto": True},
    {"auto": True, "tightness": "face"},
    {"auto": False},
    {"auto": False, "zoom": 100.0},
    {"auto": False, "zoom": 250.0, "pan": 90.0, "tilt": -70.0},
    {"zoom": 130.0, "pan": -100.0, "tilt": 100.0},
)
NONSENSE: Final = "no policy"
POLICIES: Final = {
    "": SHOWS_ROOM,
    "room = false": Blur(0.0).exposure,
    "blur = 80": Blur(80.0).exposure,
    'backgrounds = ["#00c800"]': HIDES_ROOM,
    NONSENSE: HIDES_ROOM,
}
"""What the administrator may decide, and the exposure that may be shown then at most."""
HAPPENS: Final[dict[str, tuple[int, Sequence[Any]]]] = {
    "background": (24, BACKGROUNDS),
    "fault": (8, FAULTS),
    "lie": (8, LIES),
    "honest": (4, ("honest",)),
    "camera": (6, CAMERAS),
    "output": (4, ("raises", "bug", "hangs", "slow", "does not open")),
    "camera size": (3, (None, *SIZES, Size(640, 360), Size(80, 60), Size(128, 128))),
    "watchers": (2, (None, None, (), ("a program",))),
    "hold": (4, (Hold.PAUSE, Hold.FREEZE, Hold.LOOP, Hold.LOOP, Hold.NOTHING)),
    "preset": (6, ("light", "standard", "best")),
    "edge": (2, (0.0, 3.0, -3.0)),
    "feather": (1, (0.0, 4.0)),
    "smoothing": (2, (None, 0.0, 0.65, 0.95)),
    "size": (2, SIZES),
    "mirror": (3, (True, False)),
    "flip": (2, (True, False)),
    "rotate": (2, QUARTERS),
    "framing": (4, FRAMINGS),
    "look": (
        4,
        [
            {},
            *({name: share} for name, share in ON.items()),
            {"denoise": True},
            {"denoise": True, **dict.fromkeys(ON, 100.0), "darker": 15.0},
        ],
    ),
    "painted": (4, ("", "", "keep", "drop", "keep and drop")),
    "overlay": (2, (None, "logo.png", "gone.png")),
    "name plate": (2, ("", "Ada Lovelace")),
    "card": (1, (None, "card.png", "gone.png", "pipe.png")),
    "minutes": (1, (0.0, 10.0)),
    "loop": (3, (True, True, False)),
    "other camera": (1, ("", "a", "b")),
    "on demand": (1, (True, False, False)),
    "budget": (2, (0.0, 5.0, 20.0, 300.0)),
    "policy": (2, ("", "", "", *POLICIES)),
    "preview": (2, (None,)),
    "let go": (4, (None,)),
    "restart": (1, (None,)),
    "heal": (16, (None,)),
}
"""What may happen, how often compared with the rest, and with which values."""
_CORNER, _STRIPE = "k" * 32 + "." * 128, "." * 70 + "d" * 20 + "." * 70
PAINTED: Final = {
    "": ["." * 160] * 90,
    "keep": [_CORNER] * 18 + ["." * 160] * 72,
    "drop": [_STRIPE] * 90,
    "keep and drop": [_CORNER] * 18 + [_STRIPE] * 72,
}
"""What may be painted."""
LARGEST_KEPT: Final = 0.3
"""The largest share of a picture that what is kept has when it is cropped and enlarged."""
WHICH: Final = (MODELS, MODELS[:1], MODELS[1:])
PAUSES_S: Final = (0.0, 0.002, 0.01, 0.02, 0.05)
LONG_PAUSES_S: Final = (0.05, 0.1, 0.2)
"""After what needs a moment to be seen."""


def history(seed: int, steps: int, lies: bool) -> Iterator[Operation]:
    """What happens, the same for the same arguments."""
    random = Random(seed)
    happens = dict(HAPPENS)
    if lies:
        weight, backgrounds = happens["background"]
        happens["background"] = weight, (*backgrounds, *LYING_BACKGROUNDS)
    else:
        del happens["lie"]
    names, weights = list(happens), [weight for weight, _ in happens.values()]
    for _ in range(steps):
        (name,) = random.choices(names, weights)
        value = random.choice(happens[name][1])
        long = name in ("lie", "heal")
        if name in ("fault", "lie", "honest"):
            name, value = "model", dict.fromkeys(random.choice(WHICH), value)
        yield Operation(name, value, random.choice(LONG_PAUSES_S if long else PAUSES_S))


class Run:
    """One app, and what happens to it."""

    def __init__(self, world: World, folder: Path) -> None:
        self._world, self._folder = world, folder
        self._prepares = False
        self._chosen = self._most = float(HIDES_ROOM)
        """Exposures: of what was chosen last, and of what is allowed at most."""
        path = folder / "settings.toml"
        save(Settings(background=Color("#00c800"), output=OutputOptions(size=SMALL)), path)
        self._app = App(path, devices(world), timeouts=HURRY)

    def __enter__(self) -> "Run":
        self._app.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._world.let_go.set()
        self._app.close()

    @property
    def state(self) -> str:
        """Of the app."""
        return self._app.status.state.value

    def do(self, operation: Operation) -> None:
        """Let it happen.  Raises what the app raises."""
        value, world = operation.value, self._world
        match operation.name:
            case "background":
                self._choose(self._background(value))
            case "model":
                world.modes |= value
            case "camera" | "output":
                setattr(world, operation.name, value)
            case "camera size":
                world.camera_size = value
            case "watchers":
                world.watchers = value
            case "hold":
                self._hold(value)
            case "preset" | "edge" | "feather" | "smoothing":
                self._change("mask", **{operation.name: value})
            case "size":
                self._change("output", size=value)
            case "mirror" | "flip":
                self._change("source", **{operation.name: value})
            case "rotate":
                world.turns += 1
                self._change("source", rotate=value)
                world.turns += 1
            case "other camera":
                self._change("source", camera=value)
            case "framing":
                self._change("framing", **value)
            case "look":
                look = AppearanceOptions(**value)
                self._app.change(lambda settings: replace(settings, appearance=look))
            case "painted":
                self._paint(value)
            case "overlay":
                path = value and self._folder / value
                self._change("overlay", picture=path)
            case "name plate":
                self._change("name_plate", name=value)
            case "card":
                path = value and self._folder / value
                self._change("pause", picture=path)
            case "loop":
                self._change("loop", ready=value)
            case "minutes":
                self._change("pause", minutes=value)
            case "on demand":
                self._change("power", on_demand=value)
            case "budget":
                self._change("power", cpu_budget=value)
            case "policy":
                self._decide(value)
            case "preview":
                _ = self._app.picture
            case "let go":
                self._let_go()
            case "restart":
                self._app.close()
                self._app.start()
            case "heal":
                self._heal()

    def _choose(self, background: Background) -> None:
        # More may show as soon as it is asked for, less must as soon as it is answered.
        self._world.allowed = max(self._world.allowed, background.exposure)
        self._prepares = not self._prepares
        if self._prepares:  # as a command does, and a click does not
            with contextlib.suppress(VcamError):
                self._app.prepare(background, self._app.settings.output.size)
        try:
            self._app.change(lambda settings: replace(settings, background=background))
        except PolicyError:
            self._world.allowed = min(self._most, self._chosen)
            raise
        except VcamError:
            self._note(background)
            raise
        self._note(background)

    def _note(self, chosen: Background) -> None:
        self._chosen = self._world.allowed = chosen.exposure

    def _decide(self, text: str) -> None:
        """What is on air without sense in the policy is a card; the choice comes back."""
        self._world.allowed = max(self._world.allowed, self._chosen)
        file = self._folder / "policy.toml"
        fresh = file.with_suffix(".new")
        fresh.write_text(text, "utf-8")
        fresh.replace(file)
        self._app.change(lambda settings: settings)
        self._most = POLICIES[text]
        if text != NONSENSE:
            self._chosen = min(self._app.settings.background.exposure, self._most)
        self._world.allowed = min(self._chosen, self._most)

    def _paint(self, what: str) -> None:
        kept, world = LARGEST_KEPT if "keep" in what else 0.0, self._world
        world.kept = max(world.kept, kept)
        try:
            for camera in ("usb:", "usb:a", "usb:b"):
                self._app.paint(Region.of_rows(camera, PAINTED[what]))
        finally:
            world.kept = kept

    def _background(self, words: str) -> Background:
        if words == "room":
            return Room()
        if words.startswith("blur:"):
            return Blur(float(words.removeprefix("blur:")))
        if words.startswith("bokeh:"):
            return Bokeh(float(words.removeprefix("bokeh:")))
        if "." not in words:
            return Color(words)
        name, _, word = words.partition(" ")
        path = self._folder / name
        if path.suffix == ".mp4":
            return Video(path)
        return Slow(path) if word == "slowly" else Picture(path, word or "cover")

    def _change(self, stage: str, **options: Any) -> None:
        def edit(settings: Settings) -> Settings:
            changed = replace(getattr(settings, stage), **options)
            return replace(settings, **{stage: changed})

        self._app.change(edit)

    def _hold(self, hold: Hold) -> None:
        if hold is Hold.NOTHING:
            self._world.held = hold
        if self._world.held is Hold.LOOP:
            self._world.looped_s = time.monotonic()
        self._app.hold(hold)
        self._world.held = hold

    def _let_go(self) -> None:
        self._world.let_go.set()
        time.sleep(0.01)
        self._world.let_go.clear()

    def _heal(self) -> None:
        world = self._world
        world.modes = dict.fromkeys(MODELS, "honest")
        world.camera = world.output = "well"
        world.watchers = None
        self._let_go()
        self._hold(Hold.NOTHING)


def run(
    seed: int,
    steps: int = STEPS,
    lies: bool = True,
    control: bool = False,
    folder: Path | None = None,
) -> Result:
    """Let a history happen to an app.

    With ``lies``, models and decoders claim what is not so.  With ``control``, the room
    counts as forbidden even while it is chosen.  Pictures of leaks are kept in ``folder``.
    """
    result = Result(seed)
    with tempfile.TemporaryDirectory() as files, contextlib.ExitStack() as patches:
        draw_files(Path(files))
        world = World(result, folder, control)
        film = type("LyingFilm", (LyingFilm,), {"world": world})
        patches.enter_context(mock.patch.object(videos, "Film", film))
        place = Path(files) / "policy.toml"
        patches.enter_context(mock.patch.object(policy_file, "place", lambda: place))
        for name, value in HASTY_GOVERNOR.items():
            patches.enter_context(mock.patch.object(governor, name, value))
        for module, name, value in HASTY_LOOP:
            patches.enter_context(mock.patch.object(module, name, value))
        with Run(world, Path(files)) as happening:
            for operation in history(seed, steps, lies):
                world.operations.append(str(operation))
                try:
                    happening.do(operation)
                except VcamError as error:
                    world.operations.append(f"(it raised {error.what!r})")
                except Exception as error:
                    result.bugs.append(f"step {result.steps}, {operation}: {error!r}")
                time.sleep(operation.wait_s)
                result.steps += 1
                result.states[happening.state] = result.states.get(happening.state, 0) + 1
        result.seconds = time.monotonic() - world.begun_s
    return result


def _run_quietly(arguments: tuple[Any, ...]) -> Result:
    logging.disable(logging.CRITICAL)
    cv2.setNumThreads(1)
    return run(*arguments)


def summary(results: Sequence[Result], seconds: float) -> str:
    """One line for all of them."""
    steps = sum(result.steps for result in results)
    worst = max((max(result.worst.values(), default=0.0) for result in results), default=0)
    return (
        f"{steps} steps, {steps / seconds:.1f} a second; "
        f"{sum(result.pictures for result in results)} pictures, "
        f"{sum(result.cards for result in results)} cards; "
        f"{sum(len(result.leaks) for result in results)} leaks, "
        f"{sum(result.flashes for result in results)} single pictures over {SHARE:.0%}, "
        f"worst {worst:.1%}; {sum(len(result.bugs) for result in results)} bugs"
    )


def _tell(result: Result) -> None:
    for leak in result.leaks:
        print(
            f"seed {result.seed}, step {leak.step}: {leak.what}, {leak.share:.1%} of "
            f"the picture, {leak.picture}"
        )
        print("".join(f"    {operation}\n" for operation in leak.operations), end="")
    for bug in result.bugs:
        print(f"seed {result.seed}: {bug}")


def main(words: Sequence[str] | None = None) -> int:
    """The command; 1 when something leaked, or, with ``--control``, when nothing did."""
    parser = argparse.ArgumentParser("python -m tests.privacy_fuzz", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=0, help="of the first history")
    parser.add_argument("--jobs", type=int, default=1, help="histories at the same time")
    parser.add_argument("--no-lies", action="store_true", help="models only fail openly")
    parser.add_argument("--control", action="store_true", help="the room is never allowed")
    parser.add_argument("--into", type=Path, help="folder for results and leaks' pictures")
    options = parser.parse_args(words)
    if options.steps < 1 or options.jobs < 1:
        parser.error("--steps and --jobs count from 1")
    folder = options.into or Path(tempfile.mkdtemp(prefix="vcam-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    todo = [
        (
            seed,
            min(STEPS, options.steps - done),
            not options.no_lies,
            options.control,
            folder,
        )
        for seed, done in enumerate(range(0, options.steps, STEPS), options.seed)
    ]
    os.environ |= {"OPENCV_LOG_LEVEL": "OFF", "OPENCV_FFMPEG_LOGLEVEL": "-8"}
    results: list[Result] = []
    begun_s = time.monotonic()
    # One process per history: what one leaves behind does not disturb the next.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, spawn, max_tasks_per_child=1) as pool:
        for result in pool.map(_run_quietly, todo):
            results.append(result)
            if not options.control:
                _tell(result)
            print(summary(results, time.monotonic() - begun_s), flush=True)
    report = folder / "results.json"
    report.write_text(json.dumps([asdict(result) for result in results], indent=1), "utf-8")
    print(report)
    leaks = any(result.leaks for result in results)
    bugs = any(result.bugs for result in results)
    return int(bugs or leaks != options.control)


if __name__ == "__main__":
    sys.exit(main())
