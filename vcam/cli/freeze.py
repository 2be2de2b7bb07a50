"""Keep the last picture on air, with the camera off, until 'vcam resume'."""

import argparse

from vcam.cli.remote import add_toggle
from vcam.control.client import ask


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_toggle(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask the running vcam; raises ControlError when there is none."""
    ask("freeze", toggle=arguments.toggle)
    return 0
