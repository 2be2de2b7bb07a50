"""A camera that PipeWire lists: a node that gives planar 4:2:0 pictures of one size."""

import ctypes
import time
from collections.abc import Iterator
from ctypes import POINTER
from fractions import Fraction
from operator import itemgetter
from typing import Any

from vcam.frames import Size
from vcam.pipewire import pods
from vcam.pipewire.library import load, locked, logged, new_properties
from vcam.pipewire.readers import Readers
from vcam.pipewire.structures import (
    ON_BUFFER,
    ON_PARAMETER,
    ON_STATE,
    Busy,
    Header,
    StreamEvents,
)
from vcam.translation import tr

API = "vcam"
"""What such nodes have as ``device.api``: they are no cameras for vcam."""

OUTPUT, ANY = 1, 0xFFFFFFFF
"""The direction of the stream, and its target."""
MAP_BUFFERS, DRIVER = 1 << 2, 1 << 3
"""The stream sees the memory of its buffers, and says when a picture is due.

It never asks for ``RT_PROCESS``: nothing of Python runs on the real-time thread.
"""
FAILED, UNCONNECTED, STREAMING = -1, 0, 3
"""States of a stream; while nobody reads it is paused, 2."""
CORRUPTED = 1
"""The flag of a buffer that holds no picture."""


KEPT_S = 0.5
"""Seconds that a reader may keep a buffer while there is no other."""


