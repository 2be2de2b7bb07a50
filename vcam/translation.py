"""Messages in the user's language, from gettext catalogues.

Whatever a person reads is an English literal inside one of three functions::

    tr("The camera {name} is busy", name=name)            # translated here and now
    tr_count("{count} frame", "{count} frames", count)    # chooses the plural form
    READY = translatable("Ready")                         # a constant, marked only;
    label = tr(READY)                                     # translated where it is shown

Placeholders are those of :meth:`str.format`, with names that a translator understands.
Logs, what programs read (``--json``, settings, option names) and errors of programmers stay
English.  ``locale/<language>/LC_MESSAGES/vcam.po`` has the translations; the build compiles
them into one ``vcam.mo`` for each language.  ``tests/test_translation.py`` finds messages
that are not marked or not translated.

The language is that of the environment, in gettext's order (``LANGUAGE``, ``LC_ALL``,
``LC_MESSAGES``, ``LANG``; GNU gettext manual, "Locale Environment Variables"), on Windows
and macOS without these that of the system.
"""

import gettext
import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from pathlib import Path

FOLDER = Path(__file__).parent / "locale"
"""Holds ``<language>/LC_MESSAGES/vcam.mo``."""
ENGLISH = ("c", "posix", "en")


def tr(text: str, /, **values: object) -> str:
    """``text`` in the user's language, with ``values`` in the place of their names."""
    # Of an empty text a catalogue would tell about itself.
    return _filled(_in_use().gettext(text), text, values) if text else ""


def tr_count(one: str, many: str, /, count: int, **values: object) -> str:
    """``one`` or ``many`` in the user's language, as ``count`` needs it there."""
    english = one if count == 1 else many
    found = _in_use().ngettext(one, many, count)
    return _filled(found, english, {"count": count, **values})


def tr_list(names: Iterable[str]) -> str:
    """The names as people list them, in the user's language: ``one and another``."""

    def with_one_more(some: str, other: str) -> str:
        return tr("{some} and {other}", some=some, other=other) if some else other

    return reduce(with_one_more, names, "")


def quoted(value: object) -> str:
    """``value``, a text in quotes, with what cannot be printed written out as in Python.

    So does ``{name!r}`` in a message.  Unlike :func:`repr` it leaves a backslash alone:
    people paste paths, and those of Windows are full of them.
    """
    return repr(value).replace("\\\\", "\\")


def translatable(text: str) -> str:
    """``text`` itself: marks it for the catalogues, to be given to :func:`tr` later."""
    return text


_plain = ContextVar("plain", default=False)


@contextmanager
def english() -> Iterator[None]:
    """Everything that this thread says is English meanwhile: programs read it."""
    before = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(before)


def language() -> str:
    """The tag of the language that is spoken, for pages: ``en``, ``de`` or ``pt-BR``."""
    return _in_use().info().get("language", "en").replace("_", "-")


def _in_use() -> gettext.NullTranslations:
    return gettext.NullTranslations() if _plain.get() else catalogue()


@cache
def catalogue() -> gettext.NullTranslations:
    """The translations of the first language that has some; of English there are none."""
    for language in languages():
        plain = re.split(r"[.@]", language)[0]
        if re.split(r"[_-]", plain)[0].lower() in ENGLISH:
            break
        for name in dict.fromkeys((plain, re.split(r"[_-]", plain)[0])):
            # A name from the environment must not lead out of the folder.
            if re.fullmatch(r"[A-Za-z_-]+", name):
                path = FOLDER / name / "LC_MESSAGES" / "vcam.mo"
                try:
                    with path.open("rb") as file:
                        return gettext.GNUTranslations(file)
                except Exception:  # a damaged one; English will do
                    continue
    return gettext.NullTranslations()


@cache
def in_every_language(text: str) -> dict[str, str]:
    """``text`` by language, for files that hold them all; without English."""
    found = {}
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/vcam.mo")):
        try:
            with path.open("rb") as file:
                translated = gettext.GNUTranslations(file).gettext(text)
        except Exception:  # a damaged one, as above
            continue
        if translated != text:
            found[path.parts[-3]] = translated
    return found


def languages() -> list[str]:
    """Names such as ``de_AT.UTF-8``, the preferred one first."""
    set_to = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if not set_to:
        set_to = _of_windows() or _of_macos()
    if re.split(r"[.@]", set_to)[0] in ("", "C", "POSIX"):
        # So says the manual of gettext: LANGUAGE counts only beside a real locale.
        return []
    return [*filter(None, os.environ.get("LANGUAGE", "").split(":")), set_to]


def _of_windows() -> str:
    """The language of the user's Windows, for example ``de_DE``."""
    if sys.platform != "win32":
        return ""
    import ctypes
    import locale

    chosen = ctypes.windll.kernel32.GetUserDefaultUILanguage()
    return locale.windows_locale.get(chosen, "")


def _of_macos() -> str:
    """The first language of the user's Mac, such as ``de-DE``.

    Only Terminal sets ``LANG``: launchd and the Finder start programs without it.
    """
    if sys.platform != "darwin":
        return ""
    import plistlib

    try:
        file = Path.home() / "Library/Preferences/.GlobalPreferences.plist"
        return str(plistlib.loads(file.read_bytes())["AppleLanguages"][0])
    except (OSError, ValueError, LookupError, TypeError):  # nothing chosen, or damaged
        return ""


class _Quoted(str):
    """A value that ``{name!r}`` quotes as :func:`quoted` does."""

    __slots__ = ()

    def __repr__(self) -> str:
        return quoted(str(self))


def _filled(translated: str, english: str, values: dict[str, object]) -> str:
    if not values:
        return translated
    if "!r}" in english:
        values = {
            name: _Quoted(value) if isinstance(value, str) else value
            for name, value in values.items()
        }
    try:
        return translated.format(**values)
    except (KeyError, IndexError, ValueError):  # a mistake in a catalogue of others
        return english.format(**values)
