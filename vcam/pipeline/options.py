"""What the user can say about breaks and their cards."""

from dataclasses import dataclass
from pathlib import Path

from vcam.errors import SettingsError
from vcam.translation import tr

LONGEST = 80
"""Most characters of a line on a card."""
MOST_MINUTES = 1440.0
"""The longest break that is counted down: a day."""


@dataclass(frozen=True)
class PauseOptions:
    """What the card of a break says; everybody in the call reads it."""

    message: str = ""
    """In large letters; empty for "Be right back" in the user's language, or for nothing
    where there is a picture."""
    detail: str = ""
    """Smaller, below it."""
    minutes: float = 0.0
    """Counted down on the card from the beginning of a break; 0 for no countdown."""
    picture: Path | None = None
    """A picture file that is shown instead of the plain card; ``None`` for that."""

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
        check_minutes(self.minutes)


@dataclass(frozen=True)
class LoopOptions:
    """Whether the last ten seconds can be shown again."""

    ready: bool = False
    """They are kept in memory, as they were on air, for as long as vcam is live."""


def check_minutes(minutes: float) -> None:
    """Raise :class:`~vcam.errors.SettingsError` for a break that cannot be counted down."""
    if not 0 <= minutes <= MOST_MINUTES:
        raise SettingsError(
            tr("A break of {minutes} minutes is out of range", minutes=f"{minutes:g}"),
            tr(
                "Choose 0 to {most} minutes; 0 for no countdown",
                most=f"{MOST_MINUTES:g}",
            ),
        )
