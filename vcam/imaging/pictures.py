"""Picture files: read upright, in sRGB and whole, and written atomically.

Pillow decodes them, and only the formats of :data:`FORMATS`: those that people have, whose
beginning tells them apart.  Left out are formats whose readers start other programs or the
system's drawing code (EPS, PDF, WMF), and rare ones, whose readers few people test.
"""

import io
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

import cv2
import numpy as np

from vcam import files, installing
from vcam.errors import PictureError
from vcam.files import is_device
from vcam.frames import Image, Size
from vcam.imaging.colour import BLACK, Colour
from vcam.imaging.file_types import HEAD, is_heic, regular
from vcam.imaging.picture_colours import as_srgb
from vcam.reasons import reason
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile as Picture

FORMATS = (
    *("PNG", "JPEG", "WEBP", "GIF", "AVIF", "TIFF", "BMP", "JPEG2000", "PPM"),
    *("QOI", "ICO"),
)
"""The formats that are read, as Pillow calls them; HEIF with pillow-heif, too."""
MOVING = ("GIF", "WEBP", "PNG", "AVIF")
"""Those that may hold an animation."""
MOST_BYTES = 1 << 28
"""Most bytes of a JPEG file whose end is mended in memory."""
SHORTEST_MS, USUAL_S = 20, 0.1
"""Shortest time of an animation's picture that is believed, and the one that is taken
instead, as browsers do."""


class _Words(NamedTuple):
    """What is said of a file that should hold a picture, or a video."""

    choose_file: str
    choose_inside: str
    missing: str
    unreadable: str


_WORDS = {
    "picture": _Words(
        translatable("Choose a picture file"),
        translatable("Choose a picture in it"),
        translatable("There is no picture {path!r}"),
        translatable("The picture {path!r} may not be read: {why}"),
    ),
    "video": _Words(
        translatable("Choose a video file"),
        translatable("Choose a video in it"),
        translatable("There is no video {path!r}"),
        translatable("The video {path!r} may not be read: {why}"),
    ),
}


def check_readable(path: Path, what: Literal["picture", "video"]) -> None:
    """Raise :class:`~vcam.errors.PictureError` unless ``path`` is a file we may read.

    ``what`` is its expected content.  Devices are refused: only the camera code opens
    a camera, and a pipe would wait for its other end.
    """
    words, name = _WORDS[what], str(path)
    if is_device(path):
        raise PictureError(
            tr("{path!r} is a device, not a file", path=name), tr(words.choose_file)
        )
    try:
        if path.is_dir():
            raise PictureError(
                tr("{path!r} is a folder", path=name), tr(words.choose_inside)
            )
        path.open("rb").close()
    except FileNotFoundError as error:
        raise PictureError(
            tr(words.missing, path=name), tr("Check the path, or choose another")
        ) from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        why = reason(error)
        raise PictureError(
            tr(words.unreadable, path=name, why=why),
            tr("Check its permissions and its folder's"),
        ) from error


def load_picture(path: Path, at_least: Size | None = None, over: Colour = BLACK) -> Image:
    """Decode a picture file, upright and in sRGB, with ``over`` behind what is transparent.

    Of several pictures it is the first.  ``at_least`` allows a reduced size, but not below
    this one.  Raises :class:`~vcam.errors.PictureError` for a file that is missing, broken,
    of another kind, or larger than Pillow's limit against decompression bombs.
    """
    with _explained(path), regular(path) as file:
        try:
            return _decoded(file, path, at_least, over)
        except OSError:
            image = _without_end(file, path, at_least, over)
            if image is None:
                raise
            return image


def animation(path: Path, over: Colour = BLACK) -> Generator[tuple[Image, float]]:
    """The pictures of a GIF, WebP, PNG or AVIF file, with the seconds each is shown.

    Raises :class:`~vcam.errors.PictureError` like :func:`load_picture`.
    """
    from PIL import ImageSequence

    with _explained(path), regular(path) as file, _opened(file, path, MOVING) as pictures:
        _refuse_bombs(pictures)
        # Of some PNG files the first picture is for programs that show no animation.
        skipped = int(bool(pictures.info.get("default_image")))
        for picture in ImageSequence.Iterator(pictures):
            if skipped:
                skipped -= 1
                continue
            image = as_srgb(picture, over)
            # Known only after decoding.
            lasts_ms = float(picture.info.get("duration") or 0)
            yield image, lasts_ms / 1000 if lasts_ms >= SHORTEST_MS else USUAL_S


