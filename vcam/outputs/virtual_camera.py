"""The virtual camera: what call programs see.

On Linux a v4l2loopback device, on Windows OBS's or UnityCapture's, on macOS OBS's; all
through pyvirtualcam.  Applications list the device only once a picture has been sent, and
drop a camera that falls silent, so its owner sends one at once and never stops.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from vcam.errors import NotSetUpError, OutputError
from vcam.frames import Image, Size
from vcam.outputs import check_picture, loopback, windows_cameras
from vcam.outputs.loopback_viewers import Monitor, open_monitor
from vcam.outputs.viewers import UNKNOWN, Viewers
from vcam.outputs.windows_cameras import Installed
from vcam.translation import tr, translatable
from vcam.v4l2.nodes import Node
from vcam.v4l2.system import System

CHECK_S = 0.5
"""Interval at which it is checked whether the device is still there."""
MAC_WIDTH = 32
"""The width is a multiple of it on macOS.  A row of OBS's camera has 2 bytes for a pixel
and is a multiple of 64 bytes; pyvirtualcam (``virtual_output.hpp``) sends no picture that
has other rows, and the camera stays green."""

OBS_MACOS = translatable(
    "Install OBS Studio 30 or newer, choose 'Start Virtual Camera' in it once, allow its "
    "extension in System Settings > General > Login Items & Extensions, then stop it there"
)
STOP_OBS_MACOS = translatable(
    "If OBS runs, click 'Stop Virtual Camera' in it and close it; if that does not help, "
    "restart the computer"
)


class Driver(Protocol):
    """The part of ``pyvirtualcam.Camera`` that is used."""

    @property
    def device(self) -> str:
        """The path or name of the device."""

    def send(self, frame: Image) -> None:
        """Publish a C-contiguous BGR picture; on Linux it does not raise."""

    def close(self) -> None:
        """Let the device go."""


OpenDriver = Callable[[Size, float, str | None, str | None], Driver]
"""Opens a driver from size, frames per second, device and backend; ``None`` for the last
two lets pyvirtualcam choose."""


def open_driver(size: Size, fps: float, device: str | None, backend: str | None) -> Driver:
    """Open ``pyvirtualcam.Camera`` for BGR pictures, which it converts to 4:2:0."""
    import pyvirtualcam  # only here: it loads a native driver

    camera: Driver = pyvirtualcam.Camera(
        size.width,
        size.height,
        fps,
        fmt=pyvirtualcam.PixelFormat.BGR,
        device=device,
        backend=backend,
    )
    return camera


class VirtualCamera:
    """An open virtual camera; fulfils :class:`~vcam.outputs.WatchedOutput`."""

    def __init__(
        self,
        size: Size,
        fps: float,
        device: str = "",
        *,
        open_driver: OpenDriver = open_driver,
        system: System | None = None,
        platform: str = sys.platform,
        installed: Callable[[], Sequence[Installed]] = windows_cameras.installed,
    ) -> None:
        """Take the device for pictures of exactly ``size`` (pixels, both even).

        The size is not negotiated: a device that stays at another size is refused, on
        Linux by :func:`vcam.outputs.loopback.verify`.

        ``device`` is a path, number or label on Linux; ``obs``, ``unitycapture`` or the
        name of an ``installed`` camera on Windows; empty means the usual one.  ``fps`` is a
        hint.  Raises :class:`~vcam.errors.OutputError` with a remedy.
        """
        if size.width % 2 or size.height % 2 or min(size) <= 0:
            raise OutputError(
                tr("A virtual camera of {size} is not possible", size=size),
                tr("Choose an even width and height, for example 1280x720"),
            )
        if platform == "darwin" and size.width % MAC_WIDTH:
            width = max(1, (size.width + MAC_WIDTH // 2) // MAC_WIDTH) * MAC_WIDTH
            raise OutputError(
                tr(
                    "OBS's virtual camera stays green on a Mac with {size}: {width} is no "
                    "multiple of {step}",
                    size=size,
                    width=size.width,
                    step=MAC_WIDTH,
                ),
                tr("Choose {size}, for example", size=Size(width, size.height)),
            )
        self._size = size
        self._node: Node | None = None
        self._monitor: Monitor | None = None
        self._camera: Installed | None = None
        self._longest_pause_s = float("inf")
        self._system = system or System()
        if platform == "linux":
            self._node = loopback.choose(device, self._system)
            self._driver = _open_loopback(self._node, size, fps, self._system, open_driver)
            self._name = f"{self._node.name} ({self._node.path})"
            self._inode = _inode(self._node.path)
            self._monitor = open_monitor(self._system, self._node.path)
        elif platform == "darwin":
            self._driver = _open_on_macos(size, fps, open_driver)
            self._name = self._driver.device
        else:

            def open_camera(camera: Installed) -> Driver:
                name = None if camera.backend == "obs" else camera.name
                return open_driver(size, fps, name, camera.backend)

            found = installed()
            self._camera, self._driver = windows_cameras.opened(device, open_camera, found)
            self._name = self._camera.name
            self._longest_pause_s = windows_cameras.longest_pause_s(self._camera, fps)
        self._checked_s = time.monotonic()

    @property
    def name(self) -> str:
        """For example ``vcam (/dev/video10)`` or ``OBS Virtual Camera``."""
        return self._name

    @property
    def size(self) -> Size:
        """The size it was opened with; on Linux the driver has confirmed it."""
        return self._size

    @property
    def longest_pause_s(self) -> float:
        """As :attr:`vcam.outputs.Impatient.longest_pause_s`."""
        return self._longest_pause_s

    def send(self, image: Image) -> None:
        """Publish one picture; raises :class:`~vcam.errors.OutputError` when it is gone."""
        check_picture(self, image)
        self._check_presence()
        try:
            self._driver.send(np.ascontiguousarray(image))
        except RuntimeError as error:
            raise OutputError(
                tr(
                    "{name} takes no pictures any more: {error}",
                    name=self._name,
                    error=error,
                )
            ) from error

    def viewers(self) -> Viewers:
        """The programs that watch; unknown on Windows and macOS."""
        return self._monitor.viewers() if self._monitor else UNKNOWN

    def close(self) -> None:
        """Let the device go, in a state in which the next program can take it."""
        if self._monitor is not None:
            self._monitor.close()
        self._driver.close()
        if self._node is not None:
            loopback.leave(self._node, self._system)
        if self._camera is not None:
            windows_cameras.closed(self._camera)

    def _check_presence(self) -> None:
        """Raise when the device is gone, which the driver does not report."""
        now_s = time.monotonic()
        if self._node is None or now_s - self._checked_s < CHECK_S:
            return
        self._checked_s = now_s
        if _inode(self._node.path) != self._inode:
            raise NotSetUpError(
                tr("{name} is gone", name=self._name),
                tr("Run `{command}`", command=loopback.LOAD),
            )


def _open_loopback(
    node: Node, size: Size, fps: float, system: System, open_driver: OpenDriver
) -> Driver:
    loopback.prepare(node, system)
    try:
        driver = open_driver(size, fps, node.path, "v4l2loopback")
    except (RuntimeError, ValueError, ImportError) as error:
        raise loopback.refused(node, str(error), system) from error
    try:
        loopback.verify(node, size, system)
    except OutputError:
        driver.close()
        loopback.leave(node, system)
        raise
    return driver


def _open_on_macos(size: Size, fps: float, open_driver: OpenDriver) -> Driver:
    try:
        return open_driver(size, fps, None, "obs")
    except ImportError as error:
        raise windows_cameras.not_opened(
            error, tr("Run `{command}`", command="vcam doctor")
        ) from error
    except (RuntimeError, ValueError, KeyError) as error:
        if "is not installed" not in str(error):
            raise windows_cameras.not_opened(error, tr(STOP_OBS_MACOS)) from error
        raise NotSetUpError(
            tr("{name} is not installed", name=windows_cameras.OBS_NAME), tr(OBS_MACOS)
        ) from error


def _inode(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - once every half second, on the frame path
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_rdev
