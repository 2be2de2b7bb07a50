"""What the administrator has decided holds, whichever way somebody tries around it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually
from studio_client import Client

from vcam.app import App
from vcam.backgrounds import SHOWS_ROOM
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.backgrounds.room import Room
from vcam.cli import main
from vcam.cli.parsing import Parser
from vcam.cli.run import configure, made
from vcam.control.client import ask
from vcam.engine import overlay_loader
from vcam.engine.engine import Engine
from vcam.engine.overlay_loader import OverlayLoader
from vcam.errors import PolicyError, VcamError
from vcam.files import settings_path
from vcam.frames import Size
from vcam.imaging.pictures import encoded, write_atomically
from vcam.outputs.options import OutputOptions
from vcam.overlay.drawing import Overlay
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import OverlayOptions
from vcam.regions import Region
from vcam.settings import Settings, load, policy_file, profiles, save, to_toml
from vcam.settings.edits import edit_of
from vcam.settings.policy_file import policy
from vcam.status import Hold, State, Status
from vcam.testing import FakeWorld, shows_secret
from vcam.tray.action_runner import ActionRunner
from vcam.tray.actions import Change, Task
from vcam.tray.menu import Moment, Surroundings, menu
from vcam.tray.model import Entry
from vcam.verbs import NEXT, PREVIOUS

Decide = Callable[[str], None]
Try = Callable[[App, str, "pytest.FixtureRequest"], object]


def logo() -> Path:
    """The administrator's overlay, made where the policy is."""
    path = policy_file.place().with_name("logo.png")
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        write_atomically(path, encoded(np.full((8, 8, 4), 255, np.uint8), ".png"))
    return path


RULES: dict[str, tuple[str, str, Callable[[Settings], bool]]] = {
    "no room": (
        "room = false",
        "background=room",
        lambda settings: settings.background.exposure < SHOWS_ROOM,
    ),
    "a strong blur": (
        "blur = 80",
        "background=blur:10",
        lambda settings: settings.background.exposure <= Blur(80).exposure,
    ),
    "one background": (
        'backgrounds = ["#112233"]',
        "background=teal",
        lambda settings: settings.background == Color("#112233"),
    ),
    "an overlay": (
        "[pin]\noverlay.picture = '{logo}'",
        "overlay=off",
        lambda settings: settings.overlay.picture == logo() and settings.overlay.shown,
    ),
    "an overlay that can be seen": (
        "[pin]\noverlay.picture = '{logo}'",
        "overlay.opacity=1",
        lambda settings: settings.overlay.opacity == 100,
    ),
    "a budget": (
        "cpu_budget = 40",
        "cpu_budget=90",
        lambda settings: 0 < settings.power.cpu_budget <= 40,
    ),
    "no served picture": (
        "serve = false",
        "serve=on",
        lambda settings: not settings.output.serve,
    ),
    "an option": (
        "[pin]\nsource.mirror = true",
        "mirror=off",
        lambda settings: settings.source.mirror,
    ),
    "nothing at all, since it is broken": (
        "no policy",
        "background=white",
        lambda settings: settings.background.kind == "barred",
    ),
}
"""What is decided, what somebody tries, and what holds all the same."""


def after(settings: Settings, word: str) -> Settings:
    return edit_of([word], Path(), settings)(settings)


def by_request(app: App, word: str, request: pytest.FixtureRequest) -> None:
    ask("set", words=[word], folder="/")


def by_command(app: App, word: str, request: pytest.FixtureRequest) -> None:
    assert main(["set", word]) == 2


def by_studio(app: App, word: str, request: pytest.FixtureRequest) -> None:
    pytest.importorskip("starlette", reason="the extra `studio` is not installed")
    client: Client = request.getfixturevalue("client")
    body = json.dumps({"verb": "set", "words": [word]}).encode()
    answer = client.ask("POST", "/api/camera/do", body)
    assert answer.status != 200
    raise VcamError(answer.json["error"], answer.json["remedy"])


def by_tray(app: App, word: str, request: pytest.FixtureRequest) -> None:
    """A click on an entry that was there a moment ago."""
    wanted = after(app.settings, word)
    (part,) = (
        each.name
        for each in fields(Settings)
        if getattr(wanted, each.name) != getattr(app.settings, each.name)
    )
    with closing(ActionRunner(app, lambda title, text: None)) as runner:
        runner.do(Change(part, getattr(wanted, part)))


def by_program(app: App, word: str, request: pytest.FixtureRequest) -> None:
    app.change(edit_of([word], Path(), app.settings))


