"""The names that can be chosen for the mask, for what only lists them."""

from typing import Final

PRESET_NAMES: Final = ("light", "standard", "best")
"""The presets, from the least processor time to the finest edges."""
AUTO: Final = "auto"
"""Stands for the first engine of :data:`PREFERRED` that works."""
ENGINE_TITLES: Final = {"litert": "LiteRT", "mediapipe": "MediaPipe"}
"""The engines that run the models, the faster one first, and what they are called."""
PREFERRED: Final = tuple(ENGINE_TITLES)
"""The order in which ``auto`` tries them."""
ENGINE_NAMES: Final = (AUTO, *PREFERRED)
"""What can be chosen to run the models."""
GUIDES: Final = ("none", "grey", "colour")
"""What edges follow: nothing, or the brightness or the colours of the picture."""
ALL, ONE = "all", "one"
"""All people are shown, or only one."""
PEOPLE: Final = (ALL, ONE)
"""Who can be shown."""
