"""Be right back: a card is on air and the camera is off, until 'vcam resume'."""

import argparse

from vcam.control.client import ask


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Ask the running vcam; raises ControlError when there is none."""
    ask("pause")
    return 0
