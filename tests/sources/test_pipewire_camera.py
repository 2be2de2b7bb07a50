"""A camera that only PipeWire has is a camera like any other.

PipeWire and WirePlumber are real; the camera is a node of the test's own, with the
properties of libcamera's.
"""

import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running
from fake_video import WEBCAM, Device, Video
from pipewire_camera import NAME, TestCamera, mode
from pipewire_desktop import Desktop

from vcam.engine.engine import Engine
from vcam.errors import SourceError
from vcam.frames import Image, Size
from vcam.outputs.pipewire import PipeWire
from vcam.pipewire import pods
from vcam.pipewire.formats import Offer
from vcam.settings import Settings
from vcam.sources import camera as camera_module
from vcam.sources.camera import Camera
from vcam.sources.listing import find_camera, list_cameras
from vcam.sources.opening import open_source
from vcam.sources.pipewire_listing import Watch, nodes_now, only_in_pipewire
from vcam.status import State
from vcam.testing import FakeWorld, secret_room, shows_secret

SIZE = Size(96, 54)
TITLE = "Built-in Front Camera"
TO_YUV = {
    "YU12": cv2.COLOR_BGR2YUV_I420,
    "YUYV": cv2.COLOR_BGR2YUV_YUY2,
    "UYVY": cv2.COLOR_BGR2YUV_UYVY,
    "RGB": cv2.COLOR_BGR2RGB,
    "BGRx": cv2.COLOR_BGR2BGRA,
    "RGBx": cv2.COLOR_BGR2RGBA,
    "BGRA": cv2.COLOR_BGR2BGRA,
    "RGBA": cv2.COLOR_BGR2RGBA,
    "GREY": cv2.COLOR_BGR2GRAY,
}
Plug = Callable[..., TestCamera]


def encoded(kind: str, image: Image) -> bytes:
    """As a camera sends it."""
    array: Any = image
    if kind == "MJPG":
        array = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
    elif kind == "NV12":
        height, width = image.shape[:2]
        planar = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).reshape(-1)
        chroma = planar[height * width :].reshape(2, -1).T
        array = np.concatenate([planar[: height * width], chroma.ravel()])
    elif kind != "BGR":
        array = cv2.cvtColor(image, TO_YUV[kind])
    return bytes(array.tobytes())


@pytest.fixture
def picture() -> Image:
    """Soft colours, another in each corner."""
    corners = np.array([[(40, 90, 200), (200, 80, 60)], [(60, 190, 70), (120, 120, 120)]])
    return cv2.resize(
        corners.astype(np.uint8), tuple(SIZE), interpolation=cv2.INTER_LINEAR
    ).astype(np.uint8)


@pytest.fixture
def plug(desktop: Desktop, picture: Image, eventually: Eventually) -> Iterator[Plug]:
    """Plugs a camera in, which PipeWire then lists."""
    with ExitStack() as plugged:

        def plug(*modes: bytes, kind: str = "YUYV", **about: Any) -> TestCamera:
            def draw(agreed: Offer) -> tuple[bytes, int]:
                size = agreed.sizes.each[0]
                image = cv2.resize(picture, tuple(size)).astype(np.uint8)
                return encoded(agreed.kind, image), 0

            about.setdefault("draw", draw)
            camera = TestCamera(modes or (mode(kind, SIZE, 30),), **about)
            plugged.enter_context(closing(camera))
            name = about.get("name", NAME)
            eventually(lambda: any(node.name == name for node in nodes_now()))
            return camera

        yield plug


def first_picture(wanted: str = "", size: Size | None = SIZE) -> Image:
    with closing(Camera(wanted, size, 30)) as camera:
        frame = camera.read(5)
        assert frame is not None
        return frame.image


def test_it_is_found_by_its_name_and_its_pictures_come(plug: Plug, picture: Image) -> None:
    plug()
    with closing(open_source("front camera", SIZE, 30)) as camera:
        assert (camera.name, camera.size, camera.fps) == (TITLE, SIZE, 30)
        assert camera.negotiated == "YUYV 96x54 at 30 fps"
        frame = camera.read(5)
        assert frame is not None and frame.live
        assert np.abs(frame.image.astype(int) - picture).mean() < 4


@pytest.mark.parametrize("kind", ["NV12", "MJPG", "BGR", "GREY", *TO_YUV])
def test_each_format_has_the_right_colours(plug: Plug, picture: Image, kind: str) -> None:
    plug(kind=kind)
    expected = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if kind == "GREY" else picture
    seen = first_picture().astype(int)
    expected = expected if expected.ndim == 3 else expected[..., None]
    assert np.abs(seen - expected).mean() < 4


def test_it_is_listed_with_what_it_can_do_and_its_identity_is_its_name(plug: Plug) -> None:
    plug(mode("NV12", Size(1280, 720), 30), mode("MJPG", Size(640, 480), 30))
    (camera,) = list_cameras()
    assert (camera.name, camera.path, camera.identity) == (
        TITLE,
        f"pipewire:{NAME}",
        f"pipewire:{NAME}",
    )
    assert not camera.virtual and not camera.infrared
    assert [(each.fourcc, each.size, each.fps) for each in camera.modes] == [
        ("NV12", Size(1280, 720), (30.0,)),
        ("MJPG", Size(640, 480), (30.0,)),
    ]
    for wanted in ("", TITLE, "built-in", camera.path):
        assert find_camera(wanted, [camera]) == camera


