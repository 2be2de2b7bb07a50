"""The kernel, its folders and its three system calls, as one value that tests replace."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from vcam.translation import translatable

JOIN_GROUP = translatable('Run `sudo usermod -aG video "$USER"`, then log out and in again')
"""What gives a user access to video devices."""


class Kernel(Protocol):
    """The three system calls."""

    def open(self, path: str) -> int:
        """A file descriptor of a device node; raises :class:`OSError`."""

    def ioctl(self, fd: int, request: int, argument: bytearray) -> None:
        """Fill or read ``argument``; raises :class:`OSError`."""

    def close(self, fd: int) -> None:
        """Let the node go."""


class Linux:
    """The real kernel."""

    def open(self, path: str) -> int:
        """Never waits: the node is opened non-blocking."""
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ioctl(self, fd: int, request: int, argument: bytearray) -> None:
        """One ``ioctl``; ``argument`` is changed in place."""
        import fcntl  # there is none on Windows

        fcntl.ioctl(fd, request, argument)

    def close(self, fd: int) -> None:
        """One ``close``."""
        os.close(fd)


@dataclass(frozen=True, slots=True)
class System:
    """Where the kernel shows its devices and processes."""

    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    proc: Path = Path("/proc")
    kernel: Kernel = field(default_factory=Linux)

    def node(self, index: int) -> str:
        """The path of ``/dev/videoN``."""
        return str(self.dev / f"video{index}")

    def about(self, index: int) -> Path:
        """The folder in sysfs that describes ``/dev/videoN``."""
        return self.sys / "class" / "video4linux" / f"video{index}"


Ask = Callable[[int, bytearray], bytearray]


@contextmanager
def opened(system: System, path: str) -> Iterator[Ask]:
    """The node, opened for as long as questions are asked."""
    fd = system.kernel.open(path)

    def ask(request: int, argument: bytearray) -> bytearray:
        system.kernel.ioctl(fd, request, argument)
        return argument

    try:
        yield ask
    finally:
        system.kernel.close(fd)


def text(raw: bytes | bytearray) -> str:
    """A C string."""
    return bytes(raw).split(b"\0", 1)[0].decode("utf-8", "replace").strip()


def read(path: Path) -> str:
    """The text of a small file of the kernel's; empty when it cannot be read."""
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def names(folder: Path) -> list[str]:
    """The names of what is in a folder; nothing when it cannot be read."""
    try:
        return os.listdir(folder)  # noqa: PTH208 - a path for each would cost as much again
    except OSError:
        return []


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing when it cannot be read."""
    return [folder / name for name in names(folder)]
