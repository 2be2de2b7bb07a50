"""A camera that PipeWire lists, as libcamera's are, and that sends what a test wants."""

import ctypes
import struct
import threading
from collections.abc import Callable, Sequence
from ctypes import POINTER
from fractions import Fraction
from typing import Any

from vcam.frames import Size
from vcam.pipewire import pods
from vcam.pipewire.camera_stream import Transform
from vcam.pipewire.connection import Connection
from vcam.pipewire.formats import LAYOUTS, MJPG, Offer, offers_in
from vcam.pipewire.library import HOOK_BYTES, load, locked, logged, new_properties
from vcam.pipewire.structures import ON_PARAMETER, ON_STATE, StreamEvents

OUTPUT, STREAMING = 1, 3
MAP_BUFFERS, DRIVER = 1 << 2, 1 << 3
NAME = "libcamera_input.__SB_.PC00.LNK1"
LIBCAMERA = {"device.api": "libcamera", "priority.session": "800"}


def mode(kind: str, size: Size, *rates: int, full_range: bool = False) -> bytes:
    """A format that the camera offers."""
    rate = Fraction(rates[0]) if rates else None
    subtype = MJPG if kind == "MJPG" else pods.RAW
    pod = pods.video_format(size, rate, subtype, LAYOUTS.get(kind))
    if not full_range:
        return pod
    # One more property: key, flags, and the pod of the value.
    more = struct.pack("<6I", pods.VIDEO_RANGE, 0, 4, pods.ID, pods.FULL_RANGE, 0)
    length, kind_of_pod = struct.unpack_from("<II", pod)
    return struct.pack("<II", length + len(more), kind_of_pod) + pod[8:] + more


class TestCamera:
    """Sends pictures from a thread of its own while somebody watches."""

    __test__ = False

    def __init__(
        self,
        modes: Sequence[bytes],
        draw: Callable[[Offer], tuple[bytes, int]],
        *,
        name: str = NAME,
        title: str = "Built-in Front Camera",
        transform: int = 0,
        **properties: str,
    ) -> None:
        """``draw`` gives bytes and stride of the next picture of what was agreed upon."""
        self._draw, self._transform = draw, transform
        self.agreed: Offer | None = None
        self.silent = False
        self._state = 0
        self._events = StreamEvents(
            version=2,
            state_changed=ON_STATE(logged(self._on_state)),
            param_changed=ON_PARAMETER(logged(self._on_parameter)),
        )
        self._hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._connection = Connection()
        about = {
            "media.class": "Video/Source",
            "media.role": "Camera",
            "node.name": name,
            "node.description": title,
            **LIBCAMERA,
            **{key.replace("_", "."): value for key, value in properties.items()},
        }
        with locked(self._connection.loop):
            self._stream = load().pw_stream_new(
                self._connection.core, name.encode(), new_properties(about)
            )
            load().pw_stream_add_listener(
                self._stream, ctypes.addressof(self._hook), self._events, None
            )
            pods.with_pods(
                lambda array, count: load().pw_stream_connect(
                    self._stream, OUTPUT, 0xFFFFFFFF, DRIVER | MAP_BUFFERS, array, count
                ),
                *modes,
            )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._send, name="test-camera")
        self._thread.start()

    @property
    def watched(self) -> bool:
        return self._state == STREAMING

    def close(self) -> None:
        """Unplug it; may be called twice."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self._thread.join()
        with locked(self._connection.loop):
            load().pw_stream_destroy(self._stream)
        self._connection.close()

    def _send(self) -> None:
        while not self._stopping.wait(1 / 60):
            with locked(self._connection.loop):
                if self.watched and self.agreed and not self.silent:
                    self._send_one(self.agreed)

    def _send_one(self, agreed: Offer) -> None:
        buffer = load().pw_stream_dequeue_buffer(self._stream)
        if not buffer:
            return
        raw, stride = self._draw(agreed)
        spa = buffer.contents.buffer.contents
        data = spa.datas[0]
        ctypes.memmove(data.data, raw, len(raw))
        chunk = data.chunk.contents
        chunk.offset, chunk.size, chunk.stride, chunk.flags = 0, len(raw), stride, 0
        for meta in spa.metas[: spa.n_metas]:
            if meta.type == pods.TRANSFORM:
                ctypes.cast(
                    meta.data, POINTER(Transform)
                ).contents.transform = self._transform
        load().pw_stream_queue_buffer(self._stream, buffer)
        load().pw_stream_trigger_process(self._stream)

    def _on_state(self, _: Any, old: int, new: int, error: bytes | None) -> None:
        self._state = new

    def _on_parameter(self, _: Any, kind: int, address: int | None) -> None:
        if kind != pods.FORMAT:
            return
        self.agreed = next(offers_in(address), None) if address else None
        if self.agreed is not None:
            length = 8 * self.agreed.sizes.each[0].width * self.agreed.sizes.each[0].height
            pods.with_pods(
                lambda array, count: load().pw_stream_update_params(
                    self._stream, array, count
                ),
                pods.buffers(length, 0),
                pods.meta(pods.TRANSFORM, ctypes.sizeof(Transform)),
            )
