"""What the pipeline refuses is told in the user's language."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from test_examination import made
from translation_sources import untranslated

from vcam import Pipeline
from vcam.errors import UsageError
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
    ],
)
def test_what_a_program_gives(
    wrong: Callable[[], object], english: list[str], pseudo: None
) -> None:
    with pytest.raises(UsageError) as caught:
        wrong()
    assert untranslated(str(caught.value)) == english


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
