"""The menu as pystray takes it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from vcam.printable import printable
from vcam.tray.model import Entry

Path = tuple[str, ...]


def pystray_menu(
    entries: tuple[Entry, ...], clicked: Callable[[Path], None], ampersand: str = "&"
) -> Any:
    """A ``pystray.Menu`` of ``entries`` that tells ``clicked`` the path of the entry.

    ``ampersand`` is what draws one: where it names the key of an entry it must be doubled.
    """
    import pystray  # only here and in the trays: on Linux it wants GTK or an X display

    def items(entries: tuple[Entry, ...], above: Path) -> list[Any]:
        return [item(entry, (*above, entry.key or entry.label)) for entry in entries]

    def item(entry: Entry, path: Path) -> Any:
        if entry.separator:
            return pystray.Menu.SEPARATOR
        if entry.children is not None:
            action: Any = pystray.Menu(*items(entry.children, path))
        else:
            action = partial(_click, clicked, path)
        return pystray.MenuItem(
            printable(entry.label).replace("&", ampersand),
            action,
            checked=None if entry.checked is None else partial(_always, entry.checked),
            radio=entry.radio,
            enabled=entry.enabled,
        )

    return pystray.Menu(*items(entries, ()))


def _click(clicked: Callable[[Path], None], path: Path, icon: Any, item: Any) -> None:
    clicked(path)


def _always(value: bool, item: Any) -> bool:
    return value
