"""What the user can say about how much of the machine vcam may use."""

from dataclasses import dataclass

from vcam.errors import SettingsError
from vcam.translation import tr


def budget(text: str) -> float:
    """``40%``, ``40`` or ``auto`` as :attr:`PowerOptions.cpu_budget`; raises ValueError."""
    word = text.strip().lower()
    return 0.0 if word == "auto" else float(word.removesuffix("%"))


@dataclass(frozen=True)
class PowerOptions:
    """Rest while nobody watches; stay within a share of the processor."""

    on_demand: bool = True
    """Release the camera while no program reads the virtual one, where that is known."""
    cpu_budget: float = 0.0
    """Percent of one core that vcam may use; 0 for automatic: keep up with the camera, and
    be lighter on battery.  See :mod:`vcam.engine.governor`."""

    def __post_init__(self) -> None:
        if self.cpu_budget != 0 and not 5 <= self.cpu_budget <= 1600:
            raise SettingsError(
                tr(
                    "A processor budget of {percent} % cannot be kept",
                    percent=f"{self.cpu_budget:g}",
                ),
                tr("Choose 5 to 1600 percent of one core, or 0 for automatic"),
            )
