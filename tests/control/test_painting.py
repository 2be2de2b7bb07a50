"""Painting on the camera's picture: what the studio asks for, and the two commands."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import Eventually

from vcam.app import App
from vcam.cli import main
from vcam.control.client import ask
from vcam.errors import ControlError, SettingsError, UsageError
from vcam.files import settings_path
from vcam.frames import Image
from vcam.regions import COLUMNS, ROWS, Region, Regions
from vcam.regions.files import folder_beside, load, save
from vcam.sources.options import SourceOptions
from vcam.status import Hold
from vcam.testing import SECRET, FakeWorld, shows_secret

CAMERA = "fake camera"
EMPTY = ["." * COLUMNS] * ROWS
RIGHT = ["." * 120 + "k" * 40] * 60 + ["." * COLUMNS] * 30
"""The upper right corner is kept."""
LEFT = [row[::-1] for row in RIGHT]
DOOR = ["d" * 40 + "." * 120] * ROWS


@pytest.fixture
def canvas(served_app: App, eventually: Eventually) -> Callable[[], dict[str, Any]]:
    """What there is to paint on, once the camera is on."""

    def found() -> dict[str, Any]:
        eventually(lambda: ask("canvas")["jpeg"])
        return ask("canvas")

    return found


def picture(jpeg: str) -> Image:
    data = np.frombuffer(base64.b64decode(jpeg), np.uint8)
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def folder() -> Any:
    return folder_beside(settings_path())


def test_what_is_painted_is_on_air_at_once_saved_and_said(
    served_app: App,
    canvas: Callable[[], dict[str, Any]],
    world: FakeWorld,
    eventually: Eventually,
) -> None:
    found = canvas()
    assert (found["camera"], found["name"]) == (CAMERA, CAMERA)
    assert found["rows"] == EMPTY
    seen = picture(found["jpeg"])
    assert shows_secret(seen, 40) and seen.shape == (54, 96, 3)
    told = ask("paint", camera=CAMERA, rows=RIGHT)
    assert told["kept"] == pytest.approx(1 / 6, abs=0.001) and told["dropped"] == 0
    eventually(lambda: (world.published[-1][8:24, 80:90] == SECRET).all())
    eventually(lambda: "a part of your room is kept" in ask("status")["headline"])
    assert ask("status")["keeps"] is True
    assert canvas()["rows"] == RIGHT
    assert load(folder()).of(CAMERA).rows() == RIGHT
    ask("paint", camera=CAMERA, rows=EMPTY)
    sent = len(world.published)
    eventually(lambda: len(world.published) > sent + 3)
    assert not any(map(shows_secret, world.published[sent:]))
    assert list(load(folder())) == [] and list(folder().iterdir()) == []


def test_it_is_painted_as_the_user_sees_it_and_kept_as_the_camera_does(
    served_app: App, canvas: Callable[[], dict[str, Any]], eventually: Eventually
) -> None:
    served_app.change(lambda now: replace(now, source=SourceOptions(mirror=True)))
    eventually(lambda: shows_secret(picture(canvas()["jpeg"])[:, :30], 40))
    ask("paint", camera=CAMERA, rows=LEFT)
    assert served_app.regions.of(CAMERA).rows() == RIGHT
    served_app.change(lambda now: replace(now, source=SourceOptions(mirror=False)))
    eventually(lambda: canvas()["rows"] == RIGHT)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"camera": 1, "rows": RIGHT}, "no camera"),
        ({"camera": CAMERA, "rows": "k"}, "no camera"),
        ({"camera": CAMERA, "rows": [1] * 90}, "no camera"),
        ({"camera": CAMERA, "rows": EMPTY[:-1]}, "does not fit the picture"),
        ({"camera": CAMERA, "rows": ["x" * COLUMNS] * ROWS}, "does not fit the picture"),
        ({"camera": CAMERA, "rows": ["k" * COLUMNS] * ROWS}, "100 % of the picture"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    served_app: App, canvas: Callable[[], dict[str, Any]], given: Any, says: str
) -> None:
    canvas()
    with pytest.raises(UsageError, match=says):
        ask("paint", **given)
    assert served_app.regions == Regions()


def test_nobody_paints_on_a_camera_that_is_off_or_another(
    served_app: App, canvas: Callable[[], dict[str, Any]]
) -> None:
    canvas()
    with pytest.raises(ControlError, match="is not on"):
        ask("paint", camera="another", rows=RIGHT)
    served_app.hold(Hold.PAUSE)
    assert ask("canvas") == {"jpeg": None}
    with pytest.raises(ControlError, match="is not on"):
        ask("paint", camera=CAMERA, rows=RIGHT)


def test_what_was_painted_is_there_at_the_next_start(world: FakeWorld) -> None:
    save(Region.of_rows(CAMERA, RIGHT), folder())
    app = App(settings_path(), world.devices)
    assert app.regions.of(CAMERA).rows() == RIGHT
    app.close()


def test_vcam_does_not_start_with_a_region_that_it_cannot_read(world: FakeWorld) -> None:
    folder().mkdir(parents=True)
    (folder() / "x.toml").write_text("cells = 1")
    with pytest.raises(SettingsError, match="cannot be read"):
        App(settings_path(), world.devices)


# The commands.


def says(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert main(words) == status
    told = capsys.readouterr()
    return told.out if status == 0 else told.err


BOTH = [row[:40] + other[40:] for row, other in zip(DOOR, RIGHT, strict=True)]


@pytest.mark.parametrize("running", [True, False])
def test_keep_and_drop_are_shown_and_cleared(
    running: bool, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    if running:
        app: App = request.getfixturevalue("served_app")
        app.paint(Region.of_rows(CAMERA, BOTH))
    else:
        save(Region.of_rows(CAMERA, BOTH), folder())
    text = says(capsys, "keep")
    assert text.startswith("16.7 % of the picture of fake camera is kept:\n  ···")
    assert text.splitlines()[1] == "  " + "·" * 30 + "#" * 10
    text = says(capsys, "drop")
    assert "25.0 % of the picture of fake camera is dropped" in text
    assert text.splitlines()[-1] == "  " + "x" * 10 + "·" * 30
    (told,) = json.loads(says(capsys, "keep", "--json"))["regions"]
    assert told["camera"] == CAMERA and told["rows"] == BOTH
    assert says(capsys, "keep", "clear") == "Nothing is kept.\n"
    assert "Paint it in the studio: vcam studio" in says(capsys, "keep")
    assert load(folder()).of(CAMERA).rows() == DOOR, "what is dropped stays"
    assert says(capsys, "drop", "clear", "--camera", CAMERA) == "Nothing is dropped.\n"
    assert list(load(folder())) == []


@pytest.mark.parametrize("running", [True, False])
def test_of_two_cameras_one_is_cleared(
    running: bool, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    for camera in ("a", "b"):
        save(Region.of_rows(camera, RIGHT), folder())
    if running:
        request.getfixturevalue("served_app")
    says(capsys, "keep", "clear", "--camera", "a")
    assert [each.camera for each in load(folder())] == ["b"]
    told = says(capsys, "keep", "clear", "--camera", "c", status=2)
    assert "Nothing was painted for a camera 'c'" in told and "Known are 'b'" in told
    assert [each.camera for each in load(folder())] == ["b"]
