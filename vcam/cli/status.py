"""Say what the running vcam is doing.  Exit status 1 when none runs."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

from vcam.cli.streams import labelled, tell, tell_json
from vcam.control.client import NotRunningError, ask
from vcam.translation import tr, translatable

POLL_S = 0.25
"""Interval at which ``--follow`` reads the status."""
NEWS = (
    "state",
    "message",
    "background",
    "watchers",
    "shows_room",
    "camera",
    "output",
    "served",
    "loading",
)
"""Fields whose changes ``--follow`` prints; rates and costs change all the time."""
STOPPED: Mapping[str, Any] = {"state": "stopped", "headline": translatable("Not running")}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))
    parser.add_argument(
        "--follow",
        action="store_true",
        help=tr("print a line whenever it changes, until Ctrl-C or until that vcam ends"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Print it once, or line by line."""
    status = _status()
    if arguments.follow:
        return _follow(status, arguments.json)
    if arguments.json:
        tell_json(status, indent=1)
    else:
        tell(*_lines(status))
    return 0 if status is not STOPPED else 1


def _status() -> Mapping[str, Any]:
    try:
        return ask("status")
    except NotRunningError:
        return STOPPED


def _follow(status: Mapping[str, Any], as_json: bool) -> int:
    ran, printed = status is not STOPPED, None
    while True:
        news = [status.get(name) for name in NEWS]
        if news != printed:
            printed = news
            if as_json:
                tell_json(status)
            else:
                tell(tr(status["headline"]) if status is STOPPED else status["headline"])
        if status is STOPPED:
            return 0 if ran else 1
        time.sleep(POLL_S)
        status = _status()


def _turned(source: Mapping[str, Any]) -> str:
    """What is done to the camera's picture; nothing usually."""
    # A vcam that has been running since before an update does not know all of them.
    rotate, flip, mirror = map(source.get, ("rotate", "flip", "mirror"))
    done = [
        rotate and tr("rotated by {degrees}°", degrees=rotate),
        flip and tr("flipped"),
        mirror and tr("mirrored"),
    ]
    return ", ".join(filter(None, done))


def _policy(policy: Mapping[str, Any]) -> str:
    """What the administrator has decided; nothing usually."""
    rules = "; ".join(policy.get("rules", ()))
    if not rules:
        return ""
    text = tr("{rules} ({file})", rules=rules, file=policy.get("file", ""))
    return " ".join(filter(None, (text, policy.get("contact", ""))))


def _lines(status: Mapping[str, Any]) -> list[str]:
    if status is STOPPED:
        return [tr(status["headline"]), tr("Start it with: {command}", command="vcam run")]
    lines = [status["headline"]]
    # A vcam that has been running since before an update does not know all of them.
    troubles = ("overlay_trouble", "card_trouble", "font_trouble")
    more = (status["remedy"], *map(status.get, troubles))
    lines += [each for each in more if each]
    costs_ms, delay_ms = status["costs_ms"], status["latency_ms"]
    stages = ", ".join(f"{tr(stage)} {cost_ms:.1f}" for stage, cost_ms in costs_ms.items())
    cost = f"{sum(costs_ms.values()):.1f}"
    delay = f"{delay_ms:.0f}"
    rows = {
        tr("camera"): status["camera"],
        tr("picture"): _turned(status.get("settings", {}).get("source", {})),
        tr("output"): status["output"],
        # A vcam that has been running since before an update does not know it.
        tr("served"): status.get("served"),
        tr("background"): status["background"],
        tr("quality"): status["quality"],
        tr("engine"): status.get("mask_engine"),
        tr("costs"): stages
        and tr("{cost} ms a frame ({stages})", cost=cost, stages=stages),
        tr("delay"): delay_ms and tr("{delay} ms behind the camera", delay=delay),
        tr("policy"): _policy(status.get("policy", {})),
        tr("process"): status["pid"],
    }
    return [*lines, *labelled(rows)]
