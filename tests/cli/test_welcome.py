"""The three steps of the welcome, in a window."""

import sys
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar

import numpy as np
import pytest
from conftest import GREEN
from systems import linux_only

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.cli import main, parser_of
from vcam.cli.tray import welcomes
from vcam.cli.welcome_pages import DONE, LATER, NEXT, SIZE, Offer, Pages, Shown
from vcam.control.server import Server
from vcam.errors import OutputError
from vcam.files import settings_path
from vcam.frames import Image, Size
from vcam.outputs.programs import places
from vcam.settings import load
from vcam.settings.first_start import is_first_start
from vcam.testing import FakeWorld


class Screen:
    """A window in which a person presses one key after another, or clicks."""

    does: ClassVar[Iterator[Any]]
    seen: ClassVar[list[Image]]

    def __init__(self, size: Size, title: str) -> None:
        assert size == SIZE and title == "Welcome to vcam"
        Screen.seen = []
        self.key, self.closed = "", False
        self.click: tuple[int, int] | None = None

    def send(self, image: Image) -> None:
        Screen.seen.append(image)
        self.key, self.click = "", None
        did = next(Screen.does, "")
        if isinstance(did, tuple):
            self.click = did
        else:
            self.closed, self.key = did == "close", did

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> type[Screen]:
    monkeypatch.setattr("vcam.outputs.window.Window", Screen)
    monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: True)
    monkeypatch.setattr("vcam.cli.welcome._cameras", tuple)
    monkeypatch.setattr("vcam.cli.welcome.FPS", 200)
    return Screen


def middle(does: str, shown: Shown) -> tuple[int, int]:
    """Where a person clicks for that."""
    spots = Pages({}).page(shown).spots
    (spot,) = (each for each in spots if each.does == does)
    return round((spot.left + spot.right) / 2), round((spot.top + spot.bottom) / 2)


def test_the_background_is_chosen_by_its_number_and_enter_leads_to_the_end(
    served_app: App, screen: type[Screen]
) -> None:
    screen.does = iter(["\r", "2", "", "\r", "\r", "still there"])
    assert main(["welcome", "--window"]) == 0
    assert served_app.settings.background == load(settings_path()).background == Blur(80)
    assert next(screen.does) == "still there"
    assert not is_first_start()


def test_a_click_does_what_is_written_there(served_app: App, screen: type[Screen]) -> None:
    choices = tuple(Offer(f"background={name}", name) for name in ("blur", "blur:strong"))
    first, second = Shown(0), Shown(1, offers=choices)
    screen.does = iter(
        [
            (5, 5),
            middle(NEXT, first),
            middle("background=blur", second),
            middle(LATER, second),
            "still there",
        ]
    )
    assert main(["welcome", "--window"]) == 0
    assert served_app.settings.background == Blur()
    assert next(screen.does) == "still there"


@pytest.mark.parametrize("leaves", ["close", middle(LATER, Shown(0))])
def test_who_dismisses_it_changes_nothing_and_is_not_asked_again(
    leaves: Any, served_app: App, screen: type[Screen]
) -> None:
    before = settings_path().read_text()
    screen.does = iter([leaves])
    assert main(["welcome", "--window"]) == 0
    assert settings_path().read_text() == before
    assert served_app.settings.background == GREEN
    assert not is_first_start()


def test_a_live_picture_is_beside_the_first_two_steps(
    served_app: App, screen: type[Screen], world: FakeWorld
) -> None:
    screen.does = iter(["", "\r", "", "\r", "", "close"])
    assert main(["welcome", "--window"]) == 0
    off = [np.abs(image[290, 600].astype(int) - (0, 255, 0)).max() for image in screen.seen]
    green = [each < 20 for each in off]  # it is a JPEG
    assert green[0] and green[3] and not green[-1]


