"""A still picture."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vcam.backgrounds import Painter
from vcam.backgrounds.file import FileBackground
from vcam.errors import BackgroundError, PictureError
from vcam.frames import Frame, Size
from vcam.imaging.file_types import kind_of_content
from vcam.translation import translatable

if TYPE_CHECKING:
    from vcam.frames import Alpha, Image


@dataclass(frozen=True)
class Picture(FileBackground):
    """A still picture from a file."""

    kind: ClassVar[str] = "picture"
    summary: ClassVar[str] = translatable(
        "a picture file: PNG, JPEG, WebP, AVIF, TIFF, HEIC"
    )
    usage: ClassVar[str] = translatable("a picture file")

    def open(self, size: Size) -> Painter:
        if kind_of_content(self.path) in ("animation", "video"):  # whatever its name is
            from vcam.backgrounds.video import Video

            return Video(self.path, self.fit).open(size)
        from vcam.imaging.pictures import load_picture
        from vcam.imaging.resize import fitted

        # A picture that is tiled keeps its own size, so it is never decoded smaller.
        at_least = None if self.fit == "tile" else size
        try:
            image = load_picture(self.path, at_least)
        except PictureError as error:
            raise BackgroundError(error.what, error.remedy) from error
        return _PicturePainter(fitted(image, size, self.fit))


class _PicturePainter:
    def __init__(self, image: "Image") -> None:
        self._image = image
        image.flags.writeable = False  # it is the same as long as it is shown

    def paint(self, frame: Frame, alpha: "Alpha") -> "Image":
        return self._image

    def close(self) -> None:
        pass
