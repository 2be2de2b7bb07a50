"""Who watches an output, on any system."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Viewers:
    """The programs that read an output at one moment."""

    watched: bool
    names: tuple[str, ...] | None
    """The programs, sorted; ``None`` where that cannot be known."""


UNKNOWN = Viewers(True, None)
"""The answer of an output that cannot know: somebody may be watching."""
