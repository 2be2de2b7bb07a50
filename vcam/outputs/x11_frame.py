"""The edge light on X11 and XWayland: a window that no window manager moves.

With the extension SHAPE it has the form of a frame, and clicks go through it to what lies
below; without it there are four windows, and a click on one is told.  With RandR the frame
is on one screen; without it around all of them.
"""

import ctypes
import struct
from collections.abc import Iterator, Sequence
from ctypes import POINTER, Structure, c_char_p, c_int16, c_uint8, c_uint16, c_uint32
from itertools import starmap
from typing import Final

from vcam.outputs import x11_events
from vcam.outputs.edge_light import Box, EdgeLightOptions, strips
from vcam.outputs.x11 import (
    BACKGROUND,
    BORDER,
    COLOURMAP,
    DEPTH,
    EVENTS,
    STRING,
    WM_CLASS,
    X11,
    _Cookie,
)

SHAPE_LIBRARY, RANDR_LIBRARY = "libxcb-shape.so.0", "libxcb-randr.so.0"
UNMANAGED: Final = 1 << 9
BUTTONS: Final = 1 << 2 | 1 << 3
"""Presses and releases."""
CLASS = b"vcam-edge-light\0vcam\0"
SET, BOUNDING, INPUT, UNSORTED = 0, 0, 2, 0
RECTANGLE: Final = struct.Struct("=hhHH")
STACKING, ABOVE = 1 << 6, 0


class _Presence(Structure):
    _fields_ = (("head", c_uint32 * 2), ("present", c_uint8))


class FrameOnScreen:
    """Shows the frame from its making to :meth:`close`.  Raises :class:`OSError`."""

    def __init__(self) -> None:
        self._x11 = _Display()
        self._shown: tuple[Box, EdgeLightOptions] | None = None
        self._windows: list[int] = []
        self.clicked = False
        """Whether the user has clicked on it, where clicks do not go through it."""

    @property
    def lost(self) -> bool:
        """Whether the display is gone."""
        return self._x11.lost

    def show(self, options: EdgeLightOptions) -> None:
        """Show it so, above everything else; call it again and again."""
        screens = self._x11.screens()
        # A screen that is not there any more: the light goes on where there is one.
        screen = screens[options.screen if options.screen < len(screens) else 0]
        if self._shown != (screen, options):
            old, red_green_blue = self._windows, options.rgb
            colour = int.from_bytes(bytes(red_green_blue), "big")
            boxes = strips(screen, options.thickness)
            self._windows = list(self._x11.frame(screen, boxes, colour))
            self._x11.remove(old)
            self._shown = screen, options
        self._x11.lift(self._windows)

    def wait(self, seconds: float) -> None:
        """Wait, and notice a click."""
        for event in self._x11.events(seconds):
            self.clicked |= event.kind == x11_events.BUTTON_RELEASE

    def close(self) -> None:
        """Remove it."""
        self._x11.close()


