"""*My camera*: what is on air, how it is, and what can be done to the running vcam.

Everything is asked of the running vcam, as its commands do.  However many pages listen,
it is asked for one picture and one status at a time, and not at all when nobody listens.
"""

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError, UsageError, VcamError
from vcam.frames import Size
from vcam.imaging.pictures import encoded
from vcam.pipeline.cards import slate
from vcam.status import State
from vcam.studio.answers import as_json, ask_in_thread, explained, refusal
from vcam.studio.cameras import listed
from vcam.studio.feed import Feed, Stream
from vcam.studio.starting import Starter
from vcam.studio.uploads import json_object
from vcam.translation import tr, translatable

VERBS = ("set", "profile", "next", "previous", "pause", "freeze", "loop", "resume", "quit")
"""What a page may ask for."""
MOST_WORDS, LONGEST_WORD = 32, 4096
"""Most words of ``set``, and most characters of one."""
MOST_CHANGES = 8
"""Most requests that wait for the one that is being carried out."""
FPS = 15.0
"""Most pictures a second."""
STILL_S = 0.25
"""Seconds between two pictures while what is on air does not move, or is a card."""
MOVING = [each.value for each in (State.LIVE, State.STARTING, State.LOOPING)]
ABSENT_S = 1.0
"""Seconds between two tries while there is no picture, and between two statuses."""
PREVIEWS, FOLLOWERS = 4, 8
"""Most previews, and most pages that follow the status, at once."""
KEEP_S = 15.0
"""Seconds of silence after which the connection is kept alive."""
CARD = Size(960, 540)
"""Size of the card that is shown when there is no picture."""
NOTHING = translatable("Nothing is on air")
BOUNDARY = b"vcam"
"""Stands between two pictures."""


