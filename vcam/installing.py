"""The command that installs packages into the environment that vcam runs in.

``pip`` alone would be another Python's for whoever has installed vcam with pipx or uv; and
in the environments that uv makes, for pipx, too, there is no pip at all.
"""

import importlib.util
import sys
from pathlib import Path

PIP = ("-P", "-m", "pip")
"""Arguments that make an interpreter run its pip, and nothing of the current folder."""
STUDIO = "vcam-background[studio]"
"""The package with what the studio and figures need."""
PLAIN = frozenset("-_./:\\~+,@")
"""What needs no quotation marks in any shell, beside letters and digits."""


def command(
    verb: str, *words: str, python: str = sys.executable, pip: bool | None = None
) -> tuple[str, ...]:
    """``pip VERB WORDS…`` for the environment of ``python``, with uv where only that can.

    ``pip`` says whether that environment has pip; None: look, in this one.
    """
    if pip is None:
        pip = importlib.util.find_spec("pip") is not None
    if pip or not _made_by_uv(python):
        yes = ("-y",) if verb == "uninstall" else ()
        return (python, *PIP, verb, *yes, *words)
    return ("uv", "pip", verb, "--python", python, *words)


def typed(words: tuple[str, ...]) -> str:
    """The command as people type it; double quotes are understood by every shell."""
    return " ".join(
        word if all(each.isalnum() or each in PLAIN for each in word) else f'"{word}"'
        for word in words
    )


def _made_by_uv(python: str) -> bool:
    try:
        text = Path(python).parents[1].joinpath("pyvenv.cfg").read_text("utf-8", "replace")
    except (OSError, IndexError):
        return False
    return any(line.partition("=")[0].strip() == "uv" for line in text.splitlines())
