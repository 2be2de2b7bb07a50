"""``vcam next`` goes on where a file cannot be shown, and says so once."""

import importlib
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image as Pictures

from vcam.app import App
from vcam.backgrounds import Painter
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import gallery, user_gallery
from vcam.backgrounds.picture import Picture
from vcam.cli import main
from vcam.control.client import ask
from vcam.files import settings_path
from vcam.frames import Size
from vcam.settings import load

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def only_what_hangs_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first video waits until its library is loaded, on a busy machine for seconds."""
    monkeypatch.setattr("vcam.app.OPENS_S", 60.0)


@pytest.fixture
def mine() -> Path:
    """A gallery of mine: of its four files the second and the third are broken."""
    folder = user_gallery()
    folder.mkdir(parents=True)
    for name in ("1.png", "4.png"):
        Pictures.new("RGB", (8, 8)).save(folder / name)
    (folder / "2.png").write_bytes((folder / "1.png").read_bytes()[:-30])
    (folder / "3.mp4").write_text("nothing")
    return folder


def test_in_the_running_vcam(
    mine: Path, served_app: App, capsys: Captured, caplog: pytest.LogCaptureFixture
) -> None:
    ask("set", words=["background=1"], folder="/")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert main(["next"]) == 0
            assert served_app.settings.background == Picture(mine / "4.png")
            assert main(["previous"]) == 0
            assert served_app.settings.background == Picture(mine / "1.png")
    out, err = capsys.readouterr()
    assert out.split() == ["4", "1"] * 3
    told = [line for line in err.splitlines() if "passed over" in line]
    assert len(told) == 2 and "2.png" in told[0] and "3.mp4" in told[1]
    assert len([each for each in caplog.messages if "passed over" in each]) == 2


def test_in_the_settings_file(mine: Path, capsys: Captured) -> None:
    assert main(["set", "background=1"]) == main(["next"]) == 0
    assert load(settings_path()).background == Picture(mine / "4.png")
    assert "passed over" in capsys.readouterr().err
    assert main(["previous"]) == 0
    assert load(settings_path()).background == Picture(mine / "1.png")


def test_a_gallery_of_nothing_else_ends_at_the_blur(
    mine: Path, served_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.backgrounds.choosing.GALLERY", mine)
    for name in ("1.png", "4.png"):
        (mine / name).write_text("nothing")
    for verb in ("next", "previous"):
        assert main([verb]) == 0
        assert isinstance(served_app.settings.background, Blur)


def test_two_at_once_are_two_steps(
    served_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = gallery()[:2]
    ask("set", words=["background=blur"], folder="/")
    acts = [served_app.step(1, gallery())[0] for _ in range(2)]
    assert [act() for act in acts] == [first.background(), second.background()]


@pytest.fixture
def hung(mine: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The second file is on a drive that hangs; the list has the tries to read it."""
    back, tries = threading.Event(), list[Path]()
    real: Callable[[Picture, Size], Painter] = Picture.open

    def opened(self: Picture, size: Size) -> Painter:
        if self.path.name == "2.png":
            tries.append(self.path)
            assert back.wait(30)
        return real(self, size)

    monkeypatch.setattr(Picture, "open", opened)
    importlib.import_module("av")  # only the drive is to take long
    monkeypatch.setattr("vcam.app.OPENS_S", 0.1)
    yield tries
    back.set()


def test_a_drive_that_hangs_is_waited_for_once(
    mine: Path, served_app: App, hung: list[Path], capsys: Captured
) -> None:
    ask("set", words=["background=1"], folder="/")
    for _ in range(2):
        assert main(["next"]) == 0
        assert served_app.settings.background == Picture(mine / "4.png")
        assert main(["previous"]) == 0
    assert len(hung) == 1
    assert capsys.readouterr().err.count("a drive that hangs") == 1
