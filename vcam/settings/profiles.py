"""Named sets of settings: how the user looks at work, and how at play.

A profile is a file beside the settings, of the same form.  It has whole sections: what one
does not mention is as usual, and a section that is not there stays as it is.
"""

import logging
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from vcam import files
from vcam.backgrounds import Background
from vcam.errors import SettingsError, UsageError
from vcam.reasons import reason
from vcam.settings import Settings, from_table, text_of, to_sections, to_table
from vcam.settings.addresses import without
from vcam.settings.policy_file import policy
from vcam.settings.profile_options import composed, is_name
from vcam.translation import quoted, tr

log = logging.getLogger(__name__)

LEFT_OUT = ("source", "mask", "output", "power", "profiles")
"""Sections that are not the look, but the machine's; a profile has none of them."""
SUFFIX = ".toml"
MOST = 50
"""Most profiles that are listed."""


@dataclass(frozen=True)
class Profile:
    """One of them."""

    name: str
    parts: Mapping[str, Any]
    """The options of its sections."""

    def __call__(self, settings: Settings) -> Settings:
        """The edit that chooses it; what the administrator has pinned stays as it is."""
        return policy().left_alone(settings, replace(settings, **self.parts))

    @property
    def background(self) -> Background | None:
        """The background, if it has one."""
        return self.parts.get("background")

    def is_chosen(self, settings: Settings) -> bool:
        """Whether ``settings`` are as it wants them."""
        return self(settings) == settings


def folder() -> Path:
    """Where they are; it need not exist."""
    return files.settings_path().parent / "profiles"


def names() -> list[str]:
    """The names of the profiles, sorted; of a great many the first ones."""
    return list(map(composed, _stems()))[:MOST]


def _stems() -> list[str]:
    """The names of all their files, without the ending."""
    try:
        found = [each.stem for each in folder().iterdir() if each.suffix == SUFFIX]
    except OSError:  # it need not exist, nor be ours to read
        return []
    return sorted(filter(is_name, found), key=_key)


def _key(name: str) -> str:
    """What two names have in common that mean the same profile."""
    return composed(name).lower()


def version() -> object:
    """Changes whenever a profile does."""
    try:
        with os.scandir(folder()) as found:
            return sorted((each.name, each.stat().st_mtime_ns) for each in found)
    except OSError:
        return None


def everything() -> tuple[Profile, ...]:
    """All profiles that are understood."""
    found: list[Profile] = []
    for name in names():
        try:
            found.append(load(name))
        except (SettingsError, UsageError) as error:
            log.warning("%s", error)
    return tuple(found)


def load(name: str) -> Profile:
    """The profile of that name, in any case of letters.

    Raises :class:`~vcam.errors.UsageError` when there is none, and
    :class:`~vcam.errors.SettingsError` for one that is not understood.
    """
    path = _existing(name)
    try:
        table = without(tomllib.loads(text_of(path)))
        _check(table)
        settings = from_table(table)
    except (SettingsError, ValueError, RecursionError) as error:
        what = error.what if isinstance(error, SettingsError) else str(error)
        raise SettingsError(
            tr("The profile {file} is not understood: {reason}", file=path, reason=what),
            tr("Mend or remove the file"),
        ) from error
    return Profile(composed(path.stem), {name: getattr(settings, name) for name in table})


def save(name: str, settings: Settings) -> None:
    """Keep the look of ``settings`` under ``name``; one that is there is replaced.

    Raises :class:`~vcam.errors.UsageError` for what cannot be a name, and
    :class:`~vcam.errors.PolicyError` while nothing is known of how it should look.
    """
    if not is_name(name):
        raise UsageError(
            tr("A profile cannot be called {name}", name=quoted(name)),
            tr("Choose up to 40 letters, digits, spaces and hyphens"),
        )
    policy().check_understood()
    from vcam.settings.toml_text import written  # here: reading needs no tomlkit

    there = {_key(each): each for each in _stems()}
    path = folder() / f"{there.get(_key(name), composed(name))}{SUFFIX}"
    parts = [each.name for each in fields(Settings) if each.name not in LEFT_OUT]
    sections = to_sections(settings)
    sections["background"] = to_table(settings)["background"]
    try:
        files.write(path, written({part: sections.get(part, {}) for part in parts}))
    except (OSError, RuntimeError) as error:
        raise SettingsError(
            tr(
                "The profile cannot be saved to {file}: {reason}",
                file=path,
                reason=reason(error),
            ),
            tr("Check the folder's permissions and space"),
        ) from error


def remove(name: str) -> None:
    """Remove it; raises :class:`~vcam.errors.UsageError` when there is none."""
    path = _existing(name)
    try:
        path.unlink()
    except OSError as error:
        raise SettingsError(
            tr("{name!r} cannot be removed: {why}", name=path.name, why=reason(error)),
            tr("Check the permissions of its folder"),
        ) from error


def _check(table: Mapping[str, Any]) -> None:
    for section in table:
        if section in LEFT_OUT:
            raise SettingsError(tr("a profile has no section [{name}]", name=section))


def _existing(name: str) -> Path:
    for each in _stems():
        if _key(each) == _key(name):
            return folder() / f"{each}{SUFFIX}"
    remedy = (
        tr("There are {names}", names=", ".join(known))
        if (known := names())
        else tr("Save one: `vcam profile save NAME`")
    )
    raise UsageError(tr("There is no profile {name}", name=quoted(name)), remedy)
