"""The pictures of a camera that PipeWire lists."""

import ctypes
import threading
from ctypes import POINTER, Structure, c_uint32
from dataclasses import dataclass
from typing import Any

from vcam.frames import Size
from vcam.pipewire import formats, pods
from vcam.pipewire.cameras import Cameras
from vcam.pipewire.formats import Offer
from vcam.pipewire.library import HOOK_BYTES, load, locked, logged, new_properties
from vcam.pipewire.structures import (
    ON_PARAMETER,
    ON_PROCESS,
    ON_STATE,
    Header,
    StreamEvents,
)
from vcam.translation import tr

INPUT, ANY = 0, 0xFFFFFFFF
"""The direction of the stream, and the target that stands in its properties."""
AUTOCONNECT, MAP_BUFFERS, DONT_RECONNECT = 1 << 0, 1 << 2, 1 << 7
"""The session manager links it, its memory is seen, and it never gets another camera."""
FAILED, UNCONNECTED, CONNECTING = -1, 0, 1
"""States of a stream."""
CORRUPTED, HEADER_CORRUPTED = 1 << 0, 1 << 1
"""The flag of a buffer that holds no picture, and of its header."""


class Transform(Structure):
    """The metadata that says how a picture is to be turned."""

    _fields_ = (("transform", c_uint32),)


@dataclass(frozen=True, slots=True)
class Plane:
    """A block of memory of a picture."""

    data: bytes
    stride: int
    """Bytes a row, or 0."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the camera gave it."""

    kind: str
    """One of :data:`~vcam.pipewire.formats.KINDS`."""
    size: Size
    planes: tuple[Plane, ...]
    """One, or one for each plane of the format."""
    full_range: bool
    """Whether black is 0 and white 255, not 16 and 235; for luma and chroma."""
    transform: int
    """How to turn it, from ``spa/buffer/meta.h``: 1 to 3 quarters, 4 for a mirror."""


