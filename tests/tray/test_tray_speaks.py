"""All that the tray says is in the user's language: menu, headline, notifications."""

import gettext
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from test_tray_menu import (
    AROUND,
    DESK,
    LID,
    SETUP,
    everything,
    find,
    menu,
)
from translation_sources import untranslated

import hatch_build
from vcam import translation
from vcam.app import App
from vcam.frames import Size
from vcam.masking.options import PRESETS, MaskOptions
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings
from vcam.sources.options import SourceOptions
from vcam.status import Hold, State, Status
from vcam.status_text import headline
from vcam.tray import action_runner, menu_items, no_tray
from vcam.tray.action_runner import ActionRunner
from vcam.tray.actions import Task
from vcam.tray.menu import CUT_OUTS, QUALITIES, SIZES
from vcam.tray.model import Entry
from vcam.tray.news import News
from vcam.tray.subprocesses import Children
from vcam.v4l2.modes import Mode

NAMES = {DESK.name, LID.name, DESK.path, LID.path, "/dev/video9", "Cam", "800x600", *SIZES}
GREY = Mode("GREY", Size(640, 360), (30.0,))
MOMENTS = [
    Status(
        state,
        shows_room=room,
        background=background,
        camera=camera,
        loading=loading,
        watchers=watchers,
        fps=25,
    )
    for state, room, background, camera, loading, watchers in product(
        *(State, (False, True), ("", "beach"), ("", "Cam"), ("", "beach")),
        *((None, (), ("zoom",), ("zoom", "obs"), ("zoom", "obs", "meet", "teams")),),
    )
]


