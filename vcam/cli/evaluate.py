"""Measure the quality of the mask against a known truth.

Without --set, on the drawn presenter, whose exact matte is known.
"""

import argparse
import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli.progress import Progress
from vcam.cli.streams import tell
from vcam.errors import UsageError, VcamError
from vcam.frames import Size
from vcam.masking.names import AUTO, ENGINE_NAMES, PRESET_NAMES
from vcam.reasons import reason
from vcam.translation import english, tr, tr_count, translatable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vcam.measure.quality.clips import Clip
    from vcam.measure.quality.runner import Results

BASELINES = ("raw", "threshold")
SHOWN = {
    "mad": 1,
    "bf2": 1,
    "bf4": 1,
    "leak": 2,
    "holes": 2,
    "dtssd": 2,
    "flick": 2,
    "ghost": 1,
    "cut": 1,
    "comp": 1,
    "lag": 2,
}
"""The measures in the table, and their decimals; --json has all measures."""
LEGEND = translatable(
    "mad mean alpha error ×1000 · bf2, bf4 boundary within 2 and 4 px, % (higher is "
    "better) · leak % of the room that shows · holes % of the person that is missing · "
    "dtssd change from frame to frame against the truth's ×100 · flick flicker at a "
    "still edge, grey levels · ghost, cut where the person was and came to, % · comp "
    "colour error of the finished edge · lag frames · cost mask ÷ landscape model on "
    "MediaPipe, processor time at 720p: median (mean)"
)
LOADS = ("cv2", "vcam.measure.quality.runner")


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--set", type=Path, metavar=tr("DIR"), help=tr("a folder of clips with a set.json")
    )
    parser.add_argument(
        "--split",
        metavar=tr("SPLIT"),
        help=tr("only the clips of this split, for example dev"),
    )
    parser.add_argument("--clips", metavar="A,B", help=tr("only these clips"))
    parser.add_argument(
        "--preset",
        nargs="+",
        choices=(*PRESET_NAMES, *BASELINES, "all"),
        default=["all"],
        metavar=tr("NAME"),
        help=tr(
            "{names} or all (default); raw is the landscape model alone, threshold the "
            "square one above 0.5, as in tutorials",
            names=", ".join((*PRESET_NAMES, *BASELINES)),
        ),
    )
    parser.add_argument(
        "--engine", choices=ENGINE_NAMES, default=AUTO, help=tr("what runs the model")
    )
    parser.add_argument(
        "--frames", type=int, metavar="N", help=tr("only the first N frames of each clip")
    )
    parser.add_argument(
        "--json", type=Path, metavar=tr("FILE"), help=tr("write all figures here")
    )
    parser.add_argument(
        "--sheets",
        type=Path,
        metavar=tr("DIR"),
        help=tr("write a contact sheet per clip here"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, and print the table."""
    import cv2

    from vcam.measure.quality.runner import Results, evaluate
    from vcam.outputs.files import check_place, make_folder

    if arguments.frames is not None and arguments.frames < 2:
        raise UsageError(
            tr("{option} is too few", option=f"--frames {arguments.frames}"),
            tr("Give 2 or more"),
        )
    clips = _clips(arguments)
    # Not only after minutes of work.
    if arguments.json is not None:
        check_place(arguments.json)
    if arguments.sheets is not None:
        make_folder(arguments.sheets)
    names = list(dict.fromkeys(arguments.preset))
    if "all" in names:
        names = [*PRESET_NAMES, *BASELINES]
    # Fewer moving parts in the processor times.
    cv2.setNumThreads(1)
    progress = Progress(tr("evaluating"), 0)
    results = Results()
    for count, results in enumerate(  # noqa: B007 - the last one is the whole
        evaluate(
            clips,
            dict.fromkeys(names, arguments.engine),
            sheets=arguments.sheets is not None,
            frames=arguments.frames,
        )
    ):
        progress.at(count)
    progress.end()
    over = clips[0].name
    if len(clips) > 1:
        over = tr_count("{count} clip", "{count} clips", len(clips))
    tell(tr("Means over {clips}, {engine}", clips=over, engine=arguments.engine), "")
    _print_table(names, results)
    tell("", *textwrap.wrap(tr(LEGEND), 91))
    _keep(results, arguments.json, arguments.sheets)
    return 0


def _clips(arguments: argparse.Namespace) -> "Sequence[Clip]":
    from vcam.measure.quality.clips import PresenterClip, read_set

    if arguments.set is not None:
        chosen = arguments.clips.split(",") if arguments.clips else None
        return read_set(arguments.set, arguments.split, chosen)
    if arguments.split or arguments.clips:
        raise UsageError(
            tr("--split and --clips choose from a set, but there is none"),
            tr("Name its folder with --set"),
        )
    return [PresenterClip(Size(1280, 720))]


def _keep(results: "Results", figures: Path | None, sheets: Path | None) -> None:
    """Write what is wanted."""
    import cv2

    from vcam.measure.quality.runner import as_json

    try:
        if figures:
            with english():
                text = json.dumps(as_json(results), indent=1)
            figures.write_text(text, "utf-8")
        if sheets:
            for clip, sheet in results.sheets.items():
                path = sheets / f"{clip.replace(' ', '-')}.jpg"
                if not cv2.imwrite(str(path), sheet, [cv2.IMWRITE_JPEG_QUALITY, 92]):
                    raise VcamError(tr("The sheet {path} cannot be written", path=path))
    except OSError as error:
        raise VcamError(
            tr(
                "{path} cannot be written: {reason}",
                path=error.filename,
                reason=reason(error),
            ),
            tr("Choose a folder that exists and is yours"),
        ) from error


def _print_table(names: list[str], results: "Results") -> None:
    width = max(map(len, names))
    tell(" ".join([" " * width, *(f"{each:>6}" for each in SHOWN), f"{'cost':>13}"]))
    for name in names:
        figures = [
            f"{results.mean(name, measure):6.{decimals}f}".replace("nan", " – ")
            for measure, decimals in SHOWN.items()
        ]
        cost = f"{results.cost(name):.2f} ({results.mean_cost(name):.2f})"
        cost = "–" if "nan" in cost else cost
        tell(" ".join([f"{name:<{width}}", *figures, f"{cost:>13}"]))