class MyCamera:
    """The routes of *My camera*.

    ``folder`` is the studio's private one; ``environment`` is what a vcam that is started
    inherits.  Used on the event loop.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._starter = Starter(folder, environment)
        self._pictures: Feed[bytes] = Feed(self._picture, PREVIEWS)
        self._statuses: Feed[dict[str, Any]] = Feed(self._status, FOLLOWERS)
        self._intervals_s: list[float] = []
        """Seconds between two pictures that each preview wants."""
        self._changing, self._changes = asyncio.Lock(), 0

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [
            Route("/api/camera/picture", explained(self._preview)),
            Route("/api/camera/events", explained(self._events)),
            Route("/api/camera/list", explained(self._list)),
            Route("/api/camera/do", explained(self._do), methods=["POST"]),
            Route("/api/camera/canvas", explained(self._canvas)),
            Route("/api/camera/paint", explained(self._paint), methods=["POST"]),
            Route("/api/camera/start", explained(self._start), methods=["POST"]),
        ]

    async def close(self) -> None:
        """End what is streamed: otherwise the server waits for the browser to go."""
        await self._pictures.close()
        await self._statuses.close()

    async def _preview(self, request: Request) -> Response:
        """The pictures on air as one endless answer, which an ``<img>`` shows."""
        try:
            fps = float(request.query_params.get("fps", FPS))
        except ValueError:
            fps = 0.0
        if not 1 <= fps <= FPS:
            raise UsageError(tr("fps is not a number from 1 to {most}", most=f"{FPS:g}"))
        self._pictures.check()
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY.decode()}"
        return Stream(self._parts(1 / fps), media_type=kind)

    async def _parts(self, interval_s: float) -> AsyncGenerator[bytes, None]:
        # A browser shows a picture when it sees the head of the one after it.
        head = b"--%b\r\nContent-Type: image/jpeg\r\n\r\n" % BOUNDARY
        yield head
        before = None
        self._intervals_s.append(interval_s)
        try:
            async with aclosing(self._pictures.listen(KEEP_S)) as pictures:
                async for jpeg, fresh in pictures:
                    if fresh and jpeg == before:
                        continue
                    before = jpeg
                    yield b"%b\r\n%b" % (jpeg, head)
        finally:
            self._intervals_s.remove(interval_s)

    def _picture(self) -> tuple[bytes, float]:
        try:
            answer = ask("picture")
        except VcamError as error:
            return _card(error.what, error.remedy), ABSENT_S
        if answer["jpeg"] is None:
            return _card(NOTHING, ""), ABSENT_S
        moves = answer["state"] in MOVING
        interval_s = min(self._intervals_s, default=STILL_S) if moves else STILL_S
        return base64.b64decode(answer["jpeg"]), interval_s

    async def _events(self, request: Request) -> Response:
        """What the running vcam is doing, whenever that has changed."""
        self._statuses.check()
        return Stream(self._news(), media_type="text/event-stream")

    def _status(self) -> tuple[dict[str, Any], float]:
        self._starter.reap()
        nothing = {"error": "", "remedy": "", "status": {}}
        try:
            status = ask("status")
        except NotRunningError as error:
            return {**nothing, "running": False, **refusal(error)}, ABSENT_S
        except VcamError as error:
            return {**nothing, "running": True, **refusal(error)}, ABSENT_S
        status.pop("served", None)  # a secret that the page has no use for
        return {**nothing, "running": True, "status": status}, ABSENT_S

    async def _news(self) -> AsyncGenerator[bytes, None]:
        told = None
        async with aclosing(self._statuses.listen(KEEP_S)) as statuses:
            async for status, fresh in statuses:
                if not fresh:
                    yield b":\n\n"  # a comment, which keeps the connection alive
                elif status != told:
                    told = status
                    yield b"data: %b\n\n" % json.dumps(status).encode()

    async def _list(self, request: Request) -> Response:
        return as_json({"cameras": await ask_in_thread(listed)})

    async def _do(self, request: Request) -> Response:
        given = await json_object(request)
        verb, words = given.get("verb"), given.get("words", [])
        if verb not in VERBS:
            raise UsageError(tr("The studio does not know {verb!r}", verb=verb))
        if not _are_words(words):
            raise UsageError(
                tr(
                    "words is not a list of up to {most} texts of up to {longest} "
                    "characters",
                    most=MOST_WORDS,
                    longest=LONGEST_WORD,
                )
            )
        more: dict[str, Any] = {"words": words, "folder": str(Path.home())}
        if verb != "set":
            more = {"name": given.get("name")} if verb == "profile" else {}
        return as_json(await self._change(verb, **more))

    async def _change(self, verb: str, **more: Any) -> dict[str, Any]:
        """Ask the running vcam for it, one after the other; the page sees it at once."""
        if self._changes > MOST_CHANGES:
            raise ControlError(
                tr("The running vcam is still busy"), tr("Try again in a moment")
            )
        self._changes += 1
        try:
            async with self._changing:
                answer = await ask_in_thread(ask, verb, **more)
        finally:
            self._changes -= 1
        self._statuses.hurry()
        self._pictures.hurry()
        return answer

    async def _canvas(self, request: Request) -> Response:
        """The camera's picture to paint on, and what was painted; for the user alone."""
        return as_json(await ask_in_thread(ask, "canvas"))

    async def _paint(self, request: Request) -> Response:
        given = await json_object(request)
        more = {"camera": given.get("camera"), "rows": given.get("rows")}
        return as_json(await self._change("paint", **more))

    async def _start(self, request: Request) -> Response:
        answer = await self._starter.start()
        self._statuses.hurry()
        self._pictures.hurry()
        return as_json(answer)


def _are_words(given: object) -> bool:
    return (
        isinstance(given, list)
        and len(given) <= MOST_WORDS
        and all(isinstance(each, str) and len(each) <= LONGEST_WORD for each in given)
    )


@lru_cache(maxsize=4)
def _card(message: str, detail: str) -> bytes:
    return encoded(slate(CARD, message, detail), ".jpg")
