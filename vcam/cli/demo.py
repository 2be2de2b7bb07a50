"""See vcam at work without any hardware: a drawn presenter before a drawn office.

With a display a window opens (B: another background, Q: quit).  Without one,
or with --output, a short video and a contact sheet are written."""

import argparse
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli import arguments as shared
from vcam.cli import overrides
from vcam.cli.progress import Progress
from vcam.cli.streams import labelled, say, tell
from vcam.errors import BackgroundError, OutputError
from vcam.frames import Size
from vcam.translation import tr, tr_count, translatable

if TYPE_CHECKING:
    from vcam.backgrounds import Background
    from vcam.frames import Alpha, Image
    from vcam.masking.options import MaskOptions
    from vcam.outputs.window import Window
    from vcam.pipeline.picture_options import PictureOptions
    from vcam.pipeline.privacy import Cleared

FOLDER = Path("vcam-demo")
SECONDS = 10.0
COLUMNS = 4
KEYS = translatable("In the window: B for another background, Q to quit")
CELL, PAIR = Size(480, 270), Size(800, 450)
LOADS = (
    "cv2",
    "vcam.cli.file_renderer",
    "vcam.outputs.video",
    "vcam.outputs.window",
    "vcam.settings.edits",
    "vcam.sources.presenter",
    "vcam.tray.icon",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    shared.add_background(parser, None, tr("the first bundled picture"))
    parser.add_argument(
        "-o",
        "--output",
        metavar=tr("DIR"),
        type=Path,
        help=tr("write files instead of a window"),
    )
    parser.add_argument(
        "--seconds",
        metavar=tr("SECONDS"),
        type=float,
        help=tr(
            "how long (default: {seconds} for files, a window stays)",
            seconds=f"{SECONDS:g}",
        ),
    )
    parser.add_argument(
        "--size", metavar=tr("SIZE"), type=shared.size, default=Size(1280, 720)
    )
    parser.add_argument("--fps", type=float, default=30.0)
    shared.add_framing(parser)
    shared.add_mask(parser)
    overrides.add_set(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show the window, or write the files and say where."""
    import cv2

    from vcam.backgrounds.choosing import choose
    from vcam.settings import Settings
    from vcam.settings.picture import picture_options

    cv2.setNumThreads(1)
    seconds, fps = arguments.seconds, arguments.fps
    if seconds is not None and not 0.1 <= seconds <= 3600:
        raise shared.out_of_range(f"--seconds {seconds:g}", 0.1, 3600)
    if not 1 <= fps <= 120:
        raise shared.out_of_range(f"--fps {fps:g}", 1, 120)
    size = shared.drawable(arguments.size)
    shown = overrides.PERSON + overrides.BEHIND_AND_OVER
    chosen = overrides.with_words(arguments, Settings(background=choose(_usual())), shown)
    mask = shared.mask(arguments, chosen.mask)
    overlay = chosen.over.open(size) if chosen.over else None
    options = picture_options(
        replace(chosen, framing=shared.framing(arguments, chosen.framing)), overlay
    )
    background = overrides.background(arguments, chosen.background, size)
    window = _window(size) if arguments.output is None else None
    if window is not None:
        with closing(window):
            _show(window, background, mask, options, fps, seconds)
        return 0
    folder = arguments.output or FOLDER
    _write(folder, background, mask, options, size, fps, seconds or SECONDS)
    return 0


def _usual() -> str:
    from vcam.backgrounds.choosing import GALLERY, gallery

    return next((each.name for each in gallery(GALLERY)), "blur")


def _window(size: Size) -> "Window | None":
    from vcam.outputs.window import Window, window_opens
    from vcam.tray.icon import argb_icons

    try:
        if window_opens():
            window = Window(size, "vcam demo")
            window.icons = argb_icons()
            return window
    except OutputError as error:
        say(f"vcam: {error}")
    tell(tr("No window opens here: writing files instead."))
    return None


def _show(
    window: "Window",
    background: "Background",
    mask: "MaskOptions",
    options: "PictureOptions",
    fps: float,
    seconds: float | None,
) -> None:
    from itertools import cycle

    from vcam.backgrounds.choosing import choose, gallery
    from vcam.cli.file_renderer import CARD, FileRenderer
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.pipeline.privacy import Choice, Gate
    from vcam.sources import frames_of
    from vcam.sources.presenter import PresenterSource

    names = ("blur", "#00b140", *(each.name for each in gallery()))
    turns = cycle([*(choose(name) for name in names), background])
    gate = Gate(window, Choice(background))
    # Seconds pass until the presenter is drawn and the model is loaded.
    gate.card(CARD, KEYS)
    tell(tr(KEYS))
    with (
        closing(PresenterSource(window.size, fps, seconds=seconds)) as source,
        FrameProcessor() as processor,
    ):
        renderer = FileRenderer(gate, processor, mask, options)
        for frame in frames_of(source):
            try:
                renderer.publish(frame, background)
            except BackgroundError as error:
                say(f"vcam: {error}")
                background = next(turns)
                continue
            if window.closed:
                break
            if window.key == "b":
                background = next(turns)
    renderer.finish()


@dataclass
class _Moments:
    """A few frames of the run, for the contact sheet and the pair."""

    before: "list[Image]" = field(default_factory=list)
    alpha: "list[Alpha]" = field(default_factory=list)
    after: "list[Image]" = field(default_factory=list)

    def keep(self, before: "Image", picture: "Cleared") -> None:
        self.before.append(before.copy())
        if picture.alpha is not None:
            self.alpha.append(picture.alpha.copy())
        self.after.append(picture.image)

    def sheet(self) -> "Image":
        from vcam.imaging.contact_sheet import contact_sheet

        rows = {
            tr("what the camera sees"): self.before,
            tr("the mask"): self.alpha,
            tr("what the call sees"): self.after,
        }
        return contact_sheet({label: row for label, row in rows.items() if row}, CELL)

    def pair(self) -> "Image":
        from vcam.imaging.contact_sheet import contact_sheet

        return contact_sheet({"": [self.before[0], self.after[0]]}, PAIR)


def _write(
    folder: Path,
    background: "Background",
    mask: "MaskOptions",
    options: "PictureOptions",
    size: Size,
    fps: float,
    seconds: float,
) -> None:
    from statistics import median

    from vcam.cli.file_renderer import FileRenderer
    from vcam.outputs.files import check_place, make_folder
    from vcam.outputs.video import VideoFileOutput
    from vcam.pipeline.pipeline import FrameProcessor
    from vcam.pipeline.privacy import Choice, Gate
    from vcam.sources import frames_of
    from vcam.sources.presenter import PresenterSource

    video_file, pair, sheet = (
        folder / name for name in ("demo.mp4", "before-after.jpg", "contact-sheet.png")
    )
    make_folder(folder)
    for path in (pair, sheet):
        check_place(path)
    count = max(1, round(seconds * fps))
    # The first moment is the frontal pose, once the mask has settled.
    wanted = [min(count - 1, 5 + i * count // COLUMNS) for i in range(COLUMNS)]
    moments = _Moments()
    costs_ms: list[float] = []
    with (
        closing(VideoFileOutput(video_file, size, fps)) as video,
        closing(PresenterSource(size, fps, paced=False, seconds=count / fps)) as source,
        FrameProcessor() as processor,
        Progress(tr("drawing"), count) as progress,
    ):
        renderer = FileRenderer(
            *(Gate(video, Choice(background)), processor, mask),
            options,
        )
        for frame in frames_of(source):
            picture = renderer.publish(frame, background)
            if picture is not None:
                costs_ms.append(sum(processor.costs_ms.values()))
                # A card is not kept: the next picture is.
                if wanted and frame.index >= wanted[0]:
                    wanted = [index for index in wanted if index > frame.index]
                    moments.keep(frame.image, picture)
            progress.at(frame.index + 1)
        progress.end()
        renderer.finish()
        video.complete()
    said = tr_count(
        "{count} frame of {size}, {cost} ms of processor a frame (without the drawing)",
        "{count} frames of {size}, {cost} ms of processor a frame (without the drawing)",
        video.written,
        size=size,
        cost=f"{median(costs_ms):.1f}",
    )
    places = {tr("video"): video_file, tr("before, after"): "", tr("contact sheet"): ""}
    if moments.before:
        _keep(sheet, moments.sheet())
        _keep(pair, moments.pair())
        places |= {tr("before, after"): pair, tr("contact sheet"): sheet}
    tell(said, *labelled(places, gap=2))


def _keep(path: Path, image: "Image") -> None:
    from vcam.imaging.pictures import encoded, write_atomically

    write_atomically(path, encoded(image, path.suffix))
