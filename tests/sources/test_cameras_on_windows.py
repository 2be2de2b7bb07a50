"""The cameras of Windows, told apart by what DirectShow says of them."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from directshow_devices import OBS, PHONE, UNITY_CAPTURE, webcam

from vcam.errors import SourceError
from vcam.sources.camera_info import CameraInfo
from vcam.sources.directshow import Device, devices
from vcam.sources.directshow_listing import cameras
from vcam.sources.listing import find_camera


def listed(*found: Device) -> tuple[CameraInfo, ...]:
    return cameras(lambda: found)


def test_a_camera_has_its_name_and_the_number_that_opencv_gives_it() -> None:
    (camera,) = listed(OBS, webcam(), UNITY_CAPTURE)
    assert (camera.name, camera.path, camera.index) == ("HD Webcam C525", "1", 1)
    assert not camera.virtual


def test_what_vcam_may_publish_to_is_never_offered() -> None:
    second = Device("Unity Video Capture #2", "foo:bar", UNITY_CAPTURE.clsid[:-2] + "1}")
    assert listed(OBS, UNITY_CAPTURE, second) == ()


@pytest.mark.parametrize(
    "virtual",
    [
        PHONE,
        Device("ManyCam", r"\\?\root#image#0000#{65e8773d}\global", webcam().clsid),
        Device("Phone", r"\\?\SWD#VCAMDEVAPI#b486#{65e8773d}\global", webcam().clsid),
    ],
)
def test_other_virtual_cameras_are_offered_but_never_the_default(virtual: Device) -> None:
    first, second = listed(virtual, webcam())
    assert (first.virtual, second.virtual) == (True, False)
    assert find_camera("", [first, second]) == second
    assert find_camera(first.name, [first, second]) == first
    with pytest.raises(SourceError, match="No camera found"):
        find_camera("", [first])


def test_a_camera_is_known_again_under_another_number() -> None:
    (before,) = listed(webcam())
    (after,) = listed(OBS, webcam())
    assert find_camera(before.identity, [after]) == after


def test_the_same_camera_in_another_socket_is_still_the_same() -> None:
    (before,) = listed(webcam())
    moved, other = listed(webcam(port="7&99"), webcam("Other", model="1bcf&pid_2284"))
    assert find_camera(before.identity, [moved, other]) == moved


def test_of_two_twins_the_one_in_the_remembered_socket_is_found() -> None:
    left, right = listed(webcam(port="7&1"), webcam(port="7&2"))
    assert find_camera(right.identity, [left, right]) == right


def test_an_identity_is_not_taken_for_a_file() -> None:
    from vcam.sources.opening import file_meant

    for camera in listed(webcam(), PHONE, Device("", "", "")):
        assert file_meant(camera.identity) is None


def test_a_device_that_says_nothing_has_a_name_and_a_number() -> None:
    (camera,) = listed(Device("", "", ""))
    assert (camera.name, camera.identity) == ("Camera 0", "number:0")


def test_when_windows_does_not_answer_it_is_told() -> None:
    def fail() -> tuple[Device, ...]:
        raise OSError("DirectShow answers 0x80040154")

    with pytest.raises(SourceError, match=r"does not list its cameras: .*0x80040154"):
        cameras(fail)


@pytest.fixture
def registered() -> Iterator[tuple[Device, ...]]:
    """Devices in the registry, which DirectShow lists as a program's own."""
    if sys.platform != "win32":
        pytest.skip("asks DirectShow itself")
    import winreg

    category = r"CLSID\{860BB310-5D01-11D0-BD3B-00A0C911CE86}\Instance"
    found = (OBS, webcam("vcam's test"), UNITY_CAPTURE, PHONE)
    with ExitStack() as removing:
        for number, device in enumerate(found):
            key = rf"{category}\vcam-test-{number}"
            try:
                made = winreg.CreateKey(winreg.HKEY_CLASSES_ROOT, key)
            except PermissionError:
                pytest.skip("this user may not register a filter")
            removing.callback(winreg.DeleteKey, winreg.HKEY_CLASSES_ROOT, key)
            with made:
                winreg.SetValueEx(made, "FriendlyName", 0, winreg.REG_SZ, device.name)
                winreg.SetValueEx(made, "CLSID", 0, winreg.REG_SZ, device.clsid)
                if device.path:
                    winreg.SetValueEx(made, "DevicePath", 0, winreg.REG_SZ, device.path)
        yield found


def test_directshow_tells_names_paths_and_classes(registered: tuple[Device, ...]) -> None:
    found = devices()
    assert set(registered) <= set(found)
    assert [camera.name for camera in cameras() if "vcam's test" in camera.name]
    assert devices() == found, "asking has changed something"
