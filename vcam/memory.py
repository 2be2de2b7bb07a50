"""Memory that is free, but not yet the system's again."""

import ctypes
import sys


def give_back() -> None:
    """Return freed memory to the system, where its C library keeps it: Linux with glibc.

    Every thread that was ever started may leave tens of megabytes of pictures behind in a
    pool of its own.  Takes a few milliseconds.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
