"""Draw a figure of what becomes of a picture or video, with its mask.

Of a picture: frame, mask, overlay, result, and the histogram of alpha. Of a video: six
moments, and over time the person's share of the picture and the flicker of the mask. The
figure shows the original frames, too, with your room."""

import argparse
from contextlib import closing
from pathlib import Path

from vcam.cli import arguments as shared
from vcam.cli.streams import tell
from vcam.errors import SourceError, UsageError
from vcam.translation import quoted, tr

KINDS = (".png", ".pdf", ".html")
"""Endings of the files that can be written."""
THREADS = 2
"""Threads of OpenCV, as in ``vcam render``."""
LOADS = ("cv2", "vcam.cli.report_figure", "vcam.settings.edits")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "input", metavar=tr("IN"), type=Path, help=tr("a video or picture file")
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar=tr("FILE"),
        type=Path,
        required=True,
        help=tr("the file to write: .png, .pdf, or .html, a page with everything in it"),
    )
    parser.add_argument(
        "--dark",
        action="store_true",
        help=tr("on dark paper (a page follows the colours of the reader's system)"),
    )
    shared.add_background(parser, "blur")
    shared.add_framing(parser)
    shared.add_mask(parser)


def run(arguments: argparse.Namespace) -> int:
    """Process the file, draw the figure, write it and say what was measured."""
    import cv2

    from vcam.backgrounds.room import Room
    from vcam.cli.report_figure import Report
    from vcam.cli.report_page import page
    from vcam.figures.canvas import encoded, require_matplotlib
    from vcam.imaging.pictures import write_atomically
    from vcam.outputs.files import check_place, refuse_to_overwrite
    from vcam.settings.edits import named_background
    from vcam.sources.opening import open_file

    cv2.setNumThreads(THREADS)
    out: Path = arguments.output
    kind = out.suffix.lower()
    if kind not in KINDS:
        raise UsageError(
            tr(
                "{file} does not end in {kinds} or {last}",
                file=quoted(str(out)),
                kinds=", ".join(KINDS[:-1]),
                last=KINDS[-1],
            ),
            tr("The ending says what is written: a picture, a document or a page"),
        )
    check_place(out)
    require_matplotlib()
    mask = shared.mask(arguments)
    try:
        source = open_file(arguments.input)
    except SourceError as error:
        raise UsageError(error.what, error.remedy) from error
    with closing(source):
        refuse_to_overwrite(arguments.input, out)
        background = named_background(arguments.background, arguments.fit, source.size)
        if isinstance(background, Room):
            raise UsageError(
                tr("The plain room has no mask to report on"),
                tr("Choose another --background"),
            )
        report = Report(source, background, mask, shared.framing(arguments))
        report.watch()
    if kind == ".html":
        figures = [encoded(report.figure(dark, ""), "png") for dark in (False, True)]
        content = page(report.name, report.facts, *figures)
    else:
        content = encoded(report.figure(arguments.dark, report.name), kind[1:])
    write_atomically(out, content)
    tell(out, *(f"  {tr(name)}: {value}" for name, value in report.facts.items()))
    return 0
