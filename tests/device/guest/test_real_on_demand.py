"""vcam in a day of calls: off while nobody watches, and what its viewers see.

The "webcam" is another virtual camera, into which the drawn presenter is fed, sitting in a
room of two loud colours that nothing else has.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from vcam.frames import Image
from vcam.v4l2.holders import holders
from vcam.v4l2.system import System

from .conftest import FOREIGN, SIZE, VIRTUAL, keep

FEEDER = """
import sys, time
import numpy as np
from vcam.frames import Size
from vcam.outputs.virtual_camera import VirtualCamera
from vcam.sources.presenter import PresenterSource
size = Size(320, 180)
rows, columns = np.indices((size.height, size.width)) // 20
room = np.where(((rows + columns) % 2)[..., None], (255, 0, 255), (0, 128, 255))
source = PresenterSource(size, 10, paced=False, room=room.astype(np.uint8))
images, alphas = [], []
for _ in range(4):
    images.append(source.read(1).image)
    alphas.append(source.truth.alpha)
np.savez(sys.argv[1], images=images, alphas=alphas)
camera = VirtualCamera(size, 30, "/dev/video11")
index = 0
while True:
    camera.send(images[index % len(images)])
    index += 1
    print("up", flush=True) if index == 1 else time.sleep(0.2)
"""
BACKGROUND = "#00b140"
YUV = (111, 105, 59)
"""The same by BT.601 with limited range: what call programs take for granted."""
PROBES = (
    ["v4l2-ctl", "-d", VIRTUAL, "--info"],
    ["v4l2-ctl", "-d", VIRTUAL, "--all"],
    ["v4l2-ctl", "--list-devices"],
)


tell = sys.stdout.write


class Vcam:
    """A running ``vcam run``."""

    def __init__(self, folder: Path) -> None:
        self.said = folder / "said"
        command = [sys.executable, "-m", "vcam", "run", "--verbose"]
        command += ["--background", BACKGROUND, "--preset", "light"]
        command += ["--camera", FOREIGN, "--device", VIRTUAL, "--size", str(SIZE)]
        with self.said.open("w") as said:
            self.process = subprocess.Popen(command, stdout=said, stderr=said)

    def says(self, words: str, since: int = 0, limit_s: float = 90) -> int:
        """Wait until it has said it; returns where it then was in what it says."""
        deadline_s = time.monotonic() + limit_s
        while words not in (text := self.said.read_text())[since:]:
            assert time.monotonic() < deadline_s, f"no {words!r} in:\n{text}"
            assert self.process.poll() is None, text
            time.sleep(0.1)
        return len(text)

    @property
    def films(self) -> bool:
        """Whether it has the webcam open."""
        return self.process.pid in {each.pid for each in holders(System(), FOREIGN)}

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().split()
        return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The webcam: what it films, and who is person in it."""
    file = tmp_path_factory.mktemp("webcam") / "truth.npz"
    feeder = subprocess.Popen(
        [sys.executable, "-c", FEEDER, str(file)], stdout=subprocess.PIPE, text=True
    )
    assert feeder.stdout is not None
    assert feeder.stdout.readline() == "up\n"
    with np.load(file) as saved:
        yield dict(saved)
    feeder.kill()
    feeder.communicate(timeout=10)


@pytest.fixture(scope="module")
def vcam(truth: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vcam]:
    running = Vcam(tmp_path_factory.mktemp("vcam"))
    running.says("Resting")
    yield running
    running.process.kill()
    running.process.wait(10)
    sys.stdout.write(running.said.read_text())


