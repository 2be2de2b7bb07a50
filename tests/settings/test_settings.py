"""What people write into the settings file, rightly and wrongly."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from systems import needs_links

from vcam.app import App, NotSavedError
from vcam.appearance.options import AppearanceOptions
from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import choose, gallery
from vcam.backgrounds.color import Color
from vcam.backgrounds.options import GalleryOptions
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.errors import SettingsError
from vcam.frames import Size
from vcam.imaging.options import FramingOptions, LetteringOptions
from vcam.masking.options import MaskOptions
from vcam.outputs.edge_light import EdgeLightOptions
from vcam.outputs.options import OutputOptions
from vcam.overlay.options import NamePlateOptions, OverlayOptions
from vcam.pipeline.options import LoopOptions, PauseOptions
from vcam.settings import Settings, from_table, load, save, to_table
from vcam.settings.edits import edit_of
from vcam.settings.power import PowerOptions
from vcam.sources.options import SourceOptions
from vcam.status import State
from vcam.testing import HURRY, FakeWorld, shows_secret

EVERYTHING = Settings(
    SourceOptions('odd "name" \\ with\nlines and ünïcode', mirror=True),
    MaskOptions(preset="best", edge=1.5, smoothing=0.5),
    Picture(Path("/tmp/a b.jpg"), "tile"),
    GalleryOptions(10.0, shuffle=True),
    FramingOptions(True, "face", 150.0, -20.0, 7.5),
    AppearanceOptions(35.0, 70.0, True, wrap=20.0, skin=100.0),
    OverlayOptions(Path("/tmp/logo ü.png"), 20.0, 0.0, 100.0, 80.0),
    NamePlateOptions('Ada "A" Lovelace', "Analyst", "teal", "top-left", 120.0),
    LetteringOptions(Path("/tmp/ä.ttf")),
    EdgeLightOptions("#ffe0c0", 12.5, 2),
    OutputOptions("/dev/video10", Size(640, 480), 24.0),
    PauseOptions("Back at 14:30", "Lunch", 10.0, Path("/pictures/back.png")),
    LoopOptions(True),
    PowerOptions(on_demand=False),
)


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        EVERYTHING,
        Settings(background=Room()),
        Settings(background=Color("teal")),
    ],
)
def test_what_is_saved_is_what_is_loaded(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.toml"
    save(settings, path)
    assert load(path) == settings
    assert from_table(to_table(settings)) == settings
    assert [each.name for each in path.parent.iterdir()] == ["settings.toml"]


def test_without_a_file_there_are_sensible_settings(tmp_path: Path) -> None:
    settings = load(tmp_path / "none.toml")
    assert settings == Settings()
    assert settings.background == Blur(), "never the room unless asked"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[sorce]", "Did you mean 'source'?"),
        ("[output]\nfsp = 30", "Did you mean 'fps'?"),
        ("[output]\nfps = 'fast'", "Write a number"),
        ("[output]\nfps = true", "Write a number"),
        ("[output]\nfps = 0", "Choose 1 to 240"),
        ("[output]\nsize = [641, 480]", "even numbers"),
        ("[output]\nsize = '640x480'", "a size like [1280, 720]"),
        ("[source]\nmirror = 1", "true or false"),
        ("[background]\nkind = 'hologram'\ncolors = []", "no background 'hologram'"),
        ("[background]\nstrength = 101", "from 0 to 100"),
        ("[background]\nkind = 'color'\ncolor = 'grean'", "'grean' is not a colour"),
        ("[background]\nkind = 'picture'\npath = 'a.png'\nfit = 'crop'", "cover, contain"),
        ("[background]\nkind = 'picture'", "needs a value for 'path'"),
        ("[background]\nkind = ['x']", "There is no background ['x']"),
        ("[output]\nfps = 1" + "0" * 400, "too large"),
        ("[output]\nfps = 1" + "0" * 5000, "too large"),
        ("[output]\nfps = " + "[" * 5000, "too large"),
        ("[mask]\npreset = 'bset'", "best"),
        ("source = 3", "is not a section"),
        ("[output\n", "not TOML"),
    ],
)
def test_a_mistake_is_explained_with_its_place_and_the_way_out(
    text: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load(path)
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)


NEWER = """
[source]
mirror = true

