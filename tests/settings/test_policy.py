"""What the administrator has decided, as a file, and what becomes of settings."""

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from vcam.backgrounds import Background
from vcam.backgrounds.barred import Barred
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.choosing import GALLERY, gallery, user_gallery
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.errors import BackgroundError, PolicyError, SettingsError
from vcam.frames import Size
from vcam.outputs.options import OutputOptions
from vcam.overlay.options import OverlayOptions
from vcam.settings import Settings, load, policy_file, save
from vcam.settings.policy import NO_POLICY, Policy
from vcam.settings.policy_file import policy
from vcam.settings.power import PowerOptions

Decide = Callable[[str], None]
OFFICE, BEACH = Picture(GALLERY / "office.jpg"), Picture(GALLERY / "beach.jpg")
ABSOLUTE = "C:/logo.png" if sys.platform == "win32" else "/usr/share/logo.png"


def shown(background: Background) -> Background:
    """What is shown when ``background`` is chosen."""
    return policy().enforced(Settings(background=background)).background


def test_without_a_policy_nothing_is_decided() -> None:
    assert policy() == NO_POLICY
    settings = Settings(background=Room())
    assert policy().enforced(settings) is settings
    policy().check(Settings(), settings)
    assert not policy().rules()


@pytest.mark.parametrize(
    ("text", "wanted", "instead"),
    [
        ("room = false", Room(), Blur(50)),
        ("room = false", Blur(5), Blur(5)),
        ("room = false\nblur = 80", Blur(79), Blur(80)),
        ("blur = 80", Room(), Blur(80)),
        ("blur = 20", Room(), Blur(50)),
        ("blur = 80", Blur(90), Blur(90)),
        ("blur = 80", BEACH, BEACH),
        ("blur = 80", Bokeh(40), Blur(80)),
        ('backgrounds = ["bokeh:70"]', Bokeh(40), Bokeh(70)),
        ('backgrounds = ["bokeh:70"]', Bokeh(90), Bokeh(90)),
        ('backgrounds = ["office"]', BEACH, OFFICE),
        (
            'backgrounds = ["office"]',
            replace(OFFICE, fit="tile"),
            replace(OFFICE, fit="tile"),
        ),
        ('backgrounds = ["office", "blur:60"]', Blur(20), Blur(60)),
        ('backgrounds = ["office", "blur:60"]', Blur(70), Blur(70)),
        ('backgrounds = ["office", "blur:60"]', Room(), OFFICE),
        ('backgrounds = ["#ffffff"]', Color("white"), Color("white")),
        ('backgrounds = ["#ffffff"]', Color("teal"), Color("#ffffff")),
        ('backgrounds = ["room"]', Room(), Room()),
    ],
)
def test_what_is_not_allowed_is_replaced_by_what_is(
    text: str, wanted: Background, instead: Background, decide: Decide
) -> None:
    decide(text)
    assert shown(wanted) == instead


def test_a_picture_of_my_own_with_the_name_of_an_allowed_one_is_not_allowed(
    decide: Decide,
) -> None:
    user_gallery().mkdir(parents=True)
    own = user_gallery() / "office.jpg"
    own.write_bytes((GALLERY / "beach.jpg").read_bytes())
    assert next(each for each in gallery() if each.name == "office").path == own
    decide('backgrounds = ["office"]')
    assert shown(Picture(own)) == OFFICE


def test_a_file_of_the_administrators_can_be_the_only_background(
    tmp_path: Path, decide: Decide
) -> None:
    wall = tmp_path / "wall.jpg"
    wall.write_bytes((GALLERY / "beach.jpg").read_bytes())
    decide(f"backgrounds = ['{wall}']")
    assert shown(Room()) == Picture(wall)


def test_options_can_be_pinned_and_those_of_the_overlay_all_together(
    decide: Decide,
) -> None:
    decide(f"[pin]\noutput.fps = 15\n[pin.overlay]\npicture = '{ABSOLUTE}'\nwidth = 20")
    wanted = Settings(
        output=OutputOptions(size=Size(640, 360), fps=60.0),
        overlay=OverlayOptions(opacity=0.0, shown=False, width=1.0),
    )
    kept = policy().enforced(wanted)
    assert kept.output == OutputOptions(size=Size(640, 360), fps=15.0)
    assert kept.overlay == OverlayOptions(Path(ABSOLUTE), width=20.0)
    assert policy().requires_overlay
    with pytest.raises(PolicyError, match=r"has set overlay\.opacity"):
        policy().check(kept, replace(kept, overlay=replace(kept.overlay, opacity=1.0)))


@pytest.mark.parametrize(
    ("wanted", "kept"), [(0.0, 60.0), (200.0, 60.0), (60.0, 60.0), (20.0, 20.0)]
)
def test_a_budget_is_the_most_that_is_used(
    wanted: float, kept: float, decide: Decide
) -> None:
    decide("cpu_budget = 60")
    power = policy().enforced(Settings(power=PowerOptions(cpu_budget=wanted))).power
    assert power.cpu_budget == kept


