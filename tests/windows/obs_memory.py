"""Reads what a call reads of OBS's virtual camera on Windows: its shared memory.

OBS's DirectShow filter does the same in the call's own process.  The layout is that of
``shared-memory-queue.c`` in OBS Studio's win-dshow plugin: a header, and three pictures in
NV12, each after 32 bytes of its own.
"""

import ctypes

import cv2
import numpy as np

from vcam.frames import Image
from vcam.pipeline.closing import Closing

NAME = "OBSVirtualCamVideo"
READY = 2
FRAME_HEADER = 32
FILE_MAP_READ = 4


class _Header(ctypes.Structure):
    _fields_ = (
        ("written", ctypes.c_uint32),
        ("read", ctypes.c_uint32),
        ("state", ctypes.c_uint32),
        ("offsets", ctypes.c_uint32 * 3),
        ("format", ctypes.c_uint32),
        ("width", ctypes.c_uint32),
        ("height", ctypes.c_uint32),
        ("interval_100ns", ctypes.c_uint64),
    )


class ObsMemory(Closing):
    """The memory while a program publishes; raises FileNotFoundError when none does."""

    def __init__(self) -> None:
        """Map it."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined]
        kernel.OpenFileMappingW.restype = ctypes.c_void_p
        kernel.MapViewOfFile.restype = ctypes.c_void_p
        kernel.MapViewOfFile.argtypes = [
            *(ctypes.c_void_p, ctypes.c_uint32),
            *(ctypes.c_uint32, ctypes.c_uint32, ctypes.c_size_t),
        ]
        kernel.UnmapViewOfFile.argtypes = kernel.CloseHandle.argtypes = [ctypes.c_void_p]
        self._kernel = kernel
        self._handle = kernel.OpenFileMappingW(FILE_MAP_READ, False, NAME)
        if not self._handle:
            raise FileNotFoundError(NAME)
        self._address = kernel.MapViewOfFile(self._handle, FILE_MAP_READ, 0, 0, 0)
        assert self._address

    def close(self) -> None:
        """Let the memory go, as a call does: OBS's name is free again only then."""
        self._kernel.UnmapViewOfFile(self._address)
        self._kernel.CloseHandle(self._handle)

    @property
    def is_ready(self) -> bool:
        """Whether a picture has been written, and the writer has not ended properly."""
        return bool(self._header.state == READY)

    @property
    def count(self) -> int:
        """How many pictures have been written."""
        return int(self._header.written)

    def picture(self) -> Image:
        """The newest picture, as BGR."""
        header = self._header
        width, height = header.width, header.height
        start = self._address + header.offsets[header.read % 3] + FRAME_HEADER
        content = ctypes.string_at(start, width * height * 3 // 2)
        planes = np.frombuffer(content, np.uint8).reshape(height * 3 // 2, width)
        return np.asarray(cv2.cvtColor(planes, cv2.COLOR_YUV2BGR_NV12), np.uint8)

    @property
    def _header(self) -> _Header:
        return _Header.from_address(self._address)
