"""See what the virtual camera shows, in a window: Escape or Q closes it.

While the preview is open, the camera is on as in a call.  It ends when that vcam does."""

import argparse
import base64
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError, OutputError
from vcam.status import State

if TYPE_CHECKING:
    from vcam.frames import Image

TITLE = "vcam: what the others see"
FPS = 15
FIRST_S = 5.0
"""Longest time that the first picture may take."""
POLL_S = 0.1
"""Interval at which the first picture is asked for."""
LOADS = ("cv2", "vcam.outputs.window")
WAKING = [state.value for state in State if state.is_waking]
"""States in which the next picture may well be another one."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="save one picture (.png, .jpg) instead of opening a window",
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it until the user or that vcam ends, or save one picture."""
    from vcam.frames import Size
    from vcam.imaging.pictures import encoded, write_atomically
    from vcam.outputs.files import check_place
    from vcam.outputs.window import Window, window_opens

    if arguments.output is not None:
        check_place(arguments.output)
        content = encoded(_first(settled=True), arguments.output.suffix)
        write_atomically(arguments.output, content)
        return 0
    image = _first(settled=False)
    if not window_opens():
        raise OutputError(
            "A preview window does not open here",
            "Run it in a desktop session, or save a picture with --output FILE.png",
        )
    with closing(Window(Size.of(image), TITLE)) as window, suppress(NotRunningError):
        while not window.closed:
            due_s = time.monotonic() + 1 / FPS
            window.send(image)
            time.sleep(max(0.0, due_s - time.monotonic()))
            fresh, _ = _picture()
            image = image if fresh is None else fresh
    return 0


def _first(*, settled: bool) -> "Image":
    """A picture; with ``settled`` one that a camera that is just waking up has sent."""
    until_s = time.monotonic() + FIRST_S
    while True:
        image, state = _picture()
        late = time.monotonic() > until_s
        if image is not None and (late or not settled or state not in WAKING):
            return image
        if late:
            raise ControlError("Nothing is on air", "`vcam status` says what is missing")
        time.sleep(POLL_S)


def _picture() -> "tuple[Image | None, str]":
    """What is on air, at most as wide as a preview, if anything is; and the state."""
    import cv2
    import numpy as np

    answer = ask("picture")
    if answer["jpeg"] is None:
        return None, answer["state"]
    content = np.frombuffer(base64.b64decode(answer["jpeg"]), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8), answer["state"]
