"""What the user can say about how they look."""

from dataclasses import dataclass, fields, replace
from typing import Final

from vcam.checking import check_types
from vcam.errors import SettingsError
from vcam.translation import tr

ON: Final = {"match": 50.0, "light": 60.0, "wrap": 35.0, "skin": 30.0, "darker": 15.0}
"""What ``on`` means for the options that are shares, in percent."""
WEIGHTS: Final = {
    "match": 0.3,
    "light": 0.3,
    "denoise": 0.4,
    "wrap": 0.4,
    "skin": 0.5,
    "darker": 0.1,
}
"""What each costs, in the unit of :attr:`vcam.engine.governor.QualityLevel.weight`."""


@dataclass(frozen=True)
class AppearanceOptions:
    """Shares are in percent, 0 to 100; 0 is off."""

    match: float = 0.0
    """How far light and colour of the person go toward those of the background."""
    light: float = 0.0
    """How much somebody in a dark room is lifted."""
    denoise: bool = False
    """Whether the noise of a dark room is taken off the person, where it is seen."""
    wrap: float = 0.0
    """How much of the background's light falls on the person's edge."""
    skin: float = 0.0
    """How much of the fine structure of skin is taken away."""
    darker: float = 0.0
    """By how much what is behind the person is darkened."""

    def __post_init__(self) -> None:
        check_types(self)
        for name in ON:
            share = getattr(self, name)
            if not 0 <= share <= 100:
                raise SettingsError(
                    tr("{option} is out of range", option=f"{name} = {share:g}"),
                    tr("Choose {least} to {most}", least=0, most=100),
                )

    def __bool__(self) -> bool:
        """Whether anything is on."""
        return any(getattr(self, each.name) for each in fields(self))

    @property
    def of_person(self) -> bool:
        """Whether anything is on that changes the person."""
        return bool(replace(self, darker=0.0))

    @property
    def weight(self) -> float:
        """What all that is on costs, see :data:`WEIGHTS`."""
        return sum(cost for name, cost in WEIGHTS.items() if getattr(self, name))


NOTHING: Final = AppearanceOptions()


def share(text: str, usual: float) -> float:
    """A share like ``50%`` or ``50``; ``on`` and ``auto`` are ``usual``, ``off`` is 0.

    Raises :class:`ValueError` for anything else.
    """
    words = {
        "on": usual,
        "auto": usual,
        "true": usual,
        "yes": usual,
        "off": 0.0,
        "false": 0.0,
        "no": 0.0,
    }
    text = text.strip().lower()
    return words[text] if text in words else float(text.removesuffix("%"))
