"""The tray of Linux desktops, from a panel's side of a private bus."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from PIL import Image
from systems import not_on_windows
from tray_host import Icon, PrivateBus, TrayHost, tray_host

from vcam.tray import notifier
from vcam.tray.dbus.errors import BusError
from vcam.tray.icon import SIZES
from vcam.tray.model import Entry, Look, Mood, Page
from vcam.tray.notifier import Notifier
from vcam.tray.status_item import ITEM_PATH

COLORS = {Mood.LIVE: (10, 200, 30, 255), Mood.ROOM: (240, 20, 10, 128)}
PNG = b"\x89PNG\r\n\x1a\n..."
Eventually = Callable[[Callable[[], object]], None]
Click = Callable[[tuple[str, ...]], None]


def draw(mood: Mood, size: int) -> Image.Image:
    return Image.new("RGBA", (size, size), COLORS.get(mood, (1, 2, 3, 255)))


def radio(name: str, chosen: str, thumbnail: bytes | None = None) -> Entry:
    return Entry(name, key=name, checked=name == chosen, radio=True, thumbnail=thumbnail)


def look(chosen: str = "light", pictures: tuple[str, ...] = ("beach", "wall")) -> Look:
    blur = Entry(
        "Blur",
        key="blur",
        children=tuple(radio(name, chosen) for name in ("light", "strong")),
    )
    background = (blur, *(radio(name, chosen, PNG) for name in pictures))
    return Look(
        Mood.LIVE,
        f"vcam: {chosen}",
        (
            Entry(f"Live, {chosen}", key="headline", enabled=False),
            Entry("", separator=True),
            Entry("Background", key="background", children=background),
            Entry("Mirror", key="mirror", checked=True),
            Entry("Quit", key="quit"),
        ),
        clicked=("mirror",),
    )


@contextmanager
def running(
    tray: Notifier, clicked: Click | None = None
) -> Iterator[list[tuple[str, ...]]]:
    clicks: list[tuple[str, ...]] = []
    thread = threading.Thread(
        target=tray.run, args=(clicked or clicks.append,), name="tray"
    )
    thread.start()
    try:
        yield clicks
    finally:
        tray.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def host(session_bus: PrivateBus) -> Iterator[TrayHost]:
    with tray_host(session_bus.address) as host:
        yield host


@pytest.fixture
def tray(monkeypatch: pytest.MonkeyPatch) -> Notifier:
    # Longer than a test takes.
    monkeypatch.setattr(notifier, "SETTLED_S", 60.0)
    tray = Notifier(draw, patience_s=0.05)
    tray.show(look())
    return tray


def test_a_radio_chosen_in_a_nested_submenu_is_told_and_its_mark_moves(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray) as clicks:
        icon = host.wait_icon()
        icon.wait(lambda menu: menu.find("Background", "Blur", "light").checked)
        icon.click("Background", "Blur", "strong")
        eventually(lambda: clicks)
        assert clicks == [("background", "blur", "strong")]
        tray.show(look("strong"))
        menu = icon.wait(lambda menu: menu.find("Background", "Blur", "strong").checked)
        assert not menu.find("Background", "Blur", "light").checked
        assert menu.labels() == ["Live, strong", "---", "Background", "Mirror", "Quit"]
        assert menu.find("Mirror").properties["toggle-type"] == "checkmark"


def test_another_mark_changes_its_lines_in_place_and_nothing_else(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        icon = host.wait_icon()
        menu = icon.wait(lambda menu: menu.find("Background"))
        tray.show(look("strong"))
        eventually(lambda: icon.signals and icon.item_signals)
        ((member, (changed, removed)),) = icon.signals
        assert member == "ItemsPropertiesUpdated"
        assert dict(changed) == {
            menu.find("Live, light").number: {"label": ("s", "Live, strong")},
            menu.find("Background", "Blur", "light").number: {"toggle-state": ("i", 0)},
            menu.find("Background", "Blur", "strong").number: {"toggle-state": ("i", 1)},
        }
        assert removed == []
        assert icon.item_signals == ["NewToolTip"]


def test_a_picture_appears_in_an_open_submenu_and_all_others_keep_their_numbers(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        icon = host.wait_icon()
        before = icon.wait(lambda menu: menu.find("Background", "wall")).find("Background")
        tray.show(look(pictures=("beach", "forest", "wall")))
        after = icon.wait(lambda menu: menu.find("Background", "forest")).find("Background")
        eventually(lambda: icon.signals)
        assert icon.signals == [("LayoutUpdated", (icon.revision(), before.number))]
        assert after.labels() == ["Blur", "beach", "forest", "wall"]
        for name in ("Blur", "beach", "wall"):
            assert before.find(name).number == after.find(name).number


def test_the_number_of_a_line_that_is_gone_is_never_used_again(
    host: TrayHost, tray: Notifier
) -> None:
    with running(tray) as clicks:
        icon = host.wait_icon()
        menu = icon.wait(lambda menu: menu.find("Background", "wall"))
        gone = menu.find("Background", "wall").number
        tray.show(look(pictures=("beach", "forest")))
        icon.wait(lambda menu: menu.find("Background", "forest"))
        click = (gone, "clicked", ("i", 0), 0)
        with pytest.raises(BusError, match="no entry"):
            icon.ask_menu("Event", "isvu", *click)
        assert icon.ask_menu("EventGroup", "a(isvu)", [click]) == ([gone],)
        assert clicks == []


def test_only_a_line_that_is_enabled_can_be_clicked(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray) as clicks:
        icon = host.wait_icon()
        icon.wait(lambda menu: menu.find("Quit"))
        icon.click("Live, light")
        icon.click("Background")
        icon.click("Quit")
        eventually(lambda: clicks)
        assert clicks == [("quit",)]


def test_thumbnails_arrive_as_png(host: TrayHost, tray: Notifier) -> None:
    with running(tray):
        menu = host.wait_icon().wait(lambda menu: menu.find("Background", "beach"))
        assert menu.find("Background", "beach").properties["icon-data"] == PNG
        assert "icon-data" not in menu.find("Quit").properties


def test_a_thumbnail_that_is_gone_is_taken_away(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    def only(thumbnail: bytes | None) -> Look:
        return Look(Mood.LIVE, "vcam", (Entry("Wall", thumbnail=thumbnail),))

    tray.show(only(PNG))
    with running(tray):
        icon = host.wait_icon()
        number = icon.wait(lambda menu: menu.find("Wall")).find("Wall").number
        tray.show(only(None))
        eventually(lambda: icon.signals)
        assert icon.signals == [("ItemsPropertiesUpdated", ([], [(number, ["icon-data"])]))]


def test_labels_of_any_file_name_arrive_as_they_are(host: TrayHost, tray: Notifier) -> None:
    wild = ("under_score", "A & B", "<b>bold</b>", "日本 🏖", "lone \udcff\ud800", "a\0b\nc")
    tray.show(Look(Mood.LIVE, "a\0\udc80 <b>", tuple(map(Entry, wild))))
    with running(tray):
        icon = host.wait_icon()
        menu = icon.wait(lambda menu: len(menu.children) == len(wild))
        assert menu.labels() == [*wild[:4], r"lone \udcff\ud800", r"a\x00b\nc"]
        assert icon.property("ToolTip")[2] == "a\\x00\\udc80 <\u200bb>"


def test_the_icon_comes_in_all_sizes_as_argb_in_network_order(
    host: TrayHost, tray: Notifier
) -> None:
    tray.show(replace(look(), mood=Mood.ROOM))
    with running(tray):
        pixmaps = host.wait_icon().property("IconPixmap")
        assert [(width, height) for width, height, _ in pixmaps] == [(s, s) for s in SIZES]
        for width, height, data in pixmaps:
            assert data == bytes((128, 240, 20, 10)) * width * height


def test_another_mood_is_another_icon(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        icon = host.wait_icon()
        tray.show(replace(look(), mood=Mood.ROOM))
        eventually(lambda: "NewIcon" in icon.item_signals)
        assert icon.property("IconPixmap")[0][2][:4] == bytes((128, 240, 20, 10))


def test_a_panel_that_missed_another_icon_is_told_once_more(
    host: TrayHost, eventually: Eventually, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifier, "SETTLED_S", 0.1)
    tray = Notifier(draw, patience_s=0.05)
    tray.show(look())
    with running(tray):
        icon = host.wait_icon()
        eventually(lambda: icon.item_signals == ["NewIcon"])
        tray.show(replace(look(), mood=Mood.ROOM))
        eventually(lambda: icon.item_signals.count("NewIcon") == 3)
        tray.show(look("strong"))
        eventually(lambda: "NewToolTip" in icon.item_signals)


def test_a_left_click_opens_the_menu_because_there_is_nothing_else_to_activate(
    host: TrayHost, tray: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    with running(tray):
        icon = host.wait_icon()
        assert icon.property("ItemIsMenu") is True
        assert icon.property("Status") == "Active"
        assert "Activate" not in methods(icon.introspect(ITEM_PATH))


@pytest.mark.parametrize("name", ["MATE", "LXQt"])
def test_a_left_click_does_something_in_panels_that_open_no_menu(
    host: TrayHost,
    tray: Notifier,
    name: str,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", name)
    with running(tray) as clicks:
        icon = host.wait_icon()
        icon.activate()
        eventually(lambda: clicks)
        assert clicks == [("mirror",)]


def test_cinnamon_opens_the_menu_because_of_the_path_of_the_icon(
    host: TrayHost, tray: Notifier
) -> None:
    with running(tray):
        assert host.wait_icon().property("Menu") == "/MenuBar"
        assert ITEM_PATH.startswith("/org/ayatana/NotificationItem/")


def test_a_screen_reader_has_something_to_say(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        icon = host.wait_icon()
        eventually(lambda: icon.property("IconAccessibleDesc") == "vcam: light")


def test_a_panel_that_reads_one_level_at_a_time_is_led_to_every_submenu_once(
    host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    """As Plasma's: it would open a submenu before it knows how large it is."""
    with running(tray):
        icon = host.wait_icon()
        menu = icon.wait(lambda menu: menu.find("Background", "Blur"))
        background = menu.find("Background").number
        blur = menu.find("Background", "Blur").number
        revision, _ = icon.ask_menu("GetLayout", "iias", 0, 1, [])
        icon.ask_menu("GetLayout", "iias", 0, 1, [])
        eventually(lambda: icon.signals)
        icon.ask_menu("GetLayout", "iias", background, 1, [])
        eventually(lambda: len(icon.signals) > 1)
        icon.ask_menu("GetLayout", "iias", blur, 1, [])
        icon.ask_menu("GetLayout", "iias", 0, -1, [])
        assert icon.signals == [
            ("LayoutUpdated", (revision, background)),
            ("LayoutUpdated", (revision, blur)),
        ]


