"""The settings file, read again whenever it has changed."""

from pathlib import Path

from vcam.errors import SettingsError
from vcam.settings import Settings, load


class Followed:
    """What ``path`` says.  Raises :class:`~vcam.errors.SettingsError` when it is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._version()
        self._settings = load(path)

    @property
    def settings(self) -> Settings:
        """As the file is now; as before while it makes no sense."""
        if (version := self._version()) != self._seen:
            self._seen = version
            try:
                self._settings = load(self._path)
            except SettingsError:
                return self._settings  # whoever has written it is told
        return self._settings

    def _version(self) -> tuple[int, int]:
        try:
            about = self._path.stat()
        except OSError:
            return 0, 0
        return about.st_mtime_ns, about.st_size
