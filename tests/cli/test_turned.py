"""A camera, picture or video that is upside down or on its side, on the command line."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.cli import main
from vcam.files import settings_path
from vcam.frames import Size
from vcam.imaging.orientation import AS_IT_IS, Orientation
from vcam.imaging.resize import turned
from vcam.presenter import Presenter
from vcam.settings import load

SIZE = Size(640, 360)
WORDS = {
    "--rotate 90": Orientation.of(90, False, False),
    "--rotate 180": Orientation.of(180, False, False),
    "--rotate 270 --flip": Orientation.of(270, True, False),
    "--flip": Orientation.of(0, True, False),
}


@pytest.fixture(scope="module")
def drawing() -> Any:
    return Presenter(SIZE).draw(1.0)


def written(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("command", ["snap", "render"])
def test_a_picture_that_is_not_upright_is_turned_before_the_person_is_searched(
    command: str, words: str, drawing: Any, tmp_path: Path
) -> None:
    given, result = tmp_path / "given.png", tmp_path / "result.png"
    cv2.imwrite(str(given), turned(drawing.image, AS_IT_IS.since(WORDS[words])))
    options = [*words.split(), "--background", "#00ff00"]
    assert main([command, str(given), str(result), *options]) == 0
    shown = written(result)
    assert shown.shape == drawing.image.shape
    room, person = drawing.alpha == 0, drawing.alpha == 255
    assert (shown[room] == (0, 255, 0)).all(axis=1).mean() > 0.97
    off = np.abs(shown[person].astype(int) - drawing.image[person]).max(axis=1)
    assert (off < 8).mean() > 0.97


def test_without_turning_it_half_of_the_person_is_missed(
    drawing: Any, tmp_path: Path
) -> None:
    given, result = tmp_path / "given.png", tmp_path / "mask.png"
    upside_down = turned(drawing.image, WORDS["--rotate 180"])
    cv2.imwrite(str(given), upside_down)
    assert main(["snap", str(given), str(result), "--mask"]) == 0
    person = turned(drawing.alpha, WORDS["--rotate 180"]) == 255
    missed = (written(result)[person] < 128).mean()
    assert missed > 0.3
    assert main(["snap", str(given), str(result), "--mask", "--rotate", "180"]) == 0
    assert (written(result)[drawing.alpha == 255] < 128).mean() < 0.01


@pytest.mark.parametrize("command", ["run", "snap", "render"])
def test_only_quarters_are_turned(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    files = ["a.png", "b.png"] if command != "run" else []
    assert main([command, *files, "--rotate", "45"]) == 2
    assert "0, 90, 180, 270" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("rotate=45", "Choose 0, 90, 180 or 270"),
        ("rotate=-90", "Choose 0, 90, 180 or 270"),
        ("rotate=left", "Write a whole number"),
        ("flip=180", "Write on or off"),
    ],
)
def test_set_says_what_can_be_chosen(
    word: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", word]) == 2
    assert says in capsys.readouterr().err


def test_set_keeps_it_for_the_next_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "rotate=270", "flip=on"]) == 0
    source = load(settings_path()).source
    assert (source.rotate, source.flip) == (270, True)
    assert main(["set", "rotate=default", "flip=toggle"]) == 0
    source = load(settings_path()).source
    assert (source.rotate, source.flip) == (0, False)
