"""What a click in the menu asks for, as plain values; the front end executes them."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from vcam.settings import Settings
from vcam.verbs import Verb


@dataclass(frozen=True)
class Change:
    """Settings with one part, or one option of a part, replaced."""

    part: str
    """A field of :class:`~vcam.settings.Settings`."""
    value: Any
    option: str = ""
    """A field of that part; empty means all of the part."""

    def __call__(self, settings: Settings) -> Settings:
        """The edit, as :meth:`~vcam.app.App.change` takes it."""
        value = self.value
        if self.option:
            value = replace(getattr(settings, self.part), **{self.option: value})
        return replace(settings, **{self.part: value})


class Task(Enum):
    """What the tray does itself; nothing about the running camera changes."""

    ADD = "add"
    FOLDER = "folder"
    STUDIO = "studio"
    PREVIEW = "preview"
    OVERLAY = "choose-overlay"
    EDGE_LIGHT = "edge-light"
    CARD = "choose-card"
    SERVED = "served"
    WELCOME = "welcome"
    DIAGNOSE = "diagnose"
    SETUP = "setup"
    SETUP_COMMANDS = "commands"
    ABOUT = "about"


@dataclass(frozen=True)
class StartAtLogin:
    """Switch start at login on or off."""

    on: bool


@dataclass(frozen=True)
class Break:
    """Be right back, in so many minutes."""

    minutes: float


Action = Change | Verb | Task | StartAtLogin | Break
