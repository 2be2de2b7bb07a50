"""The names that can be chosen for the mask, for what only lists them."""

from typing import Final

PRESET_NAMES: Final = ("light", "standard", "best")
"""The presets, from the least processor time to the finest edges."""
AUTO: Final = "auto"
"""Stands for the first of :data:`PREFERRED` that can be used on this machine."""
PREFERRED: Final = ("litert", "mediapipe")
"""The engines that run the models, the faster one first."""
ENGINE_NAMES: Final = (AUTO, *PREFERRED)
"""What can be chosen to run the models."""
GUIDES: Final = ("none", "grey", "colour")
"""What edges follow: nothing, or the brightness or the colours of the picture."""
