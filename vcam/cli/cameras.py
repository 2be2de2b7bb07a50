"""List the physical cameras, what identifies each, and their modes."""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import groupby

from vcam.sources.camera_info import CameraInfo
from vcam.sources.listing import list_cameras
from vcam.v4l2.modes import Mode

NONE = """No camera found.

Plug one in. If one is plugged in, another program may keep it, or you may lack the
permission: `vcam doctor` says which. `vcam demo` needs no camera."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print it for programs")


def run(arguments: argparse.Namespace) -> int:
    """Print the cameras; that there are none is an answer too."""
    cameras = list_cameras()
    if arguments.json:
        json.dump([as_json(camera) for camera in cameras], sys.stdout)
        print()
    elif cameras:
        print("\n\n".join(map(as_text, cameras)))
    else:
        print(NONE)
    return 0


def as_text(camera: CameraInfo) -> str:
    """For people: the name, and one line for each format."""
    remark = " (another program's virtual camera)" if camera.virtual else ""
    remark = remark or (" (infrared)" if camera.infrared else "")
    lines = [f"{camera.name}{remark}", f"  {camera.path}  {camera.identity}"]
    for fourcc, modes in groupby(camera.modes, lambda mode: mode.fourcc):
        lines.append(f"  {fourcc:<5} " + ", ".join(map(_mode, _by_size(list(modes)))))
    return "\n".join(lines)


def as_json(camera: CameraInfo) -> dict[str, object]:
    """For programs: sizes as ``[width, height]`` in pixels, rates in frames per second."""
    return {
        "name": camera.name,
        "path": camera.path,
        "index": camera.index,
        "identity": camera.identity,
        "virtual": camera.virtual,
        "infrared": camera.infrared,
        "modes": [
            {"fourcc": mode.fourcc, "size": list(mode.size), "fps": list(mode.fps)}
            for mode in camera.modes
        ],
    }


def _by_size(modes: Sequence[Mode]) -> list[Mode]:
    return sorted(modes, key=lambda mode: (mode.size.width, mode.size.height), reverse=True)


def _mode(mode: Mode) -> str:
    return f"{mode.size} at {mode.fps[0]:g}" if mode.fps else str(mode.size)
