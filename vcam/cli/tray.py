"""Publish yourself, with an icon in the tray to switch everything, until you quit."""

import argparse
import logging

from vcam.cli import run as plain
from vcam.cli import signals
from vcam.cli.streams import at_terminal, say
from vcam.errors import VcamError

log = logging.getLogger(__name__)

LOADS = plain.LOADS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments: those of ``vcam run``."""
    plain.configure(parser)


def run(arguments: argparse.Namespace) -> int:
    """Publish until vcam is quit; 0 even if it was never live: the icon has shown why.

    Also 0 when one runs already and there is no terminal, as at login: otherwise launchd
    and systemd would take it for a failure, and start vcam again and again.
    """
    from vcam.control.instance import AlreadyRunningError

    try:
        return _publish(arguments)
    except AlreadyRunningError as error:  # the other one shows where it is
        if at_terminal():
            raise
        say(f"vcam: {error}")
        return 0
    except VcamError as error:
        if not at_terminal():
            from vcam.tray.startup_error import show_startup_error

            show_startup_error(error.what, error.remedy)
        raise


def _publish(arguments: argparse.Namespace) -> int:
    from vcam.control.instance import only_one
    from vcam.control.server import Server

    with only_one():
        welcome = welcomes(arguments)
        app = plain.made(arguments)
        renew_autostart()
        # Only now, so that another vcam that runs is reported at once.
        from vcam.tray.controller import Front
        from vcam.tray.factory import open_tray
        from vcam.tray.icon import picture

        report = plain.Report()

        def warn(text: str) -> None:
            report.end()
            say(text)

        front = Front(app, open_tray(picture), report.on, warn, welcome=welcome)
        with signals.ended_by(front.quit), Server(app, front.here):
            plain.ask_permission(app.settings)
            try:
                front.run()
            finally:
                report.end()
    return 0


def renew_autostart() -> None:
    """Bring an entry of an earlier version up to date; vcam starts without that, too."""
    from vcam.system import autostart

    try:
        autostart.renew()
    except VcamError as error:
        log.warning("start at login: %s", error)


def welcomes(arguments: argparse.Namespace) -> bool:
    """Whether nothing was chosen yet, here or earlier, and the welcome can be shown."""
    from vcam.settings.first_start import is_first_start
    from vcam.studio.handover import desktop

    given = arguments.settings, arguments.background, arguments.camera
    return given == (None, None, None) and desktop() and is_first_start()
