"""libpipewire through ctypes: the functions that are used, and no others."""

import ctypes
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_bool,
    c_char_p,
    c_int,
    c_size_t,
    c_uint32,
    c_void_p,
)
from functools import cache
from typing import Any

from vcam.pipewire.structures import Buffer, Interface, StreamEvents
from vcam.translation import tr

log = logging.getLogger(__name__)

NAME = "libpipewire-0.3.so.0"
"""Searched for where the system keeps its libraries."""
HOOK_BYTES = 64
"""More than a ``spa_hook`` takes."""

FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "pw_init": (None, [c_void_p, c_void_p]),
    "pw_log_set_level": (None, [c_int]),
    "pw_thread_loop_new": (c_void_p, [c_char_p, c_void_p]),
    "pw_thread_loop_get_loop": (c_void_p, [c_void_p]),
    "pw_thread_loop_start": (c_int, [c_void_p]),
    "pw_thread_loop_stop": (None, [c_void_p]),
    "pw_thread_loop_lock": (None, [c_void_p]),
    "pw_thread_loop_unlock": (None, [c_void_p]),
    "pw_thread_loop_destroy": (None, [c_void_p]),
    "pw_context_new": (c_void_p, [c_void_p, c_void_p, c_size_t]),
    "pw_context_connect": (c_void_p, [c_void_p, c_void_p, c_size_t]),
    "pw_context_destroy": (None, [c_void_p]),
    "pw_core_disconnect": (c_int, [c_void_p]),
    "pw_properties_new_string": (c_void_p, [c_char_p]),
    "pw_properties_set": (c_int, [c_void_p, c_char_p, c_char_p]),
    "pw_stream_new_simple": (
        c_void_p,
        [c_void_p, c_char_p, c_void_p, POINTER(StreamEvents), c_void_p],
    ),
    "pw_stream_new": (c_void_p, [c_void_p, c_char_p, c_void_p]),
    "pw_stream_add_listener": (
        None,
        [c_void_p, c_void_p, POINTER(StreamEvents), c_void_p],
    ),
    "pw_stream_connect": (
        c_int,
        [c_void_p, c_int, c_uint32, c_int, POINTER(c_void_p), c_uint32],
    ),
    "pw_stream_update_params": (c_int, [c_void_p, POINTER(c_void_p), c_uint32]),
    "pw_stream_dequeue_buffer": (POINTER(Buffer), [c_void_p]),
    "pw_stream_queue_buffer": (c_int, [c_void_p, POINTER(Buffer)]),
    "pw_stream_trigger_process": (c_int, [c_void_p]),
    "pw_stream_get_node_id": (c_uint32, [c_void_p]),
    "pw_stream_get_core": (c_void_p, [c_void_p]),
    "pw_stream_is_driving": (c_bool, [c_void_p]),
    "pw_stream_destroy": (None, [c_void_p]),
    "pw_proxy_destroy": (None, [c_void_p]),
    "pw_proxy_add_object_listener": (None, [c_void_p, c_void_p, c_void_p, c_void_p]),
}
"""The functions by their names: what they return and take."""


@cache
def load() -> ctypes.CDLL:
    """The library, ready; raises :class:`OSError` where it is not installed or too old."""
    library = ctypes.CDLL(NAME)
    for name, (result, arguments) in FUNCTIONS.items():
        try:
            function = getattr(library, name)
        except AttributeError as error:
            raise OSError(
                tr(
                    "{library} is too old: it has no {function}",
                    library=NAME,
                    function=name,
                )
            ) from error
        function.restype, function.argtypes = result, arguments
    library.pw_init(None, None)
    if not os.environ.get("PIPEWIRE_DEBUG"):
        library.pw_log_set_level(0)  # it writes to the terminal
    return library


def available() -> bool:
    """Whether the library can be used; its daemon is not asked."""
    try:
        load()
    except OSError:
        return False
    return True


def dictionary(pointer: Any) -> dict[str, str]:
    """A copy of a :class:`Dictionary`."""
    if not pointer:
        return {}
    items = (pointer.contents.items[at] for at in range(pointer.contents.n_items))
    return {_text(item.key): _text(item.value) for item in items}


def call(instance: int, index: int, result: Any, *arguments: tuple[Any, Any]) -> Any:
    """Call the function at ``index`` of an object: its headers define these inline.

    ``arguments`` are pairs of type and value.
    """
    interface = ctypes.cast(instance, POINTER(Interface)).contents
    types = [kind for kind, _ in arguments]
    # The first entry of the table is its version.
    function = CFUNCTYPE(result, c_void_p, *types)(interface.functions[1 + index])
    return function(interface.data, *(value for _, value in arguments))


@contextmanager
def locked(loop: int) -> Iterator[None]:
    """While the thread of ``loop`` calls nothing back."""
    load().pw_thread_loop_lock(loop)
    try:
        yield
    finally:
        load().pw_thread_loop_unlock(loop)


def new_properties(values: dict[str, str]) -> int:
    """Properties for whoever takes them; the library frees them there."""
    made: int = load().pw_properties_new_string(b"{}")  # NULL makes it crash
    for key, value in values.items():
        load().pw_properties_set(made, key.encode(), value.encode())
    return made


def logged(function: Callable[..., None]) -> Callable[..., None]:
    """``function`` for a callback: what it raises goes into the log, and no further."""

    def called(*arguments: Any) -> None:
        try:
            function(*arguments)
        except Exception:
            log.exception("a callback of PipeWire failed")

    return called


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
