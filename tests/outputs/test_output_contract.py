"""What every output of the table must do; a new row is tested as it is."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vcam.app import App
from vcam.errors import OutputError
from vcam.files import settings_path
from vcam.frames import Size
from vcam.outputs import WatchedOutput
from vcam.outputs.nothing import Nothing
from vcam.outputs.opening import OUTPUTS, open_output
from vcam.outputs.options import OutputOptions
from vcam.outputs.viewers import Viewers
from vcam.settings import Settings, save
from vcam.status import State
from vcam.testing import HURRY, FakeWorld

SIZE = Size(64, 36)


@pytest.fixture(autouse=True)
def a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(params=OUTPUTS)
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind, and what it needs."""
    if request.param == "pipewire":
        request.getfixturevalue("desktop")
    return str(request.param)


def test_it_takes_pictures_and_says_who_watches(kind: str) -> None:
    try:
        output: WatchedOutput = open_output(OutputOptions(kind, SIZE, 30))
    except OutputError as error:
        pytest.skip(f"not on this machine: {error}")
    try:
        assert output.name and output.size == SIZE
        assert isinstance(output.viewers(), Viewers)
        for value in (0, 255):
            image = np.full((SIZE.height, SIZE.width, 3), value, np.uint8)
            image.flags.writeable = False
            output.send(image)
    finally:
        output.close()


def test_when_it_cannot_be_opened_it_says_what_to_do(kind: str) -> None:
    try:
        open_output(OutputOptions(f"{kind}:no such device", SIZE, 30)).close()
    except OutputError as error:
        assert "no such device" in error.what and error.remedy


def test_an_output_is_opened_by_its_kind_and_gets_the_rest_of_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[Size, float, str]] = []

    def opened(size: Size, fps: float, device: str) -> Nothing:
        asked.append((size, fps, device))
        return Nothing(size)

    monkeypatch.setitem(OUTPUTS, "wall", opened)
    for device in ("wall", "Wall:north:2"):
        open_output(OutputOptions(device, SIZE, 25)).close()
    assert asked == [(SIZE, 25, ""), (SIZE, 25, "north:2")]


def test_the_live_camera_publishes_to_an_output_of_the_table(
    world: FakeWorld, eventually: Callable[[Callable[[], object]], None]
) -> None:
    output = OutputOptions("nothing", SIZE)
    save(Settings(output=output), settings_path())
    app = App(
        settings_path(), replace(world.devices, open_output=open_output), timeouts=HURRY
    )
    app.start()
    try:
        eventually(lambda: app.status.state is State.LIVE)
        assert app.status.output == "nowhere"
    finally:
        app.close()


def test_the_contract_of_outputs_knows_no_operating_system() -> None:
    check = (
        "import sys, vcam.outputs, vcam.outputs.opening; "
        "print(*(name for name in sys.modules if 'v4l2' in name or 'loopback' in name))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
