"""Start vcam at every login, or no longer; it changes nothing about a vcam that runs."""

import argparse
from typing import TYPE_CHECKING

from vcam.cli.streams import tell, tell_json
from vcam.errors import UsageError

if TYPE_CHECKING:
    from vcam.system.autostart import Status


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("what", choices=("on", "off", "status"), help="what to do")
    parser.add_argument(
        "--systemd",
        action="store_true",
        help="with on, on Linux: a unit of systemd, which also starts vcam anew when it "
        "fails, instead of the desktop's own autostart",
    )
    parser.add_argument("--json", action="store_true", help="print it for programs")


def run(arguments: argparse.Namespace) -> int:
    """Do it, and say how things stand then; 1 when what is started does not exist."""
    from dataclasses import asdict

    from vcam.system import autostart

    if arguments.systemd and arguments.what != "on":
        raise UsageError("--systemd says how to start", "Use it with `vcam autostart on`")
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
        return ["vcam is not started at login; `vcam autostart on` changes that"]
    if status.missing:
        again = "vcam autostart on" + (" --systemd" if "systemd" in status.way else "")
        return [
            f"The {status.way} {status.place} starts {status.missing}, which is no longer "
            f"there; `{again}` fixes it"
        ]
    return [
        f"vcam is started at login: {shlex.join(status.command)}",
        f"by the {status.way} {status.place}",
    ]
