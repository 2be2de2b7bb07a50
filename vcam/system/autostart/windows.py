"""Windows: a value of the registry's ``Run`` key."""

import subprocess
import sys
from typing import Protocol

from vcam.translation import translatable

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
"""The key with the commands that Windows runs at login."""
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""The key in which Task Manager records what the user has switched off."""
VALUE = "vcam"
"""The name of our value."""


class Registry(Protocol):
    """The user's part of the registry, ``HKEY_CURRENT_USER``."""

    def get(self, key: str, name: str) -> str | bytes | None:
        """The value; None if there is none."""

    def set(self, key: str, name: str, value: str) -> None:
        """Write a text, and create the key if it is missing; raises OSError."""

    def delete(self, key: str, name: str) -> None:
        """Remove the value if it exists; raises OSError."""


class WindowsRegistry:
    """The real registry; empty on other systems."""

    def get(self, key: str, name: str) -> str | bytes | None:
        """See :class:`Registry`."""
        if sys.platform != "win32":
            return None
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                value = winreg.QueryValueEx(opened, name)[0]
        except FileNotFoundError:
            return None
        return value if isinstance(value, (str, bytes)) else None

    def set(self, key: str, name: str, value: str) -> None:
        """See :class:`Registry`."""
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)

    def delete(self, key: str, name: str) -> None:
        """See :class:`Registry`."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(
                    winreg.HKEY_CURRENT_USER, key, access=winreg.KEY_SET_VALUE
                ) as opened:
                    winreg.DeleteValue(opened, name)
            except FileNotFoundError:
                return


class RunKey:
    """A value of the ``Run`` key, whose command Explorer starts after login."""

    name = translatable("Run key")
    place = f"HKCU\\{RUN}\\{VALUE}"

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def command(self) -> tuple[str, ...] | None:
        """See :class:`vcam.system.autostart.Way`."""
        line = self._registry.get(RUN, VALUE)
        approved = self._registry.get(APPROVED, VALUE)
        switched_off = (
            isinstance(approved, bytes) and bool(approved[:1]) and approved[0] & 1
        )
        if not isinstance(line, str) or switched_off:
            return None
        return split(line)

    def there(self) -> bool:
        """Whether it exists, also if it is switched off."""
        return self._registry.get(RUN, VALUE) is not None

    def turn(self, command: tuple[str, ...] | None) -> None:
        """See :class:`vcam.system.autostart.Way`."""
        if command is None:
            self._registry.delete(RUN, VALUE)
        else:
            self._registry.set(RUN, VALUE, subprocess.list2cmdline(command))
        self._registry.delete(APPROVED, VALUE)


def split(line: str) -> tuple[str, ...]:
    """The words of a command line as :func:`subprocess.list2cmdline` joins them.

    Windows file names cannot contain quotation marks, so every one is part of the quoting.
    """
    words, word, quoted = [], "", False
    for character in f"{line} ":
        if character == '"':
            quoted = not quoted
        elif character == " " and not quoted:
            if word:
                words.append(word)
            word = ""
        else:
            word += character
    return tuple(words)