def _opened(file: BinaryIO, path: Path, formats: tuple[str, ...] = FORMATS) -> "Picture":
    # Named one by one: Pillow would otherwise load all of its plugins.
    from PIL import (  # noqa: F401
        AvifImagePlugin,
        IcoImagePlugin,
        Jpeg2KImagePlugin,
        QoiImagePlugin,
        TiffImagePlugin,
        WebPImagePlugin,
    )
    from PIL import Image as Pictures

    file.seek(0)
    if is_heic(file.read(HEAD)):
        _add_heic(path)
        formats = ("HEIF",)
    return Pictures.open(file, formats=formats)


def _add_heic(path: Path) -> None:
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise PictureError(
            tr(
                "{path!r} is a HEIC picture, and the library that reads them is missing",
                path=str(path),
            ),
            tr(
                "Install it: {command}",
                command=installing.typed(installing.command("install", "pillow-heif")),
            ),
        ) from error
    register_heif_opener(thumbnails=False)


def _decoded(
    file: BinaryIO, path: Path, at_least: Size | None, over: Colour = BLACK
) -> Image:
    from PIL import ImageOps

    with _opened(file, path) as picture:
        longest = max(at_least or picture.size)  # its EXIF data may turn it by 90 degrees
        picture.draft("RGB", (longest, longest))  # decodes a JPEG at a fraction of its size
        _refuse_bombs(picture)
        # It stays twice as large as needed, so that resizing it later loses no sharpness.
        smaller = min(picture.size) // (2 * longest)
        plain = picture.mode == "RGB" and not picture.has_transparency_data
        kept = picture.reduce(smaller) if smaller > 1 and plain else picture
        ImageOps.exif_transpose(kept, in_place=True)  # a copy would take 4 bytes per pixel
        return as_srgb(kept, over)


def _without_end(
    file: BinaryIO, path: Path, at_least: Size | None, over: Colour
) -> Image | None:
    """The picture of a JPEG file that lacks nothing but its end marker, or ``None``.

    Some cameras and programs leave it out.  In a file that was cut, what follows is taken
    for a part of the picture, so that opposite bits make different pictures.
    """
    file.seek(0)
    if file.read(3) != b"\xff\xd8\xff":
        return None
    file.seek(0)
    content = file.read(MOST_BYTES).rstrip(b"\xff")
    images = []
    for more in (b"\x0f" * 256, b"\xf0" * 256):
        whole = io.BytesIO(content + more + b"\xff\xd9")
        try:
            images.append(_decoded(whole, path, at_least, over))
        except OSError:
            return None
    return images[0] if np.array_equal(images[0], images[1]) else None


def _refuse_bombs(picture: "Picture") -> None:
    from PIL import Image as Pictures

    if picture.width * picture.height > (Pictures.MAX_IMAGE_PIXELS or 1 << 62):
        raise Pictures.DecompressionBombError  # Pillow itself only warns


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn Pillow's errors into :class:`~vcam.errors.PictureError` with a remedy."""
    from PIL import Image as Pictures
    from PIL import UnidentifiedImageError

    check_readable(path, "picture")
    try:
        yield
    except PictureError:
        raise
    except (
        Pictures.DecompressionBombWarning,
        Pictures.DecompressionBombError,
    ) as error:
        limit = (Pictures.MAX_IMAGE_PIXELS or 0) / 1e6
        raise PictureError(
            tr(
                "The picture {path!r} is too large: it has more than {limit} megapixels",
                path=str(path),
                limit=f"{limit:.0f}",
            ),
            tr("Scale it down; more pixels than the camera has cannot be shown"),
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(
            tr("{path!r} is not a picture that vcam can read", path=str(path)),
            tr("Choose a PNG, JPEG, WebP, AVIF or TIFF file, or convert it to one"),
        ) from error
    # Whatever is broken, Pillow's readers raise nearly anything.
    except Exception as error:
        cut = isinstance(error, EOFError) or "truncated" in str(error).lower()
        why = str(error) or type(error).__name__
        if cut:
            why = tr("a part of it is missing")
        raise PictureError(
            tr("The picture {path!r} is broken ({why})", path=str(path), why=why),
            tr("Choose another picture"),
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
            tr(
                "A picture of {size} does not fit into a {ending} file",
                size=Size.of(image),
                ending=suffix,
            ),
            tr("End the name in .png"),
        )
    return content.tobytes()


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, completely or not at all.

    Raises :class:`~vcam.errors.PictureError` if it fails.
    """
    try:
        files.write(path, content, files.USUAL)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        why = reason(error)
        raise PictureError(
            tr("The file {path!r} cannot be written: {why}", path=str(path), why=why),
            tr("Check the folder's permissions and space"),
        ) from error
