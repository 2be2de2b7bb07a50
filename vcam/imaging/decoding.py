"""Decoded pictures, accepted only if they were really written.

A decoder may report a picture and return memory that it did not write; OpenCV has done so
since 4.13, for example for every interlaced file.  That memory holds what the process freed
last: often a picture of the room.  Three checks detect this:

* :class:`Checked`, for every picture of a webcam: OpenCV gets an array of ours with marks
  all over it, and all marks must be gone afterwards.
* :class:`Overwritten`, for every picture of a file: FFmpeg uses a few buffers in turn.
  Each gets marks after its use, and they must be gone when it comes back.
* :func:`same_everywhere`, for the first picture of a file: what is converted may itself be
  memory that was never written.  Two decoders have two such buffers; a real picture is the
  same in both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Size

MARKS: Final = 1024
"""Marks in a picture, of four bytes each: at 1280x720 one every 2700 bytes, two thirds of
a row.  Setting and checking them takes 0.03 ms."""
HEADROOM_PX: Final = 32
"""Most rows that FFmpeg's own buffers have in addition."""

Picture = NDArray[Any]
"""A picture of any size and type."""
_Places = tuple[NDArray[np.intp], NDArray[np.intp]]
"""Rows and columns of marks."""


class Decoder(Protocol):
    """The part of ``cv2.VideoCapture`` that is needed."""

    def retrieve(self, image: Picture | None = None) -> tuple[bool, Any]:
        """Decode the picture grabbed last into ``image``.

        If its size or type differ, into a new array.  May be called again.
        """


class Unwritten(Exception):  # noqa: N818 - names what the picture is
    """The decoder returned a picture that it did not write, or not completely.

    ``size`` is the picture's size if that has changed: the decoder's buffer for it is then
    new, and its content cannot be trusted.
    """

    def __init__(self, size: Size | None = None) -> None:
        super().__init__("the decoder wrote no picture")
        self.size = size


class Checked:
    """The pictures of one decoder, each in an array of its own.

    Used by one thread.  After a change of size, further pictures are expected to have the
    new size.
    """

    def __init__(self, decoder: Decoder, expected: Size | None = None) -> None:
        """``expected`` saves decoding the first picture twice."""
        self._decoder = decoder
        self._shape: tuple[int, ...] | None = None
        if expected is not None and min(expected) > 0:
            self._shape = (expected.height, expected.width, 3)
        self._dtype: np.dtype[Any] = np.dtype(np.uint8)
        self._believed = False
        # The marks are random, so that no picture can contain them on purpose.
        self._marks = np.random.default_rng().integers(0, 1 << 32, MARKS, np.uint32)
        self._turn = 0

    def retrieve(self) -> Picture | None:
        """The picture that was grabbed last; ``None`` if the decoder reports none.

        Raises :class:`Unwritten`.
        """
        # The first try may only learn the size, and by chance (one in 2**32) a mark has the
        # picture's own colour.
        for _ in range(3):
            into, marked, marks = self._marked()
            done, image = self._decoder.retrieve(into)
            if not done or not isinstance(image, np.ndarray) or not image.size:
                return None
            if image is not into:
                self._shape, self._dtype = image.shape, image.dtype
                if self._believed:
                    self._believed = False
                    raise Unwritten(Size.of(image))
            elif not np.count_nonzero(marked == marks):
                self._believed = True
                return image
        raise Unwritten

    def _marked(self) -> tuple[Picture | None, NDArray[np.uint32], NDArray[np.uint32]]:
        """Memory for a picture, its marked words, and the marks in them."""
        none = self._marks[:0]
        if self._shape is None:
            return None, none, none
        into = np.empty(self._shape, self._dtype)
        flat = into.reshape(-1).view(np.uint8)
        words = flat[: flat.size // 4 * 4].view(np.uint32)
        # The step is odd, so that marks are in all columns; they move to get everywhere.
        step = -(-words.size // MARKS) | 1
        self._turn += 1
        marked = words[self._turn % step :: step]
        marks = self._marks[: marked.size]
        marked[:] = marks
        return into, marked, marks


class Overwritten:
    """Marks in buffers that are used in turn, each known by its address.

    Between two uses they belong to FFmpeg's pool, so that nobody else writes into them.
    Used by one thread, for buffers of one size.
    """

    def __init__(self) -> None:
        self._marks = np.random.default_rng().integers(0, 1 << 32, MARKS, np.uint32)
        self._placed: dict[int, _Places] = {}
        self._turn = 0

    def is_proved(self, address: int, words: NDArray[np.uint32]) -> bool:
        """Whether the buffer had marks and all of them are gone.

        ``words`` is its content in rows.  By chance (one in 2**32) a mark has the picture's
        own colour: try again after :meth:`mark`.
        """
        places = self._placed.get(address)
        if places is None:
            return False
        return not np.count_nonzero(words[places] == self._marks[: places[0].size])

    def mark(self, address: int, words: NDArray[np.uint32]) -> None:
        """Put marks into the buffer, whose content is no longer needed."""
        # As in Checked: in all columns, and in other places each time.
        step = -(-words.size // MARKS) | 1
        self._turn += 1
        flat = np.arange(self._turn % step, words.size, step)
        places = np.divmod(flat, max(1, words.shape[1]))
        words[places] = self._marks[: flat.size]
        self._placed[address] = places


def same_everywhere(
    one: Callable[[], Picture | None], other: Callable[[], Picture | None], size: Size
) -> Picture | None:
    """The picture that two decoders of the same file are both at.

    Each call gives it from a decoder that has not decoded any picture of ``size`` before,
    because their buffers must be new; both must exist until this returns.  ``None`` if
    there is no picture.  Raises :class:`Unwritten` also if the two pictures differ.
    """
    with _free_memory_holding_noise(size):
        first = one()
    with _free_memory_holding_noise(size):
        second = other()
    if first is None or second is None:
        return None
    if not np.array_equal(first, second):
        raise Unwritten
    return first


@contextmanager
def _free_memory_holding_noise(size: Size) -> Iterator[None]:
    """Put noise where a new buffer for a picture of ``size`` will most likely be.

    The check does not depend on it: two buffers hold different data anyway, except for
    memory fresh from the system, which is black.  glibc reuses the memory with the noise.
    On Windows, and sometimes on macOS, memory of this size is always fresh; a file that is
    not converted may then be played black, which shows nobody.
    """
    rows, columns = size.height + HEADROOM_PX, size.width + HEADROOM_PX
    # glibc asks the system for memory that is larger than anything freed so far.
    _noise(2 * rows, columns)
    places = [_noise(rows, columns) for _ in range(4)]
    del places[::2]  # free memory at the end of the heap would go back to the system
    yield
    del places


def _noise(rows: int, columns: int) -> NDArray[np.uint8]:
    """A picture of one random row, repeated."""
    row = np.random.default_rng().integers(1, 256, (1, columns, 3), np.uint8)
    return np.repeat(row, rows, axis=0)
