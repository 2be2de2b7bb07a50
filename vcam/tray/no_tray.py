"""Why a Linux desktop shows no icon, and what to do about it."""

import os

NO_BUS = (
    "There is no desktop session here (no session bus), so there is no tray. "
    "`vcam run` and the other commands do everything."
)
NO_WATCHER = "nobody offers org.kde.StatusNotifierWatcher"
NO_HOST = "it could, but no panel has a tray at the moment"
BAR = "Use a bar with a tray, for example waybar with its tray module."
REMEDIES = {
    "GNOME": (
        "Install the GNOME extension 'AppIndicator and KStatusNotifierItem Support' "
        "(package gnome-shell-extension-appindicator), enable it and log in again."
    ),
    "XFCE": "Add the 'Status Tray Plugin' to the panel.",
    "LXQt": "Add the 'Status Notifier' plugin to the panel.",
    "sway": BAR,
    "Hyprland": BAR,
    "i3": "Run snixembed, which brings such icons to i3bar, or use a bar that shows them.",
}
"""Remedies by the names in XDG_CURRENT_DESKTOP."""
ANY_REMEDY = "Add the system tray to the panel; the icon appears by itself."


def no_tray(why: str) -> str:
    """The message for a session that has a bus, but no program that shows icons."""
    desktops = os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")
    remedy = next((text for name, text in REMEDIES.items() if name in desktops), ANY_REMEDY)
    return f"This desktop shows no tray icons: {why}. {remedy}"
