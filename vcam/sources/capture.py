"""Opens cameras with OpenCV; no other module does.

OpenCV reads some settings from the environment.  :func:`prepare_opencv` sets ours before a
camera is opened here; a program that imports ``cv2`` itself can call it earlier.
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
from vcam.sources import avfoundation, consent
from vcam.sources.avfoundation_listing import refusal as not_allowed
from vcam.sources.camera_info import CameraInfo
from vcam.sources.listing import list_cameras
from vcam.translation import tr
from vcam.v4l2.holders import holders
from vcam.v4l2.system import JOIN_GROUP, System

FOLLOW_S = 0.01
"""Seconds for which the main thread's loop runs on macOS, each time."""


@dataclass(frozen=True, slots=True)
class CaptureRequest:
    """The mode that the driver is asked for; it may deliver another one."""

    size: Size | None
    fps: float | None
    fourcc: str
    """The format; the empty string leaves the choice to the driver."""


class Capture(Protocol):
    """An open camera."""

    def read(self) -> tuple[bool, Any]:
        """Success, and a new and completely written BGR image; may block for seconds."""

    def negotiated(self) -> tuple[str, float]:
        """FourCC and frames per second from the driver; "" and 0.0 if unknown."""

    def release(self) -> None:
        """Release the device."""


OpenCapture = Callable[[CameraInfo, CaptureRequest], Capture]
"""The type of :func:`open_with_opencv`."""


class OpenCvCapture:
    """``cv2.VideoCapture`` with the best backend of each system."""

    def __init__(self, device: str | int) -> None:
        """Open the path or number; :meth:`is_open` returns whether that worked."""
        prepare_opencv()
        import cv2  # imported late, so that listing cameras stays fast

        self._cv2 = cv2
        if sys.platform == "linux":
            backend = cv2.CAP_V4L2
        elif sys.platform == "win32":
            backend = cv2.CAP_DSHOW  # Media Foundation takes many seconds to open
        elif sys.platform == "darwin":
            backend = cv2.CAP_AVFOUNDATION  # whose numbers the list of cameras has
        else:
            backend = cv2.CAP_ANY
        self._capture = cv2.VideoCapture(device, backend)
        self._pictures = Checked(self._capture)

    def is_open(self) -> bool:
        """Whether there is a camera and we have opened it."""
        return self._capture.isOpened()

    def ask(self, request: CaptureRequest) -> None:
        """Ask the driver for a mode.

        The number of buffers is left alone: the camera thread keeps the queue empty, and
        with fewer buffers frames are lost when the machine is busy.
        """
        if sys.platform != "win32":
            self._ask_fourcc(request)  # before the size, or V4L2 chooses a slow mode
        if request.size is not None:
            self._capture.set(self._cv2.CAP_PROP_FRAME_WIDTH, request.size.width)
            self._capture.set(self._cv2.CAP_PROP_FRAME_HEIGHT, request.size.height)
        if request.fps is not None:
            self._capture.set(self._cv2.CAP_PROP_FPS, request.fps)
        if sys.platform == "win32":
            # DirectShow forgets it with the size and the rate.  Each of the three makes
            # OpenCV stop the camera and start it anew, so it is asked for once.
            self._ask_fourcc(request)

    def read(self) -> tuple[bool, Any]:
        """See :class:`Capture`.  A picture that the driver did not write is a failure."""
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

    def _ask_fourcc(self, request: CaptureRequest) -> None:
        if request.fourcc:
            code = int.from_bytes(request.fourcc.ljust(4).encode("ascii"), "little")
            self._capture.set(self._cv2.CAP_PROP_FOURCC, code)


def prepare_opencv() -> None:
    """Set the environment variables that OpenCV reads, unless the user has set them."""
    # OpenCV's default of ten seconds would hide for too long that a camera is silent.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")


def open_with_opencv(info: CameraInfo, request: CaptureRequest) -> Capture:
    """Open a camera in the requested mode; raises :class:`~vcam.errors.SourceError`."""
    refuse_our_own(info)
    if info.path.startswith("/"):
        return _opened(info, info.path, request)
    while True:
        number = _number_now(info)
        capture = _opened(info, number, request)
        # On Windows each setting makes OpenCV open the number anew, which takes a second:
        # when a camera was plugged in or out meanwhile, that may be another camera.
        try:
            if _number_now(info) == number:
                return capture
        except BaseException:
            capture.release()
            raise
        capture.release()


def _opened(info: CameraInfo, device: str | int, request: CaptureRequest) -> OpenCvCapture:
    capture = OpenCvCapture(device)
    if not capture.is_open():
        capture.release()
        raise _refused(info)
    capture.ask(request)
    return capture


