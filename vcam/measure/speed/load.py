"""Programs that keep the processor busy beside what is measured."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOOP = """
import sys, time
end_s = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end_s:
    pass
"""


@contextmanager
def busy_loops(count: int, at_most_s: float) -> Iterator[None]:
    """Run ``count`` processes that do nothing but work.

    They end with the block, or after ``at_most_s`` seconds by themselves, should this
    process be killed.
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
