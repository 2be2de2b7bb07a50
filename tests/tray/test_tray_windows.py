"""The tray of Windows by real messages: an icon, a menu that opens, a taskbar that goes."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from systems import needs_windows_desktop

from vcam.tray import windows
from vcam.tray.icon import picture
from vcam.tray.model import Entry, Look, Mood
from vcam.tray.windows import WindowsTray

pytestmark = needs_windows_desktop

Eventually = Callable[[Callable[[], object]], None]
WM_MOUSEMOVE, WM_LBUTTONUP, WM_RBUTTONUP = 0x0200, 0x0202, 0x0205
WM_KEYDOWN, WM_CANCELMODE, WM_QUERYENDSESSION = 0x0100, 0x001F, 0x0011
UP, ENTER = 0x26, 0x0D
LOOK = Look(
    Mood.LIVE,
    "vcam: Live",
    (
        Entry("Live", key="headline", enabled=False),
        Entry("Mirror", key="mirror", checked=False),
        Entry("Quit", key="quit"),
    ),
)


class Desktop:
    """A tray that runs, and what its user does with the mouse and the keys."""

    def __init__(self) -> None:
        import pystray._util.win32

        self.win32 = pystray._util.win32
        module: Any = ctypes
        self.user32 = module.WinDLL("user32")
        self.user32.FindWindowW.restype = ctypes.c_void_p
        self.clicks: list[tuple[str, ...]] = []
        self.tray = WindowsTray(picture)
        self.tray.show(LOOK)
        self._thread = threading.Thread(target=self.tray.run, args=(self.clicks.append,))

    def open(self) -> None:
        self._thread.start()
        deadline_s = time.monotonic() + 20
        while not self.there() or self.tray._shown is not LOOK:
            assert time.monotonic() < deadline_s
            time.sleep(0.02)

    def close(self) -> None:
        self.tray.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()

    @property
    def icon(self) -> Any:
        return self.tray._icon

    def there(self) -> bool:
        """Whether the taskbar has the icon."""
        if self.icon is None or not self.icon._hwnd:
            return False
        return self._ask(self.win32.NIM_MODIFY)

    def taskbar_goes(self) -> None:
        """What Explorer's end does to icons."""
        assert self._ask(self.win32.NIM_DELETE)

    def _ask(self, code: int) -> bool:
        size = ctypes.sizeof(self.win32.NOTIFYICONDATAW)
        data = self.win32.NOTIFYICONDATAW(cbSize=size, hWnd=self.icon._hwnd)
        return bool(self.win32.Shell_NotifyIcon(code, data))

    def mouse(self, what: int) -> None:
        """The taskbar tells of the mouse over the icon."""
        self.post(self.icon._hwnd, self.win32.WM_NOTIFY, 0, what)

    def key(self, key: int) -> None:
        self.post(self.icon._menu_hwnd, WM_KEYDOWN, key, 0)

    def look_away(self) -> None:
        """Click somewhere else."""
        self.post(self.icon._menu_hwnd, WM_CANCELMODE, 0, 0)

    def post(self, window: int, message: int, wparam: int, lparam: int) -> None:
        assert self.win32.PostMessage(window, message, wparam, lparam)

    def settle(self) -> None:
        """Wait until every message that was posted so far has been handled."""
        for _ in range(3):
            self.user32.SendMessageW(ctypes.c_void_p(self.icon._hwnd), 0, 0, 0)
            time.sleep(0.05)

    def menu(self) -> bool:
        """Whether a menu can be seen."""
        return bool(self.user32.FindWindowW("#32768", None))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    # Other tests have a pystray without a desktop.
    for name in [each for each in sys.modules if each.split(".")[0] == "pystray"]:
        monkeypatch.delitem(sys.modules, name)
    desk = Desktop()
    desk.open()
    try:
        yield desk
    finally:
        desk.close()


@pytest.mark.parametrize("button", [WM_LBUTTONUP, WM_RBUTTONUP], ids=["left", "right"])
def test_either_button_opens_the_menu_and_keys_choose(
    desk: Desktop, button: int, eventually: Eventually
) -> None:
    desk.mouse(button)
    eventually(desk.menu)
    desk.key(UP)
    desk.key(ENTER)
    eventually(lambda: desk.clicks)
    assert desk.clicks == [("quit",)]
    assert not desk.menu()


def test_the_open_menu_stays_while_the_pointer_is_over_the_icon(
    desk: Desktop, eventually: Eventually
) -> None:
    desk.mouse(WM_RBUTTONUP)
    eventually(desk.menu)
    handle = desk.icon._menu_handle[0]
    for what in (WM_MOUSEMOVE, WM_RBUTTONUP, WM_LBUTTONUP, WM_MOUSEMOVE):
        desk.mouse(what)
    later = replace(LOOK, tooltip="vcam: Resting", menu=LOOK.menu[1:])
    desk.tray.show(later)
    desk.settle()
    assert desk.menu()
    assert desk.user32.IsMenu(ctypes.c_void_p(handle))
    assert desk.icon.title == "vcam: Live"
    desk.look_away()
    eventually(lambda: desk.icon.title == "vcam: Resting")
    assert desk.there()
    assert not desk.menu()


def test_vcam_ends_at_once_while_its_menu_is_open(
    desk: Desktop, eventually: Eventually
) -> None:
    desk.mouse(WM_RBUTTONUP)
    eventually(desk.menu)
    desk.close()
    assert not desk.menu()
    assert "vcam-tray" not in {thread.name for thread in threading.enumerate()}


def test_the_icon_comes_back_when_explorer_has_started_anew(
    desk: Desktop, eventually: Eventually
) -> None:
    desk.taskbar_goes()
    assert not desk.there()
    desk.post(desk.icon._hwnd, desk.win32.WM_TASKBARCREATED, 0, 0)
    eventually(desk.there)
    assert desk.tray.absent == ""


def test_a_taskbar_that_went_is_told_and_offered_the_icon_again(
    desk: Desktop, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "RETRY_S", 0.0)
    taskbar = desk.win32.Shell_NotifyIcon
    monkeypatch.setattr(desk.win32, "Shell_NotifyIcon", lambda code, data: 0)
    desk.tray.notify("vcam", "Your camera is busy")
    eventually(lambda: "no taskbar" in desk.tray.absent)
    monkeypatch.setattr(desk.win32, "Shell_NotifyIcon", taskbar)
    eventually(lambda: desk.tray.absent == "")
    assert desk.there()


def test_the_tray_does_not_keep_the_session_from_ending(desk: Desktop) -> None:
    for window in (desk.icon._hwnd, desk.icon._menu_hwnd):
        window = ctypes.c_void_p(window)
        assert desk.user32.SendMessageW(window, WM_QUERYENDSESSION, 0, 0) == 1
