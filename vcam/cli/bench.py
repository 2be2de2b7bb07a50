"""Measure the processor time of every stage on this machine, on the drawn presenter."""

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import replace

from vcam.backgrounds.choosing import choose
from vcam.cli import arguments as shared
from vcam.cli.progress import Progress
from vcam.errors import UsageError
from vcam.frames import Size
from vcam.masking.options import PRESETS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--size", type=shared.size, default=Size(1280, 720))
    parser.add_argument(
        "--turns", type=int, default=90, help="frames per contestant (default: 90)"
    )
    parser.add_argument(
        "-b",
        "--background",
        action="append",
        metavar="WHAT",
        help="may be given again (default: blur, #00b140)",
    )
    parser.add_argument("--json", action="store_true", help="print it for programs")
    shared.add_mask(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print one row per contestant."""
    import cv2

    from vcam.benchmark import DRAWN_FRAMES, WARM_UP_TURNS, Cost, as_rows, measure

    if not 1 <= arguments.turns <= 100_000:
        raise UsageError(f"--turns {arguments.turns} is out of range", "Choose 1 to 100000")
    size = shared.drawable(arguments.size)
    cv2.setNumThreads(1)
    mask = shared.mask(arguments)
    presets = [arguments.preset] if arguments.preset else list(PRESETS)
    backgrounds = {
        text: choose(text) for text in arguments.background or ("blur", "#00b140")
    }
    contestants = {
        f"vcam {preset}, {text}": (background, replace(mask, preset=preset))
        for preset in presets
        for text, background in backgrounds.items()
    }
    costs: tuple[Cost, ...] = ()
    with Progress("measuring", WARM_UP_TURNS + arguments.turns) as progress:
        for news in measure(contestants, size, mask.engine, arguments.turns):
            if isinstance(news, int):
                progress.at(news)
            else:
                costs = news
    if arguments.json:
        json.dump({"size": list(size), "costs": as_rows(costs)}, sys.stdout, indent=1)
        print()
        return 0
    print(
        f"Processor milliseconds per frame at {size}, {mask.engine}, medians of "
        f"{arguments.turns} turns on {DRAWN_FRAMES} drawn frames\n"
    )
    width = max(len(cost.name) for cost in costs)
    print(f"{'':<{width}}  {'ms':>6}  {'÷ model':>7}  by stage")
    for cost in costs:
        print(
            f"{cost.name:<{width}}  {cost.frame_ms:6.2f}  {cost.ratio:7.2f}  "
            f"{_stages(cost.stages_ms)}"
        )
    return 0


def _stages(stages_ms: Mapping[str, float]) -> str:
    return "  ".join(f"{stage} {ms:.2f}" for stage, ms in stages_ms.items() if ms >= 0.005)
