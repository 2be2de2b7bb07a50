"""What the commands for a running vcam share.  Imports nothing heavy: hotkeys use them."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.cli.streams import tell
from vcam.control.client import NotRunningError, ask

if TYPE_CHECKING:
    from vcam.settings import Settings
    from vcam.settings.edits import Edit

STARTING_S = 10.0
"""From the lock to the first command that is answered, on a slow disk."""


def change(
    verb: str, edit: Callable[[], "Edit"], settings: Path | None, **request: Any
) -> dict[str, Any] | None:
    """Have the running vcam do it; when none runs, edit what the next one starts with.

    That is ``settings``, by default the user's.  Returns the running vcam's answer, or
    ``None`` after editing the file.
    """
    until_s = time.monotonic() + STARTING_S
    while True:
        try:
            return ask(verb, **request)
        except NotRunningError:
            pass
        from vcam.control.instance import AlreadyRunningError, exclusive
        from vcam.settings import load, save, settings_path

        path = settings or settings_path()
        try:
            with exclusive():
                save(edit()(load(path)), path)
        except AlreadyRunningError:  # one that starts will listen soon
            if time.monotonic() > until_s:
                raise
        else:
            tell(f"vcam is not running; it will start with this (saved in {path}).")
            return None


def add_settings(parser: argparse.ArgumentParser) -> None:
    """``--settings``: for who has several."""
    parser.add_argument(
        "--settings",
        type=Path,
        metavar="FILE",
        help="what is edited when no vcam runs (default: your settings)",
    )


def add_toggle(parser: argparse.ArgumentParser) -> None:
    """``--toggle``: one key for there and back."""
    parser.add_argument(
        "--toggle", action="store_true", help="go live again if it is so already"
    )


def step_background(verb: str, step: int, settings: Path | None) -> int:
    """Go to the background ``step`` places further, and say which one it is."""
    chosen: list[str] = []

    def edit() -> "Edit":
        from dataclasses import replace

        from vcam.backgrounds.choosing import gallery, neighbour

        def next_one(settings: "Settings") -> "Settings":
            background = neighbour(settings.background, step, gallery())
            chosen.append(background.title)
            return replace(settings, background=background)

        return next_one

    answer = change(verb, edit, settings)
    tell(chosen[-1] if answer is None else answer["background"])
    return 0
