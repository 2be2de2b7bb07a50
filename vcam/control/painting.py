"""Requests about what the user paints: what to paint on, what was painted, to clear it."""

import base64
from collections.abc import Mapping
from typing import Any, Final

from vcam.app import App
from vcam.errors import ControlError, UsageError
from vcam.frames import Size
from vcam.imaging.pictures import encoded
from vcam.imaging.resize import fitted, turned
from vcam.regions import KINDS
from vcam.regions.placing import painted_over, seen_rows
from vcam.translation import tr
from vcam.verbs import Act, Answer

CANVAS_WIDTH: Final = 1280
"""Most pixels across of the picture to paint on."""


def canvas(app: App) -> Answer:
    """What the camera sees, as it is turned and cropped, and what was painted there.

    For the user's own eyes.  There is none at first, nor while the camera is off.
    """
    seen = app.canvas
    if seen is None:
        return {"jpeg": None}
    image = fitted(turned(seen.image, seen.view.orientation), seen.view.size)
    width, height = seen.view.size
    if width > CANVAS_WIDTH:
        image = fitted(image, Size(CANVAS_WIDTH, round(height * CANVAS_WIDTH / width)))
    return {
        "jpeg": base64.b64encode(encoded(image, ".jpg")).decode("ascii"),
        "camera": seen.camera,
        "name": seen.name,
        "rows": seen_rows(app.regions.of(seen.camera), seen.view),
    }


def paint(app: App, request: Mapping[str, Any]) -> Act:
    """Keep and drop what ``rows`` say of the picture of ``camera``; see :func:`canvas`.

    Raises :class:`~vcam.errors.ControlError` while that camera is not on.
    """
    camera, rows = request.get("camera"), request.get("rows")
    if (
        not isinstance(camera, str)
        or not isinstance(rows, list)
        or not all(isinstance(row, str) for row in rows)
    ):
        raise UsageError(tr("The request has no camera, or nothing that was painted"))
    seen = app.canvas
    if seen is None or seen.camera != camera:
        raise ControlError(
            tr("The camera that this was painted for is not on"),
            tr("Open it again, and paint on its picture"),
        )
    view = seen.view
    try:
        painted_over(app.regions.of(camera), rows, view)
    except ValueError as error:
        raise UsageError(
            tr("What was painted does not fit the picture: {reason}", reason=error)
        ) from error

    def act() -> Answer:
        region = painted_over(app.regions.of(camera), rows, view)
        app.paint(region)
        return region.told()

    return act


def regions(app: App, request: Mapping[str, Any]) -> Act:
    """All that was painted; with ``clear``, without what is kept or dropped from now on."""
    kind, camera = request.get("clear"), request.get("camera")
    if kind not in (None, *KINDS):
        raise UsageError(tr("There is nothing called {name!r} to clear", name=kind))

    def act() -> Answer:
        for region in list(app.regions):
            if kind is not None and camera in (None, region.camera):
                app.paint(region.without(kind))
        return {"regions": [each.told() for each in app.regions]}

    return act
