"""``vcam doctor --fix``: what is safe is done, everything else is asked before."""

import argparse
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_video import Video

from vcam.cli import doctor as command
from vcam.system.doctor import diagnose
from vcam.system.doctor.finding import Asks, Finding, Fix
from vcam.system.doctor.host import Answer, Host
from vcam.system.doctor.program import LITERT

NO_LIBGL = "ImportError: libGL.so.1: cannot open shared object file: No such file"
Run = Callable[..., int]


class Typed(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


def touching(file: Path, asks: Asks = Asks.US) -> Fix:
    """A fix that makes ``file``."""
    code = f"open({str(file)!r}, 'a').write('done ')"
    return Fix((sys.executable, "-c", code), asks)


@pytest.fixture
def fix(monkeypatch: pytest.MonkeyPatch) -> Run:
    """``vcam doctor --fix`` where these things are wrong."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    again = (sys.executable, "-c", "print('looked again')")
    monkeypatch.setattr(command, "AGAIN", again)

    def run(*findings: Finding) -> int:
        monkeypatch.setattr("vcam.system.doctor.diagnose", lambda _: findings)
        parser = argparse.ArgumentParser()
        command.configure(parser)
        return command.run(parser.parse_args(["--fix"]))

    return run


def test_what_changes_only_vcams_own_files_is_done_at_once(
    fix: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "made"
    wrong = Finding("kernels", None, "not used", fix=touching(file, Asks.NOBODY))
    assert fix(wrong) == 0
    assert file.exists()
    said = capfd.readouterr().out
    assert "To fix kernels: " in said and "looked again" in said


@pytest.mark.parametrize(("answer", "done"), [("y\n", True), ("n\n", False), ("", False)])
def test_everything_else_is_asked_before(
    fix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, done: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed(answer))
    fix(Finding("engine", False, "is missing", fix=touching(tmp_path / "made")))
    assert (tmp_path / "made").exists() is done


def test_where_nobody_can_be_asked_nothing_else_is_done(
    fix: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fix(Finding("engine", False, "is missing", fix=touching(tmp_path / "made")))
    assert not (tmp_path / "made").exists()
    assert "nobody can be asked here" in capfd.readouterr().out


def test_what_mends_several_findings_is_done_once(
    fix: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "made"
    same = touching(file, Asks.ITSELF)
    driver = Finding("driver", False, "is not loaded", fix=same)
    after = Finding("after a restart", None, "it is lost", fix=same)
    fix(driver, after, Finding("camera", True, "is fine", fix=touching(tmp_path / "no")))
    assert file.read_text() == "done "
    assert "To fix driver and after a restart: " in capfd.readouterr().out
    assert not (tmp_path / "no").exists()


def test_a_fix_that_fails_does_not_keep_the_others_from_being_done(
    fix: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fails = Fix((sys.executable, "-c", "raise SystemExit(3)"), Asks.NOBODY)
    missing = Fix((str(tmp_path / "no-such-program"),), Asks.NOBODY)
    fix(
        Finding("one", False, "is wrong", fix=fails),
        Finding("two", False, "is wrong", fix=missing),
        Finding("three", False, "is wrong", fix=touching(tmp_path / "made", Asks.NOBODY)),
    )
    assert (tmp_path / "made").exists()
    said = capfd.readouterr().err
    assert "It ended with status 3" in said and "cannot be run" in said


@pytest.mark.parametrize(("first", "made"), [("", True), ("raise SystemExit(3)", False)])
def test_what_takes_two_commands_is_asked_once_and_ends_where_one_fails(
    fix: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str, made: bool
) -> None:
    monkeypatch.setattr(sys, "stdin", Typed("y\n"))
    then = touching(tmp_path / "made").command
    two = Fix((sys.executable, "-c", first), then=then)
    fix(Finding("packages", None, "two of them", fix=two))
    assert (tmp_path / "made").exists() is made


def test_what_vcam_cannot_fix_is_left_to_the_user(
    fix: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    assert fix(Finding("camera", False, "No camera found", "Plug one in")) == 1
    assert "Nothing of this can be fixed by vcam itself." in capfd.readouterr().out


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """A server with Debian: no libGL, no engine, no driver."""
    monkeypatch.setattr("vcam.system.libraries._loads", lambda file: file != "libGL.so.1")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=debian\n")
    video = Video(tmp_path)
    answers = {"import cv2": NO_LIBGL, LITERT.load: "No module named 'ai_edge_litert'"}
    return Host(
        platform="linux",
        machine="x86_64",
        root=tmp_path,
        system=video.system,
        environ={},
        run=lambda words: Answer(1, answers.get(words[-1], NO_LIBGL)),
        installed=lambda: frozenset({"pip", "pyvirtualcam"}),
    )


def test_the_doctor_knows_the_command_for_what_is_missing(machine: Host) -> None:
    found = {each.check: each for each in diagnose(machine)}
    assert found["OpenCV"].fix == Fix(("apt", "install", "libgl1"), as_root=True)
    setup = found["driver"].fix
    assert setup is not None and setup.asks is Asks.ITSELF
    assert setup.command[-2:] == ("vcam", "setup")
    engines = [each.fix for each in diagnose(machine) if each.check == "engine"]
    pip = (machine.python, "-P", "-m", "pip", "install", LITERT.package)
    assert engines == [Fix(pip), Fix(("apt", "install", "libgl1"), as_root=True)]


def test_programs_are_told_the_commands(
    machine: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vcam.system.doctor.diagnose", lambda _: diagnose(machine))
    parser = argparse.ArgumentParser()
    command.configure(parser)
    assert command.run(parser.parse_args(["--json"])) == 1
    report = {
        each["check"]: each for each in json.loads(capsys.readouterr().out)["findings"]
    }
    assert report["OpenCV"]["fix"]["command"] == ["apt", "install", "libgl1"]
    assert report["driver"]["fix"]["asks"] == "itself"