def _number_now(info: CameraInfo) -> int:
    """OpenCV's number, which changes when other cameras are plugged in or out.

    Under the number that it had, there may be our own virtual camera now.
    """
    if sys.platform == "linux":
        return info.index
    for camera in list_cameras():
        if camera.identity == info.identity:
            return camera.index
    raise unplugged(info)


def opens(index: int) -> bool:
    """Whether OpenCV finds a camera with this number."""
    capture = OpenCvCapture(index)
    try:
        return capture.is_open()
    finally:
        capture.release()


def ask_permission() -> None:
    """On macOS, show the system's permission question; call it on the main thread.

    OpenCV can ask only there, but vcam opens cameras on another thread.  It does nothing
    on other systems, and nothing once the question has been answered.
    """
    open_questions = (avfoundation.NOT_DETERMINED, "")
    if sys.platform == "darwin" and avfoundation.authorization() in open_questions:
        opens(0)  # any number: OpenCV asks before it looks for a camera


def follow_changes() -> None:
    """On macOS, let the system tell which cameras were plugged in and out.

    Call it on the main thread now and then; it takes :data:`FOLLOW_S`.  It does nothing on
    other systems, which need no help with that.  The tray's own loop does the same.
    """
    if sys.platform == "darwin":
        avfoundation.follow_changes(FOLLOW_S)


def refuse_our_own(info: CameraInfo, system: System | None = None) -> None:
    """Raise :class:`~vcam.errors.UsageError` for the virtual camera that we publish to.

    vcam would then film its own output.
    """
    if info.virtual and holders(system or System(), info.path, among=[os.getpid()]):
        raise UsageError(
            tr(
                "{name} ({path}) is vcam's own virtual camera, and cannot be its source as "
                "well",
                name=info.name,
                path=info.path,
            ),
            tr("Choose another camera, or another virtual camera with --device"),
        )


def users_of(info: CameraInfo, system: System | None = None) -> str:
    """The users of the camera, for example ``zoom (process 4711)``; "" if none is seen.

    On Windows those of any camera, such as ``Zoom.exe``: see :func:`busy`.
    """
    if sys.platform == "win32":
        return ", ".join(consent.programs())
    found = holders(system or System(), info.path)
    streaming = [holder for holder in found if holder.streaming]
    return ", ".join(map(str, streaming or found))


def busy(info: CameraInfo, users: str) -> SourceError:
    """The error that names the programs that use the camera."""
    if not info.path.startswith("/"):
        what = tr(
            "{name} sends no pictures, and Windows says that a camera is in use by "
            "{programs}",
            name=info.name,
            programs=users,
        )
        return SourceError(what, tr("Close it there"))
    what = tr("{name} is in use by {programs}", name=info.name, programs=users)
    return SourceError(what, tr("Close it there"))


def unplugged(info: CameraInfo) -> SourceError:
    """The error of a camera that was there."""
    return SourceError(tr("{name} was unplugged", name=info.name), tr("Plug it in again"))


def checked(image: Any, name: str) -> Image:
    """The picture, if it is valid; raises :class:`~vcam.errors.SourceError`."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        found = getattr(image, "dtype", type(image).__name__)
        raise SourceError(
            tr(
                "{name} sends {type} where pictures of bytes are expected",
                name=name,
                type=found,
            )
        )
    if image.ndim != 3 or image.shape[2] != 3:
        raise SourceError(
            tr(
                "{name} sends arrays of shape {shape}, not (height, width, 3)",
                name=name,
                shape=image.shape,
            ),
            tr("Choose another camera"),
        )
    return image


def _refused(info: CameraInfo) -> SourceError:
    if refused := not_allowed() or consent.refusal():
        return refused
    if not info.path.startswith("/"):
        if users := users_of(info):
            return busy(info, users)
        return SourceError(
            tr("{name} does not open", name=info.name),
            tr(
                "Close the programs that use it, and allow the camera in the privacy "
                "settings"
            ),
        )
    if not os.access(info.path, os.F_OK):
        return unplugged(info)
    if not os.access(info.path, os.R_OK | os.W_OK):
        return SourceError(
            tr(
                "You are not allowed to use {name} ({path})", name=info.name, path=info.path
            ),
            tr(JOIN_GROUP),
        )
    users = users_of(info)
    if users:
        return busy(info, users)
    return SourceError(
        tr("{name} does not open", name=info.name),
        tr("Close the programs that use it, or unplug it and plug it in again"),
    )
