"""Standard output and standard error, whatever they are connected to."""

import io
import os
import sys
from contextlib import suppress


def prepare() -> None:
    """Make sure that both exist and that anything can be printed on them."""
    # Without a terminal Windows and some launchers give none at all.
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - for the whole run
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Paths may have any characters, terminals may lack them.
        sys.stdout.reconfigure(errors="backslashreplace")


def abandon_output() -> None:
    """Nothing more can be printed: what is left must not fail again at the end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def finish() -> None:
    """Print what is left, so that nothing can fail after the exit status is known."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        abandon_output()


def at_terminal() -> bool:
    """Whether somebody may read what is said; launchers and logins give no terminal."""
    with suppress(OSError, ValueError, AttributeError):
        return sys.stdin.isatty() or sys.stderr.isatty()
    return False


def say(text: str) -> None:
    """Print on standard error, if anybody listens."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)
