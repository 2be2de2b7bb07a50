"""Values of the Windows registry; elsewhere there are none."""

import sys


def registry_value(key: str, value: str) -> str | None:
    r"""A value of the Windows registry, such as ``HKCU\Software\…``; None if missing.

    An empty ``value`` is the key's own.  See RegQueryValueEx in Microsoft's documentation.
    """
    if sys.platform != "win32":
        return None
    import winreg

    root, _, path = key.partition("\\")
    roots = {
        "HKCR": winreg.HKEY_CLASSES_ROOT,
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
    }
    try:
        with winreg.OpenKey(roots[root], path) as opened:
            return str(winreg.QueryValueEx(opened, value)[0])
    except OSError:
        return None
