"""Whatever is wrong with a camera is said in the user's language."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_video import CAPTURE, META, Device, Video
from translation_sources import untranslated

from vcam.errors import VcamError
from vcam.frames import Size
from vcam.sources import avfoundation, avfoundation_listing, camera
from vcam.sources.camera import Camera
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import (
    CaptureRequest,
    busy,
    checked,
    open_with_opencv,
    refuse_our_own,
    users_of,
)
from vcam.sources.listing import find_camera, linux_cameras
from vcam.sources.options import SourceOptions
from vcam.sources.picture import PictureFile
from vcam.sources.presenter import PresenterSource

pytestmark = [
    pytest.mark.usefixtures("pseudo"),
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel's folders are Linux's"),
]

WEBCAM = CameraInfo("Webcam", "/dev/video99", 99, "usb:1:2::00.0@1-2")
NUMBERED = CameraInfo("Webcam", "9", 9, "number:9")
PICTURE = np.zeros((36, 64, 3), np.uint8)


def english(text: str) -> list[str]:
    """What of it is neither translated nor a name, a path or a value."""
    parts = (re.split(r" ?\(?/", part)[0] for part in untranslated(text))
    return [part for part in parts if part not in {"", "Webcam", "vcam", "Meta"}]


def error_of(wrong: Callable[[], object]) -> VcamError:
    with pytest.raises(VcamError) as caught:
        wrong()
    return caught.value


@pytest.fixture
def desk(tmp_path: Path) -> Video:
    """A webcam with a metadata node, and our own device."""
    video = Video(tmp_path)
    video.plug(0, Device(card="Webcam"), usb="046d:0825::1-2:0")
    video.plug(1, Device(card="Meta", caps=META), usb="046d:0825::1-3:0")
    video.loopback(10, "vcam", CAPTURE)
    return video


@pytest.mark.parametrize(
    ("wanted", "values"),
    [
        ("nix", ["'nix'"]),
        ("vcam", ["'vcam'"]),
        ("1", []),
        ("usb:1:2::00.0@9", []),
    ],
)
def test_a_camera_that_is_not_there(desk: Video, wanted: str, values: list[str]) -> None:
    cameras = linux_cameras(desk.system)
    error = error_of(lambda: find_camera(wanted, cameras, desk.system))
    assert english(error.what) == values and not english(error.remedy)
    no_other = error_of(lambda: find_camera(wanted, (), desk.system))
    assert not english(no_other.remedy)


def test_several_or_no_or_forbidden_cameras(desk: Video) -> None:
    double = linux_cameras(desk.system) * 2
    several = error_of(lambda: find_camera("webcam", double, desk.system))
    assert english(several.what) == ["'webcam'"] and not english(several.remedy)
    phone = CameraInfo("Webcam", "/dev/video7", 7, "phone", virtual=True)
    virtual = error_of(lambda: find_camera("", (phone,), desk.system))
    assert not english(virtual.what) + english(virtual.remedy)
    none = error_of(lambda: find_camera("", (), desk.system))
    assert none.what.startswith("⟦") and not english(none.what) + english(none.remedy)
    for device in desk.devices.values():
        device.refusal = 13
    forbidden = error_of(lambda: find_camera("", (), desk.system))
    assert not english(forbidden.what) + english(forbidden.remedy)


def test_a_camera_that_does_not_open(desk: Video) -> None:
    desk.hold(4711, "Webcam", str(desk.root / "dev/video0"), maps=True)
    (ours,) = linux_cameras(desk.system)
    errors = [
        error_of(lambda: open_with_opencv(WEBCAM, CaptureRequest(None, None, ""))),
        error_of(lambda: open_with_opencv(NUMBERED, CaptureRequest(None, None, ""))),
        busy(WEBCAM, users_of(ours, desk.system)),
        busy(NUMBERED, "Webcam"),
    ]
    assert not [part for each in errors for part in english(each.what + each.remedy)]


def test_our_own_camera_is_no_source(desk: Video, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getpid", lambda: 4711)
    desk.hold(4711, "vcam", str(desk.root / "dev/video10"))
    ours = CameraInfo("vcam", str(desk.root / "dev/video10"), 10, "", virtual=True)
    error = error_of(lambda: refuse_our_own(ours, desk.system))
    assert not english(error.what) + english(error.remedy)


@pytest.mark.parametrize(
    ("image", "values"),
    [(PICTURE[..., 0], []), (PICTURE.astype(float), ["float64"]), ("text", ["str"])],
)
def test_pictures_of_another_kind(image: Any, values: list[str]) -> None:
    error = error_of(lambda: checked(image, "Webcam"))
    assert english(error.what) == values and not english(error.remedy)


class Capture:
    """A driver that sends ``count`` pictures."""

    def __init__(self, count: int) -> None:
        self.count = count

    def read(self) -> tuple[bool, Any]:
        self.count -= 1
        return self.count >= 0, PICTURE.copy()

    def negotiated(self) -> tuple[str, float]:
        return "MJPG", 25.0

    def release(self) -> None:
        pass


class Controls:
    def restore(self) -> None:
        pass

    poll = remember = restore


def opened(count: int, there: bool = True) -> Camera:
    return Camera(
        list_cameras=lambda: (WEBCAM,),
        open_capture=lambda info, request: Capture(count),
        is_present=lambda info: there,
        users=lambda info: "",
        controls=lambda info: Controls(),
    )


def test_a_camera_that_falls_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STALL_S", "FIRST_FRAME_S"):
        monkeypatch.setattr(camera, name, 0.05)
    webcam = opened(1)
    assert english(webcam.negotiated) == ["MJPG 64x36"]
    assert webcam.read(1.0) is not None
    errors = [error_of(lambda: webcam.read(5.0))]
    webcam.close()
    errors += [error_of(lambda: opened(0)), error_of(lambda: opened(0, there=False))]
    assert len({each.what for each in errors}) == 3
    assert not [part for each in errors for part in english(each.what + each.remedy)]


def test_the_names_of_sources() -> None:
    presenter = PresenterSource(Size(64, 36))
    assert not untranslated(presenter.name)
    presenter.close()
    nameless = avfoundation.Device("", "0x0001", "")
    (numbered,) = avfoundation_listing.cameras(lambda: [nameless])
    assert not untranslated(numbered.name)
    errors = [
        error_of(lambda: presenter.read(1.0)),
        error_of(lambda: PictureFile(PICTURE, Path("a.png"), fps=0)),
        error_of(lambda: SourceOptions(rotate=45)),
    ]
    assert not [part for each in errors for part in english(each.what + each.remedy)]
