"""The door to OpenCV's cameras; nothing else in the sources opens one.

OpenCV reads some settings from the environment.  :func:`prepare_opencv` sets ours before a
camera is opened here; a program that imports ``cv2`` itself may call it before that.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from vcam.errors import SourceError, UsageError
from vcam.frames import Image, Size
from vcam.imaging.decoding import Checked, Unwritten
from vcam.sources.camera_info import CameraInfo
from vcam.v4l2.holders import holders
from vcam.v4l2.system import JOIN_GROUP, System


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of the driver, which may answer something else."""

    size: Size | None
    fps: float | None
    fourcc: str
    """The empty string leaves the choice to the driver."""


class Capture(Protocol):
    """An open camera."""

    def read(self) -> tuple[bool, Any]:
        """Success, and a fresh BGR image, wholly written; may block for seconds."""

    def negotiated(self) -> tuple[str, float]:
        """FourCC and frames per second as the driver has them; "" and 0.0 when unknown."""

    def release(self) -> None:
        """Let the device go."""


OpenCapture = Callable[[CameraInfo, Wish], Capture]


class OpenCvCapture:
    """``cv2.VideoCapture`` with the backend that each system does best with."""

    def __init__(self, device: str | int) -> None:
        """Open the path or number; ask :meth:`is_open` whether that worked."""
        prepare_opencv()
        import cv2  # late: listing cameras must not cost its start

        self._cv2 = cv2
        if sys.platform == "linux":
            backend = cv2.CAP_V4L2
        elif sys.platform == "win32":
            backend = cv2.CAP_DSHOW  # Media Foundation takes many seconds to open
        else:
            backend = cv2.CAP_ANY
        self._capture = cv2.VideoCapture(device, backend)
        self._pictures = Checked(self._capture)

    def is_open(self) -> bool:
        """Whether there is a camera, and it is ours."""
        return self._capture.isOpened()

    def ask(self, wish: Wish) -> None:
        """Tell the driver what we would like.

        The buffer count stays as it is: the camera thread empties the queue all the time,
        and with fewer buffers a busy moment costs frames.
        """
        self._ask_fourcc(wish)  # before the size, or V4L2 picks a slow mode for it
        if wish.size is not None:
            self._capture.set(self._cv2.CAP_PROP_FRAME_WIDTH, wish.size.width)
            self._capture.set(self._cv2.CAP_PROP_FRAME_HEIGHT, wish.size.height)
        if wish.fps is not None:
            self._capture.set(self._cv2.CAP_PROP_FPS, wish.fps)
        if sys.platform == "win32":
            self._ask_fourcc(wish)  # DirectShow forgets it with the size

    def read(self) -> tuple[bool, Any]:
        """See :class:`Capture`.  What the driver did not write is no picture."""
        if not self._capture.grab():
            return False, None
        try:
            image = self._pictures.retrieve()
        except Unwritten:
            return False, None
        return image is not None, image

    def negotiated(self) -> tuple[str, float]:
        """See :class:`Capture`."""
        code = int(self._capture.get(self._cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
        fourcc = code.to_bytes(4, "little").decode("latin-1").strip()
        fps = float(self._capture.get(self._cv2.CAP_PROP_FPS))
        return (fourcc if fourcc.isascii() and fourcc.isprintable() else ""), fps

    def release(self) -> None:
        """See :class:`Capture`."""
        self._capture.release()

    def _ask_fourcc(self, wish: Wish) -> None:
        if wish.fourcc:
            code = int.from_bytes(wish.fourcc.ljust(4).encode("ascii"), "little")
            self._capture.set(self._cv2.CAP_PROP_FOURCC, code)


def prepare_opencv() -> None:
    """Set what OpenCV reads from the environment; what the user has set stays."""
    # OpenCV's own ten seconds of waiting for a frame would hide that a camera is silent.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")


def open_with_opencv(info: CameraInfo, wish: Wish) -> Capture:
    """Open a camera and tell it the wish; raises :class:`~vcam.errors.SourceError`."""
    refuse_our_own(info)
    capture = OpenCvCapture(info.path if info.path.startswith("/") else info.index)
    if not capture.is_open():
        capture.release()
        raise _refused(info)
    capture.ask(wish)
    return capture


def opens(index: int) -> bool:
    """Whether OpenCV finds a camera with this number."""
    capture = OpenCvCapture(index)
    try:
        return capture.is_open()
    finally:
        capture.release()


def ask_permission() -> None:
    """On macOS, bring up the system's question for the camera; call on the main thread.

    OpenCV can ask only there, while vcam opens cameras on a thread of their own.  Does
    nothing on other systems, and nothing visible once the question has been answered.
    """
    if sys.platform == "darwin":
        opens(0)


def refuse_our_own(info: CameraInfo, system: System | None = None) -> None:
    """Raise :class:`~vcam.errors.UsageError` for the virtual camera that we publish to.

    It would show the call its own picture, over and over.
    """
    if info.virtual and holders(system or System(), info.path, among=[os.getpid()]):
        raise UsageError(
            f"{info.name} ({info.path}) is what vcam publishes to, and cannot be its "
            "camera as well",
            "Choose another camera, or another virtual camera with --device",
        )


def users_of(info: CameraInfo, system: System | None = None) -> str:
    """Who uses the camera, for example ``zoom (process 4711)``; "" when nobody is seen."""
    found = holders(system or System(), info.path)
    streaming = [holder for holder in found if holder.streaming]
    return ", ".join(map(str, streaming or found))


def busy(info: CameraInfo, users: str) -> SourceError:
    """The error that says who has the camera."""
    return SourceError(f"{info.name} is in use by {users}", "Close it there")


def checked(image: Any, name: str) -> Image:
    """The picture, if it is one; raises :class:`~vcam.errors.SourceError`."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        found = getattr(image, "dtype", type(image).__name__)
        raise SourceError(f"{name} sends {found} where pictures of bytes are expected")
    if image.ndim != 3 or image.shape[2] != 3:
        raise SourceError(
            f"{name} sends arrays of shape {image.shape}, not (height, width, 3)",
            "Choose another camera",
        )
    return image


def _refused(info: CameraInfo) -> SourceError:
    if not info.path.startswith("/"):
        return SourceError(
            f"{info.name} does not open",
            "Close the programs that use it, and allow the camera in the privacy settings",
        )
    if not os.access(info.path, os.F_OK):
        return SourceError(f"{info.name} was unplugged", "Plug it in again")
    if not os.access(info.path, os.R_OK | os.W_OK):
        return SourceError(
            f"You are not allowed to use {info.name} ({info.path})",
            JOIN_GROUP,
        )
    users = users_of(info)
    if users:
        return busy(info, users)
    return SourceError(
        f"{info.name} does not open",
        "Close the programs that use it, or unplug it and plug it in again",
    )
