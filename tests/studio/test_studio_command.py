"""``vcam studio``: its start, the second one, and every kind of end."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from studio_client import Client
from systems import WINDOWS, needs_links, not_on_windows

from vcam.cli import main
from vcam.cli import studio as command
from vcam.local.runtime_folder import runtime_folder
from vcam.sources import capture
from vcam.studio import environment, handover, presence

pytest.importorskip("uvicorn", reason="the extra `studio` is not installed")
pytest.importorskip("websockets", reason="the extra `studio` is not installed")

from vcam.studio import server

STRACE = shutil.which("strace")
SELF = [sys.executable, "-P", "-m", "vcam", "studio", "--no-browser"]
TERMINATED = 1 if WINDOWS else 0
"""The status of a studio that was terminated, which on Windows is to be killed."""


@contextmanager
def started(*words: str, before: tuple[str, ...] = ()) -> Iterator[tuple[Any, str]]:
    """The process of a studio, and the line that it has printed."""
    with subprocess.Popen(
        [*before, *SELF, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def run_folder() -> Path:
    return Path(os.environ["VCAM_RUNTIME_DIR"])


def private() -> Path:
    """Where a studio of this runtime folder keeps what it is sent."""
    return environment.place_of(run_folder())


def address_in(line: str) -> str:
    (found,) = re.findall(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}$", line)
    return str(found)


def left() -> set[str]:
    """What a studio that has ended left in its folders."""
    names = {each.name for each in run_folder().iterdir()} - {"studio.lock"}
    return names | ({"private"} if private().exists() else set())


@not_on_windows("modes of files, and programs that can be asked to end")
def test_it_prints_its_address_and_answers_there() -> None:
    with started() as (process, line):
        with urllib.request.urlopen(address_in(line), timeout=10) as answer:
            assert answer.status == 200
        assert private().stat().st_mode & 0o777 == 0o700
        for name in (handover.ADDRESS, handover.PAGE):
            assert (run_folder() / name).stat().st_mode & 0o777 == 0o600
        process.terminate()
        assert process.wait(15) == 0
    assert not left()


@not_on_windows("there, these are no signals that one process sends another")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_ends_it_and_leaves_nothing(
    name: str, request: pytest.FixtureRequest
) -> None:
    number = signal.Signals[name]
    # Whoever starts the tests with nohup has some of them ignored, by children as well.
    before = signal.signal(number, signal.SIG_DFL)
    request.addfinalizer(lambda: signal.signal(number, before))
    with started() as (process, line):
        assert address_in(line)
        (private() / "somebody's upload.png").write_bytes(b"room")
        process.send_signal(number)
        assert process.wait(15) == 0
        assert not process.stderr.read()
    assert not left()


def test_a_second_one_shows_the_first_and_ends() -> None:
    with started() as (process, line):
        second = subprocess.run(SELF, capture_output=True, text=True, timeout=30)
        assert second.returncode == 0
        assert address_in(second.stdout.strip()) == address_in(line)
        assert process.poll() is None
        process.terminate()
        process.wait(15)


def test_what_a_killed_one_left_is_gone_after_the_next() -> None:
    with started() as (process, _):
        (private() / "somebody's upload.png").write_bytes(b"room")
        process.kill()
        process.wait(15)
    assert left()
    with started() as (process, _):
        assert not list(private().iterdir())
        process.terminate()
        assert process.wait(15) == TERMINATED
    assert TERMINATED or not left()


def test_a_folder_of_somebody_else_is_not_touched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(environment, "place_of", lambda runtime: tmp_path / "theirs")
    (tmp_path / "theirs").write_text("a file in the way")
    killed = runtime_folder() / "studio-12ab34cd"
    killed.mkdir()
    with environment.private_folder() as folder:
        assert folder.parent == run_folder()
        assert WINDOWS or folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
    assert not killed.exists()
    assert (tmp_path / "theirs").read_text() == "a file in the way"


@needs_links
def test_a_link_in_its_place_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").touch()
    (tmp_path / "place").symlink_to(tmp_path / "precious")
    monkeypatch.setattr(environment, "place_of", lambda runtime: tmp_path / "place")
    with environment.private_folder() as folder:
        assert folder != tmp_path / "place"
    assert (tmp_path / "precious" / "file").exists()


@not_on_windows("the browser is a shell script")
def test_the_address_is_on_no_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setenv("DISPLAY", ":99")
    with subprocess.Popen(
        SELF[:-1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address = address_in(process.stdout.readline().strip())
        until_s = time.monotonic() + 10
        while not (tmp_path / "opened").exists() and time.monotonic() < until_s:
            time.sleep(0.05)
        page = run_folder() / handover.PAGE
        assert (tmp_path / "opened").read_text() == page.as_uri()
        assert address in page.read_text()
        process.terminate()
        process.wait(15)


def test_without_a_desktop_no_browser_of_the_terminal_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BROWSER", "false")
    if sys.platform.startswith("linux"):
        assert not handover.open_browser()


def test_a_studio_that_nobody_can_open_ends_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handover, "open_browser", lambda: False)
    assert main(["studio", "--until-closed"]) == 1
    assert "No browser opens here" in capsys.readouterr().err
    assert not left()


def test_a_port_that_is_taken_is_explained() -> None:
    with started() as (process, line):
        port = address_in(line).split(":")[2].partition("/")[0]
        other = {**os.environ, "VCAM_RUNTIME_DIR": str(run_folder().parent / "other")}
        second = subprocess.run(
            [*SELF, "--port", port], capture_output=True, text=True, timeout=30, env=other
        )
        assert second.returncode == 1
        assert f"cannot listen at port {port}" in second.stderr
        assert "--port" in second.stderr
        process.terminate()
        process.wait(15)


def test_a_port_can_be_chosen_and_used_again_at_once() -> None:
    for _ in range(2):
        with started("--port", "47831") as (process, line):
            assert address_in(line).startswith("http://127.0.0.1:47831/")
            urllib.request.urlopen(address_in(line), timeout=10).close()
            process.terminate()
            assert process.wait(15) == TERMINATED


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_what_is_no_port_is_explained(
    port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["studio", "--no-browser", "--port", port]) == 2
    assert port in capsys.readouterr().err


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "NEEDED", ("numpy", "no_such_package"))
    assert main(["studio", "--no-browser"]) == 2
    said = capsys.readouterr().err
    assert "not installed: no_such_package" in said
    assert 'pip install "vcam-background[studio]"' in said


def test_what_the_environment_says_about_gradio_has_no_effect(tmp_path: Path) -> None:
    given = {
        "GRADIO_SHARE": "True",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_ALLOWED_PATHS": "/",
        "HF_TOKEN": "secret",
        "MPLCONFIGDIR": "/elsewhere",
        "PATH": "/bin",
    }
    found = environment.prepared(given, tmp_path)
    assert found["GRADIO_SHARE"] == "False"
    assert found["PATH"] == "/bin"
    assert {found[name] for name in ("TMPDIR", "GRADIO_TEMP_DIR", "MPLCONFIGDIR")} == {
        str(tmp_path)
    }
    assert not {"GRADIO_SERVER_NAME", "GRADIO_ALLOWED_PATHS", "HF_TOKEN"} & set(found)


def test_the_environment_is_as_it_was_afterwards(tmp_path: Path) -> None:
    before = dict(os.environ)
    with environment.applied(tmp_path) as original:
        assert original == before
        assert os.environ["TMPDIR"] == str(tmp_path)
    assert dict(os.environ) == before


def test_it_ends_when_the_last_page_was_closed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(presence, "LAST_S", 0.3)
    monkeypatch.setattr(server, "POLL_S", 0.05)
    studio = server.Studio(tmp_path, {}, until_closed=True)
    thread = threading.Thread(target=studio.run, daemon=True)
    thread.start()
    client = Client(studio)
    client.enter()
    with client.socket("/api/presence"):
        time.sleep(0.6)
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive()


def test_it_ends_when_no_browser_came(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(presence, "FIRST_S", 0.2)
    monkeypatch.setattr(server, "POLL_S", 0.05)
    server.Studio(tmp_path, {}, until_closed=True).run()


def test_on_macos_it_learns_which_cameras_are_plugged_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Only the main thread can have the system renew its list."""
    threads: list[threading.Thread] = []
    monkeypatch.setattr(server, "FOLLOWS", True)
    monkeypatch.setattr(
        capture, "follow_changes", lambda: threads.append(threading.current_thread())
    )
    monkeypatch.setattr(presence, "FIRST_S", 0.2)
    monkeypatch.setattr(server, "POLL_S", 0.05)
    server.Studio(tmp_path, {}, until_closed=True).run()
    assert threads and set(threads) == {threading.main_thread()}


