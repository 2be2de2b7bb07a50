"""A connection to PipeWire's daemon."""

import ctypes
import errno
import os
import threading
from ctypes import c_int, c_uint32, c_void_p
from pathlib import Path
from typing import Any

from vcam.pipewire.library import (
    HOOK_BYTES,
    call,
    load,
    locked,
    logged,
    new_properties,
)
from vcam.pipewire.structures import ON_DONE, ON_ERROR, CoreEvents
from vcam.translation import tr

CORE = 0
"""The number of the connection itself."""


def running() -> bool:
    """Whether there may be a daemon: its socket is there.

    Looking costs less than an attempt to connect, and loads no library.
    """
    name = os.environ.get("PIPEWIRE_REMOTE") or "pipewire-0"
    if name.startswith("["):
        return True  # several names
    folders = [os.environ.get(each) for each in ("PIPEWIRE_RUNTIME_DIR", "XDG_RUNTIME_DIR")]
    first = next(filter(None, folders), "/run/pipewire")
    # Whoever became another user may still have that one's folder here, and not look in.
    return any(
        os.access(Path(folder) / name, os.F_OK) for folder in (first, "/run/pipewire")
    )


class Connection:
    """Open from its constructor to :meth:`close`; used by one thread.

    It does not connect again when the daemon has gone: :attr:`lost` says so.
    """

    def __init__(self, *, realtime: bool = False) -> None:
        """Connect; raises :class:`OSError` where there is no daemon.

        ``realtime`` is for streams: PipeWire 1.x then asks rtkit for a real-time thread,
        which grants a user only some in a while.
        """
        self.lost = False
        self._answers = threading.Condition()
        self._answered = -1
        self._core: int | None = None
        library = load()
        self._loop: int | None = library.pw_thread_loop_new(b"vcam-pipewire", None)
        if not self._loop:
            raise OSError(tr("PipeWire's library does not start"))
        self._context = library.pw_context_new(
            library.pw_thread_loop_get_loop(self._loop),
            new_properties({"module.rt": str(realtime).lower()}),
            0,
        )
        self._hook = ctypes.create_string_buffer(HOOK_BYTES)
        self._events = CoreEvents(
            version=0,
            done=ON_DONE(logged(self._on_done)),
            error=ON_ERROR(logged(self._on_error)),
        )
        try:
            self._connect()
        except BaseException:
            self.close()  # or the library calls back into what is gone
            raise

    @property
    def loop(self) -> int:
        """The loop of its thread."""
        assert self._loop is not None
        return self._loop

    @property
    def core(self) -> int:
        """What the library calls it; used while the loop is locked."""
        assert self._core is not None
        return self._core

    def settle(self, timeout_s: float) -> bool:
        """Wait until all that was asked for has been answered; False if it is not."""
        with locked(self.loop):
            asked = call(self.core, 2, c_int, (c_uint32, CORE), (c_int, 0))
        with self._answers:
            return (
                self._answers.wait_for(
                    lambda: self.lost or self._answered >= asked, timeout_s
                )
                and not self.lost
            )

    def close(self) -> None:
        """Disconnect; whatever uses the connection is closed before."""
        library = load()
        if self._loop is None:
            return
        library.pw_thread_loop_stop(self._loop)
        if self._core:
            library.pw_core_disconnect(self._core)
        if self._context:
            library.pw_context_destroy(self._context)
        library.pw_thread_loop_destroy(self._loop)
        self._core = self._context = self._loop = None

    def _connect(self) -> None:
        library = load()
        if not self._context:
            raise OSError(tr("PipeWire's library does not start"))
        self._core = library.pw_context_connect(self._context, None, 0)
        if not self._core:
            raise OSError(tr("PipeWire's daemon does not answer"))
        call(
            self._core,
            0,
            c_int,
            (c_void_p, ctypes.addressof(self._hook)),
            (c_void_p, ctypes.addressof(self._events)),
            (c_void_p, None),
        )
        library.pw_thread_loop_start(self._loop)

    # From here on: only the library's thread, which has locked the loop.

    def _on_done(self, _: Any, number: int, asked: int) -> None:
        with self._answers:
            if number == CORE:
                self._answered = asked
            self._answers.notify_all()

    def _on_error(
        self, _: Any, number: int, asked: int, result: int, text: bytes | None
    ) -> None:
        # Errors of single objects, for example of one that has just gone, are no matter.
        if number == CORE and result == -errno.EPIPE:
            with self._answers:
                self.lost = True
                self._answers.notify_all()
