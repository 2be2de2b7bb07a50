"""The cameras that only PipeWire has: those of phones and laptops that need libcamera.

The kernel shows these as raw sensors, which no ordinary program can read.  Cameras that the
kernel offers ready for use are read there, and not listed a second time.
"""

import logging
import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing

from vcam.pipewire.cameras import CameraNode, Cameras
from vcam.pipewire.connection import running
from vcam.pipewire.formats import Offer
from vcam.printable import printable
from vcam.sources.camera_info import IN_PIPEWIRE, CameraInfo
from vcam.v4l2.modes import COMMON_SIZES, Mode
from vcam.v4l2.nodes import LOOPBACK_DRIVER

log = logging.getLogger(__name__)

USB_IDS = re.compile(r"-([0-9a-f]{4})[_:]([0-9a-f]{4})(\.\d+)?$")
"""At the end of the name that libcamera gives a USB camera."""
DEVICES = {"libcamera", "v4l2"}
"""The kinds of nodes that are cameras, and not made by a program."""
AGAIN_S = 5.0
"""Seconds until the daemon is looked for again that did not answer."""


def nodes_now() -> tuple[CameraNode, ...]:
    """What PipeWire lists at this moment; nothing where there is no PipeWire."""
    if not running():
        return ()
    try:
        with closing(Cameras()) as cameras:
            cameras.settle()
            return tuple(cameras.now().values())
    except OSError as error:
        log.info("PipeWire's cameras are not listed: %s", error)
        return ()


def is_listed(camera: CameraInfo) -> bool:
    """Whether PipeWire lists this camera at this moment."""
    return any(node.name == camera.pipewire_name for node in nodes_now())


class Watch:
    """PipeWire's list, kept up to date, for whoever looks often; used by one thread."""

    def __init__(self) -> None:
        self._cameras: Cameras | None = None
        self._next_s = 0.0

    def nodes(self) -> tuple[CameraNode, ...]:
        """What PipeWire lists now; costs nothing while that does not change."""
        if self._cameras is not None and self._cameras.lost:
            self.close()
        if self._cameras is None and not self._connect():
            return ()
        assert self._cameras is not None
        return tuple(self._cameras.now().values())

    def close(self) -> None:
        """Disconnect."""
        if self._cameras is not None:
            self._cameras.close()
            self._cameras = None

    def _connect(self) -> bool:
        if time.monotonic() < self._next_s or not running():
            return False
        self._next_s = time.monotonic() + AGAIN_S
        try:
            self._cameras = Cameras()
        except OSError as error:
            log.info("PipeWire's cameras are not listed: %s", error)
            return False
        self._cameras.settle()
        return True


def only_in_pipewire(
    nodes: Iterable[CameraNode], in_kernel: Sequence[CameraInfo]
) -> tuple[CameraInfo, ...]:
    """Those of ``nodes`` that are not among the cameras that the kernel offers.

    Of several that have one name, which is their path, the first is meant.
    """
    by_name = {node.name: node for node in reversed(tuple(nodes)) if node.offers}
    return tuple(
        CameraInfo(
            printable(node.title),
            IN_PIPEWIRE + node.name,
            -1,
            IN_PIPEWIRE + node.name,
            _modes(node.offers),
            virtual=node.about.get("device.api") not in DEVICES,
        )
        for node in reversed(by_name.values())
        if not _is_in_kernel(node, in_kernel)
    )


def _is_in_kernel(node: CameraNode, cameras: Sequence[CameraInfo]) -> bool:
    path = node.about.get("api.v4l2.path", "")
    if path or node.about.get("device.api") == "v4l2":
        # Devices that are here and not among the kernel's cameras are raw sensors, or the
        # virtual camera that we publish to.  They are not here where vcam is in a sandbox.
        driver = node.about.get("api.v4l2.cap.driver")
        return driver == LOOPBACK_DRIVER or not path or os.access(path, os.F_OK)
    ids = USB_IDS.search(node.name)
    return ids is not None and any(
        camera.identity.startswith(f"usb:{ids[1]}:{ids[2]}:") for camera in cameras
    )


def _modes(offers: Iterable[Offer]) -> tuple[Mode, ...]:
    return tuple(dict.fromkeys(mode for offer in offers for mode in _modes_of(offer)))


def _modes_of(offer: Offer) -> Iterator[Mode]:
    sizes = offer.sizes.each
    if offer.sizes.between:
        (least, most), (across, down) = sizes, offer.sizes.step or (1, 1)
        sizes = tuple(
            size
            for size in COMMON_SIZES
            if least.width <= size.width <= most.width
            and least.height <= size.height <= most.height
            and not (size.width - least.width) % max(1, across)
            and not (size.height - least.height) % max(1, down)
        )
    rates = {round(float(rate), 2) for rate in offer.rates.each} if offer.rates else set()
    known = tuple(sorted((rate for rate in rates if rate), reverse=True))
    for size in sizes:
        yield Mode(offer.kind, size, known)
