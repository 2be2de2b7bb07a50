"""The names that can be chosen for the mask, for what only lists them."""

from typing import Final

PRESET_NAMES: Final = ("light", "standard", "best")
"""The presets, from the least processor time to the finest edges."""
ENGINE_NAMES: Final = ("mediapipe", "litert")
"""What runs the model."""
GUIDES: Final = ("none", "grey", "colour")
"""What edges follow: nothing, or the brightness or the colours of the picture."""
