"""The cameras that a page offers, as ``vcam set camera=…`` takes them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from vcam.control.client import ask
from vcam.errors import VcamError
from vcam.files import settings_path
from vcam.settings import load
from vcam.sources.camera_info import CameraInfo
from vcam.sources.listing import list_cameras, matching
from vcam.translation import tr


def listed() -> list[dict[str, Any]]:
    """Every camera: its name, its value for ``camera=``, whether it is the chosen one."""
    return list(_rows(list_cameras(), _wanted()))


def _rows(cameras: Sequence[CameraInfo], wanted: str) -> Iterator[dict[str, Any]]:
    found = matching(wanted, cameras) if wanted else []
    meant = found[0] if len(found) == 1 else None
    names = Counter(camera.name for camera in cameras)
    for camera in cameras:
        notes = [camera.path] * (names[camera.name] > 1)
        notes += [tr("infrared")] * camera.infrared + [tr("virtual")] * camera.virtual
        yield {
            "name": f"{camera.name} ({', '.join(notes)})" if notes else camera.name,
            # As the settings have it, so that choosing the chosen one changes nothing.
            "value": wanted if camera is meant else camera.identity,
            "chosen": camera is meant,
        }


def _wanted() -> str:
    """What the running vcam was told to use, or the next one will be."""
    try:
        return str(ask("status")["settings"]["source"]["camera"])
    except VcamError:
        pass
    try:
        return load(settings_path()).source.camera
    except VcamError:
        return ""
