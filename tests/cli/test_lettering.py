"""What the user's own windows say is read to its end."""

import numpy as np
import pytest

from vcam.cli.lettering import MARGIN, captioned, wrapped

FROZEN = "Standbild: Das letzte Bild wird weiter gesendet, die Kamera ist aus"
GREY = 90


@pytest.mark.parametrize("size", [(180, 320), (640, 360), (720, 1280)])
def test_long_figures_go_on_in_the_next_line(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), GREY, np.uint8)
    lettered = captioned(image, [FROZEN, "Live"]).max(axis=2) > GREY
    assert not lettered[:, -MARGIN:].any(), "cut off at the edge"


@pytest.mark.parametrize("letter", "äßéñ„“«»…·ЖΩł")
def test_every_letter_of_the_languages_can_be_read(letter: str) -> None:
    image = np.full((180, 320, 3), GREY, np.uint8)
    assert not np.array_equal(captioned(image, [letter]), captioned(image, ["\uffff"]))


def test_lines_are_broken_between_words() -> None:
    lines = list(wrapped(FROZEN, 200, 14))
    assert len(lines) > 1 and " ".join(lines) == FROZEN
