"""Names and values of options, as the words of ``vcam set`` have them."""

import re
from collections.abc import Callable
from dataclasses import fields
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from vcam.appearance.options import ON, share
from vcam.backgrounds.choosing import KINDS, of_gallery
from vcam.errors import UsageError
from vcam.files import at_home, there
from vcam.frames import Size
from vcam.outputs.options import port
from vcam.settings import Settings
from vcam.settings.former_names import present_name
from vcam.settings.power import budget
from vcam.translation import quoted, tr, translatable

UNSET = "default"
"""The value that gives an option back to vcam."""
WHOLE = {"framing": "auto", "overlay": "picture", "name_plate": "name", "loop": "ready"}
"""Sections that can be given a value like an option, and the option that is meant.  If that
is on or off, its name means ``on``."""
SHOWN = ("overlay", "name_plate")
"""Those of them that ``on``, ``off`` and ``toggle`` show and leave out."""
WORDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "power.cpu_budget": (budget, translatable("Write 40%, or auto")),
    "output.serve": (port, translatable("Write on, off, or a port like 8226")),
}
"""Options whose values have names, too: what reads them, and how they are written."""
SHARES = {f"appearance.{name}": usual for name, usual in ON.items()}
"""What ``on`` means for options that are shares, in percent."""
WORDS |= {
    name: (partial(share, usual=usual), translatable("Write on, off, or a share like 50%"))
    for name, usual in SHARES.items()
}
GALLERY_TOO = ("pause.picture",)
"""Files that may be named as in the gallery."""
TOGGLE, THE_OTHER = "toggle", object()
"""The value that makes on of off and off of on, as it is written and as it is kept."""
SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def other(name: str, value: Any) -> Any:
    """What :data:`TOGGLE` makes of ``value``, of the option with this full name."""
    if name in SHARES:
        return 0.0 if value else SHARES[name]
    return not value


def _options() -> dict[str, Any]:
    """The type of every option of every section and kind, by its full name."""
    found: dict[str, Any] = {}
    for part in fields(Settings):
        hint = get_type_hints(Settings)[part.name]
        for kind in KINDS.values() if part.name == "background" else (hint,):
            hints = get_type_hints(kind)
            for each in fields(kind):
                found[f"{part.name}.{each.name}"] = hints[each.name]
    return found


OPTIONS = _options()


def keys() -> set[str]:
    """All that may stand before the equals sign."""
    short = {name.partition(".")[2] for name in OPTIONS}
    return {"background", *WHOLE, *short, *OPTIONS}


def split(word: str) -> tuple[str, str, str]:
    """Key, full name of the option, or ``background``, and text of ``KEY=VALUE``.

    Raises :class:`~vcam.errors.UsageError`, with a suggestion.
    """
    key, equals, text = word.partition("=")
    key = present_name(key.strip().lower().replace("-", "_"))
    if not equals:
        remedy = (
            tr("Write it like {key}=VALUE", key=word)
            if key in keys()
            else tr("Did you mean {name}?", name=f"background={word}")
        )
        what = tr("{text} is not of the form KEY=VALUE", text=quoted(word))
        raise UsageError(what, remedy)
    name = "background" if key == "background" else full_name(key)
    if key in SHOWN and text.strip().lower() in (*SWITCH, TOGGLE):
        name = f"{key}.shown"
    return key, name, text


def full_name(key: str) -> str:
    """``section.option`` for what may be its last part alone."""
    if key in WHOLE:
        return f"{key}.{WHOLE[key]}"
    if key in OPTIONS:
        return key
    named = [name for name in OPTIONS if name.partition(".")[2] == key]
    if len(named) == 1:
        return named[0]
    if named:
        remedy = tr("Write one of {names}", names=", ".join(named))
        raise UsageError(tr("{key} is ambiguous", key=quoted(key)), remedy)
    close = get_close_matches(key, sorted(keys()), n=1, cutoff=0.5)
    common = (
        "background, camera, rotate, mirror, size, fps, preset, device, framing, on_demand"
    )
    hint = (
        tr("Did you mean {name}?", name=repr(close[0]))
        if close
        else tr("Known are {names} and others", names=common)
    )
    raise UsageError(tr("There is no option {key}", key=quoted(key)), hint)


def value_of(hint: Any, name: str, text: str, folder: Path) -> Any:
    """``text`` as the plain value that TOML would give; ``None`` leaves the option out."""
    if text.lower() == UNSET:
        return None
    if text.lower() == TOGGLE and (hint is bool or name in SHARES):
        return THE_OTHER
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (each for each in get_args(hint) if each is not NoneType)
    try:
        if hint is bool:
            return SWITCH[text.lower()]
        if hint is Size:
            width, height = re.split(r"[x×:]", text.lower())
            return [int(width), int(height)]
        if hint is Path:
            path = (folder / at_home(text)).absolute()
            found = of_gallery(text) if name in GALLERY_TOO and not there(path) else None
            return str(found or path)
        return WORDS[name][0](text) if name in WORDS else hint(text)
    except (ValueError, KeyError):
        remedies = {
            bool: tr("Write on or off"),
            int: tr("Write a whole number"),
            float: tr("Write a number"),
        }
        remedies |= {hint: tr(WORDS[name][1])} if name in WORDS else {}
        raise UsageError(
            tr("{text} is not understood", text=f"{name} = {quoted(text)}"),
            remedies.get(hint, tr("Write a size like 1280x720")),
        ) from None
