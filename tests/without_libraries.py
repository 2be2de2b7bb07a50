"""Runs a program where some system libraries do not exist, as on a server.

``python without_libraries.py EMPTY_FOLDER NAME,NAME PROGRAM…``: in a mount namespace of its
own, the folder of the system's libraries is replaced by links to all but those whose names
begin so.  Exit status 77: that is not allowed here.
"""

import ctypes
import os
import sys
import sysconfig
from functools import cache
from pathlib import Path

NEW_MOUNTS, NEW_USER = 0x20000, 0x10000000
BIND, RECURSIVE, PRIVATE = 1 << 12, 1 << 14, 1 << 18
NOT_ALLOWED = 77


@cache
def libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def unshare() -> None:
    if libc().unshare(NEW_MOUNTS | (NEW_USER if os.geteuid() else 0)):
        raise OSError(ctypes.get_errno(), "unshare")


def mount(source: Path | str, target: Path | str, kind: str, flags: int) -> None:
    words = (os.fsencode(source), os.fsencode(target), kind.encode())
    if libc().mount(*words, ctypes.c_ulong(flags), None):
        raise OSError(ctypes.get_errno(), "mount")


def main(empty: str, names: str, *program: str) -> None:
    hidden, kept = tuple(names.split(",")), Path(empty)
    folder = Path(f"/usr/lib/{sysconfig.get_config_var('MULTIARCH')}").resolve()
    try:
        there = [path.name for path in folder.iterdir()]
        unshare()
        mount("none", "/", "", PRIVATE | RECURSIVE)
        mount(folder, kept, "", BIND | RECURSIVE)
        mount("none", folder, "tmpfs", 0)
    except OSError as error:
        sys.stdout.write(str(error))
        sys.stdout.flush()
        os._exit(NOT_ALLOWED)
    for name in there:
        if not name.startswith(hidden):
            (folder / name).symlink_to(kept / name)
    os.execv(program[0], program)


if __name__ == "__main__":
    main(*sys.argv[1:])
