"""Paths as the user writes them, and files that are written wholly or not at all."""

import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TypeVar

PRIVATE, USUAL = 0o600, 0o666
"""Who may use the file: the user alone; or whoever the user's umask lets."""
BINARY = getattr(os, "O_BINARY", 0)
"""Windows would turn line feeds into something else."""
UNFINISHED = re.compile(
    r"\.vcam-(?P<pid>\d{1,9})\.(?:[0-9a-f]{16}\.new|part\.\w{1,8}|sound\.\w{1,8})"
    r"|\.vcam-[0-9a-f]{16}\.new"  # written by versions that left the process out
)
OLD_S = 900.0
"""Seconds after which an unfinished file without a process in its name is abandoned."""


BUSY_S, MOMENT_S, AGAIN_S = 1.0, 0.2, 0.02
"""On Windows: seconds until it is told that a file is open elsewhere and so cannot be
replaced, or read; and seconds between two tries."""
Done = TypeVar("Done")


def at_home(text: str) -> Path:
    """The path that the user wrote, where ``~`` is their folder."""
    # Not Path.expanduser, which raises for a user who does not exist.
    return Path(os.path.expanduser(text))  # noqa: PTH111


def there(path: Path) -> bool:
    """Whether something is at ``path``, even if we may not look at it.

    What may not be looked at fails when it is opened, and says why.
    """
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):  # also names that are too long, or none
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether there is a folder at ``path``; no where that cannot be found out."""
    try:
        return path.is_dir()
    except (OSError, ValueError):  # also names that are too long, or none
        return False


def is_device(path: Path) -> bool:
    """Whether ``path`` is neither a file nor a folder: a camera, a pipe, a socket."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def size_text(count: int) -> str:
    """A number of bytes, for people: ``740 kB``, ``85 MB``, ``3.2 GB``."""
    for unit, size, digits in (("GB", 1e9, 1), ("MB", 1e6, 0)):
        if count >= size:
            return f"{count / size:.{digits}f} {unit}"
    return f"{count / 1000:.0f} kB"


def settings_path() -> Path:
    """Where the settings live: the platform's configuration folder."""
    from platformdirs import user_config_path

    return user_config_path("vcam", appauthor=False) / "settings.toml"


def unfinished(path: Path, kind: str) -> Path:
    """Where a file is written that is to become ``path``: beside it, and hidden.

    ``kind`` ends the name.  What a killed process leaves there is found by :func:`sweep`.
    """
    # Not named after the file: that may be as long as a name can be already.
    return path.with_name(f".vcam-{os.getpid()}.{kind}")


def sweep(folder: Path) -> None:
    """Remove what killed processes have left unfinished in ``folder``; silent if it cannot.

    Only plain files of this user with exactly such a name, whose process is gone.  Of
    several processes with the same folder none takes another's away.
    """
    with suppress(OSError), os.scandir(folder) as found:  # it need not exist
        for each in found:
            match = UNFINISHED.fullmatch(each.name)
            with suppress(OSError):
                if (
                    match
                    and each.is_file(follow_symlinks=False)
                    and _abandoned(each, match)
                ):
                    Path(each.path).unlink()  # of a link, the link


def _abandoned(file: "os.DirEntry[str]", name: "re.Match[str]") -> bool:
    about = file.stat(follow_symlinks=False)
    if hasattr(os, "geteuid") and about.st_uid != os.geteuid():
        return False
    if name["pid"] is None:
        return time.time() - about.st_mtime > OLD_S
    import psutil  # here: seldom anything is left

    return not psutil.pid_exists(int(name["pid"]))


def write(path: Path, content: str | bytes, mode: int = PRIVATE) -> None:
    """Put ``content`` (text as UTF-8) at ``path``; a link stays a link.

    Makes the folders that are missing.  Whoever reads meanwhile gets the old content, and
    so does everybody when this fails.  Raises :class:`OSError`, or :class:`RuntimeError`
    for links that lead in a circle.
    """
    with replacing(path, mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """A new file, open for writing, that becomes ``path`` if the block succeeds.

    Like :func:`write`, for what does not fit into memory.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = unfinished(path, f"{os.urandom(8).hex()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        become(fresh, path)
    except BaseException:
        with suppress(OSError):  # what went wrong first is told
            fresh.unlink(missing_ok=True)
        raise


def become(fresh: Path, path: Path) -> None:
    """Give the finished file ``fresh`` the name ``path``, and replace what has it.

    Raises :class:`OSError`.
    """
    _when_let(lambda: fresh.replace(path), BUSY_S)


def start_of(path: Path, most: int) -> bytes:
    """The first bytes of a file that others replace, at most so many.

    Raises :class:`OSError`.
    """

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(most)

    return _when_let(read, MOMENT_S)


def _when_let(act: Callable[[], Done], within_s: float) -> Done:
    """Act, on Windows again and again while it is refused, at most for so long.

    Windows refuses to replace a file that a program has open without sharing its deletion
    (Microsoft's documentation of ``CreateFile``, ``FILE_SHARE_DELETE``): a backup, a virus
    scanner, another command that reads it.  In the moment of the replacement it refuses to
    open it.
    """
    until_s = time.monotonic() + within_s
    while True:
        try:
            return act()
        except PermissionError:
            if sys.platform != "win32" or time.monotonic() >= until_s:
                raise
            time.sleep(AGAIN_S)
