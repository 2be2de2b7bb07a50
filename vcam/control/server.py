"""The thread that accepts connections, ``vcam-control``; each gets a thread of its own.

A flood of connections, or of slow ones, costs little: few are kept, each for a moment, and
the server rests between two of them, so that the video has the processor.
"""

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from vcam.app import App
from vcam.control.endpoint import SECRET_CHARS, Endpoint, endpoint_file, write
from vcam.control.handlers import Handlers
from vcam.control.session import Session, too_long
from vcam.errors import ControlError
from vcam.local.channel import Connection, accept, connect, listen, remove_socket
from vcam.local.runtime_folder import VARIABLE, runtime_folder
from vcam.reasons import reason
from vcam.translation import tr

AT_MOST = 8
"""Most connections at once; the oldest without the secret makes room for the next."""
HANGING_AT_MOST = 8
"""Most commands whose files hang, and that were refused; each keeps a thread."""
FILES_S = 8.0
"""Seconds until a command that still reads files is refused; the client waits longer."""
CHECK_S = 0.25
"""Seconds between two checks for commands that take longer."""
REST_S = 0.002
"""Seconds between two connections that are accepted."""
STOP_S, FINISH_S = 5.0, 1.0
"""Seconds that :meth:`Server.close` waits for its own thread, then for all commands."""


class Server:
    """Answers for ``app`` from :meth:`start` to :meth:`close`, or as a context manager.

    ``show_tray`` is called, on a command's thread, when somebody starts a second vcam; it
    returns at once whether an icon can be seen.  Start it while holding
    :func:`vcam.control.instance.only_one`.
    """

    def __init__(self, app: App, show_tray: Callable[[], bool] = lambda: False) -> None:
        self._handlers = Handlers(app, show_tray, self._check_hanging)
        self._secret = secrets.token_hex(SECRET_CHARS // 2)
        self._folder = Path()
        self._port: int | None = None
        self._sessions: list[Session] = []
        self._hanging: list[Session] = []
        """Those that were refused while their threads hang."""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen; raises :class:`~vcam.errors.ControlError` when that is not possible."""
        self._folder = runtime_folder()
        with contextlib.ExitStack() as undo:
            try:
                self._listener, self._port = listen(self._folder)
                undo.callback(self._listener.close)
                endpoint = Endpoint(self._port, self._secret, os.getpid())
                write(endpoint, self._folder)
            except OSError as error:
                raise ControlError(
                    tr(
                        "Commands cannot reach this vcam: {error}",
                        error=reason(error),
                    ),
                    tr(
                        "Look into the folder {path!r}, or name another one "
                        "with {variable}",
                        path=str(self._folder),
                        variable=VARIABLE,
                    ),
                ) from error
            undo.pop_all()
        self._thread = threading.Thread(target=self._run, name="vcam-control", daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop, within bounds, and leave nothing in the folder.  Safe to call twice.

        A command that is being carried out is answered first.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with contextlib.suppress(OSError):
            endpoint_file(self._folder).unlink()
        self._stopping.set()
        with contextlib.suppress(OSError, ControlError):
            connect(self._folder, self._port, 0.1).close()  # ends the wait in accept
        thread.join(STOP_S)
        until_s = time.monotonic() + FINISH_S
        sessions = *self._sessions, *self._hanging
        for session in sessions:
            session.refuse()
        for session in sessions:
            session.thread.join(max(0.0, until_s - time.monotonic()))
            session.disconnect()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check_hanging(self) -> None:
        """Raise ControlError when too many commands hang.  Called on commands' threads."""
        if len(_running(self._hanging)) >= HANGING_AT_MOST:
            raise ControlError(
                tr("Earlier commands still wait for a drive that hangs"), tr("Unmount it")
            )

    # From here on: only the server's own thread.

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                connection = accept(self._listener, CHECK_S)
                self._sessions = _running(self._sessions)
                self._hanging = _running(self._hanging)
                if connection is not None:
                    self._admit(connection)
                self._refuse_late_ones()
                self._stopping.wait(REST_S)
        finally:
            self._listener.close()
            with contextlib.suppress(OSError):
                remove_socket(self._folder)

    def _admit(self, connection: Connection) -> None:
        session = Session(connection, self._secret, self._handlers.prepare)
        try:
            if len(self._sessions) < AT_MOST or self._make_room():
                session.thread.start()
                self._sessions.append(session)
                return
        except RuntimeError:  # the system has no thread left
            pass
        connection.close()

    def _make_room(self) -> bool:
        """End the oldest one without the secret; vcam's own commands send it at once."""
        for session in self._sessions:
            if not session.authenticated and session.refuse():
                session.thread.join(FINISH_S)
                self._sessions.remove(session)
                return True
        return False

    def _refuse_late_ones(self) -> None:
        """Answer those whose files hang; they do nothing when the drive comes back."""
        now_s = time.monotonic()
        for session in list(self._sessions):
            late = now_s - session.begun_s > FILES_S
            if late and session.refuse(too_long()):
                self._sessions.remove(session)
                self._hanging.append(session)


def _running(sessions: list[Session]) -> list[Session]:
    return [each for each in sessions if each.thread.is_alive()]
