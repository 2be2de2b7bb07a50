"""The structures of PipeWire's library that are used, and no others.

Structures and order of members are those of ``pipewire/stream.h``, ``pipewire/core.h``,
``pipewire/client.h``, ``pipewire/node.h`` and ``spa/buffer/buffer.h``.  Members that later
versions have added at the end are not declared.
"""

from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char_p,
    c_int,
    c_int32,
    c_int64,
    c_uint32,
    c_uint64,
    c_void_p,
)


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


class Busy(Structure):
    """The metadata that counts the programs that keep a buffer."""

    _fields_ = (("flags", c_uint32), ("count", c_int32))


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


class NodeInfo(Structure):
    """What a node says about itself; the members after these are not read."""

    _fields_ = (
        ("id", c_uint32),
        ("max_input_ports", c_uint32),
        ("max_output_ports", c_uint32),
        ("change_mask", c_uint64),
        ("n_input_ports", c_uint32),
        ("n_output_ports", c_uint32),
        ("state", c_int),
        ("error", c_char_p),
        ("properties", POINTER(Dictionary)),
    )


ON_STATE = CFUNCTYPE(None, c_void_p, c_int, c_int, c_char_p)
ON_PARAMETER = CFUNCTYPE(None, c_void_p, c_uint32, c_void_p)
ON_GLOBAL = CFUNCTYPE(
    None, c_void_p, c_uint32, c_uint32, c_char_p, c_uint32, POINTER(Dictionary)
)
ON_REMOVED = CFUNCTYPE(None, c_void_p, c_uint32)
ON_CLIENT = CFUNCTYPE(None, c_void_p, POINTER(ClientInfo))
ON_NODE = CFUNCTYPE(None, c_void_p, POINTER(NodeInfo))
ON_NODE_PARAMETER = CFUNCTYPE(None, c_void_p, c_int, c_uint32, c_uint32, c_uint32, c_void_p)
ON_PROCESS = CFUNCTYPE(None, c_void_p)
ON_BUFFER = CFUNCTYPE(None, c_void_p, POINTER(Buffer))
ON_DONE = CFUNCTYPE(None, c_void_p, c_uint32, c_int)
ON_ERROR = CFUNCTYPE(None, c_void_p, c_uint32, c_int, c_int, c_char_p)


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
        ("remove_buffer", ON_BUFFER),
        ("process", ON_PROCESS),
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


class NodeEvents(Structure):
    """What a node reports about itself."""

    _fields_ = (("version", c_uint32), ("info", ON_NODE), ("parameter", ON_NODE_PARAMETER))


class CoreEvents(Structure):
    """What the connection to the daemon reports."""

    _fields_ = (
        ("version", c_uint32),
        ("info", c_void_p),
        ("done", ON_DONE),
        ("ping", c_void_p),
        ("error", ON_ERROR),
        ("remove_id", c_void_p),
        ("bound_id", c_void_p),
        ("add_memory", c_void_p),
        ("remove_memory", c_void_p),
    )
