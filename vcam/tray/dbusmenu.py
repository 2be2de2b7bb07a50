"""The menu as panels read it through ``com.canonical.dbusmenu``.

A panel keeps what it has read and gets only what changed, so that a menu that is open
stays open: an entry keeps its number as long as its path and its kind stay the same.
The protocol: https://github.com/AyatanaIndicators/libdbusmenu, ``dbus-menu.xml``.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from vcam.printable import printable
from vcam.tray.dbus.errors import ERROR, BusError
from vcam.tray.dbus.exports import Interface, Method, Property, Variant
from vcam.tray.model import Entry

MENU, MENU_PATH = "com.canonical.dbusmenu", "/MenuBar"
ROOT = 0
PANELS = 16
"""For how many panels what they were told is remembered; the oldest is forgotten."""

Path = tuple[str, ...]
Place = tuple[Any, ...]


class Signal(NamedTuple):
    """A D-Bus signal to panels."""

    member: str
    signature: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Item:
    """An entry with its number and the properties panels see."""

    number: int
    entry: Entry
    path: Path
    properties: Mapping[str, Variant]
    children: "tuple[Item, ...]" = ()

    @property
    def clickable(self) -> bool:
        """Whether a click means something."""
        kinds = {"type", "children-display"}
        return not kinds & self.properties.keys() and self.properties["enabled"][1]

    def chosen(self, names: list[str]) -> dict[str, Variant]:
        """The properties called ``names``, or all."""
        return {k: v for k, v in self.properties.items() if not names or k in names}

    def layout(self, depth: int, names: list[str]) -> tuple[Any, ...]:
        """As ``(ia{sv}av)``, with ``depth`` levels below; all when negative."""
        below = [
            ("(ia{sv}av)", child.layout(depth - 1, names))
            for child in self.children
            if depth
        ]
        return self.number, self.chosen(names), below


class Tree:
    """What is shown, as a whole that is replaced and never changed."""

    def __init__(self, root: Item, revision: int) -> None:
        self.root = root
        self.revision = revision
        """How often the shape has changed."""
        self.items = {item.number: item for item in _all(root)}

    def __getitem__(self, number: int) -> Item:
        """Raises :class:`~vcam.tray.dbus.errors.BusError` for an entry that is gone."""
        if number not in self.items:
            raise BusError(ERROR + "InvalidArgs", f"there is no entry {number}")
        return self.items[number]


class Dbusmenu:
    """The menu of one icon.  Replaced by one thread, read by the bus's."""

    def __init__(
        self, clicked: Callable[[Path], None], tell: Callable[[list[Signal]], None]
    ) -> None:
        """Both are called on the bus's thread: ``clicked`` with the path of an entry,
        ``tell`` with signals to be sent to panels after the present answer."""
        self._clicked, self._tell = clicked, tell
        self._pointed_out: dict[str, set[int]] = {}
        """The submenus that panels, by their names on the bus, were told to read."""
        self._fresh = itertools.count(ROOT + 1)
        self._tree = Tree(
            Item(ROOT, Entry(""), (), {"children-display": ("s", "submenu")}), 0
        )
        self.interface = Interface(
            MENU,
            {
                "GetLayout": Method("iias", "u(ia{sv}av)", self._get_layout, True),
                "GetGroupProperties": Method("aias", "a(ia{sv})", self._get_properties),
                "GetProperty": Method("is", "v", self._get_property),
                "Event": Method("isvu", "", self._event),
                "EventGroup": Method("a(isvu)", "ai", self._events),
                # What is shown is always up to date: nothing to be fetched on opening.
                "AboutToShow": Method("i", "b", lambda number: (False,)),
                "AboutToShowGroup": Method("ai", "aiai", self._about_to_show),
            },
            {
                "Version": Property("u", lambda: 3),
                "TextDirection": Property("s", lambda: "ltr"),
                "Status": Property("s", lambda: "normal"),
                "IconThemePath": Property("as", list),
            },
            {
                "ItemsPropertiesUpdated": "a(ia{sv})a(ias)",
                "LayoutUpdated": "ui",
                "ItemActivationRequested": "iu",
            },
        )

    def replace(self, entries: tuple[Entry, ...]) -> list[Signal]:
        """Show ``entries`` from now on; returns the signals to send to panels."""
        old = self._tree
        root = replace(old.root, children=self._items(entries, (), old.root.children))
        found = Differences()
        found.add(old.root, root)
        self._tree = Tree(root, old.revision + bool(found.reshaped))
        signals = [_layout_updated(self._tree, number) for number in found.reshaped]
        if found.changed or found.removed:
            arguments = (found.changed, found.removed)
            signals.append(Signal("ItemsPropertiesUpdated", "a(ia{sv})a(ias)", arguments))
        return signals

    def _items(
        self, entries: tuple[Entry, ...], path: Path, old: tuple[Item, ...]
    ) -> tuple[Item, ...]:
        """The items of ``entries`` below ``path``: as many as possible are ``old`` ones."""
        known = dict(zip(_places(item.entry for item in old), old, strict=True))
        items = []
        for place, entry in zip(_places(entries), entries, strict=True):
            before = known.get(place)
            if before is None or before.entry != entry:
                number = next(self._fresh) if before is None else before.number
                below = (*path, entry.key or entry.label)
                inside = () if before is None else before.children
                children = self._items(entry.children or (), below, inside)
                items.append(Item(number, entry, below, _properties(entry), children))
            else:
                items.append(before)
        return tuple(items)

    # From here on: what panels call, on the bus's thread.

    def _get_layout(
        self, panel: str, number: int, depth: int, names: list[str]
    ) -> tuple[int, tuple[Any, ...]]:
        tree = self._tree
        self._point_out(panel, tree, [item.number for item in _cut(tree[number], depth)])
        return tree.revision, tree[number].layout(depth, names)

    def _point_out(self, panel: str, tree: Tree, numbers: list[int]) -> None:
        """Have a panel read the submenus that it has just left out, once each.

        Plasma reads one level at a time.  It would read a submenu only when the mouse is on
        its line, after it has placed it as an empty one: the full one then ran off the
        screen, and the next change in it was ignored.
        """
        known = self._pointed_out.setdefault(panel, set())
        if len(self._pointed_out) > PANELS:
            del self._pointed_out[next(iter(self._pointed_out))]
        fresh = [n for n in numbers if n not in known]
        known.update(fresh)
        if fresh:
            self._tell([_layout_updated(tree, n) for n in fresh])

    def _get_properties(self, numbers: list[int], names: list[str]) -> tuple[Any, ...]:
        items = self._tree.items
        known = [items[n] for n in numbers or items if n in items]
        return ([(item.number, item.chosen(names)) for item in known],)

    def _get_property(self, number: int, name: str) -> tuple[Variant]:
        properties = self._tree[number].properties
        if name not in properties:
            raise BusError(ERROR + "InvalidArgs", f"entry {number} has no {name}")
        return (properties[name],)

    def _event(self, number: int, event: str, data: Any, time: int) -> tuple[()]:
        item = self._tree[number]
        if event == "clicked" and item.clickable:
            self._clicked(item.path)
        return ()

    def _events(self, events: list[tuple[int, str, Any, int]]) -> tuple[list[int]]:
        gone = []
        for number, event, data, time in events:
            try:
                self._event(number, event, data, time)
            except BusError:
                gone.append(number)
        return (gone,)

    def _about_to_show(self, numbers: list[int]) -> tuple[list[int], list[int]]:
        return [], [n for n in numbers if n not in self._tree.items]


