"""The cameras of a Mac, as far as that can be seen without one."""

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from fake_objc import BUILT_IN, OBS, Camera, Mac, install, laptop

from vcam.errors import SourceError
from vcam.sources import avfoundation, avfoundation_listing, capture
from vcam.sources.avfoundation_listing import cameras, published_to, refusal
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import CaptureRequest
from vcam.sources.listing import find_camera, matching


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mac]:
    mac = laptop()
    install(mac, monkeypatch)
    yield mac
    assert not mac.pools
    avfoundation._capture_device.cache_clear()


def test_each_camera_has_its_name_and_the_number_that_opencv_gives_it(mac: Mac) -> None:
    assert {camera.name: camera.index for camera in cameras()} == {
        "DV": 0,
        "HD Pro Webcam C920": 1,
        "FaceTime HD Camera": 2,
    }
    assert mac.loaded == ["/System/Library/Frameworks/AVFoundation.framework"]


def test_obs_which_vcam_publishes_to_is_never_offered(mac: Mac) -> None:
    (ours,) = published_to()
    assert (ours.name, ours.index, ours.virtual) == ("OBS Virtual Camera", 3, True)
    assert ours not in cameras()
    mac.cameras = [camera for camera in mac.cameras if camera.unique == OBS]
    mac.usual = mac.cameras[0]
    assert cameras() == ()
    with pytest.raises(SourceError, match="No camera found"):
        find_camera("", cameras())


def test_another_program_s_virtual_camera_is_never_the_default(mac: Mac) -> None:
    other = Camera("mmhmm", "0x0000", "mmhmm", "virt")
    mac.cameras.append(other)
    mac.usual = other
    assert find_camera("", cameras()).name == "DV"
    assert find_camera("mmhmm", cameras()).virtual


def test_the_default_is_the_camera_that_macos_gives_to_others(mac: Mac) -> None:
    assert find_camera("", cameras()).name == "FaceTime HD Camera"
    mac.usual = None
    assert find_camera("", cameras()).name == "DV"


def test_a_camera_is_found_again_under_another_number_and_at_another_port(
    mac: Mac,
) -> None:
    webcam = find_camera("C920", cameras())
    mac.cameras.insert(0, Camera("Another", "0x0001", "Another"))
    assert find_camera(webcam.identity, cameras()).index == webcam.index + 1
    mac.cameras[3].unique = "0x02200000046d082d"
    again = find_camera(webcam.identity, cameras())
    assert (again.name, again.identity) != (webcam.name, webcam.identity)
    assert again.name == webcam.name


def test_two_cameras_of_a_kind_are_told_apart(mac: Mac) -> None:
    first = find_camera("C920", cameras())
    mac.cameras.append(Camera("HD Pro Webcam C920", "0x02200000046d082d"))
    assert matching(first.identity, cameras()) == [find_camera(first.identity, cameras())]
    assert find_camera(first.identity, cameras()).identity == first.identity


@pytest.mark.parametrize("model", ["", "SampleCapture Model"])
def test_a_program_s_camera_that_is_gone_is_not_replaced_by_another_program_s(
    mac: Mac, model: str
) -> None:
    mac.cameras.append(Camera("mmhmm", "1111", model, "virt"))
    chosen = find_camera("mmhmm", cameras())
    mac.cameras[-1] = Camera("Phone", "2222", model, "virt")
    with pytest.raises(SourceError, match="not plugged in"):
        find_camera(chosen.identity, cameras())


def test_a_camera_without_a_name_gets_its_number(mac: Mac) -> None:
    mac.cameras = [Camera("", BUILT_IN, "")]
    (camera,) = cameras()
    assert (camera.name, camera.path) == ("Camera 0", "0")
    assert isinstance(camera, CameraInfo)


@pytest.mark.parametrize(
    ("answer", "status"),
    [(0, "undetermined"), (1, "restricted"), (2, "denied"), (3, "authorized")],
)
def test_what_the_user_has_answered_is_known(mac: Mac, answer: int, status: str) -> None:
    mac.answer = answer
    assert avfoundation.authorization() == status


@pytest.mark.parametrize(("answer", "asked"), [(0, 1), (1, 0), (2, 0), (3, 0)])
def test_macos_asks_only_once_and_no_camera_is_opened_for_it(
    mac: Mac, monkeypatch: pytest.MonkeyPatch, answer: int, asked: int
) -> None:
    opened: list[int] = []
    monkeypatch.setattr(capture, "opens", opened.append)
    capture.ask_permission()
    assert not opened, "there is no such question here"
    monkeypatch.setattr(sys, "platform", "darwin")
    mac.answer = answer
    capture.ask_permission()
    assert len(opened) == asked


def test_a_denied_camera_is_told_wherever_it_is_missed(
    mac: Mac, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Closed:
        def __init__(self, number: int) -> None:
            self.number = number

        def is_open(self) -> bool:
            return False

        def release(self) -> None:
            pass

    monkeypatch.setattr(capture, "OpenCvCapture", Closed)
    monkeypatch.setattr(sys, "platform", "darwin")
    own = find_camera("FaceTime", cameras())
    request = CaptureRequest(None, None, "")
    with pytest.raises(SourceError, match=r"does not open.*Close the programs that use it"):
        capture.open_with_opencv(own, request)
    mac.answer = 2
    with pytest.raises(SourceError, match="macOS does not let vcam use the camera"):
        capture.open_with_opencv(own, request)
    with pytest.raises(SourceError, match="macOS does not let vcam use the camera"):
        find_camera("", ())


def test_what_is_plugged_in_is_followed_by_the_main_loop(
    mac: Mac, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[float] = []
    foundation: Any = ModuleType("Foundation")
    foundation.NSDate = SimpleNamespace(dateWithTimeIntervalSinceNow_=lambda s: s)
    loop = SimpleNamespace(runUntilDate_=ran.append)
    foundation.NSRunLoop = SimpleNamespace(mainRunLoop=lambda: loop)
    monkeypatch.setitem(sys.modules, "Foundation", foundation)
    capture.follow_changes()
    assert not ran
    monkeypatch.setattr(sys, "platform", "darwin")
    capture.follow_changes()
    assert ran == [capture.FOLLOW_S]


def test_while_the_question_is_open_nobody_is_said_to_hold_the_camera(mac: Mac) -> None:
    mac.answer = 0
    waits = refusal()
    assert waits is not None
    assert "not let vcam use the camera yet" in waits.what
    assert "Answer its question" in waits.remedy and "`vcam setup`" in waits.remedy


def test_where_nobody_can_be_asked_nothing_is_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "objc", None)
    assert avfoundation.authorization() == ""
    assert refusal() is None


def test_a_refusal_says_where_the_camera_is_allowed(mac: Mac) -> None:
    assert refusal() is None
    mac.answer = 2
    denied = refusal()
    assert denied is not None
    assert "macOS does not let vcam use the camera" in denied.what
    assert "Privacy & Security > Camera" in denied.remedy
    mac.answer = 1
    restricted = refusal()
    assert restricted is not None
    assert "Screen Time" in restricted.remedy
    assert avfoundation_listing.ALLOW not in restricted.remedy
