"""Find or make the virtual camera: show what has to be done, ask, do it, check it.

On Linux: the driver v4l2loopback, a device labelled vcam, both again after a restart, and
an entry for the desktop's launcher.  On Windows: what to install and click, and an entry in
the Start menu.  On macOS: the clicks, too, and vcam.app, which macOS asks about when it
starts.
"""

import argparse
import os
import sys
import time
from typing import TYPE_CHECKING

from vcam.cli.asking import agreed
from vcam.cli.clicks import clicks
from vcam.cli.streams import tell
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.system.doctor.host import Host
    from vcam.system.setup import Facts, Plan

NOT_ASKED = translatable(
    "Nothing has been changed. `vcam setup --yes` does it without a question."
)
"""What is told where nobody can be asked."""
SETTLE_S = 5.0
"""Longest time that udev may take to give the user access to a new device."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--remove", action="store_true", help=tr("take away what `vcam setup` has made")
    )
    parser.add_argument(
        "--dry-run", action="store_true", help=tr("only show what would be done")
    )
    parser.add_argument(
        "--menu",
        action="store_true",
        help=tr(
            "only the entry in the desktop's menu, the Start menu or the Launchpad, which "
            "needs no root"
        ),
    )
    parser.add_argument("-y", "--yes", action="store_true", help=tr("do not ask"))


def run(arguments: argparse.Namespace) -> int:
    """Set up or undo; 0 when all is as it should be then, 1 when something is left."""
    from vcam.system.doctor.host import Host
    from vcam.system.setup import execute, menu_entry, menu_removal, plan, removal

    host = Host()
    if host.platform == "win32":
        from vcam.cli import setup_windows

        return setup_windows.run(host, arguments, tr(NOT_ASKED))
    if host.platform == "darwin":
        from vcam.cli import setup_macos

        return setup_macos.run(host, arguments, tr(NOT_ASKED))
    if host.platform != "linux":
        return clicks(host)
    if arguments.menu:
        make = menu_removal if arguments.remove else menu_entry
    else:
        make = removal if arguments.remove else plan
    wanted = make(_facts(host))
    nothing = _nothing(menu=arguments.menu, remove=arguments.remove)
    tell(*as_text(wanted, nothing, remove=arguments.remove).split("\n"))
    if wanted.obstacle:
        return 1
    if not wanted.steps or arguments.dry_run:
        return 0
    if not arguments.yes and not agreed(tr(NOT_ASKED)):
        return 1
    terminal = sys.stdin is not None and sys.stdin.isatty()
    sys.stdout.flush()
    execute(wanted, host.environ, root=_is_root(), terminal=terminal)
    left = make(_facts(host))
    deadline_s = time.monotonic() + SETTLE_S
    while (left.steps or left.obstacle) and time.monotonic() < deadline_s:
        time.sleep(0.2)
        left = make(_facts(host))
    if left.steps or left.obstacle:
        left_text = as_text(left, nothing).split("\n")
        tell("", tr("That did not do it. What is left:"), "", *left_text)
        return 1
    rest = as_text(left, nothing, remove=arguments.remove)
    tell("", *tr("Done. {rest}", rest=rest).split("\n"))
    return 0


def _nothing(*, menu: bool, remove: bool) -> str:
    """What is told when there is nothing to do."""
    if remove:
        return tr("There is nothing of `vcam setup` here")
    if menu:
        return tr("There is nothing to do: the menu has vcam, or there is no desktop here")
    return tr("There is nothing to do: the virtual camera is set up")


def as_text(wanted: "Plan", nothing: str, *, remove: bool = False) -> str:
    """The plan for people: the very commands, and why; or that there is ``nothing``."""
    from vcam.system.setup import script

    if wanted.obstacle:
        return wanted.obstacle
    parts = []
    as_root = script(wanted.steps, as_root=True)
    as_user = script(wanted.steps, as_root=False)
    if as_root:
        parts.append(f"{tr('As root:')}\n\n{_indented(as_root)}")
    if as_user:
        parts.append(f"{tr('As you:')}\n\n{_indented(as_user)}")
    if not parts and not (remove and wanted.notes):
        parts.append(nothing)
    return "\n\n".join([*parts, *wanted.notes])


def _facts(host: "Host") -> "Facts":
    from vcam.system.autostart.session import Session
    from vcam.system.setup import facts_of_this_user

    return facts_of_this_user(host, Session(), root=_is_root())


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
