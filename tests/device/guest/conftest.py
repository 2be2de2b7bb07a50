"""Fixtures for the tests that run inside the machine, as root, on real drivers."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import cv2  # as in the product, it is there before a camera is opened
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.frames import Image, Size
from vcam.outputs import Output
from vcam.outputs.viewers import Viewers
from vcam.outputs.virtual_camera import VirtualCamera

SIZE = Size(320, 180)
VIRTUAL = "/dev/video10"
FOREIGN = "/dev/video11"

DRIVER = os.environ.get("VCAM_DEVICE_DRIVER", "")
"""The file of another v4l2loopback than the one that comes with the kernel."""
PICTURES = Path("/exchange/pictures")
"""Kept outside the machine, for people to look at."""

READER = """
import json, sys, time
import cv2
path, wait_s = sys.argv[1], float(sys.argv[2])
deadline_s = time.monotonic() + wait_s
camera = cv2.VideoCapture(path, cv2.CAP_V4L2)
while not camera.isOpened() and time.monotonic() < deadline_s:
    time.sleep(0.2)
    camera = cv2.VideoCapture(path, cv2.CAP_V4L2)
while True:
    ok, image = camera.read()
    if not ok:
        print(json.dumps({"ok": False}), flush=True)
        continue
    height, width = image.shape[:2]
    middle = image[height // 2, width // 2].tolist()
    print(json.dumps({"ok": True, "size": [width, height], "middle": middle}), flush=True)
"""


def shell(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout


def plain(blue: int, green: int, red: int, size: Size = SIZE) -> Image:
    image = np.empty((size.height, size.width, 3), np.uint8)
    image[:] = blue, green, red
    return image


def load_loopback(*options: str) -> None:
    """Load v4l2loopback; without options with a device for us and one for a telephone."""
    usual = ("devices=2", "video_nr=10,11", "card_label=vcam,Telephone")
    options = options or (*usual, "exclusive_caps=1,1")
    if DRIVER:
        shell("modprobe", "videodev")
        shell("insmod", DRIVER, *options)
    else:
        shell("modprobe", "v4l2loopback", *options)


def unload_loopback() -> None:
    shell("rmmod", "v4l2loopback")


def keep(image: NDArray[Any], name: str) -> None:
    """Write a picture to where the machine's owner can look at it."""
    PICTURES.mkdir(exist_ok=True)
    cv2.imwrite(str(PICTURES / f"{name}.png"), image)


def chart() -> Image:
    """Forty squares of different colours, each of 40 x 36 pixels."""
    rows, columns = np.indices((SIZE.height, SIZE.width))
    number = rows // 36 * 8 + columns // 40
    steps = np.array((0, 90, 170, 255))
    colours = (steps[number % 4], steps[number // 4 % 4], steps[(number * 7 // 3) % 4])
    return np.stack(colours, axis=2).astype(np.uint8)


def middles(image: Image) -> Image:
    """The chart's colours: rows, columns, BGR; away from where squares meet."""
    return image[18::36, 20::40]


class Reader:
    """Another program that reads a camera, like a call would."""

    def __init__(self, path: str, wait_s: float = 20) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, path, str(wait_s)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def seen(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the reader ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def sees(
        self, condition: Callable[[dict[str, Any]], bool], limit_s: float = 20
    ) -> None:
        deadline_s = time.monotonic() + limit_s
        while not condition(seen := self.seen()):
            assert time.monotonic() < deadline_s, f"last seen: {seen}"

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture(scope="session", autouse=True)
def drivers() -> None:
    shell("modprobe", "vivid", "n_devs=1")
    load_loopback()


@pytest.fixture
def webcam() -> str:
    """The path of vivid's camera, plugged in afresh."""
    shell("modprobe", "-r", "vivid")
    shell("modprobe", "vivid", "n_devs=1")
    for name in Path("/sys/class/video4linux").glob("video*/name"):
        if name.read_text().strip() == "vivid-000-vid-cap":
            return f"/dev/{name.parent.name}"
    raise AssertionError("no vivid")


@pytest.fixture
def read() -> Iterator[Callable[..., Reader]]:
    readers: list[Reader] = []

    def start(path: str, **options: Any) -> Reader:
        readers.append(Reader(path, **options))
        return readers[-1]

    yield start
    for reader in readers:
        reader.close()


def becomes(
    camera: VirtualCamera, condition: Callable[[Viewers], bool], limit_s: float = 20
) -> float:
    """Seconds until it is true."""
    begun_s = time.monotonic()
    while not condition(seen := camera.viewers()):
        assert time.monotonic() - begun_s < limit_s, f"last seen: {seen}"
        time.sleep(0.1)
    return time.monotonic() - begun_s


def watched_by(*names: str) -> Callable[[Viewers], bool]:
    return lambda seen: seen == Viewers(True, names)


Publishing = Callable[[Output, Image], AbstractContextManager[threading.Event]]


@pytest.fixture
def publishing() -> Publishing:
    """Keeps sending a picture while a test looks; set the event to fall silent."""

    @contextmanager
    def publish(output: Output, image: Image) -> Iterator[threading.Event]:
        ended, silent = threading.Event(), threading.Event()

        def send() -> None:
            while not ended.wait(0.05):
                if not silent.is_set():
                    output.send(image)

        thread = threading.Thread(target=send, name="test-publisher", daemon=True)
        thread.start()
        try:
            yield silent
        finally:
            ended.set()
            thread.join(5)

    return publish
