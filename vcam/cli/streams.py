"""Standard output and standard error, whatever they are connected to."""

import codecs
import errno
import io
import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

from vcam.printable import printable

COLUMNS = 80
"""Width of a terminal that does not report its width."""

READABLE = "vcam-readable"
"""Name of the way in which characters are written that an encoding lacks."""
PLAIN = {
    "→": "->",
    "▸": ">",
    "−": "-",
    "–": "-",
    "…": "...",
    "·": ".",
    "×": "x",
    "÷": "/",
    "█": "#",
    "α": "alpha",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
}
"""What stands for those in vcam's own messages; others are written out as in Python."""


def prepare() -> None:
    """Make sure that both exist and that anything can be printed on them."""
    # Without a terminal Windows and some launchers give none at all.
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the whole run
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    # Paths may have any characters, terminals may lack them; and so do files and pipes on
    # Windows, whose encoding is that of its older programs.
    codecs.register_error(READABLE, _in_its_place)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=READABLE)


def _in_its_place(error: UnicodeError) -> tuple[str, int]:
    """What is printed for a character that the encoding lacks, and where to go on."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacks = error.object[error.start]
    return PLAIN.get(lacks, ascii(lacks)[1:-1]), error.start + 1


def abandon(stream: TextIO) -> None:
    """Nothing more can be printed: what is left must not fail again at the end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def unread(error: OSError) -> bool:
    """Whether ``error`` is that nobody reads standard output any longer."""
    if isinstance(error, BrokenPipeError):
        return True
    if sys.platform != "win32" or error.errno != errno.EINVAL or error.filename is not None:
        return False
    # Windows' C library has no number of its own for a pipe whose reader has gone
    # (ERROR_NO_DATA).  What could not be written is still there, and fails again.
    try:
        sys.stdout.flush()
    except OSError as again:
        return again.errno == errno.EINVAL
    except ValueError:
        return False
    return False


def finish() -> None:
    """Print what is left, so that nothing can fail after the exit status is known."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            abandon(stream)


def at_terminal() -> bool:
    """Whether somebody may read what is said; launchers and logins give no terminal."""
    with suppress(OSError, ValueError, AttributeError):
        return sys.stdin.isatty() or sys.stderr.isatty()
    return False


def overwrite(stream: TextIO, text: str) -> None:
    """Show ``text`` in the line of the terminal that the cursor is in, as far as it fits.

    Nothing wraps, which would scroll, and no escape sequence is needed, which some
    terminals print.
    """
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        columns = 0
    room = (columns or COLUMNS) - 1  # some terminals wrap after the last column
    text = printable(text)
    stream.write(f"\r{text[:room]:<{room}}" if text else f"\r{'':<{room}}\r")
    stream.flush()


def tell(*lines: object, to: TextIO | None = None) -> None:
    """Print each of ``lines`` as one line, whatever is in it; on standard output."""
    text = "".join(f"{printable(str(line))}\n" for line in lines)
    print(text, end="", file=to, flush=True)


def labelled(rows: Mapping[str, object], gap: int = 1) -> list[str]:
    """Lines with the values below each other, ``gap`` behind the longest label.

    Those without a value are left out.
    """
    width = max(map(len, rows)) + gap
    return [f"  {label:<{width}}{value}" for label, value in rows.items() if value]


def tell_json(value: object, indent: int | None = None) -> None:
    """Print it for programs: in ASCII, so that nothing in it steers a terminal."""
    print(json.dumps(value, indent=indent), flush=True)


def say(text: str) -> None:
    """Print a line on standard error, if it can be written."""
    with suppress(OSError, ValueError):
        tell(text, to=sys.stderr)
