"""A private page that the user's browser is told to open, where that browser can read it.

A browser that is a Snap, as Ubuntu's Firefox is, sees neither the runtime folder nor any
hidden one, but a folder of its own in the user's home:
https://snapcraft.io/docs/data-locations
"""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from vcam import files

ASK = "xdg-settings"
ANSWER_S = 5.0


def readable(page: Path) -> Path:
    """``page``, or a copy of it, for this user alone, where a Snap can read it."""
    if (folder := _folder_of_snap()) is None:
        return page
    copy = folder / _named(page)
    try:
        files.write(copy, page.read_bytes())
    except OSError:
        return page
    return copy


def forget(page: Path) -> None:
    """Remove ``page`` and its copies, as far as they are there."""
    for each in (page, *(_home() / "snap").glob(f"*/common/{_named(page)}")):
        with contextlib.suppress(OSError):
            each.unlink()


def _named(page: Path) -> str:
    return f"vcam-{page.name}"


def _home() -> Path:
    return Path(os.environ.get("HOME") or "/")  # not every user has a name, for Path.home


def _folder_of_snap() -> Path | None:
    """The folder of the user's browser if that is a Snap."""
    program = shutil.which(ASK) if sys.platform.startswith("linux") else None
    if program is None:
        return None
    try:
        done = subprocess.run(
            (program, "get", "default-web-browser"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Menu entries of Snaps are called SNAP_PROGRAM.desktop.
    snap, is_snap, _ = done.stdout.strip().partition("_")
    folder = _home() / "snap" / snap / "common"
    return folder if is_snap and "/" not in snap and folder.is_dir() else None
