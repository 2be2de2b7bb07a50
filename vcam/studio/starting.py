"""Starts vcam from a page; it goes on when the studio ends."""

import asyncio
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from vcam.control.client import ask
from vcam.errors import ControlError, VcamError
from vcam.reasons import reason
from vcam.studio.answers import ask_in_thread, in_thread
from vcam.translation import tr

WITHIN_S = 12.0
"""Seconds until a vcam that neither answers nor ends is taken to be on its way.  On Windows
and macOS one that fails shows the reason for 8 seconds before it ends."""
POLL_S = 0.1
"""Seconds between two checks whether it answers."""
LONGEST_COMPLAINT = 16 << 10
"""Most bytes that are read of what it says."""
MODULE = ("-P", "-m", "vcam")
"""Arguments that make the interpreter run vcam, and nothing of the current folder."""


class Starter:
    """Starts vcam, one at a time.  Used on the event loop."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """``folder`` is for what vcam says, ``environment`` is what it inherits."""
        self._folder, self._environment = folder, dict(environment)
        self._starting = asyncio.Lock()
        self._vcam: subprocess.Popen[bytes] | None = None
        """The last one; it is waited for when it has ended."""

    async def start(self) -> dict[str, Any]:
        """Start vcam, with its icon where there is a desktop, unless one runs.

        Returns ``{"pid": …}`` as soon as it answers, or without a number when it takes
        long.  Raises :class:`~vcam.errors.ControlError` with what it said when it ends.
        """
        async with self._starting:
            if pid := await ask_in_thread(_running):
                return {"pid": pid}
            with tempfile.TemporaryFile(dir=self._folder) as said:
                vcam = self._vcam = await in_thread(self._started, said)
                for _ in range(round(WITHIN_S / POLL_S)):
                    await asyncio.sleep(POLL_S)
                    if vcam.poll() is not None:
                        raise _failure(vcam.returncode, said)
                    if pid := await ask_in_thread(_running):
                        return {"pid": pid}
            return {"pid": None}

    def reap(self) -> None:
        """Let the system forget a vcam that has ended.  Any thread may call it."""
        if self._vcam is not None:
            self._vcam.poll()

    def _started(self, said: IO[bytes]) -> "subprocess.Popen[bytes]":
        flags: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            new_group = subprocess.CREATE_NEW_PROCESS_GROUP
            flags = {"creationflags": subprocess.DETACHED_PROCESS | new_group}
        command = "tray" if has_desktop(self._environment) else "run"
        try:
            return subprocess.Popen(
                (sys.executable, *MODULE, command),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                env=self._environment,
                cwd=Path.home(),
                **flags,
            )
        except OSError as error:
            raise ControlError(
                tr("vcam cannot be started: {why}", why=reason(error)),
                tr("Start it with: vcam run"),
            ) from error


def has_desktop(environment: Mapping[str, str]) -> bool:
    """Whether there may be a tray that an icon can be seen in."""
    if not sys.platform.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _running() -> int | None:
    try:
        return int(ask("status")["pid"])
    except VcamError:
        return None


def _failure(status: int, said: IO[bytes]) -> ControlError:
    said.seek(0)
    lines = said.read(LONGEST_COMPLAINT).decode(errors="replace").splitlines()
    complaints = [line.removeprefix("vcam: ") for line in lines if line.strip()]
    if complaints:
        return ControlError(complaints[-1])
    return ControlError(
        tr("vcam ended at once (status {status})", status=status), tr("See `vcam doctor`")
    )
