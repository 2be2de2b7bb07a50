"""The cameras that AVFoundation lists, told apart from virtual ones.  None is opened."""

from collections.abc import Callable, Sequence

from vcam.errors import SourceError
from vcam.sources.avfoundation import (
    DENIED,
    NOT_DETERMINED,
    RESTRICTED,
    Device,
    authorization,
    devices,
)
from vcam.sources.camera_info import CameraInfo
from vcam.translation import tr, translatable

PUBLISHED_TO = "7626645E-4425-469E-9D8B-97E0FA59AC75"
"""The ``uniqueID`` of OBS's virtual camera, the only one that vcam publishes to; it is in
pyvirtualcam's ``virtual_output.hpp``, too."""
ALLOW = translatable(
    "System Settings > Privacy & Security > Camera: switch on the program that starts vcam "
    "(Terminal, or vcam itself), and start it again"
)
"""Where the user allows the camera later."""
ANSWER = translatable(
    "Answer its question; if there is none, run `vcam setup` and start the vcam.app that "
    "it makes"
)
"""What the user does first.  Where the program that starts vcam does not say what it needs
the camera for, there is no question, and the status stays the same."""


def cameras(
    list_devices: Callable[[], Sequence[Device]] = devices,
) -> tuple[CameraInfo, ...]:
    """Every camera but OBS's, which vcam may be publishing to.

    ``index`` counts that, too, as OpenCV does.
    """
    return tuple(
        _camera(index, device)
        for index, device in enumerate(list_devices())
        if device.unique != PUBLISHED_TO
    )


def published_to(
    list_devices: Callable[[], Sequence[Device]] = devices,
) -> tuple[CameraInfo, ...]:
    """The virtual camera of OBS, which is no source."""
    return tuple(
        _camera(index, device)
        for index, device in enumerate(list_devices())
        if device.unique == PUBLISHED_TO
    )


def refusal(ask: Callable[[], str] = authorization) -> SourceError | None:
    """Why macOS lets vcam use no camera; None if it may, if nobody knows, and elsewhere."""
    status = ask()
    if status == NOT_DETERMINED:
        return SourceError(tr("macOS has not let vcam use the camera yet"), tr(ANSWER))
    if status == DENIED:
        return SourceError(tr("macOS does not let vcam use the camera"), tr(ALLOW))
    if status == RESTRICTED:
        return SourceError(
            tr("A restriction of this Mac does not let anybody use the camera"),
            tr("Ask whoever administers it, or look into Screen Time"),
        )
    return None


def _camera(index: int, device: Device) -> CameraInfo:
    virtual = device.virtual or device.unique == PUBLISHED_TO
    # Programs may give no model, or that of the template they were made from.
    named = virtual or not device.model
    kind = f"{device.model}:{device.name}" if named else device.model
    return CameraInfo(
        device.name or tr("Camera {number}", number=index),
        str(index),
        index,
        # The port is in the last part, and the same camera is found at another one.
        f"avfoundation:{kind}@{device.unique}",
        virtual=virtual,
        usual=device.usual,
    )