class Node:
    """Open from its constructor to :meth:`close`; used by one thread.

    The library does not connect again when its daemon has gone: :attr:`lost` says so, and
    another node takes the place of this one.
    """

    def __init__(self, name: str, title: str, size: Size, fps: float) -> None:
        """Offer a camera that programs call ``title``; raises :class:`OSError`.

        ``name`` is what PipeWire calls it, and should be used once.
        """
        self._size, self._seq = size, 0
        self._bytes = size.width * size.height * 3 // 2
        self._state, self._ready = UNCONNECTED, False
        self._sent: dict[int, tuple[float, Any]] = {}
        """When each buffer was sent last, by its address; and the buffer."""
        self._library = library = load()
        self._events = StreamEvents(
            version=2,
            state_changed=ON_STATE(logged(self._on_state)),
            param_changed=ON_PARAMETER(logged(self._on_parameter)),
            remove_buffer=ON_BUFFER(logged(self._on_removed)),
        )
        self._stream: int | None = None
        self._readers: Readers | None = None
        self._loop = library.pw_thread_loop_new(b"vcam-pipewire", None)
        if not self._loop:
            raise OSError(tr("PipeWire's library does not start"))
        try:
            with locked(self._loop):
                library.pw_thread_loop_start(self._loop)
                self._connect(name, title, size, Fraction(fps).limit_denominator(1001))
        except BaseException:
            self.close()  # or the library calls back into what is gone
            raise

    @property
    def lost(self) -> bool:
        """Whether the daemon has gone, or refuses the node."""
        return self._state in (FAILED, UNCONNECTED)

    @property
    def watched(self) -> bool:
        """Whether a program takes pictures at this moment."""
        return self._state == STREAMING

    def readers(self) -> tuple[str, ...]:
        """The names of the programs that are linked to it, as far as they are known."""
        with locked(self._loop):
            return self._readers.names() if self._readers else ()

    def send(self, address: int) -> bool:
        """Copy the picture at ``address`` to the readers; False when none takes it.

        Never waits for a reader.
        """
        if not self.watched:
            return False
        library = self._library
        with locked(self._loop):
            if not (self.watched and self._ready):
                return False
            # Filled and queued before the cycle begins: whoever fills buffers when asked
            # for one is a picture late.
            buffer = self._free_buffer()
            if not buffer:
                return False
            filled = self._fill(buffer.contents.buffer.contents, address)
            self._sent[ctypes.addressof(buffer.contents)] = time.monotonic(), buffer
            library.pw_stream_queue_buffer(self._stream, buffer)
            library.pw_stream_trigger_process(self._stream)
            return filled

    def close(self) -> None:
        """Take the camera away."""
        library = self._library
        with locked(self._loop):
            if self._readers is not None:
                self._readers.close()
            if self._stream:
                library.pw_stream_destroy(self._stream)
            self._stream = self._readers = None
        library.pw_thread_loop_stop(self._loop)
        library.pw_thread_loop_destroy(self._loop)

    def _connect(self, name: str, title: str, size: Size, rate: Fraction) -> None:
        library = self._library
        properties = new_properties(
            {
                "media.type": "Video",
                "media.category": "Capture",
                "media.role": "Camera",
                "media.class": "Video/Source",
                "node.name": name,
                "node.description": title,
                "node.nick": title,
                "device.api": API,
                "application.name": "vcam",
                # Below cameras, which have 600 to 1000: nobody gets it without choosing it.
                "priority.session": "500",
            }
        )
        self._stream = library.pw_stream_new_simple(
            library.pw_thread_loop_get_loop(self._loop),
            name.encode(),
            properties,
            ctypes.byref(self._events),
            None,
        )
        if not self._stream:
            raise OSError(tr("PipeWire's library makes no stream"))

        def connect(array: Any, count: int) -> int:
            flags = DRIVER | MAP_BUFFERS
            answer: int = library.pw_stream_connect(
                self._stream, OUTPUT, ANY, flags, array, count
            )
            return answer

        if (answer := pods.with_pods(connect, pods.video_format(size, rate))) < 0:
            raise OSError(-answer, tr("PipeWire's daemon does not answer"))
        self._readers = Readers(self._stream)

    def _free_buffer(self) -> Any:
        """A buffer that no reader keeps; if there is none, one that was kept for long.

        A program that hangs, or that was killed, keeps its buffers for ever.  When all are
        kept no other program gets pictures.  So the oldest is taken back: who still has it
        sees a later picture there.
        """
        for _ in range(2):
            for _ in range(len(self._sent) + 1):
                # One that is kept goes to the end of the queue.
                buffer = self._library.pw_stream_dequeue_buffer(self._stream)
                if buffer:
                    # It is ours alone; who gives a buffer back that was taken counts down.
                    for busy in _busy(buffer):
                        busy.count = max(1, busy.count)
                    return buffer
            if not self._take_back():
                break
        return None

    def _take_back(self) -> bool:
        kept = [
            (sent_s, busy)
            for sent_s, buffer in self._sent.values()
            for busy in _busy(buffer)
            if busy.count
        ]
        if not kept:
            return False
        sent_s, busy = min(kept, key=itemgetter(0))
        if time.monotonic() - sent_s < KEPT_S:
            return False
        busy.count = 0
        return True

    def _fill(self, buffer: Any, address: int) -> bool:
        data = buffer.datas[0]
        fits = bool(data.data) and data.maxsize >= self._bytes
        if fits:
            ctypes.memmove(data.data, address, self._bytes)
        chunk = data.chunk.contents
        chunk.offset, chunk.stride = 0, self._size.width
        chunk.size, chunk.flags = (self._bytes, 0) if fits else (0, CORRUPTED)
        for meta in buffer.metas[: buffer.n_metas]:
            if meta.type == pods.HEADER and meta.size >= ctypes.sizeof(Header):
                header = ctypes.cast(meta.data, POINTER(Header)).contents
                header.flags, header.dts_offset, header.seq = 0, 0, self._seq
                header.pts = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self._seq += 1
        return fits

    # From here on: only the library's thread, which has locked the loop.

    def _on_state(self, _: Any, old: int, new: int, error: bytes | None) -> None:
        self._state = new

    def _on_removed(self, _: Any, buffer: Any) -> None:
        self._sent.pop(ctypes.addressof(buffer.contents), None)

    def _on_parameter(self, _: Any, kind: int, address: int | None) -> None:
        if kind != pods.FORMAT:
            return
        self._ready = bool(address) and _agreed(address or 0) == self._size
        if self._ready:
            library = self._library
            pods.with_pods(
                lambda array, count: library.pw_stream_update_params(
                    self._stream, array, count
                ),
                pods.buffers(self._bytes, self._size.width),
                pods.meta(pods.HEADER, ctypes.sizeof(Header)),
            )


def _busy(buffer: Any) -> Iterator[Busy]:
    """The counter of a buffer, if it has one."""
    inner = buffer.contents.buffer.contents
    for meta in inner.metas[: inner.n_metas]:
        if meta.type == pods.BUSY and meta.size >= ctypes.sizeof(Busy):
            yield ctypes.cast(meta.data, POINTER(Busy)).contents


def _agreed(address: int) -> Size | None:
    """The size in a format."""
    size = pods.properties(address).get(pods.VIDEO_SIZE)
    return size.each[0] if size else None
