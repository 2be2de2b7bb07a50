"""Names are other people's words: they are shown, and steer nothing."""

import json
import logging
import os
import re
import sys
from pathlib import Path

import pytest
from PIL import Image
from systems import not_on_windows

from vcam.backgrounds.choosing import user_gallery
from vcam.cli import Lines, main
from vcam.cli.cameras import as_text
from vcam.cli.status import _lines
from vcam.cli.streams import overwrite, tell
from vcam.control.handlers import report
from vcam.errors import UsageError
from vcam.printable import LONGEST, message, printable
from vcam.settings import Settings
from vcam.sources.camera_info import CameraInfo
from vcam.status import State, Status
from vcam.tray.menu_items import shortened

EVIL = "\x1b[2J\x9b31m\x07\r\n\x7f\u202egpj.\u2066exe\u2028\u200f\udcff"
WRITTEN = r"\x1b[2J\x9b31m\x07\r\n\x7f\u202egpj.\u2066exe\u2028\u200f\udcff"


def steers(text: str) -> bool:
    return any(printable(line) != line for line in text.split("\n"))


def test_what_steers_is_written_out_and_the_rest_stays() -> None:
    assert printable(EVIL) == WRITTEN
    assert printable(WRITTEN) == WRITTEN, "and no more the second time"
    for name in ("Küche 1", "日本 🏖", "👨‍👩‍👧", "9.41\u202fAM", "می‌خواهم", "C:\\new\\x1b"):
        assert printable(name) == name


def test_a_long_message_keeps_what_it_begins_and_ends_with() -> None:
    error = UsageError(f"There is no {'x' * 100_000!r} here", "y" * 100_000)
    assert len(error.what) == len(error.remedy) == LONGEST
    assert error.what.startswith("There is no 'xx") and error.what.endswith("xx' here")
    assert message(error.what) == error.what
    assert not steers(str(UsageError(EVIL, EVIL)))


def test_a_line_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    tell("one", f"two {EVIL}", Path(EVIL))
    assert capsys.readouterr().out == f"one\ntwo {WRITTEN}\n{WRITTEN}\n"
    overwrite(sys.stderr, EVIL)
    assert WRITTEN in capsys.readouterr().err


def test_a_log_has_a_line_for_each_record() -> None:
    record = logging.makeLogRecord({"msg": "it is %s", "args": (EVIL,)})
    assert Lines("%(message)s").format(record) == f"it is {WRITTEN}"

    def fail() -> None:
        raise ValueError(EVIL)

    try:
        fail()
    except ValueError:
        record = logging.makeLogRecord({"msg": "bug", "exc_info": sys.exc_info()})
    told = Lines("%(message)s").format(record)
    assert told.startswith("bug\nTraceback") and not steers(told)


@not_on_windows("no file can have such a name")
def test_names_of_files_are_listed_for_people_and_for_programs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"{EVIL}.png"
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / name)
    assert main(["backgrounds", "add", str(tmp_path / name)]) == 0
    assert capsys.readouterr().out == f"{user_gallery()}/{WRITTEN}.png\n"
    assert main(["backgrounds"]) == 0
    listed = capsys.readouterr().out
    assert WRITTEN.lower() in listed and not steers(listed)
    assert main(["backgrounds", "--json"]) == 0
    assert str(user_gallery() / name) in {
        each["path"] for each in json.loads(capsys.readouterr().out)["gallery"]
    }
    assert main(["next"]) == 0
    assert main(["previous"]) == 0
    out, err = capsys.readouterr()
    assert WRITTEN in out and not steers(out + err)


def test_names_of_cameras_and_programs_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    camera = CameraInfo(EVIL, f"/dev/{EVIL}", 0, EVIL)
    tell(*as_text(camera))
    status = Status(
        State.LIVE, camera=EVIL, background=EVIL, background_title=EVIL, watchers=(EVIL,)
    )
    tell(*_lines(report(status, Settings(), status)))
    told = capsys.readouterr().out
    assert told.count(WRITTEN) >= 5 and not steers(told)
    assert not steers(shortened(f"a {EVIL}", 80)), "nor in the menu"


@pytest.mark.parametrize(
    "words",
    [
        ["{}"],
        ["set", "{}"],
        ["set", "background={}"],
        ["set", "{}=1"],
        ["set", "camera={}.mp4"],
        ["run", "--{}"],
        ["run", "--camera", "{}.mp4"],
        ["run", "--settings", "{}"],
        ["run", "--fps", "{}"],
        ["render", "{}", "{}"],
        ["snap", "{}"],
        ["snap", "{}.png", "{}.png"],
        ["backgrounds", "add", "{}"],
        ["backgrounds", "add", "{}.png"],
        ["demo", "--background", "{}"],
        ["autostart", "{}"],
        ["cameras", "--controls", "{}"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "value", [EVIL, "x" * 100_000, "x" * 300], ids=["evil", "100 kB", "300"]
)
def test_an_argument_that_makes_no_sense_is_told_in_one_line_of_bounded_length(
    words: list[str], value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([word.replace("{}", value) for word in words]) in (1, 2)
    out, err = capsys.readouterr()
    assert not out and re.fullmatch(r"vcam: [^\n]+\n", err)
    assert not steers(err) and len(err) <= 2 * LONGEST + 20


@pytest.mark.parametrize("name", ["cat.png", "cat", "cat.txt", "cat.mp4"])
@pytest.mark.parametrize("verb", [["backgrounds", "add"], ["run", "-b"]], ids=" ".join)
def test_a_file_in_a_folder_without_permission_is_told(
    verb: list[str],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    closed = tmp_path / "closed"

    def refused(real: object) -> object:
        def call(path: object, *more: object, **named: object) -> object:
            if not isinstance(path, int) and str(closed) in os.fsdecode(path):  # type: ignore[arg-type]
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *more, **named)  # type: ignore[operator]

        return call

    # Permissions do not stop root, whom many a container runs the tests as.
    for call in ("stat", "lstat"):
        monkeypatch.setattr(os, call, refused(getattr(os, call)))
    monkeypatch.setattr("io.open", refused(open))
    assert main([*verb, str(closed / name)]) == 2
    err = capsys.readouterr().err
    assert re.fullmatch(r"vcam: .*(Permission denied|no such file).*\n", err)


@not_on_windows("a folder that somebody is in cannot be removed")
def test_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main(["set", "background=blur"]) == 2
    assert "The folder that you are in cannot be used" in capsys.readouterr().err
    monkeypatch.setenv("VCAM_RUNTIME_DIR", "run")
    assert main(["status"]) == 1
    assert "VCAM_RUNTIME_DIR names cannot be found" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
