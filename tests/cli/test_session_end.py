"""Windows asks vcam to end: by real messages to its window, and real console events."""

import ctypes
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from systems import needs_windows_desktop

from vcam.cli import signals

pytestmark = pytest.mark.skipif(
    sys.platform != "win32", reason="other systems send signals"
)
WM_CLOSE, WM_QUERYENDSESSION, WM_ENDSESSION = 0x0010, 0x0011, 0x0016
CONSOLE = """
import ctypes, threading, time
from vcam.cli import signals

asked = threading.Event()
kernelbase = ctypes.WinDLL("kernelbase")
# What Windows calls on a thread of its own when the console's window is closed.
event = threading.Thread(target=kernelbase.CtrlRoutine, args=(EVENT,), daemon=True)
with signals.ended_by(asked.set):
    event.start()
    assert asked.wait(20)
    time.sleep(0.5)
    print("everything was let go of", flush=True)
"""


@pytest.fixture
def send() -> Iterator[Callable[[int, int], int]]:
    """Send a message to vcam's window, and wait for its answer."""
    windows: Any = ctypes
    user32 = windows.WinDLL("user32")
    user32.FindWindowW.restype = ctypes.c_void_p
    pointer, number = ctypes.c_void_p, ctypes.c_size_t
    user32.SendMessageW.argtypes = pointer, ctypes.c_uint, number, pointer

    def find() -> Any:
        return user32.FindWindowW("vcam-session", None)

    def to_it(message: int, wparam: int) -> int:
        window = find()
        assert window
        return int(user32.SendMessageW(window, message, wparam, None))

    yield to_it
    assert not find(), "a window was left behind"


@needs_windows_desktop
def test_a_log_off_ends_vcam_and_waits_until_the_camera_is_let_go(
    send: Callable[[int, int], int],
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def log_off() -> None:
        send(WM_ENDSESSION, 1)
        answered.set()

    windows = threading.Thread(target=log_off)
    with signals.ended_by(asked.set):
        assert send(WM_QUERYENDSESSION, 0) == 1
        windows.start()
        assert asked.wait(5)
        assert not answered.wait(0.3), "Windows would end the process now"
    windows.join(5)
    assert answered.is_set()


@needs_windows_desktop
def test_a_log_off_that_another_program_stops_ends_nothing(
    send: Callable[[int, int], int],
) -> None:
    asked = threading.Event()
    with signals.ended_by(asked.set):
        assert send(WM_QUERYENDSESSION, 0) == 1
        send(WM_ENDSESSION, 0)
        assert not asked.is_set()


@needs_windows_desktop
def test_the_task_manager_may_ask_kindly(send: Callable[[int, int], int]) -> None:
    asked = threading.Event()
    with signals.ended_by(asked.set):
        send(WM_CLOSE, 0)
        assert asked.is_set()


@pytest.mark.parametrize("event", [2, 5, 6], ids=["closed", "log-off", "shutdown"])
def test_a_console_that_is_closed_lets_vcam_let_go_of_everything(event: int) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", CONSOLE.replace("EVENT", str(event))],
        input=b"",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert b"everything was let go of" in done.stdout, done.stderr


def test_ctrl_c_stays_pythons() -> None:
    from vcam.cli.session_end import _Console

    console = _Console(pytest.fail)
    assert console._handler(0) == console._handler(1) == 0
