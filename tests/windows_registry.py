"""Writes to the registry of Windows and removes what was written."""

import sys
from typing import Any


def write(key: str, name: str, value: str | int) -> None:
    r"""Set a value of a key such as ``HKCU\Software\…``, which is made if it is missing."""
    if sys.platform != "win32":
        raise NotImplementedError
    import winreg

    kind = winreg.REG_SZ if isinstance(value, str) else winreg.REG_QWORD
    with winreg.CreateKey(*_parts(key)) as opened:
        winreg.SetValueEx(opened, name, 0, kind, value)


def remove(key: str) -> None:
    """Remove a key and those in it; one that is missing is fine."""
    if sys.platform != "win32":
        raise NotImplementedError
    import winreg

    root, path = _parts(key)
    try:
        with winreg.OpenKey(root, path) as opened:
            count = winreg.QueryInfoKey(opened)[0]
            inner = [winreg.EnumKey(opened, number) for number in range(count)]
    except FileNotFoundError:
        return
    for each in inner:
        remove(rf"{key}\{each}")
    winreg.DeleteKey(root, path)


def _parts(key: str) -> tuple[Any, str]:
    if sys.platform != "win32":
        raise NotImplementedError
    import winreg

    root, _, path = key.partition("\\")
    roots = {"HKCU": winreg.HKEY_CURRENT_USER, "HKCR": winreg.HKEY_CLASSES_ROOT}
    return roots[root], path
