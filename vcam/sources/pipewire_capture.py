"""Opens cameras that PipeWire lists."""

import time
from typing import Any

from vcam.errors import SourceError
from vcam.pipewire.camera_stream import CameraStream
from vcam.reasons import reason
from vcam.sources.camera_info import CameraInfo
from vcam.sources.capture import CaptureRequest
from vcam.sources.pipewire_listing import is_listed
from vcam.translation import tr, translatable

PATIENCE_S = 0.5
"""Seconds that one reading waits: whoever closes the camera waits for it."""
CONNECT_S = 3.0
"""Seconds within which PipeWire connects a camera."""
RESTART = translatable("Start WirePlumber again: `systemctl --user restart wireplumber`")
"""What to do when nothing connects programs and cameras."""
START = translatable("Start it again: `systemctl --user start pipewire wireplumber`")
"""What to do without PipeWire."""


class PipeWireCapture:
    """An open camera; fulfils :class:`~vcam.sources.capture.Capture`."""

    def __init__(self, info: CameraInfo, request: CaptureRequest) -> None:
        """Ask for pictures; raises :class:`~vcam.errors.SourceError`."""
        from vcam.sources.pipewire_pictures import image_of  # it imports OpenCV

        self._image_of = image_of
        self._info = info
        self._any_format = not request.fourcc
        self._opened_s = time.monotonic()
        self._stream: CameraStream | None
        try:
            self._stream = CameraStream(
                info.pipewire_name, request.fourcc, request.size, request.fps
            )
        except FileNotFoundError:
            self._stream = None  # it was unplugged meanwhile, and nothing will come
        except OSError as error:
            raise self._refused(error) from error

    def read(self) -> tuple[bool, Any]:
        """See :class:`~vcam.sources.capture.Capture`.

        Raises :class:`~vcam.errors.SourceError` when PipeWire says why it ends.
        """
        if self._stream is None:
            return False, None
        try:
            picture = self._stream.read(PATIENCE_S)
        except OSError as error:
            if self._stream.lost:
                what = tr("{name} is gone: PipeWire has ended", name=self._info.name)
                raise SourceError(what, tr(START)) from error
            if is_listed(self._info):
                raise self._refused(error) from error
            return False, None
        if picture is None:
            self._require_connected(self._stream)
            return False, None
        image = self._image_of(picture)
        return image is not None, image

    def negotiated(self) -> tuple[str, float]:
        """See :class:`~vcam.sources.capture.Capture`."""
        agreed = self._stream.agreed if self._stream else None
        if agreed is None:
            return "", 0.0
        return agreed.kind, float(agreed.rates.each[0]) if agreed.rates else 0.0

    def release(self) -> None:
        """See :class:`~vcam.sources.capture.Capture`."""
        if self._stream is not None:
            self._stream.close()

    def _require_connected(self, stream: CameraStream) -> None:
        """Without a session manager nothing is ever agreed upon, and nobody says so."""
        late = time.monotonic() > self._opened_s + CONNECT_S
        if late and self._any_format and stream.agreed is None:
            what = tr("PipeWire does not connect {name} to vcam", name=self._info.name)
            raise SourceError(what, tr(RESTART))

    def _refused(self, error: OSError) -> SourceError:
        return SourceError(
            tr(
                "{name} gives no pictures: {reason}",
                name=self._info.name,
                reason=reason(error),
            ),
            tr("Close the programs that use it, or unplug it and plug it in again"),
        )
