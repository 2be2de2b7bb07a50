"""Put a video or picture file through the same pipeline as the camera.

Size, frame rate and frame count stay as they are; sound does, too, where ffmpeg is
installed."""

import argparse
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli import arguments as shared
from vcam.cli.progress import JsonProgress, Progress
from vcam.cli.streams import say, tell, tell_json
from vcam.errors import OutputError, SourceError, UsageError
from vcam.frames import Frame, Size
from vcam.imaging.file_types import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from vcam.outputs.picture import PictureFileOutput
    from vcam.outputs.video import VideoFileOutput
    from vcam.sources import Source

THREADS = 2
"""Threads of OpenCV: there is no call beside it, so a second core may help."""
FEW = 0.9
"""Share of a file's stated length, which is an estimate, below which frames are missing."""
LOADS = ("cv2", "vcam.cli.file_renderer", "vcam.outputs.video", "vcam.settings.edits")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", metavar="IN", type=Path, help="a video or picture file")
    parser.add_argument(
        "output", metavar="OUT", type=Path, help="the file to write: .mp4, .mkv, .png, …"
    )
    shared.add_background(parser, "blur")
    shared.add_turn(parser)
    shared.add_framing(parser)
    shared.add_mask(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help="print for programs, as lines of JSON: how far it is, and what was written",
    )


def run(arguments: argparse.Namespace) -> int:
    """Render the file, and say what it took."""
    from statistics import median

    import cv2

    from vcam.cli.file_renderer import FileRenderer
    from vcam.outputs.files import refuse_to_overwrite
    from vcam.outputs.sound import add_sound
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.pipeline.privacy import Choice, Gate
    from vcam.settings.edits import named_background
    from vcam.sources import frames_of
    from vcam.sources.opening import open_file

    cv2.setNumThreads(THREADS)
    mask = shared.mask(arguments)
    orientation = shared.turned(arguments).orientation
    try:
        source = open_file(arguments.input)
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    with closing(source):
        refuse_to_overwrite(arguments.input, arguments.output)
        size = orientation.size(source.size)
        background = named_background(arguments.background, arguments.fit, size)
        output = _open_output(arguments.output, source, size)
        if output.size != size:
            say(
                f"vcam: video files of this kind have even sizes; {size} becomes "
                f"{output.size}, cut at the right and bottom"
            )
        expected = source.frame_count
        begun_s = time.monotonic()
        frames = 0
        costs_ms: dict[str, list[float]] = {}
        with (
            closing(output),
            FrameProcessor() as processor,
            _progress(arguments.json, expected, source.fps) as progress,
        ):
            gate = Gate(output, Choice(background))
            renderer = FileRenderer(
                *(gate, processor, mask),
                *(shared.framing(arguments), orientation),
            )
            cut = orientation.size(output.size)
            for frame in frames_of(source):
                if renderer.publish(_cut(frame, cut), background):
                    for stage, cost_ms in processor.costs_ms.items():
                        costs_ms.setdefault(stage, []).append(cost_ms)
                frames += 1
                progress.at(frames)
            progress.end()
            renderer.finish()
            output.complete()
    if arguments.input.suffix.lower() not in PICTURE_SUFFIXES:
        try:
            add_sound(arguments.output, arguments.input)
        except OutputError as error:  # the pictures are there all the same
            say(f"vcam: {error}")
    if frames < FEW * expected:
        say(
            f"vcam: {str(arguments.input)!r} should have {expected} frames, but only "
            f"{frames} can be read: it may be incomplete"
        )
    took_s = time.monotonic() - begun_s
    if arguments.json:
        tell_json({"output": str(arguments.output), "frames": frames, "seconds": took_s})
        return 0
    each = ", ".join(f"{stage} {median(ms):.1f}" for stage, ms in costs_ms.items())
    tell(
        f"{arguments.output}: {frames} frame{'s' * (frames != 1)} of {output.size} in "
        f"{took_s:.1f} s "
        f"({frames / max(took_s, 1e-6):.0f} a second)",
        f"processor milliseconds a frame: {each}",
    )
    return 0


def _progress(as_json: bool, total: int, rate: float) -> Progress | JsonProgress:
    return JsonProgress(total, rate) if as_json else Progress("rendering", total)


def _open_output(
    path: Path, source: "Source", size: Size
) -> "VideoFileOutput | PictureFileOutput":
    from vcam.outputs.picture import PictureFileOutput
    from vcam.outputs.video import VideoFileOutput

    if path.suffix.lower() in PICTURE_SUFFIXES:
        if source.frame_count > 1:
            raise UsageError(
                f"A video does not fit into the picture {str(path)!r}",
                "End the name of OUT in .mp4",
            )
        return PictureFileOutput(path, size)
    even = Size(size.width // 2 * 2, size.height // 2 * 2)
    return VideoFileOutput(path, even, source.fps)


def _cut(frame: Frame, size: Size) -> Frame:
    if Size.of(frame.image) == size:
        return frame
    image = frame.image[: size.height, : size.width].copy()
    return replace(frame, image=image)
