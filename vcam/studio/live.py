"""The pictures of *Try it*, there and back over one WebSocket, and their downloads.

Up: a text with the page's settings, or a picture: 8 bytes, which are the page's number for
it and :data:`FLAGS`, then a JPEG, PNG or WebP.  Down: the same 8 bytes and a JPEG, or a
text with an error or figures.
"""

import asyncio
import json
import struct
import time
from contextlib import suppress
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from vcam.errors import PictureError, UsageError, VcamError
from vcam.frames import Image, Size
from vcam.imaging.pictures import encoded
from vcam.studio.answers import as_json, explained, in_thread, refusal
from vcam.studio.trial import Request, Trial, Trials
from vcam.translation import tr

HEADER = struct.Struct("<II")
"""Before every picture: its number, and flags."""
STILL, FIRST = 1, 2
"""The flags: it is no part of a video; it is the first one of another source."""
LARGEST, SMALLEST = Size(1920, 1080), 16
"""Most pixels of a picture, as a size, and fewest of each side."""
LONGEST_TEXT = 16 << 10
QUALITY = 85
"""JPEG quality of what is sent to the page."""
FIGURES_S = 1.0
"""Seconds between two texts with figures."""
SAVED = {"result": "vcam.png", "mask": "vcam-mask.png", "cutout": "vcam-cutout.png"}
"""The downloads, and the names of their files."""


def routes(trials: Trials) -> list[BaseRoute]:
    """What the page needs for *Try it*."""

    async def live(socket: WebSocket) -> None:
        await _live(socket, trials)

    async def save(request: HttpRequest) -> Response:
        return await _save(request, trials)

    return [
        WebSocketRoute("/api/live", live),
        Route("/api/save/{what}.png", explained(save)),
    ]


async def _live(socket: WebSocket, trials: Trials) -> None:
    await socket.accept()
    try:
        trial = trials.of(socket.query_params.get("page", ""))
    except UsageError as error:
        await socket.send_text(json.dumps(refusal(error)))
        await socket.close(1008)
        return
    figures_s = 0.0
    try:
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            try:
                if (text := message.get("text")) is not None:
                    await in_thread(_ask, trial, text)
                    continue
                picture = await in_thread(_picture, trial, message["bytes"])
            except VcamError as error:
                number = (message.get("bytes") or b"")[: HEADER.size]
                id_ = HEADER.unpack(number)[0] if len(number) == HEADER.size else None
                await socket.send_text(json.dumps({**refusal(error), "id": id_}))
                continue
            await socket.send_bytes(picture)
            if time.monotonic() - figures_s > FIGURES_S:
                figures_s = time.monotonic()
                await socket.send_text(json.dumps(_figures(trial)))
    except (WebSocketDisconnect, RuntimeError):  # it has gone while something was sent
        return
    finally:
        # Also when the server ends, which cancels this.
        with suppress(asyncio.CancelledError):
            await in_thread(trial.rest)


def _ask(trial: Trial, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise UsageError(tr("Settings of {count} characters are too long", count=len(text)))
    try:
        given: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(tr("The settings are not JSON")) from error
    trial.ask(Request.of(given))


def _picture(trial: Trial, message: bytes) -> bytes:
    number, content = message[: HEADER.size], message[HEADER.size :]
    if len(number) < HEADER.size:
        raise UsageError(
            tr("A message of {count} bytes has no picture", count=len(message))
        )
    flags = HEADER.unpack(number)[1]
    frame = decoded(content)
    if flags & FIRST:
        trial.rest()
    view = trial.view(frame, time.monotonic(), live=not flags & STILL)
    _, jpeg = cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return number + jpeg.tobytes()


def decoded(content: bytes) -> Image:
    """A picture that the page sent: ``uint8 (height, width, 3)``, BGR.

    Raises :class:`~vcam.errors.PictureError` for what is no picture, or is too large; the
    size is read first, so that a small file cannot fill the memory.
    """
    from PIL import Image as Pictures

    try:
        with Pictures.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            size = Size(*picture.size)
    except (OSError, SyntaxError, ValueError, Pictures.DecompressionBombError) as error:
        raise PictureError(
            tr("What was sent is not a JPEG, PNG or WebP picture")
        ) from error
    if size.width * size.height > LARGEST.width * LARGEST.height or min(size) < SMALLEST:
        raise PictureError(
            tr("A picture of {size} cannot be used here", size=size),
            tr("It may have up to {size}", size=LARGEST),
        )
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PictureError(tr("The picture that was sent is broken"))
    return np.asarray(image, np.uint8)


def _figures(trial: Trial) -> dict[str, Any]:
    costs_ms = {stage: round(ms, 2) for stage, ms in trial.costs_ms.items()}
    return {"costs_ms": costs_ms, "alpha_mean": round(trial.alpha_mean, 4)}


async def _save(request: HttpRequest, trials: Trials) -> Response:
    what = request.path_params["what"]
    if what not in SAVED:
        return as_json({"error": tr("There is no {name!r}", name=what), "remedy": ""}, 404)
    trial = trials.of(request.query_params.get("page", ""))

    def saved() -> bytes | None:
        image = trial.saved(what)
        return None if image is None else encoded(image, ".png")

    png = await in_thread(saved)
    if png is None:
        raise UsageError(
            tr("There is no picture yet"), tr("Start the webcam, or choose a file")
        )
    headers = {"content-disposition": f'attachment; filename="{SAVED[what]}"'}
    return Response(png, media_type="image/png", headers=headers)
