"""End the running vcam, and wait until camera and virtual camera are released."""

import argparse
import time

from vcam.control.client import NotRunningError, ask
from vcam.errors import ControlError

ENDING_S = 20.0
"""Longer than a driver that hangs is waited for."""
LOOK_S = 0.05


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Ask it to, and wait; raises ControlError when there is none, or when it stays."""
    pid = ask("quit")["pid"]
    until_s = time.monotonic() + ENDING_S
    try:
        while ask("status")["pid"] == pid:
            if time.monotonic() > until_s:
                raise ControlError(f"vcam (process {pid}) does not end", "End the process")
            time.sleep(LOOK_S)
    except NotRunningError:
        pass
    return 0
