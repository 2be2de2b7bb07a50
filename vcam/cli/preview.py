"""See what the virtual camera shows, in a window: Escape or Q closes it.

The keys M, O and B show the mask, an overlay of mask and room, and before and after; R goes
back.  F shows figures: frames a second, processor time, how much of the picture is you.
Only you see these.

While the preview is open, the camera is on as in a call.  It ends when that vcam does.
Without a virtual camera, or when no vcam runs, it shows what the others would see."""

import argparse
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from vcam.cli import on_air
from vcam.control.client import NotRunningError
from vcam.errors import OutputError
from vcam.imaging.options import RESULT, VIEWS
from vcam.translation import tr, translatable

TITLES = {
    RESULT: translatable(
        "vcam: what the others see (M: mask, O: overlay, B: before and after, F: figures)"
    ),
    "mask": translatable("vcam: the mask, only you see this (R: back)"),
    "overlay": translatable("vcam: the room is tinted, only you see this (R: back)"),
    "split": translatable("vcam: before and after, only you see this (R: back)"),
}
"""Of the window, by the view in it."""
ALONE = translatable(
    "vcam: only you see this (M: mask, O: overlay, B: before and after, F: figures)"
)
"""The title of the result while it goes to no virtual camera."""
KEYS = {"m": "mask", "o": "overlay", "b": "split", "r": RESULT}
"""The view that a key shows; pressed again, it goes back."""
FIGURES = "f"
"""The key that shows the figures, and takes them away."""
FPS = 15
LOADS = (*on_air.LOADS, "vcam.outputs.window", "vcam.tray.icon")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar=tr("FILE"),
        help=tr("save one picture (.png, .jpg, .webp) instead of opening a window"),
    )
    parser.add_argument(
        "--view",
        choices=VIEWS,
        default=RESULT,
        help=tr(
            "what is shown: the result, the mask, an overlay of mask and room, or the "
            "camera's picture and the result side by side (default: result)"
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it until the user or that vcam ends, or save one picture."""
    from vcam.cli.lettering import captioned
    from vcam.frames import Size
    from vcam.imaging.pictures import encoded, write_atomically
    from vcam.outputs.files import check_picture
    from vcam.outputs.window import Window, window_opens
    from vcam.tray.icon import argb_icons

    wanted: str = arguments.view
    if arguments.output is not None:
        check_picture(arguments.output)
        image = on_air.first(wanted, settled=True).image
        assert image is not None
        content = encoded(image, arguments.output.suffix)
        write_atomically(arguments.output, content)
        return 0
    if not window_opens():
        raise OutputError(
            tr("A preview window does not open here"),
            tr("Run it in a desktop session, or save a picture with --output FILE.png"),
        )
    with on_air.vcam() as ended:
        shown = on_air.first()
        image, titled, counted = shown.image, _title(shown), False
        assert image is not None
        window = Window(Size.of(image), titled)
        window.icons = argb_icons()
        with closing(window), suppress(NotRunningError):
            while not window.closed and not ended():
                due_s = time.monotonic() + 1 / FPS
                window.send(image)
                if pressed := KEYS.get(window.key):
                    wanted = RESULT if pressed == wanted else pressed
                counted ^= window.key == FIGURES
                time.sleep(max(0.0, due_s - time.monotonic()))
                fresh = on_air.picture(wanted, counted)
                if fresh.image is None:
                    continue
                image = fresh.image
                if fresh.figures:
                    image = captioned(image, list(lines(fresh.figures)))
                if (title := _title(fresh)) != titled:
                    titled = title
                    window.rename(titled)
    return 0


def lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures for people, line by line."""
    yield str(figures["headline"])
    if not figures["live"]:
        return
    fps, cost_ms, late_ms = figures["fps"], figures["cost_ms"], figures["latency_ms"]
    yield tr(
        "{fps:.0f} frames a second, {late_ms:.0f} ms behind the camera",
        fps=fps,
        late_ms=late_ms,
    )
    yield tr(
        "{cost_ms:.1f} ms of processor a frame: {percent:.0f} % of one core",
        cost_ms=cost_ms,
        percent=fps * cost_ms / 10,
    )
    if (person := figures["person"]) is not None:
        share = tr("You: {percent:.0f} % of the picture", percent=100 * person)
        yield share if person else tr("Nobody is found")
    mask = f"{figures['quality']}, {figures['mask_engine']}"
    yield tr("Mask: {mask}", mask=mask)


def _title(shown: on_air.Shown) -> str:
    """Of the window that shows it."""
    known = shown.on_air or shown.view != RESULT
    title = tr(TITLES[shown.view] if known else ALONE)
    return f"{title} · {tr('a part of your room is kept')}" if shown.keeps else title
