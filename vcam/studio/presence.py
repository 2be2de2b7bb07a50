"""Whether somebody has the page open: each page holds one WebSocket for it."""

import time

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket

FIRST_S = 120.0
"""Seconds that a browser may take to open the first page."""
LAST_S = 20.0
"""Seconds without a page, after which nobody comes back: loading a page anew takes less."""


class Presence:
    """Counts the pages that are open."""

    def __init__(self) -> None:
        self._open = 0
        self._empty_since_s = time.monotonic()
        self._patience_s = FIRST_S

    @property
    def is_over(self) -> bool:
        """Whether no page has been open for long enough to end."""
        empty_s = time.monotonic() - self._empty_since_s
        return not self._open and empty_s > self._patience_s

    def routes(self) -> list[BaseRoute]:
        """The WebSocket that says nothing, and tells the page when the studio ends."""
        return [WebSocketRoute("/api/presence", self._here)]

    async def _here(self, socket: WebSocket) -> None:
        await socket.accept()
        self._open += 1
        self._patience_s = LAST_S
        try:
            while (await socket.receive())["type"] != "websocket.disconnect":
                pass
        finally:
            self._open -= 1
            self._empty_since_s = time.monotonic()
