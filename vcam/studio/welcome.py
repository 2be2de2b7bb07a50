"""The welcome: three steps in the page, at the first start and whenever it is asked for."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam.control.client import ask
from vcam.errors import VcamError
from vcam.outputs.programs import places
from vcam.settings.first_start import note_welcome
from vcam.studio.answers import as_json, explained, in_thread


def routes() -> list[BaseRoute]:
    """What the page needs."""
    return [Route("/api/welcome", explained(_seen), methods=["POST"])]


async def _seen(request: Request) -> Response:
    """The page shows it; answers where the virtual camera is to be chosen."""
    return as_json(await in_thread(_noted))


def _noted() -> dict[str, Any]:
    note_welcome()
    try:
        output = str(ask("status")["output"])
    except VcamError:
        output = ""
    found = places(output)
    return {
        **found._asdict(),
        "places": [each._asdict() for each in found.places],
        "switches": [each._asdict() for each in found.switches],
    }
