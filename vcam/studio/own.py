"""Backgrounds that are sent to *Try it*: kept in the private folder as long as the page."""

import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam.backgrounds.choosing import of_file
from vcam.errors import UsageError, VcamError
from vcam.printable import printable
from vcam.studio.answers import as_json, explained, in_thread
from vcam.studio.gallery import THUMB, thumb_of
from vcam.studio.guard import MOST_BYTES
from vcam.studio.trial import UPLOAD, Trial, Trials
from vcam.studio.uploads import safe_name, save_file
from vcam.translation import tr

AT_MOST = 12
"""Most backgrounds of one page."""


class OwnBackgrounds:
    """Their routes.  ``private`` is the studio's folder for what is sent."""

    def __init__(self, private: Path, trials: Trials) -> None:
        self._private, self._trials = private, trials

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [
            Route("/api/upload", explained(self._add), methods=["POST"]),
            Route("/api/upload/{number:int}/thumb", explained(self._thumb)),
        ]

    async def _add(self, request: Request) -> Response:
        trial = self._trial(request)
        name = safe_name(request.query_params.get("name", ""))
        if len(trial.uploads) >= AT_MOST:
            raise UsageError(
                tr("This page has {count} backgrounds of its own already", count=AT_MOST),
                tr("Load the page again to begin anew, or add files to the gallery"),
            )
        path = self._private / f"own-{secrets.token_hex(8)}{Path(name).suffix}"
        try:
            await save_file(request, path, MOST_BYTES)
            kind = await in_thread(_checked, path, name)
        except BaseException:
            await in_thread(path.unlink, missing_ok=True)
            raise
        number = trial.keep(path)
        key = request.query_params["page"]
        return as_json(
            {
                "background": f"{UPLOAD}{number}",
                "title": printable(Path(name).stem),
                "kind": kind,
                "thumb": f"/api/upload/{number}/thumb?page={key}",
            }
        )

    async def _thumb(self, request: Request) -> Response:
        path = self._trial(request).uploads.get(f"{UPLOAD}{request.path_params['number']}")
        if path is None:
            return as_json({"error": tr("There is no such background"), "remedy": ""}, 404)
        jpeg = await in_thread(thumb_of, path)
        return Response(jpeg, media_type="image/jpeg")

    def _trial(self, request: Request) -> Trial:
        return self._trials.of(request.query_params.get("page", ""))


def _checked(path: Path, name: str) -> str:
    """Its kind; raises what showing it would raise, with the name that the user knows."""
    try:
        chosen = of_file(path)
        chosen.open(THUMB).close()
    except VcamError as error:
        what = error.what.replace(str(path), name)
        raise UsageError(what, error.remedy) from error
    return chosen.kind