def test_another_panel_is_led_to_the_submenus_too(
    session_bus: PrivateBus, host: TrayHost, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        icon = host.wait_icon()
        icon.wait(lambda menu: menu.find("Background"))
        icon.ask_menu("GetLayout", "iias", 0, 1, [])
        eventually(lambda: len(icon.signals) == 1)
        with tray_host(session_bus.address, tray=False, notifications=False) as other:
            again = Icon(other.bus, icon.service)
            again.ask_menu("GetLayout", "iias", 0, 1, [])
            eventually(lambda: len(again.signals) == 1)


def test_panels_that_ask_before_opening_hear_that_nothing_needs_fetching(
    host: TrayHost, tray: Notifier
) -> None:
    with running(tray):
        icon = host.wait_icon()
        line = icon.wait(lambda menu: menu.find("Quit")).find("Quit").number
        assert icon.ask_menu("AboutToShow", "i", 0) == (False,)
        assert icon.ask_menu("AboutToShowGroup", "ai", [0, 999]) == ([], [999])
        assert icon.ask_menu("GetGroupProperties", "aias", [line], ["label"]) == (
            [(line, {"label": ("s", "Quit")})],
        )
        assert icon.ask_menu("GetProperty", "is", line, "enabled") == (("b", True),)


def methods(xml: str) -> set[str | None]:
    return {method.get("name") for method in ElementTree.fromstring(xml).iter("method")}


def test_what_is_offered_describes_itself_in_valid_xml(
    host: TrayHost, tray: Notifier
) -> None:
    with running(tray):
        icon = host.wait_icon()
        root = ElementTree.fromstring(icon.introspect("/"))
        assert [node.get("name") for node in root.iter("node")][1:] == [
            "MenuBar",
            "org",
        ]
        assert "ContextMenu" in methods(icon.introspect(ITEM_PATH))
        assert methods(icon.introspect("/MenuBar")) >= {
            *("GetLayout", "GetGroupProperties", "GetProperty"),
            *("Event", "EventGroup", "AboutToShow", "AboutToShowGroup"),
        }


def test_a_call_that_makes_no_sense_is_refused_and_the_tray_goes_on(
    host: TrayHost, tray: Notifier, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tray):
        icon = host.wait_icon()
        icon.wait(lambda menu: menu.find("Quit"))
        for member, signature, arguments in (
            ("GetLayout", "iias", (12345, -1, [])),
            ("GetProperty", "is", (0, "colour")),
            ("GetLayout", "s", ("root",)),
            ("Fly", "", ()),
        ):
            with pytest.raises(BusError):
                icon.ask_menu(member, signature, *arguments)
        assert icon.menu().labels()[-1] == "Quit"


def test_the_icon_comes_back_when_the_panel_restarts(
    session_bus: PrivateBus, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray):
        for _ in range(3):
            with tray_host(session_bus.address) as panel:
                panel.wait_icon().wait(lambda menu: menu.find("Quit"))


def test_a_tray_behind_a_locked_screen_is_not_missed(
    session_bus: PrivateBus,
    tray: Notifier,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "vcam.tray")
    with running(tray):
        with tray_host(session_bus.address) as panel:
            panel.wait_icon()
            eventually(lambda: "the tray shows the icon" in caplog.text)
        eventually(lambda: "gone for the moment" in caplog.text)
        assert tray.absent == ""
    assert caplog.text.count("gone for the moment") == 1


def test_gnome_users_hear_what_to_install_and_then_get_the_icon(
    session_bus: PrivateBus,
    tray: Notifier,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    with running(tray):
        eventually(lambda: "gnome-shell-extension-appindicator" in tray.absent)
        assert tray.absent.startswith("Install the extension"), "the rest is cut off"
        with tray_host(session_bus.address) as panel:
            panel.wait_icon()
            eventually(lambda: not tray.absent)


def test_where_no_panel_shows_icons_it_is_told_until_one_does(
    session_bus: PrivateBus, tray: Notifier, eventually: Eventually
) -> None:
    with tray_host(session_bus.address, panel=False) as host, running(tray):
        host.wait_icon()
        eventually(lambda: "no panel has a tray" in tray.absent)
        host.put_up_panel()
        eventually(lambda: not tray.absent)


def test_the_session_bus_dies_and_comes_back(
    session_bus: PrivateBus, tray: Notifier, eventually: Eventually
) -> None:
    with running(tray) as clicks:
        with tray_host(session_bus.address) as panel:
            panel.wait_icon()
            session_bus.kill()
            eventually(lambda: "no session bus" in tray.absent)
        tray.show(look("strong"))
        session_bus.start()
        with tray_host(session_bus.address) as panel:
            icon = panel.wait_icon()
            icon.wait(lambda menu: menu.find("Background", "Blur", "strong").checked)
            icon.click("Quit")
            eventually(lambda: clicks)


def test_a_bus_that_the_environment_does_not_name_is_at_its_usual_place(
    session_bus: PrivateBus, tray: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = session_bus.address.removeprefix("unix:path=").removesuffix("/bus")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    with tray_host(session_bus.address) as panel, running(tray):
        panel.wait_icon()


@pytest.mark.parametrize(
    "address",
    [
        "",
        pytest.param("unix:path=/nowhere", marks=not_on_windows("sockets with a path")),
        "tcp:host=localhost",
        "nonsense",
    ],
)
def test_without_a_session_bus_the_tray_serves_nobody_until_stopped(
    address: str, eventually: Eventually
) -> None:
    tray = Notifier(draw, address=lambda: address, patience_s=0.02)
    with running(tray):
        eventually(lambda: "vcam run" in tray.absent)
        tray.show(look())
        tray.notify("vcam", "nobody hears this")


def test_a_bus_that_hangs_does_not_keep_the_tray_from_ending(
    session_bus: PrivateBus, host: TrayHost, tray: Notifier
) -> None:
    with running(tray):
        host.wait_icon()
        session_bus.freeze()
        tray.show(look("strong"))
        tray.notify("vcam", "nobody hears this")


def test_ctrl_c_ends_the_tray_from_within_its_own_wait(
    host: TrayHost, tray: Notifier
) -> None:
    before = signal.signal(signal.SIGINT, lambda *_: tray.stop())
    timer = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    try:
        timer.start()
        tray.run(lambda path: None)
    finally:
        timer.join(5)
        signal.signal(signal.SIGINT, before)
    host.wait_gone()


def test_stopping_before_running_means_not_to_run(host: TrayHost, tray: Notifier) -> None:
    tray.stop()
    tray.run(lambda path: None)


def test_a_notification_replaces_the_former_one(host: TrayHost, tray: Notifier) -> None:
    with running(tray):
        tray.notify("vcam", "The camera <HD & co> is away")
        first = host.wait_bubble()
        assert first["text"] == "The camera &lt;HD &amp; co&gt; is away"
        assert first["replaces"] == 0
        tray.notify("vcam", "It is back\non air\udcff")
        second = host.wait_bubble(2)
        assert (second["replaces"], second["text"]) == (1, "It is back\non air\\udcff")
        width, height, stride, alpha, bits, channels, data = second["hints"]["image-data"][
            1
        ]
        assert (width, height, stride, alpha, bits, channels) == (48, 48, 192, True, 8, 4)
        assert data[:4] == bytes(COLORS[Mood.LIVE])


GET = Page("Get it", "https://example.org/it")


def test_a_notification_with_a_page_opens_it_and_is_not_replaced_by_the_next(
    host: TrayHost, tray: Notifier, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    opened: list[str] = []

    def open_in_desktop(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr("vcam.tray.notifier.open_in_desktop", open_in_desktop)
    host.capabilities.append("actions")
    with running(tray):
        tray.notify("No icon", "Install it", GET)
        first = host.wait_bubble()
        assert first["actions"] == ["default", "Get it", "page", "Get it"]
        tray.notify("vcam", "The camera is away")
        second = host.wait_bubble(2)
        assert (second["replaces"], second["actions"]) == (0, [])
        host.click_bubble(2, "default")
        host.click_bubble(1, "page")
        eventually(lambda: opened)
        assert opened == ["https://example.org/it"]
        tray.notify("No icon", "Install it", GET)
        assert host.wait_bubble(3)["replaces"] == 1


def test_a_service_without_buttons_shows_the_text_alone(
    host: TrayHost, tray: Notifier
) -> None:
    with running(tray):
        tray.notify("No icon", "Install it", GET)
        assert host.wait_bubble()["actions"] == []


def test_a_service_without_markup_gets_the_plain_text(
    host: TrayHost, tray: Notifier
) -> None:
    host.capabilities = ["body"]
    with running(tray):
        tray.notify("vcam", "a <b> & c")
        assert host.wait_bubble()["text"] == "a <b> & c"


def test_without_a_notification_service_everything_else_goes_on(
    session_bus: PrivateBus,
    tray: Notifier,
    eventually: Eventually,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "vcam.tray")
    with (
        tray_host(session_bus.address, notifications=False) as panel,
        running(tray) as clicks,
    ):
        icon = panel.wait_icon()
        tray.notify("vcam", "one")
        tray.notify("vcam", "two")
        icon.wait(lambda menu: menu.find("Quit"))
        icon.click("Quit")
        eventually(lambda: clicks)
        eventually(lambda: "no notification service" in caplog.text)
    assert caplog.text.count("notifications are not shown") == 1


def test_an_action_that_fails_does_not_take_the_tray_along(
    host: TrayHost, tray: Notifier, caplog: pytest.LogCaptureFixture, eventually: Eventually
) -> None:
    def fail(path: tuple[str, ...]) -> None:
        raise RuntimeError(path)

    with running(tray, fail):
        icon = host.wait_icon()
        icon.wait(lambda menu: menu.find("Quit"))
        icon.click("Quit")
        eventually(lambda: "a bug in the tray" in caplog.text)
        assert icon.menu().labels()[-1] == "Quit"
    host.wait_gone()