def planes(raw: bytes) -> tuple[Image, Image, Image]:
    """Y, U and V of one picture as the driver hands it over (4:2:0, planar)."""
    width, height = SIZE
    data = np.frombuffer(raw, np.uint8)
    y, u, v = np.split(data, [width * height, width * height * 5 // 4])
    half = (height // 2, width // 2)
    return y.reshape(height, width), u.reshape(half), v.reshape(half)


def is_background(raw: bytes) -> Image:
    """Per 2x2 pixels, whether they have the background's colour to within rounding."""
    y, u, v = planes(raw)
    luma = np.abs(y.astype(int) - YUV[0]).reshape(SIZE.height // 2, 2, SIZE.width // 2, 2)
    chroma = np.maximum(np.abs(u.astype(int) - YUV[1]), np.abs(v.astype(int) - YUV[2]))
    found: Image = (luma.max(axis=(1, 3)) <= 1) & (chroma <= 1)
    return found


def is_card(raw: bytes) -> bool:
    y, u, v = planes(raw)
    return bool(y[:8].max() < 60 and abs(int(u[0, 0]) - 128) < 12 > abs(int(v[0, 0]) - 128))


def check(pictures: list[bytes], truth: dict[str, Any], reader: str) -> None:
    """Whether the person, the background and nothing of the room is in every picture."""
    alphas = truth["alphas"]
    quarter = (SIZE.width // 2, SIZE.height // 2)
    person = cv2.erode(alphas.min(axis=0), np.ones((9, 9))) == 255
    person = cv2.resize(person.astype(np.uint8), quarter, interpolation=cv2.INTER_NEAREST)
    room = cv2.dilate(alphas.max(axis=0), np.ones((41, 41))) == 0
    room = cv2.resize(room.astype(np.uint8), quarter, interpolation=cv2.INTER_NEAREST)
    for index, raw in enumerate(pictures):
        yuv = np.frombuffer(raw, np.uint8).reshape(SIZE.height * 3 // 2, SIZE.width)
        keep(cv2.cvtColor(yuv, cv2.COLOR_YUV2BGR_I420), f"{reader}-{index}")
        green = is_background(raw)
        _, u, v = planes(raw)
        loud = ((u > 170) & (v > 170)) | ((u < 60) & (v > 170))
        tell(f"{reader} {index}: {green[room > 0].mean():.2%} of the background exact,")
        tell(
            f" {green[person > 0].mean():.2%} of the person lost, {loud.mean():.2%} room\n"
        )
        assert green[room > 0].mean() > 0.99, "the background is not what was chosen"
        assert green[person > 0].mean() < 0.05, "the person is not there"
        assert loud.mean() < 0.01, "the room is there"


def test_while_nobody_watches_the_webcam_is_released(vcam: Vcam) -> None:
    assert not vcam.films
    used_s, begun_s = vcam.cpu_s(), time.monotonic()
    time.sleep(5)
    share = (vcam.cpu_s() - used_s) / (time.monotonic() - begun_s)
    tell(f"resting: {share:.1%} of an emulated processor\n")
    assert share < 0.5


def test_probes_do_not_switch_the_webcam_on(vcam: Vcam) -> None:
    deadline_s, count = time.monotonic() + 6, 0
    while time.monotonic() < deadline_s:
        command = PROBES[count % len(PROBES)]
        subprocess.run(command, capture_output=True, timeout=30, check=True)
        assert not vcam.films
        count += 1
    assert "Live" not in vcam.said.read_text()


def test_a_call_sees_a_card_and_then_the_person_and_nothing_of_the_room(
    vcam: Vcam, truth: dict[str, Any]
) -> None:
    size = SIZE.width * SIZE.height * 3 // 2
    begun_s = time.monotonic()
    call = subprocess.Popen(
        [
            *("ffmpeg", "-v", "error", "-f", "v4l2", "-i", VIRTUAL),
            *("-f", "rawvideo", "-pix_fmt", "yuv420p", "-"),
        ],
        stdout=subprocess.PIPE,
    )
    assert call.stdout is not None
    try:
        first = raw = call.stdout.read(size)
        cards = 0
        while is_card(raw):
            cards += 1
            assert time.monotonic() - begun_s < 90
            raw = call.stdout.read(size)
        tell(f"the first picture after {cards} cards, {time.monotonic() - begun_s:.1f} s\n")
        assert is_card(first)
        check([raw, *(call.stdout.read(size) for _ in range(4))], truth, "ffmpeg")
        assert vcam.films
        status = subprocess.run(
            [sys.executable, "-m", "vcam", "status", "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        assert json.loads(status)["watchers"] == ["ffmpeg"]
    finally:
        call.kill()
        call.communicate(timeout=10)


def test_after_the_call_the_webcam_is_released_and_the_next_call_gets_it_again(
    vcam: Vcam, truth: dict[str, Any], tmp_path: Path
) -> None:
    said = vcam.says("Live")
    said = vcam.says("Resting", since=said)
    assert not vcam.films
    file = tmp_path / "seen"
    command = ["v4l2-ctl", "-d", VIRTUAL, "--stream-mmap", f"--stream-to={file}"]
    call = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        vcam.says("Live", since=said)
        time.sleep(8)
    finally:
        call.kill()
        call.wait(10)
    size = SIZE.width * SIZE.height * 3 // 2
    seen = file.read_bytes()
    pictures = [seen[at : at + size] for at in range(0, len(seen) - size + 1, size)]
    live = [picture for picture in pictures if not is_card(picture)]
    assert is_card(pictures[0]) and len(live) >= 2
    check(live[:3], truth, "v4l2-ctl")


def test_the_end_frees_everything(vcam: Vcam) -> None:
    vcam.process.send_signal(signal.SIGTERM)
    assert vcam.process.wait(20) == 0
    assert not vcam.films
