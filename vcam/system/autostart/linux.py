"""Linux: an autostart entry or a systemd user unit, and the launcher's entry."""

from pathlib import Path

from vcam import files
from vcam.errors import VcamError
from vcam.system.autostart import desktop_entry
from vcam.system.autostart.session import Command, Session
from vcam.translation import tr, translatable

ICON = Path(__file__).parent / "vcam.svg"
"""The icon, as installed with vcam."""
ICON_MARK = "<!-- Drawn for vcam. -->"
"""A text in the icon by which vcam recognises it."""
UNIT = "vcam.service"
"""The name of the systemd unit."""
TARGET = "graphical-session.target"
"""The target that desktops start."""
ACTIVE = ("systemctl", "--user", "is-active", "--quiet", TARGET)
"""The command that succeeds while the target is active."""
MARK = "# Written by `vcam autostart on --systemd`; `vcam autostart off` removes it."
"""The first line of the unit."""


def launcher(session: Session) -> dict[Path, str]:
    """The files that make launchers show vcam: an entry and its icon."""
    icon = session.data / "icons/hicolor/scalable/apps/vcam.svg"
    return {
        session.data / "applications/vcam.desktop": desktop_entry.entry(session.command),
        icon: ICON.read_text("utf-8"),
    }


def installed_entry(session: Session) -> Path | None:
    """The launcher's entry that a package has installed for all users."""
    for folder in session.data_of_all:
        entry = folder / "applications/vcam.desktop"
        if entry.is_file():
            return entry
    return None


def is_ours(text: str) -> bool:
    """Whether this is a file of :func:`launcher` that vcam has written."""
    return desktop_entry.is_ours(text) or ICON_MARK in text


class DesktopAutostart:
    """The autostart entry, which every desktop reads at login."""

    name = translatable("autostart entry")

    def __init__(self, session: Session) -> None:
        self._file = session.configuration / "autostart/vcam.desktop"

    @property
    def place(self) -> str:
        """See :class:`vcam.system.autostart.Way`."""
        return str(self._file)

    def command(self) -> Command | None:
        """See :class:`vcam.system.autostart.Way`; None if a desktop switched it off."""
        text = _read(self._file)
        if text is None or not desktop_entry.enabled(text):
            return None
        return _started_by(text)

    def turn(self, command: Command | None) -> None:
        """See :class:`vcam.system.autostart.Way`.

        An entry that the user has written or changed is only switched on or off, as
        desktops do it, and never replaced.
        """
        try:
            text = self._file.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            text = ""
        if text and not desktop_entry.generated(text):
            on = command is not None
            if command is not None and _started_by(text)[: len(command)] != command:
                raise _not_ours(self._file)
            if on is not desktop_entry.enabled(text):
                other = desktop_entry.switched(text, on)
                files.write(self._file, other.encode("utf-8", "surrogateescape"))
        elif command is None:
            self._file.unlink(missing_ok=True)
        else:
            files.write(self._file, desktop_entry.entry(command, autostart=True))


class SystemdUnit:
    """The systemd unit, which starts and stops vcam with the desktop, and restarts it."""

    name = translatable("systemd unit")

    def __init__(self, session: Session) -> None:
        folder = session.configuration / "systemd/user"
        self._file = folder / UNIT
        self._wanted = folder / f"{TARGET}.wants" / UNIT
        self._run = session.run

    @property
    def place(self) -> str:
        """See :class:`vcam.system.autostart.Way`."""
        return str(self._file)

    def command(self) -> Command | None:
        """See :class:`vcam.system.autostart.Way`."""
        text = _read(self._file)
        if text is None or not self._wanted.is_symlink():
            return None
        lines = [line.partition("=") for line in text.splitlines()]
        values = {key: value for key, _, value in lines}
        return _unit_words(values.get("ExecStart", ""))

    def turn(self, command: Command | None) -> None:
        """See :class:`vcam.system.autostart.Way`; works like ``systemctl --user enable``.

        It is refused where it would not work: many desktops (XFCE, LXQt, most window
        managers) do not start the target, and some systems have no systemd.
        """
        before = _read(self._file)
        if before is not None and MARK not in before:
            if command is None:
                return  # the user's own unit
            raise _not_ours(self._file)
        if command is not None and not self._run(ACTIVE):
            raise VcamError(
                tr(
                    "systemd does not start this desktop: {target} is not active here, so "
                    "the unit would never be started",
                    target=TARGET,
                ),
                tr(
                    "Leave --systemd out; or, on a desktop that has it, such as GNOME and "
                    "Plasma, run this inside the desktop"
                ),
            )
        if command is None:
            self._wanted.unlink(missing_ok=True)
            self._file.unlink(missing_ok=True)
        else:
            files.write(self._file, unit(command))
            if not self._wanted.is_symlink():
                self._wanted.parent.mkdir(parents=True, exist_ok=True)
                self._wanted.symlink_to(self._file)
        if before != _read(self._file):
            self._run(["systemctl", "--user", "daemon-reload"])


def unit(command: Command) -> str:
    """The unit that starts ``command`` with the desktop and restarts it after a failure."""
    return "\n".join(
        [
            MARK,
            "[Unit]",
            "Description=vcam, the virtual background camera",
            f"PartOf={TARGET}",
            f"After={TARGET}",
            # Not for ever: another vcam may be running, or the settings may be broken.
            "StartLimitIntervalSec=60",
            "StartLimitBurst=5",
            "",
            "[Service]",
            f"ExecStart={_unit_line(command)}",
            "Restart=on-failure",
            "RestartSec=2",
            "",
            "[Install]",
            f"WantedBy={TARGET}",
            "",
        ]
    )


def _not_ours(file: Path) -> VcamError:
    return VcamError(tr("{file} is not vcam's", file=file), tr("Rename or remove it"))


def _unit_line(command: Command) -> str:
    """The command quoted as in systemd.service(5); ``:`` keeps ``$`` literal."""
    quoted = []
    for place, word in enumerate(desktop_entry.plain(command)):
        escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
        quoted.append(f'"{":" if place == 0 else ""}{escaped}"')
    return " ".join(quoted)


def _unit_words(line: str) -> Command:
    """The inverse of :func:`_unit_line`."""
    return desktop_entry.words(line.replace('":', '"', 1))


def _started_by(entry: str) -> Command:
    return desktop_entry.words(desktop_entry.values(entry).get("Exec", ""))


def _read(file: Path) -> str | None:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return None
