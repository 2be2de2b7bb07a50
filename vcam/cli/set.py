"""Change what the running vcam does, at once; several changes together or none of them.

When no vcam runs, the settings file is changed for its next start."""

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from vcam.cli.remote import add_settings, change
from vcam.errors import UsageError
from vcam.reasons import reason
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.settings.edits import Edit

EXAMPLES = """\
  vcam set background=blur:70
  vcam set background=holiday.jpg mirror=on
  vcam set camera="HD Webcam" size=1280x720 fps=30
  vcam set preset=light smoothing=default framing=auto on_demand=off"""
NOTE = translatable(
    "Every option of the settings file can be set, as option=VALUE or "
    "section.option=VALUE;\n"
    "the value 'default' gives it back to vcam, and 'toggle' makes on of off and off of on."
)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Ends with the names of all options, which are looked for only when they are read."""

    def add_text(self, text: str | None) -> None:
        super().add_text(text)
        if text and text.endswith(tr(NOTE)):
            super().add_text(f"{tr('Options, by section:')}\n{_names()}")


def _names() -> str:
    """All that can be set, in a paragraph for each section."""
    from vcam.settings.words import OPTIONS

    sections: dict[str, list[str]] = {}
    for option in OPTIONS:
        section, _, name = option.partition(".")
        sections.setdefault(section, []).append(name)
    below = "\n" + " " * 15
    return "\n".join(
        f"  {section:<13}{below.join(textwrap.wrap(' '.join(names), 63))}"
        for section, names in sections.items()
    )


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="+", metavar=tr("KEY=VALUE"), help=tr("see below"))
    add_settings(parser)
    parser.epilog = f"{tr('for example:')}\n{EXAMPLES}\n\n{tr(NOTE)}"
    parser.formatter_class = _Help


def run(arguments: argparse.Namespace) -> int:
    """Set it in the running vcam, or in the settings file."""
    words, settings = arguments.words, arguments.settings
    try:
        folder = Path.cwd()
    except OSError as error:
        raise UsageError(
            tr("The folder that you are in cannot be used: {reason}", reason=reason(error)),
            tr("Go to another one"),
        ) from error

    def edit() -> "Edit":
        from vcam.files import settings_path
        from vcam.settings import load
        from vcam.settings.edits import edit_of

        return edit_of(words, folder, load(settings or settings_path()))

    change("set", edit, settings, words=words, folder=str(folder))
    return 0
