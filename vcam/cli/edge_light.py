"""Light your face with a bright frame on your screen.

It lies above all other windows, and clicks go through it. It is not in your picture. The
same command ends it. Changes of the settings (tone, thickness) are seen at once."""

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from vcam.errors import OutputError
from vcam.translation import tr

LOCK, OFF = "edge-light.lock", "edge-light-off"
"""Names of files in the runtime folder: the one that shows it holds the first one, and
ends when the second one appears."""
LOOK_S = 0.5
"""Interval at which it is looked whether anything has changed."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--tone",
        metavar=tr("COLOUR"),
        help=tr("warm, neutral, cool or a colour as in CSS (default: the settings')"),
    )
    parser.add_argument(
        "--thickness",
        type=float,
        metavar=tr("PERCENT"),
        help=tr("percent of the screen's shorter side, 1 to 30"),
    )
    parser.add_argument(
        "--screen",
        type=int,
        metavar="N",
        help=tr("0 for the main screen, 1 for the first, and so on"),
    )
    parser.add_argument("--off", action="store_true", help=tr("end the one that is shown"))


def run(arguments: argparse.Namespace) -> int:
    """Show it until Ctrl-C or the same command ends it."""
    from vcam.cli.streams import tell
    from vcam.control.instance import AlreadyRunningError
    from vcam.local.lock import locked
    from vcam.local.runtime_folder import runtime_folder

    off = runtime_folder() / OFF
    busy = AlreadyRunningError(tr("The edge light is on already"))
    try:
        with locked(LOCK, busy):
            off.unlink(missing_ok=True)
            if arguments.off:
                tell(tr("There is no edge light"))
            else:
                _show(arguments, off)
    except AlreadyRunningError as error:
        if error is not busy:
            raise
        off.touch()
        tell(tr("The edge light goes out"))
    return 0


def _show(arguments: argparse.Namespace, off: Path) -> None:
    from vcam.cli.streams import tell
    from vcam.files import settings_path
    from vcam.outputs.x11_frame import FrameOnScreen
    from vcam.settings.followed import Followed

    given = {
        name: value
        for name in ("tone", "thickness", "screen")
        if (value := getattr(arguments, name)) is not None
    }
    followed = Followed(settings_path())
    options = replace(followed.settings.edge_light, **given)
    try:
        frame = FrameOnScreen()
    except OSError as error:
        raise OutputError(
            tr("An edge light does not open here"),
            tr("It needs X11 or XWayland. The studio has one, too: My camera, Edge light"),
        ) from error
    with closing(frame):
        frame.show(options)
        tell(tr("The edge light is on. The same command ends it, or Ctrl-C"))
        while not (frame.clicked or frame.lost or off.exists()):
            frame.wait(LOOK_S)
            frame.show(replace(followed.settings.edge_light, **given))
    off.unlink(missing_ok=True)
