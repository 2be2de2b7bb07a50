"""The icon as panels read it through ``org.kde.StatusNotifierItem``."""

from collections.abc import Callable
from typing import Any

from PIL import Image

from vcam.printable import printable
from vcam.tray.dbus.exports import Interface, Method, Property
from vcam.tray.dbusmenu import MENU_PATH
from vcam.tray.model import Look

ITEM, ITEM_PATH = "org.kde.StatusNotifierItem", "/org/ayatana/NotificationItem/vcam"
"""The path is one of those for which Cinnamon opens the menu on a left click."""
NO_MENU = {"MATE", "LXQt"}
"""Desktops, as XDG_CURRENT_DESKTOP has them, with panels that open no menu on a left click:
MATE's and LXQt's of 2022."""

Pixmap = tuple[int, int, bytes]
"""Width, height, ARGB in network order, not premultiplied."""


def item(
    shown: Callable[[], Look],
    pixmaps: Callable[[], list[Pixmap]],
    activate: Callable[[], None] | None,
) -> Interface:
    """The interface; all three are called on the bus's thread.

    Without ``activate`` panels open the menu on a left click, too; with it some of them do
    not, whatever ItemIsMenu says, for example that of Plasma 5.27.
    """

    def fixed(signature: str, value: Any) -> Property:
        return Property(signature, lambda: value)

    def text() -> str:
        # Some panels take what looks like a tag for one, others draw what is escaped.
        return printable(shown().tooltip).replace("<", "<\u200b")

    methods = {}
    if activate is not None:

        def activated(x: int, y: int) -> tuple[()]:
            activate()
            return ()

        methods["Activate"] = Method("ii", "", activated)
    return Interface(
        ITEM,
        methods
        | {
            "ContextMenu": Method("ii", "", lambda x, y: ()),
            "SecondaryActivate": Method("ii", "", lambda x, y: ()),
            "Scroll": Method("is", "", lambda delta, orientation: ()),
            "ProvideXdgActivationToken": Method("s", "", lambda token: ()),
        },
        {
            "Category": fixed("s", "ApplicationStatus"),
            "Id": fixed("s", "vcam"),
            "Title": fixed("s", "vcam"),
            "Status": fixed("s", "Active"),
            "WindowId": fixed("i", 0),
            "IconName": fixed("s", ""),
            "IconThemePath": fixed("s", ""),
            "IconPixmap": Property("a(iiay)", pixmaps),
            # What screen readers say.
            "IconAccessibleDesc": Property("s", text),
            "OverlayIconName": fixed("s", ""),
            "OverlayIconPixmap": fixed("a(iiay)", []),
            "AttentionIconName": fixed("s", ""),
            "AttentionIconPixmap": fixed("a(iiay)", []),
            "AttentionAccessibleDesc": fixed("s", ""),
            "AttentionMovieName": fixed("s", ""),
            "ToolTip": Property("(sa(iiay)ss)", lambda: ("", [], text(), "")),
            "ItemIsMenu": fixed("b", True),
            "Menu": fixed("o", MENU_PATH),
        },
        {
            "NewTitle": "",
            "NewIcon": "",
            "NewAttentionIcon": "",
            "NewOverlayIcon": "",
            "NewToolTip": "",
            "NewStatus": "s",
        },
    )


def argb(picture: Image.Image) -> Pixmap:
    """An RGBA picture as panels want it."""
    red, green, blue, alpha = picture.split()
    data = Image.merge("RGBA", (alpha, red, green, blue)).tobytes()
    return picture.width, picture.height, data
