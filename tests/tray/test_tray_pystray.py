"""The trays of Windows and macOS, on pystray's own menus and a loop that stands in."""

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from systems import not_on_windows

from vcam.tray import windows
from vcam.tray.factory import open_tray
from vcam.tray.macos import MacTray
from vcam.tray.model import Entry, Look, Mood
from vcam.tray.pystray_menu import pystray_menu
from vcam.tray.pystray_tray import PystrayTray
from vcam.tray.startup_error import show_startup_error
from vcam.tray.text import cut
from vcam.tray.windows import WindowsTray

Eventually = Callable[[Callable[[], object]], None]

MENU = (
    Entry("Live", key="headline", enabled=False),
    Entry("", separator=True),
    Entry(
        "Background",
        key="background",
        children=(
            Entry("A & B_c", key="a", checked=True, radio=True, thumbnail=b"png"),
            Entry("Wall", key="wall", checked=False, radio=True),
        ),
    ),
    Entry("Mirror", key="mirror", checked=False),
    Entry("Quit"),
)
LOOK = Look(Mood.LIVE, "vcam: Live", MENU)


@pytest.fixture(autouse=True)
def pystray_without_a_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    # It chooses when it is imported; other tests have the real tray of Windows.
    for name in [each for each in sys.modules if each.split(".")[0] == "pystray"]:
        monkeypatch.delitem(sys.modules, name)


def draw(mood: Mood, size: int) -> Image.Image:
    return Image.new("RGBA", (size, size))


def labels(menu: Any) -> list[str]:
    return [item.text for item in menu]


def test_every_entry_becomes_what_pystray_shows() -> None:
    import pystray

    clicks: list[tuple[str, ...]] = []
    live, line, background, mirror, quit_ = pystray_menu(MENU, clicks.append)
    assert (live.text, live.enabled, live.checked) == ("Live", False, None)
    assert line is pystray.Menu.SEPARATOR
    first, wall = background.submenu
    assert (first.text, first.checked, first.radio) == ("A & B_c", True, True)
    assert (wall.text, wall.checked, wall.radio) == ("Wall", False, True)
    assert (mirror.checked, mirror.radio, mirror.submenu) == (False, False, None)
    for item in (wall, first, mirror, quit_):
        item(None)
    assert clicks == [("background", "wall"), ("background", "a"), ("mirror",), ("Quit",)]


def test_an_ampersand_is_doubled_where_it_would_name_a_key() -> None:
    (item,) = pystray_menu((Entry("A & B\n\udcff"),), lambda path: None, "&&")
    assert item.text == r"A && B\n\udcff"


def test_what_windows_counts_is_cut_as_windows_counts() -> None:
    assert cut("short", 5) == "short"
    assert cut("too long", 5) == "too …"
    assert cut("🏖" * 4, 6) == "🏖🏖…"
    assert len(cut("🏖" * 200, 127).encode("utf-16-le")) <= 2 * 127


def loop_icon() -> type[Any]:
    """A pystray icon whose loop takes work from a queue, and notes who touches it."""
    import pystray

    class LoopIcon(pystray.Icon):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
            self.touched: list[tuple[str, str]] = []
            self.notes: list[tuple[str, str]] = []

        def note(self, what: str) -> None:
            self.touched.append((what, threading.current_thread().name))

        def _run(self) -> None:
            self._mark_ready()
            while work := self.work.get(timeout=8):
                work()

        def _stop(self) -> None:
            self.work.put(None)

        def _show(self) -> None:
            self.note("show")

        def _hide(self) -> None:
            self.note("hide")

        def _update_icon(self) -> None:
            self._icon_valid = True
            self.note("icon")

        def _update_title(self) -> None:
            self.note("title")

        def _update_menu(self) -> None:
            self.note("menu")

        def _notify(self, message: str, title: str | None = None) -> None:
            assert title
            self.notes.append((title, message))

    return LoopIcon


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> WindowsTray:
    def icon_class(tray: PystrayTray) -> type[Any]:
        class Icon(loop_icon()):  # type: ignore[misc]
            def wake(self) -> None:
                self.work.put(tray.catch_up)

        return Icon

    monkeypatch.setattr(windows, "_icon_class", icon_class)
    monkeypatch.setattr(windows, "WAKE_S", 0.01)
    tray = open_tray(draw, platform="win32")
    assert isinstance(tray, WindowsTray)
    return tray