@pytest.fixture(autouse=True)
def whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bracket that is cut off closes nothing."""
    monkeypatch.setattr(menu_items, "LONGEST", 999)
    monkeypatch.setattr(menu_items.shortened, "__defaults__", (999,))


def shown() -> Iterator[tuple[Entry, ...]]:
    """Many a menu: each entry is in one of them."""
    twins = (DESK, replace(DESK, path=LID.path, modes=(GREY,), virtual=True))
    for held, around in product(
        Hold,
        [
            *(AROUND, SETUP, replace(AROUND, cameras=())),
            replace(AROUND, cameras=twins, at_login=None),
        ],
    ):
        for camera in ("", "Cam", "presenter", "usb:9:9::00.0@1-9", "1", "/dev/video9"):
            settings = Settings(source=SourceOptions(camera))
            yield menu(settings, Status(), around, held).look.menu
    for preset, size in product(PRESETS, (Size(800, 600), *SIZES.values())):
        settings = Settings(output=OutputOptions(size=size), mask=MaskOptions(preset))
        yield menu(settings, Status(), AROUND).look.menu
    for around in (AROUND, SETUP):
        missing = Status(State.WAITING, not_set_up=True)
        yield menu(Settings(), missing, around).look.menu


def english(text: str) -> set[str]:
    """What in ``text`` is not translated, without the signs between it."""
    parts = (re.split(r" ?[·(),] ?", each) for each in untranslated(text))
    return {part for each in parts for part in each} - {""}


def test_every_line_of_the_menu(pseudo: None) -> None:
    for entries in shown():
        for path, entry in everything(entries):
            # What backgrounds are called and what the setup does is said elsewhere.
            others = path[0] == "background" and (entry.radio or len(path) == 1)
            if not others and not path[-1].startswith("step"):
                assert not english(entry.label) - NAMES, entry.label
        head = find(entries, "background").label
        assert head.startswith("⟦Background⟧"), head


def test_every_preset_has_its_words() -> None:
    assert CUT_OUTS.keys() == QUALITIES.keys() == PRESETS.keys()


def test_every_headline(pseudo: None) -> None:
    names = {"beach", "zoom", "obs"}
    for status in MOMENTS:
        said = headline(replace(status, background_title=status.background))
        assert not english(said) - names, said


def test_the_tooltip_and_the_news(pseudo: None) -> None:
    assert untranslated(menu(Settings(), Status(), AROUND).look.tooltip) == ["vcam"]
    news, live = News(), Status(State.LIVE, fps=30)
    news.of(Status(State.WAITING, "gone"), 0.0)
    assert news.of(Status(State.WAITING, "gone"), 10.0) == ("gone", "")
    news.of(live, 11.0)
    assert news.of(live, 20.0) == ("⟦All is well again⟧", "⟦Live⟧ · 30⟦ fps⟧")


@pytest.mark.parametrize("name", [*no_tray.REMEDIES, "another"])
def test_why_there_is_no_icon(
    name: str, pseudo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", name)
    for why in (no_tray.NO_WATCHER, no_tray.NO_HOST):
        assert not untranslated(no_tray.no_tray(why))
    page = no_tray.remedy_page()
    assert page is None or not untranslated(page.label)


class Desk:
    """An action runner whose programs and files are only noted."""

    def __init__(self, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: list[tuple[str, str]] = []
        self.done: Any = None
        self.runner = ActionRunner(app, lambda *note: self.told.append(note))
        monkeypatch.setattr(Children, "start", self._start)
        monkeypatch.setattr(action_runner, "show", lambda path: False)

    def _start(self, name: str, command: Any, done: Any = None, **how: Any) -> None:
        self.done = done

    def end(self, task: Task, status: int, printed: str) -> list[str]:
        """What is not translated of what ``task`` says, whose program ends so."""
        self.runner.do(task)
        if self.done is not None:
            self.done(status, printed)
        self.done = None
        said = [part for note in self.told for text in note for part in untranslated(text)]
        self.told.clear()
        return said


@pytest.fixture
def desk(app: App, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(app, monkeypatch)


def test_every_notification(desk: Desk, pseudo: None) -> None:
    assert desk.end(Task.ABOUT, 0, "") == ["vcam 0.1.0"]
    assert desk.end(Task.STUDIO, 1, "") == []
    assert desk.end(Task.PREVIEW, 1, "vcam: broken.\n") == ["broken"]
    assert desk.end(Task.EDGE_LIGHT, 1, "vcam: broken.\n") == ["broken"]
    assert desk.end(Task.SETUP, 0, "⟦Done. ⟧⟦The virtual camera is set up⟧\n") == []
    assert desk.end(Task.SETUP, 0, "⟦Done. ⟧⟦It is⟧\n\nA note\n") == ["A note"]
    assert all(text.endswith("setup.txt") for text in desk.end(Task.SETUP, 1, ""))
    said = desk.end(Task.DIAGNOSE, 1, "✓ ok\n✗ camera\nverdict\n")
    assert said[:2] == ["verdict", "✗ camera"] and said[2].endswith("diagnosis.txt")
    desk.runner._keep(["x.png"])
    desk.done(0, "beach.png\n")
    desk.done(2, "vcam: it is damaged.\n")
    assert [title for title, _ in desk.told] == ["⟦Added⟧", "⟦Not added⟧"]
    assert untranslated(desk.told[0][1]) == ["beach"]


def test_what_is_told_when_files_cannot_be_chosen(
    desk: Desk, pseudo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_to_choose_with = desk.runner._choose
    monkeypatch.setattr(
        desk.runner,
        "_choose",
        lambda chosen, without: nothing_to_choose_with(chosen, without, ()),
    )
    desk.runner.do(Task.ADD)
    (_, folder), (title, text) = desk.told
    assert not untranslated(title + text) and Path(folder).is_dir()
    desk.runner.do(Task.OVERLAY)
    title, text = desk.told[-1]
    assert untranslated(title + text) == ["vcam set overlay=FILE"]
    desk.runner.do(Task.CARD)
    title, text = desk.told[-1]
    assert untranslated(title + text) == ["vcam set pause.picture=FILE"]


def test_a_german_reads_german(monkeypatch: pytest.MonkeyPatch) -> None:
    built = hatch_build.catalogue(translation.FOLDER / "de" / "LC_MESSAGES" / "vcam.po")
    german = gettext.GNUTranslations(io.BytesIO(built))
    monkeypatch.setattr(translation, "catalogue", lambda: german)
    labels = [entry.label for entry in menu(Settings(), Status(), AROUND).look.menu]
    assert {"Vorschau …", "Beenden", "Bild", "Kamera: Erste gefundene Kamera"} <= {*labels}
