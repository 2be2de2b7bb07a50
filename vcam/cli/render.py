"""Put a video or picture file through the very same line as the camera.

Size, frame rate and frame count stay as they are; sound is not copied."""

import argparse
import sys
import time
from contextlib import closing
from pathlib import Path
from statistics import median

from vcam.cli import arguments as shared
from vcam.cli.progress import Progress
from vcam.errors import OutputError, SegmenterError, SourceError, UsageError
from vcam.frames import Frame, Size
from vcam.outputs.picture import PictureFileOutput
from vcam.outputs.video import VideoFileOutput
from vcam.pictures import SUFFIXES
from vcam.pipeline import Line
from vcam.privacy import Gate, Withheld
from vcam.sources import Source, frames_of
from vcam.sources.opening import open_file

THREADS = 2
"""For OpenCV: nobody is in a call, so a second core may help."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("input", metavar="IN", type=Path, help="a video or picture file")
    parser.add_argument(
        "output", metavar="OUT", type=Path, help="the file to write: .mp4, .mkv, .png, …"
    )
    shared.add_background(parser, "blur")
    shared.add_mask(parser)


def run(arguments: argparse.Namespace) -> int:
    """Render the file, and say what it took."""
    import cv2

    cv2.setNumThreads(THREADS)
    mask = shared.mask(arguments)
    try:
        source = open_file(arguments.input)
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    with closing(source):
        _refuse_to_overwrite(arguments.input, arguments.output)
        size = Size(source.size.width, source.size.height)
        background = shared.background(arguments.background, arguments.fit, size)
        try:
            output = _open_output(arguments.output, source)
        except OutputError as error:
            raise UsageError(error.what, error.remedy) from error
        if output.size != size:
            print(
                f"vcam: video files of this kind have even sizes; {size} becomes "
                f"{output.size}, cut at the right and bottom",
                file=sys.stderr,
            )
        progress = Progress("rendering", int(getattr(source, "frame_count", 1)))
        begun_s = time.monotonic()
        frames = cards = 0
        costs_ms: dict[str, list[float]] = {}
        with closing(output), Line() as line:
            gate = Gate(output, lambda: background)
            for frame in frames_of(source):
                try:
                    gate.publish(line.process(_cut(frame, output.size), background, mask))
                except (SegmenterError, Withheld) as error:
                    gate.card(error.what)
                    cards += 1
                for stage, cost_ms in line.costs_ms.items():
                    costs_ms.setdefault(stage, []).append(cost_ms)
                frames += 1
                progress.at(frames)
            output.complete()
        progress.end()
    took_s = time.monotonic() - begun_s
    each = ", ".join(f"{stage} {median(ms):.1f}" for stage, ms in costs_ms.items())
    print(
        f"{arguments.output}: {frames} frames of {output.size} in {took_s:.1f} s "
        f"({frames / max(took_s, 1e-6):.0f} a second)\n"
        f"processor milliseconds a frame: {each}"
    )
    if cards:
        print(f"vcam: {cards} frames had no valid mask and are a card", file=sys.stderr)
    return 0


def _refuse_to_overwrite(given: Path, wanted: Path) -> None:
    if wanted.exists() and wanted.samefile(given):
        raise UsageError(
            f"{str(wanted)!r} is the input itself", "Choose another name for OUT"
        )


def _open_output(path: Path, source: Source) -> VideoFileOutput | PictureFileOutput:
    size = source.size
    if path.suffix.lower() in SUFFIXES:
        if getattr(source, "frame_count", 1) > 1:
            raise OutputError(
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
    return Frame(image, frame.index, frame.captured_s)
