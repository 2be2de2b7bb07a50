"""Commands for a running vcam.  Imports nothing heavy: hotkeys use them."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.cli.streams import say, tell
from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError
from vcam.translation import tr
from vcam.verbs import Verb

if TYPE_CHECKING:
    from vcam.settings.edits import Edit

STARTING_S = 10.0
"""Seconds from the lock to the first command that is answered, on a slow disk."""
ENDING_S = 20.0
"""Seconds that ``vcam quit`` waits: longer than vcam waits for a driver that hangs."""
CHECK_S = 0.05
"""Seconds between two checks whether vcam has ended."""


class VerbCommand:
    """The command of a row of :data:`~vcam.verbs.VERBS`; takes the place of a module."""

    def __init__(self, verb: Verb) -> None:
        self.__doc__ = verb.description
        self._verb = verb

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        if self._verb.edit is not None:
            add_settings(parser)
        if argument := self._verb.argument:
            parser.add_argument(
                argument.name, nargs="?", metavar=tr(argument.shown), help=tr(argument.help)
            )
        if self._verb.toggles:
            parser.add_argument(
                "--toggle",
                action="store_true",
                help=tr("go live again if it is so already"),
            )

    def run(self, arguments: argparse.Namespace) -> int:
        """Ask the running vcam, or edit the settings file where the verb can."""
        verb = self._verb
        if verb.edit is not None:
            edit = verb.edit
            answer = change(
                verb.name,
                lambda: lambda settings: edit(settings, _pass_over),
                arguments.settings,
            )
            for each in answer.get("passed", ()):
                _pass_over(each)
            tell(answer["background"])
        elif verb.toggles:
            ask(verb.name, toggle=arguments.toggle, **_given(verb, arguments))
        else:
            answer = ask(verb.name)
            if verb.ends:
                _wait_for_the_end(answer["pid"])
        return 0


def _given(verb: Verb, arguments: argparse.Namespace) -> dict[str, Any]:
    argument = verb.argument
    if argument is None or (typed := getattr(arguments, argument.name)) is None:
        return {}
    return {argument.name: argument.read(typed)}


def _pass_over(why: str) -> None:
    say(f"vcam: {tr('passed over: {reason}', reason=why)}")


def change(
    verb: str, edit: Callable[[], "Edit"], settings: Path | None, **request: Any
) -> dict[str, Any]:
    """Have the running vcam do it; when none runs, edit what the next one starts with.

    That is ``settings``, by default the user's.  Returns the running vcam's answer, or,
    after editing the file, the name of the background in it.
    """
    until_s = time.monotonic() + STARTING_S
    while True:
        try:
            return ask(verb, **request)
        except NotRunningError:
            pass
        from vcam.control.instance import AlreadyRunningError, exclusive
        from vcam.files import settings_path
        from vcam.settings import load, save

        path = settings or settings_path()
        try:
            with exclusive():
                changed = edit()(load(path))
                save(changed, path)
        except AlreadyRunningError:  # one that starts will listen soon
            if time.monotonic() > until_s:
                raise
        else:
            tell(
                tr(
                    "vcam is not running; it will start with this (saved in {path}).",
                    path=path,
                )
            )
            return {"background": changed.background.title}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """``--settings``: for who has several."""
    parser.add_argument(
        "--settings",
        type=Path,
        metavar=tr("FILE"),
        help=tr("what is edited when no vcam runs (default: your settings)"),
    )


def _wait_for_the_end(pid: int) -> None:
    until_s = time.monotonic() + ENDING_S
    try:
        while ask("status")["pid"] == pid:
            if time.monotonic() > until_s:
                raise ControlError(
                    tr("vcam (process {pid}) does not end", pid=pid),
                    tr("End the process"),
                )
            time.sleep(CHECK_S)
    except NotRunningError:
        pass
