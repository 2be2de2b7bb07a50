"""A background is opened once, and while it loads the call sees the one before it."""

import argparse
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import GREEN, SMALL, Eventually, running

from vcam.app import App
from vcam.backgrounds import Background, Painter
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.cli import run
from vcam.control.client import ask
from vcam.engine import background_loader
from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.engine import Engine
from vcam.errors import BackgroundError
from vcam.frames import Size
from vcam.imaging.options import FITS
from vcam.imaging.pictures import load_picture
from vcam.settings import Settings
from vcam.settings.edits import edit_of
from vcam.status import Hold, State
from vcam.testing import FakeWorld, shows_secret

BLUE = Color("#0000ff")


class Shelf:
    """Backgrounds that open when they are allowed to, and are counted."""

    def __init__(self) -> None:
        self.allowed = threading.Event()
        self.opened: list[tuple[Color, Size]] = []
        self.closed: list[Color] = []

    def background(self, color: str = BLUE.color) -> Background:
        """One that is like no other."""
        shelf = self

        class Slow(Color):
            def open(self, size: Size) -> Any:
                shelf.opened.append((self, size))
                assert shelf.allowed.wait(30)
                return Closing(super().open(size), self)

        class Closing:
            def __init__(self, painter: Painter, background: Color) -> None:
                self.paint, self._background = painter.paint, background

            def close(self) -> None:
                shelf.closed.append(self._background)

        return Slow(color)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.allowed.set()


@pytest.fixture
def loader() -> Iterator[BackgroundLoader]:
    loader = BackgroundLoader()
    yield loader
    loader.close()


def is_card(image: Any) -> bool:
    return bool(image[0].max() < 80)


def is_blue(world: FakeWorld) -> bool:
    return bool((world.published[-1][:, -8:] == (255, 0, 0)).all())


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """Twelve megapixels of blue, as a PNG."""
    path = tmp_path / "photograph.png"
    image = np.zeros((3000, 4000, 3), np.uint8)
    image[...] = (255, 0, 0)
    cv2.imwrite(str(path), image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return path


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The picture files that were decoded."""
    loads: list[Path] = []

    def counted(path: Path, *others: Any) -> Any:
        loads.append(path)
        return load_picture(path, *others)

    monkeypatch.setattr("vcam.imaging.pictures.load_picture", counted)
    return loads


def test_a_large_photograph_is_loaded_once_and_no_card_is_seen(
    served_app: App, world: FakeWorld, photograph: Path, loads: list[Path]
) -> None:
    before, cards = len(world.published), served_app.status.cards
    ask("set", words=[f"background={photograph}"], folder="/")
    answered = len(world.published)
    deadline_s = time.monotonic() + 5
    while not world.published[-1][0, -1, 0] and time.monotonic() < deadline_s:
        time.sleep(0.002)
    assert len(world.published) - answered < 9, "a few frames later: it was open already"
    while not is_blue(world) and time.monotonic() < deadline_s:
        time.sleep(0.002)
    assert is_blue(world), "it has faded in"
    assert loads == [photograph]
    assert served_app.status.cards == cards
    assert not any(is_card(each) for each in world.published[before:])


def test_a_photograph_that_is_clicked_is_loaded_once_and_no_card_is_seen(
    app: App,
    world: FakeWorld,
    photograph: Path,
    loads: list[Path],
    eventually: Eventually,
) -> None:
    """The menu does not check it."""
    cards = app.status.cards
    app.change(lambda settings: replace(settings, background=Picture(photograph)))
    eventually(lambda: is_blue(world))
    assert loads == [photograph] and app.status.cards == cards


def test_the_background_of_a_start_is_loaded_once(
    world: FakeWorld,
    photograph: Path,
    loads: list[Path],
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`vcam run` checks it before it opens the camera."""
    monkeypatch.setattr("vcam.engine.engine.Factories", lambda: world.devices)
    parser = argparse.ArgumentParser()
    run.configure(parser)
    app = run.made(parser.parse_args(["--background", str(photograph)]))
    app.start()
    try:
        eventually(lambda: world.published and is_blue(world))
        assert loads == [photograph]
    finally:
        app.close()


def test_while_a_background_loads_the_old_one_stays_and_the_status_says_so(
    world: FakeWorld, settings: Settings, shelf: Shelf, eventually: Eventually
) -> None:
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.published > 3)
        before, cards = len(world.published), engine.status.cards
        engine.apply(replace(settings, background=shelf.background()))
        eventually(lambda: engine.status.loading == "#0000ff")
        assert engine.status.state is State.LIVE and not engine.status.message
        assert engine.status.background == str(GREEN)
        shelf.allowed.set()
        eventually(lambda: is_blue(world))
        eventually(lambda: not engine.status.loading)
        assert engine.status.cards == cards and len(shelf.opened) == 1
        assert not any(is_card(each) for each in world.published[before:])


def test_the_room_does_not_stay_while_a_background_loads(
    world: FakeWorld, settings: Settings, shelf: Shelf, eventually: Eventually
) -> None:
    with running(world, replace(settings, background=Room())) as engine:
        eventually(lambda: engine.status.shows_room)
        engine.apply(replace(settings, background=shelf.background()))
        chosen = len(world.published)
        eventually(lambda: "still loading" in engine.status.message)
        assert engine.status.state is State.WAITING
        assert len(world.published) > chosen
        assert not any(shows_secret(each) for each in world.published[chosen:])


