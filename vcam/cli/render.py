"""Put a video or picture file through the same pipeline as the camera.

Size, times and sound stay as they are.  An animated picture is a video, too."""

import argparse
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli import arguments as shared
from vcam.cli import overrides
from vcam.cli.progress import JsonProgress, Progress
from vcam.cli.streams import say, tell, tell_json
from vcam.errors import SourceError, UsageError
from vcam.imaging.file_types import PICTURE_SUFFIXES, kind_of_content
from vcam.outputs.video_kinds import QUALITIES, USUAL
from vcam.translation import quoted, tr, tr_count

if TYPE_CHECKING:
    from vcam.frames import Size
    from vcam.outputs import FileOutput
    from vcam.sources import Source

THREADS = 2
"""Threads of OpenCV: there is no call beside it, so a second core may help."""
FEW = 0.9
"""Share of a file's stated length, which is an estimate, below which frames are missing."""
LOADS = ("av", "cv2", "vcam.cli.file_renderer", "vcam.outputs.video", "vcam.settings.edits")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "input", metavar=tr("IN"), type=Path, help=tr("a video or picture file")
    )
    parser.add_argument(
        "output",
        metavar=tr("OUT"),
        type=Path,
        help=tr(
            "the file to write: .mp4, .mov, .mkv, .webm, .avi or .gif, for a picture "
            ".png, .jpg or .webp; DIR/%%06d.png writes one picture per frame"
        ),
    )
    parser.add_argument(
        "--quality",
        choices=QUALITIES,
        help=tr(
            "of a video: the better, the larger the file (default: {default})",
            default=USUAL,
        ),
    )
    parser.add_argument(
        "--crf",
        type=int,
        metavar="N",
        help=tr(
            "instead of --quality, the constant rate factor: 0, best, to 51 (.webm: 63)"
        ),
    )
    parser.add_argument(
        "--alpha",
        action="store_true",
        help=tr(
            "write the person alone, the rest transparent: .webm for browsers, .mov for "
            "video editors, %%06d.png or .png"
        ),
    )
    shared.add_background(parser, None, said="blur")
    shared.add_turn(parser)
    shared.add_framing(parser)
    shared.add_overlay(parser)
    shared.add_mask(parser)
    overrides.add_set(parser)
    parser.add_argument(
        "--json",
        action="store_true",
        help=tr(
            "print for programs, as lines of JSON: how far it is, and what was written"
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Render the file, and say what it took."""
    from statistics import median

    import cv2

    from vcam.backgrounds.color import Color
    from vcam.cli.file_renderer import FileRenderer
    from vcam.outputs.files import refuse_to_overwrite
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.pipeline.privacy import Choice, Gate
    from vcam.settings import Settings
    from vcam.settings.picture import picture_options
    from vcam.sources import frames_of
    from vcam.sources.opening import open_file
    from vcam.sources.video import VideoFile

    cv2.setNumThreads(THREADS)
    _check(arguments)
    shown: tuple[str, ...] = overrides.TURN + overrides.PERSON
    if not arguments.alpha:
        shown += overrides.BEHIND_AND_OVER
    chosen = overrides.with_words(arguments, Settings(), shown)
    chosen = replace(
        shared.with_overlay(arguments, chosen),
        mask=shared.mask(arguments, chosen.mask),
        source=shared.turned(arguments, chosen.source),
        framing=shared.framing(arguments, chosen.framing),
    )
    try:
        source = open_file(arguments.input)
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    with closing(source):
        refuse_to_overwrite(arguments.input, arguments.output)
        size = chosen.source.orientation.size(source.size)
        background = (
            Color("black")  # a cut-out's colours are found over it
            if arguments.alpha
            else overrides.background(arguments, chosen.background, size)
        )
        overlay = chosen.over.open(size) if chosen.over else None
        output = _open_output(arguments, source, size)
        if output.written_size != output.size:
            said = tr(
                "video files of this kind have even sizes; {size} becomes {even}: the "
                "outermost pixels are repeated",
                size=output.size,
                even=output.written_size,
            )
            say(f"vcam: {said}")
        expected = source.frame_count
        begun_s = time.monotonic()
        frames = 0
        lasts_s = 0.0
        costs_ms: dict[str, list[float]] = {}
        with (
            closing(output),
            FrameProcessor() as processor,
            _progress(arguments.json, expected, source.fps) as progress,
        ):
            gate = Gate(output, Choice(background))
            renderer = FileRenderer(
                gate,
                processor,
                chosen.mask,
                picture_options(chosen, overlay),
                output.cut_out_by if arguments.alpha else None,
            )
            for frame in frames_of(source):
                output.show_at(frame.captured_s)
                if renderer.publish(frame, background):
                    for stage, cost_ms in processor.costs_ms.items():
                        costs_ms.setdefault(stage, []).append(cost_ms)
                frames += 1
                lasts_s = frame.lasts_s
                progress.at(frames, frame.captured_s)
            progress.end()
            renderer.finish()
            output.complete(lasts_s)
    if output.sound_trouble:  # the pictures are there all the same
        say(f"vcam: {output.sound_trouble}")
    file = quoted(str(arguments.input))
    if isinstance(source, VideoFile) and source.damage:
        damage = tr("{file} is damaged: {reason}", file=file, reason=source.damage)
        say(f"vcam: {damage}")
    elif frames < FEW * expected:
        few = tr_count(
            "{file} should have {expected} frames, but only {count} can be read: it may be "
            "incomplete",
            "{file} should have {expected} frames, but only {count} can be read: it may be "
            "incomplete",
            frames,
            file=file,
            expected=expected,
        )
        say(f"vcam: {few}")
    took_s = time.monotonic() - begun_s
    if arguments.json:
        tell_json({"output": str(arguments.output), "frames": frames, "seconds": took_s})
        return 0
    each = ", ".join(f"{tr(stage)} {median(ms):.1f}" for stage, ms in costs_ms.items())
    tell(
        tr_count(
            "{file}: {count} frame of {size} in {seconds} s ({rate} a second)",
            "{file}: {count} frames of {size} in {seconds} s ({rate} a second)",
            frames,
            file=arguments.output,
            size=output.written_size,
            seconds=f"{took_s:.1f}",
            rate=f"{frames / max(took_s, 1e-6):.0f}",
        ),
        tr("processor milliseconds a frame: {stages}", stages=each),
    )
    return 0


def _progress(as_json: bool, total: int, rate: float) -> Progress | JsonProgress:
    return JsonProgress(total, rate) if as_json else Progress(tr("rendering"), total)


def _check(arguments: argparse.Namespace) -> None:
    """Raise UsageError for what cannot be meant together."""
    if arguments.alpha and (arguments.background or arguments.fit):
        raise UsageError(
            tr("There is no background with --alpha"),
            tr("Leave --background and --fit out"),
        )
    if arguments.alpha and (arguments.overlay or arguments.name or arguments.line):
        raise UsageError(
            tr("Nothing can lie over a person alone, with --alpha"),
            tr("Leave --overlay, --name and --line out"),
        )
    if arguments.quality is not None and arguments.crf is not None:
        raise UsageError(
            tr("Both --quality and --crf are given"), tr("Leave one of them out")
        )


def _open_output(
    arguments: argparse.Namespace, source: "Source", size: "Size"
) -> "FileOutput":
    from vcam.outputs.picture import PictureFileOutput
    from vcam.outputs.picture_series import PictureSeriesOutput, is_series
    from vcam.outputs.video import VideoFileOutput

    path, alpha = arguments.output, arguments.alpha
    silent = kind_of_content(arguments.input) in ("picture", "animation")
    if path.suffix.lower() not in PICTURE_SUFFIXES:
        return VideoFileOutput(
            path,
            size,
            source.fps,
            sound_of=None if silent else arguments.input,
            quality=arguments.quality,
            crf=arguments.crf,
            alpha=alpha,
        )
    if arguments.quality is not None or arguments.crf is not None:
        raise UsageError(
            tr("Pictures have neither --quality nor --crf"),
            tr("Leave it out, or write a video"),
        )
    if is_series(path):
        return PictureSeriesOutput(path, size, alpha=alpha)
    if source.frame_count != 1:
        raise UsageError(
            tr("A video does not fit into the picture {file}", file=quoted(str(path))),
            tr("End the name of OUT in .mp4, or in %06d.png for one picture per frame"),
        )
    return PictureFileOutput(path, size, alpha=alpha)
