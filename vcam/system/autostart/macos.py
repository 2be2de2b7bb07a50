"""macOS: a launch agent of the user, which starts ``vcam.app`` after login."""

import plistlib
from pathlib import Path
from typing import Any

from vcam import files
from vcam.system import macos_app
from vcam.translation import translatable

LABEL = "vcam.autostart"
"""The agent's name for launchd, and of its file.  It is on users' machines: keep it."""


class LaunchAgent:
    """A launch agent, which launchd starts after login, and again after a crash.

    Not after every failure: a mistake in the settings file, for example, would be told
    every ten seconds.  Keys: https://keith.github.io/xcode-man-pages/launchd.plist.5.html
    """

    name = translatable("launch agent")

    def __init__(self, home: Path) -> None:
        self._home = home
        self._file = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"

    @property
    def place(self) -> str:
        """See :class:`vcam.system.autostart.Way`."""
        return str(self._file)

    def command(self) -> tuple[str, ...] | None:
        """See :class:`vcam.system.autostart.Way`."""
        agent = macos_app.read(self._file)
        if agent is None or agent.get("Disabled"):
            return None
        words = tuple(map(str, agent.get("ProgramArguments", ())))
        if self._is_app(words) and macos_app.exists(self._home):
            return macos_app.started_by(self._home)
        return words

    def turn(self, command: tuple[str, ...] | None) -> None:
        """See :class:`vcam.system.autostart.Way`."""
        if command is None:
            self._file.unlink(missing_ok=True)
            return
        if macos_app.available():
            command = (str(macos_app.install(self._home, command)),)
        files.write(self._file, plistlib.dumps(self._agent(command)))

    def renew(self) -> None:
        """Bring an agent of an earlier version up to date, for the next login."""
        command, agent = self.command(), macos_app.read(self._file)
        if not command or agent is None or self._is_app(command):
            return  # there is none, or what it should start is not known
        words = tuple(map(str, agent.get("ProgramArguments", ())))
        if agent != self._agent(words) or (words == command and macos_app.available()):
            self.turn(command)

    def _agent(self, command: tuple[str, ...]) -> dict[str, Any]:
        agent = {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
        if self._is_app(command):
            # Python alone is killed when it asks for the camera, and that is a crash.
            agent["KeepAlive"] = {"Crashed": True}
        return agent

    def _is_app(self, command: tuple[str, ...]) -> bool:
        return command[:1] == (str(macos_app.place(self._home) / macos_app.PROGRAM),)
