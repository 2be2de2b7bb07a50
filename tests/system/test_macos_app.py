"""The app for macOS and what starts it at login, as far as that can be run on Linux.

The launcher is compiled and run for real: it asks for nothing that only macOS has.
"""

import argparse
import os
import plistlib
import runpy
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from systems import not_on_windows

from vcam import translation
from vcam.cli import setup, setup_macos, tray
from vcam.cli.autostart import as_text
from vcam.errors import VcamError
from vcam.kernels.build import BuildError, compiler
from vcam.system import autostart, macos_app
from vcam.system.autostart.session import Session
from vcam.system.doctor.host import Answer, Host
from vcam.system.macos_app import build

pytestmark = not_on_windows("launches programs as macOS does")
ROOT = Path(__file__).parents[2]
PYTHON = sys.executable
SANITIZED = ("-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if compiler() is None:
        pytest.skip("there is no C compiler")
    return build.build(tmp_path_factory.mktemp("launcher") / "launcher", ["-Werror"])


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        return build.build(tmp_path_factory.mktemp("sanitized") / "launcher", SANITIZED)
    except BuildError:
        pytest.skip("this compiler has no sanitizers")


@dataclass
class Mac:
    """A user's Mac with an installed vcam, ``command``."""

    home: Path
    session: Session
    signed: list[list[str]] = field(default_factory=list)
    has_tools: bool = True

    def run(self, command: Sequence[str]) -> bool:
        if command[0] == "/usr/bin/xcode-select":
            assert list(command[1:]) == ["--print-path"], "it would ask the user"
            return self.has_tools
        assert command[0] == "/usr/bin/codesign" and self.has_tools
        self.signed.append(list(command[1:]))
        return True

    @property
    def app(self) -> Path:
        return macos_app.place(self.home)

    @property
    def program(self) -> str:
        return str(self.app / "Contents/MacOS/vcam")

    @property
    def file(self) -> Path:
        return self.home / "Library/LaunchAgents/vcam.autostart.plist"

    @property
    def agent(self) -> dict[str, object]:
        found: dict[str, object] = plistlib.loads(self.file.read_bytes())
        return found


@pytest.fixture
def mac(tmp_path: Path, launcher: Path, monkeypatch: pytest.MonkeyPatch) -> Mac:
    monkeypatch.setattr(macos_app, "LAUNCHER", launcher)
    script = tmp_path / "bin/vcam"
    script.parent.mkdir()
    script.write_text(f"#!{PYTHON}\n")
    script.chmod(0o755)
    session = Session(
        platform="darwin", home=tmp_path / "home", environ={}, command=(str(script),)
    )
    mac = Mac(tmp_path / "home", session)
    mac.session = replace(session, run=mac.run)
    return mac


def start(mac: Mac, *words: str) -> "subprocess.Popen[str]":
    """The app's program, which starts ``words``."""
    program = macos_app.make(mac.home, words, mac.run)
    return subprocess.Popen(
        [program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


class TestTheBundle:
    def test_macos_asks_for_its_camera_and_says_what_for(self, mac: Mac) -> None:
        macos_app.make(mac.home, mac.session.command, mac.run)
        about = plistlib.loads((mac.app / "Contents/Info.plist").read_bytes())
        assert about["CFBundleIdentifier"] == "vcam-background.vcam"
        assert "what is behind you" in about["NSCameraUsageDescription"]
        assert about["LSUIElement"] is True
        assert about["CFBundlePackageType"] == "APPL"
        program = mac.app / "Contents/MacOS" / about["CFBundleExecutable"]
        assert os.access(program, os.X_OK)
        assert (mac.app / "Contents/Resources" / about["CFBundleIconFile"]).is_file()
        assert mac.signed == [["--force", "--sign", "-", str(mac.app)]]

    def test_the_question_is_in_the_user_s_language(self, mac: Mac) -> None:
        macos_app.make(mac.home, mac.session.command, mac.run)
        for language, word in (("de", "Kamerabild"), ("es", "imagen")):
            strings = mac.app / f"Contents/Resources/{language}.lproj/InfoPlist.strings"
            text = plistlib.loads(strings.read_bytes())["NSCameraUsageDescription"]
            assert word in text

    def test_one_that_is_as_it_should_be_keeps_its_permission(self, mac: Mac) -> None:
        for _ in range(3):
            macos_app.make(mac.home, mac.session.command, mac.run)
        assert len(mac.signed) == 1, "another signature: macOS would ask again"
        macos_app.make(mac.home, ("/elsewhere/vcam",), mac.run)
        assert len(mac.signed) == 2
        assert macos_app.started_by(mac.home) == ("/elsewhere/vcam",)

    def test_without_apple_s_tools_it_is_made_as_well(self, mac: Mac) -> None:
        mac.has_tools = False
        assert macos_app.make(mac.home, mac.session.command, mac.run).is_file()

    def test_another_s_app_of_that_name_stays(self, mac: Mac) -> None:
        other = mac.app / "Contents/Info.plist"
        other.parent.mkdir(parents=True)
        for content in (b"<?xml version='1.0'?><plist>", plistlib.dumps({"a": 1})):
            other.write_bytes(content)
            with pytest.raises(VcamError, match="not vcam's"):
                macos_app.make(mac.home, mac.session.command, mac.run)
            macos_app.remove(mac.home)
            assert other.read_bytes() == content

    def test_it_is_removed_with_all_that_is_in_it(self, mac: Mac) -> None:
        macos_app.make(mac.home, mac.session.command, mac.run)
        assert macos_app.exists(mac.home)
        macos_app.remove(mac.home)
        macos_app.remove(mac.home)
        assert not mac.app.exists() and not macos_app.exists(mac.home)

    def test_a_folder_that_cannot_be_written_is_told(self, mac: Mac) -> None:
        mac.home.write_text("not a folder")
        with pytest.raises(VcamError, match=r"vcam\.app cannot be changed"):
            macos_app.make(mac.home, mac.session.command, mac.run)

    def test_its_icon_is_the_one_of_every_desktop(self) -> None:
        drawn = runpy.run_path(str(ROOT / "assets/draw_icon.py"))
        assert drawn["icns"]() == macos_app.ICON.read_bytes()


class TestTheLauncher:
    def test_it_starts_the_command_and_ends_with_its_status(self, mac: Mac) -> None:
        words = (PYTHON, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", "a b", "ü")
        with start(mac, *words) as process:
            said, told = process.communicate(timeout=20)
        assert (process.returncode, said, told) == (7, "['a b', 'ü']\n", "")

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
    def test_who_ends_the_app_ends_vcam_properly(self, mac: Mac, name: str) -> None:
        number = getattr(signal, name)
        code = (
            "import signal, sys, time\n"
            f"signal.signal({int(number)}, lambda *_: sys.exit(5))\n"
            "print('ready', flush=True)\n"
            "time.sleep(20)"
        )
        with start(mac, PYTHON, "-c", code) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            assert process.wait(10) == 5

    def test_a_signal_before_vcam_has_begun_is_not_lost(self, mac: Mac) -> None:
        with start(mac, PYTHON, "-c", "import time; time.sleep(20)") as process:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == -signal.SIGTERM

    @pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGKILL"])
    def test_launchd_learns_of_a_crash(self, mac: Mac, name: str) -> None:
        number = getattr(signal, name)
        code = (
            "import os, resource\n"
            "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
            f"os.kill(os.getpid(), {int(number)})"
        )
        with start(mac, PYTHON, "-c", code) as process:
            assert process.wait(20) == -number

    def test_an_environment_that_was_removed_is_told(self, mac: Mac) -> None:
        with start(mac, str(mac.home / "gone/vcam")) as process:
            _, told = process.communicate(timeout=10)
        assert process.returncode == 127
        assert "gone/vcam cannot be started: No such file" in told

    @pytest.mark.parametrize(
        "content", [None, b"", b"no end", b"a\0" * 65, b"a" * (1 << 16), b"\0"]
    )
    def test_a_damaged_command_starts_nothing(
        self, mac: Mac, sanitized: Path, content: bytes | None
    ) -> None:
        program = macos_app.make(mac.home, mac.session.command, mac.run)
        program.write_bytes(sanitized.read_bytes())
        command = mac.app / macos_app.COMMAND
        command.unlink()
        if content is not None:
            command.write_bytes(content)
        done = subprocess.run([program], capture_output=True, text=True, timeout=20)
        assert done.returncode == 127
        assert done.stderr.startswith("vcam: ") and "Sanitizer" not in done.stderr

    def test_it_is_found_through_a_link(self, mac: Mac, tmp_path: Path) -> None:
        program = macos_app.make(mac.home, (PYTHON, "-c", "print(3)"), mac.run)
        link = tmp_path / "link"
        link.symlink_to(program)
        assert subprocess.check_output([link], timeout=20) == b"3\n"


class TestStartAtLogin:
    def test_the_app_is_started_and_again_only_after_a_crash(self, mac: Mac) -> None:
        autostart.turn(True, mac.session)
        assert mac.agent["ProgramArguments"] == [mac.program]
        assert mac.agent["KeepAlive"] == {"Crashed": True}
        assert mac.agent["RunAtLoad"] is True
        status = autostart.status(mac.session)
        assert status is not None
        assert (status.command, status.missing) == (mac.session.command, "")
        assert status.caution == ""
        autostart.turn(False, mac.session)
        assert autostart.status(mac.session) is None
        assert mac.app.is_dir(), "it can be started from the Launchpad"

    def test_what_is_missing_is_told(self, mac: Mac) -> None:
        autostart.turn(True, mac.session)
        script = Path(mac.session.command[0])
        script.unlink()
        assert getattr(autostart.status(mac.session), "missing", "") == str(script)
        macos_app.remove(mac.home)
        assert getattr(autostart.status(mac.session), "missing", "") == mac.program

    def test_without_the_launcher_it_is_said_that_there_will_be_no_camera(
        self, mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(macos_app, "LAUNCHER", tmp_path / "not compiled")
        autostart.turn(True, mac.session)
        assert mac.agent["ProgramArguments"] == list(mac.session.command)
        assert "KeepAlive" not in mac.agent, "it would crash every ten seconds"
        status = autostart.status(mac.session)
        assert status is not None
        assert "xcode-select --install" in as_text(status)[-1]
        assert not mac.app.exists()

    def test_an_agent_of_an_earlier_version_is_brought_up_to_date(self, mac: Mac) -> None:
        before = {
            "Label": "vcam.autostart",
            "ProgramArguments": list(mac.session.command),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        mac.file.parent.mkdir(parents=True)
        mac.file.write_bytes(plistlib.dumps(before))
        elsewhere = replace(mac.session, command=("/another/vcam",))
        autostart.renew(elsewhere)
        assert mac.agent["ProgramArguments"] == [mac.program]
        assert mac.agent["KeepAlive"] == {"Crashed": True}
        assert macos_app.started_by(mac.home) == mac.session.command
        written = mac.file.stat().st_mtime_ns
        autostart.renew(elsewhere)
        assert mac.file.stat().st_mtime_ns == written

    def test_without_the_launcher_it_at_least_does_not_loop(
        self, mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(macos_app, "LAUNCHER", tmp_path / "not compiled")
        autostart.turn(True, mac.session)
        mac.file.write_bytes(
            plistlib.dumps({**mac.agent, "KeepAlive": {"SuccessfulExit": False}})
        )
        autostart.renew(mac.session)
        assert "KeepAlive" not in mac.agent
        assert mac.agent["ProgramArguments"] == list(mac.session.command)

    @pytest.mark.parametrize("content", [None, b"rubbish", b"<?xml version='1.0'?><a"])
    def test_what_is_not_there_or_not_understood_is_not_renewed(
        self, mac: Mac, content: bytes | None
    ) -> None:
        if content is not None:
            mac.file.parent.mkdir(parents=True)
            mac.file.write_bytes(content)
        autostart.renew(mac.session)
        assert mac.file.exists() is (content is not None)
        assert not mac.app.exists()

    def test_what_the_user_has_switched_off_stays_off(self, mac: Mac) -> None:
        autostart.turn(True, mac.session)
        off = plistlib.dumps({**mac.agent, "Disabled": True, "KeepAlive": True})
        mac.file.write_bytes(off)
        autostart.renew(mac.session)
        assert mac.file.read_bytes() == off

    def test_vcam_starts_although_the_agent_cannot_be_renewed(
        self, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail() -> None:
            raise VcamError("no")

        monkeypatch.setattr(autostart, "renew", fail)
        tray.renew_autostart()
        assert "start at login: no." in caplog.text


class TestSetup:
    def setup(self, mac: Mac, *words: str) -> int:
        parser = argparse.ArgumentParser()
        setup.configure(parser)
        host = Host(platform="darwin", root=mac.home, run=lambda words: Answer(0, ""))
        given = parser.parse_args(words)
        return setup_macos.run(host, given, "Nothing has been changed.", mac.session)

    def test_the_app_is_made_after_a_question(
        self, mac: Mac, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.setup(mac, "--menu", "--dry-run") == 0
        assert self.setup(mac, "--menu") == 1, "nobody can be asked here"
        assert not mac.app.exists()
        assert self.setup(mac, "--menu", "--yes") == 0
        said = capsys.readouterr().out
        assert str(mac.app) in said and "allow the camera" in said
        assert macos_app.started_by(mac.home) == mac.session.command
        assert self.setup(mac, "--menu", "--yes") == 0
        assert "nothing to do" in capsys.readouterr().out
        assert len(mac.signed) == 1

    def test_what_to_click_for_the_virtual_camera_comes_first(
        self, mac: Mac, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.setup(mac, "--yes") == 1, "OBS is not installed yet"
        said = capsys.readouterr().out
        assert said.startswith("1. ")
        assert said.index("OBS") < said.index(str(mac.app))
        assert macos_app.exists(mac.home)

    def test_app_and_start_at_login_are_removed(
        self, mac: Mac, capsys: pytest.CaptureFixture[str]
    ) -> None:
        autostart.turn(True, mac.session)
        assert self.setup(mac, "--remove", "--dry-run") == 0
        assert self.setup(mac, "--remove") == 1
        assert mac.app.is_dir() and mac.file.is_file()
        assert self.setup(mac, "--remove", "--menu", "--yes") == 0
        assert not mac.app.exists() and mac.file.is_file()
        autostart.turn(True, mac.session)
        assert self.setup(mac, "--remove", "--yes") == 0
        assert not mac.app.exists() and not mac.file.exists()
        assert "OBS Studio stays" in capsys.readouterr().out
        assert self.setup(mac, "--remove") == 0
        assert "nothing" in capsys.readouterr().out

    def test_without_the_launcher_it_is_said_how_to_get_it(
        self,
        mac: Mac,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(macos_app, "LAUNCHER", tmp_path / "not compiled")
        assert self.setup(mac, "--menu", "--yes") == 1
        assert "xcode-select --install" in capsys.readouterr().out
        assert self.setup(mac, "--yes") == 1
        assert "xcode-select --install" in capsys.readouterr().out.splitlines()[-1]
        assert not mac.app.exists()


class TestItsLanguage:
    """What is started from the Launchpad or at login has no ``LANG``."""

    @pytest.mark.parametrize(
        ("chosen", "first"),
        [({"AppleLanguages": ["de-DE", "en"]}, ["de-DE"]), ({}, []), (None, [])],
    )
    def test_it_is_that_of_the_mac(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        chosen: dict[str, object] | None,
        first: list[str],
    ) -> None:
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setattr(sys, "platform", "darwin")
        if chosen is not None:
            file = tmp_path / "Library/Preferences/.GlobalPreferences.plist"
            file.parent.mkdir(parents=True)
            file.write_bytes(plistlib.dumps(chosen, fmt=plistlib.FMT_BINARY))
        assert translation.languages() == first
