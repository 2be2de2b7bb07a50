"""Which desktop this is, and what it shows: files, folders and web pages."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

log = logging.getLogger(__name__)

OPENERS = {"darwin": "open"}
ELSEWHERE = "xdg-open"
START_S = 5.0
DETACHED = ("/bin/sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh")
"""Command that starts another one detached: the shell ends at once, and the program it has
started outlives vcam."""


def desktops() -> list[str]:
    """What this desktop is called, the closest name first, for example ubuntu and GNOME."""
    return os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")


def show(path: Path | str) -> bool:
    """Show ``path``, or the page at that address, and do not wait for it; false when this
    desktop cannot."""
    try:
        if sys.platform == "win32":
            os.startfile(path)
            return True
        opener = shutil.which(OPENERS.get(sys.platform, ELSEWHERE))
        if opener is None:
            return False
        subprocess.run(
            (*DETACHED, opener, str(path)),
            timeout=START_S,
            start_new_session=True,
            check=True,
            env=environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("%s could not be shown: %s", path, error)
        return False
    return True


def environment() -> dict[str, str]:
    """What a program of the desktop inherits.

    OpenCV, once loaded, tells Qt to take the plugins that came with OpenCV; with those no
    other Qt program starts, such as the file manager and the dialogs of KDE.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not (name.startswith("QT_QPA_") and "cv2" in value)
    }
