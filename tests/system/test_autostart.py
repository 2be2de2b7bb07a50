"""Start at login, on every system, as far as it can be seen from one."""

import json
import os
import plistlib
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fake_registry import FakeRegistry
from systems import WINDOWS, linux_only, needs_links, not_on_windows

from vcam.cli import main
from vcam.errors import UsageError, VcamError
from vcam.system import autostart
from vcam.system.autostart import desktop_entry, linux, windows
from vcam.system.autostart.session import Session, interpreter, missing, start_command

HARD = [
    "a b",
    "100%",
    "%f",
    'say "hi"',
    "it's",
    "$HOME",
    "back\\new",
    "`id`",
    "Grüße 日本",
    "a;b&c|d>e<f~g*h?i#j(k)",
    "k=v",
    "tab\there",
]
"""Names that a folder on the way to vcam may have."""


def program(folder: Path, body: str = "exit 0") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "vcam"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return file


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A fresh user on Linux, whose desktop systemd starts."""
    return Session(
        platform="linux",
        home=tmp_path / "home",
        environ={},
        command=(str(program(tmp_path / "bin")),),
        registry=FakeRegistry(),
        run=lambda command: True,
    )


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_symlink()
    }


@pytest.mark.parametrize(
    ("platform", "service"),
    [
        ("linux", False),
        pytest.param("linux", True, marks=needs_links),
        ("win32", False),
        ("darwin", False),
    ],
)
def test_on_and_off_and_again_on_every_system(
    session: Session, platform: str, service: bool
) -> None:
    session = replace(session, platform=platform)
    assert autostart.status(session) is None
    for _ in range(2):
        autostart.turn(True, session, service=service)
        status = autostart.status(session)
        assert status is not None
        assert status.command == session.command
        assert not status.missing
    for _ in range(2):
        autostart.turn(False, session)
        assert autostart.status(session) is None
    assert not files(session.home)
    assert isinstance(session.registry, FakeRegistry) and not session.registry.values


@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize(
    ("platform", "service"),
    [("linux", False), pytest.param("linux", True, marks=needs_links), ("darwin", False)],
)
def test_whatever_the_folder_is_called_the_command_is_kept(
    session: Session, tmp_path: Path, name: str, platform: str, service: bool
) -> None:
    if WINDOWS and set(name) & set('<>:"|?*\t'):
        pytest.skip("on Windows, no folder can be called that")
    command = (str(program(tmp_path / name)), "-m", name)
    session = replace(session, platform=platform, command=command)
    autostart.turn(True, session, service=service)
    status = autostart.status(session)
    assert status is not None
    assert status.command == command


def test_windows_paths_with_spaces_are_kept(session: Session) -> None:
    command = (r"C:\Users\Ann Lee\venv\Scripts\pythonw.exe", "-m", "vcam")
    session = replace(session, platform="win32", command=command)
    autostart.turn(True, session)
    assert isinstance(session.registry, FakeRegistry)
    line = session.registry.values[windows.RUN, windows.VALUE]
    assert line == r'"C:\Users\Ann Lee\venv\Scripts\pythonw.exe" -m vcam'
    status = autostart.status(session)
    assert status is not None
    assert status.command == command


def test_what_task_manager_switched_off_is_off_until_it_is_switched_on_here(
    session: Session,
) -> None:
    session = replace(session, platform="win32")
    autostart.turn(True, session)
    assert isinstance(session.registry, FakeRegistry)
    session.registry.values[windows.APPROVED, windows.VALUE] = b"\x03\0\0\0"
    assert autostart.status(session) is None
    autostart.turn(True, session)
    assert autostart.status(session) is not None


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_the_desktop_switched_off_is_off(session: Session, line: str) -> None:
    autostart.turn(True, session)
    file = session.configuration / "autostart/vcam.desktop"
    file.write_text(f"{file.read_text()}{line}\n")
    assert autostart.status(session) is None
    autostart.turn(True, session)
    assert autostart.status(session) is not None


OWN = """[Desktop Entry]
Type=Application
Name=Küche \udce9
Exec={program} run --background beach
X-GNOME-Autostart-Delay=20
"""


def own_entry(session: Session, started: str) -> Path:
    file = session.configuration / "autostart/vcam.desktop"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(os.fsencode(OWN.format(program=started)))
    return file


@linux_only("a backslash in an entry is not a folder's")
def test_an_entry_of_the_users_own_is_only_switched(session: Session) -> None:
    file = own_entry(session, session.command[0])
    own = file.read_bytes()
    autostart.turn(True, session)
    assert file.read_bytes() == own
    autostart.turn(False, session)
    assert autostart.status(session) is None
    assert [line for line in file.read_bytes().split(b"\n") if b"Hidden" not in line] == (
        own.split(b"\n")
    )
    assert b"[Desktop Entry]\nHidden=true\n" in file.read_bytes()
    assert file.read_bytes().count(b"Hidden") == 1
    autostart.turn(True, session)
    assert file.read_bytes() == own


def test_what_else_an_entry_offers_is_not_what_it_starts(session: Session) -> None:
    autostart.turn(True, session)
    file = session.configuration / "autostart/vcam.desktop"
    text = file.read_text().replace("Exec=", "#Exec=/bin/false\nExec=", 1)
    file.write_text(text + "\n[Desktop Action new]\nExec=/bin/false\nHidden=true\n")
    status = autostart.status(session)
    assert status is not None and status.command == session.command


def test_what_the_user_has_changed_in_our_entry_stays(session: Session) -> None:
    autostart.turn(True, session)
    file = session.configuration / "autostart/vcam.desktop"
    file.write_text(file.read_text() + "X-GNOME-Autostart-Delay=20\n")
    autostart.turn(False, session)
    assert autostart.status(session) is None
    autostart.turn(True, session)
    assert autostart.status(session) is not None
    assert "Delay=20" in file.read_text()


def test_an_entry_that_starts_something_else_is_not_replaced(session: Session) -> None:
    file = own_entry(session, "/usr/bin/other")
    own = file.read_bytes()
    with pytest.raises(VcamError, match="is not vcam's"):
        autostart.turn(True, session)
    assert file.read_bytes() == own


def test_another_way_that_fails_leaves_the_one_that_works(session: Session) -> None:
    autostart.turn(True, session)
    own = session.configuration / "systemd/user/vcam.service"
    own.parent.mkdir(parents=True)
    own.write_text("[Service]\nExecStart=/usr/bin/other\n")
    with pytest.raises(VcamError, match="not vcam's"):
        autostart.turn(True, session, service=True)
    status = autostart.status(session)
    assert status is not None and status.way == "autostart entry"


@needs_links
def test_only_one_way_starts_vcam(session: Session) -> None:
    autostart.turn(True, session)
    autostart.turn(True, session, service=True)
    assert set(files(session.configuration)) == {
        "systemd/user/vcam.service",
        "systemd/user/graphical-session.target.wants/vcam.service",
    }
    autostart.turn(True, session)
    assert set(files(session.configuration)) == {"autostart/vcam.desktop"}


def test_systemd_hears_of_a_change_and_only_of_a_change(session: Session) -> None:
    said: list[Sequence[str]] = []

    def run(command: Sequence[str]) -> bool:
        said.append(command)
        return True

    session = replace(session, run=run)
    autostart.turn(True, session, service=True)
    autostart.turn(True, session, service=True)
    said = [command for command in said if command != linux.ACTIVE]
    assert said == [["systemctl", "--user", "daemon-reload"]]


def test_a_unit_that_nothing_would_start_is_refused_and_the_old_way_kept(
    session: Session,
) -> None:
    session = replace(session, run=lambda command: False)
    autostart.turn(True, session)
    before = files(session.home)
    with pytest.raises(VcamError, match="never be started"):
        autostart.turn(True, session, service=True)
    assert files(session.home) == before
    autostart.turn(False, session)
    assert not files(session.home)


def test_a_unit_of_the_users_own_is_left_alone(session: Session) -> None:
    own = session.configuration / "systemd/user/vcam.service"
    own.parent.mkdir(parents=True)
    own.write_text("[Service]\nExecStart=/usr/bin/other\n")
    with pytest.raises(VcamError, match="not vcam's"):
        autostart.turn(True, session, service=True)
    autostart.turn(False, session)
    assert own.exists()


def test_systemd_elsewhere_and_unknown_systems_are_explained(session: Session) -> None:
    with pytest.raises(UsageError, match="only on Linux"):
        autostart.turn(True, replace(session, platform="darwin"), service=True)
    with pytest.raises(UsageError, match="does not know how"):
        autostart.turn(True, replace(session, platform="haiku"))


def test_a_folder_that_cannot_be_written_is_told(session: Session) -> None:
    session.home.write_text("not a folder")
    with pytest.raises(VcamError, match=r"vcam\.desktop cannot be changed"):
        autostart.turn(True, session)


def test_an_entry_whose_program_or_interpreter_vanished_is_told(
    session: Session, tmp_path: Path
) -> None:
    autostart.turn(True, session)
    entry = Path(session.command[0])
    entry.write_text(f"#!{tmp_path}/python3\nimport vcam\n")
    status = autostart.status(session)
    assert status is not None
    assert status.missing == f"{tmp_path}/python3"
    entry.unlink()
    status = autostart.status(session)
    assert status is not None
    assert status.missing == str(entry)


def test_a_broken_launch_agent_is_told_and_mended(session: Session) -> None:
    session = replace(session, platform="darwin")
    autostart.turn(True, session)
    (file,) = (session.home / "Library/LaunchAgents").iterdir()
    agent = plistlib.loads(file.read_bytes())
    assert agent["RunAtLoad"] and agent["Label"] == "vcam.autostart"
    file.write_bytes(b"rubbish")
    status = autostart.status(session)
    assert status is not None
    assert status.missing
    autostart.turn(True, session)
    assert not getattr(autostart.status(session), "missing", True)


def test_the_interpreter_of_scripts_as_installers_write_them(tmp_path: Path) -> None:
    script = tmp_path / "vcam"
    for head, expected in (
        ("#!/usr/bin/python3\n", "/usr/bin/python3"),
        (
            "#!/bin/sh\n'''exec' \"/home/a b/bin/python\" \"$0\" \"$@\"\n' '''\n",
            "/home/a b/bin/python",
        ),
        ("#!/bin/sh\n'''exec' /long/bin/python \"$0\" \"$@\"\n' '''\n", "/long/bin/python"),
        ("\x7fELF", ""),
    ):
        script.write_text(head, newline="\n")
        assert interpreter(script) == expected
    assert missing(()) and missing((str(tmp_path / "gone"),))


def test_the_command_is_an_absolute_path_that_runs_this_vcam() -> None:
    command = start_command()
    assert Path(command[0]).is_absolute()
    done = subprocess.run(
        [*command, "--version"], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.startswith("vcam ")


def test_an_appimage_is_started_by_its_own_path(monkeypatch: pytest.MonkeyPatch) -> None:
    mounted = "/tmp/.mount_vcam42"
    monkeypatch.setattr(sys, "executable", f"{mounted}/usr/lib/vcam/bin/python3")
    monkeypatch.setenv("APPIMAGE", "/home/ann/vcam.AppImage")
    monkeypatch.setenv("APPDIR", mounted)
    if sys.platform != "linux":
        pytest.skip("AppImages are for Linux")
    assert start_command() == ("/home/ann/vcam.AppImage",)
    monkeypatch.setenv("APPDIR", "/tmp/.mount_terminal")
    assert start_command() != ("/home/ann/vcam.AppImage",), "that of the terminal"


@not_on_windows("there, it is always the interpreter")
def test_a_virtual_environment_without_the_entry_starts_the_interpreter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "venv with space/bin/python"
    monkeypatch.setattr(sys, "executable", str(python))
    assert start_command() == (str(python), "-P", "-m", "vcam")
    entry = program(python.parent)
    assert start_command() == (str(entry),)


@pytest.mark.parametrize("name", ["\udcff", "two\nlines"])
def test_a_name_that_no_text_file_can_hold_is_explained(name: str) -> None:
    for write in (desktop_entry.entry, linux.unit):
        with pytest.raises(UsageError, match="because of its name"):
            write((f"/home/{name}/vcam",))


@pytest.mark.skipif(
    shutil.which("desktop-file-validate") is None, reason="needs desktop-file-utils"
)
@pytest.mark.parametrize("name", ["plain", *HARD])
def test_the_entries_are_valid(session: Session, tmp_path: Path, name: str) -> None:
    session = replace(session, command=(str(program(tmp_path / name)), "-m", "vcam"))
    autostart.turn(True, session)
    entries = [session.configuration / "autostart/vcam.desktop"]
    for path, text in linux.launcher(session).items():
        path.parent.mkdir(parents=True)
        path.write_text(text)
        entries += [path] if path.suffix == ".desktop" else []
    done = subprocess.run(
        ["desktop-file-validate", *map(str, entries)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stdout


@pytest.mark.skipif(shutil.which("gio") is None, reason="needs gio of GLib")
@pytest.mark.parametrize("name", HARD)
def test_a_desktop_really_starts_it(session: Session, tmp_path: Path, name: str) -> None:
    """GLib's own reading of the entry is that of most desktops."""
    told = tmp_path / "told"
    entry = program(tmp_path / name, f"printf '%s' \"$1\" > {shlex.quote(str(told))}")
    session = replace(session, command=(str(entry), name))
    autostart.turn(True, session)
    file = session.configuration / "autostart/vcam.desktop"
    subprocess.run(
        ["gio", "launch", str(file)], timeout=30, check=True, capture_output=True
    )
    deadline_s = time.monotonic() + 10
    while not (told.exists() and told.read_text()) and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert told.read_text() == name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """Whatever the program is called."""
    units = []
    for number, name in enumerate(name for name in HARD if "\t" not in name):
        units.append(tmp_path / f"vcam-{number}.service")
        units[-1].write_text(linux.unit((str(program(tmp_path / name)), name)))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", "--man=no", *map(str, units)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    ours = [line for line in done.stderr.splitlines() if "vcam" in line]
    assert not ours, done.stderr


