"""Asks before something is changed."""

import sys
import unicodedata

from vcam.cli.streams import tell
from vcam.translation import tr


def agreed(without_terminal: str) -> bool:
    """Whether the user says yes; ``without_terminal`` is told where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        tell("", without_terminal)
        return False
    sys.stdout.flush()
    try:
        answer = input(f"\n{tr('Do this? [y/N]')} ")
    except EOFError:
        answer = ""
    if _plain(answer) in map(_plain, ("y", "yes", tr("y"), tr("yes"))):
        return True
    tell(tr("Nothing has been changed."))
    return False


def _plain(answer: str) -> str:
    """Without the accents that people leave out when they type: ``si`` for ``sí``."""
    letters = unicodedata.normalize("NFKD", answer.strip().casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))
