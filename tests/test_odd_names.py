"""Files may be called anything: they are used all the same, and steer nothing."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pictures
from systems import WINDOWS

from vcam.app import App
from vcam.backgrounds.choosing import gallery, user_gallery
from vcam.cli import main
from vcam.control.client import ask
from vcam.files import settings_path
from vcam.frames import Size
from vcam.outputs.video import VideoFileOutput
from vcam.printable import printable
from vcam.settings import load
from vcam.sources.opening import open_file

Captured = pytest.CaptureFixture[str]

STEMS = {
    "a colon": "12:30",
    "an address": "http:",
    "a protocol": "pipe:0",
    "spaces": "  my  holiday ",
    "quotes": '"it\'s" `me`',
    "percent signs": "100%d %03d %s %%",
    "a leading dash": "--help",
    "an emoji": "👨‍👩‍👧 🏖",
    "right to left": "חופשה \u202egpj",
    "no text": "caf\udce9",
    "lines": "two\nlines\r\x1b[2J",
    "braces": "{x} $HOME * [a] \\n",
    "255 bytes, with .toml": "ä" * 125,
    "255 bytes, with .png": "ä" * 125 + "x",
}
if WINDOWS:  # where names have fewer characters, end with fewer, and paths are short
    STEMS = {
        kind: stem
        for kind, stem in STEMS.items()
        if not set(stem) & {*'<>:"/\\|?*\n\r\x1b\udce9'}
        and stem == stem.rstrip(" .")
        and len(stem) < 100
    }
    STEMS["what shells read"] = "{x} $HOME %TEMP% ^ & [a] (1); !"
    STEMS["a short name"] = "HOLIDA~1"
OF_SETTINGS = {kind: stem for kind, stem in STEMS.items() if "with .png" not in kind}
named = pytest.mark.parametrize("stem", STEMS.values(), ids=list(STEMS))
SIZE = Size(64, 36)


def picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        Pictures.new("RGB", (SIZE.width, SIZE.height), (10, 200, 30)).save(file, "PNG")
    return path


def film(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    output = VideoFileOutput(path, SIZE, 10.0)
    for _ in range(3):
        output.send(np.full((SIZE.height, SIZE.width, 3), (30, 200, 10), np.uint8))
    output.complete()
    output.close()
    return path


def steers(text: str) -> bool:
    return any(printable(line) != line for line in text.split("\n"))


@named
def test_pictures_are_rendered_in_and_out_of_folders(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    given = picture(tmp_path / stem / f"{stem}.png")
    out = Path(f"{stem}.jpg")
    monkeypatch.chdir(given.parent)
    words = ["render", "-b", "teal", "--preset", "light", "--"]
    assert main([*words, f"{stem}.png", str(out)]) == 0
    with Pictures.open(out) as written:
        assert written.size == (64, 36)
    assert sorted(each.name for each in Path().iterdir()) == sorted([given.name, out.name])
    told = capsys.readouterr()
    assert not steers(told.out + told.err) and printable(stem) in told.out


@named
def test_videos_are_rendered_too(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = film(tmp_path / stem / f"{stem}.mkv")
    monkeypatch.chdir(given.parent)
    words = ["render", "-b", "teal", "--preset", "light", "--"]
    assert main([*words, f"{stem}.mkv", f"{stem}.mp4"]) == 0
    with closing(open_file(Path(f"{stem}.mp4"))) as source:
        assert source.frame_count == 3


@named
@pytest.mark.parametrize("suffix", [".png", ".mp4", ""])
def test_a_background_of_that_name_is_chosen_kept_and_found_again(
    stem: str, suffix: str, served_app: App, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / f"{stem}{suffix}"
    if suffix == ".mp4":
        film(path)
    else:
        picture(path)
    assert main(["set", f"background={path}"]) == 0
    assert served_app.settings.background.path == path
    assert load(settings_path()).background == served_app.settings.background
    assert main(["status"]) == main(["status", "--json"]) == 0
    told = capsys.readouterr()
    assert not steers(told.out + told.err)


@named
def test_a_camera_file_of_that_name_is_kept(
    stem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(tmp_path / f"{stem}.mp4")
    monkeypatch.chdir(tmp_path)
    assert main(["set", f"camera={path.name}"]) == 0
    assert load(settings_path()).source.camera == str(path)


@pytest.mark.parametrize("stem", OF_SETTINGS.values(), ids=list(OF_SETTINGS))
def test_settings_may_have_that_name(stem: str, tmp_path: Path) -> None:
    path = tmp_path / stem / f"{stem}.toml"
    assert main(["set", "--settings", str(path), "background=teal"]) == 0
    assert main(["set", "--settings", str(path), "mirror=on"]) == 0
    assert load(path).source.mirror


@named
def test_in_the_gallery_it_is_listed_chosen_and_stepped_to(
    stem: str, served_app: App, tmp_path: Path, capsys: Captured
) -> None:
    given = picture(tmp_path / f"{stem}.png")
    assert main(["backgrounds", "add", "--", str(given)]) == 0
    (place,) = user_gallery().iterdir()
    assert main(["backgrounds"]) == main(["completion", "bash"]) == 0
    assert not steers(capsys.readouterr().out)
    assert main(["backgrounds", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["gallery"]
    (name,) = (each["name"] for each in listed if each["path"] == str(place))
    assert [each.name for each in gallery() if each.path == place] == [name]
    ask("set", words=["background=blur"], folder="/")
    assert main(["next"]) == 0
    assert served_app.settings.background.path == place
    ask("set", words=["background=blur"], folder="/")
    assert main(["set", f"background={name}"]) == 0
    assert served_app.settings.background.path == place
    told = capsys.readouterr()
    assert not steers(told.out + told.err)
