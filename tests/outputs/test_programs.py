"""Where a newcomer is sent to choose the virtual camera."""

from vcam.outputs.nothing import NOWHERE
from vcam.outputs.programs import CHROME_SWITCH, FIREFOX_SWITCH, places
from vcam.translation import tr

DEVICE, PIPEWIRE = "vcam (/dev/video10)", "vcam (PipeWire)"


def test_with_pipewire_alone_browsers_need_a_switch_and_other_programs_the_driver() -> None:
    found = places(PIPEWIRE, "linux")
    assert found.camera == "vcam"
    switches = " ".join(each.where for each in found.switches)
    assert FIREFOX_SWITCH in switches and CHROME_SWITCH in switches
    assert "need the driver" in found.note


def test_with_the_driver_nothing_has_to_be_switched() -> None:
    for output in (DEVICE, f"{DEVICE} and {PIPEWIRE}"):
        found = places(output, "linux")
        assert not found.switches and "driver" not in found.note
        assert [each.program for each in found.places] == [
            "Zoom",
            "Google Meet",
            "Microsoft Teams",
        ]


def test_without_a_virtual_camera_it_is_said_where_the_cure_is() -> None:
    assert "no virtual camera" in places("", "linux").note
    assert "start `vcam`" in places(NOWHERE, "linux").note


def test_in_another_language_it_is_known_too_that_nothing_is_published(
    pseudo: None,
) -> None:
    assert tr(NOWHERE) != NOWHERE
    assert places(tr(NOWHERE), "linux").note == places(NOWHERE, "linux").note
    assert places(tr(NOWHERE), "win32").camera == "OBS Virtual Camera"


def test_elsewhere_the_camera_is_called_as_its_driver_calls_it() -> None:
    assert places("", "win32").camera == "OBS Virtual Camera"
    assert places("Unity Video Capture", "win32").camera == "Unity Video Capture"
    assert not places("", "darwin").switches
