"""Windows: whether programs may use cameras, and which of them use one now.

Windows 10 (1903) and later keep both in the registry, for *Settings > Privacy & security >
Camera*.  Microsoft does not document the keys; here they are only read, for messages, and
what is missing means that nothing is known.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import PureWindowsPath

from vcam.errors import SourceError
from vcam.registry import registry_value
from vcam.translation import tr, translatable

STORE = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager"
    r"\ConsentStore\webcam"
)
"""The key of what the user has allowed, with one key for each program of the Store."""
DESKTOP = "NonPackaged"
"""The key in it for the others, with one key each: the path, with # for the slashes."""
STOPPED = "LastUsedTimeStop"
"""When the program stopped using a camera; 0 while it uses one."""
DENY = "Deny"
DENIED = translatable("Windows does not let desktop programs use the camera")
ALLOW = translatable(
    "Settings > Privacy & security > Camera: switch on 'Camera access' and "
    "'Let desktop apps access your camera'"
)


def answers(
    value: Callable[[str, str], str | None] = registry_value, store: str = STORE
) -> tuple[str | None, ...]:
    """What the switches say, for the computer, the user, and the user's desktop programs.

    ``Allow``, ``Deny``, or None where it is not known.
    """
    keys = (rf"HKLM\{store}", rf"HKCU\{store}", rf"HKCU\{store}\{DESKTOP}")
    return tuple(value(key, "Value") for key in keys)


def refusal(found: Sequence[str | None] | None = None) -> SourceError | None:
    """Why Windows lets vcam use no camera; None if it may, if nobody knows, and elsewhere.

    ``found`` are :func:`answers`; None asks for them.
    """
    denied = DENY in (answers() if found is None else found)
    return SourceError(tr(DENIED), tr(ALLOW)) if denied else None


def programs(store: str = STORE) -> tuple[str, ...]:
    """The programs but vcam that use a camera now, whichever; for example ``Zoom.exe``."""
    ours = {
        str(PureWindowsPath(path).with_name(name)).replace("\\", "#").casefold()
        for path in (sys.executable, getattr(sys, "_base_executable", sys.executable))
        for name in ("python.exe", "pythonw.exe")
        if path  # empty where Python is part of another program
    }
    desktop = (
        key.rpartition("#")[2]
        for key in _using(rf"{store}\{DESKTOP}")
        if key.casefold() not in ours
    )
    # Programs of the Store have a name such as MSTeams_8wekyb3d8bbwe.
    packaged = (key.partition("_")[0] for key in _using(store))
    return tuple(dict.fromkeys((*desktop, *packaged)))


def _using(path: str) -> Iterator[str]:
    """The keys in ``path`` of the programs that have not stopped."""
    if sys.platform != "win32":
        return
    import winreg

    with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as opened:
        for number in range(winreg.QueryInfoKey(opened)[0]):
            key = winreg.EnumKey(opened, number)
            with suppress(OSError), winreg.OpenKey(opened, key) as program:
                if winreg.QueryValueEx(program, STOPPED)[0] == 0:
                    yield key
