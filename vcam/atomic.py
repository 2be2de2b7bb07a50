"""Files that are written wholly or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE, USUAL = 0o600, 0o666
"""Who may use the file: the user alone; or whoever the user's umask lets."""
BINARY = getattr(os, "O_BINARY", 0)
"""Windows would turn line feeds into something else."""


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
    # Not named after the file: that may be as long as a name can be already.
    fresh = path.with_name(f".vcam-{os.urandom(8).hex()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
