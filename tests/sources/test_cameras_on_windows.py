"""The cameras of Windows, told apart by what DirectShow says of them."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from directshow_devices import OBS, PHONE, UNITY_CAPTURE, webcam
from systems import WINDOWS
from windows_registry import remove, write

from vcam.errors import SourceError, UsageError
from vcam.frames import Size
from vcam.sources import capture, consent, directshow
from vcam.sources.camera import Camera
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import CaptureRequest, open_with_opencv
from vcam.sources.directshow import Device
from vcam.sources.listing import find_camera, is_present, list_cameras
from vcam.sources.opening import file_meant

AS_IT_LIKES = CaptureRequest(None, None, "")
on_windows = pytest.mark.skipif(not WINDOWS, reason="asks Windows itself")


class Desk:
    """What is plugged in and registered, and which numbers OpenCV was told to open."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.devices: tuple[Device, ...] = (OBS, webcam(), UNITY_CAPTURE)
        self.free: set[str] = set()
        """The names of what opens."""
        self.opened: list[str] = []
        self.released: list[str] = []
        self.changing: list[tuple[Device, ...]] = []
        """What is there after each time that a camera was asked for a mode."""
        self.denied, self.programs = False, tuple[str, ...]()
        desk = self

        class Capture:
            def __init__(self, number: int) -> None:
                self.name = desk.devices[number].name
                desk.opened.append(self.name)

            def is_open(self) -> bool:
                return self.name in desk.free

            def ask(self, request: CaptureRequest) -> None:
                desk.devices = desk.changing.pop(0) if desk.changing else desk.devices

            def release(self) -> None:
                desk.released.append(self.name)

        patch.setattr(sys, "platform", "win32")
        patch.setattr(directshow, "devices", lambda: self.devices)
        patch.setattr(capture, "OpenCvCapture", Capture)
        patch.setattr(consent, "answers", lambda: ("Allow", "Deny") if self.denied else ())
        patch.setattr(consent, "programs", lambda: self.programs)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A webcam, and both virtual cameras that vcam can publish to."""
    return Desk(monkeypatch)


def listed(desk: Desk, *devices: Device) -> tuple[CameraInfo, ...]:
    desk.devices = devices
    return list_cameras()


def test_a_camera_has_its_name_and_the_number_that_opencv_gives_it(desk: Desk) -> None:
    (camera,) = list_cameras()
    assert (camera.name, camera.path, camera.index) == ("HD Webcam C525", "1", 1)
    assert not camera.virtual and not desk.opened


def test_what_vcam_may_publish_to_is_never_offered(desk: Desk) -> None:
    second = Device("Unity Video Capture #2", "foo:bar", UNITY_CAPTURE.clsid[:-2] + "1}")
    assert listed(desk, OBS, UNITY_CAPTURE, second) == ()


@pytest.mark.parametrize("wanted", ["OBS Virtual Camera", "obs", "0", "number:0", "unity"])
def test_our_own_picture_is_never_filmed(desk: Desk, wanted: str) -> None:
    with pytest.raises(UsageError, match=r"the kind that vcam publishes to.*HD Webcam"):
        find_camera(wanted, list_cameras())


@pytest.mark.parametrize(
    "virtual",
    [
        PHONE,
        Device("ManyCam", r"\\?\root#image#0000#{65e8773d}\global", webcam().clsid),
        Device("Phone", r"\\?\SWD#VCAMDEVAPI#b486#{65e8773d}\global", webcam().clsid),
    ],
)
def test_other_virtual_cameras_are_offered_but_never_the_default(
    desk: Desk, virtual: Device
) -> None:
    first, second = listed(desk, virtual, webcam())
    assert (first.virtual, second.virtual) == (True, False)
    assert find_camera("", [first, second]) == second
    assert find_camera(first.name, [first, second]) == first
    with pytest.raises(SourceError, match=rf"No camera found.*choose .*{first.name}"):
        find_camera("", [first])


def test_a_camera_is_known_again_under_another_number(desk: Desk) -> None:
    (before,) = listed(desk, webcam())
    (after,) = listed(desk, OBS, webcam())
    assert find_camera(before.identity, [after]) == after


def test_a_camera_that_vcam_0_1_saved_by_its_number_is_found(desk: Desk) -> None:
    phone, usual = listed(desk, PHONE, webcam())
    assert find_camera("number:0", [phone, usual]) == phone
    assert find_camera("number:1", [phone, usual]) == usual
    with pytest.raises(SourceError, match=r"not plugged in.*Iriun.*HD Webcam"):
        find_camera("number:2", [phone, usual])


def test_the_same_camera_in_another_socket_is_still_the_same(desk: Desk) -> None:
    (before,) = listed(desk, webcam())
    other = webcam("Other", model="1bcf&pid_2284")
    moved, another = listed(desk, webcam(port="7&99"), other)
    assert find_camera(before.identity, [moved, another]) == moved


@pytest.mark.parametrize("place", [r"root#image#000", r"SWD#VCAMDEVAPI#b48"])
def test_a_program_s_camera_that_is_gone_is_not_replaced_by_another_program_s(
    desk: Desk, place: str
) -> None:
    def of(name: str, number: int) -> Device:
        path = rf"\\?\{place}{number}#{{65e8773d}}\global"
        return Device(name, path, webcam().clsid)

    (chosen,) = listed(desk, of("ManyCam", 0))
    with pytest.raises(SourceError, match="not plugged in"):
        find_camera(chosen.identity, listed(desk, of("Phone", 1), webcam()))
    (again,) = listed(desk, of("ManyCam", 2))
    assert find_camera(chosen.identity, [again]) == again, "it was installed anew"


def test_of_two_twins_the_one_in_the_remembered_socket_is_found(desk: Desk) -> None:
    left, right = listed(desk, webcam(port="7&1"), webcam(port="7&2"))
    assert find_camera(right.identity, [left, right]) == right


def test_an_identity_is_not_taken_for_a_file(desk: Desk) -> None:
    for camera in listed(desk, webcam(), PHONE, Device("", "", "")):
        assert file_meant(camera.identity) is None


def test_a_device_that_says_nothing_has_a_name_and_a_number(desk: Desk) -> None:
    (camera,) = listed(desk, Device("", "", ""))
    assert (camera.name, camera.identity) == ("Camera 0", "number:0")


def test_when_windows_does_not_answer_it_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (camera,) = list_cameras()

    def fail() -> tuple[Device, ...]:
        raise OSError("DirectShow answers 0x80040154")

    monkeypatch.setattr(directshow, "devices", fail)
    with pytest.raises(SourceError, match=r"does not list its cameras: .*0x80040154"):
        list_cameras()
    assert is_present(camera), "it may be there"


def test_a_camera_is_present_until_it_is_unplugged(desk: Desk) -> None:
    (camera,) = list_cameras()
    desk.devices = (webcam(),)
    assert is_present(camera), "only its number has changed"
    desk.devices = (OBS,)
    assert not is_present(camera)


def test_while_the_webcam_is_busy_nothing_else_is_opened(desk: Desk) -> None:
    """Zoom has it: vcam waits, and neither shows another camera nor lights its lamp."""
    desk.devices = (OBS, webcam(), PHONE, webcam("Second", port="7&2"))
    desk.free = {OBS.name, PHONE.name, "Second"}
    desk.programs = ("Zoom.exe",)
    for _ in range(3):
        with pytest.raises(
            SourceError,
            match=r"HD Webcam C525 sends no pictures.*in use by Zoom\.exe.*Close it there",
        ):
            Camera()
    assert set(desk.opened) == {"HD Webcam C525"}


def test_a_camera_that_is_not_allowed_is_told_with_where_to_allow_it(desk: Desk) -> None:
    desk.denied = True
    with pytest.raises(SourceError, match=r"does not let.*Let desktop apps access"):
        open_with_opencv(find_camera("", list_cameras()), AS_IT_LIKES)


def test_a_camera_that_does_not_open_for_an_unknown_reason_is_told_with_both(
    desk: Desk,
) -> None:
    with pytest.raises(SourceError, match=r"does not open.*Close the programs.*privacy"):
        open_with_opencv(find_camera("", list_cameras()), AS_IT_LIKES)


def test_a_camera_is_opened_under_the_number_that_it_has_then(desk: Desk) -> None:
    (camera,) = list_cameras()
    desk.free = {webcam().name, OBS.name}
    desk.devices = (webcam(), OBS)
    open_with_opencv(camera, AS_IT_LIKES)
    desk.devices = (UNITY_CAPTURE, OBS)  # OBS has its number now
    with pytest.raises(SourceError, match="was unplugged"):
        open_with_opencv(camera, AS_IT_LIKES)
    assert desk.opened == ["HD Webcam C525"]


def test_numbers_that_change_while_a_camera_opens_show_no_other_camera(desk: Desk) -> None:
    """OpenCV opens the number anew for each setting, and OBS may have it by then."""
    (camera,) = list_cameras()
    desk.free = {webcam().name, OBS.name}
    desk.changing = [(UNITY_CAPTURE, OBS, webcam())]
    open_with_opencv(camera, AS_IT_LIKES)
    assert (desk.opened, desk.released) == ([webcam().name] * 2, [webcam().name])
    desk.changing = [(UNITY_CAPTURE, PHONE, OBS)]
    with pytest.raises(SourceError, match="was unplugged"):
        open_with_opencv(camera, AS_IT_LIKES)
    assert len(desk.released) == 2


def test_directshow_is_asked_for_the_format_once_and_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every question makes OpenCV stop the camera and start it anew."""
    import cv2

    asked: list[int] = []

    class VideoCapture:
        def __init__(self, *_: Any) -> None:
            pass

        def set(self, key: int, value: float) -> None:
            asked.append(key)

    monkeypatch.setattr(cv2, "VideoCapture", VideoCapture)
    monkeypatch.setattr(sys, "platform", "win32")
    request = CaptureRequest(Size(1280, 720), 30.0, "MJPG")
    capture.OpenCvCapture(1).ask(request)
    assert asked == [
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
        cv2.CAP_PROP_FOURCC,
    ]


