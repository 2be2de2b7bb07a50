"""What can be asked of the running vcam: one method per verb, one row per method."""

import base64
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vcam.app import App
from vcam.assignments import edit_of
from vcam.backgrounds import Background
from vcam.backgrounds.choosing import gallery, neighbour
from vcam.errors import SettingsError, UsageError, VcamError
from vcam.frames import Image, Size
from vcam.framing import fitted
from vcam.headline import background_name, headline
from vcam.pictures import encoded
from vcam.settings import Settings, to_table
from vcam.status import Hold, Status

log = logging.getLogger(__name__)

Request = Mapping[str, Any]
Answer = Mapping[str, Any]

PREVIEW_WIDTH = 960
"""Pixels: what a preview is scaled down to."""


class Verbs:
    """The running vcam, as others may command it."""

    def __init__(self, app: App, show_tray: Callable[[], None] | None = None) -> None:
        self._app = app
        self._show_tray = show_tray
        self._verbs: dict[str, Callable[[Request], Answer]] = {
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

    def answer(self, request: Request) -> Answer:
        """Do what ``request["verb"]`` says; what went wrong is an answer, too."""
        verb = request.get("verb")
        try:
            return self._verbs.get(str(verb), _unknown)(request)
        except VcamError as error:
            mistake = isinstance(error, (UsageError, SettingsError))
            return {"error": error.what, "remedy": error.remedy, "mistake": mistake}
        except Exception:
            log.exception("a bug in the command %r", verb)
            return {"error": "Something broke", "remedy": "The log of vcam tells where"}

    def _set(self, request: Request) -> Answer:
        words, folder = request.get("words"), request.get("folder")
        if (
            not isinstance(words, list)
            or not all(isinstance(word, str) for word in words)
            or not isinstance(folder, str)
        ):
            raise UsageError("The request has no words, or no folder")
        edit = edit_of(words, Path(folder), self._app.settings.output.size)
        self._app.change(edit)
        return {}

    def _step(self, step: int) -> Answer:
        chosen: list[Background] = []

        def edit(settings: Settings) -> Settings:
            # Called for what is on air, then for what the file says: both get the same.
            if not chosen:
                chosen.append(neighbour(settings.background, step, gallery()))
            return replace(settings, background=chosen[0])

        self._app.change(edit)
        return {"background": background_name(str(chosen[0]))}

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
        if self._show_tray is not None:
            self._show_tray()
        return {"pid": os.getpid(), "tray": self._show_tray is not None}

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
