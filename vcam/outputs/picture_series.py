"""Numbered picture files, one per frame: ``frames/%06d.png``.  All appear at the end."""

import os
import re
from contextlib import suppress
from pathlib import Path

from vcam import files
from vcam.errors import OutputError, UsageError
from vcam.frames import Image, Size
from vcam.imaging.file_types import PICTURE_SUFFIXES
from vcam.outputs.picture import StillOutput
from vcam.reasons import reason
from vcam.translation import quoted, tr, tr_count

NUMBER = re.compile(r"%0?(\d?)d")
"""Where the number stands in a name, and how many digits it has at least."""
MOST = 99_999_999


def is_series(path: Path) -> bool:
    """Whether ``path`` names numbered pictures: it has one place for a number."""
    pictures = path.suffix.lower() in PICTURE_SUFFIXES
    return pictures and len(NUMBER.findall(path.name)) == 1


class PictureSeriesOutput(StillOutput):
    """Writes each picture to a file of its own, numbered from 1.

    Video editors and 3D programs take such a series as a film.  The files get their names
    in :meth:`complete`, which replaces none; without it nothing is left behind.
    """

    def __init__(self, path: Path, size: Size, *, alpha: bool = False) -> None:
        super().__init__(path, size, alpha)
        self._parts: list[Path] = []
        self._done: list[Path] = []
        self.written = 0
        files.sweep(path.parent)
        self._refuse_those_that_are_there()

    def send(self, image: Image) -> None:
        """Write one picture."""
        number = self.written + 1
        if number > MOST:
            raise OutputError(
                tr_count(
                    "More than {count} picture cannot be written",
                    "More than {count} pictures cannot be written",
                    MOST,
                )
            )
        content = self._content(image)
        # The number alone, so that what a killed process leaves is found by its name.
        part = files.unfinished(self._path, f"part.{number:08d}")
        self._parts.append(part)
        try:
            part.write_bytes(content)
        except OSError as error:
            raise self._refused(part, error) from error
        self.written = number

    def complete(self, lasts_s: float = 0.0) -> None:
        """All pictures are there: give them their names."""
        self._refuse_those_that_are_there()
        for number, part in enumerate(self._parts, 1):
            final = self._numbered(number)
            try:
                os.link(part, final)  # unlike a new name for it, this replaces nothing
                self._done.append(final)
            except FileExistsError as error:
                raise self._refused(final, error) from error
            except OSError:  # some disks have no links
                try:
                    files.become(part, final)
                except OSError as error:
                    raise self._refused(final, error) from error
                self._done.append(final)
        self._done.clear()

    def close(self) -> None:
        """Remove what is not complete."""
        for each in (*self._done, *self._parts):
            with suppress(OSError):
                each.unlink(missing_ok=True)

    def _numbered(self, number: int) -> Path:
        def digits(found: re.Match[str]) -> str:
            return str(number).rjust(int(found[1] or 0), "0")

        return self._path.with_name(NUMBER.sub(digits, self._path.name))

    def _refuse_those_that_are_there(self) -> None:
        before, after = NUMBER.sub("%", self._path.name).split("%")
        ours = re.compile(f"{re.escape(before)}\\d+{re.escape(after)}")
        names = (each.name for each in self._path.parent.iterdir())
        there = next(filter(ours.fullmatch, names), None)
        if there is not None:
            raise UsageError(
                tr(
                    "There are such pictures already: {file}",
                    file=quoted(str(self._path.with_name(there))),
                ),
                tr("Remove them, or choose another name or an empty folder"),
            )

    def _refused(self, path: Path, error: OSError) -> OutputError:
        return OutputError(
            tr(
                "The picture {file} cannot be written: {reason}",
                file=quoted(str(path)),
                reason=reason(error),
            ),
            tr("Make room, or choose another folder"),
        )
