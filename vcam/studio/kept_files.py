"""Files that are sent to *My camera* to be used there: a logo or a frame, a font.

They are kept beside the user's backgrounds, for the camera goes on without the page.
"""

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam import files
from vcam.errors import UsageError, VcamError
from vcam.frames import Size
from vcam.imaging.lettering import read_face
from vcam.overlay.opening import OverlayChoice
from vcam.overlay.options import OverlayOptions
from vcam.reasons import reason
from vcam.studio.answers import as_json, explained, in_thread
from vcam.studio.guard import MOST_BYTES
from vcam.studio.uploads import safe_name, save_file
from vcam.translation import tr

SMALL = Size(320, 180)
"""Size at which it is tried whether a picture can be shown."""


def _check_overlay(path: Path) -> None:
    OverlayChoice(OverlayOptions(path)).open(SMALL)


KINDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "overlay": ("overlays", _check_overlay),
    "font": ("fonts", read_face),
}
"""What may be sent: the folder it is kept in, and what raises when it cannot be used."""


class KeptFiles:
    """Their route.  ``private`` is the studio's folder for what is sent."""

    def __init__(self, private: Path) -> None:
        self._private = private

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [Route("/api/keep/{kind}", explained(self._keep), methods=["POST"])]

    async def _keep(self, request: Request) -> Response:
        """Keep the file in the body; answers its path, as ``set`` takes it."""
        kind = request.path_params["kind"]
        if kind not in KINDS:
            return as_json({"error": tr("There is no such file"), "remedy": ""}, 404)
        name = safe_name(request.query_params.get("name", ""))
        place = self._private / f"kept-{secrets.token_hex(8)}"
        try:
            await in_thread(place.mkdir, 0o700)
            await save_file(request, place / name, MOST_BYTES)
            path = await in_thread(_kept, place / name, kind)
        finally:
            await in_thread(shutil.rmtree, place, ignore_errors=True)
        return as_json({"path": str(path)})


def _kept(sent: Path, kind: str) -> Path:
    """Where it is now; raises what using it would raise, with the name the user knows."""
    from platformdirs import user_data_path

    name, check = KINDS[kind]
    try:
        check(sent)
    except VcamError as error:
        what = error.what.replace(f"{sent.parent}{os.sep}", "")
        raise UsageError(what, error.remedy) from error
    folder = user_data_path("vcam", appauthor=False) / name
    content = sent.read_bytes()
    try:
        place, number = folder / sent.name, 1
        while place.exists() and place.read_bytes() != content:
            number += 1
            place = folder / f"{sent.stem} {number}{sent.suffix}"
        if not place.exists():
            files.write(place, content)
    except OSError as error:
        raise VcamError(
            tr(
                "{name!r} cannot be copied to {folder!r}: {why}",
                name=sent.name,
                folder=str(folder),
                why=reason(error),
            ),
            tr("Check the folder's permissions and space"),
        ) from error
    return place
