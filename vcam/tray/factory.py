"""The tray of this system."""

import sys

from vcam.tray.model import Draw, Tray


def open_tray(draw: Draw, *, platform: str = sys.platform) -> Tray:
    """The tray of this system, with an icon that ``draw`` draws; it shows nothing yet."""
    if platform == "win32":
        from vcam.tray.windows import WindowsTray

        return WindowsTray(draw)
    if platform == "darwin":
        from vcam.tray.macos import MacTray

        return MacTray(draw)
    from vcam.tray.notifier import Notifier

    return Notifier(draw)
