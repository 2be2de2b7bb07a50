"""Programs that the menu starts: polled without waiting, and ended with vcam."""

import contextlib
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from vcam.tray.desktop import environment

STOP_S = 2.0
LONGEST_ANSWER = 1 << 20
"""Number of bytes of a program's output that are read."""

Done = Callable[[int, str], None]
"""Called with the exit status and what the program printed; bytes that are not UTF-8, as
file names may have, are lone surrogates in it."""


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    printed: IO[bytes]
    until_s: float
    done: Done | None


class Children:
    """Used by one thread, which calls :meth:`poll` from time to time."""

    def __init__(self) -> None:
        self._running: dict[str, _Child] = {}

    def start(
        self,
        name: str,
        command: Sequence[str],
        done: Done | None = None,
        *,
        within_s: float = float("inf"),
        with_errors: bool = False,
    ) -> None:
        """Start ``command``, unless what was started as ``name`` still runs.

        It is ended after ``within_s`` seconds, or by :meth:`close`.  What it prints on
        standard error is wanted ``with_errors``.  Raises :class:`OSError` when it cannot
        be started.
        """
        if name in self._running:
            return
        with contextlib.ExitStack() as undo:
            printed = undo.enter_context(tempfile.TemporaryFile())
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT if with_errors else subprocess.DEVNULL,
                env={**environment(), "PYTHONIOENCODING": "utf-8:surrogateescape"},
            )
            undo.pop_all()
        until_s = time.monotonic() + within_s
        self._running[name] = _Child(process, printed, until_s, done)

    def runs(self, name: str) -> bool:
        """Whether what was started as ``name`` has not ended yet."""
        return name in self._running

    def poll(self) -> None:
        """Call back for programs that have ended, and end those whose time is over."""
        for name, child in list(self._running.items()):
            if child.process.poll() is None and time.monotonic() < child.until_s:
                continue
            del self._running[name]
            status, text = _ended(child)
            if child.done is not None:
                child.done(status, text)

    def close(self) -> None:
        """End all of them, within bounds, without calling back."""
        for child in self._running.values():
            child.process.terminate()
        for child in self._running.values():
            _ended(child)
        self._running.clear()


def _ended(child: _Child) -> tuple[int, str]:
    """End it if it runs; its exit status and what it printed."""
    process = child.process
    try:
        if process.poll() is None:
            process.terminate()
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
    with child.printed as printed:
        printed.seek(0)
        text = printed.read(LONGEST_ANSWER).decode("utf-8", "surrogateescape")
        return process.returncode, text
