"""``vcam setup`` with the real modprobe; the machine's ``/etc`` is a copy in memory."""

import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vcam.cli import main
from vcam.system.doctor import Host, linux
from vcam.v4l2.nodes import nodes
from vcam.v4l2.system import System

from .conftest import DRIVER, VIRTUAL, load_loopback, shell, unload_loopback

OBS = Path("/etc/modprobe.d/obs.conf")
OPTIONS = Path("/etc/modprobe.d/vcam.conf")
LOADS = Path("/etc/modules-load.d/vcam.conf")

LIVE = bool(DRIVER)
"""The newer driver adds devices while it is loaded."""

Setup = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module", autouse=True)
def driver_of_the_distribution() -> None:
    """``modprobe`` finds the driver under test, and its tool is on the ``PATH``."""
    if LIVE:
        (place,) = Path("/lib/modules", platform.release()).rglob("v4l2loopback.ko")
        shutil.copy(DRIVER, place)
        shutil.copy(Path(DRIVER).with_name("v4l2loopback-ctl"), "/usr/bin")


@pytest.fixture(autouse=True)
def no_driver() -> Iterator[None]:
    unload_loopback()
    yield
    subprocess.run(["modprobe", "-r", "v4l2loopback"], timeout=60, check=False)
    for file in (OBS, OPTIONS, LOADS):
        file.unlink(missing_ok=True)
    load_loopback()


@pytest.fixture
def setup(capfd: pytest.CaptureFixture[str]) -> Setup:
    """Exit status and output of ``vcam setup``."""

    def run(*words: str) -> tuple[int, str]:
        status = main(["setup", *words])
        return status, "".join(capfd.readouterr())

    return run


def findings() -> list[str]:
    """What the doctor says of this system."""
    found = [each for check in linux.CHECKS for each in check(Host())]
    return [f"{each.mark} {each.check}: {each.what}" for each in found]


def cameras() -> list[tuple[str, str, bool]]:
    """Path, label, and whether it is either read or written."""
    return [
        (node.path, node.name, not (node.capability.captures and node.capability.outputs))
        for node in nodes(System())
        if node.loopback and node.capability is not None
    ]


def test_setup_makes_the_device_again_says_so_and_takes_it_away(setup: Setup) -> None:
    assert "✗ driver: v4l2loopback is installed, but not loaded" in findings()
    status, said = setup()
    assert status == 1, said
    assert "Nothing has been changed" in said
    assert not cameras() and not OPTIONS.exists()
    status, said = setup("--yes")
    assert status == 0, said
    assert cameras() == [(VIRTUAL, "vcam", True)]
    status, said = setup("--yes")
    assert status == 0 and "nothing to do" in said, said
    assert f"✓ virtual camera: vcam ({VIRTUAL})" in findings()
    assert "✓ after a restart: v4l2loopback is loaded with its options" in findings()
    shell("modprobe", "-r", "v4l2loopback")
    shell("modprobe", "v4l2loopback")
    assert cameras() == [(VIRTUAL, "vcam", True)], "as after a restart"
    status, said = setup("--remove", "--yes")
    assert status == 0, said
    assert not cameras() and not OPTIONS.exists() and not LOADS.exists()
    assert not Path("/sys/module/v4l2loopback").exists()


def test_the_device_of_another_program_is_left_as_it_is(setup: Setup) -> None:
    OBS.write_text(
        'options v4l2loopback devices=1 video_nr=9 card_label="OBS Virtual Camera"\n'
    )
    shell("modprobe", "v4l2loopback")
    obs = ("/dev/video9", "OBS Virtual Camera", False)
    assert cameras() == [obs]
    with (
        Path("/dev/video9").open("rb") as device,
        subprocess.Popen(["sleep", "120"], stdin=device) as program,
    ):
        status, said = setup("--yes")
        if LIVE:
            assert status == 0, said
        else:
            assert status == 1, said
            assert "OBS Virtual Camera (/dev/video9) is used by sleep" in said
        program.kill()
    status, said = setup("--yes")
    assert status == 0, said
    assert cameras() == [obs, (VIRTUAL, "vcam", True)]
    shell("modprobe", "-r", "v4l2loopback")
    shell("modprobe", "v4l2loopback")
    assert cameras() == [obs, (VIRTUAL, "vcam", True)], "as after a restart"
    status, said = setup("--remove", "--yes")
    assert status == 0, said
    assert ("stays until the next start" in said) is not LIVE
    assert (cameras() == [obs]) is LIVE
    assert OBS.exists() and not OPTIONS.exists()


def test_a_device_without_exclusive_caps_is_made_anew(setup: Setup) -> None:
    shell("modprobe", "v4l2loopback", "video_nr=7", "card_label=vcam")
    assert cameras() == [("/dev/video7", "vcam", False)]
    status, said = setup("--yes")
    assert status == 0, said
    assert cameras() == [("/dev/video7", "vcam", True)]
