"""Decoded pictures of every depth and colour space as 8-bit sRGB."""

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vcam.frames import Image
from vcam.imaging.colour import BLACK, Colour

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from PIL.ImageCms import ImageCmsTransform

INVISIBLE = 1
"""Levels that a colour profile must change, for any colour, to be applied."""
SPACES = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK", "Lab ": "LAB"}
"""Pillow's mode for each colour space of a profile."""


def as_srgb(picture: "Picture", over: Colour = BLACK) -> Image:
    """The pixels in BGR, ``over`` showing through what is transparent.

    A colour profile that is broken, or that belongs to another kind of picture, counts as
    none.
    """
    from PIL import Image as Pictures

    colours, alpha = _eight_bits(picture)
    profile = picture.info.get("icc_profile")
    rgb = _to_srgb(colours, profile if isinstance(profile, bytes) else b"")
    if not profile and "srgb" not in picture.info:
        rgb = _with_gamma(rgb, picture.info.get("gamma"))
    # Animations often have an alpha channel but no transparency.
    if alpha is not None and alpha.getextrema() != (255, 255):
        below = Pictures.new("RGB", rgb.size, over[::-1])
        rgb = Pictures.composite(rgb, below, alpha)
    return np.asarray(cv2.cvtColor(np.asarray(rgb), cv2.COLOR_RGB2BGR), np.uint8)


def _eight_bits(picture: "Picture") -> "tuple[Picture, Picture | None]":
    """The colours in a mode of 8 bits without alpha, and the alpha, if there is any."""
    if picture.mode.startswith("I") or picture.mode == "F":
        return _shallow(picture)
    if picture.has_transparency_data:
        grey = picture.mode in ("L", "LA", "La")
        # Premultiplied modes have one conversion each.
        straight = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)
        whole = picture.convert(straight or ("LA" if grey else "RGBA"))
        return whole.convert("L" if grey else "RGB"), whole.getchannel("A")
    if picture.mode == "1":
        return picture.convert("L"), None
    if picture.mode in SPACES.values():
        return picture, None
    return picture.convert("RGB"), None


def _shallow(picture: "Picture") -> "tuple[Picture, Picture | None]":
    """Grey of 16 or 32 bits, or of floating point, which Pillow itself would clip."""
    from PIL import Image as Pictures

    deep = np.asarray(picture)
    most = float(np.nanmax(deep, initial=0.0))
    if picture.mode == "F" and most <= 1:
        full = 1.0
    elif picture.mode == "F" and most <= 255:
        full = 255.0
    else:
        full = 65535.0 if most <= 65535 and deep.min(initial=0) >= 0 else 2.0**32 - 1
    if full > 65535:  # Pillow takes 32 bits without a sign for bits with one
        deep = deep.view(np.uint32) if deep.dtype == np.int32 else deep
    scaled = np.nan_to_num(deep.astype(np.float64) * (255 / full))
    grey = Pictures.fromarray(np.rint(scaled).clip(0, 255).astype(np.uint8))
    hidden = picture.info.get("transparency")
    if not isinstance(hidden, int):
        return grey, None
    return grey, Pictures.fromarray(np.where(deep == hidden, 0, 255).astype(np.uint8))


def _to_srgb(picture: "Picture", profile: bytes) -> "Picture":
    transform, mode = _transform(profile, picture.mode)
    if transform is not None:
        if picture.mode != mode:
            picture = picture.convert(mode)
        return transform.apply(picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _with_gamma(rgb: "Picture", gamma: object) -> "Picture":
    """Undo the exponent that a PNG file was saved with, if it is not that of screens."""
    if (
        not isinstance(gamma, float)
        or not 0.1 <= gamma <= 10
        or abs(gamma - 1 / 2.2) < 0.02
    ):
        return rgb
    light = np.linspace(0, 1, 256) ** (1 / gamma)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return rgb.point(np.rint(coded * 255).astype(int).tolist() * 3)


@lru_cache(maxsize=8)
def _transform(profile: bytes, mode: str) -> "tuple[ImageCmsTransform | None, str]":
    """What turns pictures of ``mode`` into sRGB, if need be, and the mode it takes."""
    from PIL import ImageCms

    if not profile and mode != "LAB":
        return None, mode
    try:
        if profile:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            takes = SPACES.get(given.profile.xcolor_space, "")
        else:
            given = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
            takes = "LAB"
        # Grey is often saved with the profile of colours; else both must be the same.
        if takes != mode and (mode, takes) != ("L", "RGB"):
            return None, mode
        transform = ImageCms.buildTransform(
            given,
            ImageCms.createProfile("sRGB"),
            takes,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        if takes in ("L", "RGB") and not _is_visible(transform, takes):
            return None, mode
    except (ImportError, OSError, ValueError, TypeError, ImageCms.PyCMSError):
        return None, mode
    return transform, takes


def _is_visible(transform: "ImageCmsTransform", mode: str) -> bool:
    """Whether it changes colours; most profiles are of sRGB itself, in many wordings."""
    from PIL import Image as Pictures

    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    cube = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(27, 27, 3)
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    before = Pictures.fromarray(cube if mode == "RGB" else grey)
    after = np.asarray(transform.apply(before), np.int16)
    change = np.abs(after - np.asarray(before.convert("RGB"), np.int16))
    return int(change.max()) > INVISIBLE
