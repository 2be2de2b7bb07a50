"""X11 through libxcb, which every X desktop has, and so every XWayland one.

Only what a window that shows pictures needs: https://xcb.freedesktop.org/PublicApi/ and,
for the layout of events and replies, "X Window System Protocol", appendix B:
https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html
"""

import ctypes
import select
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from ctypes import POINTER, Structure, c_char_p, c_int, c_int16, c_uint8, c_uint16, c_uint32
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vcam.outputs.x11_events import Event
from vcam.outputs.x11_keys import letter

LIBRARY: Final = "libxcb.so.1"
ATOM, CARDINAL, RESOURCES, STRING, WM_CLIENT_MACHINE, WM_NAME = 4, 6, 23, 31, 36, 39
WM_NORMAL_HINTS, WM_SIZE_HINTS, WM_CLASS = 40, 41, 67
"""Atoms that the X protocol defines."""
SMALLEST_HINT: Final = 1 << 4
WANTED: Final = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 15 | 1 << 17
"""Keys, presses and releases of buttons, exposures, changes of the structure."""
BACKGROUND, BORDER, EVENTS, COLOURMAP = 1 << 1, 1 << 3, 1 << 11, 1 << 13
TRUE_COLOUR, DEPTH, RED = 4, 24, 0xFF0000
"""The visual whose pixels are BGR and one byte that counts for nothing."""
BLACK: Final = 0x121920
USUAL_DPI: Final = 96.0
"""At 100 %."""
LARGEST_SCALE: Final = 4.0
LONGEST_RESOURCES: Final = 1 << 14
"""Most words of 32 bits that are read of them."""


class _Screen(Structure):
    _fields_ = (
        ("root", c_uint32),
        ("colours", c_uint32 * 4),
        ("width", c_uint16),
        ("height", c_uint16),
    )


class _Cookie(Structure):
    _fields_ = (("sequence", c_uint32),)


class _Each(Structure):
    """An iterator of libxcb."""

    _fields_ = (("data", ctypes.c_void_p), ("rem", c_int), ("index", c_int))


class _Atom(Structure):
    _fields_ = (("head", c_uint32 * 2), ("atom", c_uint32))


