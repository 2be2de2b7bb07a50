"""Shortcuts of Windows, ``.lnk`` files, through the shell's own objects.

learn.microsoft.com: IShellLinkW, IPersistFile.  A method is called by its place in the
interface, which never changes.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import wintypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

SHELL_LINK = UUID("00021401-0000-0000-c000-000000000046")
ISHELLLINK = UUID("000214f9-0000-0000-c000-000000000046")
IPERSISTFILE = UUID("0000010b-0000-0000-c000-000000000046")
QUERY_INTERFACE, RELEASE = 0, 2
GET_PATH, GET_DESCRIPTION, SET_DESCRIPTION = 3, 6, 7
GET_ARGUMENTS, SET_ARGUMENTS, GET_ICON, SET_ICON, SET_PATH = 10, 11, 16, 17, 20
LOAD, SAVE = 5, 6
IN_THIS_PROCESS = 1  # CLSCTX_INPROC_SERVER
APARTMENT = 2  # COINIT_APARTMENTTHREADED
PROGRAMS = 2  # CSIDL_PROGRAMS: the user's own part of the Start menu
RAW_PATH = 4  # SLGP_RAWPATH: as it was written
CHARACTERS = 32768
"""Longest text in a shortcut, and the end of it."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a shortcut starts, and what is seen of it."""

    program: str
    arguments: str
    icon: str = ""
    """A file with pictures, for example ``.ico``; "" for the program's own."""
    description: str = ""
    """What is shown beside the pointer."""


class ShellLinks:
    """The real shortcuts, on Windows.  Each method raises OSError."""

    def programs(self) -> Path:
        """The folder of the Start menu that is the user's own."""
        found = ctypes.create_unicode_buffer(wintypes.MAX_PATH)
        windows: Any = ctypes
        answer = windows.windll.shell32.SHGetFolderPathW(None, PROGRAMS, None, 0, found)
        if answer or not found.value:
            raise OSError("SHGetFolderPathW")
        return Path(found.value)

    def read(self, path: Path) -> Link:
        """What the shortcut says."""
        text = ctypes.create_unicode_buffer(CHARACTERS)
        size = ctypes.c_int(CHARACTERS)
        with _opened() as link:
            with _also(link, IPERSISTFILE) as file:
                _call(file, LOAD, ctypes.c_wchar_p(str(path)), wintypes.DWORD(0))
            values = {}
            _call(link, GET_PATH, text, size, ctypes.c_void_p(), wintypes.DWORD(RAW_PATH))
            values["program"] = text.value
            _call(link, GET_ARGUMENTS, text, size)
            values["arguments"] = text.value
            _call(link, GET_ICON, text, size, ctypes.pointer(ctypes.c_int()))
            values["icon"] = text.value
            _call(link, GET_DESCRIPTION, text, size)
            values["description"] = text.value
        return Link(**values)

    def write(self, path: Path, wanted: Link) -> None:
        """Write the shortcut, or replace it."""
        texts = {
            SET_PATH: wanted.program,
            SET_ARGUMENTS: wanted.arguments,
            SET_DESCRIPTION: wanted.description,
        }
        with _opened() as link:
            for method, text in texts.items():
                _call(link, method, ctypes.c_wchar_p(text))
            _call(link, SET_ICON, ctypes.c_wchar_p(wanted.icon), ctypes.c_int(0))
            with _also(link, IPERSISTFILE) as file:
                _call(file, SAVE, ctypes.c_wchar_p(str(path)), ctypes.c_int(True))


@contextmanager
def _opened() -> Iterator[Any]:
    """An empty shortcut."""
    windows: Any = ctypes
    ole32 = windows.OleDLL("ole32")  # raises OSError when an answer says that it failed
    ole32.CoInitializeEx(None, APARTMENT)
    try:
        link = ctypes.c_void_p()
        ole32.CoCreateInstance(
            _bytes(SHELL_LINK),
            None,
            IN_THIS_PROCESS,
            _bytes(ISHELLLINK),
            ctypes.byref(link),
        )
        try:
            yield link
        finally:
            _call(link, RELEASE)
    finally:
        windows.WinDLL("ole32").CoUninitialize()


@contextmanager
def _also(known: Any, interface: UUID) -> Iterator[Any]:
    """Another interface of an object."""
    other = ctypes.c_void_p()
    _call(known, QUERY_INTERFACE, _bytes(interface), ctypes.pointer(other))
    try:
        yield other
    finally:
        _call(other, RELEASE)


def _call(known: Any, method: int, *arguments: Any) -> None:
    """Call a method of an object, by its place in the interface; raises OSError."""
    windows: Any = ctypes
    # RELEASE answers with a count instead, which is never negative, as failures are.
    prototype = windows.WINFUNCTYPE(windows.HRESULT, *map(type, arguments))
    prototype(method, "")(known, *arguments)


def _bytes(interface: UUID) -> Any:
    return ctypes.c_char_p(interface.bytes_le)
