"""What a check has found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    check: str
    """What was looked at, in a word or two."""
    ok: bool | None
    """None: worth knowing, or not to be found out."""
    what: str
    """What was found, without a full stop."""
    remedy: str = ""
    """The exact command or click; empty when nothing is to be done."""
    needed_for_main_job: bool = True
    """When not ok: vcam cannot publish."""

    @property
    def mark(self) -> str:
        """``✓`` fine, ``✗`` stops the main job, ``!`` worth knowing."""
        if self.ok:
            return "✓"
        return "✗" if self.ok is False and self.needed_for_main_job else "!"
