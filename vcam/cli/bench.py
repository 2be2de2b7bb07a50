"""Measure what vcam takes of this machine: per frame and stage, and live.

Everything is compared with the bare model and with the recipe of tutorials, in the same
run on the same frames."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli import arguments as shared
from vcam.cli.progress import Progress
from vcam.cli.streams import tell, tell_json
from vcam.errors import UsageError
from vcam.frames import Size
from vcam.masking.names import PRESET_NAMES
from vcam.sources.opening import PRESENTER
from vcam.translation import english, quoted, tr

if TYPE_CHECKING:
    from vcam.backgrounds import Background
    from vcam.masking.options import MaskOptions
    from vcam.measure.speed.clip import JpegClip
    from vcam.measure.speed.live_figures import Live
    from vcam.measure.speed.looks import LookCost
    from vcam.measure.speed.sweep import Table
    from vcam.outputs.options import OutputOptions
    from vcam.settings import Settings

CLIP_FRAMES = 90
CURVE_TURNS = LOOK_TURNS = 30
MOST_LOOPS = 256
STDOUT = "-"
LOADS = ("cv2", "vcam.settings.edits")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--size", metavar=tr("SIZE"), type=shared.size, default=Size(1280, 720)
    )
    parser.add_argument(
        "-b",
        "--background",
        action="append",
        metavar=tr("WHAT"),
        help=tr("may be given again (default: blur and a picture)"),
    )
    parser.add_argument(
        "--source",
        default=PRESENTER,
        metavar=tr("FILE"),
        help=tr(
            "a video with a person (default: {presenter}, who is drawn)",
            presenter=PRESENTER,
        ),
    )
    parser.add_argument(
        "--turns",
        metavar=tr("TURNS"),
        type=int,
        default=90,
        help=tr("frames per candidate (default: 90)"),
    )
    parser.add_argument(
        "--seconds",
        metavar=tr("SECONDS"),
        type=float,
        default=8.0,
        help=tr("length of each live run (default: 8; 0: none)"),
    )
    parser.add_argument(
        "--fps", type=float, default=30.0, help=tr("of the live run's camera (default: 30)")
    )
    parser.add_argument(
        "--load",
        type=int,
        default=0,
        metavar="N",
        help=tr("busy loops beside the live run, which is then told second by second"),
    )
    parser.add_argument(
        "--all", action="store_true", help=tr("all sizes from 360p to 2160p, too: minutes")
    )
    parser.add_argument(
        "--json",
        nargs="?",
        const=STDOUT,
        metavar=tr("FILE"),
        help=tr("write it for programs"),
    )
    parser.add_argument(
        "--plot", type=Path, metavar=tr("FILE"), help=tr("draw all sizes into a .png file")
    )
    shared.add_mask(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the tables."""
    import cv2

    from vcam.backgrounds.room import Room
    from vcam.outputs.files import check_place
    from vcam.outputs.options import OutputOptions
    from vcam.settings.edits import named_background

    if not 2 <= arguments.turns <= 100_000:
        raise shared.out_of_range(f"--turns {arguments.turns}", 2, 100_000)
    if not (arguments.seconds == 0 or 1 <= arguments.seconds <= 86_400):
        raise UsageError(
            tr("{option} is out of range", option=f"--seconds {arguments.seconds:g}"),
            tr("Choose 1 to 86400, or 0"),
        )
    if not 0 <= arguments.load <= MOST_LOOPS:
        raise shared.out_of_range(f"--load {arguments.load}", 0, MOST_LOOPS)
    if arguments.load and not arguments.seconds:
        raise UsageError(
            tr(
                "{option} needs a live run, and --seconds 0 asks for none",
                option=f"--load {arguments.load}",
            ),
            tr("Leave one of the two out"),
        )
    size = shared.drawable(arguments.size)
    output = OutputOptions(size=size, fps=arguments.fps)
    for path in (arguments.plot, arguments.json):
        if path not in (None, STDOUT):
            check_place(Path(path))
    if arguments.plot is not None and arguments.plot.suffix.lower() != ".png":
        raise UsageError(
            tr("The plot {file} is no .png", file=quoted(str(arguments.plot))),
            tr("Name it so"),
        )
    names = arguments.background or _usual_backgrounds()
    backgrounds = {name: named_background(name, None, size) for name in names}
    if any(isinstance(each, Room) for each in backgrounds.values()):
        raise UsageError(
            tr("The plain room needs no mask"), tr("Choose another background")
        )
    mask = shared.mask(arguments)
    presets = [arguments.preset] if arguments.preset else list(PRESET_NAMES)
    masks = {preset: replace(mask, preset=preset) for preset in presets}
    cv2.setNumThreads(1)
    return _measured(arguments, output, masks, backgrounds)


