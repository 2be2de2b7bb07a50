import itertools
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from vcam.errors import SourceError, UsageError
from vcam.frames import Frame, Image, Size
from vcam.sources import Source, camera
from vcam.sources.camera import Camera
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import CaptureRequest, checked, open_with_opencv, prepare_opencv
from vcam.v4l2.modes import Mode

SIZE = Size(64, 36)
WEBCAM = CameraInfo("Webcam", "/dev/video0", 0, "usb:046d:0825::00.0@1-2")
Eventually = Callable[[Callable[[], object]], None]


def picture(shade: int = 0, size: Size = SIZE) -> Image:
    return np.full((size.height, size.width, 3), shade, np.uint8)


class Desk:
    """A webcam on a cable, a driver with habits, and someone to pull the plug."""

    def __init__(self) -> None:
        self.cameras: tuple[CameraInfo, ...] = (WEBCAM,)
        self.pictures: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.requests: list[CaptureRequest] = []
        self.released = 0
        self.by: set[str] = set()
        """The threads that have touched the device."""
        self.refusal: Exception | None = None
        self.told = ("MJPG", 25.0)
        self.users = ""
        self.controls: list[str] = []
        self.hanging = threading.Event()
        self.let_go = threading.Event()

    def open(self, info: CameraInfo, request: CaptureRequest) -> "Desk.Capture":
        self.requests.append(request)
        if self.refusal is not None:
            raise self.refusal
        return Desk.Capture(self, request)

    def present(self, info: CameraInfo) -> bool:
        return info in self.cameras

    def camera(self, wanted: str = "", size: Size | None = None) -> Camera:
        return Camera(
            wanted,
            size,
            30,
            list_cameras=lambda: self.cameras,
            open_capture=self.open,
            is_present=self.present,
            users=lambda info: self.users,
            controls=lambda info: self.Controls(self),
        )

    class Controls:
        def __init__(self, desk: "Desk") -> None:
            self.desk = desk

        def restore(self) -> None:
            self.note("restored")

        def poll(self) -> None:
            self.note("looked at")

        def remember(self) -> None:
            self.note("remembered")

        def note(self, what: str) -> None:
            self.desk.by.add(threading.current_thread().name)
            if what not in self.desk.controls:
                self.desk.controls.append(what)

    class Capture:
        def __init__(self, desk: "Desk", request: CaptureRequest) -> None:
            self.desk, self.request = desk, request
            desk.by.add(threading.current_thread().name)

        def read(self) -> tuple[bool, Any]:
            self.desk.by.add(threading.current_thread().name)
            if self.desk.hanging.is_set():
                self.desk.let_go.wait(20)
            try:
                return True, self.desk.pictures.get(timeout=0.02)
            except queue.Empty:
                return False, None

        def negotiated(self) -> tuple[str, float]:
            return self.desk.told

        def release(self) -> None:
            self.desk.by.add(threading.current_thread().name)
            self.desk.released += 1


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(camera, "STALL_S", 0.25)
    monkeypatch.setattr(camera, "FIRST_FRAME_S", 0.15)
    monkeypatch.setattr(camera, "OPEN_S", 0.8)
    monkeypatch.setattr(camera, "JOIN_S", 0.3)
    monkeypatch.setattr(camera, "RETRY_S", 0.005)
    desk = Desk()
    desk.pictures.put(picture())
    yield desk
    desk.let_go.set()


@pytest.fixture
def webcam(desk: Desk) -> Iterator[Camera]:
    webcam = desk.camera()
    yield webcam
    webcam.close()


def ends(webcam: Camera, limit_s: float = 3.0) -> None:
    """Reads until the camera says why there is no more."""
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        webcam.read(0.05)


def test_a_camera_that_changes_its_size_is_told_as_it_is(
    webcam: Camera, desk: Desk
) -> None:
    webcam.read(1)
    desk.pictures.put(picture(size=Size(32, 18)))
    assert webcam.read(1)
    assert webcam.size == Size(32, 18)
    assert webcam.negotiated == "MJPG 32x18 at 25 fps"


def test_a_camera_is_a_source(webcam: Camera) -> None:
    source: Source = webcam
    assert source.name == "Webcam"
    assert (source.size, source.fps) == (SIZE, 25.0)
    assert webcam.negotiated == "MJPG 64x36 at 25 fps"
    assert webcam.identity == WEBCAM.identity


def test_each_picture_is_given_once(desk: Desk, webcam: Camera) -> None:
    assert webcam.read(1.0) is not None
    assert webcam.read(0.01) is None


