import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from vcam.errors import SourceError, UsageError
from vcam.frames import Size
from vcam.outputs.virtual_camera import VirtualCamera
from vcam.sources.camera import Camera
from vcam.sources.listing import find_camera, list_cameras

from .conftest import FOREIGN, SIZE, VIRTUAL, Publishing, Reader, plain, shell

WISH = Size(640, 360)

TELEPHONE = """
import time
import numpy as np
from vcam.frames import Size
from vcam.outputs.virtual_camera import VirtualCamera
camera = VirtualCamera(Size(320, 180), 30, "/dev/video11")
image = np.empty((180, 320, 3), np.uint8)
image[:] = 200, 30, 30
camera.send(image)
print("up", flush=True)
while True:
    camera.send(image)
    time.sleep(0.05)
"""


def test_the_webcam_is_listed_and_nothing_else(webcam: str) -> None:
    (camera,) = list_cameras()
    assert camera.path == webcam
    assert camera.name == "vivid-000-vid-cap"
    assert any(mode.size == WISH and mode.fps for mode in camera.modes)


def test_our_own_virtual_camera_is_refused_by_name_path_and_number(webcam: str) -> None:
    for wanted in ("vcam", VIRTUAL, "10"):
        with pytest.raises(UsageError, match="virtual camera"):
            find_camera(wanted, list_cameras())


def test_pictures_come_in_the_size_that_was_asked_for(webcam: str) -> None:
    camera = Camera("vivid", WISH, 25)
    try:
        frames = [frame for _ in range(40) if (frame := camera.read(1.0))][:8]
        assert camera.size == WISH
        assert camera.negotiated
        assert [frame.index for frame in frames] == sorted(
            {frame.index for frame in frames}
        )
        assert {frame.image.shape for frame in frames} == {(360, 640, 3)}
        assert frames[0].image.std() > 10
        assert time.monotonic() - frames[-1].captured_s < 5
    finally:
        camera.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "vcam-camera"]


def test_an_unplugged_camera_says_so_and_is_found_again_when_plugged_in(
    webcam: str,
) -> None:
    camera = Camera("vivid", WISH, 25)
    identity = camera.identity
    assert camera.read(2.0)
    shell("v4l2-ctl", "-d", webcam, "-c", "disconnect=1")
    started_s = time.monotonic()
    with pytest.raises(SourceError, match="unplugged"):
        while time.monotonic() - started_s < 10:
            camera.read(0.2)
    assert time.monotonic() - started_s < 3
    camera.close()
    shell("modprobe", "-r", "vivid")
    with pytest.raises(SourceError, match="No camera"):
        Camera(identity, WISH, 25)
    shell("modprobe", "vivid", "n_devs=1")
    again = Camera(identity, WISH, 25)
    assert again.read(2.0)
    again.close()


def test_fifty_times_unplugged_and_plugged_in_leave_nothing_behind(webcam: str) -> None:
    def held() -> tuple[int, int]:
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    def resident_mb() -> float:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    driver = Path("/sys/bus/platform/drivers/vivid")
    camera = Camera("vivid", SIZE, 25)
    identity = camera.identity
    before: tuple[tuple[int, int], float] | None = None
    for _ in range(50):
        (driver / "unbind").write_text("vivid.0")
        with pytest.raises(SourceError, match="unplugged"):
            while True:
                camera.read(0.2)
        camera.close()
        before = before or (held(), resident_mb())  # after the first: caches are filled
        (driver / "bind").write_text("vivid.0")
        camera = Camera(identity, SIZE, 25)
        assert camera.read(2.0)
    camera.close()
    assert before is not None
    assert held() == before[0]
    assert resident_mb() < before[1] + 15


def test_a_camera_in_use_names_the_program_that_has_it(
    webcam: str, read: Callable[..., Reader]
) -> None:
    call = read(webcam)
    call.sees(lambda seen: seen["ok"])
    with pytest.raises(SourceError, match=f"in use by .*{call.process.pid}"):
        Camera("vivid", WISH, 25)
    call.close()
    Camera("vivid", WISH, 25).close()


def test_another_programs_virtual_camera_can_be_filmed_until_it_falls_silent(
    webcam: str,
) -> None:
    """A telephone used as a webcam, say."""
    telephone = subprocess.Popen(
        [sys.executable, "-c", TELEPHONE], stdout=subprocess.PIPE, text=True
    )
    assert telephone.stdout is not None
    try:
        assert telephone.stdout.readline() == "up\n"
        assert [camera.name for camera in list_cameras() if camera.virtual] == ["Telephone"]
        assert find_camera("", list_cameras()).path == webcam
        camera = Camera("Telephone")
        frame = camera.read(2.0)
        assert frame is not None
        assert abs(int(frame.image[90, 160, 0]) - 200) < 4
        telephone.send_signal(signal.SIGSTOP)
        started_s = time.monotonic()
        with pytest.raises(SourceError, match="stopped sending"):
            while time.monotonic() - started_s < 20:
                camera.read(0.2)
        assert 2.5 < time.monotonic() - started_s < 6
        started_s = time.monotonic()
        camera.close()
        assert time.monotonic() - started_s < 3.5
        left = [thread for thread in threading.enumerate() if thread.name == "vcam-camera"]
        assert not left, "OpenCV waits longer than it was told to"
    finally:
        telephone.kill()
        telephone.communicate(timeout=10)


def test_the_virtual_camera_that_is_published_to_is_not_filmed(
    webcam: str, publishing: Publishing
) -> None:
    telephone = VirtualCamera(SIZE, 30, FOREIGN)
    blue = plain(200, 30, 30)
    telephone.send(blue)
    with (
        publishing(telephone, blue),
        pytest.raises(UsageError, match="own virtual camera"),
    ):
        Camera("Telephone")
    telephone.close()


def test_what_was_set_on_the_webcam_is_there_again_after_replugging(
    webcam: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    camera = Camera("vivid", WISH, 25)
    shell("v4l2-ctl", "-d", webcam, "-c", "brightness=90,gain_automatic=0,gain=33")
    camera.close()
    shell("modprobe", "-r", "vivid")
    shell("modprobe", "vivid", "n_devs=1")
    assert value(webcam, "brightness") == 128
    assert value(webcam, "gain_automatic") == 1
    camera = Camera("vivid", WISH, 25)
    try:
        assert camera.read(2.0)
        assert value(webcam, "brightness") == 90
        assert value(webcam, "gain_automatic") == 0
        assert value(webcam, "gain") == 33
    finally:
        camera.close()
    said = subprocess.run(
        [sys.executable, "-m", "vcam", "cameras", "--controls"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert "Brightness 90 (0 to 255, usually 128)" in " ".join(said.split())


def value(path: str, control: str) -> int:
    return int(shell("v4l2-ctl", "-d", path, "-C", control).split()[-1])


def test_the_command_lists_the_webcam(webcam: str) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "vcam", "cameras"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    assert webcam in said
    assert VIRTUAL not in said
