"""The tray of this system."""

from vcam.tray.model import Tray
from vcam.tray.notifier import Draw, Notifier


def open_tray(draw: Draw) -> Tray:
    """The tray of this system, with an icon that ``draw`` draws; it shows nothing yet."""
    return Notifier(draw)