[background]
kind = "hologram"
top = "teal"
angle = 30
soft = true
"""
"""Settings of a vcam that has one more kind of background."""


def test_a_background_of_a_newer_vcam_is_kept_as_it_is_and_the_rest_is_usable(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(NEWER)
    edit = edit_of(["fps=25"], tmp_path, Settings())
    save(edit(load(path)), path)
    assert load(path).output.fps == 25 and load(path).source.mirror
    assert to_table(load(path))["background"] == {
        "kind": "hologram",
        "top": "teal",
        "angle": 30,
        "soft": True,
    }


def test_a_background_of_a_newer_vcam_is_replaced_by_choosing_another(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(NEWER)
    with pytest.raises(SettingsError, match="'hologram'"):
        edit_of(["strength=30"], tmp_path, load(path))(load(path))
    save(edit_of(["background=blur:30"], tmp_path, load(path))(load(path)), path)
    assert load(path).background == Blur(30) and load(path).source.mirror


@pytest.mark.parametrize(
    ("kind", "says"), [("hologram", "'hologram'"), ("blurr", "Did you mean 'blur'?")]
)
def test_a_background_that_is_not_known_is_a_card_and_never_the_room(
    kind: str, says: str, tmp_path: Path, eventually: Callable[[Callable[[], object]], None]
) -> None:
    path, world = tmp_path / "settings.toml", FakeWorld()
    path.write_text(f"[output]\nsize = [96, 54]\n[background]\nkind = '{kind}'\n")
    app = App(path, world.devices, timeouts=HURRY)
    assert app.settings.background.exposure == HIDES_ROOM
    app.start()
    try:
        eventually(lambda: kind in app.status.message)
        assert says in f"{app.status.message} {app.status.remedy}"
        app.change(lambda settings: replace(settings, background=Color("#00ff00")))
        eventually(lambda: app.status.state is State.LIVE)
    finally:
        app.close()
    assert not any(map(shows_secret, world.published))


def test_a_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "settings.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_not_waited_for_and_a_huge_file_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(SettingsError, match="are a device"):
        load(tmp_path / "pipe.toml")
    (tmp_path / "huge.toml").touch()
    os.truncate(tmp_path / "huge.toml", 1 << 40)
    with pytest.raises(SettingsError, match="are too large"):
        load(tmp_path / "huge.toml")


def test_a_failed_save_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(background=Blur(10)), path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsError, match=r": No space left on device\. Check the"):
        save(Settings(background=Blur(90)), path)
    assert load(path).background == Blur(10)
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


def test_a_change_is_on_air_and_on_disk(tmp_path: Path) -> None:
    app = App(tmp_path / "settings.toml", FakeWorld().devices)
    app.change(lambda settings: replace(settings, background=Color("teal")))
    assert app.settings.background == load(tmp_path / "settings.toml").background
    assert str(app.settings.background) == "teal"


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    app = App(tmp_path / "settings.toml", FakeWorld().devices)
    with pytest.raises(SettingsError):
        app.change(lambda settings: replace(settings, background=Blur(1000)))
    assert app.settings == Settings()
    assert not (tmp_path / "settings.toml").exists()


def test_what_the_command_line_overrides_is_not_saved_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    app = App(path, FakeWorld().devices, lambda s: replace(s, background=Room()))
    assert not path.exists()
    app.change(lambda s: replace(s, source=replace(s.source, mirror=True)))
    assert app.settings.background == Room() and app.settings.source.mirror
    saved = load(path)
    assert saved.background == Blur() and saved.source.mirror, "the room was for once"


def test_what_is_edited_by_hand_while_vcam_runs_survives_a_click(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    app = App(path, FakeWorld().devices)
    path.write_text("[mask]\npreset = 'best'\n")
    app.change(lambda s: replace(s, source=replace(s.source, mirror=True)))
    assert load(path).mask.preset == "best" and load(path).source.mirror


def test_a_slip_while_editing_by_hand_is_told_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    app = App(path, FakeWorld().devices)
    path.write_text("[mask]\npreste = 'best'\n")
    with pytest.raises(NotSavedError, match=r"on air, but not saved.* 'preset'"):
        app.change(lambda s: replace(s, background=Color("teal")))
    assert app.settings.background == Color("teal")
    assert path.read_text() == "[mask]\npreste = 'best'\n"


def test_one_choice_that_cannot_be_saved_spoils_no_later_one(tmp_path: Path) -> None:
    app = App(tmp_path / "settings.toml", FakeWorld().devices)
    with pytest.raises(NotSavedError, match="not UTF-8"):
        app.change(lambda s: replace(s, background=Picture(Path("/tmp/caf\ud800.png"))))
    app.change(lambda s: replace(s, source=replace(s.source, mirror=True)))
    assert load(tmp_path / "settings.toml").source.mirror


@pytest.mark.skipif(sys.platform == "win32", reason="names are no bytes there")
def test_a_name_that_is_no_text_can_be_chosen_and_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    odd = Path("/tmp/a%b /caf\udce9.png")
    save(Settings(background=Blur(10)), path)
    for made in (path, tmp_path / "new.toml"):
        chosen = Settings(background=Picture(odd), source=SourceOptions(camera=str(odd)))
        save(chosen, made)
        assert load(made) == chosen
        made.read_text("utf-8")
    assert "file:///tmp/a%25b%20/caf%E9.png" in path.read_text("utf-8")


def test_a_full_disk_does_not_keep_the_room_on_air(tmp_path: Path) -> None:
    path = tmp_path / "file" / "settings.toml"
    app = App(path, FakeWorld().devices, lambda s: replace(s, background=Room()))
    path.parent.touch()
    with pytest.raises(NotSavedError, match="on air, but not saved"):
        app.change(lambda s: replace(s, background=Color("teal")))
    assert app.settings.background == Color("teal")


def test_an_option_of_the_background_that_is_on_for_once_is_kept_with_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    app = App(path, FakeWorld().devices, lambda s: replace(s, background=choose("beach")))
    app.change(edit_of(["fit=contain"], tmp_path, app.settings))
    assert app.settings.background == load(path).background == choose("beach", "contain")


def test_going_round_the_gallery_keeps_the_strength_and_the_fit(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(background=Blur(80)), path)
    app = App(path, FakeWorld().devices)

    def step(places: int) -> Background:
        act, _ = app.step(places, gallery())
        return act()

    step(1)
    app.change(edit_of(["fit=contain"], tmp_path, app.settings))
    assert step(-1) == load(path).background == Blur(80)
    assert step(1) == gallery()[0].background("contain")
    app.close()


def test_a_file_from_windows_notepad_is_read(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xef\xbb\xbf[output]\nfps = 24\n")
    assert load(tmp_path / "settings.toml").output.fps == 24


def test_a_picture_of_a_user_who_does_not_exist_is_a_path_like_any_other(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[background]\nkind = 'picture'\npath = '~nosuch/x.png'\n")
    assert load(path).background == Picture(Path("~nosuch/x.png"))


def test_a_picture_whose_name_cannot_be_written_down_leaves_the_old_settings(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    save(Settings(background=Blur(10)), path)
    with pytest.raises(SettingsError, match="not UTF-8"):
        save(Settings(background=Picture(Path("/tmp/caf\ud800.png"))), path)
    assert load(path).background == Blur(10)
    assert [each.name for each in tmp_path.iterdir()] == ["settings.toml"]


@needs_links
def test_settings_that_are_a_link_into_my_dotfiles_stay_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "settings.toml"
    save(Settings(), real)
    link.symlink_to(real)
    save(Settings(background=Blur(70)), link)
    assert link.is_symlink() and load(real).background == Blur(70)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timers here")
def test_a_signal_ends_the_wait(tmp_path: Path) -> None:
    app = App(tmp_path / "settings.toml", FakeWorld().devices)
    before = signal.signal(signal.SIGALRM, lambda *_: app.quit())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        assert app.wait(10.0)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert app.wait(0.0)


def test_a_picture_that_comes_along_survives_another_place_of_vcam(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    beach = choose("beach")
    save(Settings(background=beach), path)
    assert 'path = "vcam:beach.jpg"' in path.read_text()
    assert load(path).background == beach
