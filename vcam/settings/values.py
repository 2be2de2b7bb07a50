"""Values of options, as TOML has them and as vcam has them."""

import types
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from vcam.backgrounds.choosing import GALLERY
from vcam.errors import SettingsError
from vcam.files import at_home
from vcam.frames import Size
from vcam.translation import tr

OURS = "vcam:"
"""The prefix of a bundled file, saved by its name since vcam's own folder may change."""


def typed(hint: Any, section: str, name: str, value: Any) -> Any:
    """``value`` of ``[section] name`` as its type ``hint`` wants it.

    Raises :class:`~vcam.errors.SettingsError` for what is of another type.
    """
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (each for each in get_args(hint) if each is not type(None))
    if hint is Size:
        if isinstance(value, list) and [type(each) for each in value] == [int, int]:
            return Size(*value)
        remedy = tr("Write a size like [1280, 720]")
    elif hint is Path:
        if isinstance(value, str):
            name = value.removeprefix(OURS)
            return at_home(value) if name == value else GALLERY / name
        remedy = tr("Write a path in quotes")
    elif type(value) is hint or (hint is float and type(value) is int):
        return hint(value)
    else:
        remedy = {
            bool: tr("Write true or false"),
            int: tr("Write a whole number"),
            float: tr("Write a number"),
        }.get(hint, tr("Write a text in quotes"))
    raise SettingsError(
        tr("{text} is not understood", text=f"[{section}] {name} = {value!r}"), remedy
    )


def plain(value: Any) -> Any:
    """``value`` as TOML can hold it."""
    if isinstance(value, Size):
        return list(value)
    if isinstance(value, Path):
        return f"{OURS}{value.name}" if value.parent == GALLERY else str(value)
    return value


def hint_of(name: object, known: Iterable[str]) -> str:
    """What may have been meant by ``name``, or what there is."""
    names = sorted(known)
    close = get_close_matches(str(name), names, n=1)
    if close:
        return tr("Did you mean {name}?", name=repr(close[0]))
    return tr("Known are {names}", names=", ".join(names))
