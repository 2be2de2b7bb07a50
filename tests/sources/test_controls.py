"""What the user has set on a camera comes back by itself."""

import json
from pathlib import Path

import pytest
from fake_video import Control, Device, Video
from systems import linux_only

from vcam.cli import main
from vcam.sources import controls as module
from vcam.sources.camera_info import CameraInfo
from vcam.sources.controls import UserControls, state_path
from vcam.v4l2.controls import choices, controls
from vcam.v4l2.system import opened

pytestmark = linux_only("controls of Video4Linux; elsewhere the system keeps them")
BRIGHTNESS, POWER_LINE, AUTO, EXPOSURE = 0x00980900, 0x00980918, 0x009A0901, 0x009A0902
ZOOM, FOCUS, AUTO_FOCUS = 0x009A090D, 0x009A090A, 0x009A090C


class Desk:
    """A webcam like most, and the people and programs who turn its knobs."""

    def __init__(self, root: Path) -> None:
        self.video = Video(root)
        self.state = root / "state" / "controls.json"
        self.knobs = {
            each.id: each
            for each in (
                Control(BRIGHTNESS, "Brightness", 128),
                Control(
                    POWER_LINE, "Power Line", 1, (0, 2), 3, menu={0: "Off", 1: "50 Hz"}
                ),
                Control(AUTO, "Auto Exposure", 3, (0, 3), 3),
                Control(EXPOSURE, "Exposure Time", 157, (3, 2047), manual=(AUTO, 1)),
                Control(FOCUS, "Focus", 0, manual=(AUTO_FOCUS, 0)),
                Control(AUTO_FOCUS, "Focus, Automatic", 1, (0, 1), 2),
                Control(ZOOM, "Zoom", 100, (100, 500)),
                Control(0x009A0001, "Camera Controls", 0, kind=6, flags=0x4),
                Control(0x009A0920, "Pan, Reset", 0, kind=4, flags=0x40),
                Control(0x00980950, "Temperature", 30, flags=0x84),
                Control(0x00F0F001, "Inject Errors", 5),
            )
        }
        self.device = Device(controls=list(self.knobs.values()))
        self.path = self.video.plug(0, self.device)
        self.info = CameraInfo("Webcam", self.path, 0, "usb:046d:0825::00.0@1-2")

    def opened(self) -> UserControls:
        """vcam opens the camera."""
        user = UserControls(self.info, self.video.system, self.state)
        user.restore()
        return user

    def set(self, **values: int) -> None:
        for name, value in values.items():
            self.knobs[globals()[name.upper()]].value = value

    def reset(self) -> None:
        """A browser opens the camera, or it is unplugged and plugged in again."""
        for knob in self.knobs.values():
            knob.value = knob.default

    def now(self, *names: str) -> list[int]:
        return [self.knobs[globals()[name.upper()]].value for name in names]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_was_set_is_there_again_after_a_browser_has_reset_it(desk: Desk) -> None:
    user = desk.opened()
    desk.set(brightness=90, zoom=180)
    user.remember()
    desk.reset()
    desk.opened()
    assert desk.now("brightness", "zoom", "power_line") == [90, 180, 1]


def test_manual_exposure_and_focus_come_back_with_their_values(desk: Desk) -> None:
    user = desk.opened()
    desk.set(auto=1, exposure=300, auto_focus=0, focus=40)
    user.remember()
    desk.reset()
    desk.set(exposure=77, focus=99)  # what the automatic modes have found
    desk.opened()
    assert desk.now("auto", "exposure", "auto_focus", "focus") == [1, 300, 0, 40]


def test_a_value_that_happens_to_be_the_default_comes_back_too(desk: Desk) -> None:
    user = desk.opened()
    desk.set(auto=1)
    user.remember()
    desk.reset()
    desk.set(exposure=900)
    desk.opened()
    assert desk.now("auto", "exposure") == [1, 157]


def test_what_the_user_has_set_meanwhile_is_newer(desk: Desk) -> None:
    user = desk.opened()
    desk.set(brightness=90, zoom=180)
    user.remember()
    desk.reset()
    desk.set(brightness=200)
    desk.opened().remember()
    assert desk.now("brightness", "zoom") == [200, 180]
    desk.reset()
    desk.opened()
    assert desk.now("brightness", "zoom") == [200, 180]


def test_defaults_chosen_while_vcam_looks_are_a_choice(desk: Desk) -> None:
    user = desk.opened()
    desk.set(zoom=180)
    user.remember()
    desk.reset()
    user.remember()
    assert json.loads(desk.state.read_text()) == {}
    desk.set(exposure=77)
    desk.opened()
    assert desk.now("zoom", "exposure") == [100, 77]


def test_a_browser_that_resets_everything_while_vcam_looks_does_not_choose(
    desk: Desk,
) -> None:
    user = desk.opened()
    desk.set(brightness=90, zoom=180)
    user.remember()
    desk.reset()
    user.remember()
    user.remember()
    desk.opened()
    assert desk.now("brightness", "zoom") == [90, 180]


