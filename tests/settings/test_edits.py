"""What people write after `vcam set`, rightly and wrongly."""

from dataclasses import replace
from pathlib import Path

import pytest

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import choose
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.errors import SettingsError, VcamError
from vcam.frames import Size
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, to_table
from vcam.settings.edits import edit_of
from vcam.settings.power import PowerOptions
from vcam.settings.words import OPTIONS
from vcam.sources.options import SourceOptions


def after(*words: str, settings: Settings | None = None) -> Settings:
    now = settings or Settings()
    return edit_of(words, Path("/nowhere"), now)(now)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("background=room", Settings(background=Room())),
        ("background=blur:70", Settings(background=Blur(70))),
        ("strength=70", Settings(background=Blur(70))),
        ("background=default", Settings()),
        ("mirror=on", Settings(SourceOptions(mirror=True))),
        ("Mirror = YES", Settings(SourceOptions(mirror=True))),
        ("camera=HD Webcam", Settings(SourceOptions("HD Webcam"))),
        ("camera=/dev/video2", Settings(SourceOptions("/dev/video2"))),
        ("camera=default", Settings()),
        ("size=640x480", Settings(output=OutputOptions(size=Size(640, 480)))),
        ("fps=24", Settings(output=OutputOptions(fps=24.0))),
        ("output.device=obs", Settings(output=OutputOptions(device="obs"))),
        ("preset=light", Settings(mask=MaskOptions("light"))),
        ("smoothing=0.5", Settings(mask=MaskOptions(smoothing=0.5))),
        ("close-up-every=0", Settings(mask=MaskOptions(close_up_every=0))),
        ("framing=auto", Settings(framing=FramingOptions(auto=True))),
        ("framing=off", Settings()),
        ("tightness=face", Settings(framing=FramingOptions(True, "face"))),
        ("tightness=default", Settings()),
        ("zoom=150", Settings(framing=FramingOptions(zoom=150.0))),
        ("tilt=-20", Settings(framing=FramingOptions(tilt=-20.0))),
        ("cpu_budget=40%", Settings(power=PowerOptions(cpu_budget=40.0))),
        ("cpu_budget=40", Settings(power=PowerOptions(cpu_budget=40.0))),
        ("cpu_budget=auto", Settings()),
        ("on_demand=off", Settings(power=PowerOptions(on_demand=False))),
    ],
)
def test_an_option_has_a_short_name(word: str, expected: Settings) -> None:
    assert after(word) == expected


def test_whoever_zooms_by_hand_is_no_longer_followed() -> None:
    followed = Settings(framing=FramingOptions(auto=True, tightness="body"))
    assert after("pan=30", "zoom=200", settings=followed).framing == FramingOptions(
        tightness="body", zoom=200.0, pan=30.0
    )
    both = after("zoom=200", "framing=auto", settings=followed).framing
    assert both.auto and both.zoom == 200


@pytest.mark.parametrize(
    "word", ["zoom=99", "zoom=301", "zoom=nan", "pan=101", "tilt=-101", "tightness=nose"]
)
def test_a_framing_that_cannot_be_is_refused(word: str) -> None:
    with pytest.raises(SettingsError, match=word.partition("=")[2].lstrip("-")) as refused:
        after(word)
    assert refused.value.remedy.startswith("Choose")


def test_a_path_is_seen_from_the_folder_of_the_terminal() -> None:
    wall = Settings(background=Picture(Path("/wall.png")))
    chosen = after("path=sea.jpg", settings=wall).background
    assert chosen == Picture(Path("/nowhere/sea.jpg").absolute())


def test_an_option_can_be_given_back() -> None:
    mine = Settings(mask=MaskOptions(smoothing=0.1, edge=3.0))
    assert after("smoothing=default", "edge=default", settings=mine) == Settings()


def test_one_key_switches_on_and_off() -> None:
    mirrored = after("mirror=toggle")
    assert mirrored.source.mirror
    assert after("mirror=toggle", settings=mirrored) == Settings()


def test_what_is_switched_on_air_is_saved_so() -> None:
    edit = edit_of(["mirror=toggle"], Path(), Settings())
    on_air = Settings(SourceOptions(mirror=True))
    assert edit(on_air) == edit(Settings()) == Settings()


def test_the_rest_stays_as_it_was() -> None:
    mine = Settings(SourceOptions("x", mirror=True), background=Color("teal"))
    assert after("fps=24", settings=mine) == replace(mine, output=OutputOptions(fps=24.0))


def test_a_background_and_its_own_option_go_together() -> None:
    mine = Settings(background=Color("teal"))
    assert after("background=blur", "strength=10", settings=mine).background == Blur(10)


def test_another_picture_is_brought_to_size_like_the_one_before() -> None:
    mine = Settings(background=choose("beach", "contain"))
    after_it = after("background=bookshelf", settings=mine).background
    assert after_it == choose("bookshelf", "contain")
    stretched = after("background=bookshelf", "fit=stretch", settings=mine).background
    assert stretched == choose("bookshelf", "stretch")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["backgruond=teal"], "Did you mean 'background'?"),
        (["miror=on"], "Did you mean 'mirror'?"),
        (["zzz=1"], "Known are background"),
        (["blur"], "Did you mean background=blur?"),
        (["Mirror"], "Write it like Mirror=VALUE"),
        (["on-demand"], "Write it like on-demand=VALUE"),
        (["fps=24", "output.fps=25"], "given twice"),
        (["background=nosuch"], "There is no background 'nosuch'"),
        (["background=blurr"], "Did you mean 'blur'?"),
        (["mirror=perhaps"], "Write on or off"),
        (["mirror=auto"], "Write on or off"),
        (["fine_edges=toggle"], "Write on or off"),
        (["fps=fast"], "Write a number"),
        (["cpu_budget=half"], "Write 40%, or auto"),
        (["fps=nan"], "cannot be published"),
        (["close_up_every=1.5"], "Write a whole number"),
        (["size=big"], "Write a size like 1280x720"),
        (["size=1x2x3"], "Write a size like 1280x720"),
        (["size=641x361"], "even numbers"),
        (["preset=bset"], "Did you mean 'best'"),
        (["edge=99"], "Try 12"),
        (["fit=tile"], "[background] has no 'fit'"),
        (["camera=./missing.mp4"], f"There is no video '{Path('/nowhere/missing.mp4')}'"),
    ],
)
def test_a_mistake_is_explained(words: list[str], says: str) -> None:
    with pytest.raises(VcamError) as caught:
        after(*words)
    assert says in str(caught.value)


def test_every_option_can_be_set_by_its_full_name() -> None:
    named = {f"{s}.{o}" for s, table in to_table(Settings()).items() for o in table}
    assert named - {"background.kind"} <= set(OPTIONS)
