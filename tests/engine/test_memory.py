"""vcam stays small all day."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from systems import linux_only

from vcam.backgrounds.picture import Picture
from vcam.backgrounds.video import Video
from vcam.engine import background_loader
from vcam.frames import Size
from vcam.imaging.pictures import encoded

THREADS_THAT_COME_AND_GO = """
import ctypes, sys, threading
from vcam.memory import keep_few_pools

if sys.argv[1:]:
    keep_few_pools()
meeting = threading.Barrier(8, timeout=20)

def work():
    meeting.wait()
    picture = bytearray(100_000)
    meeting.wait()

threads = [threading.Thread(target=work) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@linux_only("glibc's pools")
def test_threads_that_come_and_go_leave_holes_in_two_pools_only() -> None:
    """Every background and every producer has a thread of its own."""

    def pools(*words: str) -> int:
        command = [sys.executable, "-c", THREADS_THAT_COME_AND_GO, *words]
        told = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if "malloc_info" in told.stderr:
            pytest.skip("not glibc")
        assert told.returncode == 0, told.stderr
        return told.stdout.count("<heap nr=")

    assert pools("few") <= 2 < pools()


@linux_only("glibc's pools")
@pytest.mark.parametrize("kind", [Picture, Video])
def test_what_a_huge_background_took_is_given_back(
    tmp_path: Path, kind: type[Picture | Video]
) -> None:
    """A file of a megabyte may take two gigabytes while it is decoded."""
    path = tmp_path / "huge.png"
    rows, columns = 6000, 6000
    path.write_bytes(encoded(np.zeros((rows, columns, 3), np.uint8), ".png"))
    loader, size = background_loader.BackgroundLoader(), Size(64, 36)
    before = resident()
    for _ in range(2):
        loader.prepare(kind(path), size)
    loader.close(5.0)
    assert resident() - before < rows * columns * 3


def resident() -> int:
    """Bytes of memory that this process holds."""
    import psutil

    return int(psutil.Process().memory_info().rss)
