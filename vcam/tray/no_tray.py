"""Why a Linux desktop shows no icon, and what to do about it."""

from dataclasses import replace

from vcam.translation import tr, translatable
from vcam.tray.desktop import desktops
from vcam.tray.model import Page

NO_BUS = translatable(
    "There is no desktop session here (no session bus), so there is no tray. "
    "`vcam run` and the other commands do everything."
)
NO_WATCHER = translatable("nobody offers org.kde.StatusNotifierWatcher")
NO_HOST = translatable("it could, but no panel has a tray at the moment")
BAR = translatable("Use a bar with a tray, for example waybar with its tray module.")
REMEDIES = {
    "GNOME": translatable(
        "Install the extension 'AppIndicator and KStatusNotifierItem Support' "
        "(package gnome-shell-extension-appindicator), enable it and log in again."
    ),
    "XFCE": translatable("Add the 'Status Tray Plugin' to the panel."),
    "LXQt": translatable("Add the 'Status Notifier' plugin to the panel."),
    "sway": BAR,
    "Hyprland": BAR,
    "i3": translatable(
        "Run snixembed, which brings such icons to i3bar, or use a bar that shows them."
    ),
}
"""Remedies by the names in XDG_CURRENT_DESKTOP."""
PAGES = {
    "GNOME": Page(
        translatable("Get the extension"),
        "https://extensions.gnome.org/extension/615/appindicator-support/",
    ),
}
"""Where a remedy is to be had, by the same names."""
ANY_REMEDY = translatable("Add the system tray to the panel; the icon appears by itself.")


def no_tray(why: str) -> str:
    """The message for a session that has a bus, but no program that shows icons.

    The remedy comes first: GNOME cuts off what follows.
    """
    remedy = next((REMEDIES[name] for name in desktops() if name in REMEDIES), ANY_REMEDY)
    return tr(
        "{remedy} This desktop shows no tray icons: {why}.", remedy=tr(remedy), why=tr(why)
    )


def remedy_page() -> Page | None:
    """The page that has the remedy for this desktop, if there is one."""
    page = next((PAGES[name] for name in desktops() if name in PAGES), None)
    return page and replace(page, label=tr(page.label))
