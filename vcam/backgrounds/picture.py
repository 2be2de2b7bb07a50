"""A still picture."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from vcam.errors import BackgroundError, SettingsError
from vcam.frames import Alpha, Image, Size
from vcam.framing import FITS, fitted

FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Picture:
    """A still picture from a file."""

    kind: ClassVar[str] = "picture"
    summary: ClassVar[str] = "a picture file: PNG, JPEG or WebP"

    path: Path = Path()
    fit: str = "cover"
    """``cover`` (fill and crop), ``contain`` (bars), ``stretch`` or ``tile``."""

    def __post_init__(self) -> None:
        if self.fit not in FITS:
            raise SettingsError(
                f"A picture has no fit {self.fit!r}", f"Choose one of {', '.join(FITS)}"
            )

    def open(self, size: Size) -> "_PicturePainter":  # noqa: D102 - see the contract
        return _PicturePainter(fitted(load_picture(self.path, size), size, self.fit))

    def __str__(self) -> str:
        return str(self.path)


class _PicturePainter:
    def __init__(self, image: Image) -> None:
        self._image = image

    def paint(self, image: Image, alpha: Alpha) -> Image:
        return self._image

    def close(self) -> None:
        pass


def load_picture(path: Path, at_least: Size | None = None) -> Image:
    """Decode a PNG, JPEG or WebP file the right way up, transparency on black.

    ``at_least`` allows a JPEG to be decoded at a fraction of its size, not below this
    one.  Raises :class:`~vcam.errors.BackgroundError` for a file that is missing, broken,
    of another kind, or larger than Pillow's limit against decompression bombs.
    """
    from PIL import Image as Pictures
    from PIL import ImageOps, UnidentifiedImageError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Pictures.DecompressionBombWarning)
        try:
            with Pictures.open(path, formats=FORMATS) as picture:
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
            raise BackgroundError(
                f"There is no picture {str(path)!r}", "Check the path, or choose another"
            ) from error
        except IsADirectoryError as error:
            raise BackgroundError(
                f"{str(path)!r} is a folder", "Choose a picture in it"
            ) from error
        except PermissionError as error:
            raise BackgroundError(
                f"The picture {str(path)!r} may not be read", "Check its permissions"
            ) from error
        except (
            Pictures.DecompressionBombWarning,
            Pictures.DecompressionBombError,
        ) as error:
            limit = (Pictures.MAX_IMAGE_PIXELS or 0) / 1e6
            raise BackgroundError(
                f"The picture {str(path)!r} is too large: it has more than {limit:.0f} "
                "megapixels",
                "Scale it down: nobody sees more than the size of the camera",
            ) from error
        except UnidentifiedImageError as error:
            raise BackgroundError(
                f"{str(path)!r} is not a picture that vcam can read",
                f"Choose a {', '.join(FORMATS[:-1])} or {FORMATS[-1]} file",
            ) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise BackgroundError(
                f"The picture {str(path)!r} is broken ({error})", "Choose another"
            ) from error
    return np.ascontiguousarray(rgb[..., ::-1])
