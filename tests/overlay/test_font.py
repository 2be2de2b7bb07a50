"""Name plate and cards in a font of the user's own."""

from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running
from PIL import ImageFont

from vcam.engine.font_loader import FontLoader
from vcam.errors import FontError, UsageError
from vcam.frames import Image, Size
from vcam.imaging import lettering
from vcam.imaging.lettering import missing_letters, read_face
from vcam.imaging.options import LetteringOptions
from vcam.outputs.options import OutputOptions
from vcam.overlay.name_plate import name_plate
from vcam.overlay.options import NamePlateOptions
from vcam.pipeline.cards import slate
from vcam.settings import Settings
from vcam.settings.edits import edit_of
from vcam.status import Hold, Status
from vcam.testing import FakeWorld

HD = Size(1280, 720)


@pytest.fixture
def narrow(tmp_path: Path) -> Path:
    """A font with the letters of ASCII only."""
    usual: Any = ImageFont.load_default(20)
    path = tmp_path / "own ü.ttf"
    path.write_bytes(usual.path.getvalue())
    return path


def same(a: Image, b: Image) -> bool:
    return np.array_equal(a, b)


def test_a_plate_is_written_in_it(narrow: Path) -> None:
    plate, face = NamePlateOptions("Ada Lovelace", "Analyst"), read_face(narrow)
    usual, own = name_plate(plate, HD), name_plate(plate, HD, face)
    assert usual.shape != own.shape or not np.array_equal(usual, own)
    narrow.unlink()
    assert np.array_equal(own, name_plate(plate, HD, face)), "it is in memory"


def test_a_card_is_written_in_it_where_it_has_the_letters(narrow: Path) -> None:
    face = read_face(narrow)
    assert not np.array_equal(slate(HD, "Back at 5"), slate(HD, "Back at 5", face=face))
    usual = slate(HD, "Café, Łódź")
    assert np.array_equal(usual, slate(HD, "Café, Łódź", face=face)), "not in boxes"


def test_its_missing_letters_are_told(narrow: Path) -> None:
    assert missing_letters("Łódź Zoë", read_face(narrow)) == "Łóźë"
    assert not missing_letters("Ada", read_face(narrow))


def test_what_has_to_be_joined_is_missing_where_it_cannot_be(
    narrow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "_joins", lambda: False)
    check = lettering.missing_letters.__wrapped__
    monkeypatch.setattr(lettering, "NO_LETTER", "A")  # so that no letter looks missing
    assert check("Ab שa", read_face(narrow)) == "Aש"


@pytest.mark.parametrize("content", [b"", b"no font at all", bytes(5000)])
def test_what_is_no_font_is_refused_when_it_is_chosen(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "bad.ttf"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"bad\.ttf") as told:
        edit_of([f"font={path}"], Path("/"), Settings())
    assert "TrueType" in told.value.remedy


def test_neither_a_folder_nor_a_device_nor_nothing_is_a_font(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "gone.ttf", Path("/dev/zero")):
        with pytest.raises(FontError):
            read_face(path)


def test_one_that_is_too_large_is_refused(
    narrow: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "LARGEST", 1000)
    with pytest.raises(FontError, match="more than"):
        read_face(narrow)


class TestChosen:
    def test_by_one_word_and_given_back(self, narrow: Path) -> None:
        chosen = edit_of(["font=own ü.ttf"], narrow.parent, Settings())(Settings())
        assert chosen.lettering.font == narrow
        assert edit_of(["font=default"], Path("/"), chosen)(chosen) == Settings()

    def test_it_must_have_the_letters_of_the_texts_that_are_there(
        self, narrow: Path
    ) -> None:
        named = edit_of(["name=Zoë"], Path("/"), Settings())(Settings())
        with pytest.raises(UsageError, match=r"no ë for name_plate\.name"):
            edit_of([f"font={narrow}"], Path("/"), named)
        changed = edit_of([f"font={narrow}", "name=Zoe"], Path("/"), named)(named)
        assert changed.lettering.font == narrow
        with pytest.raises(UsageError, match="no ë"):
            edit_of(["message=Noël"], Path("/"), changed)
        assert edit_of(["font=default", "name=Zoë"], Path("/"), changed)(changed) == named

    def test_a_font_that_is_gone_keeps_nobody_from_changing_a_name(
        self, narrow: Path
    ) -> None:
        chosen = edit_of([f"font={narrow}"], Path("/"), Settings())(Settings())
        narrow.unlink()
        changed = edit_of(["name=Zoë"], Path("/"), chosen)(chosen)
        assert changed.name_plate.name == "Zoë"


class TestLive:
    def test_a_break_is_announced_in_it(
        self, narrow: Path, world: FakeWorld, eventually: Eventually
    ) -> None:
        lettered = LetteringOptions(narrow)
        output = OutputOptions(size=SMALL)
        settings = Settings(background=GREEN, output=output, lettering=lettered)
        with running(world, settings) as engine:
            engine.hold(Hold.PAUSE)
            wanted = slate(SMALL, "Be right back", face=read_face(narrow))
            eventually(
                lambda: any(np.array_equal(each, wanted) for each in world.published)
            )

    def test_one_that_is_gone_is_told_and_the_pictures_go_on(
        self, tmp_path: Path, world: FakeWorld, eventually: Eventually
    ) -> None:
        lettered = LetteringOptions(tmp_path / "gone.ttf")
        output = OutputOptions(size=SMALL)
        settings = Settings(background=GREEN, output=output, lettering=lettered)
        with running(world, settings) as engine:
            eventually(lambda: "gone.ttf" in engine.status.font_trouble)
            eventually(lambda: engine.status.published > 2)
        assert Status().font_trouble == ""

    def test_a_card_waits_only_a_little_for_a_file_that_hangs(
        self, narrow: Path, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
    ) -> None:
        going_on = Event()

        def slow(path: Path) -> lettering.Face:
            going_on.wait(10)
            return read_face(path)

        monkeypatch.setattr("vcam.engine.font_loader.read_face", slow)
        loader = FontLoader()
        loader.look(narrow, 0.05)
        assert loader.face is None
        going_on.set()
        eventually(lambda: loader.face is not None)
        loader.look(None)
        assert loader.face is None
        loader.close()
