"""The webcam: one thread that reads, one slot that holds the newest frame.

Drivers queue frames, and opening or reading may block for seconds.  So one thread opens,
reads and releases the device, and no other thread touches it.  The slot is overwritten,
not queued: a reader gets the newest frame, once.  Every frame is a new array, so it may be
kept for any time.

If a camera stops sending or is unplugged, :class:`~vcam.errors.SourceError` is raised.
Its owner then closes it and opens ``Camera(camera.identity)``, because numbers change when
devices are plugged in, and identities do not.

:mod:`vcam.sources.capture` has what is specific to OpenCV, and
:mod:`vcam.sources.pipewire_capture` what is to PipeWire.
"""

import logging
import threading
import time
from collections.abc import Callable

from vcam.errors import SourceError
from vcam.frames import Frame, Image, Size
from vcam.priority import raise_priority
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import (
    Capture,
    CaptureRequest,
    OpenCapture,
    busy,
    checked,
    open_with_opencv,
    unplugged,
    users_of,
)
from vcam.sources.controls import Controls, UserControls
from vcam.sources.listing import find_camera, is_present, list_cameras
from vcam.stopwatch import stood_still
from vcam.translation import tr

log = logging.getLogger(__name__)

OPEN_S = 10.0
"""Seconds that opening and the first picture may take: enough for two formats."""
FIRST_FRAME_S = 4.0
"""Seconds that the first picture may take before another format is tried."""
STALL_S = 3.0
"""Age of the newest frame from which the camera counts as silent."""
RETRY_S = 0.05
"""Seconds between two reads that failed immediately."""
JOIN_S = 3.0
"""Seconds that closing waits for a driver."""
USUAL_FPS = 30.0
"""Frame rate that is assumed if the driver does not report one."""

FOURCC_LADDER = ("MJPG", "")
"""Formats that are tried in turn until pictures come.  Uncompressed video above VGA size
does not fit through USB 2 at full rate, so compressed comes first; "" leaves the choice to
the driver."""

_left_behind: dict[str, threading.Thread] = {}
"""Threads that still hang in a driver, by :func:`_device`: another would hang, too."""


def open_capture(info: CameraInfo, request: CaptureRequest) -> Capture:
    """Open a camera where it was found; raises :class:`~vcam.errors.SourceError`."""
    if info.in_pipewire:
        from vcam.sources.pipewire_capture import PipeWireCapture

        return PipeWireCapture(info, request)
    return open_with_opencv(info, request)


def _device(info: CameraInfo) -> str:
    """The path; where that is only a number, which other cameras get, the identity."""
    return info.identity if info.path.isdecimal() else info.path


