"""The result of a check."""

from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """Who asks the user before a fix."""

    NOBODY = "nobody"
    """It changes vcam's own files only, and uses no network."""
    US = "us"
    ITSELF = "itself"
    """The command shows what it would do, and asks."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A command that does what the remedy says."""

    command: tuple[str, ...]
    asks: Asks = Asks.US
    as_root: bool = False
    then: tuple[str, ...] = ()
    """The command that follows it, if it worked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    """What was checked, in a word or two, in English: people get it through ``tr``."""
    ok: bool | None
    """None if it is only worth knowing, or could not be found out."""
    what: str
    """What was found, without a full stop."""
    remedy: str = ""
    """The exact command or click; empty if nothing needs to be done."""
    needed_for_main_job: bool = True
    """Whether vcam cannot publish unless this is ok."""
    fix: Fix | None = None
    """The same remedy for ``vcam doctor --fix``, where vcam can do it."""

    @property
    def mark(self) -> str:
        """``✓`` if ok, ``✗`` if it stops the main job, ``!`` if it is worth knowing."""
        if self.ok:
            return "✓"
        return "✗" if self.ok is False and self.needed_for_main_job else "!"
