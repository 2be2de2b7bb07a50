"""What ``vcam keep`` and ``vcam drop`` have in common.  Imports nothing heavy."""

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.cli.remote import STARTING_S, add_settings
from vcam.cli.streams import tell, tell_json
from vcam.control.client import NotRunningError, ask
from vcam.errors import UsageError
from vcam.printable import printable
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.regions import Regions

SHOW, CLEAR = "show", "clear"
ACROSS, DOWN = 4, 6
"""Cells that are one letter of the map."""
MARKS = {"k": "#", "d": "x", ".": "·"}
"""How the map shows cells that are kept, dropped, and neither."""
LETTERS = {"keep": "k", "drop": "d"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "action",
        nargs="?",
        choices=(SHOW, CLEAR),
        default=SHOW,
        help=tr("show what was painted (default), or clear it"),
    )
    parser.add_argument(
        "--camera",
        metavar=tr("NAME"),
        help=tr("only of this camera, as it is called here (default: all)"),
    )
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))
    add_settings(parser)


def show_or_clear(kind: str, arguments: argparse.Namespace) -> int:
    """Show it, or clear it: of the running vcam, or for the next one."""
    clear = kind if arguments.action == CLEAR else None
    camera: str | None = arguments.camera
    regions = _regions(clear, camera, arguments.settings)
    if camera is not None:
        regions = [each for each in regions if each["camera"] == camera]
    share = "kept" if kind == "keep" else "dropped"
    own = [each for each in regions if each[share]]
    if arguments.json:
        tell_json({"regions": own})
        return 0
    if not own:
        tell(tr("Nothing is kept.") if kind == "keep" else tr("Nothing is dropped."))
        if clear is None:
            tell(tr("Paint it in the studio: {command}", command="vcam studio"))
    for each in own:
        name, percent = printable(each["camera"]), f"{100 * each[share]:.1f}"
        said = (
            tr(
                "{percent} % of the picture of {camera} is kept:",
                percent=percent,
                camera=name,
            )
            if kind == "keep"
            else tr(
                "{percent} % of the picture of {camera} is dropped:",
                percent=percent,
                camera=name,
            )
        )
        tell(said, *drawn(each["rows"], LETTERS[kind]))
    return 0


def drawn(rows: Sequence[str], letter: str) -> list[str]:
    """A map of the cells: a letter where any of those it stands for was painted."""
    return [
        "  "
        + "".join(
            MARKS[
                letter
                if any(letter in row[x : x + ACROSS] for row in rows[y : y + DOWN])
                else "."
            ]
            for x in range(0, len(rows[0]), ACROSS)
        )
        for y in range(0, len(rows), DOWN)
    ]


def _regions(
    clear: str | None, camera: str | None, settings: Path | None
) -> list[Mapping[str, Any]]:
    """All that was painted, after ``clear`` of one ``camera`` or all has been cleared."""
    until_s = time.monotonic() + STARTING_S
    while True:
        try:
            found: list[Mapping[str, Any]] = ask("regions")["regions"]
            _check(camera, [each["camera"] for each in found])
            if clear is not None:
                found = ask("regions", clear=clear, camera=camera)["regions"]
        except NotRunningError:
            pass
        else:
            return found
        from vcam.control.instance import AlreadyRunningError, exclusive
        from vcam.files import settings_path
        from vcam.regions.files import folder_beside, load

        folder = folder_beside(settings or settings_path())
        try:
            with exclusive():
                regions = load(folder)
                _check(camera, [each.camera for each in regions])
                return _saved(regions, clear, camera, folder)
        except AlreadyRunningError:  # one that starts will listen soon
            if time.monotonic() > until_s:
                raise


def _saved(
    regions: "Regions", clear: str | None, camera: str | None, folder: Path
) -> list[Mapping[str, Any]]:
    from vcam.regions.files import save

    for region in list(regions):
        if clear is not None and camera in (None, region.camera):
            left = region.without(clear)
            save(left, folder)
            regions = regions.with_region(left)
    return [each.told() for each in regions]


def _check(camera: str | None, known: Sequence[str]) -> None:
    if camera is None or camera in known:
        return
    raise UsageError(
        tr("Nothing was painted for a camera {name}", name=repr(camera)),
        tr("Known are {names}", names=", ".join(map(repr, map(printable, known))))
        if known
        else tr("Paint it in the studio: {command}", command="vcam studio"),
    )
