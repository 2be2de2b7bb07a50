"""What a model answers is a mask, or it is refused."""

from typing import Any

import numpy as np
import pytest

from vcam.errors import SegmenterError
from vcam.frames import Size
from vcam.masking.looks import checked

SIZE = Size(8, 4)


def mask(value: float = 0.5, dtype: Any = np.float32) -> Any:
    answer = np.full((SIZE.height, SIZE.width), 0.5, dtype)
    answer[1, 2] = value
    return answer


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "mask",
        [[0.5] * 8] * 4,
        mask()[:, :7],
        mask()[None],
        mask(dtype=np.float64),
        mask(dtype=np.uint8),
        mask(-0.02),
        mask(1.02),
        mask(np.nan),
        mask(np.inf),
        mask(-np.inf),
    ],
    ids=[
        *(
            "nothing",
            "text",
            "a list",
            "too narrow",
            "three dimensions",
            "float64",
            "uint8",
        ),
        *("below 0", "above 1", "one NaN", "infinite", "minus infinite"),
    ],
)
def test_what_is_no_mask_is_refused(answer: Any) -> None:
    with pytest.raises(SegmenterError):
        checked(answer, SIZE)


@pytest.mark.parametrize("value", [0.0, 1.0, -0.005, 1.005])
def test_rounding_is_no_reason(value: float) -> None:
    assert checked(mask(value), SIZE)[1, 2] == np.float32(value)
