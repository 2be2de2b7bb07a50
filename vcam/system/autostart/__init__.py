"""Start at login: switching it on and off, and reading its state.

Each system has its own way, a class that fulfils :class:`Way`.  To add one, write it in
the file of its system and add it to :func:`ways`.  Nothing here starts or stops vcam; it
only affects the next login.
"""

from dataclasses import dataclass
from typing import Protocol

from vcam.errors import UsageError, VcamError
from vcam.reasons import reason
from vcam.system.autostart.session import Command, Session, missing
from vcam.translation import tr


class Way(Protocol):
    """A place where a system looks for programs to start at login."""

    name: str
    """What it is, in English, for example ``autostart entry``."""

    @property
    def place(self) -> str:
        """The file or registry value that is written."""

    def command(self) -> Command | None:
        """The command that is started at login; None if none is."""

    def turn(self, command: Command | None) -> None:
        """Start this command at login; with None, start none.  Raises OSError."""


@dataclass(frozen=True, slots=True)
class Status:
    """How vcam is started at login."""

    way: str
    """What starts it, in English: programs read it, people get it through ``tr``."""
    place: str
    command: Command
    missing: str = ""
    """The program, or its interpreter, if it no longer exists."""
    caution: str = ""
    """What will not work although it is started, and what to do."""


def ways(session: Session) -> tuple[Way, ...]:
    """The ways of this system, the usual one first."""
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
    """How vcam is started at login; None if it is not."""
    session = session or Session()
    for way in ways(session):
        command = way.command()
        if command is not None:
            told = missing(command), _caution(session)
            return Status(way.name, way.place, command, *told)
    return None


def _caution(session: Session) -> str:
    if session.platform != "darwin":
        return ""
    from vcam.system import macos_app

    if macos_app.exists(session.home):
        return ""
    first = "" if macos_app.available() else tr(macos_app.NOT_AVAILABLE)
    then = tr(
        "macOS will not let it use the camera until you run `vcam autostart on` again."
    )
    return f"{first} {then}".strip()


def enabled() -> bool:
    """Whether vcam is started at login."""
    return status() is not None


def renew(session: Session | None = None) -> None:
    """Bring what an earlier version has written up to date, where that matters: on macOS.

    It takes effect at the next login.  Raises what :func:`turn` raises.
    """
    session = session or Session()
    if session.platform != "darwin":
        return
    from vcam.system.autostart.macos import LaunchAgent

    agent = LaunchAgent(session.home)
    try:
        agent.renew()
    except OSError as error:
        raise _unchangeable(agent, error) from error


def turn(on: bool, session: Session | None = None, *, service: bool = False) -> None:
    """Start vcam at every login, or no longer.  Calling it again changes nothing.

    ``service`` uses a systemd unit, which also restarts vcam after a failure (Linux only).
    Raises :class:`~vcam.errors.UsageError` if the system has no such way, and another
    :class:`~vcam.errors.VcamError` if it cannot be written.
    """
    session = session or Session()
    known = ways(session)
    if not known or (service and len(known) < 2):
        if known:
            what = tr("systemd units exist only on Linux")
            remedy = tr("Leave --systemd out")
        else:
            what = tr("vcam does not know how")
            remedy = tr("Use your system's own settings")
        raise UsageError(
            tr("Start at login on {system}: {what}", system=session.platform, what=what),
            remedy,
        )
    chosen = known[1 if service else 0]
    # Only one way, because two would start vcam twice.  The chosen one comes first: if it
    # fails, a way that worked before is still on.
    for way in sorted(known, key=lambda way: way is not chosen):
        try:
            way.turn(session.command if on and way is chosen else None)
        except OSError as error:
            raise _unchangeable(way, error) from error


def _unchangeable(way: Way, error: OSError) -> VcamError:
    what = tr("{file} cannot be changed: {reason}", file=way.place, reason=reason(error))
    return VcamError(what, tr("Check its permissions"))


__all__ = ["Session", "Status", "Way", "enabled", "renew", "status", "turn", "ways"]
