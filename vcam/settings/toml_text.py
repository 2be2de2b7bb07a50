"""The text of a settings file: a new one, or the user's with a few values changed.

In the user's text everything that is not changed stays as it was written: comments, blank
lines, order and the way numbers and quotes are written.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

import tomlkit
from tomlkit.items import Array, Comment, Item, Table, Whitespace

from vcam.errors import SettingsError
from vcam.settings.addresses import as_text
from vcam.settings.former_names import present_name
from vcam.translation import quoted, tr

HEADER = "# The settings of vcam.  vcam changes values here and keeps your comments."
OLD_HEADER = "# vcam writes this file anew at every change and keeps no other comment."
"""The first line of the files of vcam 0.1, which is no longer true."""
Sections = Mapping[str, Mapping[str, Any]]


def written(sections: Sections) -> str:
    """A new file with the options of ``sections``."""
    document = tomlkit.document()
    document.add(tomlkit.comment(HEADER.removeprefix("# ")))
    for name, options in sections.items():
        document.add(tomlkit.nl())
        table = tomlkit.table()
        for key, value in options.items():
            table.add(key, _item(value))
        document.add(name, table)
    return tomlkit.dumps(document)


def edited(text: str, before: Sections, after: Sections) -> str:
    """``text``, which means ``before``, changed to mean ``after``."""
    windows = "\r\n" in text
    document = tomlkit.parse(text.replace("\r\n", "\n"))
    for name, options in after.items():
        old = before.get(name, {})
        changed = {
            key: value
            for key, value in options.items()
            if key not in old or old[key] != value
        }
        section: Any = document.get(name)
        beside: dict[str, str] = {}  # comments of options that get their present name
        for key in [] if section is None else [*section]:
            present = present_name(f"{name}.{key}").removeprefix(f"{name}.")
            removed = present not in options and present in old
            if removed or (present != key and present in changed):
                beside[present] = _comment(document, name, key)
                del section[key]
        if changed and section is None:
            if document.body:
                document.add(tomlkit.nl())
            section = tomlkit.table()
            document.add(name, section)
        for key, value in changed.items():
            _set(section, key, value, beside.get(key, ""))
    result = tomlkit.dumps(document)
    if result.startswith(f"{OLD_HEADER}\n"):
        result = HEADER + result.removeprefix(OLD_HEADER)
    return result.replace("\n", "\r\n") if windows else result


def _comment(document: tomlkit.TOMLDocument, name: str, key: str) -> str:
    """The comment beside an option of a section; empty when there is none."""
    for place, part in document.body:
        if place and place.key == name and isinstance(part, Table) and key in part:
            option = part.value.item(key)
            return option.trivia.comment if isinstance(option, Item) else ""
    return ""


def _set(
    section: MutableMapping[str, Any], key: str, value: Any, comment: str = ""
) -> None:
    now = section.get(key)
    if isinstance(now, Array) and isinstance(value, list) and len(now) == len(value):
        for place, each in enumerate(value):  # comments between them stay
            now[place] = each
        return
    new = _item(value)
    if comment:
        new.comment(comment)
    if now is not None or not isinstance(section, Table):
        section[key] = new
        return
    # A comment at the end of a section is about the next one, and stays there.
    body, last = section.value.body, list[Comment | Whitespace]()
    while body and body[-1][0] is None:
        item = body.pop()[1]
        if isinstance(item, Comment | Whitespace):  # and not what was deleted
            last.insert(0, item)
    section.add(key, new)
    for item in last:
        section.add(item)


def _item(value: Any) -> Item:
    text = as_text(value) if isinstance(value, str) else value
    if text is None:
        raise SettingsError(
            tr("{text} cannot be saved: its name is not UTF-8", text=quoted(value)),
            tr("Rename the file"),
        )
    item: Item = tomlkit.item(text)
    return item
