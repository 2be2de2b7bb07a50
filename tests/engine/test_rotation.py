"""Every few minutes another picture of the gallery, if the user wants it."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import SMALL, Eventually

from vcam.app import App
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GALLERY, gallery, user_gallery
from vcam.backgrounds.options import GalleryOptions
from vcam.backgrounds.picture import Picture
from vcam.engine.rotation import Rotation
from vcam.errors import BackgroundError, SettingsError
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, load, save
from vcam.testing import FakeWorld

BEACH = Picture(GALLERY / "beach.jpg")


@contextmanager
def turning(settings: Settings, turns: list[str], live: bool = True) -> Iterator[Rotation]:
    """A rotation whose minutes take 20 ms."""
    rotation = Rotation(lambda: settings, lambda: live, lambda: turns.append("!"), 0.02)
    rotation.start()
    try:
        yield rotation
    finally:
        rotation.stop()


def test_it_turns_again_and_again(eventually: Eventually) -> None:
    turns: list[str] = []
    with turning(Settings(gallery=GalleryOptions(1.0)), turns):
        eventually(lambda: len(turns) > 3)


@pytest.mark.parametrize(("minutes", "live"), [(0.0, True), (1.0, False)])
def test_unasked_or_unseen_it_does_not(minutes: float, live: bool) -> None:
    turns: list[str] = []
    with turning(Settings(gallery=GalleryOptions(minutes)), turns, live):
        threading.Event().wait(0.15)
    assert not turns


def test_it_can_be_stopped_and_started_again(eventually: Eventually) -> None:
    turns: list[str] = []
    with turning(Settings(gallery=GalleryOptions(1.0)), turns) as rotation:
        rotation.stop()
        rotation.stop()
        before = len(turns)
        rotation.start()
        eventually(lambda: len(turns) > before + 1)


def test_a_background_that_cannot_be_shown_does_not_end_it(eventually: Eventually) -> None:
    turns: list[str] = []

    def step() -> None:
        turns.append("!")
        raise BackgroundError("planted") if len(turns) == 1 else RuntimeError("planted")

    settings = Settings(gallery=GalleryOptions(1.0))
    rotation = Rotation(lambda: settings, lambda: True, step, 0.01)
    rotation.start()
    eventually(lambda: len(turns) > 2)
    rotation.stop()


class TestRunning:
    def app(self, folder: Path, world: FakeWorld, settings: Settings) -> App:
        settings = replace(settings, output=OutputOptions(size=SMALL))
        save(settings, folder / "settings.toml")
        return App(folder / "settings.toml", world.devices)

    def test_the_next_of_the_gallery_is_on_air_and_saved(
        self, tmp_path: Path, world: FakeWorld
    ) -> None:
        app = self.app(tmp_path, world, Settings(background=BEACH))
        app.rotate()
        assert app.settings.background == Picture(GALLERY / "bookshelf.jpg")
        assert load(tmp_path / "settings.toml").background == app.settings.background
        app.close()

    def test_it_goes_round_and_passes_over_what_is_broken(
        self, tmp_path: Path, world: FakeWorld
    ) -> None:
        user_gallery().mkdir(parents=True)
        (user_gallery() / "aa.png").write_text("no picture")
        shutil.copy(GALLERY / "beach.jpg", user_gallery() / "mine.jpg")
        last = gallery()[-1].background()
        app = self.app(tmp_path, world, Settings(background=last))
        app.rotate()
        assert app.settings.background == Picture(user_gallery() / "mine.jpg")
        app.close()

    def test_a_blur_stays_and_none_comes(self, tmp_path: Path, world: FakeWorld) -> None:
        app = self.app(tmp_path, world, Settings(background=Blur(50)))
        app.rotate()
        assert app.settings.background == Blur(50)
        app.change(lambda settings: replace(settings, background=BEACH))
        shown = set()
        for _ in range(len(gallery()) + 1):
            app.rotate()
            shown.add(app.settings.background.kind)
        assert shown == {"picture"}
        app.close()

    def test_shuffled_every_other_one_may_follow(
        self, tmp_path: Path, world: FakeWorld
    ) -> None:
        options = GalleryOptions(shuffle=True)
        app = self.app(tmp_path, world, Settings(background=BEACH, gallery=options))
        follow = set()
        for _ in range(60):
            app.change(lambda settings: replace(settings, background=BEACH))
            app.rotate()
            follow.add(app.settings.background)
        assert len(follow) > 3 and BEACH not in follow
        app.close()


@pytest.mark.parametrize("minutes", [-1.0, 0.05, 2000.0, float("nan")])
def test_what_makes_no_sense_is_refused(minutes: float) -> None:
    with pytest.raises(SettingsError, match="never"):
        GalleryOptions(minutes)
