"""Start at login: what the desktop is told, where, and whether it still holds.

Each system has its own way, a class with ``name``, ``place``, ``command()`` and ``turn()``;
to add one, write it in the file of its system and put it into :func:`ways`.  Nothing here
starts or ends vcam; it is about the next login.
"""

from dataclasses import dataclass
from typing import Protocol

from vcam.errors import UsageError, VcamError
from vcam.system.autostart.session import Command, Session, missing


class Way(Protocol):
    """A place where a system looks for what to start at login."""

    name: str
    """For people, for example ``autostart entry``."""

    @property
    def place(self) -> str:
        """The file or registry value."""

    def command(self) -> Command | None:
        """What is started at login; None when nothing is."""

    def turn(self, command: Command | None) -> None:
        """Start this at login; None: no longer start anything.  Raises OSError."""


@dataclass(frozen=True, slots=True)
class Status:
    """How vcam is started at login."""

    way: str
    place: str
    command: Command
    missing: str = ""
    """The program, or its interpreter, that is no longer there."""


def ways(session: Session) -> tuple[Way, ...]:
    """The ways this system knows, the usual one first."""
    if session.platform == "linux":
        from vcam.system.autostart.linux import DesktopAutostart, SystemdUnit

        return (DesktopAutostart(session), SystemdUnit(session))
    if session.platform == "win32":
        from vcam.system.autostart.windows import RunKey

        return (RunKey(session.registry),)
    if session.platform == "darwin":
        from vcam.system.autostart.macos import LaunchAgent

        return (LaunchAgent(session.home),)
    return ()


def status(session: Session | None = None) -> Status | None:
    """How vcam is started at login; None when it is not."""
    for way in ways(session or Session()):
        command = way.command()
        if command is not None:
            return Status(way.name, way.place, command, missing(command))
    return None


def enabled() -> bool:
    """Whether vcam is started at login."""
    return status() is not None


def turn(on: bool, session: Session | None = None, *, service: bool = False) -> None:
    """Start vcam at every login, or no longer; again and again makes no difference.

    ``service``: through a unit of systemd, which also starts it anew when it fails (Linux
    only).  Raises :class:`~vcam.errors.UsageError` where there is no such way, and
    another :class:`~vcam.errors.VcamError` when it cannot be written.
    """
    session = session or Session()
    known = ways(session)
    if not known or (service and len(known) < 2):
        what = "systemd units exist only on Linux" if known else "vcam does not know how"
        raise UsageError(
            f"Start at login on {session.platform}: {what}",
            "Leave --systemd out" if known else "Use your system's own settings",
        )
    chosen = known[1 if service else 0]
    # One way only: two would start two.  The chosen one first: if that fails, another one
    # that works still does.
    for way in sorted(known, key=lambda way: way is not chosen):
        try:
            way.turn(session.command if on and way is chosen else None)
        except OSError as error:
            raise VcamError(
                f"{way.place} cannot be changed: {error.strerror}", "Check its permissions"
            ) from error


__all__ = ["Session", "Status", "Way", "enabled", "status", "turn", "ways"]
