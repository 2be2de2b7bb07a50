"""Contact sheets: pictures in labelled rows, to compare many frames at a glance."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from vcam.frames import Alpha, Image, Size
from vcam.imaging.resize import fitted

GAP_PX, LABEL_PX = 6, 30
"""The gap between pictures, and the height of a label."""
PAPER, INK = (250, 248, 246), (60, 52, 46)
"""The colours of background and labels, BGR."""


def contact_sheet(rows: Mapping[str, Sequence[Image | Alpha]], cell: Size) -> Image:
    """Put each row of images, or alphas in grey, under its label, if it has one.

    Returns ``uint8 (height, width, 3)`` BGR; each picture is fitted whole into ``cell``.
    """
    columns = max(len(pictures) for pictures in rows.values())
    width = columns * (cell.width + GAP_PX) + GAP_PX
    labels_px = LABEL_PX * sum(bool(label) for label in rows)
    height = len(rows) * (cell.height + GAP_PX) + labels_px + GAP_PX
    sheet = np.full((height, width, 3), PAPER, np.uint8)
    top = GAP_PX
    for label, pictures in rows.items():
        if label:
            cv2.putText(
                sheet,
                label,
                org=(GAP_PX + 2, top + LABEL_PX - 9),
                fontFace=cv2.FONT_HERSHEY_DUPLEX,
                fontScale=0.6,
                color=INK,
                thickness=1,
                lineType=cv2.LINE_AA,
            )
            top += LABEL_PX
        left = GAP_PX
        for picture in pictures:
            color = picture if picture.ndim == 3 else np.dstack([picture] * 3)
            inside = np.s_[top : top + cell.height, left : left + cell.width]
            sheet[inside] = fitted(np.ascontiguousarray(color), cell, "contain")
            left += cell.width + GAP_PX
        top += cell.height + GAP_PX
    return sheet
