"""What is on air, asked of the running vcam for the user's own windows.

When none runs, one of our own does, which publishes nothing.
"""

import base64
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from vcam.cli.streams import say
from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError, VcamError
from vcam.imaging.options import RESULT
from vcam.status import State
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.frames import Image

FIRST_S = 10.0
"""Longest time that the first picture may take."""
POLL_S = 0.1
"""Interval at which the first picture is asked for."""
LOADS = ("cv2", "vcam.cli.run")
WAKING = [state.value for state in State if state.is_waking]
"""States in which the next picture may well be another one."""


class Shown(NamedTuple):
    """What the running vcam has to show."""

    image: "Image | None"
    """At most as wide as a preview; ``None`` while nothing is on air."""
    view: str
    """What it shows: the wanted view, or the result while there is no other."""
    state: str
    on_air: bool = True
    """Whether it goes to a virtual camera."""
    figures: Mapping[str, Any] | None = None
    """As :func:`vcam.control.figures.figures` makes them, if they were asked for."""
    keeps: bool = False
    """Whether a part of the room is in it, because the user keeps it."""


def picture(view: str = RESULT, figures: bool = False) -> Shown:
    """What is on air now."""
    import cv2
    import numpy as np

    answer = ask("picture", view=view, figures=figures)
    # A vcam that was started before an update answers less.
    shown = Shown(
        None,
        str(answer.get("view", RESULT)),
        str(answer["state"]),
        bool(answer.get("on_air", True)),
        answer.get("figures"),
        bool(answer.get("keeps")),
    )
    if answer["jpeg"] is None:
        return shown
    content = np.frombuffer(base64.b64decode(answer["jpeg"]), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_COLOR)
    return shown if image is None else shown._replace(image=np.asarray(image, np.uint8))


def first(view: str = RESULT, *, settled: bool = False) -> Shown:
    """A picture; with ``settled`` one that a camera that is just waking up has sent."""
    until_s = time.monotonic() + FIRST_S
    while True:
        shown = picture(view)
        late = time.monotonic() > until_s
        ready = late or not settled or shown.state not in WAKING
        if shown.image is not None and shown.view == view and ready:
            return shown
        if late:
            if shown.image is None or view == RESULT:
                raise ControlError(
                    tr("Nothing is on air"), tr("`vcam status` says what is missing")
                )
            raise ControlError(
                tr("What is on air cannot be shown as {view}", view=repr(view)),
                tr("Only a live picture on a virtual background can: see `vcam status`"),
            )
        time.sleep(POLL_S)


@contextmanager
def vcam() -> Iterator[Callable[[], bool]]:
    """The running vcam, or our own that publishes nothing; tells whether it ended."""
    if _runs():
        yield lambda: False
        return
    from vcam.cli import parser_of
    from vcam.cli.run import ask_permission, made
    from vcam.control.instance import only_one
    from vcam.control.server import Server

    _, parser = parser_of("run")
    with only_one(), closing(made(parser.parse(["--device", "nothing"]))) as app:
        told = ""

        def ended() -> bool:
            nonlocal told
            status = app.status
            if status.message != told:
                told = status.message
                if told:
                    say(f"vcam: {VcamError(told, status.remedy)}")
            return app.wait(0)

        with Server(app):
            ask_permission(app.settings)
            app.start()
            yield ended


def _runs() -> bool:
    try:
        ask("status")
    except NotRunningError:
        return False
    return True
