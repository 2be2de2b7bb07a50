"""The class and the icon of our windows on X11, and so on XWayland.

OpenCV's windows have no class and a general icon, so that desktops can neither group them
nor tell whose they are.  Other programs may set both, through libxcb, which every X desktop
has: https://xcb.freedesktop.org/.  Where anything is missing, windows stay as they are.
"""

import ctypes
import logging
import os
from collections.abc import Sequence
from ctypes import POINTER, Structure, c_char_p, c_int, c_ubyte, c_uint8, c_uint16, c_uint32

log = logging.getLogger(__name__)

STRING, CARDINAL, WINDOW, WM_CLASS = 31, 6, 33, 67
"""Atoms that the X protocol defines."""
REPLACE = 0
MOST_WINDOWS = 4096

Icon = tuple[int, int, Sequence[int]]
"""Width, height and one 0xAARRGGBB for each pixel."""


class _Cookie(Structure):
    _fields_ = (("sequence", c_uint32),)


class _Screens(Structure):
    """Its data begin with the number of the root window."""

    _fields_ = (("data", POINTER(c_uint32)), ("rem", c_int), ("index", c_int))


class _Atom(Structure):
    _fields_ = (
        ("response_type", c_uint8),
        ("pad0", c_uint8),
        ("sequence", c_uint16),
        ("length", c_uint32),
        ("atom", c_uint32),
    )


def name_windows(name: str, icons: Sequence[Icon]) -> bool:
    """Give all windows of this process the class ``name`` and an icon in several sizes.

    Returns whether there was one.
    """
    try:
        xcb, libc = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL(None)
    except OSError as error:
        log.debug("windows have no class: %s", error)
        return False
    _declare(xcb, libc)
    connection = xcb.xcb_connect(None, None)
    try:
        if xcb.xcb_connection_has_error(connection):
            return False
        x11 = _X11(xcb, libc, connection)
        ours = x11.windows_of(os.getpid())
        icon = x11.atom("_NET_WM_ICON")
        for window in ours:
            both = f"{name}\0{name}\0".encode()
            x11.put(window, WM_CLASS, STRING, 8, both, len(both))
            words = [word for w, h, pixels in icons for word in (w, h, *pixels)]
            data = (c_uint32 * len(words))(*words)
            x11.put(window, icon, CARDINAL, 32, data, len(words))
        # The answer comes after all has been done; who hangs up before loses some of it.
        x11.atom("_NET_WM_ICON")
        return bool(ours)
    finally:
        xcb.xcb_disconnect(connection)


class _X11:
    def __init__(self, xcb: ctypes.CDLL, libc: ctypes.CDLL, connection: int) -> None:
        self._xcb, self._libc, self._connection = xcb, libc, connection
        screens = xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection))
        self._root: int = screens.data[0]

    def atom(self, name: str) -> int:
        """The number of a name; 0 when nobody has used it yet."""
        asked = self._xcb.xcb_intern_atom(
            self._connection, 1, len(name), name.encode("ascii")
        )
        reply = self._xcb.xcb_intern_atom_reply(self._connection, asked, None)
        if not reply:
            return 0
        try:
            return int(reply.contents.atom)
        finally:
            self._libc.free(reply)

    def windows_of(self, process: int) -> list[int]:
        """The windows that the window manager shows for a process."""
        pid = self.atom("_NET_WM_PID")
        shown = self._numbers(self._root, self.atom("_NET_CLIENT_LIST"), WINDOW)
        return [each for each in shown if self._numbers(each, pid, CARDINAL) == [process]]

    def put(
        self, window: int, name: int, kind: int, bits: int, data: object, length: int
    ) -> None:
        """Replace a property; a window that is gone is no error."""
        arguments = (REPLACE, window, name, kind, bits, length, data)
        self._xcb.xcb_change_property(self._connection, *arguments)

    def _numbers(self, window: int, name: int, kind: int) -> list[int]:
        asked = self._xcb.xcb_get_property(
            self._connection, 0, window, name, kind, 0, MOST_WINDOWS
        )
        reply = self._xcb.xcb_get_property_reply(self._connection, asked, None)
        if not reply:
            return []
        try:
            count = self._xcb.xcb_get_property_value_length(reply) // 4
            value = self._xcb.xcb_get_property_value(reply)
            return list(ctypes.cast(value, POINTER(c_uint32))[:count]) if count else []
        finally:
            self._libc.free(reply)


def _declare(xcb: ctypes.CDLL, libc: ctypes.CDLL) -> None:
    pointer = ctypes.c_void_p
    reply = (pointer, _Cookie, pointer)
    for name, gives, takes in (
        ("connect", pointer, (c_char_p, pointer)),
        ("connection_has_error", c_int, (pointer,)),
        ("disconnect", None, (pointer,)),
        ("get_setup", pointer, (pointer,)),
        ("setup_roots_iterator", _Screens, (pointer,)),
        ("intern_atom", _Cookie, (pointer, c_ubyte, c_uint16, c_char_p)),
        ("intern_atom_reply", POINTER(_Atom), reply),
        ("get_property", _Cookie, (pointer, c_ubyte, *[c_uint32] * 5)),
        ("get_property_reply", pointer, reply),
        ("get_property_value_length", c_int, (pointer,)),
        ("get_property_value", pointer, (pointer,)),
        (
            "change_property",
            _Cookie,
            (pointer, c_ubyte, *[c_uint32] * 3, c_ubyte, c_uint32, pointer),
        ),
    ):
        function = getattr(xcb, f"xcb_{name}")
        function.restype, function.argtypes = gives, takes
    libc.free.restype, libc.free.argtypes = None, (pointer,)
