"""A person in front of a desktop: clicks in the real menu and sees what is published."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from conftest import GREEN, SMALL, Eventually
from fake_machine import FakeMachine
from fake_video import WEBCAM, Device, Video
from pipewire_camera import TestCamera, mode
from pipewire_desktop import Desktop
from systems import linux_only
from tray_host import Icon, Line, PrivateBus, TrayHost, tray_host

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, GalleryEntry, gallery, user_gallery
from vcam.errors import NotSetUpError
from vcam.files import settings_path
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.outputs.served.output import Served
from vcam.outputs.served.token import token_file
from vcam.settings import Settings, load, save
from vcam.status import State
from vcam.system import autostart
from vcam.testing import FakeWorld
from vcam.tray.action_runner import CHOOSERS, SELF
from vcam.tray.cameras import cameras
from vcam.tray.controller import Front
from vcam.tray.dbus.errors import BusError
from vcam.tray.icon import picture
from vcam.tray.menu_sources import Watch
from vcam.tray.notifier import Notifier


class Desk:
    """A running front end, and the panel in front of which the person sits."""

    def __init__(
        self,
        world: FakeWorld,
        host: TrayHost,
        path: Path,
        watch: Watch,
        welcome: bool = False,
    ) -> None:
        self.world, self.host = world, host
        self.app = App(path, world.devices)
        self.said: list[str] = []
        self.tray = Notifier(picture, patience_s=0.05)
        self.front = Front(
            self.app, self.tray, say=self.said.append, watch=watch, welcome=welcome
        )
        self.thread = threading.Thread(target=self.front.run, name="main")

    @property
    def icon(self) -> Icon:
        return self.host.wait_icon()

    def background(self) -> tuple[int, ...]:
        """The colour at the right border of what was published last."""
        return tuple(int(value) for value in self.world.published[-1][5, -3])

    def titles(self) -> list[str]:
        return [bubble["title"] for bubble in self.host.bubbles]


@pytest.fixture
def video(tmp_path: Path) -> Video:
    return Video(tmp_path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    save(Settings(background=GREEN, output=OutputOptions(size=SMALL)), path)
    return path


@pytest.fixture
def host(session_bus: PrivateBus) -> Iterator[TrayHost]:
    with tray_host(session_bus.address) as host:
        yield host


def quit_from(icon: Icon) -> None:
    with suppress(BusError):  # vcam may be gone before it could say that it heard
        icon.click("Quit")


@contextmanager
def running(desk: Desk) -> Iterator[Desk]:
    desk.thread.start()
    try:
        yield desk
    finally:
        desk.front.quit()
        desk.thread.join(10)
        assert not desk.thread.is_alive()


@pytest.fixture
def desk(world: FakeWorld, host: TrayHost, path: Path, video: Video) -> Iterator[Desk]:
    with running(Desk(world, host, path, Watch(video.system))) as desk:
        yield desk


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Puts a program on the path that notes its arguments and then does what is said."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def put(name: str, body: str = "") -> Path:
        noted = tmp_path / f"{name}.txt"
        program = folder / name
        text = f'#!/bin/sh\nprintf "%s\\n" "$@" > "{noted}"\n{body}\n'
        program.write_bytes(os.fsencode(text))
        program.chmod(0o755)
        return noted

    return put


def test_a_background_chosen_in_a_submenu_is_marked_and_published(
    desk: Desk, path: Path, eventually: Eventually
) -> None:
    icon = desk.icon
    icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    assert desk.background() == (0, 255, 0)
    icon.click("Background", "Colour: white")
    eventually(lambda: desk.background() == (255, 255, 255))
    menu = icon.wait(lambda menu: menu.find("Background", "Colour: white").checked)
    assert not menu.find("Background", "Colour: green screen").checked
    icon.wait(lambda menu: menu.labels()[0].endswith("#ffffff"))
    assert str(load(path).background) == "#ffffff"


def test_a_picture_dropped_into_the_gallery_can_be_chosen_at_once(
    desk: Desk, eventually: Eventually
) -> None:
    icon = desk.icon
    user_gallery().mkdir(parents=True)
    shutil.copy(GALLERY / "beach.jpg", user_gallery() / "holiday.jpg")
    icon.wait(lambda menu: menu.find("Background", "Holiday"))
    icon.click("Background", "Holiday")
    icon.wait(lambda menu: menu.find("Background", "Holiday").checked)
    eventually(lambda: desk.app.status.background.endswith("holiday.jpg"))
    (user_gallery() / "holiday.jpg").rename(user_gallery() / "sea.jpg")
    icon.wait(lambda menu: menu.find("Background", "Sea"))


def test_next_goes_through_the_gallery_and_comes_to_blur_again(desk: Desk) -> None:
    icon = desk.icon
    blur = ("Blur: medium",)
    pictures = [(entry.path.stem.capitalize(),) for entry in gallery(GALLERY)]
    assert pictures[:2] == [("Beach",), ("Bookshelf",)]
    for path in (blur, *pictures, blur):
        icon.click("Background", "Next background")
        chosen = ("Background", *path)

        def is_marked(menu: Line, chosen: tuple[str, ...] = chosen) -> bool:
            return menu.find(*chosen).checked

        icon.wait(is_marked)


def test_after_the_panel_was_restarted_the_menu_is_back(
    desk: Desk, session_bus: PrivateBus
) -> None:
    desk.icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    desk.host.close()
    with tray_host(session_bus.address) as another:
        another.wait_icon().click("Background", "Blur: strong")
        another.wait_icon().wait(
            lambda menu: menu.find("Background", "Blur: strong").checked
        )
    assert desk.app.settings.background == Blur(80)


def test_be_right_back_lets_the_camera_go_until_it_is_clicked_again(
    desk: Desk, eventually: Eventually
) -> None:
    icon = desk.icon
    icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    icon.click("Be right back")
    icon.wait(lambda menu: menu.find("Be right back").checked)
    eventually(lambda: desk.world.sources[-1].closed)
    icon.click("Be right back")
    icon.wait(lambda menu: not menu.find("Be right back").checked)
    icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    assert desk.titles() == []


def test_quit_from_the_menu_releases_everything(desk: Desk, eventually: Eventually) -> None:
    icon = desk.icon
    icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    quit_from(icon)
    desk.thread.join(10)
    assert not desk.thread.is_alive()
    assert all(source.closed for source in desk.world.sources)
    assert all(output.closed for output in desk.world.outputs)
    left = {each.name for each in threading.enumerate() if each.name.startswith("vcam-")}
    assert left == {"vcam-dbus"}, "only the panel's own is left"
    assert desk.titles() == []


def test_a_camera_that_is_plugged_in_or_out_comes_and_goes_in_the_menu(
    desk: Desk, video: Video
) -> None:
    icon = desk.icon
    assert "No camera found" in icon.menu().find("Camera").labels()
    node = video.plug(
        0, Device(card="Desk Cam", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0"
    )
    icon.wait(lambda menu: menu.find("Camera", "Desk Cam"))
    icon.click("Camera", "Desk Cam")
    icon.wait(lambda menu: menu.find("Camera", "Desk Cam").checked)
    video.unplug(node)
    icon.wait(lambda menu: menu.find("Camera", "Desk Cam (not plugged in)").checked)
    video.plug(2, Device(card="Desk Cam", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0")
    icon.wait(lambda menu: menu.find("Camera", "Desk Cam").checked)


def test_a_camera_that_only_pipewire_has_comes_and_goes_in_the_menu_too(
    desktop: Desktop, video: Video, eventually: Eventually
) -> None:
    watch = Watch(video.system)

    def offered() -> list[str]:
        watch.poll()
        surroundings = watch.now
        found = cameras("front", surroundings.cameras, surroundings.gone)
        return [line.entry.label for line in found.lines or ()]

    watch.poll()
    with closing(TestCamera([mode("NV12", SMALL, 30)], lambda agreed: (b"", 0))):
        eventually(lambda: "Built-in Front Camera" in offered())
    eventually(lambda: "Built-in Front Camera (not plugged in)" in offered())
    watch.stop()


@linux_only("cameras come and go in /dev")
def test_a_list_of_cameras_that_failed_once_is_made_again(
    video: Video, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    video.plug(0, Device(card="Desk Cam", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0")
    watch = Watch(video.system)

    def fail(*asked: object) -> None:
        raise RuntimeError("a driver's hiccup")

    with monkeypatch.context() as broken:
        broken.setattr("vcam.tray.menu_sources.linux_cameras", fail)
        watch.poll()
        watch.poll()
    assert caplog.text.count("Traceback") == 1
    watch.poll()
    assert [camera.name for camera in watch.now.cameras] == ["Desk Cam"]
    watch.stop()


@linux_only("cameras come and go in /dev")
def test_a_gallery_on_a_drive_that_hangs_holds_up_nothing_else(
    video: Video, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    back, looks = threading.Event(), list[int]()

    def hung() -> tuple[GalleryEntry, ...]:
        looks.append(1)
        assert back.wait(30)
        return gallery()

    monkeypatch.setattr("vcam.tray.menu_sources.gallery", hung)
    monkeypatch.setattr("vcam.tray.menu_sources.GALLERY_S", 0.05)
    watch = Watch(video.system)
    watch.poll()
    video.plug(0, Device(card="Desk Cam", modes=WEBCAM), usb="046d:08e5:A1B2C3:1-2:0")
    watch.poll()
    assert [camera.name for camera in watch.now.cameras] == ["Desk Cam"]
    assert len(looks) == 1 and not watch.now.gallery
    back.set()
    eventually(lambda: len(watch.now.gallery) == len(gallery()))
    watch.stop()


def test_next_passes_over_what_cannot_be_shown_and_notifies_once(
    desk: Desk, eventually: Eventually
) -> None:
    user_gallery().mkdir(parents=True)
    (user_gallery() / "a.png").write_text("nothing")
    shutil.copy(GALLERY / "beach.jpg", user_gallery() / "b.jpg")
    desk.icon.wait(lambda menu: menu.find("Background", "B"))
    desk.icon.click("Background", "Blur: medium")
    for _ in range(2):
        desk.icon.click("Background", "Next background")
        eventually(lambda: desk.app.settings.background.title == "b")
        desk.icon.click("Background", "Blur: medium")
        eventually(lambda: desk.app.settings.background.title == "Blur")
    assert desk.titles() == ["Passed over"]


def test_start_at_login_is_turned_on_and_off(desk: Desk) -> None:
    icon = desk.icon
    icon.click("Start at login")
    icon.wait(lambda menu: menu.find("Start at login").checked)
    assert autostart.enabled()
    icon.click("Start at login")
    icon.wait(lambda menu: not menu.find("Start at login").checked)
    assert not autostart.enabled()


def test_what_will_not_work_at_login_is_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = autostart.Status("launch agent", "", (), caution="macOS will not let it")
    monkeypatch.setattr(autostart, "status", lambda: told)
    desk.icon.click("Start at login")
    bubble = desk.host.wait_bubble()
    assert (bubble["title"], bubble["text"]) == ("Start at login", told.caution)


def test_about_tells_the_version(desk: Desk) -> None:
    desk.icon.click("About")
    assert desk.host.wait_bubble()["title"].startswith("vcam ")


def test_the_backgrounds_folder_is_opened_by_the_desktop(
    desk: Desk, programs: Callable[..., Path], eventually: Eventually
) -> None:
    noted = programs("xdg-open")
    desk.icon.click("Background", "Open the backgrounds folder")
    eventually(noted.exists)
    eventually(lambda: noted.read_text().strip() == str(user_gallery()))
    assert user_gallery().is_dir()


def test_the_served_picture_is_opened_without_its_secret_in_a_command_line(
    world: FakeWorld,
    host: TrayHost,
    video: Video,
    path: Path,
    programs: Callable[..., Path],
    eventually: Eventually,
) -> None:
    noted = programs("xdg-open")
    world.devices = replace(world.devices, open_output=open_output)
    with closing(Served(SMALL, 0)) as taken:
        port = urlsplit(taken.address).port or 0
    save(
        Settings(background=GREEN, output=OutputOptions("nothing", SMALL, serve=port)), path
    )
    desk = Desk(world, host, path, Watch(video.system))
    with running(desk):
        desk.icon.wait(lambda menu: menu.find(f"Picture served at 127.0.0.1:{port}…"))
        desk.icon.click(f"Picture served at 127.0.0.1:{port}…")
        eventually(lambda: noted.exists() and noted.read_text().endswith("\n"))
        page = Path(noted.read_text().strip())
        assert desk.app.status.served in page.read_text()
        assert page.stat().st_mode & 0o777 == 0o600
        assert token_file().read_text().strip() not in noted.read_text()
    assert not page.exists()


def test_the_desktops_programs_do_not_get_the_qt_of_opencv(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM_PLUGIN_PATH", "/site-packages/cv2/qt/plugins")
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    told = tmp_path / "qt.txt"
    tell = f'echo "$QT_QPA_PLATFORM_PLUGIN_PATH,$QT_QPA_PLATFORM" >> "{told}"'
    programs("kdialog", f"{tell}; exit 1")
    programs("xdg-open", tell)
    desk.icon.click("Background", "Open the backgrounds folder")
    eventually(told.exists)
    desk.icon.click("Background", "Add pictures…")
    eventually(lambda: told.read_text() == ",wayland\n,wayland\n")


def test_pictures_are_added_with_the_dialog_that_the_desktop_has(
    desk: Desk, programs: Callable[..., Path], tmp_path: Path
) -> None:
    mine = tmp_path / "Meine Küche.jpg"
    shutil.copy(GALLERY / "studio.jpg", mine)
    programs("kdialog", f'echo "{mine}"')
    desk.icon.click("Background", "Add pictures…")
    icon = desk.icon
    icon.wait(lambda menu: menu.find("Background", "Meine Küche"))
    assert desk.host.wait_bubble()["title"] == "Added"

    def has_thumbnail(menu: Line) -> bool:
        return "icon-data" in menu.find("Background", "Meine Küche").properties

    icon.wait(has_thumbnail)


@pytest.mark.parametrize(
    ("menu", "entry", "option"),
    [
        ("Picture", "Choose an overlay…", "overlay"),
        ("Break", "Choose a picture for its card…", "pause.picture"),
    ],
)
def test_a_picture_of_ones_own_is_chosen_with_the_dialog(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
    menu: str,
    entry: str,
    option: str,
) -> None:
    programs("kdialog", f'echo "{tmp_path}/my logo.png"')
    noted, program = tmp_path / "noted", tmp_path / "vcam-of-this-test"
    program.write_text(f'#!/bin/sh\necho "$@" > "{noted}"\n')
    program.chmod(0o755)
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    desk.icon.click(menu, entry)
    wanted = f"set {option}={tmp_path}/my logo.png\n"
    eventually(lambda: noted.exists() and noted.read_text() == wanted)


@pytest.mark.parametrize("name", [b"caf\xe9.jpg", "a\u2028b.jpg".encode()])
def test_pictures_are_added_whatever_they_are_called(
    desk: Desk, programs: Callable[..., Path], tmp_path: Path, name: bytes
) -> None:
    mine = tmp_path / os.fsdecode(name)
    shutil.copy(GALLERY / "studio.jpg", mine)
    body = b"printf '%s\\n' '" + os.fsencode(mine) + b"'"
    programs("kdialog", os.fsdecode(body))
    desk.icon.click("Background", "Add pictures…")
    assert desk.host.wait_bubble()["title"] == "Added"
    assert (user_gallery() / mine.name).exists()


def test_what_is_no_picture_is_not_added_and_the_reason_is_told(
    desk: Desk, programs: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "taxes.pdf").write_text("%PDF")
    programs("zenity", f'echo "{tmp_path}/taxes.pdf"')
    desk.icon.click("Background", "Add pictures…")
    bubble = desk.host.wait_bubble()
    assert bubble["title"] == "Not added" and "taxes.pdf" in bubble["text"]


def test_of_several_dialogs_the_first_that_works_is_used_once(
    desk: Desk, programs: Callable[..., Path], eventually: Eventually
) -> None:
    programs("zenity", "exit 255")
    noted = programs("kdialog", "exit 1")
    desk.icon.click("Background", "Add pictures…")
    eventually(noted.exists)
    assert not user_gallery().exists()


def test_without_any_dialog_the_folder_is_opened(
    desk: Desk, programs: Callable[..., Path], eventually: Eventually
) -> None:
    noted = programs("xdg-open")
    desk.icon.click("Background", "Add pictures…")
    eventually(noted.exists)
    assert desk.host.wait_bubble()["title"] == "Add pictures"


def test_a_second_start_is_told_where_vcam_is(desk: Desk) -> None:
    assert desk.icon
    assert desk.front.here()
    assert desk.host.wait_bubble()["title"] == "vcam is running"


def test_a_desktop_without_a_tray_is_told_what_to_install_and_video_goes_on(
    session_bus: PrivateBus,
    world: FakeWorld,
    path: Path,
    video: Video,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vcam.tray.controller.ABSENT_S", 0.1)
    monkeypatch.setattr("vcam.tray.controller.PATIENCE_S", 0.2)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "GNOME")
    with tray_host(session_bus.address, tray=False) as host:
        with running(Desk(world, host, path, Watch(video.system))) as desk:
            eventually(lambda: desk.said)
            assert "gnome-shell-extension-appindicator" in desk.said[0]
            assert host.wait_bubble()["title"] == "vcam runs without an icon"
            eventually(lambda: desk.app.status.state is State.LIVE)
            assert not desk.front.here()
        assert len(desk.said) == 1


def test_settings_that_cannot_be_saved_are_told(
    desk: Desk, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    icon = desk.icon
    path.unlink()
    path.mkdir()
    icon.click("Background", "Blur: light")
    assert "on air, but not saved" in desk.host.wait_bubble()["title"]
    icon.wait(lambda menu: menu.find("Background", "Blur: light").checked)


def test_a_diagnosis_is_told_in_a_word_and_shown_in_full(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
) -> None:
    noted = programs("xdg-open")
    printed = (
        "✓ python: 3.11\n✗ driver: there is none. Run vcam setup\n\nOne thing stops vcam."
    )
    programs("doctor-of-this-test", f"printf '%s\\n' '{printed}'; exit 1")
    program = tmp_path / "bin" / "doctor-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    desk.icon.click("Diagnose…")
    eventually(lambda: noted.exists() and noted.read_text().endswith("\n"))
    assert Path(noted.read_text().strip()).read_text().startswith("✓ python: 3.11")
    eventually(lambda: desk.titles()[-1:] == ["One thing stops vcam."])
    assert desk.host.bubbles[-1]["text"] == "✗ driver: there is none. Run vcam setup"


VCAM_THERE = """#!{python}
import sys
from pathlib import Path
sys.path[:0] = {path}
make = Path.mkdir
Path.mkdir = lambda self, mode=0o777, parents=False, exist_ok=False: make(
    self, mode, parents, True)  # the machine is there already
