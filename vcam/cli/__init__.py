"""The command line: what a command needs is imported only when it is called.

A command is a row of :data:`vcam.verbs.VERBS`, or a module with ``configure(parser)``,
which declares its arguments, and ``run(arguments)``, which does the work and returns the
exit status: 0 done, 1 it did not work, 2 wrong use.  Its docstring is what ``--help`` says
of it, and is translated.  To add a module, write the file and a row in :data:`SECTIONS`.

At its top such a module imports only what declaring the arguments needs, so that ``--help``
answers at once; ``run`` imports the rest.  What of that is large is named in ``LOADS``, and
is imported before signals are handled: an exception raised during an import may get lost.
"""

import errno
import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any

from vcam import __version__
from vcam.cli import signals, streams
from vcam.cli.parsing import Parser, described, translate_argparse
from vcam.errors import SettingsError, UsageError, VcamError
from vcam.printable import message, printable
from vcam.reasons import reason
from vcam.translation import tr, translatable
from vcam.verbs import QUIT, VERBS

VERBOSE = ("-v", "--verbose")
ALONE = "tray"
"""The command that ``vcam`` alone stands for."""
SECTIONS = {
    translatable("Core"): {
        "tray": translatable(
            "the same as vcam alone: publish, and switch everything from an icon"
        ),
        "welcome": translatable(
            "three steps to a first call: camera, background, where to choose vcam"
        ),
        "run": translatable("publish yourself on another background to the virtual camera"),
        "status": translatable("say what the running vcam is doing"),
        "preview": translatable("see what the virtual camera shows, in a window"),
        "quit": QUIT.summary,
        "demo": translatable(
            "see it without any hardware: a drawn presenter, a window or files"
        ),
        "studio": translatable("try it, tune it and drive it, in your browser"),
        "render": translatable("put a video or picture file through the same pipeline"),
        "snap": translatable(
            "one picture, of a file or the camera: the result, the mask, the person"
        ),
        "edge-light": translatable("light your face with a bright frame on your screen"),
    },
    translatable("Background and breaks"): {
        **{verb.name: verb.summary for verb in VERBS.values() if verb is not QUIT},
        "backgrounds": translatable("list the backgrounds that can be chosen"),
        "keep": translatable("show or clear what is always kept of your picture"),
        "drop": translatable("show or clear where nobody is ever shown"),
    },
    translatable("Settings"): {
        "set": translatable(
            "change background, camera and everything else of the running vcam"
        ),
        "profile": translatable(
            "how you look at work, how at play: named sets of settings"
        ),
        "cameras": translatable("list the physical cameras and their modes"),
        "autostart": translatable("start vcam at every login, or no longer"),
    },
    translatable("Maintenance"): {
        "setup": translatable(
            "make the virtual camera: show what has to be done, ask, do it"
        ),
        "doctor": translatable("say what is missing on this machine, and how to fix it"),
        "bench": translatable("measure the processor time of every stage on this machine"),
        "evaluate": translatable("measure the quality of the mask against a known truth"),
        "report": translatable(
            "draw a figure of a file's mask: over the picture, in numbers, over time"
        ),
        "completion": translatable(
            "print a script that completes these words in your shell"
        ),
    },
}
"""One row per command, with its help, as ``vcam --help`` lists them; add yours here."""
USAGE = translatable(
    "usage: vcam                       start, with an icon in the tray\n"
    "       vcam COMMAND [ARGUMENTS]   ('vcam COMMAND --help' explains each)"
)
COMMANDS = {name: text for rows in SECTIONS.values() for name, text in rows.items()}
"""The rows of all sections."""


def main(
    argv: Sequence[str] | None = None, quieten: Callable[[], None] = lambda: None
) -> int:
    """Run the command line and return the exit status.

    ``quieten`` is called before the work begins, unless ``--verbose`` is given.
    """
    streams.prepare()
    translate_argparse()
    try:
        status = _command(list(sys.argv[1:] if argv is None else argv), quieten)
        sys.stdout.flush()  # here, where it can still be said that it fails
    except VcamError as error:
        return _explain(error)
    except (AttributeError, ImportError) as error:
        from vcam.system.libraries import explained

        if (told := explained(error)) is None:
            raise
        return _explain(told)
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if streams.unread(error):
            # Whoever read the output has seen enough; nothing more can be printed.
            streams.abandon(sys.stdout)
            return 0
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EIO):
            raise
        streams.abandon(sys.stdout)
        said = tr("The output cannot be written: {reason}.", reason=reason(error))
        streams.say(f"vcam: {said}")
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
        raise VcamError(tr("You have no home folder"), tr("Set HOME to one"))
    if len(words) > 1 and words[0] in VERBOSE and words[1] in COMMANDS:
        words[:2] = words[1::-1]  # said before the command, it is meant all the same
    name = ALONE if not words or words[0].startswith("-") else words.pop(0)
    if name not in COMMANDS:
        close = get_close_matches(name, COMMANDS, n=1)
        meant = (
            tr("Did you mean 'vcam {command}'?", command=close[0])
            if close
            else tr("See 'vcam --help'")
        )
        raise UsageError(tr("There is no command {name}", name=repr(name)), meant)
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
        try:
            return int(command.run(arguments))
        finally:
            if name != QUIT.name:
                _tell_of_another_version()


def parser_of(name: str) -> tuple[Any, Parser]:
    """The module of a command, and the parser of its arguments."""
    command = command_named(name)
    parser = Parser(f"vcam {name}", description=tr(described(command.__doc__ or "")))
    parser.add_argument(*VERBOSE, action="store_true", help=tr("log what happens inside"))
    command.configure(parser)
    return command, parser


def command_named(name: str) -> Any:
    """The module of a command, or what takes its place for those of the table of verbs."""
    if name in VERBS:
        from vcam.cli.remote import VerbCommand

        return VerbCommand(VERBS[name])
    return importlib.import_module(f"vcam.cli.{name.replace('-', '_')}")


def _overview() -> list[str]:
    width = max(map(len, COMMANDS))
    rows = [
        line
        for section, commands in SECTIONS.items()
        for line in (
            f"{tr(section)}:",
            *(f"  {name:<{width}}  {tr(summary)}" for name, summary in commands.items()),
            "",
        )
    ]
    return [
        f"vcam: {tr('be anywhere, from your own webcam')}",
        "",
        *tr(USAGE).split("\n"),
        "",
        *rows,
        tr("Nothing leaves this machine; if anything fails, viewers see a card."),
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


def _tell_of_another_version() -> None:
    """After an update, or beside another installation: what runs is not this vcam."""
    client = sys.modules.get("vcam.control.client")
    for version in client.others if client else ():
        told = tr(
            "The running vcam is another one: version {running}, and this command is "
            "version {here}. To use this one, run `vcam quit` and start vcam again.",
            running=printable(version) or "?",
            here=__version__,
        )
        streams.say(f"vcam: {told}")


def _log(verbose: bool) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(
        Lines("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    level = logging.INFO if verbose else logging.ERROR
    logging.basicConfig(level=level, handlers=[handler])