def test_the_icon_of_the_launcher_is_drawn_by_our_script(session: Session) -> None:
    (entry, icon) = linux.launcher(session)
    assert entry.parent.name == "applications"
    assert icon.name == "vcam.svg"
    script = Path(__file__).parents[2] / "assets/draw_icon.py"
    assert linux.ICON.read_text() in script.read_text()
    assert stat.S_ISREG(linux.ICON.stat().st_mode)


def test_the_command_line_switches_and_tells(
    capsys: pytest.CaptureFixture[str], the_users_own_files_are_not_touched: Path
) -> None:
    if sys.platform != "linux":
        pytest.skip("would change this user's own login")
    assert main(["autostart", "status"]) == 0
    assert "is not started at login" in capsys.readouterr().out
    assert main(["autostart", "on"]) == 0
    assert "is started at login" in capsys.readouterr().out
    assert main(["autostart", "status", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["enabled"] and not report["missing"]
    assert report["place"].startswith(str(the_users_own_files_are_not_touched))
    assert main(["autostart", "off"]) == 0
    assert "is not started" in capsys.readouterr().out
    assert main(["autostart", "status", "--systemd"]) == 2


def test_the_command_line_tells_what_vanished_and_how_to_mend_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform != "linux":
        pytest.skip("would change this user's own login")
    python = tmp_path / "venv/bin/python"
    entry = program(python.parent)
    program(tmp_path).rename(tmp_path / "systemctl")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(python))
    assert main(["autostart", "on", "--systemd"]) == 0
    entry.unlink()
    capsys.readouterr()
    assert main(["autostart", "status"]) == 1
    said = capsys.readouterr().out
    assert f"{entry}, which is no longer there" in said
    assert "`vcam autostart on --systemd` fixes it" in said
