"""What the user can say about when a profile is chosen by itself."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from vcam.errors import SettingsError
from vcam.translation import tr

NAME = re.compile(r"\w[\w .-]{0,38}[\w-]|\w")
"""Names of profiles, which are names of files, too."""
WORDS = ("save", "remove")
"""What ``vcam profile`` understands in place of a name."""
ANY = "*"
"""Stands for every program."""


def is_name(text: str) -> bool:
    """Whether a profile may be called so."""
    name = composed(text)
    return bool(NAME.fullmatch(name)) and name.lower() not in WORDS


def composed(name: str) -> str:
    """``name`` with each accent in one piece with its letter.

    Some keyboards and file systems write them in two.
    """
    return unicodedata.normalize("NFC", name)


@dataclass(frozen=True)
class ProfileOptions:
    """Profiles that programs bring about by watching."""

    when: str = ""
    """``teams: work, discord: play``: parts of the names of programs, and the profiles that
    are chosen when they begin to watch.  The first that fits counts; ``*`` always fits."""

    def __post_init__(self) -> None:
        for program, name in self.rules:
            if not program or not is_name(name):
                raise SettingsError(
                    tr("{text} is not understood", text=f"when = {self.when!r}"),
                    tr("Write it like {example}", example="teams: work, discord: play"),
                )

    @property
    def rules(self) -> list[tuple[str, str]]:
        """Programs, in lower case, and profiles."""
        parts = [each.partition(":") for each in self.when.split(",") if each.strip()]
        return [(program.strip().lower(), name.strip()) for program, _, name in parts]

    def chosen_by(self, programs: Iterable[str]) -> str:
        """The profile for those that begin to watch; empty for none."""
        watching = [each.lower() for each in programs]
        for program, name in self.rules:
            if program == ANY or any(program in each for each in watching):
                return name
        return ""