class X11:
    """A connection to the display.  Raises :class:`OSError` where there is none."""

    def __init__(self) -> None:
        self._xcb, self._libc = ctypes.CDLL(LIBRARY), ctypes.CDLL(None)
        _declare(self._xcb, self._libc)
        number = c_int()
        self._connection = self._xcb.xcb_connect(None, ctypes.byref(number))
        if self.lost:
            self.close()
            raise OSError("the display does not answer")
        try:
            self._setup = self._xcb.xcb_get_setup(self._connection)
            screens = self._xcb.xcb_setup_roots_iterator(self._setup)
            for _ in range(number.value):
                self._xcb.xcb_screen_next(ctypes.byref(screens))
            self._at = screens.data
            self._screen = _Screen.from_address(screens.data)
            self._visual = self._found_visual()
        except BaseException:
            self.close()
            raise

    @property
    def lost(self) -> bool:
        """Whether the display is gone."""
        return bool(self._xcb.xcb_connection_has_error(self._connection))

    def close(self) -> None:
        """Close the connection, and the window with it."""
        self._xcb.xcb_disconnect(self._connection)

    def window(self, width: int, height: int) -> int:
        """A new window that is not shown yet."""
        window, colours = self._new(), self._new()
        root = self._screen.root
        self._xcb.xcb_create_colormap(self._connection, 0, colours, root, self._visual)
        values = (c_uint32 * 4)(BLACK, BLACK, WANTED, colours)
        mask = BACKGROUND | BORDER | EVENTS | COLOURMAP
        place = 0, 0, width, height, 0, 1
        arguments = (DEPTH, window, root, *place, self._visual, mask, values)
        self._xcb.xcb_create_window(self._connection, *arguments)
        return window

    def show(self, window: int) -> None:
        """Let the window manager show it."""
        self._xcb.xcb_map_window(self._connection, window)
        self._xcb.xcb_flush(self._connection)

    def brush(self, window: int) -> int:
        """What pictures are put into the window with."""
        brush = self._new()
        self._xcb.xcb_create_gc(self._connection, brush, window, 0, None)
        return brush

    def put(
        self, window: int, brush: int, at: tuple[int, int], pixels: NDArray[np.uint8]
    ) -> None:
        """Show ``pixels``, ``uint8 (height, width, 4)``: BGR and what does not count."""
        x, y = at
        height, width, _ = pixels.shape
        most = 4 * self._xcb.xcb_get_maximum_request_length(self._connection) - 64
        rows = max(1, most // (4 * width))
        for first in range(0, height, rows):
            part = np.ascontiguousarray(pixels[first : first + rows])
            place = width, len(part), x, y + first, 0, DEPTH, part.nbytes
            arguments = (2, window, brush, *place, part.ctypes.data)
            self._xcb.xcb_put_image(self._connection, *arguments)
        self._xcb.xcb_flush(self._connection)

    def clear(self, window: int) -> None:
        """Paint all of it black."""
        self._xcb.xcb_clear_area(self._connection, 0, window, 0, 0, 0, 0)

    def say(self, window: int, name: int, kind: int, value: bytes | Sequence[int]) -> None:
        """Give the window a property: text, or numbers of 32 bits."""
        text = isinstance(value, bytes)
        data: Any = value if text else (c_uint32 * len(value))(*value)
        arguments = (0, window, name, kind, 8 if text else 32, len(value), data)
        self._xcb.xcb_change_property(self._connection, *arguments)

    def atom(self, name: str) -> int:
        """The number of a name."""
        asked = self._xcb.xcb_intern_atom(self._connection, 0, len(name), name.encode())
        reply = self._xcb.xcb_intern_atom_reply(self._connection, asked, None)
        if not reply:
            return 0
        try:
            return int(reply.contents.atom)
        finally:
            self._libc.free(reply)

    @property
    def screen(self) -> tuple[int, int]:
        """The width and height of the screen, or of all of them together."""
        return self._screen.width, self._screen.height

    def scale(self) -> float:
        """How much larger than usual this desktop wants everything: 2.0 at 200 %.

        Desktops write it where all toolkits look for it, as the resource Xft.dpi.
        """
        arguments = (0, self._screen.root, RESOURCES, STRING, 0, LONGEST_RESOURCES)
        asked = self._xcb.xcb_get_property(self._connection, *arguments)
        reply = self._xcb.xcb_get_property_reply(self._connection, asked, None)
        if not reply:
            return 1.0
        try:
            kind, length = struct.unpack_from("=B14xI", ctypes.string_at(reply, 20), 1)
            text = _after(reply, length) if kind == 8 else b""
        finally:
            self._libc.free(reply)
        for line in text.decode("latin-1").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "Xft.dpi":
                with suppress(ValueError):
                    return min(max(1.0, float(value) / USUAL_DPI), LARGEST_SCALE)
        return 1.0

    def keys(self) -> Mapping[int, tuple[str, ...]]:
        """The letters of each key, the one without Shift first, by its code."""
        first, last = ctypes.string_at(self._setup + 34, 2)
        count = last - first + 1
        asked = self._xcb.xcb_get_keyboard_mapping(self._connection, first, count)
        reply = self._xcb.xcb_get_keyboard_mapping_reply(self._connection, asked, None)
        if not reply:
            return {}
        try:
            each = ctypes.string_at(reply, 2)[1]
            numbers = struct.unpack(f"={count * each}I", _after(reply, count * each * 4))
        finally:
            self._libc.free(reply)
        return {
            first + key: tuple(map(letter, numbers[key * each : (key + 1) * each]))
            for key in range(count)
        }

    def events(self, wait_s: float = 0.0) -> Iterator[Event]:
        """What has happened since the last time; waits until something has."""
        found = False
        while True:
            event = self._xcb.xcb_poll_for_event(self._connection)
            if event:
                found = True
                try:
                    content = ctypes.string_at(event, 32)
                finally:
                    self._libc.free(event)
                yield Event(content[0] & 0x7F, content[1], content)
            elif found or wait_s <= 0 or self.lost:
                return
            else:
                file = self._xcb.xcb_get_file_descriptor(self._connection)
                select.select([file], [], [], wait_s)
                wait_s = 0.0

    def _new(self) -> int:
        return int(self._xcb.xcb_generate_id(self._connection))

    def _found_visual(self) -> int:
        """One with 8 bits for each colour; that of the root may have 10."""
        little_endian = ctypes.string_at(self._setup + 30, 1) == b"\0"
        depths = self._xcb.xcb_screen_allowed_depths_iterator(self._at)
        while depths.rem:
            visuals = self._xcb.xcb_depth_visuals_iterator(depths.data)
            while visuals.rem:
                about = ctypes.string_at(visuals.data, 12)
                visual, kind, _, _, red = struct.unpack("=IBBHI", about)
                depth = ctypes.string_at(depths.data, 1)[0]
                if (depth, kind, red) == (DEPTH, TRUE_COLOUR, RED) and little_endian:
                    return int(visual)
                self._xcb.xcb_visualtype_next(ctypes.byref(visuals))
            self._xcb.xcb_depth_next(ctypes.byref(depths))
        raise OSError("the display has no colours of 24 bits")


def _after(reply: int, length: int) -> bytes:
    """The content of a reply, after its head."""
    return ctypes.string_at(reply + 32, length)


def _declare(xcb: ctypes.CDLL, libc: ctypes.CDLL) -> None:
    pointer = ctypes.c_void_p
    reply = (pointer, _Cookie, pointer)
    place = [c_int16, c_int16, c_uint16, c_uint16]
    pair, byte_pair = [c_uint32] * 2, [c_uint8] * 2
    for name, gives, takes in (
        ("connect", pointer, (c_char_p, pointer)),
        ("connection_has_error", c_int, (pointer,)),
        ("disconnect", None, (pointer,)),
        ("flush", c_int, (pointer,)),
        ("generate_id", c_uint32, (pointer,)),
        ("get_file_descriptor", c_int, (pointer,)),
        ("get_maximum_request_length", c_uint32, (pointer,)),
        ("get_setup", pointer, (pointer,)),
        ("poll_for_event", pointer, (pointer,)),
        ("setup_roots_iterator", _Each, (pointer,)),
        ("screen_next", None, (pointer,)),
        ("screen_allowed_depths_iterator", _Each, (pointer,)),
        ("depth_next", None, (pointer,)),
        ("depth_visuals_iterator", _Each, (pointer,)),
        ("visualtype_next", None, (pointer,)),
        ("create_colormap", _Cookie, (pointer, c_uint8, c_uint32, c_uint32, c_uint32)),
        (
            "create_window",
            _Cookie,
            (pointer, c_uint8, *pair, *place, c_uint16, c_uint16, *pair, pointer),
        ),
        ("map_window", _Cookie, (pointer, c_uint32)),
        ("create_gc", _Cookie, (pointer, c_uint32, c_uint32, c_uint32, pointer)),
        (
            "put_image",
            _Cookie,
            (
                pointer,
                c_uint8,
                *pair,
                *place[2:],
                *place[:2],
                *byte_pair,
                c_uint32,
                pointer,
            ),
        ),
        ("clear_area", _Cookie, (pointer, c_uint8, c_uint32, *place)),
        (
            "change_property",
            _Cookie,
            (pointer, c_uint8, *[c_uint32] * 3, c_uint8, c_uint32, pointer),
        ),
        ("intern_atom", _Cookie, (pointer, c_uint8, c_uint16, c_char_p)),
        ("intern_atom_reply", POINTER(_Atom), reply),
        ("get_property", _Cookie, (pointer, c_uint8, *[c_uint32] * 5)),
        ("get_property_reply", pointer, reply),
        ("get_keyboard_mapping", _Cookie, (pointer, c_uint8, c_uint8)),
        ("get_keyboard_mapping_reply", pointer, reply),
    ):
        function = getattr(xcb, f"xcb_{name}")
        function.restype, function.argtypes = gives, takes
    libc.free.restype, libc.free.argtypes = None, (pointer,)
