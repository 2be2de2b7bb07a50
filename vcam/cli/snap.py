"""One picture through the pipeline: of a picture or video file, or of the camera.

Written is the result, its mask, or the person cut out."""

import argparse
import os
import re
import time
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli import arguments as shared
from vcam.cli import overrides
from vcam.cli.streams import say, tell
from vcam.errors import ControlError, SegmenterError, SourceError, UsageError, VcamError
from vcam.files import at_home, is_folder
from vcam.imaging.file_types import kind_of_content
from vcam.translation import quoted, tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vcam.backgrounds import Background
    from vcam.cli.parsing import Parser
    from vcam.frames import Frame
    from vcam.masking.options import MaskOptions
    from vcam.pipeline.picture_options import PictureOptions
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.pipeline.privacy import Cleared
    from vcam.sources import Source

SETTLE_S = 1.0
"""Seconds until a camera's picture is taken: its exposure and the mask settle meanwhile."""
PATIENCE_S = 5.0
"""Seconds after which a camera without a picture that may be shown is given up."""
READ_S = 0.2
"""Longest wait for one frame of a camera."""
THREADS = 2
"""Threads of OpenCV, as in ``vcam render``."""
LONGEST = 200
"""Bytes of a name that leave room for what is appended to it: most folders take 255."""
LOADS = ("cv2", "vcam.pipeline.pipeline", "vcam.settings.edits")


def configure(parser: "Parser") -> None:
    """Declare the arguments."""
    parser.interleaved = True
    parser.add_argument(
        "input",
        metavar=tr("IN"),
        nargs="?",
        default="",
        help=tr(
            "a picture or video file, a camera's name, index or /dev path, or presenter "
            "(default: the first physical camera)"
        ),
    )
    parser.add_argument(
        "output",
        metavar=tr("OUT"),
        nargs="?",
        type=Path,
        help=tr(
            "the picture to write: .png, .jpg or .webp (default: a new file in this "
            "folder, such as NAME-vcam.png)"
        ),
    )
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--mask",
        dest="shows",
        action="store_const",
        const="mask",
        default="vcam",
        help=tr("write the mask: the person white, the room black"),
    )
    kind.add_argument(
        "--cutout",
        dest="shows",
        action="store_const",
        const="cutout",
        help=tr("write the person alone, the rest transparent (.png, .webp)"),
    )
    parser.add_argument(
        "--at",
        type=float,
        metavar=tr("SECONDS"),
        help=tr("of a video: the frame at that time"),
    )
    shared.add_background(parser, None, said="blur")
    shared.add_turn(parser)
    shared.add_mask(parser)
    overrides.add_set(parser)


def run(arguments: argparse.Namespace) -> int:
    """Take the picture, write it, and say where it is."""
    import cv2

    from vcam.backgrounds.color import Color
    from vcam.frames import Size
    from vcam.imaging.pictures import encoded, write_atomically
    from vcam.outputs.files import refuse_to_overwrite
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.settings import Settings
    from vcam.settings.picture import picture_options
    from vcam.sources.opening import file_meant

    cv2.setNumThreads(THREADS)
    file = file_meant(arguments.input)
    _check(arguments, file)
    shown: tuple[str, ...] = overrides.TURN + overrides.PERSON
    if arguments.shows == "vcam":
        shown += overrides.BEHIND_AND_OVER
    chosen = overrides.with_words(arguments, Settings(), shown)
    mask = shared.mask(arguments, chosen.mask)
    chosen = replace(chosen, source=shared.turned(arguments, chosen.source))
    with closing(_opened(arguments.input, file)) as source:
        out = arguments.output or _free_name(file, source, arguments.shows)
        if file is not None:
            refuse_to_overwrite(file, out)
        size = chosen.source.orientation.size(source.size)
        background = (
            overrides.background(arguments, chosen.background, size)
            if arguments.shows == "vcam"
            else Color("black")  # a cut-out's colours are found over it
        )
        overlay = chosen.over.open(size) if chosen.over else None
        options = picture_options(chosen, overlay)
        with FrameProcessor() as processor:
            if file is None:
                picture = _settled(source, processor, background, mask, options)
            else:
                frame = _frame_at(source, arguments.at or 0.0)
                picture = processor.process(frame, background, mask, None, options)
            image = _shown(picture, arguments.shows)
            nobody = picture.alpha is not None and not picture.alpha.any()
    write_atomically(out, encoded(image, out.suffix))
    if nobody:
        say(f"vcam: {tr('Nobody is seen in this picture')}")
    tell(f"{out}: {Size.of(image)}")
    return 0


