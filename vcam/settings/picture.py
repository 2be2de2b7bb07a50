"""What the settings say about one picture."""

from vcam.overlay.drawing import Overlay
from vcam.pipeline.picture_options import PictureOptions
from vcam.regions import NO_REGION, Region
from vcam.settings import Settings


def picture_options(
    settings: Settings, overlay: Overlay | None, region: Region = NO_REGION
) -> PictureOptions:
    """The part that :meth:`~vcam.pipeline.pipeline.FrameProcessor.process` takes.

    ``overlay`` is what :attr:`Settings.over` was opened as for the picture's size, and
    ``region`` what was painted for the camera.
    """
    return PictureOptions(
        orientation=settings.source.orientation,
        framing=settings.framing,
        overlay=overlay,
        region=region,
        appearance=settings.appearance,
    )
