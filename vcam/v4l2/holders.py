"""Who has a device open: the name to say when a camera is busy, and who watches ours."""

import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from vcam.translation import tr
from vcam.v4l2.system import System, names, read


@dataclass(frozen=True, slots=True)
class Holder:
    """A program that has a device open."""

    pid: int
    name: str
    path: str
    """The device."""
    handles: int
    """How often it has it open."""
    write_only: bool
    """It only writes: a producer."""
    streaming: bool
    """It has the driver's buffers mapped: frames flow, it does not merely look."""

    def __str__(self) -> str:
        """As people read it: ``zoom (process 4711)``."""
        return tr("{name} (process {number})", name=self.name, number=self.pid)


def holders(
    system: System, *paths: str, among: Collection[int] | None = None
) -> tuple[Holder, ...]:
    """Who has one of the devices open, as far as this user may see; ours is among them.

    ``among`` names the processes to look at; every one takes a while: 6 microseconds per
    file that any program has open.
    """
    targets = {os.path.realpath(path): path for path in paths}
    pids = map(int, filter(str.isdigit, names(system.proc))) if among is None else among
    found = []
    for pid in sorted(pids):
        process = system.proc / str(pid)
        held: dict[str, list[str]] = {}
        folder = f"{process}/fd"
        for handle in names(process / "fd"):
            target = _points_at(f"{folder}/{handle}")
            if target in targets:
                held.setdefault(target, []).append(handle)
        found += [
            Holder(
                pid,
                read(process / "comm") or tr("a program"),
                targets[target],
                len(each),
                all(_write_only(process / "fdinfo" / handle) for handle in each),
                _maps(process / "maps", target),
            )
            for target, each in held.items()
        ]
    return tuple(found)


def others(system: System, path: str) -> tuple[Holder, ...]:
    """Who else has the device open."""
    return tuple(each for each in holders(system, path) if each.pid != os.getpid())


def _points_at(link: str) -> str:
    try:
        return os.readlink(link)  # noqa: PTH115 - thousands of times
    except OSError:
        return ""


def _maps(maps: Path, target: str) -> bool:
    """Whether the last field of a line is ``target``: names begin like others."""
    return any(line.endswith(f" {target}") for line in read(maps).splitlines())


def _write_only(fdinfo: Path) -> bool:
    for line in read(fdinfo).splitlines():
        key, _, value = line.partition(":")
        if key == "flags":
            return int(value, 8) & os.O_ACCMODE == os.O_WRONLY
    return False
