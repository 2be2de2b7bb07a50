"""``background=beach.jpg mirror=on``: words for changes to the settings.

Every option can be named ``section.option``, as in the settings file, and by its last part
alone.  A few sections are options, too: ``background`` takes what the command line takes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from vcam.backgrounds import Background, with_fit
from vcam.backgrounds.choosing import choose
from vcam.backgrounds.unknown import Unknown
from vcam.errors import (
    BackgroundError,
    SettingsError,
    SourceError,
    UsageError,
)
from vcam.frames import Size
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings, from_table, to_table
from vcam.settings.drawn import Values, check_card, check_letters, check_overlay
from vcam.settings.words import OPTIONS, THE_OTHER, UNSET, WHOLE, other, split, value_of
from vcam.sources.opening import file_meant, open_file
from vcam.translation import quoted, tr

Edit = Callable[[Settings], Settings]
Check = Callable[[Background, Size], None]
"""Raises :class:`~vcam.errors.BackgroundError` for a background that does not open."""


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
        key, name, text = split(word)
        if name in given:
            raise UsageError(tr("{key} is given twice", key=quoted(key)), tr("Say it once"))
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
            values[section, option] = on or value_of(OPTIONS[name], name, text, folder)
    background: Background | None = None
    if text_of_background is not None:
        fit, size = _fit(values), _size(values, now)
        background = _background(text_of_background, fit, size, folder, now, check)
    _choose_who_frames(values)
    check_overlay(values, now)
    check_card(values, _size(values, now))
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
                before = table[section][option]
                value = values[section, option] = other(f"{section}.{option}", before)
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


def _choose_who_frames(values: Values) -> None:
    """Whoever zooms by hand, or says how tightly to be followed, wants to see it."""
    for option in ("tightness", "zoom", "pan", "tilt"):
        if values.get(("framing", option)) is not None:
            values.setdefault(("framing", "auto"), option == "tightness")


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
