"""Settings and commands from before an option was renamed still work."""

from dataclasses import replace
from pathlib import Path

import pytest

from vcam.errors import SettingsError, UsageError
from vcam.masking.options import MaskOptions
from vcam.settings import Settings, load, save
from vcam.settings.edits import edit_of
from vcam.settings.former_names import FORMER_NAMES, OTHERS_NOW, present_name
from vcam.settings.words import OPTIONS


def after(*words: str) -> Settings:
    return edit_of(words, Path("/nowhere"), Settings())(Settings())


def test_every_former_name_stands_for_an_option_that_exists() -> None:
    former = FORMER_NAMES | OTHERS_NOW
    assert set(former.values()) <= set(OPTIONS)
    assert not set(former) & set(OPTIONS)


def test_a_name_that_means_another_option_today_is_read_in_full_only(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[mask]\nmirror = true  # steadier\n[source]\nmirror = false\n")
    settings = load(path)
    assert settings.mask.flip_average is True and not settings.source.mirror
    assert after("mirror=on").source.mirror
    edit = edit_of(["flip_average=off"], tmp_path, settings)
    save(edit(settings), path)
    assert path.read_text() == (
        "[mask]\nflip_average = false # steadier\n[source]\nmirror = false\n"
    )


def test_a_settings_file_with_former_names_is_read_and_a_changed_option_gets_its_new_name(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        "[mask]\nsecond_look = 3\nmirrored_look = true\nfine = false\nblobs = false\n"
        "close_weight = 0.5\nplate = false\n"
    )
    settings = load(path)
    assert settings.mask == MaskOptions(
        close_up_every=3,
        flip_average=True,
        fine_edges=False,
        remove_strays=False,
        close_up_weight=0.5,
        clean_plate=False,
    )
    changed = replace(settings, mask=replace(settings.mask, close_up_every=2))
    save(changed, path)
    written = path.read_text()
    assert "second_look" not in written and "close_up_every = 2" in written
    assert "mirrored_look = true" in written, "as the user wrote it"
    assert load(path) == changed
    reset = replace(changed, mask=replace(changed.mask, flip_average=None))
    save(reset, path)
    assert "mirrored_look" not in path.read_text() and load(path) == reset


@pytest.mark.parametrize("former", FORMER_NAMES)
def test_a_former_name_can_be_set_in_both_its_forms(former: str) -> None:
    short = former.partition(".")[2]
    assert present_name(short) == FORMER_NAMES[former].partition(".")[2]
    value = "0.5" if short == "close_weight" else "2" if short == "second_look" else "off"
    assert after(f"{former}={value}") == after(f"{short}={value}") != Settings()
    assert after(f"{FORMER_NAMES[former]}={value}") == after(f"{former}={value}")


def test_both_names_of_an_option_at_once_are_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[mask]\nplate = true\nclean_plate = false\n")
    with pytest.raises(SettingsError, match="both 'clean_plate' and its former name"):
        load(path)
    with pytest.raises(UsageError, match="given twice"):
        after("plate=on", "clean_plate=off")


@pytest.mark.parametrize(
    "text",
    ["[mask]\nplate = false # slow\n", "mask.plate = false # slow\nmask.fine = true\n"],
)
def test_the_comment_beside_an_option_stays_when_it_gets_its_new_name(
    text: str, tmp_path: Path
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text)
    edit = edit_of(["clean_plate=on"], tmp_path, Settings())
    save(edit(load(path)), path)
    lines = path.read_text().splitlines()
    assert any("clean_plate = true # slow" in line for line in lines), lines
