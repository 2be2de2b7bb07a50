"""Who watches the virtual camera, as the driver and the kernel tell."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vcam.outputs.viewers import Viewers
from vcam.outputs.virtual_camera import VirtualCamera

from .conftest import DRIVER, SIZE, VIRTUAL, Publishing, Reader, becomes, plain, watched_by

NOBODY = Viewers(False, ())
GREY = plain(90, 90, 90)

READS = """
import os, sys
device = os.open(sys.argv[1], os.O_RDONLY)
while os.read(device, 320 * 180 * 3 // 2):
    pass
"""
PROBES = (
    ("v4l2-ctl", "-d", VIRTUAL, "--info"),
    ("v4l2-ctl", "-d", VIRTUAL, "--all"),
    ("v4l2-ctl", "--list-devices"),
    ("/lib/udev/v4l_id", VIRTUAL),
)


@pytest.fixture
def camera(publishing: Publishing) -> Iterator[VirtualCamera]:
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREY)
    with publishing(camera, GREY):
        becomes(camera, lambda seen: seen == NOBODY)
        yield camera
    camera.close()


@pytest.fixture
def start() -> Iterator[Callable[..., "subprocess.Popen[bytes]"]]:
    started: list[subprocess.Popen[bytes]] = []

    def begin(*command: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, stdout=quiet, stderr=quiet))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait(10)


Start = Callable[..., "subprocess.Popen[bytes]"]


def test_a_program_that_streams_is_named_until_it_ends(
    camera: VirtualCamera, start: Start
) -> None:
    start("v4l2-ctl", "-d", VIRTUAL, "--stream-mmap", "--stream-count=200")
    becomes(camera, watched_by("v4l2-ctl"))
    becomes(camera, lambda seen: seen == NOBODY, limit_s=60)


def test_a_program_that_is_killed_watches_no_more(
    camera: VirtualCamera, start: Start
) -> None:
    program = start("ffmpeg", "-f", "v4l2", "-i", VIRTUAL, "-f", "null", "-")
    becomes(camera, watched_by("ffmpeg"), limit_s=60)
    program.kill()
    becomes(camera, lambda seen: seen == NOBODY)


def test_a_program_that_calls_read_watches_too(camera: VirtualCamera, start: Start) -> None:
    program = start(sys.executable, "-c", READS, VIRTUAL)
    becomes(camera, lambda seen: seen.watched)
    (name,) = camera.viewers().names or ()
    assert name.startswith("python")
    program.kill()
    becomes(camera, lambda seen: seen == NOBODY)


def test_programs_that_look_what_it_can_do_do_not_watch(camera: VirtualCamera) -> None:
    count = 0

    def probe() -> None:
        nonlocal count
        while not ended.is_set():
            for command in PROBES:
                if Path(command[0]).is_absolute() <= Path(command[0]).exists():
                    subprocess.run(command, capture_output=True, timeout=30, check=False)
                    count += 1

    ended = threading.Event()
    probing = threading.Thread(target=probe, name="test-probes", daemon=True)
    probing.start()
    try:
        deadline_s = time.monotonic() + 12
        while time.monotonic() < deadline_s:
            assert camera.viewers() == NOBODY
            time.sleep(0.02)
    finally:
        ended.set()
        probing.join(60)
    assert count > 10


def test_who_waits_with_the_device_open_reads_where_the_driver_cannot_tell(
    camera: VirtualCamera, start: Start
) -> None:
    start(sys.executable, "-c", f"import time; f = open({VIRTUAL!r}); time.sleep(60)")
    if DRIVER:
        deadline_s = time.monotonic() + 6
        while time.monotonic() < deadline_s:
            assert camera.viewers() == NOBODY
            time.sleep(0.1)
    else:
        assert becomes(camera, lambda seen: seen.watched) > 2


def test_two_programs_watch(
    camera: VirtualCamera, start: Start, read: Callable[..., Reader]
) -> None:
    command = ("v4l2-ctl", "-d", VIRTUAL, "--stream-mmap")
    first = start(*command)
    becomes(camera, watched_by("v4l2-ctl"))
    if DRIVER:  # one streams, and the driver refuses the second
        return
    second = read(VIRTUAL)
    second.seen()  # from here on it streams: how long it took to start is not the question

    def both_watch(seen: Viewers) -> bool:
        nonlocal first
        if first.poll() is not None:  # one in sixty ends by itself, with status 0
            first = start(*command)
        return seen.names is not None and len(seen.names) == 2

    becomes(camera, both_watch)
    second.close()
    becomes(camera, watched_by("v4l2-ctl"))


def test_a_program_that_watched_before_vcam_started_is_seen(
    publishing: Publishing, read: Callable[..., Reader]
) -> None:
    camera = VirtualCamera(SIZE, 30)
    camera.send(GREY)
    call = read(VIRTUAL)
    with publishing(camera, GREY):
        call.sees(lambda seen: bool(seen["ok"]))
    camera.close()
    camera = VirtualCamera(SIZE, 30)
    with publishing(camera, GREY):
        becomes(camera, lambda seen: seen.watched)
    camera.close()