def test_a_slow_reader_gets_the_newest_picture_and_no_backlog(
    desk: Desk, webcam: Camera, eventually: Eventually
) -> None:
    for shade in range(1, 11):
        desk.pictures.put(picture(shade))
    eventually(desk.pictures.empty)
    time.sleep(0.05)
    frame = webcam.read(1.0)
    assert frame is not None
    assert frame.image[0, 0, 0] == 10
    assert frame.index == 10


def test_a_kept_picture_is_never_written_over(desk: Desk, webcam: Camera) -> None:
    kept: list[Frame] = []
    for shade in range(1, 6):
        frame = webcam.read(1.0)
        assert frame is not None
        kept.append(frame)
        desk.pictures.put(picture(shade))
    assert [frame.image[0, 0, 0] for frame in kept] == [0, 1, 2, 3, 4]
    assert [frame.index for frame in kept] == [0, 1, 2, 3, 4]
    assert sorted(frame.captured_s for frame in kept) == [
        frame.captured_s for frame in kept
    ]


def test_only_the_cameras_own_thread_touches_the_device(desk: Desk) -> None:
    desk.camera().close()
    assert desk.by == {"vcam-camera"}
    assert desk.controls == ["restored", "looked at", "remembered"]
    assert desk.released == 1


def test_compressed_video_is_asked_for_first(desk: Desk) -> None:
    desk.camera(size=Size(1280, 720)).close()
    assert desk.requests == [CaptureRequest(Size(1280, 720), 30, "MJPG")]


def test_a_camera_that_fails_at_compressed_video_is_taken_as_it_likes(desk: Desk) -> None:
    desk.told = ("YUYV", 0.0)
    desk.pictures.get_nowait()
    opened = threading.Event()
    real_open = desk.open

    def fails_at_mjpg(info: CameraInfo, request: CaptureRequest) -> Desk.Capture:
        if not request.fourcc:
            desk.pictures.put(picture())
            opened.set()
        return real_open(info, request)

    desk.open = fails_at_mjpg  # type: ignore[method-assign]
    webcam = desk.camera()
    assert opened.is_set()
    assert [request.fourcc for request in desk.requests] == ["MJPG", ""]
    assert webcam.negotiated == "YUYV 64x36 at 30 fps"
    webcam.close()
    assert desk.released == 2


def test_a_camera_without_compressed_video_is_not_asked_for_it(desk: Desk) -> None:
    desk.cameras = (replace(WEBCAM, modes=(Mode("YUYV", Size(640, 480), (30.0,)),)),)
    desk.camera().close()
    assert [request.fourcc for request in desk.requests] == [""]


def test_the_size_is_what_really_comes_not_what_was_asked(desk: Desk) -> None:
    webcam = desk.camera(size=Size(1920, 1080))
    assert webcam.size == SIZE
    webcam.close()


@pytest.mark.parametrize("nonsense", [0.0, -1.0, float("nan"), 1e9])
def test_a_driver_that_does_not_know_its_rate_is_not_believed(
    desk: Desk, nonsense: float
) -> None:
    desk.told = ("MJPG", nonsense)
    webcam = desk.camera()
    assert webcam.fps == 30
    webcam.close()


def test_an_unplugged_camera_is_told_at_once(desk: Desk, webcam: Camera) -> None:
    desk.cameras = ()
    started_s = time.monotonic()
    with pytest.raises(SourceError, match="Webcam was unplugged"):
        ends(webcam)
    assert time.monotonic() - started_s < 0.3


def test_a_camera_that_falls_silent_is_told(desk: Desk, webcam: Camera) -> None:
    with pytest.raises(SourceError, match="stopped sending pictures"):
        ends(webcam)


def test_a_short_hiccup_is_forgiven(desk: Desk, webcam: Camera) -> None:
    assert webcam.read(1.0)
    assert webcam.read(0.1) is None
    desk.pictures.put(picture(9))
    assert webcam.read(1.0)


def test_a_camera_is_not_to_blame_for_the_time_in_which_the_machine_slept(
    desk: Desk, webcam: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "STALL_S", 30.0)
    assert webcam.read(1.0)
    real_s, slept_s, reader = (
        time.monotonic,
        itertools.count(100, 100),
        threading.get_ident(),
    )

    def asleep_between_two_looks() -> float:
        mine = threading.get_ident() == reader
        return real_s() + (next(slept_s) if mine else 0)

    monkeypatch.setattr(time, "monotonic", asleep_between_two_looks)
    assert webcam.read(0.01) is None
    desk.pictures.put(picture(9))
    assert webcam.read(1.0)


