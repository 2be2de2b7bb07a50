"""A picture file.  It appears under its name only when it is complete."""

from pathlib import Path

from vcam.errors import OutputError, PictureError
from vcam.frames import Image, Size
from vcam.imaging.pictures import encoded, write_atomically
from vcam.outputs.files import check_place


class PictureFileOutput:
    """Writes the last picture it was sent to ``path`` (PNG, JPEG or WebP by its suffix).

    Without :meth:`complete` nothing is written.
    """

    def __init__(self, path: Path, size: Size) -> None:
        check_place(path)
        self._path, self._size = path, size
        self._encoded = b""

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path)

    @property
    def size(self) -> Size:
        """The size of the pictures it takes."""
        return self._size

    def send(self, image: Image) -> None:
        """Take one picture instead of the one before."""
        try:
            self._encoded = encoded(image, self._path.suffix)
        except PictureError as error:
            raise OutputError(error.what, error.remedy) from error

    def complete(self) -> None:
        """Write the file, wholly or not at all."""
        try:
            write_atomically(self._path, self._encoded)
        except PictureError as error:
            raise OutputError(error.what, error.remedy) from error

    def close(self) -> None:
        """Nothing to release."""
