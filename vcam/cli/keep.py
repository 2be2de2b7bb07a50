"""Show or clear what is always kept of the camera's picture: a headset stand, a plant.

It is painted in the studio, on your camera's picture, and stays in the picture whatever the
background is.  So a part of your room is visible; status, menu and preview say so."""

import argparse

from vcam.cli import painted


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    painted.add_arguments(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show it, or clear it."""
    return painted.show_or_clear("keep", arguments)
