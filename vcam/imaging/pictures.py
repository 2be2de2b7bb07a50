"""Picture files: PNG, JPEG, WebP and GIF, read upright and written atomically."""

import struct
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vcam import files
from vcam.errors import PictureError
from vcam.files import is_device
from vcam.frames import Image, Size

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FORMATS = ("PNG", "JPEG", "WEBP")
"""The formats of still pictures, as Pillow calls them."""
BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, Warning)
"""Exceptions that Pillow raises for broken files, depending on where they are broken."""


def check_readable(path: Path, what: str) -> None:
    """Raise :class:`~vcam.errors.PictureError` unless ``path`` is a file we may read.

    ``what`` names its expected content.  Devices are refused: only the camera code opens
    a camera, and a pipe would wait for its other end.
    """
    if is_device(path):
        raise PictureError(
            f"{str(path)!r} is a device, not a file", f"Choose a {what} file"
        )
    try:
        if path.is_dir():
            raise PictureError(f"{str(path)!r} is a folder", f"Choose a {what} in it")
        path.open("rb").close()
    except FileNotFoundError as error:
        raise PictureError(
            f"There is no {what} {str(path)!r}", "Check the path, or choose another"
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        why = getattr(error, "strerror", None) or error
        raise PictureError(
            f"The {what} {str(path)!r} may not be read: {why}",
            "Check its permissions and its folder's",
        ) from error


def load_picture(path: Path, at_least: Size | None = None) -> Image:
    """Decode a PNG, JPEG or WebP file, upright, with transparency on black.

    ``at_least`` allows a reduced size, but not below this one.  Raises
    :class:`~vcam.errors.PictureError` for a file that is missing, broken, of another
    kind, or larger than Pillow's limit against decompression bombs.
    """
    from PIL import Image as Pictures
    from PIL import ImageOps

    with _explained(path), Pictures.open(path, formats=FORMATS) as picture:
        longest = max(at_least or picture.size)  # its EXIF data may turn it by 90 degrees
        picture.draft("RGB", (longest, longest))  # decodes a JPEG at a fraction of its size
        _refuse_bombs(picture)
        # It stays twice as large as needed, so that resizing it later loses no sharpness.
        smaller = min(picture.size) // (2 * longest)
        kept = picture.reduce(smaller) if smaller > 1 and picture.mode == "RGB" else picture
        ImageOps.exif_transpose(kept, in_place=True)  # a copy would take 4 bytes per pixel
        return _pixels(kept)


def animation(path: Path) -> Generator[tuple[Image, float]]:
    """The pictures of a GIF or WebP file, in order, with the seconds that each is shown.

    Raises :class:`~vcam.errors.PictureError` like :func:`load_picture`.
    """
    from PIL import Image as Pictures
    from PIL import ImageSequence

    with _explained(path), Pictures.open(path, formats=("GIF", "WEBP")) as pictures:
        _refuse_bombs(pictures)
        for picture in ImageSequence.Iterator(pictures):
            image = _pixels(picture)
            # Known only after decoding.  Like browsers, take 0 as a tenth of a second.
            lasts_ms = picture.info.get("duration", 0)
            yield image, lasts_ms / 1000 if lasts_ms >= 20 else 0.1


def _refuse_bombs(picture: "Picture") -> None:
    from PIL import Image as Pictures

    if picture.width * picture.height > (Pictures.MAX_IMAGE_PIXELS or 1 << 62):
        raise Pictures.DecompressionBombError  # Pillow itself only warns


def _pixels(picture: "Picture") -> Image:
    from PIL import Image as Pictures

    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        least, _ = picture.getchannel("A").getextrema()
        if least != 255:  # animations often have an alpha channel but no transparency
            layer, picture = picture, Pictures.new("RGBA", picture.size, (0, 0, 0, 255))
            picture.alpha_composite(layer)
    elif picture.mode.startswith("I;16") or picture.mode in ("I", "F"):
        # Pillow clips deep grey to 255 instead of scaling it.
        deep = np.asarray(picture, np.float32)
        picture = Pictures.fromarray((deep / 257).clip(0, 255).astype(np.uint8))
    rgb = np.asarray(picture if picture.mode == "RGB" else picture.convert("RGB"))
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn Pillow's errors into :class:`~vcam.errors.PictureError` with a remedy."""
    from PIL import Image as Pictures
    from PIL import UnidentifiedImageError

    check_readable(path, "picture")
    try:
        yield
    except (
        Pictures.DecompressionBombWarning,
        Pictures.DecompressionBombError,
    ) as error:
        limit = (Pictures.MAX_IMAGE_PIXELS or 0) / 1e6
        raise PictureError(
            f"The picture {str(path)!r} is too large: it has more than {limit:.0f} "
            "megapixels",
            "Scale it down; more pixels than the camera has cannot be shown",
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{str(path)!r} is not a picture that vcam can read",
            "Choose a PNG, JPEG or WebP file, or convert it to one",
        ) from error
    except BROKEN as error:
        raise PictureError(
            f"The picture {str(path)!r} is broken ({error})", "Choose another picture"
        ) from error


def encoded(image: Image, suffix: str) -> bytes:
    """The bytes of a picture file of the format that ``suffix`` (``.png``, …) names.

    Raises :class:`~vcam.errors.PictureError` if that format cannot hold the picture.
    """
    try:
        done, content = cv2.imencode(suffix, image)
    except cv2.error:
        done = False
    if not done:
        raise PictureError(
            f"A picture of {Size.of(image)} does not fit into a {suffix} file",
            "End the name in .png",
        )
    return content.tobytes()


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, completely or not at all.

    Raises :class:`~vcam.errors.PictureError` if it fails.
    """
    try:
        files.write(path, content, files.USUAL)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        why = getattr(error, "strerror", None) or error
        raise PictureError(
            f"The file {str(path)!r} cannot be written: {why}",
            "Check the folder's permissions and space",
        ) from error
