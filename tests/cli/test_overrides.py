"""``--set OPTION=VALUE``: an option of `vcam set`, for one run of another command."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from ttf_opensans import OPENSANS_EXTRABOLD

from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.cli.parsing import Parser
from vcam.cli.run import configure, made
from vcam.files import settings_path
from vcam.frames import Image, Size
from vcam.presenter import Presenter
from vcam.settings import Settings, load

SIZE = Size(320, 180)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the user is in, with a photo."""
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("me.png", Presenter(SIZE).draw(0.0).image)
    return tmp_path


def written(name: str) -> Image:
    image = cv2.imread(name)
    assert image is not None
    return np.asarray(image, np.uint8)


@pytest.mark.parametrize("command", ["snap", "render"])
def test_the_words_of_set_say_what_a_picture_becomes(command: str, here: Path) -> None:
    assert main([command, "me.png", "flags.png", "-b", "teal", "--flip"]) == 0
    words = ["--set", "background=teal", "--set", "source.flip=on"]
    assert main([command, "me.png", "set.png", *words]) == 0
    assert (written("set.png") == written("flags.png")).all()
    plate = ["-b", "teal", "--flip", "--set", "name=Ada"]
    assert main([command, "me.png", "plate.png", *plate]) == 0
    differ = (written("plate.png") != written("flags.png")).any(axis=2)
    assert 0.005 < differ.mean() < 0.2, "the name plate alone"
    assert load(settings_path()) == Settings(), "nothing is saved"


@pytest.mark.parametrize("command", ["snap", "render"])
def test_a_name_plate_is_written_in_the_font_that_is_given(
    command: str, here: Path
) -> None:
    plate = ["-b", "teal", "--set", "name=Ada"]
    assert main([command, "me.png", "usual.png", *plate]) == 0
    font = f"font={OPENSANS_EXTRABOLD.path}"
    assert main([command, "me.png", "own.png", *plate, "--set", font]) == 0
    assert (written("own.png") != written("usual.png")).any()


def test_a_demo_takes_them_too(here: Path) -> None:
    words = ["--set", "background=#123456", "--set", "name=Ada", "--seconds", "0.1"]
    assert main(["demo", "-o", "d", "--size", "160x90", *words]) == 0
    assert Path("d/before-after.jpg").exists()


def test_a_running_vcam_has_them_until_it_ends(here: Path) -> None:
    parser = Parser()
    configure(parser)
    words = ["--device", "nothing", "--set", "background=teal", "--set", "fps=15"]
    app = made(parser.parse([*words, "--set", "mirror=on", "--fps", "20"]))
    try:
        assert app.settings.background == Color("teal")
        assert app.settings.source.mirror
        assert app.settings.output.fps == 20, "the option of its own says more"
    finally:
        app.close()
    assert load(settings_path()) == Settings()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["snap", "me.png", "o.png", "--set", "fps=30"], "output.fps cannot be seen"),
        (["render", "me.png", "o.png", "--set", "camera=1"], "source.camera cannot be"),
        (["demo", "--set", "rotate=90"], "source.rotate cannot be seen"),
        (["snap", "me.png", "o.png", "--mask", "--set", "name=A"], "name cannot be seen"),
        (
            ["render", "me.png", "o.png", "--alpha", "--set", "background=teal"],
            "background cannot be seen",
        ),
        (["render", "me.png", "o.png", "--set", "nmae=A"], "Did you mean 'name'?"),
        (["run", "--set", "teal"], "Did you mean background=teal?"),
        (["snap", "me.png", "o.png", "--set", "edge=99"], "edge"),
        (["snap", "me.png", "o.png", "--set", "background=no.png"], "no such file"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(
    words: list[str], says: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert says in capsys.readouterr().err
    assert [each.name for each in here.iterdir()] == ["me.png"]
