"""Keep the last picture on air, with the camera off, until 'vcam resume'."""

import argparse

from vcam.control.client import ask


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Ask the running vcam; raises ControlError when there is none."""
    ask("freeze")
    return 0
