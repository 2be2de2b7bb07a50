import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_video import CAPTURE, OUTPUT, Device, Video
from systems import LINUX

from vcam.errors import NotSetUpError, OutputError
from vcam.frames import Image, Size
from vcam.outputs import Output, virtual_camera, windows_cameras
from vcam.outputs.virtual_camera import VirtualCamera
from vcam.outputs.windows_cameras import Installed
from vcam.tray.menu import SIZES

SIZE = Size(64, 36)
CARD = np.full((36, 64, 3), 40, np.uint8)


class Driver:
    """What stands in for pyvirtualcam: it writes down what it is told."""

    def __init__(self, device: str = "", video: Video | None = None) -> None:
        self.device = device
        self.video = video
        self.sent: list[Image] = []
        self.closed = 0
        self.opened: list[tuple[Size, float, str | None, str | None]] = []
        self.takes: tuple[str, Size] | None = None
        """What the kernel's driver settles on, when it is not what was asked."""
        self.refusal: Exception | None = None

    def open(
        self, size: Size, fps: float, device: str | None, backend: str | None
    ) -> "Driver":
        self.opened.append((size, fps, device, backend))
        if self.refusal is not None:
            raise self.refusal
        if self.video is not None and device is not None:
            self.video.devices[device].taken = self.takes or ("YU12", size)
        self.device = device or self.device or "OBS Virtual Camera"
        return self

    def send(self, frame: Image) -> None:
        assert frame.flags.c_contiguous
        self.sent.append(frame.copy())

    def close(self) -> None:
        self.closed += 1


@pytest.fixture(autouse=True)
def nothing_was_closed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_cameras, "_closed_s", {})


@pytest.fixture
def video(tmp_path: Path) -> Video:
    if not LINUX:
        pytest.skip("only on Linux: v4l2loopback")
    return Video(tmp_path)


@pytest.fixture
def driver(video: Video) -> Driver:
    return Driver(video=video)


def take(
    video: Video, driver: Driver, device: str = "", size: Size = SIZE
) -> VirtualCamera:
    return VirtualCamera(
        size, 30, device, open_driver=driver.open, system=video.system, platform="linux"
    )


OBS = Installed("OBS Virtual Camera", "obs")
UNITY = Installed("Unity Video Capture", "unitycapture")
SECOND = Installed("Desk", "unitycapture")
IN_USE = RuntimeError("'obs' backend: virtual camera output could not be started")
"""pyvirtualcam's words."""


def elsewhere(
    driver: Driver, platform: str, device: str = "", *installed: Installed
) -> VirtualCamera:
    return VirtualCamera(
        SIZE,
        30,
        device,
        open_driver=driver.open,
        platform=platform,
        installed=lambda: installed,
    )


def test_the_device_labelled_vcam_is_taken_among_several(
    video: Video, driver: Driver
) -> None:
    video.loopback(9, "OBS Virtual Camera")
    ours = video.loopback(10, "vcam")
    video.loopback(11, "Telephone")
    camera: Output = take(video, driver)
    assert camera.name == f"vcam ({ours})"
    assert driver.opened == [(SIZE, 30, ours, "v4l2loopback")]


def test_the_only_device_is_taken_whatever_its_label(video: Video, driver: Driver) -> None:
    only = video.loopback(0, "Dummy video device (0x0000)")
    video.plug(1, Device())
    take(video, driver)
    assert driver.opened[0][2] == only


def test_among_several_unlabelled_devices_none_is_guessed(
    video: Video, driver: Driver
) -> None:
    video.loopback(4, "OBS Virtual Camera")
    video.loopback(5, "Telephone")
    with pytest.raises(OutputError, match=r"2 virtual cameras.*OBS.*Telephone.*--device"):
        take(video, driver)
    assert not driver.opened


@pytest.mark.parametrize("wanted", ["telephone", "phone", "5", "path"])
def test_a_device_is_chosen_by_label_part_number_or_path(
    video: Video, driver: Driver, wanted: str
) -> None:
    video.loopback(4, "vcam")
    path = video.loopback(5, "Telephone")
    take(video, driver, path if wanted == "path" else wanted)
    assert driver.opened[0][2] == path


def test_an_unknown_device_is_answered_with_what_there_is(
    video: Video, driver: Driver
) -> None:
    video.loopback(10, "vcam")
    with pytest.raises(OutputError, match=r"no virtual camera 'beamer'.*vcam \("):
        take(video, driver, "beamer")


