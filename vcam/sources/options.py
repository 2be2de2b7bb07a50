"""The user's options for the source of the frames."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceOptions:
    """The camera.  It is asked for the output's size and rate."""

    camera: str = ""
    """A name or part of it, an index, a device path, a video or picture file, or
    ``presenter`` for the drawn one; empty means the first physical camera."""
    mirror: bool = False
    """Exchange left and right.  Call programs already mirror your view of yourself."""
