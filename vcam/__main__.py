"""``python -m vcam``, and the ``vcam`` command."""

import sys  # the others below: Ctrl-C may come before they are loaded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def entry() -> None:
    """Run the command line as a program of its own."""
    sys.excepthook = _excepthook
    import signal

    # Nothing is to be undone before a command runs, and what is interrupted while it is
    # being loaded may swallow the exception or complain of another one.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    import os
    import threading
    import warnings

    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # for those who write programs
    try:
        import vcam

        if not hasattr(vcam, "__version__"):
            sys.exit(_replaced())
        from vcam.cli import main

        status = main(quieten=_silence_native_code)
    except KeyboardInterrupt:
        status = 130
    except SystemExit as ended:  # of argparse, or a signal
        status = ended.code if isinstance(ended.code, int) else 1
    if any(each.name.startswith("vcam-") for each in threading.enumerate()):
        # A driver holds a thread that was left behind, and native code may abort when
        # Python is torn down under it.  Everything of ours is closed already.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status)


def _replaced() -> int:
    """Say that ``vcam/__init__.py`` is not ours: the `vcam` of the index is another one."""
    from vcam import installing
    from vcam.errors import VcamError
    from vcam.translation import tr

    name = "vcam-background"
    first = installing.command("uninstall", "vcam", name)
    second = installing.command("install", name)
    error = VcamError(
        tr("Another package called vcam has replaced or removed files of this one"),
        tr(
            "Run `{first}`, then `{second}`",
            first=installing.typed(first),
            second=installing.typed(second),
        ),
    )
    sys.stderr.write(f"vcam: {error}\n")
    return 1


def _excepthook(
    kind: type[BaseException], error: BaseException, trace: "TracebackType | None"
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


def _silence_native_code() -> None:
    """Keep standard error for what vcam has to say.

    MediaPipe, XNNPACK and FFmpeg write to file descriptor 2, past every switch they
    offer.  Python's own standard error moves to a copy of it.
    """
    import contextlib
    import os

    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        ours = os.dup(2)
    except OSError:  # no standard error at all: nothing to keep
        return
    try:
        encoding, errors = sys.stderr.encoding, sys.stderr.errors
        stderr = os.fdopen(ours, "w", buffering=1, encoding=encoding, errors=errors)
    except OSError:
        # To a program without a console Windows hands out a copy, which is of no file.
        with contextlib.suppress(OSError):
            os.close(ours)
        return
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = stderr


if __name__ == "__main__":
    entry()
