"""Memory that is free, but not yet the system's again."""

import ctypes
import sys

M_ARENA_MAX = -8
"""Of glibc's ``mallopt``: in how many pools threads look for memory."""
POOLS = 2
"""Number of pools: two threads work at a time, the publisher's and the producer's."""


def keep_few_pools() -> None:
    """From now on, let all threads share two pools of memory: Linux with glibc.

    Otherwise there are up to eight for each core, and threads that come and go, one for
    every background and every producer, leave holes in all of them: 160 MB more after an
    hour of switching.
    """
    if sys.platform == "linux":
        option = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if option is not None:
            option(M_ARENA_MAX, POOLS)


def give_back() -> None:
    """Return freed memory to the system, where its C library keeps it: Linux with glibc.

    Every thread that was ever started may leave tens of megabytes of pictures behind in a
    pool of its own.  Takes a few milliseconds.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
