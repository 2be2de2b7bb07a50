"""The manual page, written by ``python -m vcam.cli.manual`` when a wheel is built."""

import sys
import textwrap

from vcam import __version__
from vcam.cli import VERBOSE
from vcam.cli.grammar import Argument, Command, commands
from vcam.files import settings_path
from vcam.translation import english

LONGEST_LINE = 72
"""Most characters of a line of the page's source, besides the command that begins it."""
SETTINGS = "~/.config/vcam/settings.toml"
"""Path of the settings on Linux, whatever system builds the page."""
INTRODUCTION = """\
vcam puts you on another background in a virtual camera that call programs list beside the
real ones. It runs on this machine alone. If anything fails, viewers see a card and never
the room."""


def page() -> str:
    """The text of the page, in the man macros."""
    lines = [
        f'.TH VCAM 1 "" "vcam {__version__}" "User Commands"',
        ".SH NAME",
        r"vcam \- a private, light virtual-background camera",
        ".SH SYNOPSIS",
        ".B vcam",
        ".br",
        r".B vcam \fICOMMAND\fR [\fIARGUMENTS\fR]",
        ".SH DESCRIPTION",
        _text(INTRODUCTION),
        ".PP",
        r"Without a command it is \fBvcam tray\fR. Every command takes",
        r"\fB\-\-verbose\fR (\fB\-v\fR), which logs what happens inside, and",
        r"\fB\-\-help\fR (\fB\-h\fR).",
        ".SH COMMANDS",
    ]
    with english():  # it is built once for everybody
        for command in commands():
            lines += _command(command)
    lines += [
        ".SH EXIT STATUS",
        "0: done. 1: it did not work. 2: wrong use.",
        ".SH FILES",
        ".TP",
        f".I {_text(SETTINGS)}",
        "The settings. vcam changes values there and keeps your comments.",
        ".TP",
        f".I {_text('~/.local/share/vcam/backgrounds')}",
        "Pictures and videos of your own, which can be chosen by their names.",
    ]
    return "\n".join(lines) + "\n"


def _command(command: Command) -> list[str]:
    lines = [f".SS {_text(command.name)}", rf"\fB{_text(command.usage)}\fR"]
    for paragraph in command.description.split("\n\n"):
        lines += [".PP", _text(paragraph)]
    for argument in command.arguments:
        if not {"--help", *VERBOSE} & set(argument.names):
            lines += [".TP", _label(argument), _text(argument.help)]
    if command.epilog:
        lines += [".PP", ".nf", *map(_escaped, command.epilog.splitlines()), ".fi"]
    return lines


def _label(argument: Argument) -> str:
    value = argument.value or "|".join(argument.choices)
    words = [rf"\fB{_escaped(name)}\fR" for name in argument.names]
    return " ".join(
        [", ".join(words), *[rf"\fI{_escaped(value)}\fR"] * bool(value)]
    ).strip()


def _text(text: str) -> str:
    """``text`` as a paragraph, in lines of the usual length."""
    text = " ".join(text.replace(str(settings_path()), SETTINGS).split())
    lines = textwrap.wrap(
        _signs(text), LONGEST_LINE, break_on_hyphens=False, break_long_words=False
    )
    return "\n".join(map(_begun, lines))


def _escaped(line: str) -> str:
    """``line`` without anything that means something to roff."""
    return _begun(_signs(line))


def _begun(line: str) -> str:
    """``line`` that is no command of roff."""
    return rf"\&{line}" if line[:1] == "." else line


def _signs(text: str) -> str:
    """``text`` without signs that mean something to roff."""
    named = {
        "\\": r"\e",
        "-": r"\-",
        "'": r"\(aq",
        "~": r"\(ti",
        "^": r"\(ha",
        "`": r"\(ga",
    }
    return "".join(named.get(c, c if c.isascii() else f"\\[u{ord(c):04X}]") for c in text)


if __name__ == "__main__":
    # The same page on every system that builds.
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(page())
