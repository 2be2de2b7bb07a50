"""Numbered picture files, one per frame: ``frames/%06d.png``.  All appear at the end."""

import os
import re
from contextlib import suppress
from pathlib import Path

from vcam import files
from vcam.errors import OutputError, PictureError, UsageError
from vcam.frames import Alpha, Image, Size
from vcam.imaging.file_types import PICTURE_SUFFIXES
from vcam.imaging.mask_views import cut_out
from vcam.imaging.pictures import encoded
from vcam.outputs.files import check_place, check_transparent

NUMBER = re.compile(r"%0?(\d?)d")
"""Where the number stands in a name, and how many digits it has at least."""
MOST = 99_999_999


def is_series(path: Path) -> bool:
    """Whether ``path`` names numbered pictures: it has one place for a number."""
    pictures = path.suffix.lower() in PICTURE_SUFFIXES
    return pictures and len(NUMBER.findall(path.name)) == 1


class PictureSeriesOutput:
    """Writes each picture to a file of its own, numbered from 1.

    Video editors and 3D programs take such a series as a film.  The files get their names
    in :meth:`complete`, which replaces none; without it nothing is left behind.
    """

    sound_trouble = ""
    """There is no place for sound, which nobody expects in pictures."""

    def __init__(self, path: Path, size: Size, *, alpha: bool = False) -> None:
        check_place(path)
        if alpha:
            check_transparent(path)
        self._path, self._size, self._cuts_out = path, size, alpha
        self._alpha: Alpha | None = None
        self._parts: list[Path] = []
        self._done: list[Path] = []
        self.written = 0
        files.sweep(path.parent)
        self._refuse_those_that_are_there()

    @property
    def name(self) -> str:
        """The files' path, with the place for the number."""
        return str(self._path)

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    @property
    def written_size(self) -> Size:
        """The size of the files: the same."""
        return self._size

    def show_at(self, time_s: float) -> None:
        """Pictures have no times."""

    def cut_out_by(self, alpha: Alpha | None) -> None:
        """The next picture, of a person over black, is transparent where ``alpha`` is 0."""
        self._alpha = alpha

    def send(self, image: Image) -> None:
        """Write one picture."""
        alpha, self._alpha = self._alpha, None
        number = self.written + 1
        if number > MOST:
            raise OutputError(f"More than {MOST} pictures cannot be written")
        whole = cut_out(image, alpha) if self._cuts_out and alpha is not None else image
        # The number alone, so that what a killed process leaves is found by its name.
        part = files.unfinished(self._path, f"part.{number:08d}")
        self._parts.append(part)
        try:
            part.write_bytes(encoded(whole, self._path.suffix))
        except PictureError as error:
            raise OutputError(error.what, error.remedy) from error
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
                    part.replace(final)
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
                f"There are such pictures already: {str(self._path.with_name(there))!r}",
                "Remove them, or choose another name or an empty folder",
            )

    def _refused(self, path: Path, error: OSError) -> OutputError:
        return OutputError(
            f"The picture {str(path)!r} cannot be written: {error.strerror}",
            "Make room, or choose another folder",
        )
