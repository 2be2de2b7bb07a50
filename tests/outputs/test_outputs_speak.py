"""Whatever is wrong with an output is said in the user's language."""

import errno
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_video import CAPTURE, Device, Video
from systems import not_on_windows
from translation_sources import untranslated

from vcam.errors import OutputError, VcamError
from vcam.frames import Size
from vcam.outputs import files, loopback, video_kinds
from vcam.outputs.automatic import Automatic, Part
from vcam.outputs.nothing import Nothing
from vcam.outputs.options import OutputOptions
from vcam.outputs.picture_series import PictureSeriesOutput
from vcam.outputs.pipewire import PipeWire
from vcam.outputs.sound import Sound
from vcam.outputs.video import VideoFileOutput
from vcam.outputs.virtual_camera import VirtualCamera
from vcam.outputs.windows_cameras import Installed
from vcam.reasons import KNOWN, reason
from vcam.v4l2.nodes import nodes

pytestmark = pytest.mark.usefixtures("pseudo")

SIZE = Size(64, 36)
PICTURE = np.zeros((36, 64, 3), np.uint8)
linux = pytest.mark.skipif(sys.platform != "linux", reason="v4l2loopback is Linux's")


def english(text: str) -> list[str]:
    """What of it is neither translated nor a name, a path, a size or a command."""
    text = re.sub("`⟧[^⟦]*⟦`", "", text)
    names = {"vcam", "Webcam", "webm", "mp4", "gif", "jpg", "obs", "ffmpeg"}
    names |= {"OBS Virtual Camera", "UnityCapture", "Unity"}
    parts = (re.split(r" ?[(']*(?:/|[A-Z]:\\)", part)[0] for part in untranslated(text))
    return [
        part for part in parts if not (part in names | {""} or re.match(r"\d+x\d+", part))
    ]


def error_of(wrong: Callable[[], object]) -> VcamError:
    with pytest.raises(VcamError) as caught:
        wrong()
    return caught.value


def said(*wrong: Callable[[], object]) -> list[str]:
    errors = [error_of(each) for each in wrong]
    return [part for each in errors for part in english(each.what) + english(each.remedy)]


class Driver:
    """Stands in for pyvirtualcam."""

    device = "OBS Virtual Camera"

    def __init__(self, *arguments: Any) -> None:
        pass

    def send(self, frame: Any) -> None:
        raise RuntimeError("/a reason")

    def close(self) -> None:
        pass


def refusing(*arguments: Any) -> Driver:
    raise RuntimeError("/a reason")


def take(video: Video, device: str = "", open_driver: Any = Driver) -> VirtualCamera:
    return VirtualCamera(
        SIZE, 30, device, open_driver=open_driver, system=video.system, platform="linux"
    )


@linux
def test_a_machine_without_the_right_device(tmp_path: Path) -> None:
    video = Video(tmp_path)
    assert not said(lambda: take(video))
    (tmp_path / "sys/module/v4l2loopback").mkdir(parents=True)
    assert not said(lambda: take(video))
    webcam = video.plug(0, Device())
    assert not said(lambda: take(video, webcam))
    for number in (8, 9):
        video.loopback(number, "obs")
    assert not said(lambda: take(video))
    assert said(lambda: take(video, "obs")) == ["'obs'"]
    assert said(lambda: take(video, "nix")) == ["'nix'"]


@linux
def test_a_device_that_does_not_take_pictures(tmp_path: Path) -> None:
    video = Video(tmp_path)
    path = video.loopback(10, "vcam")
    device = video.devices[path]
    assert not said(lambda: take(video, open_driver=refusing))
    device.taken = ("YUYV", Size(640, 480))
    assert said(lambda: take(video)) == ["YUYV 640x480"]
    video.hold(4711, "ffmpeg", path, maps=True)
    assert said(lambda: take(video)) == ["YUYV 640x480"]
    video.hold(4711, "ffmpeg", path)
    assert not said(lambda: take(video, open_driver=refusing))
    device.caps = CAPTURE
    assert not said(lambda: take(video))
    video.release(4711)
    assert not said(lambda: take(video))
    device.refusal = errno.EIO
    (node,) = nodes(video.system)
    assert not said(lambda: loopback.verify(node, SIZE, video.system))
    device.refusal = errno.EACCES
    assert not said(lambda: take(video))


@linux
def test_a_device_that_goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    video = Video(tmp_path)
    path = video.loopback(10, "vcam")
    video.devices[path].taken = ("YU12", SIZE)
    camera = take(video)
    assert not said(lambda: camera.send(PICTURE))
    assert said(lambda: camera.send(PICTURE[:1])) == ["uint8"]
    monkeypatch.setattr("vcam.outputs.virtual_camera.CHECK_S", 0.0)
    Path(path).unlink()
    assert not said(lambda: camera.send(PICTURE))
    camera.close()


