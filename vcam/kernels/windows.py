"""A part of a picture enlarged, bilinear; its edges may lie between two pixels."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Alpha, Image, Size
from vcam.kernels import ADDRESS, COUNT, INT, Kernel, Library
from vcam.kernels.arrays import address, apart, output, rows

FASTER: Final = ("avx2",)
"""The builds in which this is faster than ``cv2.resize``: it needs to shuffle bytes."""
_STEP: Final = 16
"""STEP in C."""
_ONE: Final = 1 << 8
"""ONE in C."""
_PART = Kernel(
    "vcam_enlarge_part",
    *(ADDRESS, COUNT, INT, INT, ADDRESS, INT, INT),
    *(ADDRESS, ADDRESS, INT, INT, *[ADDRESS] * 4),
)
_SOFT_PART = Kernel(
    "vcam_enlarge_soft_part",
    *(ADDRESS, COUNT, INT, ADDRESS, ADDRESS, ADDRESS, INT, INT),
    *(ADDRESS, ADDRESS, INT, *[ADDRESS] * 4),
)


class Span(NamedTuple):
    """A part of a row or a column of pixels."""

    begin: float
    length: float


class _Pieces(NamedTuple):
    """How the rows of pictures with so many bytes a pixel are made; see ``windows.c``."""

    number: int
    each: int
    begin: NDArray[np.int32]
    origin: NDArray[np.uint8]
    share: NDArray[np.uint8]
    scratch: NDArray[np.uint8]


class EnlargedPart:
    """A part of the pictures of one size, enlarged to that size."""

    def __init__(self, size: Size, across: Span, down: Span) -> None:
        """Finds which pixels every pixel is mixed of.

        The part, ``across`` and ``down``, is inside of a picture and not empty.
        """
        self._size = size
        column, column_share = _mixture(across, size.width)
        row, self._row_share = _mixture(down, size.height)
        self._columns, self._column_share = column, column_share
        self._left, self._top = int(column[0]), int(row[0])
        self._row = row - row[0]
        # One more where something of it is mixed in.
        self._wide = int(column[-1]) - self._left + 1 + int(column_share[-1] > 0)
        self._high = int(self._row[-1]) + 1 + int(self._row_share[-1] > 0)
        self._pieces: dict[int, _Pieces] = {}

    def image(self, library: Library, whole: Image, large: Image) -> None:
        """Fill ``large`` with the part of ``whole``."""
        self._fill(library, whole, large, 3)

    def alpha(self, library: Library, whole: Alpha, large: Alpha) -> None:
        """Fill ``large`` with the part of ``whole``."""
        self._fill(library, whole, large, 1)

    def soft(
        self, library: Library, whole: Image, alpha: Alpha, other: Image, large: Image
    ) -> None:
        """Fill ``large`` with the part of ``whole`` where ``alpha`` is soft.

        Elsewhere it is ``other``, which is large already, and so is ``alpha``.
        """
        width, height = self._size
        shape = (height, width, 3)
        for given in (whole, alpha, other):
            apart(large, given)
        pieces = self._made_of(3)
        source, stride = self._source(whole, 3)
        _SOFT_PART(
            library,
            *(source, stride, 3 * self._wide),
            address(alpha, np.uint8, shape[:2]),
            address(other, np.uint8, shape),
            output(large, np.uint8, shape),
            *(width, height, self._row.ctypes.data, self._row_share.ctypes.data),
            *(pieces.number, pieces.begin.ctypes.data, pieces.origin.ctypes.data),
            *(pieces.share.ctypes.data, pieces.scratch.ctypes.data),
        )

    def _fill(
        self, library: Library, whole: Image | Alpha, large: Image | Alpha, channels: int
    ) -> None:
        width, height = self._size
        apart(large, whole)
        pieces = self._made_of(channels)
        source, stride = self._source(whole, channels)
        _PART(
            library,
            *(source, stride, channels, channels * self._wide),
            output(large, np.uint8, _shape(self._size, channels)),
            *(width, height, self._row.ctypes.data, self._row_share.ctypes.data),
            *(pieces.number, pieces.each, pieces.begin.ctypes.data),
            *(pieces.origin.ctypes.data, pieces.share.ctypes.data),
            pieces.scratch.ctypes.data,
        )

    def _source(self, whole: Image | Alpha, channels: int) -> tuple[int, int]:
        """Where the part begins, and the bytes from row to row."""
        if Size.of(whole) != self._size:
            raise ValueError(f"a kernel needs {self._size}, not {Size.of(whole)}")
        part = whole[
            self._top : self._top + self._high, self._left : self._left + self._wide
        ]
        return rows(part, np.uint8, _shape(Size(self._wide, self._high), channels))

    def _made_of(self, channels: int) -> _Pieces:
        pieces = self._pieces.get(channels)
        if pieces is None:
            pieces = self._pieces[channels] = self._cut_into(channels)
        return pieces

    def _cut_into(self, channels: int) -> _Pieces:
        width, pixels = self._size.width, _STEP // channels
        count, each = -(-width // pixels), pixels * channels
        column = np.resize(self._columns - self._left, count * pixels)
        share = np.zeros(count * pixels, np.uint8)
        share[:width] = self._column_share
        column[width:] = column[width - 1]
        columns = column.reshape(count, pixels)
        first = columns[:, :1]
        origin = np.zeros((count, _STEP), np.uint8)
        shares = np.zeros((count, _STEP), np.uint8)
        for channel in range(channels):
            origin[:, channel:each:channels] = channels * (columns - first) + channel
            shares[:, channel:each:channels] = share.reshape(count, pixels)
        scratch = channels * self._wide + count * each + 6 * _STEP
        return _Pieces(
            *(count, each, np.ascontiguousarray(channels * first[:, 0]), origin),
            *(shares, np.zeros(scratch, np.uint8)),
        )


def _shape(size: Size, channels: int) -> tuple[int, ...]:
    shape = (size.height, size.width)
    return shape if channels == 1 else (*shape, channels)


def _mixture(span: Span, count: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """For each of ``count`` pixels, the first of the two it is mixed of, and the share of
    the second, which is 0 at the end.
    """
    place = span.begin + (np.arange(count) + 0.5) * (span.length / count) - 0.5
    # Nothing is mixed in from outside of the part.
    last = max(span.begin, span.begin + span.length - 1)
    place = np.clip(np.clip(place, span.begin, last), 0, count - 1)
    fine = np.rint(place * _ONE).astype(np.int32)
    return fine // _ONE, (fine % _ONE).astype(np.uint8)
