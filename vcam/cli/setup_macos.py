"""``vcam setup`` on macOS: what to install and click, and ``vcam.app``."""

import argparse
from typing import TYPE_CHECKING

from vcam.cli.asking import agreed
from vcam.cli.clicks import clicks
from vcam.cli.streams import tell
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.system.autostart.session import Session
    from vcam.system.doctor.host import Host


def run(
    host: "Host",
    arguments: argparse.Namespace,
    not_asked: str,
    session: "Session | None" = None,
) -> int:
    """Show and do it; 0 when all is as it should be then, 1 when something is left.

    ``not_asked`` is told where nobody can be asked.
    """
    from vcam.system import macos_app
    from vcam.system.autostart.session import Session

    session = session or Session()
    if arguments.remove:
        return _remove(session, arguments, not_asked)
    left = 0 if arguments.menu else clicks(host)
    bundle = macos_app.place(session.home)
    if macos_app.started_by(session.home) == session.command:
        if arguments.menu:
            tell(tr("There is nothing to do: {file} starts vcam", file=bundle))
        return left
    tell(*[""] * (not arguments.menu))
    if not macos_app.available():
        tell(tr(macos_app.NOT_AVAILABLE))
        return 1
    tell(tr("Your applications get vcam, which macOS asks about: {file}", file=bundle))
    if arguments.dry_run:
        return left
    if not arguments.yes and not agreed(not_asked):
        return 1
    macos_app.install(session.home, session.command)
    tell(tr("Done. Start it, in Spotlight for example, and allow the camera."))
    return left


def _remove(session: "Session", arguments: argparse.Namespace, not_asked: str) -> int:
    from vcam.system import autostart, macos_app

    login = autostart.status(session)  # with --menu, too: it starts the app
    there = macos_app.exists(session.home)
    if not there and login is None:
        tell(tr("There is nothing of `vcam setup` here"))
        return 0
    if there:
        tell(tr("This goes: {file}", file=macos_app.place(session.home)))
    if login is not None:
        tell(tr("This goes: {file}", file=login.place))
    if arguments.dry_run:
        return 0
    if not arguments.yes and not agreed(not_asked):
        return 1
    if login is not None:
        autostart.turn(False, session)
    if there:
        macos_app.remove(session.home)
    tell(tr("Done. OBS Studio stays: uninstall it as any program."))
    return 0