def by_profile(app: App, word: str, request: pytest.FixtureRequest) -> None:
    """A profile that was saved before there was a policy."""
    wanted = after(app.settings, word)
    place, policy_file.place = policy_file.place, lambda: Path("/nowhere/policy.toml")
    try:
        profiles.save("mine", wanted)
    finally:
        policy_file.place = place
    assert main(["profile", "mine"]) in (0, 2)
    app.watched_by(("zoom",))


def by_verbs(app: App, word: str, request: pytest.FixtureRequest) -> None:
    for verb in (NEXT, PREVIOUS) * 4:
        with suppress(PolicyError):
            verb.do(app)
        app.rotate()


def by_editing_the_file(app: App, word: str, request: pytest.FixtureRequest) -> None:
    settings_path().write_text(to_toml(after(load(settings_path()), word)), "utf-8")
    main(["set", "pause.message=Soon"])


WAYS: dict[str, Try] = {
    name.removeprefix("by_"): way
    for name, way in list(globals().items())
    if name.startswith("by_")
}
REFUSING = ("request", "command", "studio", "tray", "program")
"""The ways in which somebody is told why not."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rule", RULES)
def test_no_way_leads_around_it(
    rule: str,
    way: str,
    served_app: App,
    decide: Decide,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app, (text, word, holds) = served_app, RULES[rule]
    app.change(edit_of(["mirror=on", "when=zoom: mine"], Path(), app.settings))
    decide(text.replace("{logo}", str(logo())))
    told = ""
    try:
        WAYS[way](app, word, request)
    except VcamError as error:
        told = str(error)
    told += capsys.readouterr().err
    app.change(lambda settings: settings)  # whatever was chosen is in force now
    assert holds(app.settings)
    assert holds(policy().enforced(load(settings_path())))
    if way in REFUSING:
        assert "administrator" in told


@pytest.mark.parametrize("rule", RULES)
def test_no_settings_file_leads_around_it_nor_an_argument(
    rule: str, world: FakeWorld, decide: Decide, capsys: pytest.CaptureFixture[str]
) -> None:
    text, word, holds = RULES[rule]
    wanted = after(Settings(output=OutputOptions(size=SMALL)), word)
    save(wanted, settings_path())
    decide(text.replace("{logo}", str(logo())))
    with closing(App(settings_path(), world.devices)) as app:
        assert holds(app.settings)
    with running(world, wanted) as it:
        assert holds(it.settings)
    settings_path().unlink()
    parser = Parser()
    configure(parser)
    words = ["--device", "nothing", "--set", word]
    if after(Settings(), word) != Settings():
        with pytest.raises(PolicyError, match="administrator"):
            made(parser.parse(words))
    else:  # it is the usual anyway
        with closing(made(parser.parse(words))) as app:
            assert holds(app.settings)
    main(["set", word])
    assert holds(policy().enforced(load(settings_path())))
    assert load(settings_path()) == Settings() or "administrator" in capsys.readouterr().err


@contextmanager
def running(world: FakeWorld, settings: Settings) -> Iterator[Engine]:
    engine = Engine(settings, world.devices)
    yield engine
    engine.stop()


class TestWhileItRuns:
    def test_a_policy_that_comes_replaces_the_room_by_itself(
        self, app: App, world: FakeWorld, decide: Decide, eventually: Eventually
    ) -> None:
        app.change(lambda settings: replace(settings, background=Room()))
        eventually(lambda: app.status.shows_room)
        decide('backgrounds = ["#112233"]')
        eventually(lambda: app.settings.background == Color("#112233"))
        eventually(lambda: app.status.background == "#112233")
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 3)
        assert not any(map(shows_secret, world.published[before + 1 :]))

    def test_a_policy_that_goes_shows_the_room_to_nobody(
        self, app: App, decide: Decide, eventually: Eventually
    ) -> None:
        app.change(lambda settings: replace(settings, background=Room()))
        decide("room = false")
        eventually(lambda: app.settings.background == Blur(50))
        policy_file.place().unlink()
        eventually(lambda: not app.policy)
        assert app.settings.background == Blur(50)
        app.change(lambda settings: replace(settings, background=Room()))
        assert app.settings.background.kind == Room.kind

    def test_a_broken_policy_is_a_card_until_it_is_mended(
        self, app: App, world: FakeWorld, decide: Decide, eventually: Eventually
    ) -> None:
        decide("room = ")
        eventually(lambda: app.status.state is State.WAITING)
        assert "policy.toml is not understood" in app.status.message
        assert app.status.remedy == "Tell your administrator"
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 3)
        cards = world.published[before:]
        assert not any((image == (0, 255, 0)).all(axis=2).any() for image in cards)
        decide("room = false")
        eventually(lambda: app.status.state is State.LIVE)
        assert app.settings.background == GREEN, "as it was chosen"

    def test_what_was_chosen_before_a_broken_policy_comes_back_whatever_was_tried(
        self, served_app: App, decide: Decide, capsys: pytest.CaptureFixture[str]
    ) -> None:
        decide("room = ")
        served_app.change(lambda settings: settings)  # nothing is asked for
        for verb in ("next", "previous"):
            assert main([verb]) == 2
            assert "policy.toml is not understood" in capsys.readouterr().err
        decide("room = false")
        served_app.change(lambda settings: settings)
        assert served_app.settings.background == GREEN

    def test_no_vcam_will_start_with_a_background_while_the_policy_is_broken(
        self, decide: Decide, capsys: pytest.CaptureFixture[str]
    ) -> None:
        decide("room = ")
        assert main(["next"]) == 2
        told = capsys.readouterr()
        assert not told.out and len(told.err.splitlines()) == 1
        assert "policy.toml is not understood" in told.err

    def test_a_profile_that_is_older_than_a_pin_keeps_the_rest_of_its_look(
        self, served_app: App, decide: Decide
    ) -> None:
        words = ["background=teal", "name=Ada"]
        profiles.save("work", edit_of(words, Path(), Settings())(Settings()))
        decide(f"[pin]\noverlay.picture = '{logo()}'\nname_plate.accent = 'navy'")
        served_app.change(lambda settings: settings)
        assert main(["profile", "work"]) == 0
        now = served_app.settings
        assert now.background == Color("teal") and now.name_plate.name == "Ada"
        assert now.overlay.picture == logo() and now.name_plate.accent == "navy"
        assert profiles.load("work").is_chosen(now)
        assert load(settings_path()).overlay.picture is None, "of the user's own nothing"

    def test_a_frozen_picture_is_older_than_the_policy(
        self, app: App, world: FakeWorld, decide: Decide, eventually: Eventually
    ) -> None:
        app.hold(Hold.FREEZE)
        eventually(lambda: app.status.state is State.FROZEN)
        decide('backgrounds = ["#112233"]')
        eventually(lambda: app.status.state is State.PAUSED)
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 1)
        green = (world.published[-1] == (0, 255, 0)).all(axis=2)
        assert not green.any(), "a card"

    def test_pictures_wait_for_an_overlay_that_is_required_however_slow_it_is(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slow, choice = threading.Event(), OverlayChoice(OverlayOptions(logo()))
        opened = OverlayChoice.open

        def late(choice: OverlayChoice, size: Size) -> Overlay:
            assert slow.wait(10)
            return opened(choice, size)

        monkeypatch.setattr(OverlayChoice, "open", late)
        loaders = [OverlayLoader(lambda: True), OverlayLoader(lambda: False)]
        monkeypatch.setattr(overlay_loader, "PATIENCE_S", 0.0)
        for loader in loaders:
            assert loader.overlay(choice, SMALL) is None
        required, other = loaders
        assert required.holds_back(first=False) and required.holds_back(first=True)
        assert not other.holds_back(first=True)
        slow.set()
        for loader in loaders:
            loader.close(5.0)

    def test_no_picture_leaves_without_an_overlay_that_is_required(
        self, app: App, decide: Decide, eventually: Eventually
    ) -> None:
        logo().write_bytes(b"not a picture")
        decide(f"[pin]\noverlay.picture = '{logo()}'")
        eventually(lambda: app.status.state is State.WAITING)
        assert "logo.png" in app.status.message
        logo().unlink()
        decide(f"# the same\n[pin]\noverlay.picture = '{logo()}'")
        eventually(lambda: app.status.state is State.LIVE)
        assert not app.status.overlay_trouble

    @pytest.mark.parametrize("hold", [Hold.FREEZE, Hold.LOOP])
    @pytest.mark.parametrize("text", ["no policy", "[pin]\noverlay.picture = '{logo}'"])
    def test_what_was_on_air_before_a_policy_is_not_frozen_afterwards(
        self,
        text: str,
        hold: Hold,
        app: App,
        world: FakeWorld,
        decide: Decide,
        eventually: Eventually,
    ) -> None:
        app.change(edit_of(["loop=on"], Path(), app.settings))
        eventually(lambda: app.status.state is State.LIVE)
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 5)
        logo().write_bytes(b"not a picture")
        decide(text.replace("{logo}", str(logo())))
        eventually(lambda: app.status.state is State.WAITING)
        app.hold(hold)
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 1)
        green = (world.published[-1] == (0, 255, 0)).all(axis=2)
        assert not green.any(), "a card"

    def test_painting_first_does_not_keep_a_frozen_picture_on_air(
        self, app: App, world: FakeWorld, decide: Decide, eventually: Eventually
    ) -> None:
        app.hold(Hold.FREEZE)
        eventually(lambda: app.status.state is State.FROZEN)
        decide('backgrounds = ["#112233"]')
        app.paint(Region("presenter"))
        eventually(lambda: app.status.state is State.PAUSED)

    def test_a_name_plate_never_covers_an_overlay_that_is_required(
        self, app: App, world: FakeWorld, decide: Decide, eventually: Eventually
    ) -> None:
        """Whoever is free to choose the plate could put it over the logo."""
        words = ["name=Ada", "corner=top-right", "scale=200", "accent=teal"]
        app.change(edit_of(words, Path(), app.settings))
        decide(f"[pin]\noverlay.picture = '{logo()}'\noverlay.width = 30")
        eventually(lambda: app.settings.overlay.picture == logo())
        eventually(lambda: app.status.state is State.LIVE)
        before = len(world.published)
        eventually(lambda: len(world.published) > before + 5)
        white = (world.published[-1] == 255).all(axis=2)
        assert white.sum() == round(0.3 * SMALL.width) ** 2, "all of the logo"

    def test_a_forbidden_background_does_not_stay_while_an_allowed_one_opens(
        self,
        app: App,
        world: FakeWorld,
        decide: Decide,
        eventually: Eventually,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        slow, opened = threading.Event(), Color.open

        def late(background: Color, size: Size) -> object:
            assert background == GREEN or slow.wait(10)
            return opened(background, size)

        monkeypatch.setattr(Color, "open", late)
        decide('backgrounds = ["#112233"]')
        eventually(lambda: app.settings.background == Color("#112233"))
        eventually(lambda: app.status.state is State.WAITING)
        before = len(world.published)
        eventually(lambda: len(world.published) > before)
        assert not (world.published[-1] == (0, 255, 0)).all(axis=2).any()
        slow.set()
        eventually(lambda: app.status.background == "#112233")


class TestSaid:
    def test_the_menu_greys_what_is_refused_and_says_why(self, decide: Decide) -> None:
        decide(
            f'room = false\ncontact = "Ask IT."\n'
            f"[pin]\nsource.mirror = true\noverlay.picture = '{logo()}'"
        )
        settings = policy().enforced(Settings())
        moment = Moment.of(Status())
        made_of = menu(settings, Hold.NOTHING, moment, Surroundings(), policy())
        entries = dict(walked(made_of.look.menu))
        locked = {label for label, entry in entries.items() if "(locked)" in label}
        assert locked == {
            "Show my room (locked)",
            "Mirror (locked)",
            "Overlay: logo (locked)",
            "Choose an overlay… (locked)",
        }
        assert not any(entries[label].enabled for label in locked)
        actions = list(made_of.actions.values())
        assert Task.OVERLAY not in actions
        assert not [
            each
            for each in actions
            if isinstance(each, Change) and not allowed(settings, each)
        ]
        said = " ".join(label for label, entry in entries.items() if not entry.enabled)
        assert "your administrator has decided. Ask IT." in said

    def test_without_a_policy_nothing_is_greyed(self) -> None:
        moment = Moment.of(Status())
        plain = menu(Settings(), Hold.NOTHING, moment, Surroundings())
        assert plain == menu(Settings(), Hold.NOTHING, moment, Surroundings(), policy())
        assert "locked" not in str(plain.look)

    def test_status_says_what_is_decided_and_where(
        self, served_app: App, decide: Decide, capsys: pytest.CaptureFixture[str]
    ) -> None:
        main(["status"])
        assert "policy" not in capsys.readouterr().out
        decide('room = false\ncontact = "Ask IT."')
        served_app.change(lambda settings: settings)
        main(["status"])
        out = capsys.readouterr().out
        assert f"your plain room is not shown ({policy_file.place()}) Ask IT." in out
        assert ask("status")["policy"]["rules"] == ["your plain room is not shown"]

    def test_next_goes_to_what_is_allowed_alone(
        self, served_app: App, decide: Decide, capsys: pytest.CaptureFixture[str]
    ) -> None:
        decide('backgrounds = ["office", "beach"]')
        seen = set()
        for _ in range(4):
            assert main(["next"]) == 0
            seen.add(served_app.settings.background.title)
        assert seen == {"office", "beach"}
        assert not capsys.readouterr().err, "nothing to tell of the others"


def allowed(settings: Settings, change: Change) -> bool:
    try:
        policy().check(settings, change(settings))
    except PolicyError:
        return False
    return True


def walked(entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry]]:
    for entry in entries:
        yield entry.label, entry
        yield from walked(entry.children or ())