from fake_machine import FakeMachine
machine = FakeMachine(Path({root!r}))
machine.environ["DISPLAY"] = ":0"
import vcam.cli.setup, vcam.system.autostart.session, vcam.system.doctor.host
vcam.system.doctor.host.Host = lambda: machine.host
vcam.system.autostart.session.Session = lambda: machine.session
vcam.cli.setup._is_root = lambda: False
from vcam.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""The real command line, on the pretended machine."""


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    """A fresh one, where nothing is set up."""
    folder = tmp_path / "machine"
    folder.mkdir()
    return FakeMachine(folder)


@pytest.fixture
def without_camera(
    world: FakeWorld, host: TrayHost, path: Path, machine: FakeMachine, monkeypatch: Any
) -> Iterator[Desk]:
    def missing(output: Any) -> Any:
        raise NotSetUpError("There is no virtual camera", "Run `vcam setup`")

    monkeypatch.setattr("vcam.tray.menu_sources.Host", lambda system: machine.host)
    world.faults["output"] = missing
    watch = Watch(machine.host.system)
    with running(Desk(world, host, path, watch)) as desk:
        yield desk


def test_the_virtual_camera_is_set_up_from_the_menu_and_then_pictures_are_published(
    without_camera: Desk,
    world: FakeWorld,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = "As root:\n\nDone. There is nothing to do\n\nLog out and in again."
    noted = programs("vcam-of-this-test", f"printf '%s\n' '{printed}'")
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = without_camera.icon
    menu = icon.wait(lambda menu: menu.find("Set up the virtual camera…"))
    labels = menu.find("Set up the virtual camera…").labels()
    assert labels[:2] == [
        "1. Install the driver",
        "2. Make the device for vcam at every start",
    ]
    icon.click("Set up the virtual camera…", "Do this now, with your password…")
    bubbles = without_camera.host.bubbles
    icon.wait(lambda menu: bubbles and bubbles[-1]["title"].endswith("is set up"))
    assert bubbles[-1]["text"] == "Log out and in again."
    assert noted.read_text().split() == ["setup", "--yes"]
    del world.faults["output"]
    icon.wait(lambda menu: menu.labels()[0].startswith("Live"))
    assert "What is missing?" not in icon.menu().labels()


def test_the_setup_asks_for_the_password_in_a_window_of_the_desktop_and_makes_the_device(
    without_camera: Desk,
    machine: FakeMachine,
    world: FakeWorld,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "vcam-there"
    path = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]
    text = VCAM_THERE.format(python=sys.executable, path=path, root=str(machine.root))
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = without_camera.icon
    icon.wait(lambda menu: menu.find("Set up the virtual camera…"))
    icon.click("Set up the virtual camera…", "Do this now, with your password…")
    without_camera.host.wait_told("The virtual camera is set up")
    assert machine.log[0].startswith("pkexec /bin/sh -exc ")
    assert "modprobe v4l2loopback" in machine.log
    assert machine.cameras == [(10, "vcam", True)]
    del world.faults["output"]
    icon.wait(lambda menu: "Set up the virtual camera…" not in menu.labels())


def test_a_setup_that_fails_is_told_and_shown_in_full(
    without_camera: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
) -> None:
    opened = programs("xdg-open")
    said = "vcam: Root was refused. Nothing has been changed."
    programs("vcam-of-this-test", f"echo 'As root: …'; echo '{said}' >&2; exit 1")
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = without_camera.icon
    icon.wait(lambda menu: menu.find("Set up the virtual camera…"))
    icon.click("Set up the virtual camera…", "Do this now, with your password…")
    eventually(lambda: opened.exists() and opened.read_text().endswith("\n"))
    assert Path(opened.read_text().strip()).read_text().startswith("As root: …")
    bubbles = without_camera.host.bubbles
    eventually(lambda: bubbles[-1]["title"] == "The virtual camera is not set up")
    assert bubbles[-1]["text"] == "Root was refused. Nothing has been changed."


def test_the_commands_of_the_setup_are_shown_before(
    without_camera: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    eventually: Eventually,
) -> None:
    opened = programs("xdg-open")
    noted = programs("vcam-of-this-test", "echo 'As root: modprobe v4l2loopback'")
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = without_camera.icon
    icon.wait(lambda menu: menu.find("Set up the virtual camera…"))
    icon.click("Set up the virtual camera…", "Show the commands…")
    eventually(lambda: opened.exists() and opened.read_text().endswith("\n"))
    assert "modprobe v4l2loopback" in Path(opened.read_text().strip()).read_text()
    assert noted.read_text().split() == ["setup", "--dry-run"]


@pytest.mark.parametrize("command", [(*SELF, "--version"), CHOOSERS[0]])
def test_the_menu_never_runs_the_code_of_the_folder_vcam_was_started_in(
    tmp_path: Path, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("argparse", "queue", "threading"):
        (tmp_path / f"{module}.py").write_text("raise SystemExit('planted')")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert "planted" not in done.stderr


def test_a_preview_is_opened_once_and_closed_with_vcam(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    noted = programs(
        "vcam-of-this-test", f'echo $$ >> "{tmp_path}/pids"; exec /bin/sleep 60'
    )
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = desk.icon
    icon.click("Preview…")
    icon.click("Preview…")
    icon.click("Be right back")
    icon.wait(lambda menu: menu.find("Be right back").checked)
    eventually((tmp_path / "pids").exists)
    assert noted.read_text().strip() == "preview"
    (pid,) = map(int, (tmp_path / "pids").read_text().split())
    quit_from(icon)
    desk.thread.join(10)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_first_start_begins_with_the_welcome_and_the_menu_opens_it_again(
    world: FakeWorld,
    host: TrayHost,
    path: Path,
    video: Video,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = tmp_path / "opened"
    programs("vcam-of-this-test", f'echo "$@" >> "{opened}"')
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))

    def welcomes() -> int:
        return opened.read_text().split().count("welcome") if opened.exists() else 0

    with running(Desk(world, host, path, Watch(video.system), welcome=True)) as desk:
        eventually(lambda: welcomes() == 1)
        desk.icon.click("Welcome…")
        eventually(lambda: welcomes() == 2)
        assert desk.titles() == []


def test_a_welcome_that_does_not_open_is_told_only_to_who_asked_for_it(
    world: FakeWorld,
    host: TrayHost,
    path: Path,
    video: Video,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no window opens, every login would begin with a complaint."""
    opened = tmp_path / "opened"
    programs(
        "vcam-of-this-test",
        f'echo "$@" >> "{opened}"; echo "vcam: A window does not open here"; exit 1',
    )
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    with running(Desk(world, host, path, Watch(video.system), welcome=True)) as desk:
        eventually(opened.exists)
        desk.icon.click("Welcome…")
        host.wait_told("No welcome")
        eventually(lambda: opened.read_text().split() == ["welcome"] * 2)
        assert desk.titles() == ["No welcome"]


