"""Pictures from OpenCV's decoders, believed only when they were written.

From OpenCV 4.13 on a decoder may say that there is a picture and hand out memory in which
it wrote nothing, for example for every interlaced file.  What lies in that memory is what
the process last freed: often a picture of the room.  Two checks tell:

* :class:`Checked`, for every picture: the decoder gets an array of ours with marks all over
  it, and each must be gone afterwards.
* :func:`same_everywhere`, for the first picture of a file: FFmpeg's wrapper copies from a
  buffer of its own, so that the marks are gone even when that buffer was never written.
  Two decoders have two such buffers; a true picture is the same in both.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from vcam.frames import Size

MARKS: Final = 1024
"""In one picture, of four bytes each: 1280x720 has one every 2700 bytes, two thirds of a
row.  Setting and looking at them takes 0.03 ms."""
HEADROOM_PX: Final = 32
"""FFmpeg's own buffers have so many more rows, at most."""

Picture = NDArray[Any]


class Decoder(Protocol):
    """What of ``cv2.VideoCapture`` is needed."""

    def retrieve(self, image: Picture | None = None) -> tuple[bool, Any]:
        """Decode what was grabbed last into ``image``.

        Into a new array where size or kind are others.  May be called again.
        """


class Unwritten(Exception):  # noqa: N818 - says what the picture is
    """The decoder handed out a picture that it did not, or not wholly, write.

    ``size`` is that of the picture where it is another than before: whatever buffer the
    decoder has for it is new, and cannot be believed.
    """

    def __init__(self, size: Size | None = None) -> None:
        super().__init__("the decoder wrote no picture")
        self.size = size


class Checked:
    """The pictures of one decoder, each in memory that is nobody else's.

    Used by one thread.  After a picture of another size the next one is expected to have
    that size, too.
    """

    def __init__(self, decoder: Decoder, expected: Size | None = None) -> None:
        """``expected`` saves decoding the first picture twice."""
        self._decoder = decoder
        self._shape: tuple[int, ...] | None = None
        if expected is not None and min(expected) > 0:
            self._shape = (expected.height, expected.width, 3)
        self._dtype: np.dtype[Any] = np.dtype(np.uint8)
        self._believed = False
        # Nobody can draw what nobody knows: no picture looks like one that is not written.
        self._marks = np.random.default_rng().integers(0, 1 << 32, MARKS, np.uint32)
        self._turn = 0

    def retrieve(self) -> Picture | None:
        """The picture that was grabbed last; ``None`` when the decoder says there is none.

        Raises :class:`Unwritten`.
        """
        # Once to learn the size; and one mark in 2**32 has the picture's own colour.
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
        # Odd, so that the marks are in all columns; moving, so that they get everywhere.
        step = -(-words.size // MARKS) | 1
        self._turn += 1
        marked = words[self._turn % step :: step]
        marks = self._marks[: marked.size]
        marked[:] = marks
        return into, marked, marks


def same_everywhere(one: Checked, other: Checked, size: Size) -> Picture | None:
    """The picture at which both decoders of the same file have just arrived, if it is one.

    Neither may have decoded any picture of ``size`` before, as their buffers must be new;
    both must live until this returns.  ``None`` when a decoder has no picture.  Raises
    :class:`Unwritten` also when the two see different pictures.
    """
    with _free_memory_holding_noise(size):
        first = one.retrieve()
    with _free_memory_holding_noise(size):
        second = other.retrieve()
    if first is None or second is None:
        return None
    if not np.array_equal(first, second):
        raise Unwritten
    return first


@contextmanager
def _free_memory_holding_noise(size: Size) -> Iterator[None]:
    """Have noise where a new buffer for a picture of ``size`` will most likely be.

    It need not be there.  What two buffers hold by chance is then still not the same,
    except for memory fresh from the system, which is black.  glibc gives back the noise;
    on Windows, and at times on macOS, memory of this size is always fresh: there a file
    that is not converted may be played black, which shows nothing of anybody.
    """
    rows, columns = size.height + HEADROOM_PX, size.width + HEADROOM_PX
    # glibc goes to the system for what is larger than anything it ever got back.
    _noise(2 * rows, columns)
    places = [_noise(rows, columns) for _ in range(4)]
    del places[::2]  # free memory at the end would go back to the system
    yield
    del places


def _noise(rows: int, columns: int) -> NDArray[np.uint8]:
    """Like no other: a random row, again and again."""
    row = np.random.default_rng().integers(1, 256, (1, columns, 3), np.uint8)
    return np.repeat(row, rows, axis=0)
