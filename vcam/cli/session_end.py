"""Windows asks programs to end: at log-off, shutdown, or when their console is closed.

It ends the process a few seconds later, whatever the process does, and at once when the
question is answered.  So the answer waits until vcam has let go of everything.

A program that has loaded user32.dll is told by messages to its windows when the session
ends, and only by a console event when its console is closed (learn.microsoft.com,
SetConsoleCtrlHandler and WM_ENDSESSION); so there are both here.  Other systems send
signals.  Run with the Windows Python under wine; no real session has ended with it yet.
"""

import ctypes
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import wintypes
from functools import partial
from typing import Any

log = logging.getLogger(__name__)

ANSWER_S = 4.5
"""Longest time that the answer waits: Windows itself waits for 5 s."""
OPEN_S = 5.0
STOP_S = 5.0
NAME = "vcam-session"
"""Name of the thread, the window and its class."""
CONSOLE_EVENTS = {2: "CTRL_CLOSE_EVENT", 5: "CTRL_LOGOFF_EVENT", 6: "CTRL_SHUTDOWN_EVENT"}
WM_DESTROY, WM_CLOSE, WM_QUERYENDSESSION, WM_ENDSESSION = 0x0002, 0x0010, 0x0011, 0x0016
WM_STOP = 0x8001  # of those that an application may use for itself


@contextmanager
def answered(end: Callable[[], None]) -> Iterator[None]:
    """Within this, ``end`` is called when Windows asks the program to end.

    ``end`` must not wait, and is called on a thread of Windows or on ``vcam-session``.
    Everything that has to be let go of belongs into the block.
    """
    over = threading.Event()

    def leave(why: str) -> None:
        log.info("Windows asks vcam to end: %s", why)
        end()
        over.wait(ANSWER_S)

    window = _Window(leave)
    console = _Console(leave)
    window.open()
    console.open()
    try:
        yield
    finally:
        # First: a question that is being answered holds the console's lock.
        over.set()
        console.close()
        window.close()


class _Console:
    """A handler of console events, which Windows calls on a thread of its own."""

    def __init__(self, leave: Callable[[str], None]) -> None:
        windows: Any = ctypes
        self._kernel32 = windows.WinDLL("kernel32", use_last_error=True)
        self._leave = leave
        handler = windows.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)
        self._handler = handler(self._asked)

    def open(self) -> None:
        """Begin to listen."""
        self._kernel32.SetConsoleCtrlHandler(self._handler, True)

    def close(self) -> None:
        """No longer listen."""
        self._kernel32.SetConsoleCtrlHandler(self._handler, False)

    def _asked(self, event: int) -> bool:
        if why := CONSOLE_EVENTS.get(event):
            self._leave(why)
        # Ctrl-C and Ctrl-Break are Python's.
        return bool(why)


class _Window:
    """A hidden window: those that are only for messages are not told of the session."""

    def __init__(self, leave: Callable[[str], None]) -> None:
        self._leave = leave
        self._stop: Callable[[], object] = lambda: None
        self._opened = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=NAME, daemon=True)

    def open(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._opened.wait(OPEN_S)

    def close(self) -> None:
        """No longer listen."""
        self._stop()
        self._thread.join(STOP_S)

    def _serve(self) -> None:
        try:
            self._loop()
        except OSError:  # a session without windows: a service's
            log.info("there is no window to be told of the session's end", exc_info=True)
        finally:
            self._opened.set()

    def _loop(self) -> None:
        api = _Api()
        described = api.window_class(
            lpfnWndProc=api.procedure(partial(self._message, api.user32)),
            hInstance=api.program,
            lpszClassName=NAME,
        )
        api.check(api.user32.RegisterClassW(ctypes.byref(described)))
        try:
            window = api.check(
                api.user32.CreateWindowExW(
                    0, NAME, NAME, 0, 0, 0, 0, 0, None, None, api.program, None
                )
            )
            self._stop = partial(api.user32.PostMessageW, window, WM_STOP, 0, 0)
            self._opened.set()
            message = wintypes.MSG()
            while api.user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
                api.user32.DispatchMessageW(ctypes.byref(message))
        finally:
            api.user32.UnregisterClassW(NAME, api.program)

    def _message(
        self, user32: Any, window: int, message: int, wparam: int, lparam: int
    ) -> int:
        if message == WM_QUERYENDSESSION:
            return 1
        if message == WM_ENDSESSION and wparam:
            self._leave("WM_ENDSESSION")
            return 0
        if message == WM_CLOSE:  # `taskkill` without /F
            self._leave("WM_CLOSE")
            return 0
        if message == WM_STOP:
            user32.DestroyWindow(window)
            return 0
        if message == WM_DESTROY:
            user32.PostQuitMessage(0)
            return 0
        return int(user32.DefWindowProcW(window, message, wparam, lparam))


class _Api:
    """What is called of user32.dll, with the types of its arguments."""

    def __init__(self) -> None:
        windows: Any = ctypes
        self._error: Callable[[], OSError] = lambda: windows.WinError(
            windows.get_last_error()
        )
        self.procedure = windows.WINFUNCTYPE(
            wintypes.LPARAM,  # an LRESULT is as large
            wintypes.HWND,
            wintypes.UINT,
            wintypes.WPARAM,
            wintypes.LPARAM,
        )

        class WindowClass(ctypes.Structure):
            """WNDCLASSW."""

            _fields_ = (
                ("style", wintypes.UINT),
                ("lpfnWndProc", self.procedure),
                ("cbClsExtra", ctypes.c_int),
                ("cbWndExtra", ctypes.c_int),
                ("hInstance", wintypes.HINSTANCE),
                ("hIcon", wintypes.HICON),
                ("hCursor", wintypes.HANDLE),
                ("hbrBackground", wintypes.HBRUSH),
                ("lpszMenuName", wintypes.LPCWSTR),
                ("lpszClassName", wintypes.LPCWSTR),
            )

        self.window_class: Any = WindowClass
        kernel32 = windows.WinDLL("kernel32")
        kernel32.GetModuleHandleW.restype = wintypes.HMODULE
        self.program = kernel32.GetModuleHandleW(None)
        self.user32 = user32 = windows.WinDLL("user32", use_last_error=True)
        word, number = wintypes.LPCWSTR, ctypes.c_int
        window, program = wintypes.HWND, wintypes.HINSTANCE
        told = window, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM
        user32.CreateWindowExW.argtypes = (
            *(wintypes.DWORD, word, word, wintypes.DWORD),
            *(number, number, number, number),
            *(window, wintypes.HMENU, program, wintypes.LPVOID),
        )
        user32.CreateWindowExW.restype = window
        user32.DefWindowProcW.argtypes = user32.PostMessageW.argtypes = told
        user32.DefWindowProcW.restype = wintypes.LPARAM
        user32.DestroyWindow.argtypes = (window,)
        user32.UnregisterClassW.argtypes = word, program

    def check(self, answer: Any) -> Any:
        """The answer, unless it says that the call has failed; raises OSError."""
        if not answer:
            raise self._error()
        return answer
