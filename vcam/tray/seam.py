"""Until the gallery has them."""

import shutil
from pathlib import Path

from vcam.backgrounds.choosing import user_gallery


def add(path: Path) -> None:
    """Copy it."""
    user_gallery().mkdir(parents=True, exist_ok=True)
    shutil.copy(path, user_gallery())
