"""``background=beach.jpg mirror=on``: words for changes to the settings.

Every option can be named ``section.option``, as in the settings file, and by its last part
alone.  A few sections are options, too: ``background`` takes what the command line takes.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from vcam.backgrounds import Background, with_fit
from vcam.backgrounds.choosing import KINDS, choose
from vcam.backgrounds.unknown import Unknown
from vcam.errors import (
    BackgroundError,
    SettingsError,
    SourceError,
    UsageError,
)
from vcam.files import at_home
from vcam.frames import Size
from vcam.outputs.options import OutputOptions, port
from vcam.settings import Settings, from_table, to_table
from vcam.settings.drawn import Values, check_letters, check_overlay
from vcam.settings.former_names import present_name
from vcam.settings.power import budget
from vcam.sources.opening import file_meant, open_file
from vcam.translation import tr, translatable

Edit = Callable[[Settings], Settings]
Check = Callable[[Background, Size], None]
"""Raises :class:`~vcam.errors.BackgroundError` for a background that does not open."""

UNSET = "default"
"""The value that gives an option back to vcam."""
WHOLE = {"framing": "auto", "overlay": "picture", "name_plate": "name"}
"""Sections that can be given a value like an option, and the option that is meant.  If that
is on or off, its name means ``on``."""
SHOWN = ("overlay", "name_plate")
"""Those of them that ``on``, ``off`` and ``toggle`` show and leave out."""
WORDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "power.cpu_budget": (budget, translatable("Write 40%, or auto")),
    "output.serve": (port, translatable("Write on, off, or a port like 8226")),
}
"""Options whose values have names, too: what reads them, and how they are written."""
TOGGLE, THE_OTHER = "toggle", object()
"""The value that makes on of off and off of on, as it is written and as it is kept."""
SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def check_opens(background: Background, size: Size) -> None:
    """Open it, and close it again."""
    background.open(size).close()


def edit_of(
    words: Sequence[str], folder: Path, now: Settings, check: Check = check_opens
) -> Edit:
    """What ``KEY=VALUE…`` do to settings, all of them or none.

    Paths are relative to ``folder``.  A background must pass ``check``, as it will be
    chosen when the settings are as ``now``.  Raises :class:`~vcam.errors.UsageError`,
    with a suggestion, for what makes no sense by itself; the edit raises
    :class:`~vcam.errors.SettingsError` for what does not fit the settings.
    """
    text_of_background: str | None = None
    values: Values = {}
    given: set[str] = set()
    for word in words:
        key, equals, text = word.partition("=")
        key = present_name(key.strip().lower().replace("-", "_"))
        if not equals:
            remedy = (
                tr("Write it like {key}=VALUE", key=word)
                if key in _keys()
                else tr("Did you mean {name}?", name=f"background={word}")
            )
            what = tr("{text} is not of the form KEY=VALUE", text=repr(word))
            raise UsageError(what, remedy)
        name = "background" if key == "background" else _full_name(key)
        if key in SHOWN and text.strip().lower() in (*SWITCH, TOGGLE):
            name = f"{key}.shown"
        if name in given:
            raise UsageError(tr("{key} is given twice", key=repr(key)), tr("Say it once"))
        given.add(name)
        # The spaces around a file's name may belong to it.
        if name == "background":
            text_of_background = text
        elif name == "source.camera":
            values["source", "camera"] = _camera(text, folder)
        else:
            text = text.strip()
            section, _, option = name.partition(".")
            on = OPTIONS[name] is bool and key in WHOLE and text.lower() == option
            values[section, option] = on or _value(OPTIONS[name], name, text, folder)
    background: Background | None = None
    if text_of_background is not None:
        fit, size = _fit(values), _size(values, now)
        background = _background(text_of_background, fit, size, folder, now, check)
    check_overlay(values, now)
    check_letters(values, now)

    def edit(settings: Settings) -> Settings:
        if background is not None:
            chosen = with_fit(background, settings.background.fit)
            settings = replace(settings, background=chosen)
        table = to_table(settings)
        for (section, option), value in values.items():
            if section == "background" and isinstance(settings.background, Unknown):
                raise SettingsError(
                    tr(
                        "This vcam does not know the background {name} of the settings, "
                        "nor whether it has {option}",
                        name=repr(settings.background.name),
                        option=repr(option),
                    ),
                    tr("Choose another background, too"),
                )
            if value is THE_OTHER:
                # Decided by what is on air, which is asked first; the file gets the same.
                value = values[section, option] = not table[section][option]
            if value is None:
                table[section].pop(option, None)
            else:
                table[section][option] = value
        return from_table(table)

    return edit


def named_background(
    text: str,
    fit: str | None,
    size: Size,
    folder: Path = Path(),
    before: Background | None = None,
    check: Check = check_opens,
) -> Background:
    """The background that the user named, checked as it will be used.

    Without a ``fit``, a picture is brought to size like the one ``before``.  Raises
    :class:`~vcam.errors.UsageError`: it is the user's mistake, reported at once.
    """
    chosen = choose(text, fit or "cover", folder)
    if fit is None and before is not None:
        chosen = with_fit(chosen, before.fit)
    try:
        check(chosen, size)
    except BackgroundError as error:
        raise UsageError(error.what, error.remedy) from error
    return chosen


def check_camera(camera: str) -> None:
    """Raise UsageError at once when ``camera`` names a file that cannot be played."""
    path = file_meant(camera)
    if path is None:
        return
    try:
        open_file(path).close()
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error


def _background(
    text: str, fit: str | None, size: Size, folder: Path, now: Settings, check: Check
) -> Background:
    if text.strip().lower() == UNSET:
        return Settings().background
    return named_background(text, fit, size, folder, now.background, check)


def _fit(values: Values) -> str | None:
    """The fit that is given beside a background, if any."""
    if ("background", "fit") not in values:
        return None
    return values["background", "fit"] or "cover"


def _size(values: Values, now: Settings) -> Size:
    """The size that a background given beside these values will have."""
    if ("output", "size") not in values:
        return now.output.size
    given = values["output", "size"]
    return OutputOptions(size=Size(*given)).size if given else OutputOptions().size


def _camera(text: str, folder: Path) -> str:
    if text.strip().lower() == UNSET:
        return ""
    path = file_meant(text, folder) or file_meant(text.strip(), folder)
    if path is None:
        return text.strip()
    check_camera(str(path))
    return str(path)


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


def _keys() -> set[str]:
    short = {name.partition(".")[2] for name in OPTIONS}
    return {"background", *WHOLE, *short, *OPTIONS}


def _full_name(key: str) -> str:
    if key in WHOLE:
        return f"{key}.{WHOLE[key]}"
    if key in OPTIONS:
        return key
    named = [name for name in OPTIONS if name.partition(".")[2] == key]
    if len(named) == 1:
        return named[0]
    if named:
        remedy = tr("Write one of {names}", names=", ".join(named))
        raise UsageError(tr("{key} is ambiguous", key=repr(key)), remedy)
    close = get_close_matches(key, sorted(_keys()), n=1, cutoff=0.5)
    common = (
        "background, camera, rotate, mirror, size, fps, preset, device, framing, on_demand"
    )
    hint = (
        tr("Did you mean {name}?", name=repr(close[0]))
        if close
        else tr("Known are {names} and others", names=common)
    )
    raise UsageError(tr("There is no option {key}", key=repr(key)), hint)


def _value(hint: Any, name: str, text: str, folder: Path) -> Any:
    """``text`` as the plain value that TOML would give; ``None`` leaves the option out."""
    if text.lower() == UNSET:
        return None
    if text.lower() == TOGGLE and hint is bool:
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
            return str((folder / at_home(text)).absolute())
        return WORDS[name][0](text) if name in WORDS else hint(text)
    except (ValueError, KeyError):
        remedies = {
            bool: tr("Write on or off"),
            int: tr("Write a whole number"),
            float: tr("Write a number"),
        }
        remedies |= {hint: tr(WORDS[name][1])} if name in WORDS else {}
        raise UsageError(
            tr("{text} is not understood", text=f"{name} = {text!r}"),
            remedies.get(hint, tr("Write a size like 1280x720")),
        ) from None
