"""Windows: asks DirectShow for its video input devices.  None is opened.

Through ``ICreateDevEnum`` and ``IEnumMoniker``, as OpenCV's ``cap_dshow.cpp`` asks, so that
the devices come in the order in which OpenCV numbers them:
https://learn.microsoft.com/windows/win32/directshow/using-the-system-device-enumerator
"""

import ctypes
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, c_long, c_ulong, c_void_p, c_wchar_p
from dataclasses import dataclass
from typing import Any

APARTMENT = 0x2
"""COINIT_APARTMENTTHREADED, as OpenCV has it on the threads on which it opens cameras."""
CHANGED_MODE = 0x80010106
"""RPC_E_CHANGED_MODE: the thread uses COM already, in another way, which does as well."""
IN_PROCESS = 0x1
BSTR = 8
OK, NONE_AT_ALL = 0, 1
"""S_OK; S_FALSE, which says that the list is empty, or at its end."""
RELEASE, ENUMERATE, NEXT, READ, BIND_TO_STORAGE = 2, 3, 3, 3, 9
"""Where the methods are in the tables of their interfaces."""


@dataclass(frozen=True, slots=True)
class Device:
    """What the registry says of one device; "" where it says nothing."""

    name: str
    path: str
    r"""``\\?\usb#…`` of a device that Windows has found; what a program registers has none,
    or any text."""
    clsid: str
    """The class of the filter, in braces."""


class Guid(ctypes.Structure):
    """A GUID as COM takes it."""

    _fields_ = (("bytes", ctypes.c_ubyte * 16),)

    def __init__(self, text: str) -> None:
        super().__init__((ctypes.c_ubyte * 16)(*uuid.UUID(text).bytes_le))


class Variant(ctypes.Structure):
    """A ``VARIANT`` that may hold a text."""

    _fields_ = (
        ("kind", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort * 3),
        ("text", c_wchar_p),
        ("rest", c_void_p),
    )


DEVICE_ENUMERATOR = "62be5d10-60eb-11d0-bd3b-00a0c911ce86"
CREATE_DEV_ENUM = "29840822-5b84-11d0-bd3b-00a0c911ce86"
VIDEO_INPUT = "860bb310-5d01-11d0-bd3b-00a0c911ce86"
PROPERTY_BAG = "55272a00-42cb-11ce-8135-00aa004bb851"


def devices() -> tuple[Device, ...]:
    """Every video input device, in OpenCV's order; any thread.

    Raises ``OSError`` if DirectShow does not answer.
    """
    with _com() as ole, _created(ole) as maker:
        category, every = Guid(VIDEO_INPUT), c_void_p()
        status = _call(maker, ENUMERATE, byref(category), byref(every), c_ulong(0))
        if status == NONE_AT_ALL:
            return ()
        _check(status)
        with _released(every):
            return tuple(_each(every))


def _each(every: c_void_p) -> Iterator[Device]:
    while True:
        moniker = c_void_p()
        if _call(every, NEXT, c_ulong(1), byref(moniker), None) != OK:
            return
        with _released(moniker):
            yield _device(moniker)


def _device(moniker: c_void_p) -> Device:
    """A device that says nothing of itself has its number, too."""
    kind, bag = Guid(PROPERTY_BAG), c_void_p()
    if _call(moniker, BIND_TO_STORAGE, None, None, byref(kind), byref(bag)) != OK:
        return Device("", "", "")
    with _released(bag):
        name, path, clsid = (
            _text(bag, key) for key in ("FriendlyName", "DevicePath", "CLSID")
        )
        return Device(name, path, clsid)


def _text(bag: c_void_p, key: str) -> str:
    value = Variant()
    if _call(bag, READ, c_wchar_p(key), byref(value), None) != OK:
        return ""
    try:
        return (value.text or "") if value.kind == BSTR else ""
    finally:
        ctypes.CDLL("oleaut32").VariantClear(byref(value))


@contextmanager
def _com() -> Iterator[ctypes.CDLL]:
    """COM on this thread, left as it was found: OpenCV and the desktop use it as well."""
    # Windows has one calling convention on 64-bit processors, so CDLL is right.
    ole = ctypes.CDLL("ole32")
    begun = ole.CoInitializeEx(None, APARTMENT)
    if begun & 0xFFFFFFFF != CHANGED_MODE:
        _check(begun)
    try:
        yield ole
    finally:
        if begun >= 0:
            ole.CoUninitialize()


@contextmanager
def _created(ole: ctypes.CDLL) -> Iterator[c_void_p]:
    maker = c_void_p()
    kind, interface = Guid(DEVICE_ENUMERATOR), Guid(CREATE_DEV_ENUM)
    _check(
        ole.CoCreateInstance(byref(kind), None, IN_PROCESS, byref(interface), byref(maker))
    )
    with _released(maker):
        yield maker


@contextmanager
def _released(interface: c_void_p) -> Iterator[None]:
    try:
        yield
    finally:
        _call(interface, RELEASE)


def _call(interface: c_void_p, method: int, *arguments: Any) -> int:
    """Call a method of a COM interface; returns its HRESULT, negative for a failure.

    ``arguments`` are references, ctypes' values, or None.
    """
    table = ctypes.cast(interface, POINTER(POINTER(c_void_p)))[0]
    method_type = ctypes.CFUNCTYPE(c_long)
    return int(method_type(table[method])(interface, *arguments))


def _check(status: int) -> None:
    if status < 0:
        raise OSError(f"DirectShow answers 0x{status & 0xFFFFFFFF:08X}")