def test_a_camera_that_is_plugged_in_meanwhile_is_offered(
    served_app: App, screen: type[Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = [Offer("camera=presenter", "A drawn person")]
    monkeypatch.setattr("vcam.cli.welcome._cameras", lambda: tuple(shelf))
    monkeypatch.setattr("vcam.cli.welcome.STATUS_S", 0.0)

    def course() -> Iterator[str]:
        yield ""
        shelf.append(Offer("mirror=on", "A desk camera"))  # what its number does is seen
        yield from ("", "", "2", "", "close")

    screen.does = course()
    assert main(["welcome", "--window"]) == 0
    assert served_app.settings.source.mirror


def test_it_ends_with_vcam(app: App, screen: type[Screen]) -> None:
    with Server(app) as serving:

        def course() -> Iterator[str]:
            yield ""
            serving.close()
            yield ""
            pytest.fail("it went on")

        screen.does = course()
        assert main(["welcome", "--window"]) == 0


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Shown]:
    """What the pages said, one after another."""
    told: list[Shown] = []
    draw = Pages.with_picture

    def noted(pages: Pages, shown: Shown, picture: Image | None) -> Image:
        told.append(shown)
        return draw(pages, shown, picture)

    monkeypatch.setattr(Pages, "with_picture", noted)
    return told


@pytest.mark.parametrize("plugged_in", [True, False])
def test_before_there_is_a_virtual_camera_it_says_which_camera_is_on_or_that_none_is(
    plugged_in: bool,
    world: FakeWorld,
    screen: type[Screen],
    told: list[Shown],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on most machines at the very first start."""

    def missing(opened: object) -> object:
        raise OutputError("There is no virtual camera", "Run `vcam setup`")

    world.faults["output"], world.plugged_in = missing, plugged_in
    monkeypatch.setattr("vcam.cli.welcome.STATUS_S", 0.0)
    app = App(settings_path(), world.devices)

    def course() -> Iterator[str]:
        until_s = time.monotonic() + 20
        while not (told and (told[-1].camera or told[-1].trouble[0])):
            assert time.monotonic() < until_s, "it looks for the camera without end"
            yield ""
        yield "close"

    screen.does = course()
    with closing(app), Server(app):
        app.start()
        assert main(["welcome", "--window"]) == 0
    if plugged_in:
        assert told[-1].camera and not told[-1].trouble[0]
    else:
        assert told[-1].trouble == ("There is no camera", "Plug one in")


def test_a_picture_that_is_gone_meanwhile_is_told_on_the_page(
    served_app: App,
    screen: type[Screen],
    told: list[Shown],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offers = (Offer("background=gone.jpg", "Gone"),)
    monkeypatch.setattr("vcam.cli.welcome._backgrounds", lambda: (offers, {}))
    screen.does = iter(["\r", "1", "", "close"])
    assert main(["welcome", "--window"]) == 0
    assert told[-1].trouble[0] == "There is no background 'gone.jpg'"
    assert served_app.settings.background == GREEN


@linux_only("elsewhere there is always a display")
def test_without_a_display_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("vcam.outputs.window.window_opens", lambda: False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert main(["welcome"]) == 1
    assert "Run it in a desktop session" in capsys.readouterr().err
    assert is_first_start()


def test_every_page_fits_with_long_names_and_messages() -> None:
    long = (
        "A camera of a very long name, as some makers of conference rooms call theirs " * 3
    )
    offers = tuple(Offer(f"camera={number}", long) for number in range(4))
    for step in range(3):
        shown = Shown(
            step, long[:90], (long[:90], long[:90]), offers, places("vcam", "linux")
        )
        page = Pages({}).page(shown)
        assert page.canvas.shape == (SIZE.height, SIZE.width, 3)
        for spot in page.spots:
            assert 0 <= spot.left < spot.right <= SIZE.width
            assert 0 <= spot.top < spot.bottom <= SIZE.height
            others = [each for each in page.spots if each is not spot]
            assert not any(
                each.left < spot.right
                and spot.left < each.right
                and each.top < spot.bottom
                and spot.top < each.bottom
                for each in others
            )
    assert any(spot.does == DONE for spot in page.spots)


def test_vcam_alone_begins_with_it_only_where_nothing_was_chosen_and_it_can_be_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begins(*words: str) -> bool:
        _, parser = parser_of("tray")
        return welcomes(parser.parse(list(words)))

    monkeypatch.setenv("DISPLAY", ":7")
    assert begins() and begins("--fps", "25")
    assert not begins("--background", "beach") and not begins("--camera", "presenter")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    if sys.platform == "linux":
        assert not begins(), "nobody could see it"
    monkeypatch.setenv("DISPLAY", ":7")
    assert main(["set", "background=beach"]) == 0
    assert not begins()
