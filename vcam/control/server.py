"""The thread that answers commands: ``vcam-control``.  One loop that waits for nobody.

Whoever floods, stalls or babbles can cost it little: few connections are kept, each for a
moment, and after each round it rests, so that the video has the processor.
"""

import contextlib
import logging
import os
import secrets
import selectors
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

from vcam.app import App
from vcam.control.channel import accept, bell, listen, remove_socket
from vcam.control.conversation import Conversation
from vcam.control.endpoint import SECRET_CHARS, Endpoint, endpoint_file, write
from vcam.control.runtime_folder import VARIABLE, runtime_folder
from vcam.control.verbs import Verbs
from vcam.errors import ControlError

log = logging.getLogger(__name__)

AT_MOST = 8
"""Connections at once; the oldest stranger makes room for the next."""
PATIENCE_S = 2.0
"""From the first byte to the last."""
LOOKING_S = 8.0
"""So long may a command look at files; whoever asks waits a little longer."""
LOOK_S = 0.02
"""Between two looks whether it has."""
REST_S = 0.01
"""Between two rounds in which something was done."""
IDLE_S = 60.0
STOP_S, LEAVE_S = 5.0, 1.0


class Server:
    """Answers for ``app`` from :meth:`start` to :meth:`close`, or as a context manager.

    ``show_tray`` is called, on the server's thread, when somebody starts a second vcam;
    it returns at once whether an icon can be seen.  Start it while holding
    :func:`vcam.control.instance.only_one`.
    """

    def __init__(self, app: App, show_tray: Callable[[], bool] = lambda: False) -> None:
        self._verbs = Verbs(app, show_tray)
        self._secret = secrets.token_hex(SECRET_CHARS // 2)
        self._folder = Path()
        self._conversations: list[Conversation] = []
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Listen; raises :class:`~vcam.errors.ControlError` when that is not possible."""
        self._folder = runtime_folder()
        with contextlib.ExitStack() as undo:
            try:
                self._listener, port = listen(self._folder)
                undo.callback(self._listener.close)
                endpoint = Endpoint(port, self._secret, os.getpid())
                write(endpoint, self._folder)
                self._rings, self._hand = bell()
            except OSError as error:
                raise ControlError(
                    f"Commands cannot reach this vcam: {error.strerror or error}",
                    f"Look into the folder {str(self._folder)!r}, or name another one "
                    f"with {VARIABLE}",
                ) from error
            undo.pop_all()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._rings, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._run, name="vcam-control", daemon=True)
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop, within bounds, and leave nothing in the folder.  Safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with contextlib.suppress(OSError):
            endpoint_file(self._folder).unlink()
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._hand.send(b"!")
        thread.join(STOP_S)
        self._verbs.close(LEAVE_S)
        self._hand.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # From here on: only the server's own thread.

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                waiting = [each for each in self._conversations if each.waiting]
                wait_s = PATIENCE_S / 4 if self._conversations else IDLE_S
                wait_s = LOOK_S if waiting else wait_s
                for key, _ in self._selector.select(wait_s):
                    if key.fileobj is self._listener:
                        self._accept()
                    elif isinstance(key.data, Conversation):
                        self._go_on(key.data)
                for conversation in waiting:
                    self._go_on(conversation)
                self._drop_the_slow()
                self._stopping.wait(REST_S)
        finally:
            for conversation in list(self._conversations):
                self._drop(conversation)
            self._selector.close()
            self._listener.close()
            self._rings.close()
            with contextlib.suppress(OSError):
                remove_socket(self._folder)

    def _accept(self) -> None:
        for _ in range(AT_MOST):
            connection = accept(self._listener)
            if connection is None:
                return
            if len(self._conversations) == AT_MOST and not self._make_room():
                connection.close()
                return
            conversation = Conversation(
                connection, self._secret, self._verbs.answer, time.monotonic()
            )
            self._conversations.append(conversation)
            self._selector.register(connection, selectors.EVENT_READ, conversation)
            self._go_on(conversation)  # a friend has said everything by now

    def _make_room(self) -> bool:
        """Drop the oldest one that has not shown the secret: friends show it at once."""
        for conversation in self._conversations:
            if not conversation.trusted:
                self._drop(conversation)
                return True
        return False

    def _go_on(self, conversation: Conversation) -> None:
        if conversation.over:  # dropped in this very round
            return
        try:
            conversation.go_on()
        except Exception:
            log.exception("a bug in answering a command")
            conversation.over = True
        if conversation.over:
            self._drop(conversation)
        elif conversation.writing:
            self._selector.modify(
                conversation.connection, selectors.EVENT_WRITE, conversation
            )

    def _drop_the_slow(self) -> None:
        now_s = time.monotonic()
        for conversation in list(self._conversations):
            patience_s = LOOKING_S if conversation.waiting else PATIENCE_S
            if now_s - conversation.begun_s > patience_s:
                conversation.give_up()
                self._drop(conversation)

    def _drop(self, conversation: Conversation) -> None:
        conversation.over = True
        self._conversations.remove(conversation)
        self._selector.unregister(conversation.connection)
        conversation.connection.close()
