"""A line of the menu together with what a click on it asks for."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from vcam.printable import printable
from vcam.translation import tr
from vcam.tray.actions import Action, Task
from vcam.tray.model import Entry
from vcam.verbs import Verb

FOLDERS = re.compile(r"(['\"])(?!/dev/)(?:/|~|\w:)[^'\"]*[/\\](?=[^'\"/\\]+\1)")
"""The folders of a path in quotes."""
LONGEST = 44
"""Characters of a label; a longer name loses its middle."""


@dataclass(frozen=True)
class Line:
    """An entry, and what happens when it is clicked."""

    entry: Entry
    action: Action | None = None
    lines: "tuple[Line, ...] | None" = None

    @property
    def shown(self) -> Entry:
        """What a tray shows of it."""
        if self.lines is None:
            return self.entry
        return replace(self.entry, children=tuple(line.shown for line in self.lines))

    def actions(self, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Action]]:
        """All actions in and below it, with their paths, which begin with ``above``."""
        path = (*above, self.entry.key or self.entry.label)
        if self.action is not None:
            yield path, self.action
        for line in self.lines or ():
            yield from line.actions(path)


SEPARATOR = Line(Entry("", separator=True))


def submenu(key: str, label: str, lines: Iterable[Line], value: str = "") -> Line:
    """A line that opens others, with the chosen value.

    Those open no further ones: GNOME shows a submenu in a submenu empty where the screen is
    small.
    """
    shown = shortened(tr("{label}: {value}", label=label, value=value)) if value else label
    return Line(Entry(shown, key=key), lines=tuple(lines))


def marked(lines: Iterable[Line]) -> str:
    """The label of the one that is chosen among radios; empty when none is."""
    entries = (line.entry for line in lines)
    return next((each.label for each in entries if each.radio and each.checked), "")


def said(key: str, text: str) -> Iterator[Line]:
    """``text`` in one or two lines, which cannot be clicked."""
    lines = textwrap.wrap(printable(text), LONGEST, max_lines=2, placeholder="…")
    for number, line in enumerate(lines):
        yield Line(Entry(line, key=f"{key} {number}" if number else key, enabled=False))


def command(verb: Verb) -> Line:
    """A line that does what the command of the same name does."""
    return Line(Entry(tr(verb.label), key=verb.name), verb)


def task(label: str, task: Task) -> Line:
    """A line for something that the tray does itself."""
    return Line(Entry(label, key=task.value), task)


def check(key: str, label: str, on: bool, action: Action) -> Line:
    """A line that is on or off."""
    return Line(Entry(label, key=key, checked=on), action)


def radio(key: str, label: str, on: bool, action: Action) -> Line:
    """One of several lines, of which one is on."""
    return Line(Entry(shortened(label), key=key, checked=on, radio=True), action)


def without_folders(text: str) -> str:
    """``text`` with the names of files instead of their paths; devices keep theirs."""
    return FOLDERS.sub(r"\1", text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """``text``, or its beginning and its end with an ellipsis between them."""
    text = " ".join(printable(text).split())
    if len(text) <= longest:
        return text
    end = (longest - 1) // 3
    return f"{text[: longest - 1 - end].rstrip()}…{text[-end:].lstrip()}"