def test_a_driver_that_hangs_is_noticed_and_does_not_hang_close(
    desk: Desk, eventually: Eventually
) -> None:
    webcam = desk.camera()
    desk.hanging.set()
    with pytest.raises(SourceError, match="stopped sending pictures"):
        ends(webcam)
    started_s = time.monotonic()
    webcam.close()
    assert time.monotonic() - started_s < 1
    assert desk.released == 0
    desk.let_go.set()
    eventually(lambda: desk.released == 1)


def test_a_driver_that_hangs_while_opening_is_given_up(
    desk: Desk, eventually: Eventually
) -> None:
    desk.hanging.set()
    with pytest.raises(SourceError, match="does not answer"):
        desk.camera()
    desk.let_go.set()
    eventually(lambda: desk.released == 1)


def test_a_camera_that_sends_nothing_at_all_is_told(desk: Desk) -> None:
    desk.pictures.get_nowait()
    with pytest.raises(SourceError, match="sends no pictures"):
        desk.camera()
    assert desk.released == len(desk.requests) == 2


def test_a_camera_that_sends_nothing_because_of_another_program_names_it(
    desk: Desk,
) -> None:
    desk.pictures.get_nowait()
    desk.users = "zoom (process 4711)"
    with pytest.raises(SourceError, match=r"in use by zoom \(process 4711\)"):
        desk.camera()


def test_what_the_driver_says_when_it_refuses_reaches_the_user(desk: Desk) -> None:
    desk.refusal = SourceError("Webcam is in use by zoom", "Close it there")
    with pytest.raises(SourceError, match="in use by zoom"):
        desk.camera()


def test_a_bug_in_the_camera_thread_does_not_die_there(desk: Desk) -> None:
    desk.refusal = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        desk.camera()


def test_a_camera_is_opened_again_by_what_it_is_not_by_its_number(desk: Desk) -> None:
    first = desk.camera("0")
    first.close()
    other = CameraInfo("Other", "/dev/video0", 0, "usb:1bcf:2284::00.0@1-1")
    desk.cameras = (other, replace(WEBCAM, path="/dev/video2", index=2))
    desk.pictures.put(picture())
    again = desk.camera(first.identity)
    assert (again.name, again.path) == ("Webcam", "/dev/video2")
    again.close()


def test_a_wrong_name_opens_nothing(desk: Desk) -> None:
    with pytest.raises((SourceError, UsageError)):
        desk.camera("nonexistent")
    assert not desk.requests


@pytest.mark.parametrize(
    "strange",
    [np.zeros((36, 64), np.uint8), np.zeros((36, 64, 2), np.uint8), np.zeros((2, 2, 3))],
)
def test_pictures_that_are_none_are_refused_with_their_shape(strange: object) -> None:
    with pytest.raises(SourceError, match="Webcam sends"):
        checked(strange, "Webcam")


def test_opencv_is_told_to_be_patient_only_for_two_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", raising=False)
    monkeypatch.setenv("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "1")
    prepare_opencv()
    assert os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] == "2"
    assert os.environ["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] == "1", "the user's word"


def test_a_camera_that_is_not_there_does_not_open() -> None:
    gone = replace(WEBCAM, path="/dev/video987", index=987)
    with pytest.raises(SourceError, match="was unplugged"):
        open_with_opencv(gone, CaptureRequest(None, None, ""))


def test_a_driver_that_hangs_is_not_asked_again_until_it_returns(
    desk: Desk, eventually: Eventually
) -> None:
    desk.hanging.set()
    with pytest.raises(SourceError, match="does not answer"):
        desk.camera()
    begun_s = time.monotonic()
    with pytest.raises(SourceError, match="The driver of Webcam hangs"):
        desk.camera()
    assert time.monotonic() - begun_s < 0.1
    assert len(desk.requests) == 1
    desk.let_go.set()
    eventually(lambda: desk.released == 1)
    desk.hanging.clear()
    desk.pictures.put(picture())
    eventually(lambda: not camera._left_behind[WEBCAM.path].is_alive())
    desk.camera().close()


def test_another_camera_that_gets_the_number_of_one_that_hangs_is_opened(
    desk: Desk, eventually: Eventually
) -> None:
    """On Windows and macOS, where a number is all there is to a path."""
    desk.cameras = (CameraInfo("Hangs", "0", 0, "usb:vid_046d&pid_0826:global@7&1"),)
    desk.hanging.set()
    for said in ("does not answer", "The driver of Hangs hangs"):
        with pytest.raises(SourceError, match=said):
            desk.camera()
    other = Desk()
    other.cameras = (CameraInfo("Second", "0", 0, "usb:vid_046d&pid_0825:global@7&2"),)
    other.pictures.put(picture())
    other.camera().close()
    desk.let_go.set()
    eventually(lambda: desk.released == 1)
