"""Videos that a page sends, rendered by ``vcam render`` in a process of its own."""

import asyncio
import json
import logging
import re
import secrets
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import psutil
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from vcam.errors import ControlError, VcamError
from vcam.masking.options import MaskOptions
from vcam.studio.answers import as_json, explained, in_thread
from vcam.studio.guard import CLIP_BYTES
from vcam.studio.trial import Side, Trials
from vcam.studio.uploads import parsed, safe_name, save_file

log = logging.getLogger(__name__)

MOST = 4
"""Most clips at once; of those that are finished the oldest makes room."""
KEPT_S = 3600.0
"""Seconds that a clip is kept after a page has asked for it last."""
STOP_S = 2.0
"""Seconds that rendering may take to end when it is cancelled, before it is killed."""
LONGEST_COMPLAINT = 16 << 10
"""Most bytes that are read of the message of a failure."""
NICE: int = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
"""Priority of the rendering."""
RENDER = (sys.executable, "-P", "-m", "vcam", "render", "--json")


@dataclass(eq=False)
class Clip:
    """One clip, from its arrival until it is removed."""

    folder: Path
    given: str
    """The name of its file, in the folder."""
    name: str
    """That of the video that is made of it."""
    seconds: float = 0.0
    """How long it is, as the page says: a recording of a browser does not; 0 if unknown."""
    state: str = "rendering"
    progress: float = 0.0
    error: str = ""
    remedy: str = ""
    cancelled: bool = False
    process: "subprocess.Popen[str] | None" = None
    expiry: asyncio.TimerHandle | None = None

    @property
    def told(self) -> dict[str, Any]:
        """What a page shows of it."""
        names = ("state", "progress", "error", "remedy", "name")
        return {name: getattr(self, name) for name in names}


