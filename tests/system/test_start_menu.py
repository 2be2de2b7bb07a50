"""``vcam setup`` on Windows: an entry in the Start menu, and what ``--remove`` takes away.

The shortcuts are real ones under Windows, and text files elsewhere.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from fake_registry import FakeRegistry
from systems import WINDOWS

from vcam.cli import main
from vcam.system.autostart import windows
from vcam.system.autostart.session import Session
from vcam.system.doctor.host import Answer, Host
from vcam.system.setup import start_menu
from vcam.system.setup.shell_link import Link, ShellLinks

PYTHON = r"C:\Users\Zoë\my venv\Scripts\pythonw.exe"
Setup = Callable[..., int]


class TextLinks:
    def read(self, path: Path) -> Link:
        try:
            return Link(**json.loads(path.read_text("utf-8")))
        except ValueError as error:
            raise OSError("not a shortcut") from error

    def write(self, path: Path, wanted: Link) -> None:
        path.write_text(json.dumps(asdict(wanted)), "utf-8")


class Computer:
    """A user of Windows whose Start menu is a folder of the test."""

    def __init__(self, folder: Path) -> None:
        class Links(ShellLinks if WINDOWS else TextLinks):  # type: ignore[misc]
            def programs(self) -> Path:
                return folder / "Programs"

        self.links = Links()
        self.registry = FakeRegistry()
        self.command = (PYTHON, "-P", "-m", "vcam")
        self.entry = folder / "Programs" / "vcam.lnk"

    def session(self) -> Session:
        return Session(platform="win32", command=self.command, registry=self.registry)


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Computer:
    computer = Computer(tmp_path)
    host = Host(
        platform="win32",
        root=tmp_path,
        run=lambda words: Answer(0, ""),
        registry_value=lambda key, name: None,
    )
    monkeypatch.setattr("vcam.system.doctor.host.Host", lambda: host)
    monkeypatch.setattr("vcam.system.autostart.session.Session", computer.session)
    monkeypatch.setattr(start_menu, "ShellLinks", lambda: computer.links)
    return computer


def test_setup_puts_vcam_into_the_start_menu_without_a_console_window(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--yes"]) == 1  # a virtual camera is missing
    said = capsys.readouterr().out
    assert said.startswith("1. ")
    steps = ["obsproject.com", "OBS Virtual Camera", str(computer.entry)]
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert "Done. The Start menu has vcam." in said
    link = computer.links.read(computer.entry)
    assert link.program == PYTHON
    assert link.arguments == "-P -m vcam"
    assert link.description == "Be anywhere, from your own webcam"
    assert Path(link.icon).read_bytes()[:4] == b"\0\0\1\0"  # an .ico
    main(["setup", "--yes"])
    assert "Start menu" not in capsys.readouterr().out


def test_the_menu_alone_is_done_when_the_entry_is_there(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--menu", "--yes"]) == 0
    assert "OBS" not in capsys.readouterr().out
    assert main(["setup", "--menu"]) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status"), [(["--dry-run"], 0), ([], 1)], ids=["dry run", "nobody to ask"]
)
def test_nothing_changes_without_a_yes(
    computer: Computer,
    words: list[str],
    status: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["setup", "--menu", *words]) == status
    assert str(computer.entry) in capsys.readouterr().out
    assert not computer.entry.exists()


def test_an_environment_that_was_moved_gets_its_entry_anew(computer: Computer) -> None:
    assert main(["setup", "--menu", "--yes"]) == 0
    computer.command = (r"D:\vcam\pythonw.exe", "-P", "-m", "vcam")
    assert main(["setup", "--menu", "--yes"]) == 0
    assert computer.links.read(computer.entry).program == r"D:\vcam\pythonw.exe"


def test_remove_takes_the_entry_and_the_start_at_login(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["setup", "--menu", "--yes"]) == 0
    computer.registry.set(windows.RUN, windows.VALUE, f'"{PYTHON}" -P -m vcam')
    # Task Manager has switched it off.
    computer.registry.values[windows.APPROVED, windows.VALUE] = b"\3"
    capsys.readouterr()
    assert main(["setup", "--remove", "--yes"]) == 0
    said = capsys.readouterr().out
    assert str(computer.entry) in said
    assert r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run\vcam" in said
    assert not computer.entry.exists()
    assert computer.registry.values == {}
    assert main(["setup", "--remove"]) == 0
    assert "nothing of `vcam setup` here" in capsys.readouterr().out


def test_a_file_of_somebody_elses_is_neither_replaced_nor_removed(
    computer: Computer,
) -> None:
    computer.entry.parent.mkdir()
    theirs = Link(r"C:\Games\vcam.exe", "--fullscreen")
    computer.links.write(computer.entry, theirs)
    before = computer.entry.read_bytes()
    assert main(["setup", "--menu", "--yes"]) == 0
    assert main(["setup", "--remove", "--yes"]) == 0
    computer.entry.write_bytes(b"no shortcut at all")
    assert main(["setup", "--menu", "--yes"]) == 0
    assert main(["setup", "--remove", "--yes"]) == 0
    assert computer.entry.exists()
    assert before != b"no shortcut at all"


def test_a_start_menu_that_cannot_be_written_is_told(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    computer.entry.parent.write_text("a file where the folder should be")
    assert main(["setup", "--menu", "--yes"]) == 1
    assert "cannot be changed" in capsys.readouterr().err


@pytest.mark.skipif(not WINDOWS, reason="the folder that Windows names")
def test_windows_names_the_folder_of_the_start_menu() -> None:
    folder = ShellLinks().programs()
    assert folder.is_dir()
    assert "Start Menu" in folder.parts
