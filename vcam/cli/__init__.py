"""The command line: what a command needs is imported only when it is called.

A command is a row of :data:`vcam.verbs.VERBS`, or a module with ``configure(parser)``,
which declares its arguments, and ``run(arguments)``, which does the work and returns the
exit status: 0 done, 1 it did not work, 2 wrong use.  To add a module, write the file and a
row in :data:`SECTIONS`.

At its top such a module imports only what declaring the arguments needs, so that ``--help``
answers at once; ``run`` imports the rest.  What of that is large is named in ``LOADS``, and
is imported before signals are handled: an exception raised during an import may get lost.
"""

import argparse
import errno
import importlib
import logging
import os
import re
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from vcam import __version__
from vcam.cli import signals, streams
from vcam.errors import SettingsError, UsageError, VcamError
from vcam.printable import message, printable
from vcam.verbs import QUIT, VERBS

VERBOSE = ("-v", "--verbose")
ALONE = "tray"
"""The command that ``vcam`` alone stands for."""
SECTIONS = {
    "Core": {
        "tray": "the same as vcam alone: publish, and switch everything from an icon",
        "welcome": "three steps to a first call: camera, background, where to choose vcam",
        "run": "publish yourself on another background to the virtual camera",
        "status": "say what the running vcam is doing",
        "preview": "see what the virtual camera shows, in a window",
        "quit": QUIT.summary,
        "demo": "see it without any hardware: a drawn presenter, a window or files",
        "studio": "try it, tune it and drive it, in your browser",
        "render": "put a video or picture file through the same pipeline",
        "snap": "one picture, of a file or the camera: the result, the mask, the person",
    },
    "Background and breaks": {
        **{verb.name: verb.summary for verb in VERBS.values() if verb is not QUIT},
        "backgrounds": "list the backgrounds that can be chosen",
    },
    "Settings": {
        "set": "change background, camera and everything else of the running vcam",
        "cameras": "list the physical cameras and their modes",
        "autostart": "start vcam at every login, or no longer",
    },
    "Maintenance": {
        "setup": "make the virtual camera: show what has to be done, ask, do it",
        "doctor": "say what is missing on this machine, and how to fix it",
        "bench": "measure the processor time of every stage on this machine",
        "evaluate": "measure the quality of the mask against a known truth",
        "report": "draw a figure of a file's mask: over the picture, in numbers, over time",
        "completion": "print a script that completes these words in your shell",
    },
}
"""One row per command, with its help, as ``vcam --help`` lists them; add yours here."""
COMMANDS = {name: text for rows in SECTIONS.values() for name, text in rows.items()}
"""The rows of all sections."""


def main(
    argv: Sequence[str] | None = None, quieten: Callable[[], None] = lambda: None
) -> int:
    """Run the command line and return the exit status.

    ``quieten`` is called before the work begins, unless ``--verbose`` is given.
    """
    streams.prepare()
    try:
        status = _command(list(sys.argv[1:] if argv is None else argv), quieten)
        sys.stdout.flush()  # here, where it can still be said that it fails
    except VcamError as error:
        return _explain(error)
    except ImportError as error:
        from vcam.system.libraries import explained

        if (told := explained(error)) is None:
            raise
        return _explain(told)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing more can be printed.
        streams.abandon(sys.stdout)
        return 0
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EIO):
            raise
        streams.abandon(sys.stdout)
        streams.say(f"vcam: The output cannot be written: {error.strerror}.")
        return 1
    finally:
        streams.finish()
    return status


def _command(words: list[str], quieten: Callable[[], None]) -> int:
    if words and words[0] == "--version":
        streams.tell(f"vcam {__version__}")
        return 0
    if words and words[0] in ("-h", "--help", "help"):
        streams.tell(*_overview())
        return 0
    if os.path.expanduser("~") == "~":  # noqa: PTH111 - which raises
        raise VcamError("You have no home folder", "Set HOME to one")
    if len(words) > 1 and words[0] in VERBOSE and words[1] in COMMANDS:
        words[:2] = words[1::-1]  # said before the command, it is meant all the same
    name = ALONE if not words or words[0].startswith("-") else words.pop(0)
    if name not in COMMANDS:
        close = get_close_matches(name, COMMANDS, n=1)
        meant = f"Did you mean 'vcam {close[0]}'?" if close else "See 'vcam --help'"
        raise UsageError(f"There is no command {name!r}", meant)
    command, parser = parser_of(name)
    try:
        arguments = parser.parse(words)
    except SystemExit:
        sys.stdout.flush()  # the help, which may fail like any other output
        raise
    if not arguments.verbose:
        quieten()
    _log(arguments.verbose)
    for each in getattr(command, "LOADS", ()):
        importlib.import_module(each)
    with signals.handled(signals.leave, *signals.NAMES):
        return int(command.run(arguments))


def parser_of(name: str) -> "tuple[Any, Parser]":
    """The module of a command, and the parser of its arguments."""
    command = command_named(name)
    parser = Parser(f"vcam {name}", description=command.__doc__)
    parser.add_argument(*VERBOSE, action="store_true", help="log what happens inside")
    command.configure(parser)
    return command, parser


def command_named(name: str) -> Any:
    """The module of a command, or what takes its place for those of the table of verbs."""
    if name in VERBS:
        from vcam.cli.remote import VerbCommand

        return VerbCommand(VERBS[name])
    return importlib.import_module(f"vcam.cli.{name}")


class Parser(argparse.ArgumentParser):
    """Reports a mistake like every other error: in one line, without the whole usage."""

    interleaved = False
    """Whether an option may stand between two positional arguments that may be left out."""

    def parse(self, words: list[str]) -> argparse.Namespace:
        """What was typed; what follows ``--`` is no option."""
        if self.interleaved and "--" not in words:
            return self.parse_intermixed_args(words)
        return self.parse_args(words)

    def error(self, message: str) -> NoReturn:
        """Raise :class:`~vcam.errors.UsageError` for what argparse found wrong."""
        what = message.removeprefix("argument ")
        unknown = re.match(r"unrecognized arguments: (--[\w-]+)", message)
        known = re.findall(r"--[\w-]+", self.format_help())
        close = get_close_matches(unknown[1], known, n=1) if unknown else ()
        meant = f"Did you mean {close[0]}?" if close else f"See `{self.prog} --help`"
        raise UsageError(what[:1].upper() + what[1:], meant)


def _overview() -> list[str]:
    width = max(map(len, COMMANDS))
    rows = [
        line
        for section, commands in SECTIONS.items()
        for line in (
            f"{section}:",
            *(f"  {name:<{width}}  {summary}" for name, summary in commands.items()),
            "",
        )
    ]
    return [
        "vcam: be anywhere, from your own webcam",
        "",
        "usage: vcam                       start, with an icon in the tray",
        "       vcam COMMAND [ARGUMENTS]   ('vcam COMMAND --help' explains each)",
        "",
        *rows,
        "Nothing leaves this machine; if anything fails, viewers see a card.",
    ]


def _explain(error: VcamError) -> int:
    streams.say(f"vcam: {error}")
    return 2 if isinstance(error, (UsageError, SettingsError)) else 1


class Lines(logging.Formatter):
    """One line for each record, and for each of a traceback, whatever is in them."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802, D102
        return message(super().formatMessage(record))

    def formatException(self, info: Any) -> str:  # noqa: N802, D102
        return "\n".join(map(printable, super().formatException(info).split("\n")))


def _log(verbose: bool) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(
        Lines("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, handlers=[handler])
