"""From what the user wrote to an open source."""

from pathlib import Path

from vcam.errors import PictureError, SourceError
from vcam.frames import Size
from vcam.pictures import SUFFIXES, load_picture
from vcam.sources import Source

PRESENTER = "presenter"


def open_source(camera: str, size: Size, fps: float) -> Source:
    """Open what ``camera`` names, to be read like a camera.

    A physical camera by name, index, path or identity (empty: the first one), a video
    file that plays for ever, a picture file, or ``presenter``.  ``size`` and ``fps`` are
    wishes; a source says what it really gives.  Raises
    :class:`~vcam.errors.SourceError`.
    """
    if camera == PRESENTER:
        from vcam.sources.presenter import PresenterSource

        return PresenterSource(size, fps)
    path = Path(camera).expanduser()
    # A file in the current folder is taken before a camera of that name.
    if camera and not camera.isdecimal() and path.is_file():
        return open_file(path, paced=True, fps=fps)
    from vcam.sources.camera import Camera

    return Camera(camera, size, fps)


def open_file(path: Path, *, paced: bool = False, fps: float = 30.0) -> Source:
    """Open a video or picture file; ``paced``: in real time and for ever, like a camera."""
    if path.suffix.lower() in SUFFIXES:
        from vcam.sources.picture import PictureFile

        try:
            return PictureFile(load_picture(path), path, fps=fps, paced=paced)
        except PictureError as error:
            raise SourceError(error.what, error.remedy) from error
    from vcam.sources.video import VideoFile

    return VideoFile(path, paced=paced, loop=paced)
