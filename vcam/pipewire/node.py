"""A camera that PipeWire lists: a node that gives planar 4:2:0 pictures of one size."""

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, c_void_p
from fractions import Fraction
from typing import Any

from vcam.frames import Size
from vcam.pipewire import pods
from vcam.pipewire.library import (
    ON_PARAMETER,
    ON_STATE,
    Header,
    StreamEvents,
    load,
    logged,
)
from vcam.pipewire.readers import Readers
from vcam.translation import tr

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
        self._library = library = load()
        self._events = StreamEvents(
            version=2,
            state_changed=ON_STATE(logged(self._on_state)),
            param_changed=ON_PARAMETER(logged(self._on_parameter)),
        )
        self._stream: int | None = None
        self._readers: Readers | None = None
        self._loop = library.pw_thread_loop_new(b"vcam-pipewire", None)
        if not self._loop:
            raise OSError(tr("PipeWire's library does not start"))
        try:
            with self._locked():
                library.pw_thread_loop_start(self._loop)
                self._connect(name, title, size, Fraction(fps).limit_denominator(1001))
        except OSError:
            self.close()
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
        with self._locked():
            return self._readers.names() if self._readers else ()

    def send(self, address: int) -> bool:
        """Copy the picture at ``address`` to the readers; False when none takes it.

        Never waits for a reader: while one keeps all buffers, none gets pictures.
        """
        if not self.watched:
            return False
        library = self._library
        with self._locked():
            if not (self.watched and self._ready):
                return False
            # Filled and queued before the cycle begins: whoever fills buffers when asked
            # for one is a picture late.
            buffer = library.pw_stream_dequeue_buffer(self._stream)
            if not buffer:
                return False
            filled = self._fill(buffer.contents.buffer.contents, address)
            library.pw_stream_queue_buffer(self._stream, buffer)
            library.pw_stream_trigger_process(self._stream)
            return filled

    def close(self) -> None:
        """Take the camera away."""
        library = self._library
        with self._locked():
            if self._readers is not None:
                self._readers.close()
            if self._stream:
                library.pw_stream_destroy(self._stream)
            self._stream = self._readers = None
        library.pw_thread_loop_stop(self._loop)
        library.pw_thread_loop_destroy(self._loop)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def _connect(self, name: str, title: str, size: Size, rate: Fraction) -> None:
        library = self._library
        properties = library.pw_properties_new_string(b"{}")  # NULL makes it crash
        for key, value in {
            "media.type": "Video",
            "media.category": "Capture",
            "media.role": "Camera",
            "media.class": "Video/Source",
            "node.name": name,
            "node.description": title,
            "node.nick": title,
            "device.api": "vcam",
            "application.name": "vcam",
            # Below cameras, which have 600 to 1000: nobody gets it without choosing it.
            "priority.session": "500",
        }.items():
            library.pw_properties_set(properties, key.encode(), value.encode())
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

        if (answer := _with_pods(connect, pods.video_format(size, rate))) < 0:
            raise OSError(-answer, tr("PipeWire's daemon does not answer"))
        self._readers = Readers(library, self._stream)

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

    def _on_parameter(self, _: Any, kind: int, address: int | None) -> None:
        if kind != pods.FORMAT:
            return
        self._ready = bool(address) and pods.size_in(address or 0) == self._size
        if self._ready:
            library = self._library
            _with_pods(
                lambda array, count: library.pw_stream_update_params(
                    self._stream, array, count
                ),
                pods.buffers(self._bytes, self._size.width),
                pods.header(ctypes.sizeof(Header)),
            )


def _with_pods(function: Callable[[Any, int], int], *each: bytes) -> int:
    """Call a function that takes pods; it copies them."""
    kept = [ctypes.create_string_buffer(pod, len(pod)) for pod in each]
    array = (c_void_p * len(kept))(*map(ctypes.addressof, kept))
    return function(array, len(kept))