def test_from_a_loading_background_to_another_one_the_first_stays_on_air(
    world: FakeWorld, settings: Settings, shelf: Shelf, eventually: Eventually
) -> None:
    with running(world, settings, silence_s=5) as engine:
        eventually(lambda: engine.status.published > 3)
        cards = engine.status.cards
        for times, color in enumerate(("#0000f0", "#0000ff"), 1):
            engine.apply(replace(settings, background=shelf.background(color)))
            eventually(lambda times=times: len(shelf.opened) == times)  # type: ignore[misc]
        shelf.allowed.set()
        eventually(lambda: is_blue(world))
        assert engine.status.cards == cards
        eventually(lambda: [each.color for each in shelf.closed] == ["#0000f0"])


def test_what_was_prepared_is_shown_without_opening_it_again(
    world: FakeWorld, settings: Settings, shelf: Shelf, eventually: Eventually
) -> None:
    loader, background = BackgroundLoader(), shelf.background()
    shelf.allowed.set()
    engine = Engine(settings, world.devices, loader=loader)
    engine.start()
    try:
        eventually(lambda: engine.status.published > 3)
        loader.prepare(background, SMALL)
        engine.apply(replace(settings, background=background))
        eventually(lambda: is_blue(world))
        assert len(shelf.opened) == 1 and not shelf.closed
    finally:
        engine.stop()
    assert len(shelf.closed) == 1, "by whoever showed it"


def test_what_was_prepared_during_a_pause_is_closed_when_vcam_ends(
    world: FakeWorld, settings: Settings, shelf: Shelf, eventually: Eventually
) -> None:
    loader, background = BackgroundLoader(), shelf.background()
    shelf.allowed.set()
    engine = Engine(settings, world.devices, loader=loader)
    engine.hold(Hold.PAUSE)
    engine.start()
    try:
        loader.prepare(background, SMALL)
        assert not shelf.closed
    finally:
        engine.stop()
    assert len(shelf.closed) == 1


@pytest.mark.parametrize("other", ["color", "size"])
def test_a_painter_is_handed_over_only_for_what_it_was_opened_for(
    other: str, loader: BackgroundLoader, shelf: Shelf, eventually: Eventually
) -> None:
    shelf.allowed.set()
    background, size = shelf.background(), SMALL
    loader.prepare(background, size)
    if other == "size":
        size = Size(64, 36)
    else:
        background = replace(background, color="#0000f0")
    eventually(lambda: loader.ready(background, size))
    loader.fetch(background, size).close()
    assert shelf.opened[-1] == (background, size) and len(shelf.opened) == 2


def test_a_painter_is_handed_over_once(loader: BackgroundLoader, shelf: Shelf) -> None:
    shelf.allowed.set()
    background = shelf.background()
    loader.prepare(background, SMALL)
    first = loader.fetch(background, SMALL)
    second = loader.fetch(background, SMALL)
    assert first is not second and len(shelf.opened) == 2
    first.close()
    second.close()


def test_of_what_is_prepared_the_last_one_is_kept(
    loader: BackgroundLoader, shelf: Shelf, eventually: Eventually
) -> None:
    shelf.allowed.set()
    first, last = shelf.background("#0000f0"), shelf.background()
    loader.prepare(first, SMALL)
    loader.prepare(last, SMALL)
    eventually(lambda: shelf.closed == [first])
    loader.fetch(last, SMALL).close()


def test_what_nobody_chooses_in_the_end_is_closed_after_a_while(
    loader: BackgroundLoader,
    shelf: Shelf,
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background_loader, "KEPT_S", 0.05)
    shelf.allowed.set()
    background = shelf.background()
    loader.prepare(background, SMALL)
    eventually(lambda: shelf.closed)
    eventually(lambda: loader.ready(background, SMALL))
    loader.fetch(background, SMALL).close()
    assert len(shelf.opened) == 2, "it is opened again when it is wanted after all"


def test_what_cannot_be_opened_is_told_to_whoever_prepares_and_tried_again(
    loader: BackgroundLoader, tmp_path: Path
) -> None:
    picture = Picture(tmp_path / "sea.png")
    for _ in range(2):
        with pytest.raises(BackgroundError, match="There is no picture"):
            loader.prepare(picture, SMALL)
    cv2.imwrite(str(picture.path), np.zeros((9, 16, 3), np.uint8))
    loader.prepare(picture, SMALL)
    loader.fetch(picture, SMALL).close()


def test_what_failed_to_open_is_opened_again_for_the_next_try(
    loader: BackgroundLoader, tmp_path: Path, eventually: Eventually
) -> None:
    picture = Picture(tmp_path / "sea.png")
    eventually(lambda: loader.ready(picture, SMALL))
    with pytest.raises(BackgroundError, match="There is no picture"):
        loader.fetch(picture, SMALL)
    cv2.imwrite(str(picture.path), np.zeros((9, 16, 3), np.uint8))
    eventually(lambda: loader.ready(picture, SMALL))
    loader.fetch(picture, SMALL).close()


def test_a_command_that_changes_size_and_fit_too_prepares_what_it_chooses(
    tmp_path: Path, settings: Settings
) -> None:
    prepared: list[tuple[Background, Size]] = []
    cv2.imwrite(str(tmp_path / "sea.png"), np.zeros((9, 16, 3), np.uint8))

    def after(*words: str, now: Settings = settings) -> None:
        edit = edit_of(words, tmp_path, now, lambda *each: prepared.append(each))
        chosen = edit(now)
        assert prepared.pop() == (chosen.background, chosen.output.size)
        assert not prepared

    after("background=sea.png")
    after("background=sea.png", "size=64x36", "fit=contain")
    after("fit=default", "background=sea.png", "size=default")
    for fit in FITS:
        after(
            "background=sea.png", now=replace(settings, background=Picture(tmp_path, fit))
        )