@pytest.mark.parametrize(
    "reason",
    [
        RuntimeError("/a reason"),
        RuntimeError("/could not be started"),
        RuntimeError("/is not installed"),
        ImportError("/DLL load failed"),
        ImportError("/a reason"),
    ],
    ids=str,
)
@pytest.mark.parametrize(
    ("platform", "device"),
    [("win32", ""), ("win32", "unitycapture"), ("win32", "/beamer"), ("darwin", "")],
)
def test_the_cameras_of_other_systems(
    platform: str, device: str, reason: Exception
) -> None:
    def refusing(*arguments: Any) -> Driver:
        raise reason

    def take(size: Size, *installed: Installed) -> VirtualCamera:
        return VirtualCamera(
            size,
            30,
            device,
            open_driver=refusing,
            platform=platform,
            installed=lambda: installed,
        )

    both = Installed("OBS Virtual Camera", "obs"), Installed("Unity", "unitycapture")
    assert not said(
        lambda: take(SIZE), lambda: take(SIZE, *both), lambda: take(Size(3, 3), *both)
    )


@linux
def test_pipewire_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", "/nonexistent")
    error = error_of(lambda: PipeWire(SIZE, 30))
    if "cannot open shared object file" not in error.what:  # that is the loader's
        assert english(error.what) == ["'vcam'"]
    assert not english(error.remedy)


def test_two_outputs_as_one() -> None:
    def fail(size: Size, fps: float) -> Nothing:
        raise OutputError("/a reason")

    both = {name: Part(Nothing, lambda: True) for name in ("device", "pipewire")}
    assert not english(Automatic(SIZE, 30, both).name)
    one = both | {"pipewire": Part(fail, lambda: True)}
    assert not english(Automatic(SIZE, 30, one).name)


def test_where_files_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    there = tmp_path / "file"
    assert not said(
        lambda: files.check_place(tmp_path),
        lambda: files.check_place(tmp_path / "no" / "a.png"),
        lambda: files.check_place(tmp_path / ("long" * 100) / "a.png"),
        lambda: files.check_picture(tmp_path / "a.xyz"),
        lambda: files.check_transparent(tmp_path / "a.jpg"),
        lambda: files.refuse_to_overwrite(there, there),
    )


@not_on_windows("it says itself why, in its own language")
def test_where_folders_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert not said(lambda: files.make_folder(tmp_path / "file" / "folder"))


def test_what_a_video_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    gif, mp4 = video_kinds.KINDS[".gif"], video_kinds.KINDS[".mp4"]
    assert not said(
        lambda: video_kinds.kind_of(path, alpha=True),
        lambda: video_kinds.check_size(mp4, tmp_path / "a.mp4", Size(20000, 2)),
        lambda: video_kinds.options_for(gif, path, "low", None),
        lambda: video_kinds.options_for(gif, path, None, 20),
        lambda: video_kinds.options_for(mp4, tmp_path / "a.mp4", None, 99),
    )
    assert said(lambda: video_kinds.kind_of(tmp_path / "a.xyz", alpha=True)) == [
        "webm, .mov"
    ]


def test_a_video_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = VideoFileOutput(tmp_path / "a.mp4", SIZE, 25)
    wrong: list[Callable[[], object]] = [lambda: output.send(PICTURE[:1])]
    assert not said(*wrong)
    for number in (errno.ENOSPC, errno.EFBIG, errno.EIO):

        def fail(*arguments: object, number: int = number) -> None:
            raise OSError(number, "Input/output error")

        monkeypatch.setattr("vcam.outputs.encoding.PictureTrack.add", fail)
        assert not said(lambda: output.send(PICTURE))
    monkeypatch.setattr(Path, "replace", fail)
    assert not said(output.complete)
    output.close()
    monkeypatch.setattr("os.open", fail)
    assert not said(lambda: VideoFileOutput(tmp_path / "b.mp4", SIZE, 25))


def test_sound_that_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.mkv").write_bytes(b"no video")
    sound: Any = Sound(tmp_path / "a.mkv", None, video_kinds.KINDS[".mkv"])  # type: ignore[arg-type]
    assert sound.trouble.startswith("⟦")


def test_numbered_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = PictureSeriesOutput(tmp_path / "%03d.png", SIZE)

    def fail(*arguments: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Path, "write_bytes", fail)
    assert not said(lambda: output.send(PICTURE))
    monkeypatch.setattr("vcam.outputs.picture_series.MOST", 0)
    assert not said(lambda: output.send(PICTURE))
    (tmp_path / "007.png").touch()
    assert not said(lambda: PictureSeriesOutput(tmp_path / "%03d.png", SIZE))


def test_options_and_names() -> None:
    assert not said(lambda: OutputOptions(size=Size(3, 3)), lambda: OutputOptions(fps=1000))
    assert not untranslated(Nothing(SIZE).name)


def test_what_the_system_says() -> None:
    assert (
        reason(PermissionError(errno.EACCES, "Permission denied")) == "⟦Permission denied⟧"
    )
    assert reason(OSError(0, "Something new")) == "Something new"
    assert reason(ValueError("a value")) == "a value"
    assert {"Permission denied", "No space left on device"} < set(KNOWN)