def _layout_updated(tree: Tree, number: int) -> Signal:
    return Signal("LayoutUpdated", "ui", (tree.revision, number))


def _cut(item: Item, depth: int) -> Iterator[Item]:
    """The submenus whose lines a layout of ``depth`` levels below ``item`` leaves out."""
    if depth < 1:  # all levels, or only the properties of the item itself
        return
    for child in item.children:
        if depth == 1 and child.children:
            yield child
        else:
            yield from _cut(child, depth - 1)


def _properties(entry: Entry) -> dict[str, Variant]:
    if entry.separator:
        return {"type": ("s", "separator")}
    properties: dict[str, Variant] = {
        # One underscore would name the key that chooses the entry.
        "label": ("s", printable(entry.label).replace("_", "__")),
        "enabled": ("b", entry.enabled),
        "visible": ("b", True),
    }
    if entry.children is not None:
        properties["children-display"] = ("s", "submenu")
    elif entry.checked is not None:
        properties["toggle-type"] = ("s", "radio" if entry.radio else "checkmark")
        properties["toggle-state"] = ("i", int(entry.checked))
    if entry.thumbnail is not None:
        properties["icon-data"] = ("ay", entry.thumbnail)
    return properties


def _places(entries: Iterable[Entry]) -> list[Place]:
    """What tells siblings apart: name and kind, and which one of those that share both.

    Panels do not turn one kind of entry into another in place.
    """
    seen: Counter[tuple[Any, ...]] = Counter()
    places = []
    for entry in entries:
        kind = (entry.separator, entry.children is None, entry.checked is None, entry.radio)
        place = (entry.key or entry.label, *kind)
        seen[place] += 1
        places.append((*place, seen[place]))
    return places


def _all(item: Item) -> Iterator[Item]:
    yield item
    for child in item.children:
        yield from _all(child)


class Differences:
    """What panels do not know yet of items that they know."""

    def __init__(self) -> None:
        self.reshaped: list[int] = []
        """The items that have other children."""
        self.changed: list[tuple[int, dict[str, Variant]]] = []
        self.removed: list[tuple[int, list[str]]] = []

    def add(self, old: Item, new: Item) -> None:
        """Note what differs in and below an item."""
        if old is new:
            return
        if [child.number for child in old.children] != [c.number for c in new.children]:
            self.reshaped.append(new.number)
        was, is_ = old.properties, new.properties
        if changed := {
            name: value for name, value in is_.items() if was.get(name) != value
        }:
            self.changed.append((new.number, changed))
        if removed := [name for name in was if name not in is_]:
            self.removed.append((new.number, removed))
        known = {child.number: child for child in old.children}
        for child in new.children:
            if child.number in known:
                self.add(known[child.number], child)
