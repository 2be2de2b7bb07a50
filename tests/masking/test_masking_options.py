import dataclasses

import pytest

from vcam.errors import SettingsError
from vcam.masking.options import CHOICES, PRESETS, RANGES, MaskOptions, Recipe, resolve


def options(**given: object) -> MaskOptions:
    return MaskOptions(**given)  # type: ignore[arg-type]


def test_what_the_user_did_not_say_is_as_the_preset_says() -> None:
    for name, recipe in PRESETS.items():
        assert resolve(MaskOptions(preset=name)) == recipe


def test_what_the_user_said_overrules_the_preset() -> None:
    recipe = resolve(MaskOptions(preset="best", smoothing=0.3, foreground=False))
    assert recipe.smoothing == 0.3
    assert not recipe.foreground
    assert recipe.guide == PRESETS["best"].guide


def test_every_parameter_is_a_setting_of_a_plain_type() -> None:
    settings = {field.name: field for field in dataclasses.fields(MaskOptions)}
    for field in dataclasses.fields(Recipe):
        assert field.name in settings
    for name, field in settings.items():
        assert field.default is None or isinstance(field.default, (str, int, float)), name


def test_the_presets_keep_to_their_own_ranges() -> None:
    for recipe in PRESETS.values():
        options(**dataclasses.asdict(recipe))


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_range_is_refused_with_the_nearest_one(name: str) -> None:
    lowest, highest = RANGES[name]
    options(**{name: lowest})
    options(**{name: highest})
    for wrong, nearest in ((lowest - 1, lowest), (highest + 1, highest)):
        with pytest.raises(SettingsError) as caught:
            options(**{name: wrong})
        assert repr(wrong) in str(caught.value)
        assert f"{nearest:g}" in caught.value.remedy


@pytest.mark.parametrize("name", CHOICES)
def test_a_slip_of_the_pen_is_answered_with_what_was_meant(name: str) -> None:
    meant = CHOICES[name][-1]
    with pytest.raises(SettingsError, match=f"Did you mean '{meant}'"):
        options(**{name: meant[:-1]})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("edge", "2"),
        ("edge", None),
        ("edge", True),
        ("edge", float("nan")),
        ("close_up_every", 1.5),
        ("foreground", 1),
        ("remove_strays", "yes"),
        ("preset", None),
        ("engine", ""),
        ("preset", 3),
    ],
)
def test_nonsense_is_refused_with_its_value(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=f"mask.{name} is "):
        options(**{name: value})
