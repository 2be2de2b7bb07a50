"""End the running vcam; camera and virtual camera are released."""

import argparse

from vcam.control.client import ask


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Ask the running vcam; raises ControlError when there is none."""
    ask("quit")
    return 0
