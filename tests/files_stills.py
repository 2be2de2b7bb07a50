"""Small pictures and animations of known colours, written by Pillow and PyAV.

They show the patches of :mod:`files_films`.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from files_films import (
    PATCHES,
    TO_P3,
    Film,
    Pixels,
    covered,
    linear,
    numbered,
    opacity,
    spread,
    upright,
)
from icc import ADOBE, D50, P3
from PIL import Image as Pictures
from PIL.Image import Image as Picture

SIDE = (192, 128)
DELAYS_MS = (100, 300, 40, 200)
"""What the animations wait after each frame; GIF counts hundredths of a second."""
GREY = np.array([(128,) * 3, (64,) * 3, (192,) * 3, (32,) * 3] * 2, float).reshape(2, 4, 3)
"""Patches for files without colour."""
BITS = np.array([(0,) * 3, (255,) * 3] * 4, float).reshape(2, 4, 3)
SHAPE = Film("", width=SIDE[0], height=SIDE[1])
CLEAR = Film("", width=SIDE[0], height=SIDE[1], see_through=True)

TO_ADOBE = np.array([[0.71513, 0.28487, 0], [0, 1, 0], [0, 0.04116, 0.95884]])
"""Linear sRGB to linear Adobe RGB."""


@dataclass(frozen=True)
class Still:
    """A picture file, and how it is to be seen."""

    name: str
    writer: Callable[[Path], None]
    colours: Pixels = field(default_factory=PATCHES.copy)
    within: float = 0.0
    size: tuple[int, int] = SIDE
    about: str = ""

    def patches(self, number: int = 0) -> Pixels:
        return self.colours

    def write(self, folder: Path) -> Path:
        self.writer(folder / self.name)
        return folder / self.name


@dataclass(frozen=True)
class Animation:
    """A file of several pictures, each shown for the next of :data:`DELAYS_MS`."""

    name: str
    writer: Callable[[Path], None]
    see_through: bool = False
    within: float = 0.0
    about: str = ""

    @property
    def shown_s(self) -> list[float]:
        return [sum(DELAYS_MS[:number]) / 1000 for number in range(len(DELAYS_MS))]

    def patches(self, number: int = 0) -> Pixels:
        return covered(numbered(number), self.see_through)

    def write(self, folder: Path) -> Path:
        self.writer(folder / self.name)
        return folder / self.name


def drawn(patches: Pixels = PATCHES, size: tuple[int, int] = SIDE) -> Picture:
    return Pictures.fromarray(spread(patches, *size).round().astype(np.uint8))


def see_through(patches: Pixels = PATCHES) -> Picture:
    picture = drawn(patches)
    picture.putalpha(Pictures.fromarray(opacity(CLEAR).astype(np.uint8)))
    return picture


def saved(
    picture: Callable[[], Picture], kind: str = "", **options: Any
) -> Callable[[Path], None]:
    """A function that writes what ``picture`` returns."""

    def write(path: Path) -> None:
        picture().save(path, kind or None, **options)

    return write


def deep(pixels: str) -> Callable[[Path], None]:
    """A function that writes a PNG of 16 bits per channel, by FFmpeg."""

    def write(path: Path) -> None:
        channels = [spread(PATCHES, *SIDE) * 257]
        if pixels.startswith("rgba"):
            channels.append(opacity(CLEAR)[..., None] * 257)
        wide = np.dstack(channels).round().astype(np.uint16)
        frame = av.VideoFrame(*SIDE, pixels)
        rows = np.frombuffer(frame.planes[0], np.uint8).reshape(SIDE[1], -1)  # type: ignore
        whole = wide.astype(">u2").view(np.uint8).reshape(SIDE[1], -1)
        rows[:, : whole.shape[1]] = whole
        coder = av.CodecContext.create("png", "w")
        coder.width, coder.height, coder.pix_fmt = *SIDE, pixels
        coder.time_base = Fraction(1)
        frame.pts = 0
        packets = [*coder.encode(frame), *coder.encode(None)]
        path.write_bytes(b"".join(map(bytes, packets)))

    return write


def profile(primaries: tuple[tuple[float, ...], ...], gamma: float | None) -> bytes:
    """An ICC profile of three primaries, or of grey without any.

    ``gamma`` is the power of its curve; ``None`` means the curve of sRGB.
    """
    curve = struct.pack(">4s4xI", b"curv", 1024)
    if gamma is None:
        values = linear(np.linspace(0, 255, 1024)) * 65535
        curve += values.round().astype(">u2").tobytes()
    else:
        curve = struct.pack(">4s4xIH2x", b"curv", 1, round(gamma * 256))
    text = struct.pack(">4s4xI", b"desc", 5) + b"test\0" + bytes(4 + 4 + 2 + 1 + 67)
    tags = [(b"desc", text), (b"cprt", b"text\0\0\0\0none\0"), (b"wtpt", _xyz(D50))]
    for letter, primary in zip("rgb", primaries, strict=False):
        tags.append((f"{letter}XYZ".encode(), _xyz(primary)))
        tags.append((f"{letter}TRC".encode(), curve))
    if not primaries:
        tags.append((b"kTRC", curve))
    table, body = struct.pack(">I", len(tags)), b""
    begins = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += struct.pack(">4sII", name, begins + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    space = b"RGB " if primaries else b"GRAY"
    head = struct.pack(
        ">I4xI4s4s4s", begins + len(body), 0x02400000, b"mntr", space, b"XYZ "
    )
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp")
    head = head.ljust(68, b"\0") + struct.pack(
        ">3i", *(round(each * 65536) for each in D50)
    )
    return head.ljust(128, b"\0") + table + body


def _xyz(values: tuple[float, ...]) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(each * 65536) for each in values))


def in_p3() -> Picture:
    light = np.clip(linear(PATCHES) @ TO_P3.T, 0, 1)
    curved = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return drawn(curved * 255)


def in_adobe() -> Picture:
    light = np.clip(linear(PATCHES) @ TO_ADOBE.T, 0, 1)
    return drawn(light ** (1 / 2.19921875) * 255)


def in_grey_gamma() -> Picture:
    return drawn(linear(GREY) ** (1 / 1.8) * 255).convert("L")


def oriented(orientation: int) -> Still:
    """A JPEG whose EXIF data say how it is turned."""
    turned, mirrored = {
        1: (0, False),
        2: (0, True),
        3: (2, False),
        4: (2, True),
        5: (1, True),
        6: (1, False),
        7: (3, True),
        8: (3, False),
    }[orientation]
    shape = Film("", turned=turned, mirrored=mirrored)
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    return Still(
        f"exif{orientation}.jpg",
        saved(drawn, quality=100, subsampling=0, exif=exif),
        upright(PATCHES, shape),
        1,
        SIDE[::-1] if turned % 2 else SIDE,
        "turned and mirrored as its EXIF data say",
    )


def without_end(path: Path) -> None:
    content = io.BytesIO()
    drawn().save(content, "JPEG", quality=100, subsampling=0)
    path.write_bytes(content.getvalue()[:-2])


def palette() -> Picture:
    return drawn().quantize(16)


def palette_with_a_clear_colour(path: Path) -> None:
    picture = palette()
    picture.save(path, transparency=picture.getpixel((72, 32)))


def grey_with_alpha() -> Picture:
    picture = drawn(GREY).convert("LA")
    picture.putalpha(Pictures.fromarray(opacity(CLEAR).astype(np.uint8)))
    return picture


def deep_grey() -> Picture:
    return Pictures.fromarray((spread(GREY, *SIDE)[..., 0] * 257).astype(np.uint16))


def _second_gone() -> Pixels:
    patches = PATCHES.copy()
    patches[0, 1] = 0
    return patches


CLEARED = covered(PATCHES, see_through=True)
JPEG: dict[str, Any] = {"quality": 100, "subsampling": 0}

STILLS = (
    Still("rgb.png", saved(drawn)),
    Still("rgba.png", saved(see_through), CLEARED, 1, about="over black"),
    Still("deep.png", deep("rgb48be"), about="16 bit"),
    Still("deep_rgba.png", deep("rgba64be"), CLEARED, 1, about="16 bit, over black"),
    Still("grey.png", saved(lambda: drawn(GREY).convert("L")), GREY),
    Still("deep_grey.png", saved(deep_grey), GREY, about="16 bit"),
    Still("grey_alpha.png", saved(grey_with_alpha), covered(GREY, True), 1),
    Still("bits.png", saved(lambda: drawn(BITS).convert("1")), BITS, about="1 bit"),
    Still("palette.png", saved(palette)),
    Still("palette_clear.png", palette_with_a_clear_colour, _second_gone()),
    Still(
        "grey_clear.png",
        saved(lambda: drawn(GREY).convert("L"), transparency=64),
        np.where(GREY == 64, 0, GREY),
    ),
    Still(
        "p3.png", saved(in_p3, icc_profile=profile(P3, None)), within=1, about="Display P3"
    ),
    Still(
        "broken_profile.png",
        saved(drawn, icc_profile=b"no profile"),
        about="as if it had none",
    ),
    Still("rgb.jpg", saved(drawn, **JPEG), within=1),
    Still("grey.jpg", saved(lambda: drawn(GREY).convert("L"), quality=100), GREY, 1),
    Still(
        "grey_gamma.jpg",
        saved(in_grey_gamma, quality=100, icc_profile=profile((), 1.8)),
        GREY,
        2,
        about="grey with gamma 1.8",
    ),
    Still("progressive.jpg", saved(drawn, progressive=True, **JPEG), within=1),
    Still(
        "cmyk.jpg", saved(lambda: drawn().convert("CMYK"), **JPEG), within=2, about="CMYK"
    ),
    Still(
        "p3.jpg",
        saved(in_p3, icc_profile=profile(P3, None), **JPEG),
        within=2,
        about="Display P3, as phones write",
    ),
    Still(
        "adobe.jpg",
        saved(in_adobe, icc_profile=profile(ADOBE, 2.19921875), **JPEG),
        within=6,
        about="Adobe RGB",
    ),
    Still("no_end.jpg", without_end, within=1, about="without its end marker"),
    Still("rgb.jfif", saved(drawn, "JPEG", **JPEG), within=1),
    *map(oriented, range(1, 9)),
    Still("lossless.webp", saved(drawn, lossless=True)),
    Still("lossy.webp", saved(drawn, quality=100), within=4),
    Still("alpha.webp", saved(see_through, lossless=True, exact=True), CLEARED, 1),
    Still("rgb.avif", saved(drawn, quality=100, subsampling="4:4:4"), within=2),
    Still("alpha.avif", saved(see_through, quality=100, subsampling="4:4:4"), CLEARED, 3),
    Still("rgb.tif", saved(drawn)),
    Still("lzw.tiff", saved(drawn, compression="tiff_lzw")),
    Still("deep_grey.tif", saved(deep_grey), GREY, about="16 bit"),
    Still("rgb.bmp", saved(drawn)),
    Still("rgb.ppm", saved(drawn)),
    Still("rgb.jp2", saved(drawn)),
    Still("rgb.qoi", saved(drawn)),
    Still("one.gif", saved(palette), about="one picture"),
)


def animated(
    kind: str, *, clear: bool = False, **options: object
) -> Callable[[Path], None]:
    """A function that writes an animation of several frames."""

    def write(path: Path) -> None:
        pictures = [
            see_through(numbered(number)) if clear else drawn(numbered(number))
            for number in range(len(DELAYS_MS))
        ]
        if kind == "GIF":
            pictures = [_with_palette(each, clear) for each in pictures]
        pictures[0].save(
            path,
            kind,
            save_all=True,
            append_images=pictures[1:],
            duration=list(DELAYS_MS),
            loop=0,
            **options,
        )

    return write


def _with_palette(picture: Picture, clear: bool) -> Picture:
    small = picture.convert("RGB").quantize(16)
    if clear:
        small.info["transparency"] = small.getpixel((72, 32))
    return small


ANIMATIONS = (
    Animation("film.gif", animated("GIF")),
    Animation("film.png", animated("PNG"), about="APNG"),
    Animation(
        "clear.png",
        animated("PNG", clear=True),
        see_through=True,
        within=1,
        about="APNG over black",
    ),
    Animation("film.webp", animated("WEBP", lossless=True)),
    Animation(
        "clear.webp",
        animated("WEBP", clear=True, lossless=True, exact=True),
        see_through=True,
        within=1,
    ),
    Animation("film.avif", animated("AVIF", quality=100, subsampling="4:4:4"), within=3),
)
