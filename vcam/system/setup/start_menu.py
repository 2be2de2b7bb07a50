"""What vcam leaves with a user of Windows: a shortcut in the Start menu, and a value that
starts it at login.  Nothing here needs an administrator."""

import subprocess
from pathlib import Path
from typing import Protocol

from vcam.errors import VcamError
from vcam.reasons import reason
from vcam.system.autostart.session import MODULE, Session
from vcam.system.autostart.windows import RunKey
from vcam.system.setup.shell_link import Link, ShellLinks
from vcam.translation import tr

NAME = "vcam.lnk"
ICON = Path(__file__).with_name("vcam.ico")
"""Drawn by ``assets/draw_icon.py``."""
OURS = subprocess.list2cmdline(MODULE)
"""The end of what our shortcuts hand to Python."""


class Links(Protocol):
    """The shortcuts of this user; each method raises OSError."""

    def programs(self) -> Path:
        """The folder of the Start menu that is the user's own."""

    def read(self, path: Path) -> Link:
        """What the shortcut says."""

    def write(self, path: Path, wanted: Link) -> None:
        """Write the shortcut, or replace it."""


class StartMenu:
    """Our shortcut in the Start menu.  Raises :class:`~vcam.errors.VcamError`."""

    def __init__(self, session: Session, links: Links | None = None) -> None:
        self._links = links or ShellLinks()
        try:
            self.path = self._links.programs() / NAME
        except OSError as error:
            raise VcamError(
                tr("The folder of the Start menu cannot be found"),
                tr("Log in to a desktop of Windows, and try again"),
            ) from error
        program, *arguments = session.command
        self._wanted = Link(
            program,
            subprocess.list2cmdline(arguments),
            str(ICON),
            tr("Be anywhere, from your own webcam"),
        )

    def wanting(self) -> bool:
        """Whether the shortcut is missing, or ours and of an installation that moved."""
        found = self._read()
        if found is None:
            return not self.path.exists()  # another's file stays as it is
        return found.arguments.endswith(OURS) and _parts(found) != _parts(self._wanted)

    def ours(self) -> bool:
        """Whether there is a shortcut of vcam's."""
        found = self._read()
        return found is not None and found.arguments.endswith(OURS)

    def add(self) -> None:
        """Write the shortcut."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._links.write(self.path, self._wanted)
        except OSError as error:
            raise _unchanged(str(self.path), error) from error

    def remove(self) -> None:
        """Take it away."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise _unchanged(str(self.path), error) from error

    def _read(self) -> Link | None:
        try:
            return self._links.read(self.path)
        except OSError:
            return None


class Login:
    """The value that starts vcam at login, also one that Task Manager has switched off."""

    def __init__(self, session: Session) -> None:
        self._key = RunKey(session.registry)
        self.place = self._key.place

    def there(self) -> bool:
        """Whether it exists."""
        return self._key.there()

    def remove(self) -> None:
        """Take it away."""
        try:
            self._key.turn(None)
        except OSError as error:
            raise _unchanged(self.place, error) from error


def _parts(link: Link) -> tuple[str, ...]:
    """What makes a difference; Windows does not tell capital letters apart."""
    return link.program.casefold(), link.arguments, link.icon.casefold()


def _unchanged(place: str, error: OSError) -> VcamError:
    return VcamError(
        tr("{file} cannot be changed: {reason}", file=place, reason=reason(error)),
        tr("Check its permissions"),
    )