class _Display(X11):
    def __init__(self) -> None:
        super().__init__()
        try:
            self._extend()
            self._shape = self._library(SHAPE_LIBRARY, b"SHAPE")
            self._randr = self._library(RANDR_LIBRARY, b"RANDR")
        except BaseException:
            self.close()
            raise

    def frame(self, screen: Box, boxes: Sequence[Box], colour: int) -> Iterator[int]:
        """New windows of one colour that cover ``boxes``; they are shown at once."""
        if self._shape is None:
            yield from (self._shown(box, colour) for box in boxes)
            return
        places = [(x - screen.x, y - screen.y, *size) for x, y, *size in boxes]
        yield self._shown(screen, colour, b"".join(starmap(RECTANGLE.pack, places)))

    def _shown(self, box: Box, colour: int, form: bytes = b"") -> int:
        window, colours = self._new(), self._new()
        root = self._screen.root
        self._xcb.xcb_create_colormap(self._connection, 0, colours, root, self._visual)
        values = (c_uint32 * 5)(colour, colour, 1, BUTTONS, colours)
        mask = BACKGROUND | BORDER | UNMANAGED | EVENTS | COLOURMAP
        arguments = (DEPTH, window, root, *box, 0, 1, self._visual, mask, values)
        self._xcb.xcb_create_window(self._connection, *arguments)
        self.say(window, WM_CLASS, STRING, CLASS)
        if self._shape is not None:
            for kind, given in ((BOUNDING, form), (INPUT, b"")):
                place = (SET, kind, UNSORTED, window, 0, 0, len(given) // RECTANGLE.size)
                self._shape.xcb_shape_rectangles(self._connection, *place, given)
        self._xcb.xcb_map_window(self._connection, window)
        self._xcb.xcb_flush(self._connection)
        return window

    def lift(self, windows: Sequence[int]) -> None:
        """Put them above all others."""
        for window in windows:
            above = (c_uint32 * 1)(ABOVE)
            self._xcb.xcb_configure_window(self._connection, window, STACKING, above)
        self._xcb.xcb_flush(self._connection)

    def remove(self, windows: Sequence[int]) -> None:
        """Destroy them."""
        for window in windows:
            self._xcb.xcb_destroy_window(self._connection, window)
        self._xcb.xcb_flush(self._connection)

    def screens(self) -> tuple[Box, ...]:
        """The main screen, and then all of them in their order."""
        every = Box(0, 0, *self.screen)
        if self._randr is None:
            return every, every
        asked = self._randr.xcb_randr_get_monitors(self._connection, self._screen.root, 1)
        reply = self._randr.xcb_randr_get_monitors_reply(self._connection, asked, None)
        if not reply:  # RandR before 1.5
            return every, every
        try:
            words = struct.unpack_from("=I", ctypes.string_at(reply, 8), 4)[0]
            content = ctypes.string_at(reply, 32 + 4 * words)
        finally:
            self._libc.free(reply)
        return _monitors(content) or (every, every)

    def _library(self, name: str, extension: bytes) -> ctypes.CDLL | None:
        """The library of an extension; ``None`` where either is missing."""
        asked = self._xcb.xcb_query_extension(self._connection, len(extension), extension)
        reply = self._xcb.xcb_query_extension_reply(self._connection, asked, None)
        if not reply:
            return None
        try:
            present = bool(reply.contents.present)
        finally:
            self._libc.free(reply)
        try:
            library = ctypes.CDLL(name) if present else None
        except OSError:
            return None
        if library is not None:
            _declare(library, name)
        return library

    def _extend(self) -> None:
        pointer = ctypes.c_void_p
        for name, gives, takes in (
            ("configure_window", _Cookie, (pointer, c_uint32, c_uint16, pointer)),
            ("destroy_window", _Cookie, (pointer, c_uint32)),
            ("query_extension", _Cookie, (pointer, c_uint16, c_char_p)),
            (
                "query_extension_reply",
                POINTER(_Presence),
                (pointer, _Cookie, pointer),
            ),
        ):
            function = getattr(self._xcb, f"xcb_{name}")
            function.restype, function.argtypes = gives, takes


def _declare(library: ctypes.CDLL, name: str) -> None:
    pointer = ctypes.c_void_p
    if name == SHAPE_LIBRARY:
        shape = library.xcb_shape_rectangles
        shape.restype = _Cookie
        numbers = [*[c_uint8] * 3, c_uint32, c_int16, c_int16, c_uint32]
        shape.argtypes = (pointer, *numbers, pointer)
        return
    library.xcb_randr_get_monitors.restype = _Cookie
    library.xcb_randr_get_monitors.argtypes = (pointer, c_uint32, c_uint8)
    library.xcb_randr_get_monitors_reply.restype = pointer
    library.xcb_randr_get_monitors_reply.argtypes = (pointer, _Cookie, pointer)


def _monitors(content: bytes) -> tuple[Box, ...]:
    """Those in the reply to RRGetMonitors, the main one first, and then all of them."""
    (count,) = struct.unpack_from("=I", content, 12)
    found: list[Box] = []
    main: Box | None = None
    at = 32
    for _ in range(count):
        _, primary, _, outputs, x, y, width, height = struct.unpack_from(
            "=IBBHhhHH", content, at
        )
        at += 24 + 4 * outputs
        if width and height:
            found.append(Box(x, y, width, height))
            main = found[-1] if primary else main
    return (main or found[0], *found) if found else ()
