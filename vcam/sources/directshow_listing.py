"""The cameras that DirectShow lists, told apart from virtual ones.  None is opened."""

import re

from vcam.errors import SourceError
from vcam.reasons import reason
from vcam.sources import directshow
from vcam.sources.camera_info import CameraInfo
from vcam.sources.directshow import Device
from vcam.translation import tr

PUBLISHED_TO = re.compile(
    r"\{(A3FCE0F5-3493-419F-958A-ABA1250EC20B|5C2CD55C-92AD-4999-8666-912BD3E700..)\}", re.I
)
"""The filters of OBS and of UnityCapture, which registers up to ten."""
PLUGGED_IN = "\\\\?\\"
"""The start of the path of a device that Windows has found."""
WITHOUT_HARDWARE = ("root#", "swd#vcamdevapi#")
"""The start of the rest of it, if a program has added it: a driver without hardware, or a
camera made by ``MFCreateVirtualCamera``."""


def cameras() -> tuple[CameraInfo, ...]:
    """Every camera but OBS's and UnityCapture's: vcam may be publishing to these.

    ``index`` counts those, too, as OpenCV does.  Raises :class:`~vcam.errors.SourceError`
    if Windows does not tell.
    """
    return tuple(info for info, ours in _found() if not ours)


def published_to() -> tuple[CameraInfo, ...]:
    """The virtual cameras of OBS and of UnityCapture, which are no source."""
    return tuple(info for info, ours in _found() if ours)


def _found() -> list[tuple[CameraInfo, bool]]:
    """Every camera, and whether vcam may be publishing to it."""
    try:
        devices = directshow.devices()
    except OSError as error:
        raise SourceError(
            tr("Windows does not list its cameras: {reason}", reason=reason(error)),
            tr("Start the computer anew"),
        ) from error
    return [
        (_camera(index, device), PUBLISHED_TO.fullmatch(device.clsid) is not None)
        for index, device in enumerate(devices)
    ]


def _camera(index: int, device: Device) -> CameraInfo:
    return CameraInfo(
        device.name or tr("Camera {number}", number=index),
        str(index),
        index,
        _identity(index, device),
        virtual=_virtual(device),
    )


def _virtual(device: Device) -> bool:
    if not device.path.startswith(PLUGGED_IN):
        return True
    return device.path.removeprefix(PLUGGED_IN).casefold().startswith(WITHOUT_HARDWARE)


def _identity(index: int, device: Device) -> str:
    r"""``usb:vid_046d&pid_0825&mi_00:global@7&1a2b3c&0&0000``, the port after the ``@``.

    From ``\\?\usb#vid_046d&pid_0825&mi_00#7&1a2b3c&0&0000#{…}\global``.  What a program has
    added gets its name before the ``@``: there all of them are of one model.
    """
    parts = device.path.removeprefix(PLUGGED_IN).casefold().split("#")
    if device.path.startswith(PLUGGED_IN) and len(parts) == 4:
        bus, model, port, interface = parts
        part = interface.rpartition("\\")[2]
        name = f":{device.name}" if _virtual(device) else ""
        return f"{bus}:{model}:{part}{name}@{port}"
    if device.path or device.clsid:
        return f"directshow:{device.clsid}:{device.name}"
    return f"number:{index}"
