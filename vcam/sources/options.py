"""What the user can say about where frames come from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SourceOptions:
    """Which camera.  Its size and rate are asked to be those of the output."""

    camera: str = ""
    """A name or part of it, an index, a device path, a video or picture file, or
    ``presenter`` for the drawn one; empty means the first physical camera."""
    mirror: bool = False
    """Exchange left and right.  Call programs mirror your own view by themselves."""
