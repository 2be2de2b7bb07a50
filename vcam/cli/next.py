"""Show the next background: blur, then the pictures and videos of the gallery."""

import argparse

from vcam.cli.remote import add_settings, step_background


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do it and say which one it is."""
    return step_background("next", 1, arguments.settings)
