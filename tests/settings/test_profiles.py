"""How I look at work, and how at play: kept under a name, and chosen again."""

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import GREEN, Eventually

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.cli import main
from vcam.engine.rules import Rules
from vcam.errors import SettingsError, UsageError
from vcam.files import settings_path
from vcam.imaging.options import FramingOptions
from vcam.outputs.options import OutputOptions
from vcam.overlay.options import NamePlateOptions, OverlayOptions
from vcam.settings import Settings, load, profiles, save
from vcam.settings.policy_file import policy
from vcam.settings.profile_options import ProfileOptions
from vcam.sources.options import SourceOptions
from vcam.status import Hold, Status
from vcam.testing import FakeWorld
from vcam.tray.menu import Moment, Surroundings, menu

WORK = Settings(
    background=Picture(GALLERY / "office.jpg"),
    overlay=OverlayOptions(Path("/logo.png").absolute(), width=20.0),
    name_plate=NamePlateOptions("Ada"),
    framing=FramingOptions(auto=True),
)
PLAY = Settings(background=Color("teal"))


def test_a_profile_keeps_the_look_and_leaves_the_machine_alone() -> None:
    profiles.save("work", WORK)
    profiles.save("play", PLAY)
    machine = Settings(
        source=SourceOptions("HD Webcam", mirror=True), output=OutputOptions(fps=15.0)
    )
    at_work = profiles.load("work")(machine)
    assert at_work == replace(WORK, source=machine.source, output=machine.output)
    at_play = profiles.load("play")(at_work)
    assert at_play == replace(PLAY, source=machine.source, output=machine.output)
    assert profiles.load("PLAY").is_chosen(at_play) and profiles.names() == ["play", "work"]
    assert not profiles.load("work").is_chosen(at_play)


def test_every_background_and_every_option_comes_back() -> None:
    for settings in (WORK, PLAY, Settings(), Settings(background=Blur(7))):
        profiles.save("x", settings)
        assert profiles.load("x")(WORK) == settings
        assert profiles.load("x")(Settings()) == settings


def test_saving_again_replaces_it_whatever_the_case_of_letters() -> None:
    profiles.save("Work", WORK)
    profiles.save("work", PLAY)
    assert profiles.names() == ["Work"]
    assert profiles.load("work")(Settings()) == PLAY


def test_more_profiles_than_a_menu_lists_can_all_be_chosen_and_removed() -> None:
    for number in range(profiles.MOST):
        profiles.save(f"a{number}", PLAY)
    profiles.save("zebra", WORK)
    profiles.save("Zebra", PLAY)
    assert profiles.load("zebra")(Settings()) == PLAY
    profiles.remove("zebra")
    with pytest.raises(UsageError, match="no profile"):
        profiles.load("zebra")


def test_a_name_is_the_same_however_its_umlauts_are_typed() -> None:
    """As some keyboards and file systems do: the letter, and then its dots."""
    profiles.save("fu\u0308r daheim", PLAY)
    assert profiles.names() == ["f\u00fcr daheim"]
    profiles.folder().joinpath("a\u0308.toml").write_text("")
    for name in ("f\u00fcr daheim", "Fu\u0308r daheim", "\u00e4", "A\u0308"):
        assert profiles.load(name).name in ("f\u00fcr daheim", "\u00e4")
    profiles.remove("f\u00fcr daheim")
    profiles.remove("A\u0308")
    assert not profiles.names()


