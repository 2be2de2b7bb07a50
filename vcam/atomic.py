"""Files that are written wholly or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write(path: Path, content: str | bytes) -> None:
    """Put ``content`` (text as UTF-8) at ``path``; a link stays a link.

    Makes the folders that are missing.  Whoever reads meanwhile gets the old content, and
    so does everybody when this fails.  Raises :class:`OSError`, or :class:`RuntimeError`
    for links that lead in a circle.
    """
    with replacing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file, open for writing, that becomes ``path`` if the block succeeds.

    Like :func:`write`, for what does not fit into memory.
    """
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named after the file: that may be as long as a name can be already.
    handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=".vcam-", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