def test_the_studio_is_one_and_every_click_opens_its_page(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, opened = tmp_path / "started", tmp_path / "opened"
    # As `vcam studio` does: the first one stays, the others open its page and end.
    first = f'echo $$ > "{started}"; exec /bin/sleep 60'
    other = f'echo page >> "{opened}"; exit 0'
    noted = programs("vcam-of-this-test", f'[ -e "{started}" ] || {{ {first}; }}\n{other}')
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    icon = desk.icon
    icon.click("Studio…")
    eventually(lambda: started.exists() and started.read_text())
    assert noted.read_text().split() == ["studio", "--until-closed"]
    for count in 1, 2:
        icon.click("Studio…")
        eventually(
            lambda count=count: (
                opened.exists() and opened.read_text().count("page") == count
            )  # type: ignore[misc]
        )
        eventually(lambda: not desk.front._runner._children.runs("studio-page"))
    quit_from(icon)
    desk.thread.join(10)
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert "No studio" not in desk.titles()


def test_why_there_is_no_studio_is_told_without_its_address(
    desk: Desk,
    programs: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret = "The studio is at http://127.0.0.1:1/?token=secret"
    said = "vcam: The studio needs packages that are not installed: gradio."
    programs("vcam-of-this-test", f'echo "{secret}"; echo "{said}" >&2; exit 2')
    program = tmp_path / "bin" / "vcam-of-this-test"
    monkeypatch.setattr("vcam.tray.action_runner.SELF", (str(program),))
    desk.icon.click("Studio…")
    desk.host.wait_told("No studio")
    (bubble,) = (each for each in desk.host.bubbles if each["title"] == "No studio")
    assert bubble["text"] == said.removeprefix("vcam: ")


@contextmanager
def program(*words: str) -> Iterator[subprocess.Popen[str]]:
    """`vcam` as it is typed, on this machine, which has no virtual camera."""
    with subprocess.Popen(
        [sys.executable, "-m", "vcam", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as vcam:
        try:
            yield vcam
        finally:
            vcam.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_vcam_alone_shows_its_icon_and_what_is_missing_until_it_is_ended(
    host: TrayHost, number: signal.Signals
) -> None:
    with program() as vcam:
        icon = host.wait_icon()
        menu = icon.wait(lambda menu: menu.labels()[0].startswith("Waiting: There is no"))
        assert "set up the virtual camera…" in " ".join(menu.labels()[:4]).lower(), (
            "the cure"
        )
        vcam.send_signal(number)
        assert vcam.wait(20) == 0


def test_a_second_vcam_says_that_one_is_running_and_shows_where(host: TrayHost) -> None:
    with program() as first:
        icon = host.wait_icon()
        with program() as second:
            _, said = second.communicate(timeout=20)
            assert second.returncode == 0 and "already running" in said
        host.wait_told("vcam is running")  # beside that it has no virtual camera
        quit_from(icon)
        assert first.wait(20) == 0


def test_what_keeps_vcam_from_starting_is_told_where_nobody_reads_a_terminal(
    host: TrayHost,
) -> None:
    settings_path().parent.mkdir(parents=True)
    settings_path().write_text("[mask]\npreste = 'best'\n")
    with program() as vcam:
        bubble = host.wait_bubble()
        assert "preste" in bubble["title"] and "preset" in bubble["text"]
        assert vcam.wait(20) == 2
    assert len(host.bubbles) == 1


@linux_only("a tray comes with the desktop, and is missing without one")
def test_without_a_desktop_vcam_works_and_says_how(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with program() as vcam:
        assert vcam.stderr is not None
        for line in vcam.stderr:
            if "no desktop session" in line:
                break
        vcam.send_signal(signal.SIGTERM)
        assert vcam.wait(20) == 0
