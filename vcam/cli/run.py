"""Publish yourself on another background to the virtual camera, until Ctrl-C."""

import argparse
import signal
import sys
from dataclasses import replace
from pathlib import Path

from vcam.app import App
from vcam.cli import arguments as shared
from vcam.errors import UsageError, VcamError
from vcam.settings import Settings, settings_path
from vcam.status import State, Status

LOOK_S = 0.25


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments; what is left out is as in the settings file."""
    shared.add_background(parser, None)
    parser.add_argument(
        "-c",
        "--camera",
        metavar="WHICH",
        help="a camera's name, index or /dev path, a video or picture file, or presenter "
        "(default: the first physical camera)",
    )
    parser.add_argument(
        "-d", "--device", help="the virtual camera: its path or label (default: vcam)"
    )
    parser.add_argument("--size", type=shared.size, help="for example 1280x720")
    parser.add_argument("--fps", type=float, help="frames per second, for example 30")
    parser.add_argument(
        "--mirror", action=argparse.BooleanOptionalAction, help="exchange left and right"
    )
    parser.add_argument(
        "--settings", type=Path, help=f"the settings file (default: {settings_path()})"
    )
    shared.add_mask(parser)


def run(arguments: argparse.Namespace) -> int:
    """Publish until told to stop; 1 when it ended in failure."""
    import cv2

    from vcam.sources.capture import ask_permission

    # One thread per frame is enough, and leaves the other cores to the call.
    cv2.setNumThreads(1)
    path = arguments.settings or settings_path()
    app = App(path, override=lambda settings: _overridden(settings, arguments))
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: app.quit())
    # macOS lets only the main thread ask the user for the camera.
    ask_permission()
    app.start()
    report = _Report(app.settings)
    try:
        while not app.wait(LOOK_S):
            report.on(app.status)
    finally:
        failed = app.status.state is State.FAILED
        report.end()
        app.close()
    return 1 if failed else 0


def _overridden(settings: Settings, arguments: argparse.Namespace) -> Settings:
    output = settings.output
    output = replace(
        output,
        device=output.device if arguments.device is None else arguments.device,
        size=arguments.size or output.size,
        fps=output.fps if arguments.fps is None else arguments.fps,
    )
    source = settings.source
    if arguments.camera is not None:
        camera = arguments.camera
        is_path = "/" in camera and not camera.startswith(("/dev/", "/sys/"))
        if is_path and not Path(camera).expanduser().is_file():
            raise UsageError(f"There is no file {camera!r}", "Check the path")
        source = replace(source, camera=camera)
    if arguments.mirror is not None:
        source = replace(source, mirror=arguments.mirror)
    background = settings.background
    if arguments.background is not None:
        background = shared.background(arguments.background, arguments.fit, output.size)
    mask = shared.mask(arguments, settings.mask)
    return Settings(source, mask, background, output)


class _Report:
    """Tells a person at the terminal what changes, once; figures only on a terminal."""

    def __init__(self, settings: Settings) -> None:
        self._background = str(settings.background)
        self._told: tuple[State, str] | None = None
        self._line_open = False

    def on(self, status: Status) -> None:
        news = status.state, status.message
        if news != self._told:
            self._told = news
            self.end()
            if status.state is State.LIVE:
                print(f"Live: {status.camera} → {status.output}.")
                print(f"Background: {self._background}.")
                if status.shows_room:
                    print("Your real room is visible, as you chose.")
                print("Ctrl-C ends.", flush=True)
            elif status.message:
                trouble = VcamError(status.message, status.remedy)
                tries = "" if status.state is State.FAILED else " Trying again…"
                print(f"{trouble}{tries}", file=sys.stderr, flush=True)
        if status.state is State.LIVE and sys.stdout.isatty():
            cost_ms = sum(status.costs_ms.values())
            text = (
                f"{status.fps:5.1f} frames/s   {status.latency_ms:4.0f} ms behind the "
                f"camera   {cost_ms:4.1f} ms of processor a frame"
            )
            print(f"\r{text}\x1b[K", end="", flush=True)
            self._line_open = True

    def end(self) -> None:
        if self._line_open:
            print()
            self._line_open = False
