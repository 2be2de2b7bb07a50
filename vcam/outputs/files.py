"""Where a file may be put, asked before the work and not after it."""

from pathlib import Path

from vcam.errors import OutputError, UsageError
from vcam.imaging.file_types import PICTURE_SUFFIXES

WITH_ALPHA = frozenset({".png", ".webp"})
"""Endings of the picture files that can be transparent."""


def check_place(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when no file can be put at ``path``."""
    try:
        if path.is_dir():
            raise UsageError(f"{str(path)!r} is a folder", "Name a file in it")
        if not path.parent.is_dir():
            raise UsageError(
                f"There is no folder {str(path.parent)!r}", "Make it, or choose another"
            )
    except OSError as error:
        raise OutputError(
            f"{str(path)!r} cannot be written: {error.strerror}", "Choose another place"
        ) from error


def check_picture(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when no picture can be put at ``path``."""
    check_place(path)
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{str(path)!r} is not the name of a picture", "End it in .png")


def check_transparent(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when a picture there has no transparency."""
    if path.suffix.lower() not in WITH_ALPHA:
        raise UsageError(
            f"A {path.suffix} file cannot be transparent", "End the name of OUT in .png"
        )


def refuse_to_overwrite(given: Path, wanted: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when ``wanted`` is the input ``given``."""
    try:
        same = wanted.samefile(given)
    except OSError:  # there is none; whether there can be one is seen when it is opened
        return
    if same:
        raise UsageError(
            f"{str(wanted)!r} is the input itself", "Choose another name for OUT"
        )


def make_folder(folder: Path) -> None:
    """Make ``folder`` unless it is there; raises :class:`~vcam.errors.OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder {str(folder)!r} cannot be made: {error.strerror}", "Choose another"
        ) from error