def test_the_picture_need_not_be_served(decide: Decide) -> None:
    decide("serve = false")
    served = Settings(output=OutputOptions(serve=8226))
    assert policy().enforced(served).output.serve == 0
    with pytest.raises(PolicyError, match=r"has set output\.serve"):
        policy().check(Settings(), served)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("room = no", "Invalid"),
        ("rooom = false", "there is no option 'rooom'. Did you mean 'room'?"),
        ('room = "false"', "room = 'false' is not understood"),
        ("blur = true", "blur = True is not understood"),
        ("blur = 101", "The blur strength 101 is out of range"),
        ("cpu_budget = 2", "cannot be kept"),
        ("backgrounds = []", "an empty list"),
        ("backgrounds = [3]", "3 is no background"),
        ('backgrounds = ["wall.jpg"]', "'wall.jpg' is no background"),
        ('backgrounds = ["blur:very"]', "'very' is not a number"),
        ('room = false\nbackgrounds = ["room"]', "lists the background room and forbids"),
        ('blur = 70\nbackgrounds = ["blur:60"]', "blur:60 and forbids it"),
        ("[pin.output]\nfsp = 30", "has no 'fsp'"),
        ("[pin]\noutput = 30", "is not a section"),
        ("[pin.background]\nkind = 'room'", "list it in backgrounds"),
        ("[pin.overlay]\npicture = 'logo.png'", "overlay.picture is not a whole path"),
        ("room = false\n#" + "x" * (1 << 20), "too large"),
    ],
)
def test_of_a_policy_that_is_not_understood_nothing_is_guessed(
    text: str, why: str, decide: Decide
) -> None:
    decide(text)
    found = policy()
    assert why in found.broken and str(policy_file.place()) in found.broken
    assert "\n" not in found.broken, "one line"
    kept = found.enforced(Settings(background=Blur(100), output=OutputOptions(serve=8226)))
    assert kept.background == Barred(why=found.broken) and not kept.output.serve
    with pytest.raises(BackgroundError) as shown_as:
        kept.background.open(Size(96, 54))
    assert why in shown_as.value.what
    with pytest.raises(PolicyError):
        found.check(Settings(), Settings(background=Color()))


def test_a_policy_that_may_not_be_read_forbids_everything(
    decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide("room = true")

    def refuse(path: Path, *_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        assert "denied" in policy().broken
    os.utime(policy_file.place(), (1, 1))
    assert not policy().broken


def test_a_policy_may_use_former_names_of_options(decide: Decide) -> None:
    decide("[pin]\nmask.fine = true")
    assert not policy().broken
    assert policy().enforced(Settings()).mask.fine_edges is True


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of Unix")
def test_a_policy_that_is_no_file_is_one_that_is_not_understood() -> None:
    place = policy_file.place()
    place.parent.mkdir()
    place.symlink_to("/a/drive/that/is/not/there.toml")
    assert policy().broken, "a link that leads nowhere is not the same as no policy"
    place.unlink()
    os.mkfifo(place)
    assert "a device" in policy().broken, "and nobody waits for the other end of a pipe"
    place.unlink()
    assert not policy()


def test_a_policy_that_could_not_be_read_once_is_read_again(
    decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide("room = false")

    def refuse(path: Path, *_: Any, **__: Any) -> Any:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", refuse)
        assert policy().broken
    assert not policy().broken and not policy().room


def test_a_bug_in_reading_a_policy_allows_nothing(
    decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise AttributeError("a bug")

    monkeypatch.setattr(policy_file, "policy_of", fail)
    decide("room = false")
    assert "a bug" in policy().broken


def test_no_pinned_file_is_looked_for_in_the_home_of_the_user(decide: Decide) -> None:
    decide("[pin]\noverlay.picture = '~/logo.png'")
    assert "overlay.picture is not a whole path" in policy().broken


def test_a_change_of_the_file_is_seen_and_its_removal(decide: Decide) -> None:
    decide("room = false")
    assert not policy().room
    decide("blur = 30")
    assert policy().room and policy().blur == 30
    policy_file.place().unlink()
    assert policy() == NO_POLICY


def test_nothing_is_saved_that_is_not_allowed_and_what_was_there_stays(
    tmp_path: Path, decide: Decide
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(background=Room()), path)
    decide("room = false\nserve = false")
    older = load(path)
    assert older.background == Room(), "older than the policy"
    save(replace(older, output=OutputOptions(fps=24.0)), path)
    assert load(path).output.fps == 24
    with pytest.raises(PolicyError, match=r"has set output\.serve"):
        save(replace(older, output=OutputOptions(serve=8226)), path)
    save(Settings(), path)
    with pytest.raises(PolicyError, match="does not allow the background room"):
        save(older, path)
    assert load(path) == Settings()


def test_the_rules_are_said_in_words_with_whom_to_ask(decide: Decide) -> None:
    decide(
        'room = false\nbackgrounds = ["office", "blur:60"]\nserve = false\n'
        f'cpu_budget = 60\ncontact = "Ask IT"\n[pin]\noutput.fps = 15\n'
        f'overlay.picture = "{ABSOLUTE}"\n'
    )
    found = policy()
    assert found.rules() == (
        "your plain room is not shown",
        f"only these backgrounds: {OFFICE}, blur:60",
        "the picture is not served to programs",
        "at most 60 % of one core",
        "set: output.fps",
        "set: overlay",
    )
    with pytest.raises(SettingsError, match="Ask IT"):
        found.check(Settings(), Settings(background=Room()))
    assert Policy("there", blur=70.0).rules() == (
        "no more of your room than blur:70 shows",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the place on Linux")
def test_no_variable_of_the_environment_moves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    for name in ("HOME", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "ProgramData"):
        monkeypatch.setenv(name, "/tmp/mine")
    assert policy_file.place() == Path("/etc/vcam/policy.toml")