def test_an_address_that_nobody_wrote_is_waited_for_and_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(handover, "START_S", 0.2)
    with handover.only_one():
        assert main(["studio", "--no-browser"]) == 1
    assert "starting or ending" in capsys.readouterr().err


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_it_listens_on_this_machine_and_connects_to_nobody(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRADIO_SHARE", "True")
    log = tmp_path / "strace.log"
    tracing = (str(STRACE), "-f", "-qq", "-e", "trace=network", "-o", str(log))
    with started(before=tracing) as (process, line):
        with urllib.request.urlopen(address_in(line), timeout=10) as answer:
            assert answer.status == 200
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    calls = log.read_text()
    bound = re.findall(r"bind\(\d+, \{sa_family=AF_INET.*?\}", calls)
    assert bound
    assert all('inet_addr("127.0.0.1")' in each or '"::1"' in each for each in bound)
    assert "connect(" not in calls
    assert not re.findall(r"sendto\(\d+, .*sin_addr", calls)


def test_the_hand_over_is_readable_for_machines() -> None:
    with handover.only_one(), handover.published("http://127.0.0.1:1/?token=x"):
        content = json.loads((run_folder() / handover.ADDRESS).read_text())
        assert content == {"address": "http://127.0.0.1:1/?token=x", "pid": os.getpid()}
        assert handover.running_address() == content["address"]