def test_the_mode_that_fits_best_is_asked_for(plug: Plug) -> None:
    small, fitting, large = Size(64, 36), Size(128, 72), Size(192, 108)
    camera = plug(*(mode("NV12", size, 30) for size in (small, large, fitting)))
    assert Size.of(first_picture(size=Size(128, 72))) == fitting
    assert Size.of(first_picture(size=Size(100, 60))) == fitting
    assert Size.of(first_picture(size=Size(1920, 1080))) == large
    assert camera.agreed is None or camera.agreed.kind == "NV12"


def test_a_camera_whose_sizes_are_steps_sends_pictures(plug: Plug) -> None:
    plain = mode("YUYV", SIZE, 30)
    value = struct.pack("<4I", 8, pods.RECTANGLE, *SIZE)
    steps = struct.pack("<8I", *SIZE, 32, 18, 1920, 1080, 32, 18)
    head = struct.pack("<6I", 48, pods.CHOICE, pods.STEP, 0, 8, pods.RECTANGLE)
    stepped = plain[8:].replace(value, head + steps)
    plug(struct.pack("<II", len(stepped), pods.OBJECT) + stepped)
    assert Size.of(first_picture(size=Size(150, 90))) == Size(160, 90)


def test_a_camera_that_cannot_be_opened_leaves_nothing_running(
    plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library's thread would call back into what is gone, and end vcam."""
    plug()
    before = threads()

    def fails(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr("vcam.pipewire.formats.choose", fails)
    with pytest.raises(ValueError, match="a bug"):
        first_picture()
    assert threads() == before > 0


def threads() -> int:
    """How many of the library's call back."""
    names = [each.read_text() for each in Path("/proc/self/task").glob("*/comm")]
    return names.count("vcam-pipewire\n")


def test_a_camera_that_the_kernel_offers_is_not_listed_a_second_time(
    plug: Plug, tmp_path_factory: pytest.TempPathFactory
) -> None:
    usb = "libcamera_input.__SB_.PCI0.XHCI.RHUB.HS08-8_1.0-046d_08e5"
    plug(name=usb, title="C920")
    plug(name="v4l2_input.pci-0000_00_14.0-usb-0_2_1.0", api_v4l2_path="/dev/null")
    plug()
    video = Video(tmp_path_factory.mktemp("kernel"))
    video.plug(0, Device(card="C920", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0")
    names = [node.name for node in nodes_now()]
    assert len(names) == 3
    in_kernel = list_cameras(video.system)
    (only,) = only_in_pipewire(nodes_now(), in_kernel)
    assert only.identity == f"pipewire:{NAME}"
    assert find_camera("", (*in_kernel, only)).name == "C920"
    assert {each.name for each in only_in_pipewire(nodes_now(), ())} == {TITLE, "C920"}


def test_a_virtual_camera_is_never_the_default_and_vcams_own_is_none(plug: Plug) -> None:
    with closing(PipeWire(SIZE, 30)), closing(PipeWire(SIZE, 30, "Desk")):
        plug(name="obs", title="OBS", device_api="")
        (obs,) = list_cameras()
        assert (obs.name, obs.virtual) == ("OBS", True)
        with pytest.raises(SourceError, match="No camera found"):
            find_camera("", [obs])


def test_a_picture_that_is_mounted_upside_down_is_turned(
    plug: Plug, picture: Image
) -> None:
    plug(transform=2)
    assert np.abs(first_picture().astype(int) - picture[::-1, ::-1]).mean() < 4


def test_full_range_is_not_taken_for_limited_range(plug: Plug) -> None:
    grey = np.full((SIZE.height, SIZE.width), 250, np.uint8)
    planes = np.concatenate([grey.ravel(), np.full(grey.size // 2, 128, np.uint8)])
    pod = mode("NV12", SIZE, 30, full_range=True)
    plug(pod, draw=lambda agreed: (planes.tobytes(), 0))
    assert abs(int(np.median(first_picture())) - 250) <= 1


def test_what_pads_the_rows_is_left_out(plug: Plug, picture: Image) -> None:
    padded = np.zeros((SIZE.height, SIZE.width * 3 + 32), np.uint8)
    padded[:, : SIZE.width * 3] = picture.reshape(SIZE.height, -1)
    plug(kind="BGR", draw=lambda agreed: (padded.tobytes(), padded.shape[1]))
    assert (first_picture() == picture).all()


def test_a_picture_that_lacks_bytes_is_left_out(
    plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_module, "FIRST_FRAME_S", 0.5)
    plug(draw=lambda agreed: (bytes(100), 0))
    with pytest.raises(SourceError, match=f"{TITLE} sends no pictures"):
        first_picture()


def ends(camera: Camera) -> None:
    """Reads until the camera says why there is no more."""
    deadline_s = time.monotonic() + 10
    while time.monotonic() < deadline_s:
        camera.read(0.05)


def test_when_it_is_unplugged_that_is_told_and_no_other_takes_its_place(
    plug: Plug, eventually: Eventually
) -> None:
    with closing(PipeWire(SIZE, 30)) as ours:
        camera = plug()
        other = plug(name="other", title="Other")
        with closing(Camera(TITLE, SIZE, 30)) as source:
            assert source.read(5)
            camera.close()
            with pytest.raises(SourceError, match=f"{TITLE} was unplugged"):
                ends(source)
            time.sleep(0.3)
            assert not other.watched and not ours.viewers().watched
        again = plug()
        with closing(Camera(source.identity, SIZE, 30)) as source:
            assert source.read(5) and again.watched


def test_when_pipewire_ends_the_camera_is_gone_and_comes_back_with_it(
    plug: Plug, desktop: Desktop
) -> None:
    plug()
    with closing(Camera(TITLE, SIZE, 30)) as source:
        assert source.read(5)
        desktop.kill_daemon("wireplumber")
        desktop.kill_daemon("pipewire")
        with pytest.raises(SourceError, match=r"PipeWire has ended.*systemctl"):
            ends(source)
        assert list_cameras() == ()
    desktop.start_daemons()
    plug()
    with closing(Camera(source.identity, SIZE, 30)) as source:
        assert source.read(5)


def test_without_wireplumber_the_camera_is_not_what_is_to_blame(
    plug: Plug, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    plug()
    desktop.kill_daemon("wireplumber")
    with monkeypatch.context() as impatient:
        impatient.setattr("vcam.sources.pipewire_capture.CONNECT_S", 0.1)
        with pytest.raises(SourceError, match=rf"not connect {TITLE}.*wireplumber"):
            first_picture()
    desktop.start_daemon("wireplumber")
    first_picture()


def test_a_camera_that_falls_silent_is_told(
    plug: Plug, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_module, "STALL_S", 0.5)
    camera = plug()
    with closing(Camera(TITLE, SIZE, 30)) as source:
        assert source.read(5)
        camera.silent = True
        with pytest.raises(SourceError, match=f"{TITLE} has stopped sending"):
            ends(source)


def test_a_daemon_that_hangs_does_not_keep_the_list_for_ever(
    plug: Plug, desktop: Desktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.pipewire.cameras.SETTLE_S", 0.1)
    plug()
    with desktop.hanging("pipewire"):
        assert list_cameras() == ()
    assert [camera.name for camera in list_cameras()] == [TITLE]


def test_closing_lets_the_camera_rest(plug: Plug, eventually: Eventually) -> None:
    camera = plug()
    first_picture()
    eventually(lambda: not camera.watched)


def test_the_list_is_kept_up_to_date_and_survives_a_restart_of_pipewire(
    plug: Plug, desktop: Desktop, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.sources.pipewire_listing.AGAIN_S", 0.05)
    with closing(Watch()) as watch:
        assert watch.nodes() == ()
        camera = plug()
        eventually(lambda: [node.name for node in watch.nodes()] == [NAME])
        (listed,) = watch.nodes()
        first_picture()  # its state changes, and that is told, too
        eventually(lambda: not camera.watched)
        nodes_now()
        assert watch.nodes() == (listed,)
        camera.close()
        eventually(lambda: watch.nodes() == ())
        desktop.kill_daemon("wireplumber")
        desktop.kill_daemon("pipewire")
        eventually(lambda: watch.nodes() == ())
        desktop.start_daemons()
        plug()
        eventually(lambda: [node.name for node in watch.nodes()] == [NAME])


@contextmanager
def live(world: FakeWorld, settings: Settings) -> Iterator[Engine]:
    """vcam runs with the camera in PipeWire, before green."""
    world.devices = replace(world.devices, open_source=open_source)
    with running(world, settings, silence_s=5) as engine:
        yield engine


def test_vcam_runs_on_it_and_comes_back_when_it_is_plugged_in_again_or_linked_again(
    plug: Plug,
    desktop: Desktop,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(camera_module, "STALL_S", 0.5)
    monkeypatch.setattr(camera_module, "FIRST_FRAME_S", 1.0)

    def draw(agreed: Offer) -> tuple[bytes, int]:
        return encoded("YUYV", secret_room(agreed.sizes.each[0])), 0

    camera = plug(mode("YUYV", SMALL, 30), draw=draw)
    with live(world, settings) as engine:
        eventually(lambda: engine.status.state is State.LIVE)
        assert engine.status.camera.startswith(TITLE)
        assert engine.status.background == str(GREEN)
        camera.close()
        eventually(lambda: engine.status.state is not State.LIVE)
        plug(mode("YUYV", SMALL, 30), draw=draw)
        eventually(lambda: engine.status.state is State.LIVE)
        desktop.kill_daemon("wireplumber")
        eventually(lambda: engine.status.state is not State.LIVE)
        desktop.start_daemon("wireplumber")
        eventually(lambda: engine.status.state is State.LIVE)
    assert not any(shows_secret(image, tolerance=30) for image in world.published)
