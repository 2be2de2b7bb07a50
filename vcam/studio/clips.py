"""Videos that a page sends, rendered to a file that it fetches."""

import asyncio
import re
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from vcam.errors import ControlError
from vcam.studio.answers import as_json, explained, in_thread
from vcam.studio.guard import CLIP_BYTES
from vcam.studio.rendering import Clip, Renderer, mask_words
from vcam.studio.trial import Side, Trials
from vcam.studio.uploads import parsed, safe_name, save_file
from vcam.translation import tr

MOST = 4
"""Most clips at once; of those that are finished the oldest makes room."""
KEPT_S = 3600.0
"""Seconds that a clip is kept after a page has asked for it last."""
TOLD = ("state", "progress", "error", "remedy", "name")
"""What a page is told of a clip."""


class Clips:
    """The routes of clips.

    ``folder`` is the studio's private one, ``environment`` what ``vcam render`` inherits.
    Used on the event loop.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], trials: Trials
    ) -> None:
        self._folder, self._trials = folder, trials
        self._renderer = Renderer(environment)
        self._clips: dict[str, Clip] = {}
        """By their ids, the oldest first."""
        self._expiries: dict[str, asyncio.TimerHandle] = {}
        self._arriving = 0
        self._removing: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [
            Route("/api/clips", explained(self._add), methods=["POST"]),
            Route("/api/clips/{id}", explained(self._tell), methods=["GET"]),
            Route("/api/clips/{id}", explained(self._remove), methods=["DELETE"]),
            Route("/api/clips/{id}/file", explained(self._download)),
        ]

    def end(self) -> None:
        """Begin to end what is rendered; does not wait."""
        self._renderer.end()

    def close(self) -> None:
        """End it, within bounds.  After the event loop, and before the folder goes."""
        self._renderer.close()

    async def _add(self, request: Request) -> Response:
        """Take the video in the body, and render it with the page's settings."""
        query = request.query_params
        words = await in_thread(self._words, query)
        given = safe_name(query.get("name", ""))
        self._make_room()
        clip_id = secrets.token_hex(8)
        folder = self._folder / f"clip-{clip_id}"
        clip = Clip(folder, given, f"{Path(given).stem}-vcam.mp4", words, _seconds(query))
        self._arriving += 1
        try:
            await in_thread(folder.mkdir, 0o700)
            await save_file(request, folder / given, CLIP_BYTES)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            self._arriving -= 1
        self._clips[clip_id] = clip
        self._keep(clip_id)
        self._renderer.begin(clip)
        return as_json({"id": clip_id})

    async def _tell(self, request: Request) -> Response:
        clip = self._clip(request)
        if clip is None:
            return _missing()
        return as_json({name: getattr(clip, name) for name in TOLD})

    async def _download(self, request: Request) -> Response:
        clip = self._clip(request)
        if clip is None:
            return _missing()
        if clip.state != "done":
            raise ControlError(tr("The clip is not ready"), tr("Wait until it is rendered"))
        video = clip.folder / clip.name
        return FileResponse(video, filename=clip.name, media_type="video/mp4")

    async def _remove(self, request: Request) -> Response:
        if self._clip(request) is None:
            return _missing()
        await self._forget(request.path_params["id"])
        return as_json({})

    def _words(self, query: Mapping[str, str]) -> list[str]:
        """What ``vcam render`` is told; raises :class:`~vcam.errors.VcamError`."""
        side = Side.of(parsed(query.get("settings", "{}")))
        background = self._trials.of(query.get("page", "")).background(side)
        return ["--background", str(background), *mask_words(side.mask)]

    def _clip(self, request: Request) -> Clip | None:
        clip_id = request.path_params["id"]
        if clip_id not in self._clips:
            return None
        self._keep(clip_id)
        return self._clips[clip_id]

    def _keep(self, clip_id: str) -> None:
        """For a while from now on."""
        if (before := self._expiries.get(clip_id)) is not None:
            before.cancel()
        loop = asyncio.get_running_loop()
        self._expiries[clip_id] = loop.call_later(KEPT_S, self._expire, clip_id)

    def _expire(self, clip_id: str) -> None:
        """Remove it, unless it is being rendered."""
        if self._clips[clip_id].state == "rendering":
            self._keep(clip_id)
            return
        removing = asyncio.create_task(self._forget(clip_id))
        self._removing.add(removing)
        removing.add_done_callback(self._removing.discard)

    def _make_room(self) -> None:
        if len(self._clips) + self._arriving < MOST:
            return
        for clip_id, clip in self._clips.items():
            if clip.state != "rendering":
                self._expire(clip_id)
                return
        raise ControlError(
            tr("{count} clips are being rendered", count=MOST),
            tr("Wait until one is done, or remove one"),
        )

    async def _forget(self, clip_id: str) -> None:
        clip = self._clips.pop(clip_id, None)
        if clip is not None:
            self._expiries.pop(clip_id).cancel()
            await in_thread(self._renderer.cancel, clip)
            await in_thread(shutil.rmtree, clip.folder, ignore_errors=True)


def _missing() -> Response:
    return as_json({"error": tr("The clip is gone"), "remedy": tr("Send it again")}, 404)


def _seconds(query: Mapping[str, str]) -> float:
    text = query.get("seconds", "")
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text) else 0.0