def _check(arguments: argparse.Namespace, file: Path | None) -> None:
    """Raise UsageError for what cannot be done, before the work."""
    from vcam.outputs.files import check_picture, check_transparent

    out, shows = arguments.output, arguments.shows
    if file is None and arguments.input and is_folder(at_home(arguments.input)):
        raise UsageError(
            tr("{path} is a folder", path=quoted(arguments.input)),
            tr("Name a picture or video file in it"),
        )
    still = file is None or kind_of_content(file) == "picture"
    if arguments.at is not None and still:
        raise UsageError(tr("Only a video has a time"), tr("Leave --at out"))
    if shows != "vcam" and (arguments.background or arguments.fit):
        raise UsageError(
            tr("There is no background in a mask")
            if shows == "mask"
            else tr("There is no background in a cutout"),
            tr("Leave --background out"),
        )
    if out is None:
        return
    check_picture(out)
    if shows == "cutout":
        check_transparent(out)


def _opened(text: str, file: Path | None) -> "Source":
    from vcam.outputs.options import OutputOptions
    from vcam.sources import capture
    from vcam.sources.opening import open_file, open_source

    try:
        if file is not None:
            return open_file(file)
        options = OutputOptions()
        capture.ask_permission()
        return open_source(text, options.size, options.fps)
    except SourceError as error:
        if file is not None:
            raise UsageError(error.what, error.remedy) from error
        raise _explained(error) from error


def _explained(error: SourceError) -> "VcamError":
    """``error``, or, where it is the running vcam that has the camera, what to do then."""
    from vcam.control.client import ask

    try:
        camera = str(ask("status").get("camera", ""))
    except (ControlError, UsageError):
        return error
    name = camera.split(",")[0]
    if not name or name not in error.what:
        return error
    return SourceError(
        tr("The running vcam uses {camera}", camera=name),
        tr(
            "Save what it shows with `vcam preview --output FILE.png`, or end it: "
            "`vcam quit`"
        ),
    )


def _free_name(file: Path | None, source: "Source", shows: str) -> Path:
    """A name in the current folder that nothing has yet."""
    name = re.sub(r"\W+", "-", source.name).strip("-") if file is None else file.stem
    while len(os.fsencode(name)) > LONGEST:
        name = name[:-1]
    for number in count(1):
        again = f"-{number}" if number > 1 else ""
        path = Path(f"{name or 'camera'}-{shows}{again}.png")
        if not path.exists() and not path.is_symlink():
            return path
    raise AssertionError


def _frame_at(source: "Source", at_s: float) -> "Frame":
    """The frame of a file that is shown at that time."""
    from vcam.sources import frames_of

    ends_s = 0.0
    if at_s >= 0:
        for frame in frames_of(source):
            ends_s = frame.captured_s + (frame.lasts_s or 1 / source.fps)
            if at_s < ends_s:
                return frame
    raise UsageError(
        tr("{option} is not a time of this video", option=f"--at {at_s:g}"),
        tr("Choose one before {seconds} s", seconds=f"{ends_s:.4g}")
        if ends_s
        else tr("Count from 0"),
    )


def _settled(
    source: "Source",
    processor: "FrameProcessor",
    background: "Background",
    mask: "MaskOptions",
    options: "PictureOptions",
) -> "Cleared":
    """The first good picture of a camera that has had its moment."""
    from vcam.pipeline.privacy import Withheld

    begun_s = time.monotonic()
    trouble: VcamError = SourceError(
        tr("{camera} sends no pictures", camera=source.name),
        tr("Try again, or choose another camera"),
    )
    while (passed_s := time.monotonic() - begun_s) < PATIENCE_S:
        frame = source.read(READ_S)
        if frame is None:
            continue
        try:
            picture = processor.process(frame, background, mask, None, options)
        except (SegmenterError, Withheld) as error:
            trouble = error  # the next one may well be good
            continue
        if passed_s >= SETTLE_S:
            return picture
    raise trouble


def _shown(picture: "Cleared", shows: str) -> "NDArray[np.uint8]":
    """What is written of it, BGR or BGRA."""
    from vcam.imaging.mask_views import cut_out, mask_picture

    if shows == "vcam" or picture.alpha is None:
        return picture.image
    if shows == "mask":
        return mask_picture(picture.alpha)
    return cut_out(picture.image, picture.alpha)
