"""The server of the studio: its routes, its life, its end."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.protocols.http.h11_impl import H11Protocol

from vcam import __version__
from vcam.errors import ControlError
from vcam.local.channel import Connection, listen_for_browser
from vcam.reasons import reason
from vcam.sources import capture
from vcam.studio import handover, live, page, profiles, welcome
from vcam.studio.answers import as_json, in_thread, workers
from vcam.studio.camera import MyCamera
from vcam.studio.clips import Clips
from vcam.studio.gallery import Gallery
from vcam.studio.guard import CLIP_BYTES, MOST_BYTES, Guard, Receive, Scope, Send
from vcam.studio.how import How
from vcam.studio.kept_files import KeptFiles
from vcam.studio.own import OwnBackgrounds
from vcam.studio.presence import Presence
from vcam.studio.trial import Trials, dials
from vcam.translation import tr

LONGEST_MESSAGE = 8 << 20
"""Most bytes of a message of a WebSocket: a picture of *Try it*."""
STOP_S = 1
"""Seconds that connections which are still open get at the end."""
FIRST_S = 10.0
"""Seconds that a connection may take to send the head of its first request."""
MOST_CONNECTIONS = 200
"""Most connections at once: fewer than files that a process may have open."""
BACKLOG = 32
"""Connections that wait to be accepted; as often asyncio tries when it cannot."""
FOLLOWS = sys.platform == "darwin"
"""Whether the list of cameras is only renewed with the main thread's help."""
POLL_S = 1.0
"""Seconds between two checks whether a page is still open."""


class Studio:
    """The studio's server.  Made and run on the main thread.

    ``folder`` is the private one for what is sent to it, ``environment`` what programs
    that it starts inherit.  Raises :class:`~vcam.errors.ControlError` when it cannot listen
    at ``port``.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        port: int = 0,
        until_closed: bool = False,
    ) -> None:
        self._until_closed = until_closed
        try:
            self._sockets: Sequence[Connection] = listen_for_browser(port)
        except OSError as error:
            raise ControlError(
                tr(
                    "The studio cannot listen at port {port}: {why}",
                    port=port,
                    why=reason(error),
                ),
                tr("Choose another one with --port, or leave it out"),
            ) from error
        self._trials, self._how, self._presence = Trials(), How(), Presence()
        self._gallery = Gallery(folder)
        self._own = OwnBackgrounds(folder, self._trials)
        self._kept = KeptFiles(folder)
        self._camera = MyCamera(folder, environment)
        self._clips = Clips(folder, environment, self._trials)
        self._pages = Starlette(routes=self._routes())
        self._guard = Guard(self._dispatch, self._sockets[0].getsockname()[1])
        self._server = _Server(
            uvicorn.Config(
                self._guard,
                loop="asyncio",
                http=_Bounded,
                backlog=BACKLOG,
                ws="websockets-sansio",
                ws_max_size=LONGEST_MESSAGE,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=STOP_S,
            ),
            self._ending,
        )

    @property
    def address(self) -> str:
        """What the browser is told to open, with the token."""
        return self._guard.address

    def run(self) -> None:
        """Serve until :meth:`end` is called, or until nobody has the page open."""
        # It says at the end which connections it had to cut, which nobody asks.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        with ExitStack() as stack:
            stack.callback(self._trials.close)
            stack.callback(self._how.close)
            stack.callback(self._clips.close)
            stack.enter_context(workers())
            asyncio.run(self._serve())

    def close(self) -> None:
        """Listen no more.  After :meth:`run`, or instead of it."""
        for each in self._sockets:
            each.close()

    def end(self) -> None:
        """End soon.  A signal handler may call it."""
        self._server.should_exit = True

    async def _serve(self) -> None:
        beside = [asyncio.create_task(self._watch())]
        if FOLLOWS:
            beside.append(asyncio.create_task(self._follow_cameras()))
        try:
            await self._server.serve(sockets=list(self._sockets))
        finally:
            for each in beside:
                each.cancel()

    async def _ending(self) -> None:
        self._clips.end()
        await self._camera.close()

    async def _watch(self) -> None:
        while self._until_closed and not self._presence.is_over:
            await asyncio.sleep(POLL_S)
        if self._until_closed:
            self.end()

    async def _follow_cameras(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            capture.follow_changes()

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        how = scope["path"].startswith("/how/")
        await (self._how if how else self._pages)(scope, receive, send)

    def _routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._index),
            Route("/favicon.ico", self._icon),  # for Gradio's page, which names none
            Mount("/static", StaticFiles(directory=page.STATIC)),
            Route("/how-state", self._how_state),
            Route("/api/facts", self._facts),
            Route("/api/messages.js", self._messages),
            Route("/api/end", self._end, methods=["POST"]),
            *self._presence.routes(),
            *live.routes(self._trials),
            *self._own.routes(),
            *self._gallery.routes(),
            *self._kept.routes(),
            *self._camera.routes(),
            *profiles.routes(),
            *self._clips.routes(),
            *welcome.routes(),
        ]

    async def _index(self, request: Request) -> Response:
        return HTMLResponse(page.html("index.html"))

    async def _messages(self, request: Request) -> Response:
        return Response(page.script(), media_type="text/javascript")

    async def _icon(self, request: Request) -> Response:
        return FileResponse(page.STATIC / "icon.svg")

    async def _how_state(self, request: Request) -> Response:
        return as_json(self._how.state)

    async def _facts(self, request: Request) -> Response:
        facts: dict[str, Any] = {
            "version": __version__,
            "gallery": await in_thread(self._gallery.tiles),
            "welcome": await in_thread(handover.take_welcome),
            **dials(),
            "most_mb": MOST_BYTES >> 20,
            "clip_mb": CLIP_BYTES >> 20,
        }
        return as_json(facts)

    async def _end(self, request: Request) -> Response:
        self.end()
        return as_json({})


class _Bounded(H11Protocol):
    """A connection; whoever says nothing, or comes in crowds, is not kept.

    Every program of this machine can connect, and need not show who it is for that.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As in the parent."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self.loop.call_later(FIRST_S, self._check)

    def _check(self) -> None:
        if self.cycle is None and self.transport.get_protocol() is self:
            self.transport.abort()


class _Server(uvicorn.Server):
    """Calls ``ending`` before it waits for the connections that are open."""

    def __init__(
        self, config: uvicorn.Config, ending: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """As in the parent."""
        await self._ending()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command: uvicorn would raise them again at its end."""
        yield
