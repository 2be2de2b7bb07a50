"""What the pipeline refuses is told in the user's language."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_examination import made
from translation_sources import untranslated

from vcam import Pipeline
from vcam.appearance.options import AppearanceOptions
from vcam.errors import SettingsError, UsageError
from vcam.imaging.options import FramingOptions
from vcam.masking.options import MaskOptions
from vcam.pipeline.given import checked_image, checked_time
from vcam.pipeline.privacy import Withheld, examined


@pytest.mark.parametrize(
    ("wrong", "english"),
    [
        (lambda: checked_image(np.zeros((9, 9), np.uint8)), ["uint8"]),
        (lambda: checked_image(np.zeros((4, 4, 3), np.uint8)), ["4x4"]),
        (lambda: checked_time("soon", 0.0), ["'soon'"]),  # type: ignore[arg-type]
        (lambda: checked_time(1.0, 2.0), []),
        (lambda: Pipeline(preset="best", mask=MaskOptions()), ["'best'"]),
        (lambda: Pipeline(None), ["None"]),  # type: ignore[arg-type]
        (lambda: Pipeline(mask="best"), ["mask", "'best'", "MaskOptions"]),  # type: ignore[arg-type]
        (lambda: Pipeline(appearance=5), ["appearance", "AppearanceOptions"]),  # type: ignore[arg-type]
        (lambda: Pipeline(framing=True), ["framing", "True", "FramingOptions"]),  # type: ignore[arg-type]
    ],
)
def test_what_a_program_gives(
    wrong: Callable[[], object], english: list[str], pseudo: None
) -> None:
    with pytest.raises(UsageError) as caught:
        wrong()
    assert untranslated(str(caught.value)) == english


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: AppearanceOptions(match="50"), "'50'"),  # type: ignore[arg-type]
        (lambda: AppearanceOptions(skin=True), "True"),
        (lambda: AppearanceOptions(denoise="off"), "'off'"),  # type: ignore[arg-type]
        (lambda: FramingOptions(zoom=None), "None"),  # type: ignore[arg-type]
        (lambda: FramingOptions(auto="off"), "'off'"),  # type: ignore[arg-type]
        (lambda: Pipeline(preset=""), "''"),
    ],
)
def test_options_of_another_type_are_refused_before_the_first_frame(
    wrong: Callable[[], object], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        wrong()


@pytest.mark.parametrize(
    "changed",
    [
        *({"alpha": None}, {"matte_index": 1}, {"image": []}),
        {"mask": np.ones((144, 256), np.float32)},
        {"limit": np.zeros((36, 64), np.uint8)},
        {"image": np.zeros((144, 256, 3), np.uint8)},
    ],
)
def test_what_is_withheld(changed: Any, pseudo: None) -> None:
    with pytest.raises(Withheld) as caught:
        examined(replace(made(), **changed))
    assert "⟦" in str(caught.value) and not untranslated(str(caught.value))
