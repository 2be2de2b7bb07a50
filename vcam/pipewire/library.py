"""libpipewire through ctypes: the structures and functions that are used, and no others.

Structures and order of members are those of ``pipewire/stream.h``, ``pipewire/core.h``,
``pipewire/client.h`` and ``spa/buffer/buffer.h``.  Members that later versions have added
at the end are not declared.
"""

import ctypes
import logging
import os
from collections.abc import Callable
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_bool,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from functools import cache
from typing import Any

from vcam.translation import tr

log = logging.getLogger(__name__)

NAME = "libpipewire-0.3.so.0"
"""Searched for where the system keeps its libraries."""


class Chunk(Structure):
    """Which part of a buffer is filled."""

    _fields_ = (
        ("offset", c_uint32),
        ("size", c_uint32),
        ("stride", c_int32),
        ("flags", c_int32),
    )


class Data(Structure):
    """A block of memory."""

    _fields_ = (
        ("type", c_uint32),
        ("flags", c_uint32),
        ("fd", c_int64),
        ("mapoffset", c_uint32),
        ("maxsize", c_uint32),
        ("data", c_void_p),
        ("chunk", POINTER(Chunk)),
    )


class Meta(Structure):
    """Metadata of a buffer."""

    _fields_ = (("type", c_uint32), ("size", c_uint32), ("data", c_void_p))


class Header(Structure):
    """The metadata with the time."""

    _fields_ = (
        ("flags", c_uint32),
        ("offset", c_uint32),
        ("pts", c_int64),
        ("dts_offset", c_int64),
        ("seq", c_uint64),
    )


class SpaBuffer(Structure):
    """The blocks and the metadata of a buffer."""

    _fields_ = (
        ("n_metas", c_uint32),
        ("n_datas", c_uint32),
        ("metas", POINTER(Meta)),
        ("datas", POINTER(Data)),
    )


class Buffer(Structure):
    """A buffer of a stream."""

    _fields_ = (("buffer", POINTER(SpaBuffer)), ("user_data", c_void_p), ("size", c_uint64))


class Item(Structure):
    """A name and its value."""

    _fields_ = (("key", c_char_p), ("value", c_char_p))


class Dictionary(Structure):
    """Names and values."""

    _fields_ = (("flags", c_uint32), ("n_items", c_uint32), ("items", POINTER(Item)))


class Interface(Structure):
    """An object of PipeWire: a table of functions, and what they get as first argument."""

    _fields_ = (
        ("type", c_char_p),
        ("version", c_uint32),
        ("functions", POINTER(c_void_p)),
        ("data", c_void_p),
    )


class ClientInfo(Structure):
    """What a program says about itself."""

    _fields_ = (
        ("id", c_uint32),
        ("change_mask", c_uint64),
        ("properties", POINTER(Dictionary)),
    )


ON_STATE = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ON_PARAMETER = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
ON_GLOBAL = CFUNCTYPE(
    None, c_void_p, c_uint32, c_uint32, c_char_p, c_uint32, POINTER(Dictionary)
)
ON_REMOVED = CFUNCTYPE(None, c_void_p, c_uint32)
ON_CLIENT = CFUNCTYPE(None, c_void_p, POINTER(ClientInfo))


class StreamEvents(Structure):
    """What a stream reports; what is 0 is not called."""

    _fields_ = (
        ("version", c_uint32),
        ("destroy", c_void_p),
        ("state_changed", ON_STATE),
        ("control_info", c_void_p),
        ("io_changed", c_void_p),
        ("param_changed", ON_PARAMETER),
        ("add_buffer", c_void_p),
        ("remove_buffer", c_void_p),
        ("process", c_void_p),
        ("drained", c_void_p),
        ("command", c_void_p),
        ("trigger_done", c_void_p),
    )


class RegistryEvents(Structure):
    """What the list of all objects reports."""

    _fields_ = (
        ("version", c_uint32),
        ("appeared", ON_GLOBAL),
        ("removed", ON_REMOVED),
    )


class ClientEvents(Structure):
    """What a program reports about itself."""

    _fields_ = (("version", c_uint32), ("info", ON_CLIENT), ("permissions", c_void_p))


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
    "pw_properties_new_string": (c_void_p, [c_char_p]),
    "pw_properties_set": (c_int, [c_void_p, c_char_p, c_char_p]),
    "pw_stream_new_simple": (
        c_void_p,
        [c_void_p, c_char_p, c_void_p, POINTER(StreamEvents), c_void_p],
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


def registry_of(core: int) -> int:
    """The list of all objects, as a proxy."""
    found: int | None = call(core, 5, c_void_p, (c_uint32, 3), (c_size_t, 0))
    if not found:
        raise OSError(tr("PipeWire does not list its objects"))
    return found


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