class Clips:
    """The routes of clips.  One is rendered at a time, the others wait.

    ``folder`` is the studio's private one, ``environment`` what ``vcam render`` inherits.
    """

    def __init__(
        self, folder: Path, environment: Mapping[str, str], trials: Trials
    ) -> None:
        self._folder, self._environment = folder, dict(environment)
        self._trials = trials
        self._clips: dict[str, Clip] = {}
        """By their ids, the oldest first.  Used on the event loop."""
        self._going: list[Clip] = []
        """Those that are being cancelled and removed."""
        self._arriving = 0
        self._changing = threading.Lock()
        """Held for what follows, to start a process, and to decide that none is started."""
        self._waiting: deque[tuple[Clip, Sequence[str]]] = deque()
        self._thread: threading.Thread | None = None

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [
            Route("/api/clips", explained(self._add), methods=["POST"]),
            Route("/api/clips/{id}", explained(self._tell), methods=["GET"]),
            Route("/api/clips/{id}", explained(self._remove), methods=["DELETE"]),
            Route("/api/clips/{id}/file", explained(self._download)),
        ]

    def cancel(self) -> None:
        """Begin to end everything; does not wait."""
        with self._changing:
            for clip in (*self._clips.values(), *self._going):
                clip.cancelled = True
                if clip.process is not None:
                    clip.process.terminate()

    def close(self) -> None:
        """Cancel everything, within bounds, and remove all files.  After the event loop."""
        clips = [*self._clips.values(), *self._going]
        for clip in clips:
            self._cancel(clip)
        thread = self._thread
        if thread is not None:
            thread.join(STOP_S)
        for clip in clips:
            shutil.rmtree(clip.folder, ignore_errors=True)

    async def _add(self, request: Request) -> Response:
        """Take the video in the body, and render it with the page's settings."""
        query = request.query_params
        words = await in_thread(self._words, query.get("page", ""), query)
        given = safe_name(query.get("name", ""))
        self._make_room()
        clip_id = secrets.token_hex(8)
        folder = self._folder / f"clip-{clip_id}"
        clip = Clip(folder, given, f"{Path(given).stem}-vcam.mp4", _seconds(query))
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
        self._begin(clip, words)
        return as_json({"id": clip_id})

    async def _tell(self, request: Request) -> Response:
        clip = self._clip(request)
        return MISSING if clip is None else as_json(clip.told)

    async def _download(self, request: Request) -> Response:
        clip = self._clip(request)
        if clip is None:
            return MISSING
        if clip.state != "done":
            raise ControlError("The clip is not ready", "Wait until it is rendered")
        video = clip.folder / clip.name
        return FileResponse(video, filename=clip.name, media_type="video/mp4")

    async def _remove(self, request: Request) -> Response:
        clip = self._clip(request)
        if clip is None:
            return MISSING
        await self._forget(request.path_params["id"])
        return as_json({})

    def _words(self, page: str, query: Mapping[str, str]) -> list[str]:
        """What ``vcam render`` is told; raises :class:`~vcam.errors.VcamError`."""
        side = Side.of(parsed(query.get("settings", "{}")))
        background = self._trials.of(page).background(side)
        return ["--background", str(background), *mask_words(side.mask)]

    def _clip(self, request: Request) -> Clip | None:
        clip_id = request.path_params["id"]
        if clip_id not in self._clips:
            return None
        self._keep(clip_id)
        return self._clips[clip_id]

    def _keep(self, clip_id: str) -> None:
        """For a while from now on."""
        clip, loop = self._clips[clip_id], asyncio.get_running_loop()
        if clip.expiry is not None:
            clip.expiry.cancel()

        def expire() -> None:
            if clip.state == "rendering":
                self._keep(clip_id)
            else:
                self._expiring = loop.create_task(self._forget(clip_id))

        clip.expiry = loop.call_later(KEPT_S, expire)

    def _make_room(self) -> None:
        if len(self._clips) + self._arriving < MOST:
            return
        for clip_id, clip in self._clips.items():
            if clip.state != "rendering":
                self._expiring = asyncio.create_task(self._forget(clip_id))
                return
        raise ControlError(
            f"{MOST} clips are being rendered", "Wait until one is done, or remove one"
        )

    async def _forget(self, clip_id: str) -> None:
        clip = self._clips.pop(clip_id, None)
        if clip is None:
            return
        if clip.expiry is not None:
            clip.expiry.cancel()
        self._going.append(clip)
        await in_thread(self._cancel, clip)
        await in_thread(shutil.rmtree, clip.folder, ignore_errors=True)
        self._going.remove(clip)

    def _begin(self, clip: Clip, words: Sequence[str]) -> None:
        """Render it when those before it are done."""
        with self._changing:
            self._waiting.append((clip, words))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="vcam-studio-clip", daemon=True
                )
                self._thread.start()

    def _cancel(self, clip: Clip) -> None:
        """End its rendering, within bounds, or do not begin it."""
        with self._changing:
            clip.cancelled = True
            process = clip.process
        if process is not None:
            _end(process)

    # From here on: only the thread.

    def _work(self) -> None:
        while True:
            with self._changing:
                if not self._waiting:
                    self._thread = None
                    return
                clip, words = self._waiting.popleft()
            self._render(clip, words)

    def _render(self, clip: Clip, words: Sequence[str]) -> None:
        try:
            error = self._rendered(clip, words)
        except Exception:
            log.exception("a bug in rendering a clip")
            error = VcamError("Something broke", "See the log for details")
        if error is not None:
            clip.error, clip.remedy = error.what, error.remedy
        (clip.folder / clip.given).unlink(missing_ok=True)
        clip.state = "done" if error is None else "failed"

    def _rendered(self, clip: Clip, words: Sequence[str]) -> VcamError | None:
        complaints = clip.folder / ".complaints"
        with self._changing:
            if clip.cancelled:
                return VcamError("Cancelled")
            try:
                with complaints.open("xb") as file:
                    process = subprocess.Popen(
                        # In its folder, so that messages have the names that people gave.
                        [*RENDER, *words, "--", clip.given, clip.name],
                        cwd=clip.folder,
                        env=self._environment,
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=file,
                        encoding="utf-8",
                    )
            except OSError as error:
                return VcamError(f"vcam render cannot be started: {error.strerror}")
            clip.process = process
            with suppress(psutil.Error):  # pictures of a call come first
                psutil.Process(process.pid).nice(NICE)
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                clip.progress = max(clip.progress, _progress(line, clip.seconds))
        if process.returncode == 0:
            clip.progress = 1.0
            return None
        with complaints.open("rb") as file:
            said = file.read(LONGEST_COMPLAINT).decode(errors="replace").splitlines()
        told = [line.removeprefix("vcam: ") for line in said if line.strip()]
        ended = f"vcam render ended with status {process.returncode}"
        return VcamError(told[-1] if told else ended)


MISSING = as_json({"error": "The clip is gone", "remedy": "Send it again"}, 404)


def mask_words(mask: MaskOptions) -> list[str]:
    """The arguments that make ``vcam render`` use ``mask``."""
    usual = MaskOptions()
    values = {each.name: getattr(mask, each.name) for each in fields(mask)}
    changed = [name for name in values if values[name] != getattr(usual, name)]
    return [
        word for name in changed for word in ("--mask-option", f"{name}={values[name]}")
    ]


def _seconds(query: Mapping[str, str]) -> float:
    text = query.get("seconds", "")
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d{1,9})?", text) else 0.0


def _progress(line: str, seconds: float) -> float:
    """How much is done, 0..1, by a line of ``vcam render --json``."""
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(line)
        total = told["of"] or seconds * told["rate"]
        return float(min(0.99, told["frames"] / total)) if total else 0.0
    return 0.0


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
