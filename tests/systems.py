"""Marks for tests that cannot hold on every system, each with the reason.

``@linux_only("/proc")`` is for what vcam does on Linux alone, or what a test reads there;
``@not_on_windows("file modes")`` for what Windows does not have; and
``@not_under_wine("…")`` for what Windows has and wine lacks.  ``needs_links`` is for tests
that make symbolic links, ``needs_windows_desktop`` for those that use Windows' windows.
"""

import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

LINUX = sys.platform.startswith("linux")
WINDOWS = sys.platform == "win32"


@cache
def under_wine() -> bool:
    """Whether this Windows Python runs under wine, whose ntdll exports its version."""
    if sys.platform != "win32":
        return False
    import ctypes

    return hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")


@cache
def links_can_be_made() -> bool:
    """Whether this user may make symbolic links: on Windows not everybody may."""
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder, "link")
        try:
            link.symlink_to("target")
        except OSError:
            return False
        # Wine 8 says yes and makes none.
        return link.is_symlink() and os.readlink(link) == "target"  # noqa: PTH115


@cache
def windows_can_be_made() -> bool:
    """Whether this Windows Python can open windows: under wine not without a display."""
    if sys.platform != "win32":
        return False
    import ctypes

    user32 = ctypes.WinDLL("user32")
    window = user32.CreateWindowExW(0, "STATIC", None, *[0] * 5, None, None, None, None)
    return bool(window and user32.DestroyWindow(window))


def linux_only(reason: str) -> pytest.MarkDecorator:
    """Skip everywhere but on Linux."""
    return pytest.mark.skipif(not LINUX, reason=f"only on Linux: {reason}")


def not_on_windows(reason: str) -> pytest.MarkDecorator:
    """Skip on Windows, and so under wine."""
    return pytest.mark.skipif(WINDOWS, reason=f"not on Windows: {reason}")


def not_under_wine(reason: str) -> pytest.MarkDecorator:
    """Run on Windows, but skip under wine; ``reason`` says what wine lacks."""
    return pytest.mark.skipif(under_wine(), reason=f"not under wine: {reason}")


needs_links = pytest.mark.skipif(
    not links_can_be_made(), reason="symbolic links cannot be made here"
)
needs_windows_desktop = pytest.mark.skipif(
    not windows_can_be_made(), reason="only on Windows, and under wine with a display"
)