@contextmanager
def running(tray: PystrayTray) -> Iterator[Any]:
    """The icon of a tray that runs."""
    thread = threading.Thread(target=tray.run, args=(lambda path: None,), name="main")
    thread.start()
    try:
        while tray._icon is None or not tray._icon.visible:
            assert thread.is_alive()
        yield tray._icon
    finally:
        tray.stop()
        thread.join(10)
        assert not thread.is_alive()


def test_on_windows_only_the_loops_thread_touches_the_icon(
    on_windows: WindowsTray, eventually: Eventually
) -> None:
    on_windows.show(LOOK)
    with running(on_windows) as icon:
        eventually(lambda: icon.title == "vcam: Live")
        assert labels(icon.menu) == ["Live", "- - - -", "Background", "Mirror", "Quit"]
        on_windows.show(replace(LOOK, mood=Mood.ROOM, tooltip="vcam: " + "x" * 200))
        eventually(lambda: len(icon.title) == 127)
        on_windows.notify("", "y" * 300)
        eventually(lambda: icon.notes)
        assert icon.notes == [("vcam", "y" * 254 + "…")]
        assert {thread for _, thread in icon.touched} == {"vcam-tray"}


def test_a_vcam_that_ends_at_once_shows_its_reason_for_a_while(
    on_windows: WindowsTray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vcam.tray.factory.open_tray", lambda draw, platform: on_windows)
    monkeypatch.setattr("vcam.tray.startup_error.SHOWN_S", 0.6)
    show_startup_error("vcam", "The settings are broken", platform="win32")
    assert on_windows._icon.notes == [("vcam", "The settings are broken")]


def test_the_same_menu_is_not_built_again(
    on_windows: WindowsTray, eventually: Eventually
) -> None:
    on_windows.show(LOOK)
    with running(on_windows) as icon:
        menu = icon.menu
        on_windows.show(replace(LOOK, tooltip="vcam: Resting"))
        eventually(lambda: icon.title == "vcam: Resting")
        assert icon.menu is menu


def test_while_the_menu_is_open_nothing_changes_but_stopping_works(
    on_windows: WindowsTray, eventually: Eventually
) -> None:
    on_windows.show(LOOK)
    with running(on_windows) as icon:
        on_windows.menu_open = True
        on_windows.show(replace(LOOK, tooltip="vcam: Resting"))
        seen = threading.Event()
        icon.work.put(seen.set)
        assert seen.wait(5)
        assert icon.title == "vcam: Live"


def test_an_icon_that_cannot_be_shown_is_told_and_leaves_no_thread(
    on_windows: WindowsTray, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Icon(loop_icon()):  # type: ignore[misc]
        def _run(self) -> None:
            raise OSError("no desktop")

        def wake(self) -> None:
            self.note("nobody reads this")

    monkeypatch.setattr(windows, "_icon_class", lambda tray: Icon)
    thread = threading.Thread(target=on_windows.run, args=(lambda path: None,), name="main")
    thread.start()
    eventually(lambda: "could not be shown" in on_windows.absent)
    on_windows.stop()
    thread.join(5)
    assert not thread.is_alive()


MAC_SIGNALS = "SIGHUP, which macOS has"


@pytest.mark.parametrize(
    "platform", ["win32", pytest.param("darwin", marks=not_on_windows(MAC_SIGNALS))]
)
def test_an_icon_that_cannot_even_be_made_ends_nothing_else(
    platform: str, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pystray

    def no_taskbar(*_: Any, **__: Any) -> None:
        raise OSError("no taskbar")

    monkeypatch.setattr(pystray, "Icon", no_taskbar)
    monkeypatch.setattr(windows, "_icon_class", lambda tray: no_taskbar)
    tray = open_tray(draw, platform=platform)
    ending = threading.Timer(0.1, tray.stop)
    ending.start()
    tray.run(lambda path: None)
    ending.join()
    assert "could not be shown" in tray.absent


def test_both_mouse_buttons_open_the_menu_of_windows_and_changes_wait_for_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pystray

    posted: list[tuple[Any, int]] = []
    win32 = SimpleNamespace(
        WM_USER=0x400,
        WM_LBUTTONUP=0x202,
        WM_RBUTTONUP=0x205,
        PostMessage=lambda window, message, w, l_: posted.append((window, message)),
    )
    opened: list[tuple[int, bool]] = []

    class Icon(loop_icon()):  # type: ignore[misc]
        _hwnd = "window"

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._message_handlers: dict[int, Callable[..., object]] = {}

        def _on_notify(self, wparam: int, lparam: int) -> None:
            opened.append((lparam, tray.menu_open))
            tray.show(LOOK)
            self._message_handlers[posted[0][1]](0, 0)
            assert self.title != LOOK.tooltip
            self._on_notify(0, 0x200)  # the pointer moves over the icon
            self._on_notify(0, win32.WM_LBUTTONUP)  # it is open already
            self._message_handlers[posted[0][1]](0, 0)
            assert self.title != LOOK.tooltip

    monkeypatch.setitem(sys.modules, "pystray._util.win32", win32)
    monkeypatch.setattr("pystray._util.win32", win32, raising=False)
    monkeypatch.setattr(pystray, "Icon", Icon)
    tray = WindowsTray(draw)
    tray._open(windows._icon_class(tray))
    tray._icon._on_notify(0, win32.WM_LBUTTONUP)
    assert opened == [(win32.WM_RBUTTONUP, True)]
    assert not tray.menu_open
    assert {window for window, _ in posted} == {"window"}
    tray._icon._message_handlers[posted[-1][1]](0, 0)
    assert tray._icon.title == LOOK.tooltip
    tray._icon.visible = False


@not_on_windows(MAC_SIGNALS)
def test_on_macos_everything_happens_on_the_main_thread(
    monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    import pystray

    monkeypatch.setattr(pystray, "Icon", loop_icon())
    tray = open_tray(draw, platform="darwin")
    assert isinstance(tray, MacTray)
    caught: dict[int, Callable[[int], None]] = {}
    helper = ModuleType("PyObjCTools")
    helper.AppHelper = SimpleNamespace(  # type: ignore[attr-defined]
        callAfter=lambda call, *arguments: tray._icon.work.put(lambda: call(*arguments)),
        callLater=lambda delay_s, do: do(),
    )
    helper.MachSignals = SimpleNamespace(signal=caught.__setitem__)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "PyObjCTools", helper)
    policies: list[int] = []
    appkit: Any = ModuleType("AppKit")
    appkit.NSApplicationActivationPolicyAccessory = 1
    appkit.NSApplication = SimpleNamespace(
        sharedApplication=lambda: SimpleNamespace(setActivationPolicy_=policies.append)
    )
    monkeypatch.setitem(sys.modules, "AppKit", appkit)
    tray.show(LOOK)
    ending = threading.Timer(0.2, tray.stop)
    ending.start()
    tray.notify("Title", "Text")
    try:
        tray.run(lambda path: None)
    finally:
        ending.join(5)
    icon = tray._icon
    eventually(lambda: icon.notes == [("Title", "Text")])
    assert labels(icon.menu)[0] == "Live"
    assert {thread for _, thread in icon.touched} == {"MainThread"}
    assert caught, "Ctrl-C would end the process without letting the camera go"
    assert policies == [1], "Python's icon would be in the Dock"
    icon.visible = False
