"""See what the virtual camera shows, in a window: Escape or Q closes it.

The keys M, O and B show the mask, an overlay of mask and room, and before and after; R goes
back.  Only you see these.

While the preview is open, the camera is on as in a call.  It ends when that vcam does.
Without a virtual camera, or when no vcam runs, it shows what the others would see."""

import argparse
import base64
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vcam.cli.streams import say
from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError, OutputError, VcamError
from vcam.imaging.options import RESULT, VIEWS
from vcam.status import State
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.frames import Image

TITLES = {
    RESULT: translatable("what the others see (M: mask, O: overlay, B: before and after)"),
    "mask": translatable("the mask, only you see this (R: back)"),
    "overlay": translatable("the room is tinted, only you see this (R: back)"),
    "split": translatable("before and after, only you see this (R: back)"),
}
"""Of the window, behind vcam's name, by the view in it."""
ALONE = translatable("only you see this (M: mask, O: overlay, B: before and after)")
"""The title of the result while it goes to no virtual camera."""
KEYS = {"m": "mask", "o": "overlay", "b": "split", "r": RESULT}
"""The view that a key shows; pressed again, it goes back."""
FPS = 15
FIRST_S = 10.0
"""Longest time that the first picture may take."""
POLL_S = 0.1
"""Interval at which the first picture is asked for."""
LOADS = ("cv2", "vcam.cli.run", "vcam.outputs.window", "vcam.tray.icon")
WAKING = [state.value for state in State if state.is_waking]
"""States in which the next picture may well be another one."""


class Answer(NamedTuple):
    """What the running vcam has to show."""

    image: "Image | None"
    """At most as wide as a preview; ``None`` while nothing is on air."""
    view: str
    """What it shows: the wanted view, or the result while there is no other."""
    state: str
    on_air: bool = True
    """Whether it goes to a virtual camera."""

    @property
    def title(self) -> str:
        """Of the window that shows it."""
        shown = TITLES[self.view] if self.on_air or self.view != RESULT else ALONE
        return f"vcam: {tr(shown)}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar=tr("FILE"),
        help=tr("save one picture (.png, .jpg, .webp) instead of opening a window"),
    )
    parser.add_argument(
        "--view",
        choices=VIEWS,
        default=RESULT,
        help=tr(
            "what is shown: the result, the mask, an overlay of mask and room, or the "
            "camera's picture and the result side by side (default: result)"
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it until the user or that vcam ends, or save one picture."""
    from vcam.frames import Size
    from vcam.imaging.pictures import encoded, write_atomically
    from vcam.outputs.files import check_picture
    from vcam.outputs.window import Window, window_opens
    from vcam.tray.icon import argb_icons

    wanted: str = arguments.view
    if arguments.output is not None:
        check_picture(arguments.output)
        image = _first(wanted, settled=True).image
        assert image is not None
        content = encoded(image, arguments.output.suffix)
        write_atomically(arguments.output, content)
        return 0
    if not window_opens():
        raise OutputError(
            tr("A preview window does not open here"),
            tr("Run it in a desktop session, or save a picture with --output FILE.png"),
        )
    with _vcam() as ended:
        shown = _first(RESULT, settled=False)
        image, titled = shown.image, shown.title
        assert image is not None
        window = Window(Size.of(image), titled)
        window.icons = argb_icons()
        with closing(window), suppress(NotRunningError):
            while not window.closed and not ended():
                due_s = time.monotonic() + 1 / FPS
                window.send(image)
                if pressed := KEYS.get(window.key):
                    wanted = RESULT if pressed == wanted else pressed
                time.sleep(max(0.0, due_s - time.monotonic()))
                fresh = _picture(wanted)
                if fresh.image is None:
                    continue
                image = fresh.image
                if fresh.title != titled:
                    titled = fresh.title
                    window.rename(titled)
    return 0


@contextmanager
def _vcam() -> Iterator[Callable[[], bool]]:
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
                say(*[f"vcam: {VcamError(told, status.remedy)}"] * bool(told))
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


def _first(view: str, *, settled: bool) -> Answer:
    """A picture; with ``settled`` one that a camera that is just waking up has sent."""
    until_s = time.monotonic() + FIRST_S
    while True:
        shown = _picture(view)
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


def _picture(view: str) -> Answer:
    import cv2
    import numpy as np

    answer = ask("picture", view=view)
    # A vcam that was started before an update answers less.
    shown, state = str(answer.get("view", RESULT)), str(answer["state"])
    on_air = bool(answer.get("on_air", True))
    if answer["jpeg"] is None:
        return Answer(None, shown, state, on_air)
    content = np.frombuffer(base64.b64decode(answer["jpeg"]), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_COLOR)
    picture = None if image is None else np.asarray(image, np.uint8)
    return Answer(picture, shown, state, on_air)