def test_the_card_of_a_broken_policy_is_no_look_to_keep(
    decide: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    decide("room = ")
    assert main(["profile", "save", "work"]) == 2
    assert "policy.toml is not understood" in capsys.readouterr().err
    assert not profiles.names()


@pytest.mark.parametrize(
    "name", ["", ".", "../x", "a/b", "a\\b", "save", "Remove", "-x", "x.", "x ", "a" * 41]
)
def test_what_cannot_be_a_files_name_cannot_be_a_profiles(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be called"):
        profiles.save(name, WORK)
    with pytest.raises(UsageError, match="no profile"):
        profiles.load(name)
    assert not profiles.names()


def test_one_that_i_wrote_by_hand_changes_only_what_is_in_it() -> None:
    profiles.folder().mkdir(parents=True)
    file = profiles.folder() / "plate.toml"
    file.write_text('[name_plate]\nname = "Ada"\n')
    assert profiles.load("plate")(PLAY) == replace(PLAY, name_plate=NamePlateOptions("Ada"))
    for text, why in (
        ("[output]\nfps = 5", r"has no section \[output\]"),
        ("[name_plate]\nnme = 'Ada'", "has no 'nme'"),
        ("[name", "plate.toml is not understood"),
    ):
        file.write_text(text)
        with pytest.raises(SettingsError, match=why):
            profiles.load("plate")
        assert profiles.everything() == ()


class TestByCommand:
    def test_it_is_saved_listed_chosen_and_removed(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        save(PLAY, settings_path())
        assert main(["profile"]) == 0
        assert "There are no profiles" in capsys.readouterr().out
        assert main(["profile", "save", "at play"]) == 0
        save(WORK, settings_path())
        assert main(["profile", "save", "work"]) == 0
        assert main(["profile", "at play"]) == 0
        assert load(settings_path()) == PLAY
        capsys.readouterr()
        assert main(["profile"]) == 0
        assert capsys.readouterr().out == "at play (chosen)\nwork\n"
        assert main(["profile", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == [
            {"name": "at play", "chosen": True},
            {"name": "work", "chosen": False},
        ]
        (profiles.folder() / "odd.toml").write_text("[name")
        assert main(["profile"]) == 0
        told = capsys.readouterr()
        assert told.out == "at play (chosen)\nwork\n" and "odd.toml" in told.err
        assert main(["profile", "remove", "odd"]) == 0
        assert main(["profile", "remove", "work"]) == 0
        assert profiles.names() == ["at play"]

    def test_the_running_vcam_shows_it_at_once(
        self, served_app: App, eventually: Eventually
    ) -> None:
        assert main(["profile", "save", "green"]) == 0
        profiles.save("play", PLAY)
        assert main(["profile", "play"]) == 0
        eventually(lambda: served_app.status.background == "teal")
        assert main(["profile", "green"]) == 0
        assert served_app.settings.background == GREEN
        assert load(settings_path()).background == GREEN

    def test_one_whose_background_is_gone_changes_nothing(
        self, served_app: App, capsys: pytest.CaptureFixture[str]
    ) -> None:
        gone = Picture(Path("/gone/beach.jpg").absolute())
        profiles.save("gone", Settings(background=gone))
        assert main(["profile", "gone"]) == 1
        assert "beach.jpg" in capsys.readouterr().err
        assert served_app.settings.background == GREEN

    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (["holiday"], "There is no profile 'holiday'. There are work."),
            (["save"], "One name is wanted, not 0"),
            (["at", "play"], "One name is wanted, not 2"),
            (["remove", "holiday"], "There is no profile 'holiday'"),
            (["work", "--json"], "Only a list has --json"),
            (["save", "../x"], "cannot be called '../x'"),
        ],
    )
    def test_a_mistake_is_told(
        self, words: list[str], why: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        profiles.save("work", WORK)
        assert main(["profile", *words]) == 2
        assert why in capsys.readouterr().err


class TestWhoWatches:
    RULES = "Teams: work, discord: play, *: plain"

    @pytest.mark.parametrize(
        ("programs", "profile"),
        [
            (["teams-for-linux"], "work"),
            (["Discord"], "play"),
            (["discord", "Teams"], "work"),
            (["firefox"], "plain"),
        ],
    )
    def test_the_first_rule_that_fits_counts(
        self, programs: list[str], profile: str
    ) -> None:
        assert ProfileOptions(self.RULES).chosen_by(programs) == profile
        assert not ProfileOptions().chosen_by(programs)
        assert not ProfileOptions("obs: x").chosen_by(programs)

    @pytest.mark.parametrize("text", ["teams", "teams:", ": work", "teams: a/b", "a: save"])
    def test_a_rule_that_makes_no_sense_is_told(
        self, text: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["set", f"when={text}"]) == 2
        assert "Write it like teams: work, discord: play" in capsys.readouterr().err

    def test_a_program_that_begins_to_watch_brings_its_profile(
        self, app: App, world: FakeWorld, eventually: Eventually
    ) -> None:
        profiles.save("work", replace(WORK, overlay=OverlayOptions()))
        profiles.save("play", PLAY)
        rules = ProfileOptions("teams: work, discord: play")
        app.change(lambda settings: replace(settings, profiles=rules))
        world.watchers = ("teams",)
        eventually(lambda: app.settings.background == WORK.background)
        app.change(lambda settings: replace(settings, background=GREEN))
        world.watchers = ("Discord", "teams")
        eventually(lambda: app.settings.background == PLAY.background)
        app.change(lambda settings: replace(settings, background=GREEN))
        world.watchers = ("firefox",)
        eventually(lambda: app.status.watchers == ("firefox",))
        assert app.settings.background == GREEN, "nobody has asked for another one"

    def test_nobody_sees_my_room_because_of_a_rule(
        self, app: App, caplog: pytest.LogCaptureFixture
    ) -> None:
        profiles.save("home", Settings(background=Room()))
        rules = ProfileOptions("zoom: home")
        app.change(lambda settings: replace(settings, profiles=rules))
        app.watched_by(("zoom",))
        assert app.settings.background == GREEN
        assert "it is not chosen by itself" in caplog.text

    def test_it_is_told_of_each_program_once(self, eventually: Eventually) -> None:
        watching: list[tuple[str, ...] | None] = [("zoom",)]
        told: list[tuple[str, ...]] = []
        looks = [0]

        def watchers() -> tuple[str, ...] | None:
            looks[0] += 1
            return watching[0]

        rules = Rules(lambda: None, watchers, told.append, 0.005)
        rules.start()
        rules.start()
        try:
            for now in (("zoom", "obs"), None, ("obs",)):
                before = looks[0]
                eventually(lambda before=before: looks[0] > before + 2)  # type: ignore[misc]
                watching[0] = now
            before = looks[0]
            eventually(lambda: looks[0] > before + 2)
        finally:
            rules.stop()
            rules.stop()
        assert told == [("zoom",), ("obs",), ("obs",)]

    def test_a_profile_that_takes_for_ever_does_not_keep_the_policy_from_being_read(
        self, eventually: Eventually
    ) -> None:
        hangs, looks = threading.Event(), [0]

        def look() -> None:
            looks[0] += 1

        def hang(programs: tuple[str, ...]) -> None:
            hangs.wait(30)

        rules = Rules(look, lambda: ("zoom",), hang, 0.005)
        rules.start()
        try:
            eventually(lambda: looks[0] > 20)
        finally:
            hangs.set()
            rules.stop()

    def test_a_profile_that_cannot_be_shown_does_not_end_it(
        self, eventually: Eventually
    ) -> None:
        calls: list[str] = []

        def fail() -> None:
            calls.append("!")
            raise UsageError("planted") if len(calls) % 2 else RuntimeError("planted")

        rules = Rules(fail, lambda: None, lambda programs: None, 0.005)
        rules.start()
        eventually(lambda: len(calls) > 3)
        rules.stop()


def test_the_menu_has_one_level_of_profiles_and_marks_what_is_so() -> None:
    profiles.save("play", PLAY)
    profiles.save("work", WORK)
    around = Surroundings(profiles=profiles.everything())
    shown = menu(PLAY, Hold.NOTHING, Moment.of(Status()), around)
    (entry,) = (each for each in shown.look.menu if each.key == "profile")
    assert entry.label == "Profile: play"
    assert [(each.label, each.checked) for each in entry.children or ()] == [
        ("play", True),
        ("work", False),
    ]
    without = menu(PLAY, Hold.NOTHING, Moment.of(Status()), Surroundings())
    assert not [each for each in without.look.menu if each.key == "profile"]


def test_a_profile_that_is_not_allowed_is_locked(decide: Callable[[str], None]) -> None:
    profiles.save("home", Settings(background=Room()))
    profiles.save("play", PLAY)
    decide("room = false")
    around = Surroundings(profiles=profiles.everything())
    shown = menu(PLAY, Hold.NOTHING, Moment.of(Status()), around, policy())
    (entry,) = (each for each in shown.look.menu if each.key == "profile")
    assert [(each.label, each.enabled) for each in entry.children or ()] == [
        ("home (locked)", False),
        ("play", True),
    ]
    assert ("profile", "home") not in shown.actions


def test_what_is_saved_before_the_start_is_what_the_policy_will_allow(
    app: App, decide: Callable[[str], None]
) -> None:
    """Otherwise it could never be chosen."""
    save(Settings(background=Blur(30)), settings_path())
    decide('blur = 60\n[pin]\npause.detail = "ACME"')
    assert main(["profile", "save", "work"]) == 0
    assert profiles.load("work").is_chosen(policy().enforced(load(settings_path())))
    app.change(profiles.load("work"))
    assert app.settings.background == Blur(60)


def test_a_click_in_the_menu_chooses_one(app: App, eventually: Eventually) -> None:
    profiles.save("play", PLAY)
    around = Surroundings(profiles=profiles.everything())
    shown = menu(app.settings, Hold.NOTHING, Moment.of(Status()), around)
    action: Callable[..., object] = shown.actions["profile", "play"].do  # type: ignore[union-attr]
    action(app)
    assert app.settings.background == PLAY.background


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_profile_is_mine_alone() -> None:
    profiles.save("work", WORK)
    (file,) = profiles.folder().iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
