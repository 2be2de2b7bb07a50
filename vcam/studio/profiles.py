"""The profiles in *My camera*: which there are; one is saved, or removed."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam.control.client import NotRunningError, ask
from vcam.errors import UsageError
from vcam.files import settings_path
from vcam.settings import Settings, from_table, load, profiles
from vcam.settings.policy_file import policy
from vcam.studio.answers import as_json, ask_in_thread, explained
from vcam.studio.uploads import json_object
from vcam.translation import tr


def routes() -> list[BaseRoute]:
    """What the page needs; one is chosen like every setting of the running vcam."""
    return [
        Route("/api/profiles", explained(_list)),
        Route("/api/profiles", explained(_keep), methods=["POST"]),
    ]


async def _list(request: Request) -> Response:
    return as_json(await ask_in_thread(_found))


async def _keep(request: Request) -> Response:
    given = await json_object(request)
    name, what = given.get("name"), given.get("do")
    if not isinstance(name, str) or what not in ("save", "remove"):
        raise UsageError(tr("The request has no name"))
    await ask_in_thread(_save if what == "save" else profiles.remove, name)
    return as_json(await ask_in_thread(_found))


def _found() -> dict[str, Any]:
    now, known = _now(), profiles.everything()
    chosen = next((each.name for each in known if each.is_chosen(now)), "")
    return {"names": [each.name for each in known], "chosen": chosen}


def _save(name: str) -> None:
    profiles.save(name, _now())


def _now() -> Settings:
    """The settings in effect, or those of the vcam that will start."""
    try:
        return from_table(ask("status")["settings"])
    except NotRunningError:
        return policy().enforced(load(settings_path()))
