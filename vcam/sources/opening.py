"""Opens the source that the user has named."""

import re
from pathlib import Path

from vcam.errors import PictureError, SourceError
from vcam.files import at_home
from vcam.frames import Size
from vcam.imaging.file_types import kind_by_name, kind_of_content, named_like_a_file
from vcam.sources import Source
from vcam.sources.camera_info import IN_PIPEWIRE

PRESENTER = "presenter"
"""The name of the drawn presenter."""
PATH = re.compile(r"[/~]|\.{1,2}[/\\]|\\\\|[a-z]:[/\\]", re.I)
"""The start of what can only be a path; a camera's name may contain a slash, too."""


def open_source(camera: str, size: Size, fps: float) -> Source:
    """Open what ``camera`` names, to be read like a camera.

    It is a physical camera by name, index, path or identity (empty: the first one), a
    video file that is repeated for ever, a picture file, or ``presenter``.  ``size`` and
    ``fps`` are requests; a source reports what it really delivers.  Raises
    :class:`~vcam.errors.SourceError`.
    """
    if camera == PRESENTER:
        from vcam.sources.presenter import PresenterSource

        return PresenterSource(size, fps)
    path = file_meant(camera)
    if path is not None:
        return open_file(path, paced=True, fps=fps)
    from vcam.sources.camera import Camera

    return Camera(camera, size, fps)


def file_meant(camera: str, folder: Path = Path()) -> Path | None:
    """The file that ``camera`` names, which may not exist; ``None`` if it names a camera.

    A relative path starts at ``folder``.
    """
    if not camera or camera == PRESENTER or camera.isdecimal():
        return None
    if camera.startswith(IN_PIPEWIRE):
        return None
    path = folder / at_home(camera)
    try:
        # A file in the current folder takes precedence over a camera of that name.
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False
    if is_file:
        return path
    is_device = camera.startswith(("/dev/", "/sys/"))
    looks_like_file = PATH.match(camera) or named_like_a_file(camera)
    return path if looks_like_file and not is_device else None


def open_file(path: Path, *, paced: bool = False, fps: float = 30.0) -> Source:
    """Open a video or picture file; ``paced`` in real time and for ever, like a camera.

    Its content decides which it is; its name only for the error that tells why not.
    """
    if (kind_of_content(path) or kind_by_name(path)) == "picture":
        from vcam.imaging.pictures import load_picture
        from vcam.sources.picture import PictureFile

        try:
            return PictureFile(load_picture(path), path, fps=fps, paced=paced)
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
    from vcam.sources.video import VideoFile

    return VideoFile(path, paced=paced, loop=paced)
