"""The settings file of a user who writes in it, after vcam has changed something there."""

import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.settings import Settings, load, save
from vcam.settings.edits import edit_of
from vcam.settings.toml_text import HEADER, OLD_HEADER
from vcam.testing import FakeWorld

MINE = """\
# My settings.
#   Do not lose them!

[output]  # what the others get
# the old laptop
size = [640, 480]
fps   =  24   # cinema

# About me.
[source]
'mirror' = true# as in a mirror
camera = 'HD Webcam'

[background]
kind = "blur"
strength = 7e1

# The end:
#   a block
"""
FIRST = """
[source]
camera = ""
mirror = false

[mask]
preset = "standard"
engine = "mediapipe"
edge = 0.0
second_look = 3 # slow laptop
plate = true

[background]
kind = "blur"
strength = 50.0

[output]
device = ""
size = [1280, 720]
fps = 24.0
"""
"""What the first version wrote, by the names of that time."""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(MINE, "utf-8", newline="\n")
    return path


def changed(path: Path, *words: str) -> str:
    assert main(["set", *words, "--settings", str(path)]) == 0
    return path.read_bytes().decode()


def test_only_the_value_that_is_changed_changes(mine: Path) -> None:
    assert changed(mine, "fps=30") == MINE.replace("24   # cinema", "30.0   # cinema")


def test_a_change_that_changes_nothing_leaves_the_file_as_it_is(mine: Path) -> None:
    before = mine.stat()
    assert changed(mine, "fps=24", "camera=HD Webcam") == MINE
    assert mine.stat() == before


def test_comments_before_beside_and_after_stay_whatever_is_changed(mine: Path) -> None:
    words = ["size=1280x720", "fps=30", "mirror=off", "camera=default", "device=vcam"]
    text = changed(mine, *words, "preset=best", "background=teal", "on_demand=off")
    comments = [f"#{line.partition('#')[2]}" for line in MINE.splitlines() if "#" in line]
    assert [f"#{line.partition('#')[2]}" for line in text.splitlines() if "#" in line] == (
        comments
    )
    order = ["# My settings.", "[output]", "# About me.\n[source]", "[background]"]
    order += ["# The end:\n#   a block\n", "[mask]", "[power]"]
    places = [text.index(each) for each in order]
    assert places == sorted(places), "every comment is where it was"
    assert load(mine).output.size == Size(1280, 720) and load(mine).source.camera == ""


def test_a_new_option_comes_before_the_comment_about_the_next_section(mine: Path) -> None:
    text = changed(mine, "device=vcam")
    assert text == MINE.replace("# cinema\n", '# cinema\ndevice = "vcam"\n')


def test_only_what_is_set_is_written(mine: Path) -> None:
    text = changed(mine, "preset=best")
    assert text == f'{MINE}\n[mask]\npreset = "best"\n'


@pytest.mark.parametrize(
    "text",
    [
        'output = { fps = 24, size = [640, 480] } # inline\n\n[mask]\nedge = 1.0 # "x"\n',
        "output.fps = 24 # dotted\noutput.size = [640, 480]\nmask.edge = 1.0\n# end\n",
        "[output]\nsize = [ # two numbers\n  640, # wide\n  480, # high\n]\nfps = 24\n",
        "[mask]\nedge = 1\n[output]\nsize = [640, 480]\nfps = 24 # no last line feed",
        '[background]\nkind = """color"""\n"color" = "teal" # t\n[output]\nfps = 24\n',
        "# nothing but a comment\n",
        "[output]\n[mask]\n",
    ],
)
def test_every_way_of_writing_it_keeps_its_comments(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    before = load(path)
    words = ["fps=30", "size=320x240", "edge=2", "mirror=on", "blobs=off"]
    after = changed(path, *words)
    assert load(path) == edit_of(words, tmp_path, before)(before)
    notes = [line.partition("#")[2] for line in text.splitlines() if "#" in line]
    assert all(f"#{note}" in after for note in notes)
    changed(path, "blobs=default")
    assert "blobs" not in path.read_text("utf-8")


def test_a_file_from_windows_keeps_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(MINE.replace("\n", "\r\n").encode())
    text = changed(path, "fps=30", "preset=best")
    assert text.count("\n") == text.count("\r\n") and "# cinema\r\n" in text
    assert load(path).output.fps == 30


def test_a_path_at_home_stays_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    text = "[background]\nkind = 'picture'\npath = '~/x.png' # holiday\n"
    path.write_text(text, newline="\n")
    assert changed(path, "fit=tile") == f'{text}fit = "tile"\n'


def test_a_click_in_the_tray_keeps_them_too(mine: Path) -> None:
    app = App(mine, FakeWorld().devices)
    app.change(lambda settings: replace(settings, background=Color("teal")))
    app.change(lambda settings: replace(settings, background=Blur(30.0)))
    assert mine.read_text() == MINE.replace("7e1", "30.0")


def test_what_is_damaged_is_never_overwritten(mine: Path) -> None:
    for text in ("[output\n", "[output]\nfsp = 3\n"):
        mine.write_text(text)
        with pytest.raises(SettingsError, match=r"settings\.toml"):
            save(Settings(background=Blur(10)), mine)
        assert main(["set", "mirror=on", "--settings", str(mine)]) == 2
        assert mine.read_text() == text


def test_what_cannot_be_changed_safely_is_left_and_explained(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(text: str, *_: object) -> str:
        return text

    monkeypatch.setattr("vcam.settings.toml_text.edited", wrong)
    with pytest.raises(SettingsError, match=r"cannot change.*Write each section"):
        save(Settings(), mine)
    assert mine.read_text() == MINE


def test_a_new_file_says_that_it_may_be_edited(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    text = changed(path, "mirror=on")
    assert text == f"{HEADER}\n\n[source]\nmirror = true\n"


def test_a_new_file_says_what_the_user_chose_and_leaves_the_rest_to_each_version(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    text = changed(path, "background=blur:80", "fps=25")
    assert tomllib.loads(text) == {
        "background": {"kind": "blur", "strength": 80.0},
        "output": {"fps": 25.0},
    }
    save(Settings(), tmp_path / "nothing chosen.toml")
    assert (tmp_path / "nothing chosen.toml").read_text() == f"{HEADER}\n"


def test_a_file_of_the_first_version_with_every_option_keeps_all_its_values(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{OLD_HEADER}\n{FIRST}", newline="\n")
    before = load(path)
    assert before.mask.engine == "mediapipe", "it may have been chosen"
    assert before.mask.close_up_every == 3 and before.output.fps == 24
    text = changed(path, "mirror=on", "close_up_every=2")
    assert load(path) == replace(
        before,
        source=replace(before.source, mirror=True),
        mask=replace(before.mask, close_up_every=2),
    )
    was = FIRST.replace("mirror = false", "mirror = true")
    was = was.replace("second_look = 3 # slow laptop\n", "")
    was = was.replace("plate = true\n", "plate = true\nclose_up_every = 2 # slow laptop\n")
    assert text == f"{HEADER}\n{was}"


def test_the_promise_of_an_older_vcam_to_lose_comments_is_taken_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{OLD_HEADER}\n\n[source]\nmirror = false\n", newline="\n")
    assert changed(path, "mirror=on") == f"{HEADER}\n\n[source]\nmirror = true\n"


def test_reading_settings_does_not_load_what_writes_them(mine: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vcam.settings import load;"
        "load(Path(sys.argv[1])); print('tomlkit' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(mine)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
