import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from vcam.errors import OutputError
from vcam.frames import Size
from vcam.outputs.virtual_camera import VirtualCamera
from vcam.v4l2.nodes import query
from vcam.v4l2.system import System

from .conftest import (
    SIZE,
    VIRTUAL,
    Publishing,
    Reader,
    chart,
    keep,
    load_loopback,
    middles,
    plain,
    shell,
    unload_loopback,
)

GREEN = plain(20, 180, 20)
RED = plain(20, 20, 180)

PRODUCER = """
import time, sys
import numpy as np
from vcam.frames import Size
from vcam.outputs.virtual_camera import VirtualCamera
camera = VirtualCamera(Size(320, 180), 30, "/dev/video10")
image = np.full((180, 320, 3), 90, np.uint8)
camera.send(image)
print("up", flush=True)
while True:
    camera.send(image)
    time.sleep(0.05)
"""


def green(seen: dict[str, object]) -> bool:
    return seen == {"ok": True, "size": [320, 180], "middle": near(seen, (20, 180, 20))}


def red(seen: dict[str, object]) -> bool:
    return seen == {"ok": True, "size": [320, 180], "middle": near(seen, (20, 20, 180))}


def near(seen: dict[str, object], colour: tuple[int, int, int]) -> object:
    """What was seen, if it is the colour but for the rounding of 4:2:0."""
    middle = seen.get("middle")
    assert middle is None or isinstance(middle, list)
    close = middle and all(abs(a - b) <= 4 for a, b in zip(middle, colour, strict=True))
    return middle if close else None


@pytest.fixture
def producer() -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", PRODUCER], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


def test_a_program_that_reads_the_camera_sees_the_colours(
    publishing: Publishing, read: Callable[..., Reader]
) -> None:
    camera = VirtualCamera(SIZE, 30)
    assert camera.name == f"vcam ({VIRTUAL})"
    camera.send(GREEN)
    with publishing(camera, GREEN):
        read(VIRTUAL).sees(green)
    camera.close()


def test_colours_are_what_call_programs_take_them_for(
    publishing: Publishing, tmp_path: Path
) -> None:
    """By BT.601 with limited range, as of every webcam that does not say otherwise."""
    camera = VirtualCamera(SIZE, 30)
    camera.send(chart())
    file = tmp_path / "seen"
    with publishing(camera, chart()):
        command = ["v4l2-ctl", "-d", VIRTUAL, "--stream-mmap", "--stream-count=2"]
        shell(*command, f"--stream-to={file}")
    camera.close()
    width, height = SIZE
    y, u, v = np.split(
        np.fromfile(file, np.uint8)[: width * height * 3 // 2].astype(float),
        [width * height, width * height * 5 // 4],
    )
    luma = 1.164 * (y.reshape(height, width) - 16)
    u, v = (
        each.reshape(height // 2, -1).repeat(2, 0).repeat(2, 1) - 128 for each in (u, v)
    )
    bgr = np.stack([luma + 2.017 * u, luma - 0.392 * u - 0.813 * v, luma + 1.596 * v], 2)
    seen = bgr.clip(0, 255).round().astype(np.uint8)
    keep(seen, "chart")
    difference = np.abs(middles(seen).astype(int) - middles(chart()))
    assert difference.max() <= 4, difference.max(axis=2)


def test_the_camera_can_be_opened_again_and_again() -> None:
    for _ in range(5):
        camera = VirtualCamera(SIZE, 30)
        camera.send(GREEN)
        camera.close()
        assert query(System(), VIRTUAL).outputs, (
            "the next program finds no camera to write to"
        )


def test_a_call_survives_that_vcam_is_started_again(
    publishing: Publishing, read: Callable[..., Reader]
) -> None:
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREEN)
    call = read(VIRTUAL)
    with publishing(camera, GREEN):
        call.sees(green)
    camera.close()
    camera = VirtualCamera(SIZE, 30)
    with publishing(camera, RED):
        call.sees(red, limit_s=30)
    camera.close()


def test_a_killed_vcam_leaves_nothing_that_stops_the_next(
    producer: "subprocess.Popen[str]",
) -> None:
    producer.kill()
    producer.communicate(timeout=10)
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREEN)
    camera.close()


def test_a_call_survives_that_vcam_is_killed_and_started_again(
    publishing: Publishing,
    read: Callable[..., Reader],
    producer: "subprocess.Popen[str]",
) -> None:
    call = read(VIRTUAL)
    call.sees(lambda seen: near(seen, (90, 90, 90)) is not None)
    producer.kill()
    producer.communicate(timeout=10)
    camera = VirtualCamera(SIZE, 30)
    with publishing(camera, RED):
        call.sees(red, limit_s=30)
    camera.close()


def test_another_size_while_somebody_reads_is_refused_with_the_readers_name(
    publishing: Publishing, read: Callable[..., Reader]
) -> None:
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREEN)
    call = read(VIRTUAL)
    with publishing(camera, GREEN):
        call.sees(green)
    camera.close()
    with pytest.raises(OutputError, match=f"320x180.*{call.process.pid}"):
        VirtualCamera(Size(640, 360), 30)
    call.close()
    VirtualCamera(Size(640, 360), 30).close()


def test_a_second_vcam_is_told_who_has_the_camera(
    producer: "subprocess.Popen[str]",
) -> None:
    try:
        with pytest.raises(OutputError, match=f"fed by .*{producer.pid}"):
            VirtualCamera(SIZE, 30)
    finally:
        os.kill(producer.pid, signal.SIGKILL)
        producer.communicate(timeout=10)


def test_no_descriptor_is_left_open() -> None:
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    VirtualCamera(SIZE, 30).close()
    before = count()
    for _ in range(3):
        VirtualCamera(SIZE, 30).close()
    assert count() == before


def test_a_device_that_is_gone_is_noticed() -> None:
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREEN)
    node = Path(VIRTUAL)
    node.rename("/dev/hidden")
    try:
        with pytest.raises(OutputError, match="is gone"):
            for _ in range(20):
                camera.send(GREEN)
                time.sleep(0.1)
    finally:
        Path("/dev/hidden").rename(node)
        camera.close()


def test_without_the_driver_the_remedy_is_the_command_that_loads_it() -> None:
    unload_loopback()
    try:
        with pytest.raises(OutputError, match=r"not loaded.*vcam setup"):
            VirtualCamera(SIZE, 30)
    finally:
        load_loopback()
