"""The user's folder of backgrounds: make it, watch it, add to it."""

import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from vcam import files
from vcam.backgrounds.choosing import is_file, kind_of, listed_name, of_file, user_gallery
from vcam.errors import BackgroundError, UsageError
from vcam.frames import Size
from vcam.imaging.file_types import regular
from vcam.reasons import reason
from vcam.translation import tr

SMALL = Size(64, 36)
"""Size at which it is tried whether a file can be shown."""
PIECE = 1 << 20
"""Bytes that are copied at a time."""

Copying = Callable[[Path, int, int], None]
"""Called with the file that is copied, the bytes that are done, and all of its bytes."""


def _silent(path: Path, done: int, size: int) -> None:
    pass


def made_user_gallery() -> Path:
    """The user's folder, made if it is missing.

    Raises :class:`~vcam.errors.BackgroundError` when it cannot be made.
    """
    folder = user_gallery()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackgroundError(
            tr(
                "The folder {folder!r} cannot be made: {why}",
                folder=str(folder),
                why=reason(error),
            ),
            tr("Check the permissions of the folder above it"),
        ) from error
    return folder


def add(paths: Iterable[Path], copying: Copying = _silent) -> tuple[Path, ...]:
    """Copy pictures and videos into the user's folder and return what they are there.

    A name that is taken gets a number, and one that would not be listed another one.
    ``copying`` is called again and again, and first with 0 bytes.
    Raises :class:`~vcam.errors.UsageError` when one of them cannot be shown; then none is
    copied.  Raises :class:`~vcam.errors.BackgroundError` when the folder cannot be
    written, or has no room for them.
    """
    given = tuple(paths)
    for path in given:
        _try(path)
    folder = made_user_gallery()
    files.sweep(folder)
    new = [path for path in given if not _is_there(path, folder)]
    _check_room(new, folder)
    return tuple(_copied(path, folder, copying) if path in new else path for path in given)


class Watch:
    """Tells that something was added to a folder, renamed, changed or removed.

    It has no thread: the caller polls :meth:`changed`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or user_gallery()
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether the folder is not as it was at the last call, or at the beginning."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> frozenset[tuple[str, int, int]]:
        files = set()
        with suppress(OSError), os.scandir(self._folder) as found:  # it need not exist
            for each in found:
                with suppress(OSError):  # it left just now, or is a link to nothing
                    about = each.stat()
                    files.add((each.name, about.st_mtime_ns, about.st_size))
        return frozenset(files)


def _try(path: Path) -> None:
    kind = kind_of(path)
    if kind is None and is_file(path):
        raise UsageError(
            tr(
                "{name!r} is neither a picture nor a video that vcam can read",
                name=path.name,
            ),
            tr("Choose for example a .jpg, .png, .webp, .gif, .mp4 or .webm file"),
        )
    try:
        of_file(path).open(SMALL).close()
    except BackgroundError as error:
        raise UsageError(error.what, error.remedy) from error


def _is_there(path: Path, folder: Path) -> bool:
    in_it = path.resolve().parent == folder.resolve()
    return in_it and listed_name(path) == path.name


def _check_room(paths: Iterable[Path], folder: Path) -> None:
    try:
        wanted = sum(path.stat().st_size for path in paths)
        free = shutil.disk_usage(folder).free
    except OSError:  # what is wrong is told when it is copied
        return
    if wanted > free:
        raise BackgroundError(
            tr(
                "There is no room for {wanted} in {folder!r}: {free} are free",
                wanted=files.size_text(wanted),
                folder=str(folder),
                free=files.size_text(free),
            ),
            tr("Make room, or use the file where it is: vcam set background=FILE"),
        )


def _copied(path: Path, folder: Path, copying: Copying) -> Path:
    try:
        place, number = folder / listed_name(path), 1
        stem = place.stem
        while place.exists():
            number += 1
            place = folder / f"{stem} {number}{path.suffix}"
        with regular(path) as source, files.replacing(place) as fresh:
            size, done = os.fstat(source.fileno()).st_size, 0
            copying(path, 0, size)
            while piece := source.read(PIECE):
                fresh.write(piece)
                done += len(piece)
                copying(path, done, size)
    except OSError as error:
        raise BackgroundError(
            tr(
                "{name!r} cannot be copied to {folder!r}: {why}",
                name=path.name,
                folder=str(folder),
                why=reason(error),
            ),
            tr("Check the folder's permissions and space"),
        ) from error
    return place
