"""The folder where commands and the running vcam meet: this user's, and nobody else's."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vcam.errors import ControlError
from vcam.reasons import reason
from vcam.translation import tr, translatable

VARIABLE = "VCAM_RUNTIME_DIR"
"""Environment variable that names another folder: vcams with different folders do not
know of each other."""


class _Trouble(NamedTuple):
    """What may be wrong with a private place, for each kind of place."""

    of_folder: str
    of_file: str


SOMETHING_ELSE = _Trouble(
    translatable("The folder {path!r} is something else"),
    translatable("The file {path!r} is something else"),
)
NOT_OURS = _Trouble(
    translatable("The folder {path!r} belongs to somebody else"),
    translatable("The file {path!r} belongs to somebody else"),
)
SHARED = _Trouble(
    translatable("The folder {path!r} can be used by others"),
    translatable("The file {path!r} can be used by others"),
)


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
            tr(
                "The folder that {variable} names cannot be found: {error}",
                variable=VARIABLE,
                error=reason(error),
            ),
            tr("Write its whole path"),
        ) from error
    try:
        folder.parent.mkdir(0o700, parents=True, exist_ok=True)
        folder.mkdir(0o700, exist_ok=True)
        trouble = _trouble(folder)
    except OSError as error:
        raise ControlError(
            tr(
                "The folder {path!r} cannot be made: {error}",
                path=str(folder),
                error=reason(error),
            ),
            tr("Set {variable} to a folder of yours", variable=VARIABLE),
        ) from error
    if trouble:
        raise ControlError(
            tr(trouble.of_folder, path=str(folder)),
            tr("Remove it, or make it yours alone: chmod 700 {path!r}", path=str(folder)),
        )
    return folder


def check_private(file: Path) -> None:
    """Raise ControlError unless ``file`` is a plain file of this user that is theirs alone.

    Raises :class:`FileNotFoundError` when there is none.
    """
    if trouble := _trouble(file, stat.S_ISREG):
        raise ControlError(tr(trouble.of_file, path=str(file)), tr("Remove it"))


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


def _trouble(path: Path, is_kind: Callable[[int], bool] = stat.S_ISDIR) -> _Trouble | None:
    """What is wrong with ``path`` as a private place; raises OSError when it is missing."""
    found = path.lstat()  # a link may be anybody's
    if not is_kind(found.st_mode):
        return SOMETHING_ELSE
    if sys.platform == "win32":  # what is in the user's profile is theirs there
        return None
    if found.st_uid != os.geteuid():
        return NOT_OURS
    if found.st_mode & 0o077:
        return SHARED
    return None
