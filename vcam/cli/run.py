"""Publish yourself on another background to the virtual camera, until Ctrl-C."""

import argparse
import sys
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vcam.cli import arguments as shared
from vcam.cli import overrides, signals
from vcam.cli.streams import overwrite, say, tell
from vcam.errors import BackgroundError, UsageError, VcamError
from vcam.translation import quoted, tr

if TYPE_CHECKING:
    from vcam.app import App
    from vcam.backgrounds import Background
    from vcam.engine.background_loader import BackgroundLoader
    from vcam.frames import Size
    from vcam.settings import Settings
    from vcam.status import State, Status

POLL_S = 0.25
"""Interval at which the status is read."""
LOADS = ("cv2", "vcam.app", "vcam.control.server")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; what is left out is as in the settings file."""
    from vcam.files import settings_path
    from vcam.outputs.opening import OUTPUTS
    from vcam.outputs.options import USUAL_PORT

    shared.add_background(parser, None)
    parser.add_argument(
        "-c",
        "--camera",
        metavar=tr("WHICH"),
        help=tr(
            "a camera's name, index or /dev path, a video or picture file, or presenter "
            "(default: the first physical camera)"
        ),
    )
    parser.add_argument(
        "-d",
        "--device",
        metavar=tr("DEVICE"),
        help=tr(
            "the virtual camera: its path, label or name (default: the usual one of the "
            "system); or another output: {outputs}",
            outputs=", ".join(OUTPUTS),
        ),
    )
    parser.add_argument(
        "--serve",
        nargs="?",
        type=shared.port,
        const=USUAL_PORT,
        metavar=tr("PORT"),
        help=tr(
            "let programs of yours read the picture at an address of this machine, which "
            "'vcam status' tells: OBS's browser or media source (default port: {port}; "
            "off: not)",
            port=USUAL_PORT,
        ),
    )
    parser.add_argument(
        "--size", metavar=tr("SIZE"), type=shared.size, help=tr("for example 1280x720")
    )
    parser.add_argument("--fps", type=float, help=tr("frames per second, for example 30"))
    shared.add_turn(parser)
    parser.add_argument(
        "--mirror",
        action=argparse.BooleanOptionalAction,
        help=tr("exchange left and right"),
    )
    parser.add_argument(
        "--cpu-budget",
        type=shared.cpu_budget,
        metavar=tr("PERCENT"),
        help=tr(
            "of one core, for example 40%%: the mask becomes simpler where it must; auto "
            "keeps up with the camera, lighter on battery"
        ),
    )
    parser.add_argument(
        "--settings",
        metavar=tr("SETTINGS"),
        type=Path,
        help=tr("the settings file (default: {path})", path=settings_path()),
    )
    shared.add_framing(parser)
    shared.add_overlay(parser)
    shared.add_mask(parser)
    overrides.add_set(parser)


def run(arguments: argparse.Namespace) -> int:
    """Publish until vcam is stopped; 1 when it failed, or was never live."""
    from vcam.control.instance import only_one

    with only_one():
        return _publish(made(arguments))


def made(arguments: argparse.Namespace) -> "App":
    """The app as the arguments and the settings want it, not started.

    Unfinished files of a vcam that was killed are removed.
    """
    import cv2

    from vcam import files
    from vcam.app import App
    from vcam.backgrounds.choosing import user_gallery
    from vcam.engine.background_loader import BackgroundLoader
    from vcam.files import settings_path
    from vcam.local.runtime_folder import runtime_folder
    from vcam.memory import keep_few_pools

    # One thread per frame is enough, and leaves the other cores to the call.
    cv2.setNumThreads(1)
    keep_few_pools()
    path = arguments.settings or settings_path()
    if arguments.settings is not None and not files.there(path):
        raise UsageError(
            tr("There are no settings {file}", file=quoted(str(path))),
            tr("Check the path, or leave --settings out"),
        )
    loader = BackgroundLoader()
    with ExitStack() as failed:
        failed.callback(loader.close)
        app = App(
            path,
            override=lambda settings: _overridden(settings, arguments, loader),
            loader=loader,
        )
        failed.pop_all()
    for folder in (path.resolve().parent, user_gallery(), runtime_folder()):
        files.sweep(folder)
    return app


def ask_permission(settings: "Settings") -> None:
    """On macOS, let the user allow the camera: only the main thread may ask."""
    from vcam.sources import capture
    from vcam.sources.opening import PRESENTER, file_meant

    camera = settings.source.camera
    if camera != PRESENTER and file_meant(camera) is None:
        capture.ask_permission()


def _publish(app: "App") -> int:
    from vcam.control.server import Server
    from vcam.sources import capture
    from vcam.status import State

    with signals.ended_by(app.quit), Server(app):
        ask_permission(app.settings)
        app.start()
        report = Report()
        try:
            while not app.wait(POLL_S):
                report.on(app.status)
                capture.follow_changes()
        finally:
            status = app.status
            report.end()
            app.close()
    worked = status.published or status.state.needs_no_camera
    return 0 if worked and status.state is not State.FAILED else 1


def _overridden(
    settings: "Settings", arguments: argparse.Namespace, loader: "BackgroundLoader"
) -> "Settings":
    from vcam.settings.edits import check_camera

    settings = overrides.with_words(arguments, settings, check=loader.prepare)
    output = settings.output
    output = replace(
        output,
        device=output.device if arguments.device is None else arguments.device,
        size=arguments.size or output.size,
        fps=output.fps if arguments.fps is None else arguments.fps,
        serve=output.serve if arguments.serve is None else arguments.serve,
    )
    source = shared.turned(arguments, settings.source)
    if arguments.camera is not None:
        check_camera(arguments.camera)
        source = replace(source, camera=arguments.camera)
    if arguments.mirror is not None:
        source = replace(source, mirror=arguments.mirror)
    background = _background(settings.background, output.size, arguments, loader)
    mask = shared.mask(arguments, settings.mask)
    power = settings.power
    if arguments.cpu_budget is not None:
        power = replace(power, cpu_budget=arguments.cpu_budget)
    return replace(
        shared.with_overlay(arguments, settings),
        source=source,
        mask=mask,
        background=background,
        framing=shared.framing(arguments, settings.framing),
        output=output,
        power=power,
    )


def _background(
    chosen: "Background",
    size: "Size",
    arguments: argparse.Namespace,
    loader: "BackgroundLoader",
) -> "Background":
    from vcam.backgrounds import with_fit
    from vcam.settings.edits import named_background

    if arguments.background is not None:
        text, fit = arguments.background, arguments.fit
        return named_background(text, fit, size, before=chosen, check=loader.prepare)
    chosen = with_fit(chosen, arguments.fit)
    try:
        loader.prepare(chosen, size)
    except BackgroundError as error:
        # The settings may be older than the picture's move: viewers see a card meanwhile.
        say(f"vcam: {error}")
    return chosen


class Report:
    """Prints each change once; figures only at a terminal.

    A terminal that was closed, or a log on a full disk, ends nothing.
    """

    def __init__(self) -> None:
        self._reported: tuple[State, str, bool] | None = None
        self._line_open = False
        self._served = ""

    def on(self, status: "Status") -> None:
        """Print what has changed in it."""
        with suppress(OSError):
            self._tell(status)

    def end(self) -> None:
        """Leave the cursor on a line of its own."""
        with suppress(OSError):
            self._end_line()

    def _tell(self, status: "Status") -> None:
        from vcam.status import State
        from vcam.status_text import headline

        letting_go = status.state.needs_no_camera and bool(status.camera)
        news = status.state, status.message, letting_go
        if news != self._reported:
            self._reported = news
            self._end_line()
            if status.state is State.LIVE:
                tell(
                    tr(
                        "Live: {camera} → {output}.",
                        camera=status.camera,
                        output=status.output,
                    ),
                    tr("Background: {background}.", background=status.background),
                    *[tr("Your real room is visible, as you chose.")] * status.shows_room,
                    tr("Ctrl-C ends."),
                )
            elif status.state.needs_no_camera:
                said = [f"{headline(status)}."]
                if status.state is State.RESTING:
                    said.append(
                        tr(
                            "Your camera is off until a call opens {output}.",
                            output=status.output,
                        )
                    )
                tell(" ".join([*said, tr("Ctrl-C ends.")]))
            elif status.message:
                trouble = str(VcamError(status.message, status.remedy))
                if status.state is not State.FAILED:
                    trouble = f"{trouble} {tr('Trying again…')}"
                tell(trouble, to=sys.stderr)
        if status.served != self._served:
            self._served = status.served
            if status.served:
                self._end_line()
                tell(_served(status.served))
        if status.state is State.LIVE and sys.stdout.isatty():
            cost_ms = sum(status.costs_ms.values())
            text = tr(
                "{rate} frames/s   {delay} ms behind the camera   {cost} ms of processor "
                "a frame",
                rate=f"{status.fps:5.1f}",
                delay=f"{status.latency_ms:4.0f}",
                cost=f"{cost_ms:4.1f}",
            )
            overwrite(sys.stdout, text)
            self._line_open = True

    def _end_line(self) -> None:
        if self._line_open:
            tell("")
            self._line_open = False


def _served(address: str) -> str:
    """Where the picture is served; in a log without the token."""
    if sys.stdout.isatty():
        return tr("Programs of yours can read the picture at {where}", where=address)
    where = urlsplit(address).netloc
    return tr(
        "Programs of yours can read the picture at {where}: see `vcam status`", where=where
    )
