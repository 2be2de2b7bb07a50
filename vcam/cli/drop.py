"""Show or clear where nobody is ever shown: a door, a screen behind you.

It is painted in the studio, on your camera's picture.  Whatever is there, people too, is
replaced by the background; in the plain room it is covered."""

import argparse

from vcam.cli import painted


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    painted.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show it, or clear it."""
    return painted.show_or_clear("drop", arguments)
