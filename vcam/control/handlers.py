"""What the running vcam does for each request: one function per request."""

import base64
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from vcam.app import App
from vcam.control import painting
from vcam.control.figures import figures
from vcam.control.session import Prepare, Request
from vcam.errors import UsageError
from vcam.frames import Image, Size
from vcam.imaging import mask_views
from vcam.imaging.options import RESULT, VIEWS
from vcam.imaging.pictures import encoded
from vcam.imaging.resize import fitted
from vcam.outputs.nothing import is_nowhere
from vcam.pipeline.privacy import Cleared
from vcam.settings import Settings, to_table
from vcam.settings.edits import edit_of
from vcam.settings.policy import NO_POLICY, Policy
from vcam.status import Status
from vcam.status_text import headline
from vcam.translation import tr
from vcam.verbs import VERBS, Act, Answer

PREVIEW_WIDTH = 960
"""Pixels: what a preview is scaled down to."""
SHOWN = ("output", "camera", "message", "remedy")
"""What is told of a preview."""


class Handlers:
    """The requests that a running vcam understands; :meth:`prepare` may be called by
    several threads at once.

    ``before_files`` is called before files are read, and may raise.
    """

    def __init__(
        self, app: App, show_tray: Callable[[], bool], before_files: Callable[[], None]
    ) -> None:
        self._app = app
        self._show_tray = show_tray
        self._before_files = before_files
        self._requests: dict[str, Prepare] = {
            "status": lambda _: (
                lambda: report(app.status, app.settings, app.shown, app.policy)
            ),
            "set": self._set,
            "profile": self._profile,
            "picture": self._picture,
            "canvas": lambda _: lambda: painting.canvas(app),
            "paint": lambda request: painting.paint(app, request),
            "regions": lambda request: painting.regions(app, request),
            "show": lambda _: self._show,
        }

    def prepare(self, request: Request) -> Act:
        """The first step of what ``request["verb"]`` says; the second one carries it out.

        Raises :class:`~vcam.errors.VcamError`.
        """
        name = request.get("verb")
        verb = VERBS.get(str(name))
        if verb is not None:
            if verb.edit is not None:
                self._before_files()
            return verb.prepare(self._app, request)
        if str(name) not in self._requests:
            raise UsageError(
                tr("The running vcam does not know {name!r}", name=name),
                tr("Is it an older one?"),
            )
        return self._requests[str(name)](request)

    def _set(self, request: Request) -> Act:
        words, folder = request.get("words"), request.get("folder")
        if (
            not isinstance(words, list)
            or not all(isinstance(word, str) for word in words)
            or not isinstance(folder, str)
        ):
            raise UsageError(tr("The request has no words, or no folder"))
        self._before_files()
        edit = edit_of(words, Path(folder), self._app.settings, self._app.prepare)

        def act() -> Answer:
            self._app.change(edit)
            return {}

        return act

    def _profile(self, request: Request) -> Act:
        name = request.get("name")
        if not isinstance(name, str):
            raise UsageError(tr("The request has no name"))
        self._before_files()
        edit = self._app.prepared(name)

        def act() -> Answer:
            self._app.change(edit)
            return {"background": self._app.settings.background.title}

        return act

    def _picture(self, request: Request) -> Act:
        wanted = request.get("view", RESULT)
        if wanted not in VIEWS:
            raise UsageError(
                tr("There is no view {name!r}", name=wanted),
                tr("Choose one of {names}", names=", ".join(VIEWS)),
            )

        counted = bool(request.get("figures"))

        def act() -> Answer:
            # A card and a still picture are shown as they are: no camera is on behind them.
            looks_inside = counted or wanted != RESULT
            inside = self._app.inspected if looks_inside else None
            inspected = None if wanted == RESULT else inside
            image = self._app.picture if inspected is None else _view(inspected, wanted)
            output = self._app.status.output
            return {
                "jpeg": None if image is None else _jpeg(_preview(image)),
                "view": RESULT if inspected is None else wanted,
                "state": self._app.shown.state.value,
                "on_air": bool(output) and not is_nowhere(output),
                "keeps": self._app.shown.keeps,
                "figures": figures(self._app.shown, inside) if counted else None,
            }

        return act

    def _show(self) -> Answer:
        return {"pid": os.getpid(), "tray": self._show_tray()}


def report(
    status: Status, settings: Settings, shown: Status, policy: Policy = NO_POLICY
) -> dict[str, Any]:
    """The state of things for programs: plain values, as ``vcam status --json`` prints.

    Headline, message and remedy are for people, in the language of the running vcam.
    ``shown`` says how the pictures of a preview come about: without a virtual camera too.
    """
    return {
        "state": status.state.value,
        "headline": headline(status),
        **{
            name: value
            for name, value in asdict(replace(status, costs_ms={})).items()
            if name != "state"
        },
        "costs_ms": dict(status.costs_ms),
        "shown": {name: getattr(shown, name) for name in SHOWN},
        "pid": os.getpid(),
        "settings": to_table(settings),
        "policy": policy.told(),
    }


def _view(picture: Cleared, view: str) -> Image:
    """What the picture was made of, as one of :data:`VIEWS` shows it."""
    assert picture.alpha is not None, "Inspection keeps no other"
    frame, alpha = _preview(picture.frame.image), _preview(picture.alpha)
    if view == "mask":
        return mask_views.mask_picture(alpha)
    if view == "overlay":
        return mask_views.overlay(frame, alpha)
    return mask_views.split(frame, _preview(picture.image))


def _jpeg(image: Image) -> str:
    return base64.b64encode(encoded(image, ".jpg")).decode("ascii")


def _preview(image: Image) -> Image:
    width, height = Size.of(image)
    if width <= PREVIEW_WIDTH:
        return image
    return fitted(image, Size(PREVIEW_WIDTH, round(height * PREVIEW_WIDTH / width)))