def test_what_is_put_back_one_after_the_other_is_a_choice(desk: Desk) -> None:
    user = desk.opened()
    desk.set(brightness=90, zoom=180)
    user.remember()
    for back in ({"zoom": 100}, {"brightness": desk.knobs[BRIGHTNESS].default}):
        desk.set(**back)
        user.remember()
    assert json.loads(desk.state.read_text()) == {}


def test_an_untouched_camera_leaves_no_file(desk: Desk) -> None:
    desk.opened().remember()
    assert not desk.state.exists()


def test_cameras_are_told_apart_and_kept_apart(desk: Desk) -> None:
    desk.set(zoom=180)
    desk.opened().remember()
    first = desk.info
    desk.info = CameraInfo("Webcam", desk.path, 0, "usb:046d:0825::00.0@1-3")
    desk.reset()
    desk.opened()
    assert desk.now("zoom") == [100]
    desk.set(brightness=7)
    desk.opened().remember()
    desk.info = first
    desk.reset()
    desk.opened()
    assert desk.now("brightness", "zoom") == [128, 180]


def test_a_camera_in_use_is_looked_at_now_and_then(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = desk.opened()
    desk.set(zoom=180)
    user.poll()
    assert not desk.state.exists()
    monkeypatch.setattr(module, "EVERY_S", 0.0)
    user.poll()
    assert "180" in desk.state.read_text()


def test_a_control_that_refuses_is_tried_again_another_time(desk: Desk) -> None:
    desk.set(brightness=90, zoom=180)
    desk.opened().remember()
    desk.reset()
    desk.knobs[ZOOM].stubborn = True
    desk.opened().remember()
    assert desk.now("brightness", "zoom") == [90, 100]
    desk.knobs[ZOOM].stubborn = False
    desk.reset()
    desk.opened()
    assert desk.now("brightness", "zoom") == [90, 180]


def test_a_camera_that_cannot_be_asked_forgets_nothing(desk: Desk) -> None:
    desk.set(zoom=180)
    desk.opened().remember()
    desk.reset()
    desk.device.refusal = 16
    user = desk.opened()
    desk.device.refusal = 0
    user.remember()
    desk.opened()
    assert desk.now("zoom") == [180]
    desk.device.refusal = 5
    user = desk.opened()
    user.remember()


@pytest.mark.parametrize("text", ["", "[1]", '{"a": 1}', '{"a": {"x": 1}}', "\0", "{"])
def test_a_broken_file_is_as_good_as_none(desk: Desk, text: str) -> None:
    desk.state.parent.mkdir()
    desk.state.write_text(text)
    desk.set(zoom=180)
    desk.opened().remember()
    desk.reset()
    desk.opened()
    assert desk.now("zoom") == [180]


def test_a_folder_that_cannot_be_written_does_not_stop_the_camera(desk: Desk) -> None:
    desk.state.parent.write_text("not a folder")
    desk.set(zoom=180)
    desk.opened().remember()


def test_virtual_cameras_and_other_systems_are_left_alone(desk: Desk) -> None:
    desk.set(zoom=180)
    for info in (
        CameraInfo("Telephone", desk.path, 0, "a", virtual=True),
        CameraInfo("Camera 0", "0", 0, "number:0"),
    ):
        user = UserControls(info, desk.video.system, desk.state)
        user.restore()
        user.remember()
    assert not desk.state.exists()


def test_only_what_people_set_is_listed(desk: Desk) -> None:
    with opened(desk.video.system, desk.path) as ask:
        found = {control.id: control for control in controls(ask)}
        camera = {BRIGHTNESS, POWER_LINE, AUTO, EXPOSURE, FOCUS, AUTO_FOCUS, ZOOM}
        assert set(found) == camera
        assert not found[EXPOSURE].settable
        assert (found[ZOOM].minimum, found[ZOOM].maximum) == (100, 500)
        assert choices(ask, found[POWER_LINE]) == {0: "Off", 1: "50 Hz"}
        assert choices(ask, found[ZOOM]) == {}


def test_the_command_lists_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vcam.v4l2.system.System", lambda: desk.video.system)
    monkeypatch.setattr("vcam.sources.listing.list_cameras", lambda: (desk.info,))
    assert main(["cameras", "--controls"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"Webcam ({desk.path})"
    told = {" ".join(line.split()) for line in lines}
    assert "Brightness 128 (0 to 255, usually 128)" in told
    assert "Power Line 1 (0 Off, 1 50 Hz, usually 1)" in told
    assert "Exposure Time 157 (3 to 2047, usually 157, now set by the camera)" in told
    assert main(["cameras", "--controls", "webcam", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["name"] == "Brightness" and rows[0]["settable"] is True
    desk.device.controls.clear()
    assert main(["cameras", "--controls"]) == 0
    assert "no controls" in capsys.readouterr().out
    desk.device.refusal = 13
    assert main(["cameras", "--controls"]) == 1
    assert "cannot be asked" in capsys.readouterr().err
    desk.info = CameraInfo("Camera 0", "0", 0, "number:0")
    assert main(["cameras", "--controls"]) == 2
    assert "on Linux only" in capsys.readouterr().err


def test_the_values_are_kept_in_the_folder_for_state() -> None:
    assert state_path().name == "controls.json"
    assert "vcam" in state_path().parts
