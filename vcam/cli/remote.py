"""What the commands for a running vcam share.  Imports nothing heavy: hotkeys use them."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from vcam.control.client import NotRunningError, ask

if TYPE_CHECKING:
    from vcam.assignments import Edit
    from vcam.settings import Settings


def change(verb: str, edit: Callable[[], "Edit"], **request: Any) -> dict[str, Any] | None:
    """Have the running vcam do it; when none runs, edit what the next one starts with.

    Returns the running vcam's answer, or ``None`` after editing the settings file.
    """
    try:
        return ask(verb, **request)
    except NotRunningError:
        pass
    from vcam.control.instance import AlreadyRunningError, exclusive
    from vcam.settings import load, save, settings_path

    try:
        with exclusive():
            path = settings_path()
            save(edit()(load(path)), path)
    except AlreadyRunningError:  # it has started in this moment
        return ask(verb, **request)
    print(f"vcam is not running; it will start with this (saved in {path}).")
    return None


def add_toggle(parser: argparse.ArgumentParser) -> None:
    """``--toggle``: one key for there and back."""
    parser.add_argument(
        "--toggle", action="store_true", help="go live again if it is so already"
    )


def step_background(verb: str, step: int) -> int:
    """Go to the background ``step`` places further, and say which one it is."""

    def edit() -> "Edit":
        from dataclasses import replace

        from vcam.backgrounds.choosing import gallery, neighbour
        from vcam.headline import background_name

        def next_one(settings: "Settings") -> "Settings":
            background = neighbour(settings.background, step, gallery())
            print(background_name(str(background)))
            return replace(settings, background=background)

        return next_one

    answer = change(verb, edit)
    if answer is not None:
        print(answer["background"])
    return 0
