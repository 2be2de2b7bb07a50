"""Try backgrounds, tune the mask and drive the running vcam, in your browser.

It prints its address, opens it, and runs until Ctrl-C or until it is ended in the page.
Nothing leaves this machine."""

import argparse
from contextlib import ExitStack
from importlib.util import find_spec

from vcam import installing
from vcam.cli import signals
from vcam.cli.streams import say, tell
from vcam.errors import ControlError, UsageError
from vcam.translation import tr

NEEDED = ("gradio", "matplotlib", "starlette", "uvicorn", "websockets")
"""The packages of the extra."""
LOADS = ("cv2", "vcam.studio.handover")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--no-browser", action="store_true", help=tr("only print the address")
    )
    parser.add_argument(
        "--port",
        type=int,
        default=0,
        metavar="N",
        help=tr("the port on this machine (default: a free one)"),
    )
    parser.add_argument(
        "--until-closed",
        action="store_true",
        help=tr("end when the page has been closed, as the tray wants it"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve the page, or open that of the studio which runs already."""
    from vcam.control.instance import AlreadyRunningError
    from vcam.studio import handover

    if lacking := missing():
        raise UsageError(
            tr(
                "The studio needs packages that are not installed: {packages}",
                packages=", ".join(lacking),
            ),
            tr(
                "Install them with: {command}",
                command=installing.typed(installing.command("install", installing.STUDIO)),
            ),
        )
    if not 0 <= arguments.port < 1 << 16:
        raise UsageError(
            tr("The port {port} is not between 0 and 65535", port=arguments.port)
        )
    try:
        with handover.only_one():
            _serve(arguments)
    except AlreadyRunningError:
        address = handover.running_address()
        tell(tr("The studio is running: {address}", address=address))
        _open(arguments)
    return 0


def missing() -> list[str]:
    """The packages of the extra that are not installed."""
    return [name for name in NEEDED if find_spec(name) is None]


def _serve(arguments: argparse.Namespace) -> None:
    import cv2

    from vcam.studio import handover
    from vcam.studio.environment import applied, private_folder

    cv2.setNumThreads(1)
    with ExitStack() as stack:
        folder = stack.enter_context(private_folder())
        environment = stack.enter_context(applied(folder))
        from vcam.studio.server import Studio  # what it imports reads the environment

        studio = Studio(folder, environment, arguments.port, arguments.until_closed)
        stack.callback(studio.close)
        stack.enter_context(signals.handled(lambda *_: studio.end(), *signals.NAMES))
        stack.enter_context(handover.published(studio.address))
        tell(tr("The studio is at {address}", address=studio.address))
        _open(arguments)
        studio.run()


def _open(arguments: argparse.Namespace) -> None:
    """Open the browser; raises ControlError when nobody could come without one."""
    from vcam.studio import handover

    if arguments.no_browser or handover.open_browser():
        return
    if arguments.until_closed:
        raise ControlError(
            tr("No browser opens here"),
            tr("Run `vcam studio` in a terminal, and open its address"),
        )
    say(f"vcam: {tr('no browser opens here; open the address yourself')}")
