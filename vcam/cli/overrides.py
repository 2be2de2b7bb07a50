"""``--set OPTION=VALUE``: the words of ``vcam set``, for one run of another command."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.errors import UsageError
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.backgrounds import Background
    from vcam.frames import Size
    from vcam.settings import Settings
    from vcam.settings.edits import Check

TURN = ("source.rotate", "source.flip", "source.mirror")
PERSON = ("mask.", "framing.", "appearance.")
BEHIND_AND_OVER = ("background", "overlay.", "name_plate.", "lettering.")
"""How the names of options begin, by what they change in a picture."""


def add_set(parser: argparse.ArgumentParser) -> None:
    """``--set``, which may be repeated."""
    parser.add_argument(
        "--set",
        dest="words",
        action="append",
        default=[],
        metavar=tr("OPTION=VALUE"),
        help=tr(
            "any option, written as for `vcam set`, for this run only; may be repeated"
        ),
    )


def with_words(
    arguments: argparse.Namespace,
    settings: "Settings",
    shown: tuple[str, ...] = ("",),
    check: "Check | None" = None,
) -> "Settings":
    """``settings`` with what was given by ``--set``.

    ``shown``: the beginnings of names of options that can be seen in the result.  Raises
    :class:`~vcam.errors.UsageError` for others, and as
    :func:`~vcam.settings.edits.edit_of` does.
    """
    words: list[str] = arguments.words
    if not words:
        return settings
    from vcam.settings.edits import check_opens, edit_of
    from vcam.settings.words import split

    for word in words:
        _, name, _ = split(word)
        if not name.startswith(shown):
            raise UsageError(
                tr("{option} cannot be seen in what is written", option=name),
                tr("Leave it out"),
            )
    return edit_of(words, Path(), settings, check or check_opens)(settings)


def background(
    arguments: argparse.Namespace, chosen: "Background", size: "Size"
) -> "Background":
    """What ``--background`` names, opened for a trial; without it what is ``chosen``."""
    from vcam.backgrounds import with_fit
    from vcam.settings.edits import named_background

    if arguments.background is None:
        return with_fit(chosen, arguments.fit)
    return named_background(arguments.background, arguments.fit, size)
