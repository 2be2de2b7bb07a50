import argparse
import json
import os
import sys
from pathlib import Path

import pytest
from fake_video import (
    CAPTURE,
    INFRARED,
    MEDIA_CONTROLLER,
    META,
    OUTPUT,
    WEBCAM,
    Device,
    Video,
)

from vcam.cli import cameras as command
from vcam.errors import SourceError, UsageError
from vcam.frames import Size
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import refuse_our_own
from vcam.sources.listing import (
    find_camera,
    is_present,
    list_cameras,
)
from vcam.v4l2.holders import holders
from vcam.v4l2.modes import fourcc

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="the kernel's folders are Linux's"
)
pytestmark = linux


@pytest.fixture
def video(tmp_path: Path) -> Video:
    return Video(tmp_path)


@pytest.fixture
def desk(video: Video) -> Video:
    """A laptop with a colour and an infrared camera, a USB webcam, and our own device."""
    video.plug(
        0,
        Device(card="Integrated Camera: Integrated I", modes=INFRARED),
        usb="04f2:b6d0:SN0001:1-8:2",
    )
    video.plug(
        2,
        Device(card="Integrated Camera: Integrated C", modes=WEBCAM),
        usb="04f2:b6d0:SN0001:1-8:0",
    )
    video.plug(3, Device(card="Integrated Camera", caps=META), usb="04f2:b6d0:SN0001:1-8:0")
    video.plug(
        4, Device(card="HD Pro Webcam C920", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0"
    )
    video.loopback(10, "vcam", CAPTURE)
    return video


def listed(video: Video) -> list[str]:
    return [Path(camera.path).name for camera in list_cameras(video.system)]


def find(wanted: str, video: Video) -> CameraInfo:
    return find_camera(wanted, list_cameras(video.system), video.system)


def test_every_real_camera_is_listed_and_neither_metadata_nor_our_own(desk: Video) -> None:
    assert listed(desk) == ["video0", "video2", "video4"]
    assert not desk.fds, "a device was left open"


def test_what_only_takes_pictures_is_no_camera(video: Video) -> None:
    video.plug(0, Device(driver="vivid", card="vivid-000-vid-out", caps=OUTPUT))
    assert listed(video) == []


def test_raw_sensors_behind_an_image_processor_are_no_cameras(video: Video) -> None:
    video.plug(0, Device(driver="isys", card="ipu6", caps=CAPTURE | MEDIA_CONTROLLER))
    assert listed(video) == []


def test_the_telephone_used_as_a_webcam_is_listed_but_never_the_default(
    desk: Video,
) -> None:
    desk.loopback(1, "Telephone", CAPTURE)
    (telephone,) = [camera for camera in list_cameras(desk.system) if camera.virtual]
    assert telephone.name == "Telephone"
    assert find("telephone", desk) == telephone
    assert find("", desk).name != "Telephone"


def test_among_unlabelled_virtual_cameras_none_is_offered_since_one_may_be_ours(
    video: Video,
) -> None:
    video.loopback(10, "Dummy video device (0x0000)", CAPTURE)
    video.loopback(11, "Dummy video device (0x0001)", CAPTURE)
    assert listed(video) == []


def test_a_camera_tells_formats_sizes_and_rates(desk: Video) -> None:
    modes = find("C920", desk).modes
    assert [(mode.fourcc, str(mode.size), mode.fps) for mode in modes] == [
        ("MJPG", "1920x1080", (30.0,)),
        ("MJPG", "1280x720", (60.0, 30.0)),
        ("YUYV", "640x480", (30.0, 15.0)),
    ]


def test_a_camera_that_takes_any_size_is_offered_in_the_common_ones(video: Video) -> None:
    video.plug(0, Device(modes={"YUYV": {}}, any_size=(Size(16, 16), Size(1280, 800))))
    sizes = [mode.size for mode in find("0", video).modes]
    assert Size(1280, 720) in sizes
    assert Size(1920, 1080) not in sizes


def test_big_endian_formats_have_a_name_too() -> None:
    assert fourcc(b"Y16\xa0") == "Y16-BE"
    assert fourcc(b"MJPG") == "MJPG"


def test_the_default_is_the_first_camera_with_colour(desk: Video) -> None:
    assert find("", desk).path.endswith("video2")


def test_a_camera_is_found_by_name_part_number_path_link_and_identity(desk: Video) -> None:
    camera = find("hd pro webcam c920", desk)
    link = desk.root / "by-id"
    link.symlink_to(camera.path)
    for wanted in ("c920", "4", camera.path, str(link), camera.identity):
        assert find(wanted, desk) == camera


def test_words_that_fit_two_cameras_are_answered_with_both(desk: Video) -> None:
    with pytest.raises(UsageError, match=r"2 cameras: .*video0.*video2"):
        find("integrated", desk)


def test_the_same_camera_in_another_socket_is_still_the_same(video: Video) -> None:
    path = video.plug(0, Device(card="Webcam"), usb="046d:0825::1-2:0")
    identity = find("", video).identity
    video.unplug(path)
    video.plug(6, Device(card="Other"), usb="1bcf:2284::1-4:0")
    moved = video.plug(7, Device(card="Webcam"), usb="046d:0825::1-3:0")
    assert find(identity, video).path == moved


def test_of_two_twins_the_one_in_the_remembered_socket_is_found(video: Video) -> None:
    video.plug(0, Device(card="Twin"), usb="046d:0825:SAME:1-2:0")
    right = video.plug(2, Device(card="Twin"), usb="046d:0825:SAME:1-3:0")
    first, second = list_cameras(video.system)
    assert first.identity != second.identity
    assert find(second.identity, video).path == right


def test_a_camera_that_is_not_on_usb_has_an_identity_too(video: Video) -> None:
    video.plug(0, Device(driver="vivid", card="vivid", bus_info="platform:vivid-000"))
    assert find("", video).identity == "platform:vivid-000:0"


@pytest.mark.parametrize("wanted", ["vcam", "10", "/dev/video10"])
def test_our_own_picture_is_never_filmed(desk: Video, wanted: str) -> None:
    wanted = wanted.replace("/dev", str(desk.root / "dev"))
    with pytest.raises(UsageError, match="virtual camera"):
        find(wanted, desk)


def test_a_metadata_node_is_refused_with_the_reason(desk: Video) -> None:
    with pytest.raises(UsageError, match="delivers no pictures"):
        find("3", desk)


def test_an_unknown_name_is_answered_with_what_there_is(desk: Video) -> None:
    with pytest.raises(SourceError, match=r"no camera 'Logitech'.*C920"):
        find("Logitech", desk)


def test_a_remembered_camera_that_is_away_is_not_called_by_its_numbers(desk: Video) -> None:
    camera = find("c920", desk)
    desk.unplug(camera.path)
    with pytest.raises(SourceError, match=r"^The camera is not plugged in.*Integrated"):
        find(camera.identity, desk)


def test_without_a_camera_the_user_is_told(video: Video) -> None:
    with pytest.raises(SourceError, match=r"No camera found.*vcam doctor"):
        find("", video)


def test_without_the_permission_the_remedy_is_the_group(video: Video) -> None:
    video.plug(0, Device(card="Webcam", refusal=13))
    for wanted in ("", "webcam"):
        with pytest.raises(
            SourceError, match=r"not allowed to use Webcam.*usermod -aG video"
        ):
            find(wanted, video)


def test_a_camera_is_present_until_it_is_unplugged(desk: Video) -> None:
    camera = find("c920", desk)
    assert is_present(camera, desk.system)
    desk.unplug(camera.path)
    assert not is_present(camera, desk.system)


def test_who_uses_a_camera_is_seen_in_proc(desk: Video) -> None:
    path = find("c920", desk).path
    desk.hold(4711, "zoom", path, maps=True)
    desk.hold(12, "obs", path, flags=os.O_WRONLY)
    desk.hold(13, "shell", "/dev/null")
    obs, zoom = holders(desk.system, path)
    assert str(zoom) == "zoom (process 4711)"
    assert (zoom.streaming, zoom.write_only) == (True, False)
    assert (obs.streaming, obs.write_only) == (False, True)


def test_the_virtual_camera_that_is_published_to_is_not_filmed(desk: Video) -> None:
    path = desk.loopback(11, "Telephone", CAPTURE)
    telephone = find("telephone", desk)
    refuse_our_own(telephone, desk.system)  # another program's
    desk.hold(os.getpid(), "vcam", path)
    with pytest.raises(UsageError, match="own virtual camera"):
        refuse_our_own(telephone, desk.system)


def show(video: Video, monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(
        "vcam.sources.listing.list_cameras", lambda: list_cameras(video.system)
    )
    parser = argparse.ArgumentParser()
    command.configure(parser)
    assert command.run(parser.parse_args(words)) == 0


def test_the_command_shows_names_paths_and_modes(
    desk: Video, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show(desk, monkeypatch)
    said = capsys.readouterr().out
    assert "HD Pro Webcam C920" in said
    assert "MJPG  1920x1080 at 30, 1280x720 at 60" in said
    assert "(infrared)" in said
    assert "video10" not in said


def test_the_command_speaks_to_programs(
    desk: Video, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show(desk, monkeypatch, "--json")
    cameras = json.loads(capsys.readouterr().out)
    assert [camera["index"] for camera in cameras] == [0, 2, 4]
    assert cameras[2]["modes"][1] == {
        "fourcc": "MJPG",
        "size": [1280, 720],
        "fps": [60.0, 30.0],
    }


def test_the_command_says_what_to_do_when_there_is_none(
    video: Video, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    show(video, monkeypatch)
    assert "No camera found" in capsys.readouterr().out
