"""Asks before something is changed."""

import sys

from vcam.cli.streams import tell


def agreed(without_terminal: str) -> bool:
    """Whether the user says yes; ``without_terminal`` is told where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        tell("", without_terminal)
        return False
    sys.stdout.flush()
    try:
        answer = input("\nDo this? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() in ("y", "yes"):
        return True
    tell("Nothing has been changed.")
    return False