def test_a_label_that_fits_two_devices_is_answered_with_both(
    video: Video, driver: Driver
) -> None:
    video.loopback(4, "Room A")
    video.loopback(5, "Room B")
    with pytest.raises(OutputError, match=r"2 virtual cameras: Room A.*Room B"):
        take(video, driver, "room")


def test_a_real_camera_is_never_written_to(video: Video, driver: Driver) -> None:
    video.loopback(10, "vcam")
    webcam = video.plug(0, Device(card="Webcam"))
    with pytest.raises(OutputError, match="is Webcam, not a virtual camera"):
        take(video, driver, webcam)


def test_without_the_driver_the_remedy_is_the_command(video: Video, driver: Driver) -> None:
    with pytest.raises(OutputError, match=r"not loaded.*`vcam setup`"):
        take(video, driver)


def test_a_driver_without_a_device_is_told_apart(video: Video, driver: Driver) -> None:
    (video.root / "sys" / "module" / "v4l2loopback").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"has no device.*modprobe -r"):
        take(video, driver)


def test_without_the_permission_the_remedy_is_the_group(
    video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam")
    video.devices[path].refusal = 13
    with pytest.raises(
        OutputError, match="not allowed.*usermod -aG video".replace(".", r".")
    ):
        take(video, driver)


def test_a_producer_that_is_there_already_is_named(video: Video, driver: Driver) -> None:
    path = video.loopback(10, "vcam", CAPTURE)
    video.hold(4711, "vcam", path, flags=os.O_WRONLY)
    with pytest.raises(OutputError, match=r"already fed by vcam \(process 4711\)"):
        take(video, driver)


def test_a_producer_that_can_also_read_is_recognised_by_what_it_does(
    video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam", CAPTURE)
    video.hold(4711, "ffmpeg", path)
    with pytest.raises(OutputError, match="already fed by ffmpeg"):
        take(video, driver)


def test_a_device_stuck_after_its_last_writer_is_rescued(
    video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam")
    video.devices[path].stuck = True
    take(video, driver)
    assert not video.devices[path].stuck
    assert len(driver.opened) == 1


def test_a_call_that_only_reads_does_not_stop_the_rescue(
    video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam")
    video.devices[path].stuck = True
    video.hold(4711, "chromium", path, maps=True)
    take(video, driver)


def test_a_device_with_a_kept_format_is_answered_with_the_cure(
    video: Video, driver: Driver
) -> None:
    video.loopback(10, "vcam", CAPTURE)
    with pytest.raises(OutputError, match=r"keep_format=0"):
        take(video, driver)
    assert not driver.opened, "pyvirtualcam leaks a descriptor for what it refuses"


def test_a_size_the_driver_did_not_take_is_noticed(video: Video, driver: Driver) -> None:
    path = video.loopback(10, "vcam")
    video.hold(4711, "chromium", path, maps=True)
    driver.takes = ("YU12", Size(640, 480))
    with pytest.raises(OutputError, match=r"stays at YU12 640x480.*Close chromium"):
        take(video, driver)
    assert driver.closed == 1


def test_a_format_the_driver_did_not_take_is_noticed(video: Video, driver: Driver) -> None:
    video.loopback(10, "vcam")
    driver.takes = ("YUYV", SIZE)
    with pytest.raises(OutputError, match="stays at YUYV"):
        take(video, driver)


def test_what_pyvirtualcam_refuses_is_told_with_a_remedy(
    video: Video, driver: Driver
) -> None:
    video.loopback(10, "vcam")
    driver.refusal = RuntimeError("could not be configured: Invalid argument")
    with pytest.raises(OutputError, match=r"Invalid argument.*modprobe -r"):
        take(video, driver)


def test_pictures_arrive_as_they_were_sent(video: Video, driver: Driver) -> None:
    video.loopback(10, "vcam")
    camera = take(video, driver)
    picture = np.random.default_rng(1).integers(0, 255, (36, 64, 3), np.uint8)
    camera.send(picture)
    camera.send(picture[:, ::-1])
    assert np.array_equal(driver.sent[0], picture)
    assert np.array_equal(driver.sent[1], picture[:, ::-1])


@pytest.mark.parametrize(
    "wrong", [np.zeros((64, 36, 3), np.uint8), np.zeros((36, 64, 3)), CARD[:, :, 0]]
)
def test_a_wrong_picture_is_refused_with_both_shapes(
    video: Video, driver: Driver, wrong: Any
) -> None:
    video.loopback(10, "vcam")
    with pytest.raises(OutputError, match="64x36"):
        take(video, driver).send(wrong)
    assert not driver.sent


@pytest.mark.parametrize("size", [Size(63, 36), Size(64, 35), Size(0, 0)])
def test_an_odd_size_is_refused_before_the_device_is_touched(
    video: Video, driver: Driver, size: Size
) -> None:
    video.loopback(10, "vcam")
    with pytest.raises(OutputError, match="even width and height"):
        take(video, driver, size=size)
    assert not driver.opened


def test_a_device_that_is_gone_is_noticed(
    video: Video, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(virtual_camera, "CHECK_S", 0.0)
    path = video.loopback(10, "vcam")
    camera = take(video, driver)
    camera.send(CARD)
    video.unplug(path)
    with pytest.raises(OutputError, match="is gone"):
        camera.send(CARD)
    camera.close()
    assert driver.closed == 1


@pytest.mark.parametrize("readers", [None, 0], ids=["0.12", "0.13"])
def test_closing_leaves_the_device_usable_for_the_next_program(
    readers: int | None, video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam")
    video.devices[path].readers = readers
    camera = take(video, driver)
    video.devices[path].stuck = True
    camera.close()
    assert not video.devices[path].stuck
    assert not video.fds, "a device was left open"


def test_closing_does_not_disturb_a_program_that_has_taken_over(
    video: Video, driver: Driver
) -> None:
    path = video.loopback(10, "vcam", OUTPUT)
    camera = take(video, driver)
    video.devices[path].stuck = True
    video.hold(4711, "obs", path)
    camera.close()
    assert video.devices[path].stuck


@pytest.mark.parametrize(
    ("device", "opened"),
    [
        ("", (None, "obs")),
        ("obs", (None, "obs")),
        ("OBS Virtual Camera", (None, "obs")),
        ("unitycapture", ("Unity Video Capture", "unitycapture")),
        ("unity video capture", ("Unity Video Capture", "unitycapture")),
        ("Desk", ("Desk", "unitycapture")),
    ],
)
def test_on_windows_the_camera_that_is_named_is_taken(
    device: str, opened: tuple[str | None, str]
) -> None:
    driver = Driver()
    camera = elsewhere(driver, "win32", device, OBS, UNITY, SECOND)
    assert driver.opened == [(SIZE, 30, *opened)]
    assert camera.name == (opened[0] or "OBS Virtual Camera")
    camera.send(CARD)
    camera.close()
    assert len(driver.sent) == driver.closed == 1


def test_on_windows_the_only_one_that_is_installed_is_taken_and_named() -> None:
    driver = Driver()
    camera = elsewhere(driver, "win32", "", UNITY)
    assert driver.opened == [(SIZE, 30, "Unity Video Capture", "unitycapture")]
    assert camera.name == "Unity Video Capture"


def test_on_macos_it_is_obs_s() -> None:
    driver = Driver()
    assert elsewhere(driver, "darwin").name == "OBS Virtual Camera"
    assert driver.opened == [(SIZE, 30, None, "obs")]


@pytest.mark.parametrize(
    ("size", "instead"),
    [
        (Size(854, 480), Size(864, 480)),
        (Size(426, 240), Size(416, 240)),
        (Size(720, 1280), Size(736, 1280)),
        (Size(34, 34), Size(32, 34)),
    ],
)
def test_what_would_be_green_on_a_mac_is_refused_with_a_size_that_works(
    size: Size, instead: Size
) -> None:
    driver = Driver()
    with pytest.raises(OutputError, match=f"green on a Mac with {size}.*{instead}"):
        VirtualCamera(size, 30, open_driver=driver.open, platform="darwin")
    assert not driver.opened
    VirtualCamera(instead, 30, open_driver=driver.open, platform="darwin").close()
    VirtualCamera(
        size, 30, open_driver=driver.open, platform="win32", installed=lambda: (OBS,)
    ).close()


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_every_size_of_the_menu_works_on_a_mac(size: Size) -> None:
    driver = Driver()
    VirtualCamera(size, 30, open_driver=driver.open, platform="darwin").close()
    assert driver.opened


@pytest.mark.parametrize(
    ("device", "installed", "what", "remedy"),
    [
        ("", (), "neither OBS Virtual Camera nor UnityCapture", "obsproject.com"),
        ("desk", (), "neither OBS Virtual Camera nor UnityCapture", "obsproject.com"),
        ("obs", (UNITY,), "OBS Virtual Camera is not installed", "obsproject.com"),
        ("unitycapture", (OBS,), "UnityCapture is not installed", "Install.bat"),
    ],
)
def test_on_windows_only_what_is_not_installed_is_to_be_installed(
    device: str, installed: tuple[Installed, ...], what: str, remedy: str
) -> None:
    driver = Driver()
    with pytest.raises(NotSetUpError, match=what) as told:
        elsewhere(driver, "win32", device, *installed)
    assert remedy in told.value.remedy
    assert not driver.opened


def test_on_windows_an_unknown_camera_is_answered_with_what_there_is() -> None:
    with pytest.raises(OutputError, match="no virtual camera 'beamer'") as told:
        elsewhere(Driver(), "win32", "beamer", OBS, UNITY)
    assert told.value.remedy == "There is: OBS Virtual Camera and Unity Video Capture"


def test_obs_s_camera_that_another_program_feeds_is_busy_and_not_missing() -> None:
    driver = Driver()
    driver.refusal = IN_USE
    with pytest.raises(OutputError, match="is in use by another program") as told:
        elsewhere(driver, "win32", "", OBS)
    assert not isinstance(told.value, NotSetUpError)
    assert "Stop Virtual Camera" in told.value.remedy
    assert "nstall" not in str(told.value)
    assert len(driver.opened) == 1, "nobody waits for a program that goes on"


def test_when_obs_s_camera_is_busy_another_one_is_taken_and_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Busy(Driver):
        def open(
            self, size: Size, fps: float, device: str | None, backend: str | None
        ) -> Driver:
            self.refusal = IN_USE if backend == "obs" else None
            return super().open(size, fps, device, backend)

    assert elsewhere(Busy(), "win32", "", OBS, UNITY).name == "Unity Video Capture"
    assert "publishing to Unity Video Capture instead" in caplog.text


def test_a_change_of_size_during_a_call_comes_back_to_obs_s_camera() -> None:
    """The call keeps the memory of the old size until its next picture."""

    class Held(Driver):
        def open(
            self, size: Size, fps: float, device: str | None, backend: str | None
        ) -> Driver:
            self.refusal = IN_USE if len(self.opened) in (1, 2) else None
            return super().open(size, fps, device, backend)

    driver = Held()
    elsewhere(driver, "win32", "", OBS, UNITY).close()
    assert elsewhere(driver, "win32", "", OBS, UNITY).name == "OBS Virtual Camera"
    assert [backend for *_, backend in driver.opened] == ["obs"] * 4


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (ImportError("DLL load failed while importing _native_windows_obs: …"), "VCRedist"),
        (ImportError("No module named 'pyvirtualcam'"), "`vcam doctor`"),
        (RuntimeError("Unsupported image format."), "Restart the computer"),
    ],
)
def test_what_else_keeps_it_from_opening_on_windows_has_its_own_cure(
    error: Exception, remedy: str
) -> None:
    driver = Driver()
    driver.refusal = error
    with pytest.raises(OutputError, match=r"does not open: \w") as told:
        elsewhere(driver, "win32", "", OBS)
    assert remedy in told.value.remedy


@pytest.mark.parametrize(
    ("said", "kind", "remedy"),
    [
        ("OBS Virtual Camera is not installed in your system.", NotSetUpError, "Settings"),
        ("'obs' backend:\nCouldn't start stream", OutputError, "Stop Virtual Camera"),
    ],
)
def test_on_macos_busy_is_not_missing(
    said: str, kind: type[OutputError], remedy: str
) -> None:
    driver = Driver()
    driver.refusal = RuntimeError(said)
    with pytest.raises(OutputError) as told:
        elsewhere(driver, "darwin")
    assert type(told.value) is kind
    assert remedy in told.value.remedy
    assert "\n" not in str(told.value)


def test_obs_s_camera_on_windows_needs_a_picture_before_ten_reads_of_the_same() -> None:
    assert elsewhere(Driver(), "win32", "", OBS).longest_pause_s < 1 / 4 < 10 / 30
    assert elsewhere(Driver(), "win32", "", UNITY).longest_pause_s == float("inf")
    assert elsewhere(Driver(), "darwin").longest_pause_s == float("inf")
