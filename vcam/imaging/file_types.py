"""What a file is shown as, by its name and first bytes; nothing is decoded."""

from pathlib import Path

from vcam.files import is_device

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
"""Endings of the files that hold one picture; a ``.webp`` may hold several."""
VIDEO_SUFFIXES = frozenset(
    {".mp4", ".m4v", ".mov", ".3gp", ".mkv", ".webm", ".ogv"}
    | {".avi", ".wmv", ".mpg", ".mpeg", ".ts"}
)
"""Endings of the files that hold a film."""


def animated(path: Path) -> bool:
    """Whether a GIF or WebP file has more than one picture; reads a few bytes of it."""
    if path.suffix.lower() == ".gif":
        return True
    if path.suffix.lower() != ".webp" or is_device(path):
        return False
    try:
        with path.open("rb") as file:
            head = file.read(21)
    except (OSError, ValueError):
        return False
    # "Extended File Format" of the WebP container specification: the flags' second bit.
    return head[:4] + head[8:16] == b"RIFFWEBPVP8X" and bool(head[20:] and head[20] & 2)