def _measured(
    arguments: argparse.Namespace,
    output: "OutputOptions",
    masks: Mapping[str, "MaskOptions"],
    backgrounds: Mapping[str, "Background"],
) -> int:
    from vcam.measure.speed import report
    from vcam.measure.speed.clip import clip
    from vcam.measure.speed.live import COMMANDS, command_s, run_live
    from vcam.measure.speed.sweep import SIZES
    from vcam.settings import Settings

    said = sys.stderr if arguments.json == STDOUT else sys.stdout
    frames = clip(arguments.source, output.size, min(arguments.turns, CLIP_FRAMES))
    tables = [_table(frames, masks, backgrounds, arguments.turns)]
    tell(*report.text_of(tables[0], arguments.turns), to=said)
    looks = _looks(frames, masks, min(arguments.turns, LOOK_TURNS))
    tell("", *report.text_of_looks(looks), to=said)
    live: dict[str, Live] = {}
    commands_s: dict[str, float] = {}
    if arguments.seconds:
        live_mask = _usual_mask(masks)
        for name, background in backgrounds.items():
            settings = Settings(mask=live_mask, background=background, output=output)
            with english():
                who = _who(name, settings)
            live[who] = run_live(frames, settings, arguments.seconds, arguments.load)
            tell("", *report.text_of_live(live[who], _who(name, settings)), to=said)
        commands_s = {word: command_s(word) for word in COMMANDS}
        times = ", ".join(f"'vcam {word}' {s:.2f} s" for word, s in commands_s.items())
        tell("", tr("Starting takes: {times}", times=times), to=said)
    if arguments.all or arguments.plot:
        curve: dict[str, Table] = {}
        for label, size in SIZES.items():
            few = clip(arguments.source, size, CURVE_TURNS)
            curve[label] = _table(few, masks, backgrounds, CURVE_TURNS)
        tell("", *report.text_of_curve(curve), to=said)
        tables += curve.values()
        if arguments.plot:
            _plot(arguments.plot, curve)
    if arguments.json:
        with english():
            _write(arguments.json, report.values_of(tables, live, commands_s, looks))
    return 0


def _who(name: str, settings: "Settings") -> str:
    """What runs live, on the background ``name``."""
    output = settings.output
    rate = tr("{size} at {fps}", size=output.size, fps=f"{output.fps:g}")
    return f"{settings.mask.preset}, {name}, {rate}"


def _usual_backgrounds() -> list[str]:
    from vcam.backgrounds.choosing import GALLERY, gallery

    pictures = [each.name for each in gallery(GALLERY)]
    return ["blur", pictures[0] if pictures else "#00b140"]


def _table(
    frames: "JpegClip",
    masks: Mapping[str, "MaskOptions"],
    backgrounds: Mapping[str, "Background"],
    turns: int,
) -> "Table":
    from vcam.measure.speed.measuring import WARM_UP_TURNS
    from vcam.measure.speed.sweep import table

    label = tr("measuring {what}", what=frames.size)
    with Progress(label, WARM_UP_TURNS + turns) as progress:
        for news in table(frames, masks, backgrounds, turns):
            if not isinstance(news, int):
                return news
            progress.at(news)
    raise AssertionError("the table comes last")


def _looks(
    frames: "JpegClip", masks: Mapping[str, "MaskOptions"], turns: int
) -> "tuple[LookCost, ...]":
    from vcam.measure.speed.looks import costs_of_looks
    from vcam.measure.speed.measuring import WARM_UP_TURNS

    mask = _usual_mask(masks)
    with Progress(tr("measuring looks"), WARM_UP_TURNS + turns) as progress:
        for news in costs_of_looks(frames, mask, turns):
            if not isinstance(news, int):
                return news
            progress.at(news)
    raise AssertionError("the costs come last")


def _usual_mask(masks: Mapping[str, "MaskOptions"]) -> "MaskOptions":
    return masks.get("standard") or next(iter(masks.values()))


def _plot(path: Path, curve: Mapping[str, "Table"]) -> None:
    from vcam.imaging.pictures import encoded, write_atomically
    from vcam.measure.speed.plot import drawn

    write_atomically(path, encoded(drawn(curve), path.suffix))


def _write(place: str, values: Mapping[str, object]) -> None:
    from vcam.imaging.pictures import write_atomically

    if place == STDOUT:
        tell_json(values, indent=1)
    else:
        text = json.dumps(values, indent=1) + "\n"
        write_atomically(Path(place), text.encode())
