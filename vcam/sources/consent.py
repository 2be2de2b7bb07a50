"""Windows: whether programs may use cameras, and which of them use one now.

Windows 10 (1903) and later keep both in the registry, for *Settings > Privacy & security >
Camera*.  Microsoft does not document the keys; here they are only read, for messages, and
what is missing means that nothing is known.
"""

import sys
from collections.abc import Iterator
from contextlib import suppress

from vcam.errors import SourceError
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
DENIED = translatable("Windows does not let desktop programs use the camera")
ALLOW = translatable(
    "Settings > Privacy & security > Camera: switch on 'Camera access' and "
    "'Let desktop apps access your camera'"
)


def refusal() -> SourceError | None:
    """Why Windows lets vcam use no camera; None if it may, if nobody knows."""
    return SourceError(tr(DENIED), tr(ALLOW)) if denied() else None


def denied(store: str = STORE) -> bool:
    """Whether the user or the administrator has forbidden it; False on other systems."""
    if sys.platform != "win32":
        return False
    import winreg

    for root, key in (
        (winreg.HKEY_LOCAL_MACHINE, store),
        (winreg.HKEY_CURRENT_USER, store),
        (winreg.HKEY_CURRENT_USER, rf"{store}\{DESKTOP}"),
    ):
        with suppress(OSError), winreg.OpenKey(root, key) as opened:
            if winreg.QueryValueEx(opened, "Value")[0] == "Deny":
                return True
    return False


def programs(store: str = STORE) -> tuple[str, ...]:
    """The other programs that use a camera now, whichever; for example ``Zoom.exe``."""
    ours = {
        path.replace("\\", "#").casefold()
        for path in (sys.executable, getattr(sys, "_base_executable", ""))
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
