"""What can be typed after ``vcam``, as the parsers of all commands say.

Shell completion and the manual page are made from it.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from vcam.cli import COMMANDS, parser_of
from vcam.translation import tr


@dataclass(frozen=True)
class Argument:
    """An option, or what stands in its own place."""

    names: tuple[str, ...]
    """Names such as ``-b`` and ``--background``; none for a positional argument."""
    value: str
    """The name of the value, for example ``WHAT``; empty for a switch."""
    choices: tuple[str, ...]
    """The values that are allowed; empty where any is."""
    help: str


@dataclass(frozen=True)
class Command:
    """A command with all that it takes."""

    name: str
    summary: str
    description: str
    usage: str
    arguments: tuple[Argument, ...]
    epilog: str = ""

    @property
    def options(self) -> tuple[Argument, ...]:
        """The arguments that have names."""
        return tuple(each for each in self.arguments if each.names)


def commands() -> Iterator[Command]:
    """Every command, in the order of ``vcam --help``."""
    for name, summary in COMMANDS.items():
        _, parser = parser_of(name)
        yield Command(
            name,
            tr(summary),
            parser.description or "",
            _usage(parser),
            tuple(_arguments(parser)),
            parser.epilog or "",
        )


def _usage(parser: argparse.ArgumentParser) -> str:
    formatter = argparse.HelpFormatter(parser.prog)
    groups = parser._mutually_exclusive_groups
    formatter.add_usage(parser.usage, parser._actions, groups, prefix="")
    return " ".join(formatter.format_help().split())


def _arguments(parser: argparse.ArgumentParser) -> Iterator[Argument]:
    formatter = argparse.HelpFormatter(parser.prog)
    for action in parser._actions:
        choices = tuple(map(str, action.choices or ()))
        value = action.metavar or ("" if choices else action.dest.upper())
        if action.nargs == 0 or not isinstance(value, str):
            value = ""
        text = formatter._expand_help(action) if action.help else ""
        yield Argument(tuple(action.option_strings), value, choices, text)
