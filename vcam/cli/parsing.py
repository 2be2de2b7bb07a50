"""The parser of a command's arguments: argparse, in the user's language.

argparse asks the default domain of `gettext` for its messages, and finds the language by
rules that are not quite ours.  :func:`translate_argparse` lets it ask our catalogue, in
the process of the command line only: the library leaves argparse to the program that uses
it.
"""

import argparse
import re
import sys
from difflib import get_close_matches
from typing import NoReturn

from vcam import translation
from vcam.errors import UsageError
from vcam.translation import tr

ARGUMENT, UNKNOWN = "argument %(argument_name)s: %(message)s", "unrecognized arguments: %s"
"""Messages of argparse whose beginnings are looked for."""


class Parser(argparse.ArgumentParser):
    """Reports a mistake like every other error: in one line, without the whole usage."""

    interleaved = False
    """Whether an option may stand between two positional arguments that may be left out."""

    def parse(self, words: list[str]) -> argparse.Namespace:
        """What was typed; what follows ``--`` is no option."""
        if self.interleaved and "--" not in words:
            if sys.version_info < (3, 14):
                # It would cut off as many letters as "usage: " has, in any language.
                self.usage = self.format_usage().removeprefix(_said("usage: "))
            return self.parse_intermixed_args(words)
        return self.parse_args(words)

    def error(self, message: str) -> NoReturn:
        """Raise :class:`~vcam.errors.UsageError` for what argparse found wrong."""
        what = message.removeprefix(_beginning(ARGUMENT))
        unknown = re.match(rf"{re.escape(_beginning(UNKNOWN))}(--[\w-]+)", message)
        known = re.findall(r"--[\w-]+", self.format_help())
        close: list[str] = []
        if unknown and unknown[1] not in known:
            close = get_close_matches(unknown[1], known, n=1)
        meant = (
            tr("Did you mean {name}?", name=close[0])
            if close
            else tr("See `{command}`", command=f"{self.prog} --help")
        )
        raise UsageError(what[:1].upper() + what[1:], meant)


def described(text: str) -> str:
    """The description of a command, from its docstring: paragraphs without line breaks.

    In this form the catalogues have it.
    """
    paragraphs = (" ".join(each.split()) for each in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs))


def translate_argparse() -> None:
    """Let argparse say what it says in the user's language."""
    vars(argparse).update(_=_said, ngettext=_counted)


def _said(text: str) -> str:
    return translation.catalogue().gettext(text)


def _counted(one: str, many: str, count: int) -> str:
    return translation.catalogue().ngettext(one, many, count)


def _beginning(text: str) -> str:
    """What stands before the first value of a message of argparse."""
    return _said(text).partition("%")[0]
