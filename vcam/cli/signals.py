"""Signals that ask the program to end."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""Names of the signals that end vcam; each system has some of them."""


@contextmanager
def handled(handler: Callable[[int, object], None], *names: str) -> Iterator[None]:
    """Let ``handler`` have the signals ``names``, except those that are to be ignored."""
    before = {}
    complaints = sys.unraisablehook
    try:
        if threading.current_thread() is threading.main_thread():
            for name in names:
                number = getattr(signal, name, None)
                # `nohup vcam …` and `vcam … &` in a script mean what they say.
                if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                    before[number] = signal.getsignal(number)
                    signal.signal(number, handler)
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
        sys.unraisablehook = complaints


@contextmanager
def ended_by(end: Callable[[], None]) -> Iterator[None]:
    """Call ``end`` when the program is asked to end: by a signal, or by Windows.

    Everything that has to be let go of belongs into the block.
    """
    with ExitStack() as stack:
        if sys.platform == "win32":
            from vcam.cli.session_end import answered

            stack.enter_context(answered(end))
        stack.enter_context(handled(lambda *_: end(), *NAMES))
        yield


def leave(number: int, frame: object) -> None:
    """A handler that unwinds the program, so that nothing half done is left behind.

    A second signal does not interrupt that to begin anew: it ends the program as it is.
    """
    for name in NAMES:
        other = getattr(signal, name, None)
        if other is not None and signal.getsignal(other) is leave:
            signal.signal(other, signal.SIG_DFL)
    # What a signal leaves half made, inside libraries, complains when it goes.
    sys.unraisablehook = lambda _: None
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
