"""Picture files: PNG, JPEG and WebP, read the right way up and written whole."""

import os
from pathlib import Path

import cv2
import numpy as np

from vcam.errors import PictureError
from vcam.frames import Image, Size

FORMATS = ("PNG", "JPEG", "WEBP")
SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})


def at_home(text: str) -> Path:
    """The path that the user wrote, where ``~`` is their folder."""
    # Not Path.expanduser, which raises for a user who does not exist.
    return Path(os.path.expanduser(text))  # noqa: PTH111


def there(path: Path) -> bool:
    """Whether something is at ``path``, even if we may not look at it.

    What may not be looked at fails when it is opened, and says why.
    """
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):  # also names that are too long, or none
        return False
    return True


def load_picture(path: Path, at_least: Size | None = None) -> Image:
    """Decode a PNG, JPEG or WebP file the right way up, transparency on black.

    ``at_least`` allows a JPEG to be decoded at a fraction of its size, not below this
    one.  Raises :class:`~vcam.errors.PictureError` for a file that is missing, broken,
    of another kind, or larger than Pillow's limit against decompression bombs.
    """
    from PIL import Image as Pictures
    from PIL import ImageOps, UnidentifiedImageError

    try:
        with Pictures.open(path, formats=FORMATS) as picture:
            if picture.width * picture.height > (Pictures.MAX_IMAGE_PIXELS or 1 << 62):
                raise Pictures.DecompressionBombError  # noqa: TRY301 - Pillow only warns
            if at_least is not None and picture.format == "JPEG":
                longest = max(at_least)  # the picture may yet be turned by its EXIF
                picture.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(picture)
            if upright.has_transparency_data:
                layer = upright.convert("RGBA")
                upright = Pictures.new("RGBA", layer.size, (0, 0, 0, 255))
                upright.alpha_composite(layer)
            elif upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
                # Pillow clips deep grey to 255 instead of scaling it.
                deep = np.asarray(upright, np.float32)
                upright = Pictures.fromarray((deep / 257).clip(0, 255).astype(np.uint8))
            rgb = np.asarray(upright.convert("RGB"))
    except FileNotFoundError as error:
        raise PictureError(
            f"There is no picture {str(path)!r}", "Check the path, or choose another"
        ) from error
    except IsADirectoryError as error:
        raise PictureError(
            f"{str(path)!r} is a folder", "Choose a picture in it"
        ) from error
    except PermissionError as error:
        raise PictureError(
            f"The picture {str(path)!r} may not be read", "Check its permissions"
        ) from error
    except (
        Pictures.DecompressionBombWarning,
        Pictures.DecompressionBombError,
    ) as error:
        limit = (Pictures.MAX_IMAGE_PIXELS or 0) / 1e6
        raise PictureError(
            f"The picture {str(path)!r} is too large: it has more than {limit:.0f} "
            "megapixels",
            "Scale it down: nobody sees more than the size of the camera",
        ) from error
    except UnidentifiedImageError as error:
        raise PictureError(
            f"{str(path)!r} is not a picture that vcam can read",
            f"Choose a {', '.join(FORMATS[:-1])} or {FORMATS[-1]} file",
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, Warning) as error:
        raise PictureError(
            f"The picture {str(path)!r} is broken ({error})", "Choose another"
        ) from error
    return np.ascontiguousarray(rgb[..., ::-1])


def encoded(image: Image, suffix: str) -> bytes:
    """The bytes of a picture file of the kind that ``suffix`` (``.png``, …) names.

    Raises :class:`~vcam.errors.PictureError` when that kind cannot hold the picture.
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
    """Write ``content`` to ``path``: wholly or, when that fails, not at all.

    Raises :class:`~vcam.errors.PictureError` when it fails.
    """
    part = path.with_name(f".vcam-{os.getpid()}.part")
    try:
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise PictureError(
            f"The picture {str(path)!r} cannot be written: {error.strerror}",
            "Check the folder's permissions and space",
        ) from error
