"""Where a file may be put, asked before the work and not after it."""

from pathlib import Path

from vcam.errors import OutputError, UsageError
from vcam.imaging.file_types import PICTURE_SUFFIXES
from vcam.reasons import reason
from vcam.translation import quoted, tr

WITH_ALPHA = frozenset({".png", ".webp"})
"""Endings of the picture files that can be transparent."""


def check_place(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when no file can be put at ``path``."""
    try:
        if path.is_dir():
            raise UsageError(
                tr("{file} is a folder", file=quoted(str(path))), tr("Name a file in it")
            )
        if not path.parent.is_dir():
            raise UsageError(
                tr("There is no folder {folder}", folder=quoted(str(path.parent))),
                tr("Make it, or choose another"),
            )
    except OSError as error:
        raise OutputError(
            tr(
                "{file} cannot be written: {reason}",
                file=quoted(str(path)),
                reason=reason(error),
            ),
            tr("Choose another place"),
        ) from error


def check_picture(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when no picture can be put at ``path``."""
    check_place(path)
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(
            tr("{file} is not the name of a picture", file=quoted(str(path))),
            tr("End it in .png"),
        )


def check_transparent(path: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when a picture there has no transparency."""
    if path.suffix.lower() not in WITH_ALPHA:
        raise UsageError(
            tr("A {kind} file cannot be transparent", kind=path.suffix),
            tr("End the name of OUT in .png"),
        )


def refuse_to_overwrite(given: Path, wanted: Path) -> None:
    """Raise :class:`~vcam.errors.UsageError` when ``wanted`` is the input ``given``."""
    try:
        same = wanted.samefile(given)
    except OSError:  # there is none; whether there can be one is seen when it is opened
        return
    if same:
        raise UsageError(
            tr("{file} is the input itself", file=quoted(str(wanted))),
            tr("Choose another name for OUT"),
        )


def make_folder(folder: Path) -> None:
    """Make ``folder`` unless it is there; raises :class:`~vcam.errors.OutputError`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            tr(
                "The folder {folder} cannot be made: {reason}",
                folder=quoted(str(folder)),
                reason=reason(error),
            ),
            tr("Choose another"),
        ) from error
