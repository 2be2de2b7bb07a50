"""Why a Linux desktop shows no icon, and what to do about it."""

from vcam.tray.desktop import desktops
from vcam.tray.model import Page

NO_BUS = (
    "There is no desktop session here (no session bus), so there is no tray. "
    "`vcam run` and the other commands do everything."
)
NO_WATCHER = "nobody offers org.kde.StatusNotifierWatcher"
NO_HOST = "it could, but no panel has a tray at the moment"
BAR = "Use a bar with a tray, for example waybar with its tray module."
REMEDIES = {
    "GNOME": (
        "Install the extension 'AppIndicator and KStatusNotifierItem Support' "
        "(package gnome-shell-extension-appindicator), enable it and log in again."
    ),
    "XFCE": "Add the 'Status Tray Plugin' to the panel.",
    "LXQt": "Add the 'Status Notifier' plugin to the panel.",
    "sway": BAR,
    "Hyprland": BAR,
    "i3": "Run snixembed, which brings such icons to i3bar, or use a bar that shows them.",
}
"""Remedies by the names in XDG_CURRENT_DESKTOP."""
PAGES = {
    "GNOME": Page(
        "Get the extension",
        "https://extensions.gnome.org/extension/615/appindicator-support/",
    ),
}
"""Where a remedy is to be had, by the same names."""
ANY_REMEDY = "Add the system tray to the panel; the icon appears by itself."


def no_tray(why: str) -> str:
    """The message for a session that has a bus, but no program that shows icons.

    The remedy comes first: GNOME cuts off what follows.
    """
    remedy = next((REMEDIES[name] for name in desktops() if name in REMEDIES), ANY_REMEDY)
    return f"{remedy} This desktop shows no tray icons: {why}."


def remedy_page() -> Page | None:
    """The page that has the remedy for this desktop, if there is one."""
    return next((PAGES[name] for name in desktops() if name in PAGES), None)
