"""What a program on Windows reads through DirectShow: OBS's camera, and UnityCapture's."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from systems import not_under_wine

from vcam.outputs.windows_cameras import installed
from vcam.sources.directshow_listing import published_to
from vcam.sources.listing import list_cameras
from windows.running_vcam import RunningVcam, command, until

NAMES = {"obs": "OBS Virtual Camera", "unitycapture": "Unity Video Capture"}

pytestmark = [
    pytest.mark.slow,
    not_under_wine("the filters themselves, which come with OBS Studio and UnityCapture"),
]


def needs(device: str) -> None:
    if device not in [each.backend for each in installed()]:
        pytest.skip(f"{NAMES[device]} is not registered")


@pytest.mark.parametrize("device", NAMES)
def test_a_program_reads_the_background_from_the_camera(
    device: str, run: Callable[..., RunningVcam]
) -> None:
    needs(device)
    vcam = run(device, "--background", "#00b140")
    until(vcam.is_live)
    found = next(each for each in published_to() if each.name.startswith(NAMES[device]))
    capture = cv2.VideoCapture(found.index, cv2.CAP_DSHOW)
    try:
        until(lambda: _is_green(capture))
    finally:
        capture.release()


@pytest.mark.parametrize("device", NAMES)
def test_the_virtual_camera_is_never_taken_for_the_webcam(device: str) -> None:
    needs(device)
    if any(not each.virtual for each in list_cameras()):
        pytest.skip("there is a webcam")
    done = command("snap", "--background", "#00b140")
    assert done.returncode == 1
    assert "No camera found" in done.stderr


def _is_green(capture: cv2.VideoCapture) -> bool:
    there, picture = capture.read()
    if not there or picture is None:
        return False
    corner = np.asarray(picture)[:40, :40].mean(axis=(0, 1))
    return bool(np.abs(corner - (0x40, 0xB1, 0x00)).max() < 16)