@pytest.fixture
def registered() -> Iterator[tuple[Device, ...]]:
    """Devices in the registry, as installers of virtual cameras write them there."""
    category = r"HKCR\CLSID\{860BB310-5D01-11D0-BD3B-00A0C911CE86}\Instance"
    found = (OBS, webcam("vcam's test"), UNITY_CAPTURE, PHONE)
    with ExitStack() as removing:
        for number, device in enumerate(found):
            key = rf"{category}\vcam-test-{number}"
            try:
                write(key, "FriendlyName", device.name)
            except PermissionError:
                pytest.skip("this user may not register a filter")
            removing.callback(remove, key)
            write(key, "CLSID", device.clsid)
            if device.path:
                write(key, "DevicePath", device.path)
        yield found


@on_windows
def test_directshow_tells_names_paths_and_classes(registered: tuple[Device, ...]) -> None:
    found = directshow.devices()
    assert set(registered) <= set(found)
    assert "vcam's test" in [camera.name for camera in list_cameras()]
    assert directshow.devices() == found, "asking has changed something"


@on_windows
def test_a_listed_camera_that_does_not_open_is_told(registered: tuple[Device, ...]) -> None:
    """Nothing stands behind it, so OpenCV finds it under its number, and fails."""
    with pytest.raises(SourceError, match=r"vcam's test (does not open|sends no pictures)"):
        Camera("vcam's test")


