"""*How it works*, the page made with Gradio: loaded when somebody first opens it.

Importing Gradio takes four seconds and 170 MB.  Until it is there, or when it cannot be
loaded, ``static/splash.html`` is shown in its place.
"""

import logging
import threading

from starlette.responses import HTMLResponse

from vcam.studio import page
from vcam.studio.guard import MOST_BYTES, App, Receive, Scope, Send

log = logging.getLogger(__name__)

JOIN_S = 2.0
"""Longest time that the end waits for an import."""


class How:
    """An ASGI application for everything below ``/how``."""

    def __init__(self) -> None:
        self._page: App | None = None
        self._thread: threading.Thread | None = None
        self._error = ""

    @property
    def state(self) -> dict[str, str]:
        """What the splash asks for: ``state`` idle, loading, ready or failed; ``error``."""
        if self._page is not None:
            return {"state": "ready", "error": ""}
        if self._error:
            return {"state": "failed", "error": self._error}
        return {"state": "idle" if self._thread is None else "loading", "error": ""}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with Gradio's page, or with the splash while there is none."""
        if self._page is not None:
            await self._page(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1013})
            return
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._load, name="vcam-studio-gradio", daemon=True
            )
            self._thread.start()
        await HTMLResponse(page.html("splash.html"))(scope, receive, send)

    def close(self) -> None:
        """Wait for a loading that is under way, a moment."""
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _load(self) -> None:
        try:
            from vcam.studio.tutorial import application

            self._page = application(MOST_BYTES >> 20)
        except Exception as error:  # whatever it is, the page must say so
            log.exception("Gradio cannot be loaded")
            self._error = f"{type(error).__name__}: {error}"
