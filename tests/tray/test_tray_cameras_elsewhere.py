"""Windows and macOS: the menu's cameras are listed again every few seconds."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from vcam.sources.camera_info import CameraInfo
from vcam.tray import menu_sources
from vcam.tray.cameras import cameras
from vcam.tray.menu_sources import LIST_S, LIST_SHARE, Watch

WEBCAM = CameraInfo("Webcam", "0", 0, "usb:vid_046d&pid_0826:global@7&1")
SECOND = CameraInfo("Second", "1", 1, "usb:vid_046d&pid_0825:global@7&2")


class Desk:
    """Cameras, the clock, and what a list costs."""

    def __init__(self) -> None:
        self.cameras: tuple[CameraInfo, ...] = (WEBCAM,)
        self.now_s, self.list_takes_s = 100.0, 0.004
        self.lists = 0

    def list(self) -> tuple[CameraInfo, ...]:
        self.lists += 1
        self.now_s += self.list_takes_s
        return self.cameras


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk()
    clocks = SimpleNamespace(perf_counter=lambda: desk.now_s, monotonic=lambda: desk.now_s)
    monkeypatch.setattr(menu_sources, "time", clocks)
    monkeypatch.setattr(menu_sources, "list_cameras", desk.list)
    monkeypatch.setattr(menu_sources, "enabled", lambda: False)
    monkeypatch.setattr(sys, "platform", "win32")
    return desk


@pytest.fixture
def watch(desk: Desk) -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.stop()


def offered(watch: Watch) -> list[str]:
    found = cameras(SECOND.identity, watch.now.cameras, watch.now.gone)
    return [line.entry.label for line in found.lines or ()][2:]


def test_a_camera_that_is_plugged_in_and_out_comes_and_goes(
    desk: Desk, watch: Watch
) -> None:
    watch.poll()
    assert offered(watch) == ["Webcam", "The chosen camera (not plugged in)"]
    desk.cameras = (WEBCAM, SECOND)
    watch.poll()
    assert desk.lists == 1, "a list was made a moment ago"
    desk.now_s += LIST_S
    watch.poll()
    assert offered(watch) == ["Webcam", "Second"]
    desk.cameras = (WEBCAM,)
    desk.now_s += LIST_S
    watch.poll()
    assert offered(watch) == ["Webcam", "Second (not plugged in)"]


def test_a_list_that_takes_long_is_made_less_often(desk: Desk, watch: Watch) -> None:
    desk.list_takes_s = 0.1
    begun_s = desk.now_s
    for _ in range(200):
        watch.poll()
        desk.now_s += 0.5
    most_s = LIST_SHARE * (desk.now_s - begun_s) + desk.list_takes_s
    assert desk.lists > 2 and desk.lists * desk.list_takes_s <= most_s


def test_a_list_that_failed_is_made_again(
    desk: Desk, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> tuple[CameraInfo, ...]:
        raise OSError("DirectShow answers 0x80040154")

    with monkeypatch.context() as broken:
        broken.setattr(menu_sources, "list_cameras", fail)
        watch.poll()
    desk.now_s += LIST_S
    watch.poll()
    assert watch.now.cameras == (WEBCAM,)
