"""What can be asked of the running vcam: one method per verb, one row per method."""

import base64
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vcam.app import App
from vcam.backgrounds.choosing import GalleryEntry, gallery
from vcam.control.errand import Answer, Errand, Seen, answered
from vcam.errors import ControlError, UsageError
from vcam.frames import Image, Size
from vcam.imaging.pictures import encoded
from vcam.imaging.resize import fitted
from vcam.settings import Settings, to_table
from vcam.settings.edits import Edit, edit_of
from vcam.status import Hold, Status
from vcam.status_text import background_name, headline

Request = Mapping[str, Any]

LOOKING_AT_MOST = 8
"""Commands whose files hang; each keeps a thread."""
PREVIEW_WIDTH = 960
"""Pixels: what a preview is scaled down to."""


class Verbs:
    """The running vcam, as others may command it."""

    def __init__(self, app: App, show_tray: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self._show_tray = show_tray
        self._errands: list[Errand[Any]] = []
        self._verbs: dict[str, Callable[[Request], Answer | Errand[Any]]] = {
            "status": lambda _: report(app.status, app.settings),
            "set": self._set,
            "next": lambda _: self._step(1),
            "previous": lambda _: self._step(-1),
            "pause": lambda request: self._hold(Hold.PAUSE, request),
            "freeze": lambda request: self._hold(Hold.FREEZE, request),
            "resume": lambda request: self._hold(Hold.NOTHING, request),
            "picture": self._picture,
            "show": self._show,
            "quit": self._quit,
        }

    def answer(self, request: Request) -> Answer | Errand[Any]:
        """Do what ``request["verb"]`` says, or begin to; what went wrong is an answer."""
        return answered(
            lambda: self._verbs.get(str(request.get("verb")), _unknown)(request)
        )

    def close(self, within_s: float) -> None:
        """Wait for those that still look at files; what hangs is left behind."""
        deadline_s = time.monotonic() + within_s
        for errand in self._errands:
            errand.thread.join(max(0.0, deadline_s - time.monotonic()))

    def _set(self, request: Request) -> Errand[Any]:
        words, folder = request.get("words"), request.get("folder")
        if (
            not isinstance(words, list)
            or not all(isinstance(word, str) for word in words)
            or not isinstance(folder, str)
        ):
            raise UsageError("The request has no words, or no folder")
        now, check = self._app.settings, self._app.prepare

        def act(edit: Edit) -> Answer:
            self._app.change(edit)
            return {}

        return self._errand(lambda: edit_of(words, Path(folder), now, check), act)

    def _step(self, step: int) -> Errand[Any]:
        def act(entries: Sequence[GalleryEntry]) -> Answer:
            chosen = self._app.step(step, entries)
            return {"background": background_name(str(chosen))}

        return self._errand(gallery, act)

    def _errand(
        self, look: Callable[[], Seen], act: Callable[[Seen], Answer]
    ) -> Errand[Seen]:
        self._errands = [each for each in self._errands if not each.ready]
        if len(self._errands) == LOOKING_AT_MOST:
            raise ControlError(
                "Earlier commands still wait for a drive that hangs", "Unmount it"
            )
        errand = Errand(look, act)
        self._errands.append(errand)
        return errand

    def _hold(self, hold: Hold, request: Request) -> Answer:
        # By the wish, not by what is on air, which comes a moment later or has to wait.
        back = request.get("toggle") and self._app.held is hold
        self._app.hold(Hold.NOTHING if back else hold)
        return {}

    def _picture(self, request: Request) -> Answer:
        image, state = self._app.picture, self._app.status.state.value
        if image is None:
            return {"jpeg": None, "state": state}
        jpeg = base64.b64encode(encoded(_preview(image), ".jpg"))
        return {"jpeg": jpeg.decode("ascii"), "state": state}

    def _show(self, request: Request) -> Answer:
        return {"pid": os.getpid(), "tray": self._show_tray()}

    def _quit(self, request: Request) -> Answer:
        self._app.quit()
        return {"pid": os.getpid()}


def _unknown(request: Request) -> Answer:
    verb = request.get("verb")
    raise UsageError(f"The running vcam does not know {verb!r}", "Is it an older one?")


def report(status: Status, settings: Settings) -> dict[str, Any]:
    """The state of things for programs: plain values, as ``vcam status --json`` prints."""
    return {
        "state": status.state.value,
        "headline": headline(status),
        **{
            name: value
            for name, value in asdict(replace(status, costs_ms={})).items()
            if name != "state"
        },
        "costs_ms": dict(status.costs_ms),
        "pid": os.getpid(),
        "settings": to_table(settings),
    }


def _preview(image: Image) -> Image:
    width, height = Size.of(image)
    if width <= PREVIEW_WIDTH:
        return image
    return fitted(image, Size(PREVIEW_WIDTH, round(height * PREVIEW_WIDTH / width)))
