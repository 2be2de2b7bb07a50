"""macOS: a launch agent of the user."""

import plistlib
from pathlib import Path

from vcam import files
from vcam.translation import translatable

LABEL = "vcam.autostart"
"""The agent's name for launchd, and of its file.  It is on users' machines: keep it."""


class LaunchAgent:
    """A launch agent, which launchd starts after login and restarts after a failure."""

    name = translatable("launch agent")

    def __init__(self, home: Path) -> None:
        self._file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    @property
    def place(self) -> str:
        """See :class:`vcam.system.autostart.Way`."""
        return str(self._file)

    def command(self) -> tuple[str, ...] | None:
        """See :class:`vcam.system.autostart.Way`."""
        try:
            agent = plistlib.loads(self._file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, plistlib.InvalidFileException):
            return ()
        if agent.get("Disabled"):
            return None
        return tuple(map(str, agent.get("ProgramArguments", ())))

    def turn(self, command: tuple[str, ...] | None) -> None:
        """See :class:`vcam.system.autostart.Way`."""
        if command is None:
            self._file.unlink(missing_ok=True)
            return
        agent = {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        files.write(self._file, plistlib.dumps(agent))
