"""The cells that the user painted, where the privacy check reads a picture."""

import numpy as np

from vcam.frames import Alpha, Image, Size
from vcam.pipeline.sampling import COLUMNS, Withheld, at_places, is_plane, rows_read
from vcam.regions.placing import COVER, Painted
from vcam.translation import tr


def cells_at(
    painted: Painted, size: Size, rows: slice
) -> tuple[Alpha | None, Alpha | None]:
    """255 in cells that are kept, and in those that are dropped, where alpha is read.

    Beside a cell that is kept its neighbours count, too; of what is dropped, the inside.
    """
    kept, dropped = painted.kept, painted.dropped
    region = painted.region
    for cells, bits in ((kept, region.kept), (dropped, region.dropped)):
        if (cells is None) != (bits == 0) or (cells is not None and not is_plane(cells)):
            raise Withheld(tr("What was painted is not known"))
    return (
        None if kept is None else at_places(kept, size, rows),
        None if dropped is None else ~at_places(~dropped, size, rows),
    )


def examine_cover(painted: Painted, image: Image, index: int) -> None:
    """Raise :class:`Withheld` unless what is dropped is covered in the plain room."""
    size = Size.of(image)
    rows = rows_read(size.height, index)
    _, dropped = cells_at(painted, size, rows)
    if dropped is not None:
        covered = image[rows, ::COLUMNS][dropped == 255]
        if (covered != np.array(COVER, np.uint8)).any():
            raise Withheld(tr("A part that is never shown is not covered"))
