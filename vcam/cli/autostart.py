"""Start vcam at every login, or no longer; it changes nothing about a vcam that runs."""

import argparse
from typing import TYPE_CHECKING

from vcam.cli.streams import tell, tell_json
from vcam.errors import UsageError
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.system.autostart import Status


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("on", "off", "status"), help=tr("what to do"))
    parser.add_argument(
        "--systemd",
        action="store_true",
        help=tr(
            "with on, on Linux: a unit of systemd, which also starts vcam anew when it "
            "fails, instead of the desktop's own autostart"
        ),
    )
    parser.add_argument("--json", action="store_true", help=tr("print it for programs"))


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say how things stand then; 1 when what is started does not exist."""
    from dataclasses import asdict

    from vcam.system import autostart

    if arguments.systemd and arguments.what != "on":
        raise UsageError(
            tr("--systemd says how to start"), tr("Use it with `vcam autostart on`")
        )
    if arguments.what != "status":
        autostart.turn(arguments.what == "on", service=arguments.systemd)
    status = autostart.status()
    if arguments.json:
        report = {"enabled": status is not None} | (asdict(status) if status else {})
        tell_json(report)
    else:
        tell(*as_text(status))
    return 1 if status is not None and status.missing else 0


def as_text(status: "Status | None") -> list[str]:
    """For people, by lines."""
    import shlex

    if status is None:
        return [tr("vcam is not started at login; `vcam autostart on` changes that")]
    if status.missing:
        again = "vcam autostart on" + (" --systemd" if "systemd" in status.way else "")
        said = tr(
            "The {way} {place} starts {program}, which is no longer there; `{command}` "
            "fixes it",
            way=tr(status.way),
            place=status.place,
            program=status.missing,
            command=again,
        )
        return [said]
    return [
        tr("vcam is started at login: {command}", command=shlex.join(status.command)),
        tr("by the {way} {place}", way=tr(status.way), place=status.place),
        *filter(None, [status.caution]),
    ]
