"""The app for macOS and what starts it at login, as far as that can be run on Linux.

The launcher is compiled and run for real: it asks for nothing that only macOS has.
"""

import argparse
import os
import plistlib
import runpy
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
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
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if compiler() is None:
        pytest.skip("there is no C compiler")
    into = tmp_path_factory.mktemp("built") / "vcam.app"
    build.build(into, ["-Werror"])
    return into


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    into = tmp_path_factory.mktemp("sanitized") / "vcam.app"
    try:
        build.build(into, SANITIZED)
    except BuildError:
        pytest.skip("this compiler has no sanitizers")
    return into / macos_app.PROGRAM


@dataclass
class Mac:
    """A user's Mac with an installed vcam."""

    home: Path
    session: Session

    @property
    def app(self) -> Path:
        return macos_app.place(self.home)

    @property
    def program(self) -> str:
        return str(self.app / "Contents/MacOS/vcam")

    @property
    def command(self) -> Path:
        return self.home / "Library/Application Support/vcam/app-command"

    @property
    def file(self) -> Path:
        return self.home / "Library/LaunchAgents/vcam.autostart.plist"

    @property
    def agent(self) -> dict[str, object]:
        found: dict[str, object] = plistlib.loads(self.file.read_bytes())
        return found

    def install(self, *words: str) -> Path:
        return macos_app.install(self.home, words or self.session.command)

    def files(self) -> dict[str, tuple[bytes, int]]:
        return {
            str(file.relative_to(self.app)): (file.read_bytes(), file.stat().st_ino)
            for file in self.app.rglob("*")
            if file.is_file()
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """The app's program, which starts ``words``."""
        return subprocess.Popen(
            [self.install(*words)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "HOME": str(self.home)},
        )


@pytest.fixture
def mac(tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Mac:
    monkeypatch.setattr(macos_app, "BUNDLE", bundle)
    script = tmp_path / "bin/vcam"
    script.parent.mkdir()
    script.write_text(f"#!{PYTHON}\n")
    script.chmod(0o755)
    session = Session(
        platform="darwin", home=tmp_path / "home", environ={}, command=(str(script),)
    )
    return Mac(tmp_path / "home", session)


class TestTheBundle:
    def test_macos_asks_for_its_camera_and_says_what_for(self, mac: Mac) -> None:
        mac.install()
        about = plistlib.loads((mac.app / "Contents/Info.plist").read_bytes())
        assert about["CFBundleIdentifier"] == "vcam-background.vcam"
        assert "what is behind you" in about["NSCameraUsageDescription"]
        assert about["LSUIElement"] is True
        assert about["CFBundlePackageType"] == "APPL"
        program = mac.app / "Contents/MacOS" / about["CFBundleExecutable"]
        assert os.access(program, os.X_OK)
        assert (mac.app / "Contents/Resources" / about["CFBundleIconFile"]).is_file()

    def test_the_question_is_in_the_user_s_language(self, mac: Mac) -> None:
        mac.install()
        words = {"de": "Kamerabild", "en": "what is behind you", "es": "imagen"}
        for language, word in words.items():
            strings = mac.app / f"Contents/Resources/{language}.lproj/InfoPlist.strings"
            text = plistlib.loads(strings.read_bytes())["NSCameraUsageDescription"]
            assert word in text

    def test_it_is_signed_when_it_is_built_on_a_mac(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ran: list[list[str]] = []
        monkeypatch.setattr(build, "_run", lambda words: ran.append(list(words)))
        monkeypatch.setattr(sys, "platform", "darwin")
        build.build(tmp_path / "vcam.app")
        compiled, signed = ran
        assert "-mmacosx-version-min=11.0" in compiled
        assert signed == ["codesign", "--force", "--sign", "-", str(tmp_path / "vcam.app")]

    def test_one_that_cannot_be_signed_is_not_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "codesign").write_text("#!/bin/sh\necho refused >&2\nexit 1\n")
        (tmp_path / "codesign").chmod(0o755)
        (tmp_path / "cc").write_text("#!/bin/sh\n")
        (tmp_path / "cc").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        monkeypatch.setenv("CC", "cc")
        monkeypatch.setattr(sys, "platform", "darwin")
        with pytest.raises(BuildError, match="could not be built: refused"):
            build.build(tmp_path / "vcam.app")
        assert not (tmp_path / "vcam.app").exists()

    def test_an_upgrade_of_vcam_leaves_it_and_its_permission(
        self, mac: Mac, sanitized: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mac.install()
        before = mac.files()
        monkeypatch.setattr(macos_app, "BUNDLE", sanitized.parents[2])
        mac.install("/elsewhere/vcam")
        assert mac.files() == before
        assert macos_app.started_by(mac.home) == ("/elsewhere/vcam",)
        monkeypatch.setattr(macos_app, "VERSION", "2")
        mac.install("/elsewhere/vcam")
        assert Path(mac.program).read_bytes() == sanitized.read_bytes()
        assert [each.name for each in mac.app.parent.iterdir()] == ["vcam.app"]

    def test_one_that_is_damaged_is_made_anew(self, mac: Mac) -> None:
        mac.install()
        Path(mac.program).unlink()
        assert os.access(mac.install(), os.X_OK)

    def test_another_s_app_of_that_name_stays(self, mac: Mac) -> None:
        other = mac.app / "Contents/Info.plist"
        other.parent.mkdir(parents=True)
        for content in (b"<?xml version='1.0'?><plist>", plistlib.dumps({"a": 1})):
            other.write_bytes(content)
            with pytest.raises(VcamError, match="not vcam's"):
                mac.install()
            macos_app.remove(mac.home)
            assert other.read_bytes() == content

    def test_it_is_removed_with_all_that_is_in_it(self, mac: Mac) -> None:
        mac.install()
        assert macos_app.exists(mac.home)
        for _ in range(2):
            macos_app.remove(mac.home)
            assert not mac.app.exists() and not mac.command.exists()
        assert not macos_app.exists(mac.home)

    def test_a_folder_that_cannot_be_written_is_told(self, mac: Mac) -> None:
        mac.home.write_text("not a folder")
        with pytest.raises(VcamError, match=r"vcam\.app cannot be changed"):
            mac.install()

    def test_its_icon_is_the_one_of_every_desktop(self) -> None:
        drawn = runpy.run_path(str(ROOT / "assets/draw_icon.py"))
        assert drawn["icns"]() == build.ICON.read_bytes()


class TestTheLauncher:
    def test_it_starts_the_command_and_ends_with_its_status(self, mac: Mac) -> None:
        words = (PYTHON, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", "a b", "ü")
        with mac.start(*words) as process:
            said, told = process.communicate(timeout=20)
        assert (process.returncode, said, told) == (7, "['a b', 'ü']\n", "")

    @pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
    def test_who_ends_the_app_ends_vcam_properly(self, mac: Mac, name: str) -> None:
        number = getattr(signal, name)
        code = (
            "import signal, sys, time\n"
            f"signal.signal({int(number)}, lambda *_: sys.exit(5))\n"
            "print('ready', flush=True)\n"
            "for _ in range(2000): time.sleep(0.01)"  # one begins after the signal came
        )
        with mac.start(PYTHON, "-c", code) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(number)
            assert process.wait(10) == 5

    def test_a_signal_before_vcam_has_begun_is_not_lost(self, mac: Mac) -> None:
        with mac.start(PYTHON, "-c", "import time; time.sleep(20)") as process:
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
        with mac.start(PYTHON, "-c", code) as process:
            assert process.wait(20) == -number

    def test_an_environment_that_was_removed_is_told(self, mac: Mac) -> None:
        with mac.start(str(mac.home / "gone/vcam")) as process:
            _, told = process.communicate(timeout=10)
        assert process.returncode == 127
        assert "gone/vcam cannot be started: No such file" in told

    def test_who_starts_it_in_spotlight_sees_why_nothing_comes(
        self, mac: Mac, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown, alert = tmp_path / "shown", tmp_path / "osascript"
        alert.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{shown}"\n')
        alert.chmod(0o755)
        try:
            build.build(tmp_path / "vcam.app", [f'-DALERT="{alert}"', "-Werror"])
        except BuildError:
            pytest.skip("there is no C compiler")
        monkeypatch.setattr(macos_app, "BUNDLE", tmp_path / "vcam.app")
        gone = str(mac.home / "gone/vcam")
        with mac.start(gone) as process:
            assert process.wait(20) == 127
        *_, title, why, _, advice = shown.read_text().splitlines()
        assert (title, why) == (
            "vcam cannot be started",
            f"{gone}: No such file or directory",
        )
        assert "vcam setup" in advice

    @pytest.mark.parametrize(
        "content", [None, b"", b"no end", b"a\0" * 65, b"a" * (1 << 16), b"\0"]
    )
    def test_a_damaged_command_starts_nothing(
        self, mac: Mac, sanitized: Path, content: bytes | None
    ) -> None:
        if content is not None:
            mac.command.parent.mkdir(parents=True)
            mac.command.write_bytes(content)
        done = subprocess.run(
            [sanitized],
            capture_output=True,
            text=True,
            timeout=20,
            env={**os.environ, "HOME": str(mac.home)},
        )
        assert done.returncode == 127
        assert done.stderr.startswith("vcam: ") and "Sanitizer" not in done.stderr

    @pytest.mark.parametrize("home", [{}, {"HOME": ""}, {"HOME": "/" * 5000}])
    def test_without_a_home_it_starts_nothing(
        self, sanitized: Path, home: dict[str, str]
    ) -> None:
        done = subprocess.run([sanitized], capture_output=True, timeout=20, env=home)
        assert done.returncode == 127 and b"Sanitizer" not in done.stderr


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
        assert mac.app.is_dir(), "it can be started by hand"

    def test_what_is_missing_is_told(self, mac: Mac) -> None:
        autostart.turn(True, mac.session)
        script = Path(mac.session.command[0])
        script.unlink()
        assert getattr(autostart.status(mac.session), "missing", "") == str(script)
        mac.command.unlink()
        assert getattr(autostart.status(mac.session), "missing", "") == "nothing"
        macos_app.remove(mac.home)
        assert getattr(autostart.status(mac.session), "missing", "") == mac.program

    def test_without_the_app_it_is_said_that_there_will_be_no_camera(
        self, mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(macos_app, "BUNDLE", tmp_path / "not built")
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

    def test_without_the_app_it_at_least_does_not_loop(
        self, mac: Mac, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(macos_app, "BUNDLE", tmp_path / "not built")
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

    @pytest.mark.parametrize("gone", ["app", "command"])
    def test_the_app_is_never_made_to_start_itself(self, mac: Mac, gone: str) -> None:
        autostart.turn(True, mac.session)
        if gone == "app":
            shutil.rmtree(mac.app)
        else:
            mac.command.unlink()
        before = mac.file.read_bytes()
        autostart.renew(mac.session)
        assert mac.file.read_bytes() == before
        assert mac.program not in macos_app.started_by(mac.home)
        with pytest.raises(ValueError, match="start itself"):
            mac.install(mac.program)
        autostart.turn(True, mac.session)
        assert macos_app.started_by(mac.home) == mac.session.command

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
        before = mac.files()
        assert self.setup(mac, "--menu", "--yes") == 0
        assert "nothing to do" in capsys.readouterr().out
        assert mac.files() == before

    def test_an_app_that_was_damaged_or_is_of_an_older_version_is_made_anew(
        self, mac: Mac, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mac.install()
        Path(mac.program).unlink()
        assert self.setup(mac, "--menu", "--yes") == 0
        assert os.access(mac.program, os.X_OK)
        before = mac.files()
        monkeypatch.setattr(macos_app, "VERSION", "2")
        assert self.setup(mac, "--menu", "--yes") == 0
        assert mac.files() != before

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
        assert not mac.app.exists() and not mac.file.exists()
        autostart.turn(True, mac.session)
        assert self.setup(mac, "--remove", "--yes") == 0
        assert not mac.app.exists() and not mac.file.exists()
        assert "OBS Studio stays" in capsys.readouterr().out
        assert self.setup(mac, "--remove") == 0
        assert "nothing" in capsys.readouterr().out

    def test_without_the_app_it_is_said_how_to_get_it(
        self,
        mac: Mac,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(macos_app, "BUNDLE", tmp_path / "not built")
        assert self.setup(mac, "--menu", "--yes") == 1
        assert "xcode-select --install" in capsys.readouterr().out
        assert self.setup(mac, "--yes") == 1
        assert "xcode-select --install" in capsys.readouterr().out.splitlines()[-1]
        assert not mac.app.exists()


class TestItsLanguage:
    """What is started from Spotlight or at login has no ``LANG``."""

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
