"""What the user's own windows say is read to its end."""

import numpy as np
import pytest

from vcam.cli import lettering
from vcam.cli.lettering import MARGIN, captioned, wrapped

FROZEN = "Standbild: Das letzte Bild wird weiter gesendet, die Kamera ist aus"
GREY = 90


@pytest.mark.parametrize("size", [(180, 320), (640, 360), (720, 1280)])
def test_long_figures_go_on_in_the_next_line(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), GREY, np.uint8)
    lettered = captioned(image, [FROZEN, "Live"]).max(axis=2) > GREY
    assert not lettered[:, -MARGIN:].any(), "cut off at the edge"


@pytest.fixture
def without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lettering, "_found", lambda: None)


def test_without_a_font_every_word_can_be_read(without_fonts: None) -> None:
    said = "Weiß ist Größe „A“ … «sí»"
    assert lettering._writable(said) == 'Weiss ist Grosse "A" ... "si"'


def test_lines_are_broken_between_words() -> None:
    lines = list(wrapped(FROZEN, 200, 14))
    assert len(lines) > 1 and " ".join(lines) == FROZEN
