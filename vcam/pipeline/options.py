"""What the user can say about cards."""

from dataclasses import dataclass

from vcam.errors import SettingsError
from vcam.translation import tr

LONGEST = 80
"""Most characters of a line on a card."""


@dataclass(frozen=True)
class PauseOptions:
    """What the card of a break says; everybody in the call reads it."""

    message: str = ""
    """In large letters; empty for "Be right back" in the user's language."""
    detail: str = ""
    """Smaller, below it."""

    def __post_init__(self) -> None:
        for name in ("message", "detail"):
            text = getattr(self, name)
            if len(text) > LONGEST:
                raise SettingsError(
                    tr(
                        "The break's {option} has {count} characters",
                        option=name,
                        count=len(text),
                    ),
                    tr("Choose {count} at most", count=LONGEST),
                )
