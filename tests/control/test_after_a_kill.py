"""vcam was killed: by a shutdown, a crash, the task manager.  The next one starts."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from vcam.app import App
from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.control import client, endpoint
from vcam.control.client import NotRunningError, ask
from vcam.control.instance import AlreadyRunningError, exclusive, only_one
from vcam.control.server import Server
from vcam.errors import ControlError
from vcam.files import settings_path
from vcam.local import channel, lock
from vcam.local.runtime_folder import runtime_folder
from vcam.settings import load

WINDOWS_REFUSES_S = 2.0023
"""The shortest time that Windows was seen to take for a closed port of this machine."""

HOLDS_THE_LOCK = """
import time
from vcam.control.instance import only_one
with only_one():
    print("running", flush=True)
    time.sleep(60)
"""


class SocketOfWindows(socket.socket):
    """Is refused like there: only after two seconds, which nobody here waits for."""

    def connect(self, address: Any) -> None:
        try:
            super().connect(address)
        except ConnectionRefusedError:
            if (self.gettimeout() or 9.0) < WINDOWS_REFUSES_S:
                raise TimeoutError("timed out") from None
            raise


@pytest.fixture(params=["socket", "port", "port of Windows"])
def reached_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "socket" and channel.BY_PORT:
        pytest.skip("Python has no sockets in folders there")
    if request.param != "socket":
        monkeypatch.setattr(channel, "BY_PORT", True)
    if request.param == "port of Windows":
        monkeypatch.setattr(channel.socket, "socket", SocketOfWindows)  # type: ignore[attr-defined]


anyhow = pytest.mark.usefixtures("reached_by")


@pytest.fixture
def killed(reached_by: None) -> None:
    """What is left of one: its endpoint, where nobody listens, and its lock file."""
    folder = runtime_folder()
    listener, port = channel.listen(folder)
    listener.close()
    endpoint.write(endpoint.Endpoint(port, "0" * 64, 4711), folder)
    (folder / "lock").touch(0o600)


@pytest.mark.usefixtures("killed")
class TestItIsSeenThatItDoesNotRun:
    def test_by_the_status(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["status"]) == 1
        assert capsys.readouterr().out.startswith("Not running\n")

    @pytest.mark.parametrize("verb", ["quit", "pause"])
    def test_by_a_command(self, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main([verb]) == 1
        assert "vcam is not running" in capsys.readouterr().err

    def test_by_a_change_which_the_next_one_starts_with(self) -> None:
        assert main(["set", "background=teal"]) == 0
        assert load(settings_path()).background == Color("teal")

    def test_by_the_next_one_which_is_reached(self, app: App) -> None:
        with only_one(), Server(app):
            assert ask("status")["state"] == "live"
            with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"):
                only_one().__enter__()

    def test_even_while_a_command_edits_the_settings(self) -> None:
        with exclusive(), pytest.raises(NotRunningError):
            ask("status")


@anyhow
def test_a_program_that_has_its_port_now_is_not_taken_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "ANSWER_S", 0.02)
    folder = runtime_folder()
    listener, port = channel.listen(folder)
    with listener:
        endpoint.write(endpoint.Endpoint(port, "0" * 64, 4711), folder)
        with pytest.raises(NotRunningError):
            ask("status")


@anyhow
def test_one_that_dies_while_it_is_asked_is_not_said_to_hang() -> None:
    folder = runtime_folder()

    def runs_and_dies() -> None:
        with exclusive():
            listener, port = channel.listen(folder)
            with listener:
                endpoint.write(endpoint.Endpoint(port, "0" * 64, 4711), folder)
                ready.set()
                if connection := channel.accept(listener, 10.0):
                    connection.close()
            time.sleep(0.01)  # a system may free its lock a little later

    ready = threading.Event()
    thread = threading.Thread(target=runs_and_dies, name="vcam-dying")
    thread.start()
    ready.wait(10.0)
    with pytest.raises(NotRunningError):
        ask("status")
    thread.join(10.0)


@anyhow
def test_one_that_runs_and_does_not_listen_is_said_not_to_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def silent(*_: object) -> None:
        raise TimeoutError("timed out")

    monkeypatch.setattr(client, "connect", silent)
    monkeypatch.setattr(lock, "LOCK_S", 0.02)
    folder = runtime_folder()
    port = 8080 if channel.BY_PORT else None
    with exclusive():
        endpoint.write(endpoint.Endpoint(port, "0" * 64, 4711), folder)
        with pytest.raises(ControlError, match=r"process 4711\) does not answer"):
            ask("status")
        with pytest.raises(ControlError, match=r"process 4711\) does not answer"):
            only_one().__enter__()


@contextmanager
def another_process() -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_THE_LOCK],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_lock_is_held_by_a_process_and_ends_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with another_process() as process:
        assert lock.is_held(endpoint.LOCK, 0.0)
        with monkeypatch.context() as impatient:
            impatient.setattr(lock, "LOCK_S", 0.0)
            with pytest.raises(AlreadyRunningError, match="starting or ending"):
                only_one().__enter__()
        process.kill()
        process.wait(10.0)
        with only_one():
            assert lock.is_held(endpoint.LOCK, 0.0)
    assert not lock.is_held(endpoint.LOCK)