class CameraStream:
    """A camera being read, from the constructor to :meth:`close`; used by one thread."""

    def __init__(self, name: str, kind: str, size: Size | None, fps: float | None) -> None:
        """Ask for pictures of the camera ``name``, as alike to those wanted as it can.

        ``kind`` is a format, or empty.  Raises :class:`FileNotFoundError` when the
        camera is not there, and :class:`OSError` when it gives nothing of that kind.
        """
        self._fresh = threading.Condition()
        self._newest: Picture | None = None
        self._ended = ""
        self._agreed: Offer | None = None
        self._stream: int | None = None
        self._events = StreamEvents(
            version=2,
            state_changed=ON_STATE(logged(self._on_state)),
            param_changed=ON_PARAMETER(logged(self._on_parameter)),
            process=ON_PROCESS(logged(self._on_process)),
        )
        self._hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._cameras = Cameras(self._on_link, realtime=True)
        try:
            self._cameras.settle()
            self._open(name, kind, size, fps)
        except BaseException:
            self.close()  # or the library calls back into what is gone
            raise

    @property
    def lost(self) -> bool:
        """Whether the daemon has gone, and not only the camera."""
        return self._cameras.lost

    @property
    def agreed(self) -> Offer | None:
        """Format, size and rate; None until they are agreed upon."""
        return self._agreed

    def read(self, timeout_s: float) -> Picture | None:
        """The newest picture not yet read, or None; raises :class:`OSError` at the end."""
        with self._fresh:
            self._fresh.wait_for(lambda: self._newest or self._over(), timeout_s)
            picture, self._newest = self._newest, None
            if picture is None and self._over():
                raise OSError(self._ended or tr("it ended"))
            return picture

    def close(self) -> None:
        """Let the camera go."""
        if self._stream is not None:
            with locked(self._cameras.connection.loop):
                load().pw_stream_destroy(self._stream)
            self._stream = None
        self._cameras.close()

    def _over(self) -> bool:
        return bool(self._ended) or self._cameras.lost

    def _open(self, name: str, kind: str, size: Size | None, fps: float | None) -> None:
        found = [
            (number, node)
            for number, node in self._cameras.now().items()
            if node.name == name
        ]
        if not found:
            raise FileNotFoundError(name)
        self._target, node = found[0]
        wanted = formats.choose(node.offers, kind, size, fps)
        if wanted is None:
            raise OSError(tr("it has no format that vcam understands"))
        library = load()
        with locked(self._cameras.connection.loop):
            self._stream = library.pw_stream_new(
                self._cameras.connection.core,
                b"vcam",
                new_properties(
                    {
                        "media.type": "Video",
                        "media.category": "Capture",
                        "media.role": "Camera",
                        "application.name": "vcam",
                        "node.name": "vcam.camera",
                        # The number that is never used twice, where there is one.
                        "target.object": node.about.get("object.serial", name),
                        "node.dont-fallback": "true",
                        "node.dont-move": "true",
                    }
                ),
            )
            if not self._stream:
                raise OSError(tr("PipeWire's library makes no stream"))
            library.pw_stream_add_listener(
                self._stream, ctypes.addressof(self._hook), self._events, None
            )

            def connect(array: Any, count: int) -> int:
                flags = AUTOCONNECT | MAP_BUFFERS | DONT_RECONNECT
                answer: int = library.pw_stream_connect(
                    self._stream, INPUT, ANY, flags, array, count
                )
                return answer

            if (answer := pods.with_pods(connect, wanted.pod)) < 0:
                raise OSError(-answer, tr("PipeWire's daemon does not answer"))

    # From here on: only the library's thread, which has locked the loop.

    def _end(self, why: str) -> None:
        with self._fresh:
            self._ended = self._ended or why
            self._newest = None
            self._fresh.notify_all()

    def _on_state(self, _: Any, old: int, new: int, error: bytes | None) -> None:
        if new == FAILED:
            self._end((error or b"").decode("utf-8", "replace") or tr("it ended"))
        elif new == UNCONNECTED and old > CONNECTING:
            self._end(tr("it ended"))

    def _on_link(self, giving: int, taking: int) -> None:
        """The session manager must not give us another camera, or vcam's own picture."""
        if self._stream is None or giving == self._target:
            return
        if taking == load().pw_stream_get_node_id(self._stream):
            self._end(tr("PipeWire offers another camera instead"))

    def _on_parameter(self, _: Any, kind: int, address: int | None) -> None:
        if kind != pods.FORMAT:
            return
        agreed = next(formats.offers_in(address), None) if address else None
        self._agreed = agreed
        if agreed is not None:
            pods.with_pods(
                lambda array, count: load().pw_stream_update_params(
                    self._stream, array, count
                ),
                pods.any_buffers(),
                pods.meta(pods.HEADER, ctypes.sizeof(Header)),
                pods.meta(pods.TRANSFORM, ctypes.sizeof(Transform)),
            )

    def _on_process(self, _: Any) -> None:
        """Keep the newest picture, and give the buffers back at once."""
        library, newest = load(), None
        while buffer := library.pw_stream_dequeue_buffer(self._stream):
            if newest:
                library.pw_stream_queue_buffer(self._stream, newest)
            newest = buffer
        if not newest:
            return
        picture = self._copied(newest.contents.buffer.contents)
        library.pw_stream_queue_buffer(self._stream, newest)
        if picture is not None and not self._ended:
            with self._fresh:
                self._newest = picture
                self._fresh.notify_all()

    def _copied(self, buffer: Any) -> Picture | None:
        agreed = self._agreed
        planes = tuple(filter(None, map(_plane, buffer.datas[: buffer.n_datas])))
        if agreed is None or not planes or len(planes) < buffer.n_datas:
            return None
        transform = 0
        for meta in buffer.metas[: buffer.n_metas]:
            if meta.type == pods.HEADER and meta.size >= ctypes.sizeof(Header):
                header = ctypes.cast(meta.data, POINTER(Header)).contents
                if header.flags & HEADER_CORRUPTED:
                    return None
            if meta.type == pods.TRANSFORM and meta.size >= ctypes.sizeof(Transform):
                transform = ctypes.cast(meta.data, POINTER(Transform)).contents.transform
        size: Size = agreed.sizes.each[0]
        return Picture(agreed.kind, size, planes, agreed.full_range, transform)


def _plane(data: Any) -> Plane | None:
    """A copy of a block, if it holds something."""
    chunk = data.chunk.contents
    filled = chunk.size and not chunk.flags & CORRUPTED
    if not (data.data and filled and chunk.offset + chunk.size <= data.maxsize):
        return None
    copy = ctypes.string_at(data.data + chunk.offset, chunk.size)
    return Plane(copy, max(0, chunk.stride))
