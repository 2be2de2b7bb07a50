"""What every kind of background in the table must do; a new row is tested as it is."""

import copy
import pickle
import re
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import get_type_hints

import cv2
import numpy as np
import pytest

from vcam.backgrounds import HIDES_ROOM, SHOWS_ROOM, Background, with_fit
from vcam.backgrounds.choosing import KINDS, choose
from vcam.cli import main
from vcam.errors import SettingsError, UsageError
from vcam.frames import Frame, Image, Size
from vcam.imaging.css_colour import parse_color
from vcam.imaging.options import FITS
from vcam.settings import Settings, from_table, load, save, to_table
from vcam.settings.edits import edit_of
from vcam.status import Hold, State, Status
from vcam.status_text import headline
from vcam.tray.actions import Change
from vcam.tray.menu import Moment, Surroundings, menu
from vcam.tray.model import Entry

SIZES = Size(64, 36), Size(33, 19), Size(36, 64)
SIZE = SIZES[0]
PLAIN = {str, bool, int, float, Path}
"""The types of options that the settings file can hold."""

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def samples(tmp_path: Path) -> dict[str, Background]:
    """A file for every kind that shows one, by the names of these kinds."""
    noise = np.random.default_rng(0).integers(0, 256, (36, 64, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "sea side.png"), noise)
    film = cv2.VideoWriter(
        str(tmp_path / "waves.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, SIZE
    )
    for _ in range(3):
        film.write(noise)
    film.release()
    chosen = [choose(str(path)) for path in tmp_path.iterdir()]
    return {each.kind: each for each in chosen}


@pytest.fixture
def choices(kind: type[Background], samples: dict[str, Background]) -> list[Background]:
    """Examples of ``kind``: what it offers, its name alone, a file."""
    found = [*kind.offers(), kind.named(""), samples.get(kind.kind)]
    examples = [each for each in found if each is not None]
    assert examples, "it offers something, shows a file, or its name alone means something"
    return examples


def room(value: int, size: Size = SIZE) -> Frame:
    image = np.full((size.height, size.width, 3), value, np.uint8)
    image[::2] //= 2
    image.flags.writeable = False
    return Frame(image, 0, 0.0)


def painted(background: Background, frame: Frame) -> Image:
    size = Size.of(frame.image)
    alpha = np.zeros((size.height, size.width), np.uint8)
    alpha[:, : size.width // 3] = 255
    alpha.flags.writeable = False
    painter = background.open(size)
    try:
        return painter.paint(frame, alpha).copy()
    finally:
        painter.close()


def marked(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    for entry in entries:
        if entry.radio and entry.checked:
            yield entry
        yield from marked(entry.children or ())


@every_kind
def test_a_kind_says_who_it_is(kind: type[Background]) -> None:
    assert KINDS[kind.kind] is kind
    assert re.fullmatch(r"[a-z]+", kind.kind) and parse_color(kind.kind) is None
    for text in (kind.summary, kind.usage):
        assert text and len(text.splitlines()) == 1
    assert len(kind.heading) < 20


@every_kind
def test_its_options_are_plain_and_mean_the_same_in_every_kind(
    kind: type[Background],
) -> None:
    hints = get_type_hints(kind)
    own = {each.name: hints[each.name] for each in fields(kind)}
    assert set(own.values()) <= PLAIN
    for other in KINDS.values():
        theirs = get_type_hints(other)
        shared = own.keys() & {each.name for each in fields(other)}
        assert all(own[name] is theirs[name] for name in shared), other


@every_kind
def test_a_choice_is_a_value(choices: list[Background]) -> None:
    for chosen in choices:
        for again in (copy.deepcopy(chosen), pickle.loads(pickle.dumps(chosen))):
            assert again == chosen and hash(again) == hash(chosen)
        with pytest.raises(FrozenInstanceError):
            chosen.kind = "another"  # type: ignore[misc]


@every_kind
def test_a_choice_is_written_as_it_is_read(
    choices: list[Background], tmp_path: Path
) -> None:
    for chosen in choices:
        assert choose(str(chosen)) == chosen
        settings = Settings(background=chosen)
        assert from_table(to_table(settings)) == settings
        save(settings, tmp_path / "settings.toml")
        assert load(tmp_path / "settings.toml") == settings
        edit = edit_of([f"background={chosen}"], tmp_path, Settings())
        assert edit(Settings()) == settings


@every_kind
def test_a_choice_says_what_it_shows(choices: list[Background]) -> None:
    for chosen in choices:
        own = {each.name for each in fields(chosen)}
        assert chosen.title and chosen.label
        assert (chosen.path is not None) == ("path" in own)
        assert (chosen.fit is not None) == ("fit" in own)
        assert HIDES_ROOM <= chosen.exposure <= SHOWS_ROOM
        for fit in FITS:
            again = with_fit(chosen, fit)
            assert again.fit == (fit if "fit" in own else None)
            assert again.path == chosen.path


@every_kind
def test_what_it_offers_can_be_told_apart(kind: type[Background]) -> None:
    offers = kind.offers()
    assert all(type(each) is kind and each.path is None for each in offers)
    assert len({each.label for each in offers}) == len(set(offers)) == len(offers)


@every_kind
def test_menu_and_status_show_a_choice(choices: list[Background]) -> None:
    for chosen in choices:
        settings = Settings(background=chosen)
        live = Status(State.LIVE, background=str(chosen), background_title=chosen.title)
        now = menu(settings, Hold.NOTHING, Moment.of(live), Surroundings())
        (submenu,) = (each for each in now.look.menu if each.key == "background")
        (entry,) = marked((submenu,))
        assert entry.label.lower().endswith(chosen.label.lower())
        assert entry.label.startswith(chosen.heading)
        actions = [
            action
            for path, action in now.actions.items()
            if path[0] == "background" and path[-1] == str(chosen)
        ]
        assert actions == [Change("background", chosen)]
        assert chosen.title in headline(live)


@every_kind
def test_it_paints_every_size_and_writes_into_nothing_it_is_given(
    choices: list[Background],
) -> None:
    for chosen in choices:
        for size in SIZES:
            image = painted(chosen, room(200, size))
            assert image.dtype == np.uint8
            assert image.shape == (size.height, size.width, 3)


@every_kind
def test_only_with_exposure_it_depends_on_the_room(choices: list[Background]) -> None:
    for chosen in choices:
        light, dark = painted(chosen, room(240)), painted(chosen, room(20))
        assert np.array_equal(light, dark) == (chosen.exposure == HIDES_ROOM)


@every_kind
def test_a_value_that_makes_no_sense_is_explained(kind: type[Background]) -> None:
    with pytest.raises((UsageError, SettingsError)) as caught:
        choose(f"{kind.kind}:no sense")
    assert "no sense" in caught.value.what and caught.value.remedy


@every_kind
def test_the_command_line_lists_it(
    kind: type[Background],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")  # no word of the help is broken
    assert main(["backgrounds"]) == 0
    assert f"{kind.kind:<10} {kind.summary}" in capsys.readouterr().out
    for command in ("run", "render", "demo"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert kind.usage in said