class Camera:
    """A camera being read; fulfils :class:`~vcam.sources.Source`."""

    def __init__(
        self,
        wanted: str = "",
        size: Size | None = None,
        fps: float | None = None,
        *,
        list_cameras: Callable[[], tuple[CameraInfo, ...]] = list_cameras,
        open_capture: OpenCapture = open_capture,
        is_present: Callable[[CameraInfo], bool] = is_present,
        users: Callable[[CameraInfo], str] = users_of,
        controls: Callable[[CameraInfo], Controls] = UserControls,
    ) -> None:
        """Open the camera ``wanted`` (see :func:`~vcam.sources.listing.find_camera`).

        ``size`` in pixels and ``fps`` are requests; None leaves them to the driver.  Waits
        for the first picture, at most ``OPEN_S`` seconds.  Raises
        :class:`~vcam.errors.SourceError` if there is none, and
        :class:`~vcam.errors.UsageError` if ``wanted`` does not name exactly one camera.
        """
        self._info = find_camera(wanted, list_cameras())
        earlier = _left_behind.get(_device(self._info))
        if earlier is not None and earlier.is_alive():
            raise SourceError(
                tr("The driver of {name} hangs", name=self._info.name),
                tr("Unplug it and plug it in again"),
            )
        self._request = CaptureRequest(size, fps, "")
        self._open_capture = open_capture
        self._is_present = is_present
        self._users = users
        self._controls = controls(self._info)
        self._fresh = threading.Condition()
        self._newest: Frame | None = None
        self._error: Exception | None = None
        self._heard_s = time.monotonic()
        self._negotiated = ("", USUAL_FPS)
        self._size: Size | None = None
        self._stopping = threading.Event()
        # A daemon thread: if a driver hangs, close() gives up on it and vcam can exit.
        self._thread = threading.Thread(target=self._run, name="vcam-camera", daemon=True)
        self._thread.start()
        self._await_first_frame()

    @property
    def name(self) -> str:
        """The system's name of the camera."""
        return self._info.name

    @property
    def identity(self) -> str:
        """Finds the same camera again; see :class:`~vcam.sources.listing.CameraInfo`."""
        return self._info.identity

    @property
    def path(self) -> str:
        """``/dev/videoN``, or the number on other systems."""
        return self._info.path

    @property
    def size(self) -> Size:
        """The size of the newest picture, which is what the driver really sends."""
        assert self._size is not None
        return self._size

    @property
    def fps(self) -> float:
        """Frames per second as reported by the driver."""
        return self._negotiated[1]

    @property
    def negotiated(self) -> str:
        """For people, for example ``MJPG 1280x720 at 30 fps``."""
        fourcc, fps = self._negotiated
        mode = f"{fourcc} {self.size}".lstrip()
        return tr("{mode} at {rate} fps", mode=mode, rate=f"{fps:g}")

    @property
    def frame_count(self) -> int:
        """0: a camera never ends."""
        return 0

    def read(self, timeout_s: float) -> Frame | None:
        """The newest frame not yet read, or None when none came within ``timeout_s``.

        Raises :class:`~vcam.errors.SourceError` if the camera is gone, or has sent nothing
        for ``STALL_S`` seconds.
        """
        begun_s = time.monotonic()
        with self._fresh:
            self._fresh.wait_for(lambda: self._newest or self._error, timeout_s)
            frame, self._newest = self._newest, None
            if frame is not None:
                return frame
            if self._error is not None:
                raise self._error
            now_s = time.monotonic()
            if stood_still(now_s - begun_s, timeout_s):
                self._heard_s = now_s
            elif now_s - self._heard_s > STALL_S:
                raise self._silent()
        return None

    def close(self) -> None:
        """Release the camera; if the driver hangs, only once the driver returns."""
        self._stopping.set()
        self._thread.join(JOIN_S)
        if self._thread.is_alive():
            _left_behind[_device(self._info)] = self._thread
            log.warning("the driver of %s hangs; it is released when it returns", self.name)

    def _await_first_frame(self) -> None:
        with self._fresh:
            self._fresh.wait_for(lambda: self._newest or self._error, OPEN_S)
            if self._newest is not None:
                return
            error = self._error or SourceError(
                tr("{name} does not answer", name=self.name),
                tr("Unplug it and plug it in again"),
            )
        self.close()
        raise error

    # Everything below runs on the thread "vcam-camera".

    def _run(self) -> None:
        raise_priority()
        try:
            capture, image = self._open()
            try:
                # Only now, because some cameras forget what was set before streaming.
                self._controls.restore()
                self._read_all(capture, image)
                self._controls.remember()
            finally:
                capture.release()
        except Exception as error:
            with self._fresh:
                self._error = error
                self._fresh.notify_all()

    def _open(self) -> tuple[Capture, Image]:
        """The device, open, and its first picture."""
        for fourcc in FOURCC_LADDER:
            request = CaptureRequest(self._request.size, self._request.fps, fourcc)
            if fourcc and not self._can(fourcc):
                continue
            capture = self._open_capture(self._info, request)
            try:
                image = self._read_one(capture, FIRST_FRAME_S)
                if image is not None:
                    self._note(capture, image)
                    return capture, image
            except BaseException:
                capture.release()
                raise
            capture.release()
            if self._stopping.is_set():
                break
            log.info(
                "%s sends nothing in the format %s", self.name, fourcc or "of its choice"
            )
        raise self._lost()

    def _can(self, fourcc: str) -> bool:
        modes = self._info.modes
        return not modes or any(mode.fourcc == fourcc for mode in modes)

    def _note(self, capture: Capture, image: Image) -> None:
        fourcc, fps = capture.negotiated()
        self._size = Size.of(image)
        # Drivers report 0, NaN or nonsense if they do not know.
        self._negotiated = (
            fourcc,
            fps if 0 < fps < 1000 else self._request.fps or USUAL_FPS,
        )
        log.info("%s: %s", self.name, self.negotiated)

    def _read_all(self, capture: Capture, image: Image | None) -> None:
        index = 0
        while image is not None:
            with self._fresh:
                self._heard_s = time.monotonic()
                self._newest = Frame(image, index, self._heard_s)
                self._fresh.notify_all()
            index += 1
            self._controls.poll()
            image = self._read_one(capture, STALL_S)
            if image is not None and Size.of(image) != self._size:
                self._note(capture, image)
        if not self._stopping.is_set():
            raise self._lost()

    def _read_one(self, capture: Capture, patience_s: float) -> Image | None:
        """The next picture; None after ``patience_s``, if gone, or when stopping."""
        deadline_s = time.monotonic() + patience_s
        while not self._stopping.is_set():
            ok, image = capture.read()
            if ok and image is not None:
                return checked(image, self.name)
            if time.monotonic() > deadline_s or not self._is_present(self._info):
                break
            self._stopping.wait(RETRY_S)
        return None

    def _lost(self) -> SourceError:
        if not self._is_present(self._info):
            return unplugged(self._info)
        users = self._users(self._info)
        if self._size is None and users:
            return busy(self._info, users)
        return self._silent()

    def _silent(self) -> SourceError:
        if self._size is None:
            return SourceError(
                tr("{name} sends no pictures", name=self.name),
                tr("Unplug it and plug it in again, or choose another camera"),
            )
        return SourceError(
            tr("{name} has stopped sending pictures", name=self.name),
            tr("Check its cable and its privacy shutter, or plug it in again"),
        )
