"""Who has a device open: the name to say when a camera is busy."""

import os
from dataclasses import dataclass
from pathlib import Path

from vcam.v4l2.system import System, listed, read


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has a device open."""

    pid: int
    name: str
    write_only: bool
    """It only writes: a producer."""
    streaming: bool
    """It has the driver's buffers mapped: frames flow, it does not merely look."""

    def __str__(self) -> str:
        """As people read it: ``zoom (process 4711)``."""
        return f"{self.name} (process {self.pid})"


def holders(system: System, path: str) -> tuple[Holder, ...]:
    """Who has the device open, as far as this user may see; ours is among them."""
    target = os.path.realpath(path)
    found = []
    for process in listed(system.proc):
        if not process.name.isdigit():
            continue
        held = [link for link in listed(process / "fd") if _points_at(link) == target]
        if held:
            found.append(
                Holder(
                    int(process.name),
                    read(process / "comm") or "a program",
                    all(_write_only(process / "fdinfo" / link.name) for link in held),
                    target in read(process / "maps"),
                )
            )
    return tuple(sorted(found, key=lambda holder: holder.pid))


def _points_at(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _write_only(fdinfo: Path) -> bool:
    for line in read(fdinfo).splitlines():
        key, _, value = line.partition(":")
        if key == "flags":
            return int(value, 8) & os.O_ACCMODE == os.O_WRONLY
    return False
