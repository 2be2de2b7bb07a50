"""What the user can say about how much of the machine vcam may use."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PowerOptions:
    """Rest while nobody watches."""

    on_demand: bool = True
    """Release the camera while no program reads the virtual one, where that is known."""
