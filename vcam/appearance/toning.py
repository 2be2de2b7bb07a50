"""What effects did to the colours of a person, so that it can be proven."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vcam import kernels
from vcam.frames import Alpha, Image
from vcam.kernels.toning import tone

MOST_BEFORE: Final = 24
"""Grey levels by which effects may change a pixel before the table."""
MOST_AFTER: Final = 40
"""Grey levels by which effects may change a pixel after the table."""
MOST_TONED: Final = 96
"""Grey levels by which a table may change a value."""
MOST_MEAN: Final = 28
"""Grey levels by which pixels may be off the table on average.  With every effect at its
most, much noise and a white background it is 22."""
STEEPEST: Final = 4
"""Grey levels by which a table may rise from one value to the next.  It is 3 for somebody
who is lifted out of the dark; a table with a leap would make any picture of any other."""
UNCHANGED: Final[Image] = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, 1)
"""The table that changes nothing."""
UNCHANGED.flags.writeable = False


@dataclass(frozen=True, slots=True)
class Toning:
    """A pixel of the frame became: changed by up to ``before``, looked up, changed again.

    So it lies between ``table[frame - before] - after`` and
    ``table[frame + before] + after``, in each channel.
    """

    table: Image
    """A new value for each value: ``uint8 (256, 3)``, one column for each of B, G, R."""
    before: int = 0
    after: int = 0


def apply_table(table: Image, image: Image, alpha: Alpha, into: Image) -> None:
    """Fill ``into`` with ``image`` looked up in ``table``, wherever alpha is above 0.

    Elsewhere nothing, or the same, is written.
    """
    library = kernels.active()
    if library is not None:
        tone(library, image, alpha, table, into)
        return
    left, top, width, height = cv2.boundingRect(alpha)
    if not width:
        return
    box = np.s_[top : top + height, left : left + width]
    cv2.LUT(image[box], table.reshape(1, 256, 3), into[box])
