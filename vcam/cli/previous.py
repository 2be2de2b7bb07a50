"""Show the previous background of the gallery."""

import argparse

from vcam.cli.remote import step_background


def configure(parser: argparse.ArgumentParser) -> None:
    """There are no arguments."""


def run(arguments: argparse.Namespace) -> int:
    """Do it and say which one it is."""
    return step_background("previous", -1)
