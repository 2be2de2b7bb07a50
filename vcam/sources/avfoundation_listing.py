"""The cameras of macOS: the first few numbers are tried, so a light may come on."""

from collections.abc import Callable

from vcam.sources.camera_info import CameraInfo
from vcam.translation import tr

PROBED = 5
"""Numbers that are tried."""


def cameras(opens: Callable[[int], bool] | None = None) -> tuple[CameraInfo, ...]:
    """The numbers that can be opened."""
    if opens is None:
        from vcam.sources import capture  # imported late, because it imports OpenCV

        opens = capture.opens
    return tuple(
        CameraInfo(
            tr("Camera {number}", number=index), str(index), index, f"number:{index}"
        )
        for index in range(PROBED)
        if opens(index)
    )


def authorization() -> str:
    """What the user has answered to the question for the camera; "" where unknown."""
    return ""
