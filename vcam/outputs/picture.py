"""A picture file.  It appears under its name only when it is complete."""

from pathlib import Path

from vcam.errors import OutputError, PictureError
from vcam.frames import Alpha, Image, Size
from vcam.imaging.mask_views import cut_out
from vcam.imaging.pictures import encoded, write_atomically
from vcam.outputs.files import check_place, check_transparent


class StillOutput:
    """What outputs into picture files have in common: neither times nor sound."""

    sound_trouble = ""
    """There is no place for sound, which nobody expects in pictures."""

    def __init__(self, path: Path, size: Size, alpha: bool) -> None:
        check_place(path)
        if alpha:
            check_transparent(path)
        self._path, self._size, self._cuts_out = path, size, alpha
        self._alpha: Alpha | None = None

    @property
    def name(self) -> str:
        """The path of the file, or of numbered ones, with the place for the number."""
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

    def _content(self, image: Image) -> bytes:
        """The bytes of the file of one picture; raises OutputError."""
        alpha, self._alpha = self._alpha, None
        whole = cut_out(image, alpha) if self._cuts_out and alpha is not None else image
        try:
            return encoded(whole, self._path.suffix)
        except PictureError as error:
            raise OutputError(error.what, error.remedy) from error


class PictureFileOutput(StillOutput):
    """Writes the last picture it was sent to ``path`` (PNG, JPEG or WebP by its suffix).

    Without :meth:`complete` nothing is written.
    """

    def __init__(self, path: Path, size: Size, *, alpha: bool = False) -> None:
        super().__init__(path, size, alpha)
        self._encoded = b""

    def send(self, image: Image) -> None:
        """Take one picture instead of the one before."""
        self._encoded = self._content(image)

    def complete(self, lasts_s: float = 0.0) -> None:
        """Write the file, wholly or not at all."""
        try:
            write_atomically(self._path, self._encoded)
        except PictureError as error:
            raise OutputError(error.what, error.remedy) from error

    def close(self) -> None:
        """Nothing to release."""
