"""The card that everybody in the call reads."""

import gettext
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam import translation
from vcam.frames import Image, Size
from vcam.imaging import lettering
from vcam.pipeline import cards
from vcam.pipeline.card_picture import CardPicture
from vcam.pipeline.cards import slate

HD = Size(1280, 720)
Speak = Callable[[str], None]


def ink(size: Size, message: str) -> tuple[float, float, int, int]:
    """The middle of what is written, and its width and height, in pixels."""
    return ink_of(slate(size, message))


def ink_of(card: Image) -> tuple[float, float, int, int]:
    rows, columns = np.nonzero(card.max(axis=2) > 120)
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


@pytest.mark.parametrize("size", [Size(1280, 720), Size(320, 180), Size(360, 640)])
def test_of_wide_letters_all_are_seen(size: Size) -> None:
    for message in ("W" * 80, "WWWWWWWWW " * 8):
        x, _, width, _ = ink(size, message)
        assert x == pytest.approx(size.width / 2, abs=2) and width < 0.97 * size.width


def test_the_time_that_is_left_is_the_largest_on_it() -> None:
    with_time = slate(HD, "Be right back", "Lunch", "9:59")
    rows = np.nonzero((with_time.max(axis=2) > 200).any(axis=1))[0]
    gaps = np.nonzero(np.diff(rows) > 4)[0]
    heights = [part[-1] - part[0] for part in np.split(rows, gaps + 1)]
    assert len(heights) == 2 and heights[1] > 1.4 * heights[0], "the detail is fainter"


def test_digits_do_not_dance() -> None:
    font = lettering.font(cards.TIME_PX)
    assert len({font.getlength(f"8:{second:02}") for second in range(60)}) == 1


@pytest.fixture
def white(tmp_path: Path) -> Path:
    path = tmp_path / "white.png"
    cv2.imwrite(str(path), np.full((720, 720, 3), 255, np.uint8))
    return path


def test_all_of_a_picture_is_seen_and_what_is_written_is_below(white: Path) -> None:
    picture = CardPicture(white, HD)
    alone = slate(HD, "", "", "", picture)
    assert (alone[:, 281:999] == 255).all() and not alone[:, :279].any()
    written = slate(HD, "Back soon", "Lunch", "9:59", picture)
    assert np.array_equal(written[:300], alone[:300]) and written[-1].max() < 120
    assert (written[500:].max(axis=2) > 200).any(), "bright letters"


def test_a_picture_for_another_size_is_left_out(white: Path) -> None:
    other = CardPicture(white, Size(640, 360))
    assert same(slate(HD, "Be right back", "", "", other), slate(HD, "Be right back"))


def test_nobody_can_write_on_a_picture_that_others_show(white: Path) -> None:
    picture = CardPicture(white, HD)
    for shown in (picture.image, slate(HD, "", "", "", picture)):
        with pytest.raises(ValueError, match="read-only"):
            shown[:] = 0


def test_nobody_can_write_on_a_card_that_others_show() -> None:
    with pytest.raises(ValueError, match="read-only"):
        slate(Size(64, 36), "Be right back")[:] = 0


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Speak:
    """From now on every message is translated into this one."""

    def choose(text: str) -> None:
        class Language(gettext.NullTranslations):
            def gettext(self, message: str) -> str:
                return text

        monkeypatch.setattr(translation, "catalogue", Language)

    return choose


def same(one: Image, other: Image) -> bool:
    return bool(np.array_equal(one, other))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Der Hintergrund lässt sich nicht öffnen",
            "¿Dónde está la cámara?",
            "Łódź, žluť",
        ),
        *("Η κάμερα δεν είναι διαθέσιμη", "Камера недоступна", "Kamera şu anda yok"),
    ],
)
def test_it_is_written_in_the_users_language(text: str, speak: Speak) -> None:
    wanted = slate(HD, text)
    speak(text)
    assert same(slate(HD, "The camera is away for a moment"), wanted)


def test_two_letters_with_different_accents_look_different() -> None:
    pictures = [slate(HD, letter) for letter in "aàáâãäåăą"]
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)


@pytest.mark.parametrize("text", ["少々お待ちください", "لحظة واحدة", "One moment 日"])
def test_what_the_font_cannot_write_is_said_in_english(text: str, speak: Speak) -> None:
    wanted = slate(HD, "One moment, please")
    speak(text)
    assert same(slate(HD, "One moment, please"), wanted)


def test_without_the_font_it_is_pillows_own_and_english(
    monkeypatch: pytest.MonkeyPatch, speak: Speak
) -> None:
    open_sans = slate(HD, "One moment, please")
    monkeypatch.setitem(sys.modules, "ttf_opensans", None)
    monkeypatch.setattr(cards, "_drawn", cards._drawn.__wrapped__)
    monkeypatch.setattr(cards, "missing_letters", lettering.missing_letters.__wrapped__)
    speak("Einen Moment, bitte: für später")
    pillows = slate(HD, "One moment, please")
    assert not same(pillows, open_sans) and (pillows.max(axis=2) > 120).any()
    speak("One moment, please")
    assert same(slate(HD, "One moment, please"), pillows)
    speak("Un momento, por favor")
    assert not same(slate(HD, "One moment, please"), pillows)


def test_no_word_stands_alone_on_the_last_line() -> None:
    card = slate(HD, "The camera is away for a moment, and it comes back")
    bright = card.max(axis=2) > 120
    upper, lower = bright[:360].any(axis=0), bright[365:].any(axis=0)
    assert np.ptp(np.nonzero(lower)) > 0.6 * np.ptp(np.nonzero(upper))
