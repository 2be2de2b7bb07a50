"""The folder where commands and the running vcam meet: this user's, and nobody else's."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from vcam.errors import ControlError

VARIABLE = "VCAM_RUNTIME_DIR"
"""Environment variable that names another folder: vcams with different folders do not
know of each other."""


def runtime_folder() -> Path:
    """The folder, made if need be; only this user can look into it.

    ``$VCAM_RUNTIME_DIR``, or ``vcam`` in the session's runtime folder, or, where there is
    none, ``run`` in the folder for vcam's state.  Never in a folder that others may write
    into.  Raises :class:`~vcam.errors.ControlError` when there can be no such folder, or
    when others have access to the one that is there.
    """
    try:
        folder = _place()
    except OSError as error:  # seen from a folder that is gone
        raise ControlError(
            f"The folder that {VARIABLE} names cannot be found: {error.strerror}",
            "Write its whole path",
        ) from error
    try:
        folder.parent.mkdir(0o700, parents=True, exist_ok=True)
        folder.mkdir(0o700, exist_ok=True)
        trouble = _trouble(folder)
    except OSError as error:
        raise ControlError(
            f"The folder {str(folder)!r} cannot be made: {error.strerror}",
            f"Set {VARIABLE} to a folder of yours",
        ) from error
    if trouble:
        raise ControlError(
            f"The folder {str(folder)!r} {trouble}",
            f"Remove it, or make it yours alone: chmod 700 {str(folder)!r}",
        )
    return folder


def check_private(file: Path) -> None:
    """Raise ControlError unless ``file`` is a plain file of this user that is theirs alone.

    Raises :class:`FileNotFoundError` when there is none.
    """
    if trouble := _trouble(file, stat.S_ISREG):
        raise ControlError(f"The file {str(file)!r} {trouble}", "Remove it")


def _place() -> Path:
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    session = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(session)] if session else []
    if sys.platform.startswith("linux"):
        # Programs that start hotkeys do not always pass the variable on.
        candidates.append(Path(f"/run/user/{os.getuid()}"))
    for candidate in candidates:
        try:
            if candidate.is_absolute() and not _trouble(candidate):
                return candidate / "vcam"
        except OSError:  # it is not there
            continue
    from platformdirs import user_state_path

    return user_state_path("vcam", appauthor=False) / "run"


def _trouble(path: Path, is_kind: Callable[[int], bool] = stat.S_ISDIR) -> str:
    """What is wrong with ``path`` as a private place; raises OSError when it is missing."""
    found = path.lstat()  # a link may be anybody's
    if not is_kind(found.st_mode):
        return "is something else"
    if sys.platform == "win32":  # what is in the user's profile is theirs there
        return ""
    if found.st_uid != os.geteuid():
        return "belongs to somebody else"
    if found.st_mode & 0o077:
        return "can be used by others"
    return ""
