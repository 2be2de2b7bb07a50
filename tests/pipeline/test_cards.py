"""The card that everybody in the call reads."""

import numpy as np
import pytest

from vcam.frames import Size
from vcam.pipeline.cards import slate


def ink(size: Size, message: str) -> tuple[float, float, int, int]:
    """The middle of what is written, and its width and height, in pixels."""
    rows, columns = np.nonzero(slate(size, message).max(axis=2) > 120)
    width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
    return columns.min() + width / 2, rows.min() + height / 2, int(width), int(height)


@pytest.mark.parametrize("message", ["Be right back", "The camera is away for a moment"])
def test_it_is_written_in_the_middle(message: str) -> None:
    x, y, width, height = ink(Size(1280, 720), message)
    assert x == pytest.approx(640, abs=8) and y == pytest.approx(360, abs=30)
    assert 200 < width < 1000 and 20 < height < 80


def test_it_is_as_large_in_every_picture() -> None:
    _, _, width, _ = ink(Size(1280, 720), "Be right back")
    for size in (Size(640, 360), Size(640, 720)):
        assert ink(size, "Be right back")[2] == pytest.approx(width / 2, rel=0.05)


def test_what_is_long_goes_over_several_lines() -> None:
    _, _, width, height = ink(Size(1280, 720), "word " * 20)
    assert width < 1100 and height > 90


def test_nobody_can_write_on_a_card_that_others_show() -> None:
    with pytest.raises(ValueError, match="read-only"):
        slate(Size(64, 36), "Be right back")[:] = 0