@pytest.fixture
def store() -> Iterator[str]:
    """A registry key in place of Windows' own."""
    key = r"Software\vcam-test\webcam"
    yield key
    remove(r"HKCU\Software\vcam-test")


@on_windows
def test_what_the_user_has_forbidden_is_read_from_the_registry(store: str) -> None:
    assert consent.answers(store=store) == (None, None, None)
    write(rf"HKCU\{store}", "Value", "Allow")
    assert consent.refusal(consent.answers(store=store)) is None
    write(rf"HKCU\{store}\{consent.DESKTOP}", "Value", "Deny")
    assert consent.answers(store=store) == (None, "Allow", "Deny")
    assert consent.refusal(consent.answers(store=store)) is not None


@on_windows
def test_programs_that_use_a_camera_are_named_but_not_vcam_itself(store: str) -> None:
    assert consent.programs(store) == ()
    desktop = rf"HKCU\{store}\{consent.DESKTOP}"
    ours = sys.executable.replace("\\", "#").replace("python.exe", "PYTHONW.EXE")
    write(rf"{desktop}\C:#Program Files#Zoom#bin#Zoom.exe", consent.STOPPED, 0)
    write(rf"{desktop}\C:#Other#other.exe", consent.STOPPED, 133_000_000_000_000_000)
    write(rf"{desktop}\{ours}", consent.STOPPED, 0)
    write(rf"HKCU\{store}\MSTeams_8wekyb3d8bbwe", consent.STOPPED, 0)
    assert consent.programs(store) == ("Zoom.exe", "MSTeams")


def test_elsewhere_there_is_no_such_registry() -> None:
    if WINDOWS:
        pytest.skip("for the other systems")
    assert consent.refusal() is None and consent.programs() == ()
