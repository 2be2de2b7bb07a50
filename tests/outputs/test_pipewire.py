"""Programs that get their cameras from PipeWire see vcam, without any driver.

PipeWire, WirePlumber and the reader, GStreamer's, are real.
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import GREEN, Eventually, running
from pipewire_desktop import Desktop, pictures_in

from vcam.engine.engine import Engine
from vcam.errors import OutputError
from vcam.frames import Image, Size
from vcam.outputs import WatchedOutput, loopback
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.outputs.pipewire import PipeWire
from vcam.outputs.viewers import Viewers
from vcam.settings import Settings
from vcam.status import State
from vcam.testing import FakeWorld, shows_secret

SIZE = Size(96, 54)
RATE = 60.0
READER = "gst-launch-1.0"
"""What GStreamer calls itself."""
NOBODY = Viewers(False, ())


@pytest.fixture
def camera(desktop: Desktop) -> Iterator[PipeWire]:
    with closing(PipeWire(SIZE, RATE)) as camera:
        yield camera


@pytest.fixture
def picture() -> Image:
    noise = np.random.default_rng(1).integers(0, 256, (54, 96, 3), np.uint8)
    return cv2.GaussianBlur(noise, (0, 0), 3).astype(np.uint8)


def show(camera: WatchedOutput, picture: Image, until: Callable[[], object]) -> None:
    """Publish at the usual rate until something has happened."""
    deadline_s = time.monotonic() + 15
    while not until():
        assert time.monotonic() < deadline_s, "it never happened"
        camera.send(picture)
        time.sleep(1 / RATE)


def as_read(file: Path) -> list[Image]:
    """The pictures that a reader has written."""
    shape = (SIZE.height * 3 // 2, SIZE.width)
    whole = pictures_in(file, SIZE) * shape[0] * shape[1]
    planes = np.frombuffer(file.read_bytes()[:whole], np.uint8).reshape(-1, *shape)
    return [cv2.cvtColor(each, cv2.COLOR_YUV2BGR_I420).astype(np.uint8) for each in planes]


def test_a_program_gets_each_picture_exactly_as_it_was_sent(
    desktop: Desktop, camera: PipeWire, picture: Image
) -> None:
    assert camera.name == "vcam (PipeWire)"
    file = desktop.read("reader", pictures=40)
    show(camera, picture, until=lambda: desktop.last_reader.poll() is not None)
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    assert file.read_bytes() == 40 * planes.tobytes()


def test_who_watches_is_known_until_the_program_ends(
    desktop: Desktop, camera: PipeWire, picture: Image
) -> None:
    assert camera.viewers() == NOBODY
    desktop.read("reader", pictures=1_000_000)
    show(camera, picture, until=lambda: camera.viewers() == Viewers(True, (READER,)))
    desktop.last_reader.kill()
    show(camera, picture, until=lambda: camera.viewers() == NOBODY)


def test_two_programs_watch_and_one_that_is_killed_does_not_disturb_the_other(
    desktop: Desktop, camera: PipeWire, picture: Image
) -> None:
    stays = desktop.read("stays", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(stays, SIZE) > 5)
    killed = desktop.read("killed", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(killed, SIZE) > 5)
    desktop.last_reader.kill()
    seen = pictures_in(stays, SIZE)
    show(camera, picture, until=lambda: pictures_in(stays, SIZE) > seen + 20)


@pytest.mark.parametrize("end", ["", "SIGSTOP", "SIGKILL"])
def test_a_program_that_keeps_what_it_gets_and_hangs_does_not_stop_the_others(
    desktop: Desktop, camera: PipeWire, picture: Image, end: str
) -> None:
    before = desktop.read("before", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(before, SIZE) > 5)
    desktop.keep()
    time.sleep(0.5)
    for _ in range(60):
        camera.send(picture)
        time.sleep(1 / RATE)
    if end:
        desktop.last_reader.send_signal(signal.Signals[end])
    seen = pictures_in(before, SIZE)
    show(camera, picture, until=lambda: pictures_in(before, SIZE) > seen + 40)
    later = desktop.read("later", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(later, SIZE) > 20)


def test_a_program_finds_the_camera_by_the_name_it_was_given(
    desktop: Desktop, picture: Image
) -> None:
    with closing(open_output(OutputOptions("pipewire:Desk", SIZE, RATE))) as camera:
        assert camera.name == "Desk (PipeWire)"
        file = desktop.read("reader", 1_000_000, target="vcam.Desk")
        show(camera, picture, until=lambda: pictures_in(file, SIZE) > 5)
        assert 'node.description = "Desk"' in desktop.nodes()


@pytest.mark.parametrize("device", ["", "  "])
def test_without_a_name_it_is_called_vcam(desktop: Desktop, device: str) -> None:
    with closing(PipeWire(SIZE, RATE, device)) as camera:
        assert camera.name == "vcam (PipeWire)"


def test_closing_takes_the_camera_off_the_list(
    desktop: Desktop, eventually: Eventually
) -> None:
    for _ in range(3):
        with closing(PipeWire(SIZE, RATE)):
            eventually(lambda: 'node.name = "vcam"' in desktop.nodes())
        eventually(lambda: 'node.name = "vcam"' not in desktop.nodes())


def test_programs_find_it_again_when_their_session_manager_was_restarted(
    desktop: Desktop, camera: PipeWire, picture: Image
) -> None:
    before = desktop.read("before", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(before, SIZE) > 5)
    desktop.kill_daemon("wireplumber")
    show(camera, picture, until=lambda: camera.viewers() == NOBODY)
    desktop.last_reader.kill()  # GStreamer does not go on by itself
    desktop.start_daemon("wireplumber")
    after = desktop.read("after", pictures=1_000_000)
    show(camera, picture, until=lambda: pictures_in(after, SIZE) > 5)


def test_when_pipewire_ends_the_camera_is_gone(
    desktop: Desktop, camera: PipeWire, picture: Image
) -> None:
    camera.send(picture)
    desktop.kill_daemon("pipewire")
    with pytest.raises(OutputError, match=r"vcam \(PipeWire\) is gone.*systemctl"):
        show(camera, picture, until=lambda: False)


def test_without_pipewire_the_remedy_is_to_install_and_start_it() -> None:
    with pytest.raises(OutputError, match=r"no camera 'vcam' in PipeWire.*Install"):
        PipeWire(SIZE, RATE)


def test_a_wrong_picture_is_refused_with_both_shapes(camera: PipeWire) -> None:
    with pytest.raises(OutputError, match=r"BGR pictures of 96x54.*\(20, 20, 3\)"):
        camera.send(np.zeros((20, 20, 3), np.uint8))


@contextmanager
def live(world: FakeWorld, settings: Settings, device: str) -> Iterator[Engine]:
    """vcam runs, with a fake webcam."""
    world.devices = replace(world.devices, open_output=open_output)
    output = OutputOptions(device, SIZE, RATE)
    with running(world, replace(settings, output=output), silence_s=5) as engine:
        yield engine


def test_the_webcam_runs_only_while_a_program_watches_and_the_room_is_never_seen(
    desktop: Desktop,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loopback, "loaded", lambda system: False)
    with live(world, settings, device="") as engine:
        eventually(lambda: engine.status.state is State.RESTING)
        assert engine.status.output == "vcam (PipeWire)"
        assert not world.sources
        file = desktop.read("reader", pictures=1_000_000)
        eventually(lambda: engine.status.watchers == (READER,))
        eventually(lambda: engine.status.state is State.LIVE)
        assert engine.status.background == str(GREEN)
        eventually(lambda: pictures_in(file, SIZE) > 20)
        desktop.last_reader.kill()
        eventually(lambda: engine.status.state is State.RESTING)
        eventually(lambda: all(source.closed for source in world.sources))
    seen = as_read(file)
    green = [
        image for image in seen if abs(image[27, 80].astype(int) - (0, 255, 0)).max() < 9
    ]
    assert green
    assert not any(shows_secret(image, tolerance=30) for image in seen)


def test_vcam_comes_back_by_itself_when_pipewire_was_restarted(
    desktop: Desktop, world: FakeWorld, settings: Settings, eventually: Eventually
) -> None:
    with live(world, settings, device="pipewire") as engine:
        eventually(lambda: engine.status.state is State.RESTING)
        desktop.kill_daemon("wireplumber")
        desktop.kill_daemon("pipewire")
        eventually(lambda: engine.status.state is State.WAITING)
        desktop.start_daemons()
        file = desktop.read("reader", pictures=1_000_000)
        eventually(lambda: engine.status.state is State.LIVE)
        eventually(lambda: pictures_in(file, SIZE) > 5)
