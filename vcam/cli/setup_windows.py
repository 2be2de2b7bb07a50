"""``vcam setup`` on Windows: what to install and click, and an entry in the Start menu."""

import argparse
from typing import TYPE_CHECKING

from vcam.cli.asking import agreed
from vcam.cli.clicks import clicks
from vcam.cli.streams import tell
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.system.autostart.session import Session
    from vcam.system.doctor.host import Host


def run(host: "Host", arguments: argparse.Namespace, not_asked: str) -> int:
    """Show and do it; 0 when all is as it should be then, 1 when something is left.

    ``not_asked`` is told where nobody can be asked.
    """
    from vcam.system.autostart.session import Session
    from vcam.system.setup.start_menu import StartMenu

    session = Session()
    if arguments.remove:
        return _remove(session, arguments, not_asked)
    menu = StartMenu(session)
    left = 0 if arguments.menu else clicks(host)
    if not menu.wanting():
        if arguments.menu:
            tell(tr("There is nothing to do: the Start menu has vcam"))
        return left
    tell(*[""] * (not arguments.menu))
    tell(tr("The Start menu gets an entry for vcam: {file}", file=str(menu.path)))
    if arguments.dry_run:
        return left
    if not arguments.yes and not agreed(not_asked):
        return 1
    menu.add()
    tell(tr("Done. The Start menu has vcam."))
    return left


def _remove(session: "Session", arguments: argparse.Namespace, not_asked: str) -> int:
    from vcam.system.setup.start_menu import Login, StartMenu

    menu, login = StartMenu(session), Login(session)
    from_menu, from_login = menu.ours(), login.there() and not arguments.menu
    if not from_menu and not from_login:
        tell(tr("There is nothing of `vcam setup` here"))
        return 0
    if from_menu:
        tell(tr("The entry in the Start menu goes: {file}", file=str(menu.path)))
    if from_login:
        tell(tr("The start at login goes: {place}", place=login.place))
    if arguments.dry_run:
        return 0
    if not arguments.yes and not agreed(not_asked):
        return 1
    if from_menu:
        menu.remove()
    if from_login:
        login.remove()
    tell(tr("Done. OBS Studio and UnityCapture stay: uninstall them as any program."))
    return 0
