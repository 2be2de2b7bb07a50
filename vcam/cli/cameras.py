"""List the physical cameras, what identifies each, and their modes; or one's controls."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vcam.cli.streams import tell, tell_json
from vcam.errors import SourceError, UsageError
from vcam.reasons import reason
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.sources.camera_info import CameraInfo
    from vcam.v4l2.controls import Control
    from vcam.v4l2.modes import Mode

NONE = translatable(
    "No camera found.\n\n"
    "Plug one in. If one is plugged in, another program may keep it, or you may lack the\n"
    "permission: `vcam doctor` says which. `vcam demo` needs no camera."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--controls",
        nargs="?",
        const="",
        metavar=tr("CAMERA"),
        help=tr(
            "list the controls of a camera (exposure, focus, zoom …) with their values, "
            "which vcam remembers and restores"
        ),
    )
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))


def run(arguments: argparse.Namespace) -> int:
    """Print the cameras; that there are none is an answer too."""
    from vcam.sources.listing import find_camera, list_cameras

    cameras = list_cameras()
    if arguments.controls is not None:
        _print_controls(find_camera(arguments.controls, cameras), arguments.json)
    elif arguments.json:
        tell_json([as_json(camera) for camera in cameras])
    elif cameras:
        for number, camera in enumerate(cameras):
            tell(*[""] * bool(number), *as_text(camera))
    else:
        tell(*tr(NONE).split("\n"))
    return 0


def as_text(camera: "CameraInfo") -> list[str]:
    """For people, by lines: the name, and one for each format."""
    from itertools import groupby

    name = camera.name
    if camera.virtual:
        name = tr("{name} (another program's virtual camera)", name=name)
    elif camera.infrared:
        name = tr("{name} (infrared)", name=name)
    known_by = dict.fromkeys((camera.path, camera.identity))  # in PipeWire they are one
    lines = [name, "  " + "  ".join(known_by)]
    for fourcc, modes in groupby(camera.modes, lambda mode: mode.fourcc):
        lines.append(f"  {fourcc:<5} " + ", ".join(map(_mode, _by_size(list(modes)))))
    return lines


def as_json(camera: "CameraInfo") -> dict[str, object]:
    """For programs: sizes as ``[width, height]`` in pixels, rates in frames per second."""
    return {
        "name": camera.name,
        "path": camera.path,
        "index": None if camera.in_pipewire else camera.index,
        "identity": camera.identity,
        "virtual": camera.virtual,
        "infrared": camera.infrared,
        "modes": [
            {"fourcc": mode.fourcc, "size": list(mode.size), "fps": list(mode.fps)}
            for mode in camera.modes
        ],
    }


def control_as_text(control: "Control", meanings: Mapping[int, str]) -> str:
    """For people: ``Brightness  90  (0 to 255, usually 128)``."""
    if meanings:
        words = [f"{value} {meaning}" for value, meaning in meanings.items()]
        values = ", ".join(words)
    else:
        values = tr("{least} to {most}", least=control.minimum, most=control.maximum)
    text = translatable("{values}, usually {usual}")
    if not control.settable:
        text = translatable("{values}, usually {usual}, now set by the camera")
    about = tr(text, values=values, usual=control.default)
    return f"  {control.name:<32} {control.value:>6}  ({about})"


def _print_controls(camera: "CameraInfo", as_json: bool) -> None:
    from dataclasses import asdict

    from vcam.v4l2.controls import choices, controls
    from vcam.v4l2.system import System, opened

    if camera.in_pipewire:
        raise UsageError(
            tr(
                "{name} is read through PipeWire, which does not tell its controls",
                name=camera.name,
            ),
            tr("Choose a camera with a path, such as /dev/video0"),
        )
    if not camera.path.startswith("/"):
        raise UsageError(
            tr("The controls of a camera are known on Linux only"),
            tr("Use your system's camera settings, or the program of the camera's maker"),
        )
    try:
        with opened(System(), camera.path) as ask:
            found = [(each, choices(ask, each)) for each in controls(ask)]
    except OSError as error:
        raise SourceError(
            tr(
                "{camera} ({path}) cannot be asked: {reason}",
                camera=camera.name,
                path=camera.path,
                reason=reason(error),
            ),
            tr("See what `vcam doctor` says"),
        ) from error
    if as_json:
        rows = [
            {**asdict(each), "settable": each.settable, "choices": meanings}
            for each, meanings in found
        ]
        tell_json(rows)
        return
    tell(f"{camera.name} ({camera.path})", *(control_as_text(*each) for each in found))
    if not found:
        tell(f"  {tr('It has no controls.')}")


def _by_size(modes: "Sequence[Mode]") -> "list[Mode]":
    return sorted(modes, key=lambda mode: (mode.size.width, mode.size.height), reverse=True)


def _mode(mode: "Mode") -> str:
    if not mode.fps:
        return str(mode.size)
    return tr("{size} at {fps}", size=mode.size, fps=f"{mode.fps[0]:g}")
