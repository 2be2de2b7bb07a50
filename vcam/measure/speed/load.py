"""Programs that keep the processor busy beside what is measured."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOOP = """
import os, sys, time
end_s, parent = time.monotonic() + float(sys.argv[1]), os.getppid()
while time.monotonic() < end_s and os.getppid() == parent:
    pass
"""


@contextmanager
def busy_loops(count: int, at_most_s: float) -> Iterator[None]:
    """Run ``count`` processes that do nothing but work.

    They end with the block, or by themselves: on Linux and macOS when this process has
    ended, on Windows after ``at_most_s`` seconds.
    """
    command = [sys.executable, "-I", "-S", "-c", LOOP, str(at_most_s)]
    loops: list[subprocess.Popen[bytes]] = []
    try:
        loops.extend(subprocess.Popen(command) for _ in range(count))
        yield
    finally:
        for loop in loops:
            loop.kill()
        for loop in loops:
            loop.wait()
