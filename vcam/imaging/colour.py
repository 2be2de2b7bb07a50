"""Decoded video frames, converted into pictures: BGR, by the file's own tags."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Image, Size
from vcam.imaging import tone_mapping
from vcam.imaging.decoding import Overwritten, Unwritten
from vcam.imaging.filters import Filter, Kind, chain, passed

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame

Colour = tuple[int, int, int]
"""Blue, green, red."""
BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)

MATRICES = {
    1: "bt709",
    4: "fcc",
    5: "bt601",
    6: "bt601",
    7: "smpte240m",
    9: "bt2020",
    10: "bt2020",
}
"""swscale's names of the matrices, by their numbers in H.273, as FFmpeg reports them."""
BT2020 = 9
HD_ROWS = 720
"""Rows from which an untagged video counts as HD: BT.709 instead of BT.601."""
FULL = 2
"""FFmpeg's number of the full range of levels."""
TRIES = 6
"""Most conversions of one frame: a chain may use several buffers in turn, and of each the
first use proves nothing."""


class _Tags(NamedTuple):
    """What the conversion depends on."""

    kind: Kind
    matrix: str
    range: str
    primaries: int
    transfer: int
    transparent: bool

    @classmethod
    def of(cls, frame: "VideoFrame") -> "_Tags":
        form = frame.format
        kind = Kind.of(frame)
        matrix = range_ = ""
        if not (form.is_rgb or form.has_palette or form.name.startswith("mono")):
            untagged = "bt709" if frame.height >= HD_ROWS else "bt601"
            if frame.color_primaries == BT2020:
                untagged = "bt2020"
            matrix = MATRICES.get(frame.colorspace, untagged)
            full = frame.color_range == FULL or form.name.startswith("yuvj")
            range_ = "full" if full else "limited"
        transparent = form.has_palette or any(each.is_alpha for each in form.components)
        primaries, transfer = frame.color_primaries, frame.color_trc
        return cls(kind, matrix, range_, primaries, transfer, transparent)


class Converter:
    """Converts the frames of one file, all to one size, with ``over`` behind them.

    Each picture is proved to have been written: FFmpeg's memory gets marks after every use,
    and the marks must be gone when it comes back with the next picture.
    """

    def __init__(self, size: Size, over: Colour = BLACK) -> None:
        self._size, self._over = size, over
        self._tags: _Tags | None = None
        self._graph: Graph | None = None
        self._overwritten = Overwritten()

    def convert(self, frame: "VideoFrame", finish: Callable[[Image], Image]) -> Image:
        """The picture; ``finish`` copies it out of FFmpeg's memory.

        Raises :class:`~vcam.imaging.decoding.Unwritten`.
        """
        tags = _Tags.of(frame)
        if tags != self._tags or self._graph is None:
            self._graph = self._chain(frame, tags)
            self._tags = tags
            self._overwritten = Overwritten()
        for _ in range(TRIES):
            image = self._proved(frame, finish)
            if image is not None:
                return image
        raise Unwritten

    def _proved(
        self, frame: "VideoFrame", finish: Callable[[Image], Image]
    ) -> Image | None:
        """The picture, unless nothing proves that it was written."""
        assert self._graph is not None and self._tags is not None
        form = "bgra" if self._tags.transparent else "bgr24"
        done = list(passed(self._graph, frame))
        if len(done) != 1:
            raise Unwritten
        pixels, words = _pixels(done[0], form, self._size)
        if self._tags.kind == (*self._size, form):
            # There was nothing to convert: it is the decoder's own memory.
            return finish(self._opaque(pixels))
        address = done[0].planes[0].buffer_ptr
        proved = self._overwritten.is_proved(address, words)
        image = finish(self._opaque(pixels)) if proved else None
        self._overwritten.mark(address, words)
        return image

    def _chain(self, frame: "VideoFrame", tags: _Tags) -> "Graph":
        scale: Filter = (
            "scale",
            {"w": str(self._size.width), "h": str(self._size.height), "flags": "bilinear"}
            | ({"in_color_matrix": tags.matrix} if tags.matrix else {})
            | ({"in_range": tags.range} if tags.range else {}),
        )
        last: Filter = ("format", {"pix_fmts": "bgra" if tags.transparent else "bgr24"})
        if not tone_mapping.needed(tags.primaries, tags.transfer):
            return chain(frame, scale, last)
        made: list[Graph] = []

        def use(table: Path) -> None:
            # In 16 bits, because 8 would show bands where light is compressed.
            deep = "gbrap16" if tags.transparent else "gbrp16"
            lut = {"file": str(table), "interp": "tetrahedral"}
            again = ("scale", {"flags": "bilinear"})
            wide = ("format", {"pix_fmts": deep})
            made.append(chain(frame, scale, wide, ("lut3d", lut), again, last))

        tone_mapping.with_table(tags.primaries, tags.transfer, use)
        return made[0]

    def _opaque(self, pixels: Image) -> Image:
        if pixels.shape[2] == 3:
            return pixels
        # In 16 bits: a level times its share does not fit into 8.
        share = pixels[..., 3:].astype(np.uint16)
        if share.min() == 255:
            return pixels[..., :3]
        behind = np.array(self._over, np.uint16) * (255 - share)
        mixed = (pixels[..., :3] * share + behind + 127) // 255
        return np.asarray(mixed, np.uint8)


def _pixels(frame: "VideoFrame", form: str, size: Size) -> tuple[Image, NDArray[np.uint32]]:
    """A view of the pixels, and of as many of their bytes as make whole words per row.

    Raises :class:`~vcam.imaging.decoding.Unwritten` for a frame of another kind.
    """
    if Kind.of(frame) != (*size, form):
        raise Unwritten(Size(frame.width, frame.height))
    plane = frame.planes[0]
    channels = len(form) if form == "bgra" else 3
    used = size.width * channels
    if plane.line_size < used:  # it may be negative for rows from bottom to top
        raise Unwritten
    rows = np.frombuffer(memoryview(plane), np.uint8)[: plane.line_size * size.height]
    rows = rows.reshape(size.height, plane.line_size)
    pixels = rows[:, :used].reshape(size.height, size.width, channels)
    return pixels, rows[:, : used // 4 * 4].view(np.uint32)
