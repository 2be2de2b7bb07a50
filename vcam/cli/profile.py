"""Named sets of settings: backgrounds, overlay, name plate and whatever else is seen.

Without a name, they are listed.  A profile keeps how you look now; camera, size, output and
quality are not part of it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli.remote import add_settings, change
from vcam.cli.streams import say, tell, tell_json
from vcam.control.client import NotRunningError, ask
from vcam.errors import UsageError, VcamError
from vcam.printable import printable
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.settings import Settings
    from vcam.settings.edits import Edit

EXAMPLES = translatable(
    "  vcam profile save work\n"
    "  vcam profile work\n"
    "  vcam profile remove work\n"
    '  vcam set when="teams: work, discord: play"    # when these begin to watch'
)
SAVE, REMOVE = "save", "remove"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar=tr("NAME"),
        help=tr("the profile to choose; or save NAME, or remove NAME"),
    )
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))
    add_settings(parser)
    parser.epilog = f"{tr('for example:')}\n{tr(EXAMPLES)}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def run(arguments: argparse.Namespace) -> int:
    """List, choose, save or remove."""
    words = list(arguments.words)
    if not words:
        _list(arguments.settings, arguments.json)
        return 0
    if arguments.json:
        raise UsageError(tr("Only a list has --json"), tr("Leave it out"))
    verb = words.pop(0) if words[0] in (SAVE, REMOVE) else ""
    if len(words) != 1:
        raise UsageError(
            tr("One name is wanted, not {count}", count=len(words)),
            tr("A name with spaces needs quotes"),
        )
    (name,) = words
    if not verb:  # a hotkey may do it: nothing is imported that is not needed
        change("profile", lambda: _edit(name), arguments.settings, name=name)
        return 0
    from vcam.settings import profiles

    if verb == SAVE:
        profiles.save(name, _now(arguments.settings))
    else:
        profiles.remove(name)
    return 0


def _list(settings: Path | None, as_json: bool) -> None:
    from vcam.settings import profiles

    now, found = _now(settings), dict[str, bool]()
    for name in profiles.names():
        try:
            found[name] = profiles.load(name).is_chosen(now)
        except VcamError as error:  # somebody has edited it, or removed it meanwhile
            say(f"vcam: {error}")
    if as_json:
        rows = [{"name": name, "chosen": chosen} for name, chosen in found.items()]
        tell_json(rows, indent=1)
        return
    for name, chosen in found.items():
        tell(f"{printable(name)} {tr('(chosen)') if chosen else ''}".rstrip())
    if not found:
        tell(tr("There are no profiles. Save one: `vcam profile save NAME`"))


def _now(settings: Path | None) -> "Settings":
    """The settings in effect, or, when no vcam runs, those of the next one."""
    from vcam.files import settings_path
    from vcam.settings import from_table, load
    from vcam.settings.policy_file import policy

    try:
        return from_table(ask("status")["settings"])
    except NotRunningError:
        return policy().enforced(load(settings or settings_path()))


def _edit(name: str) -> "Edit":
    from vcam.settings import profiles
    from vcam.settings.edits import check_opens

    profile = profiles.load(name)

    def edit(settings: "Settings") -> "Settings":
        if profile.background is not None:
            check_opens(profile.background, settings.output.size)
        return profile(settings)

    return edit
