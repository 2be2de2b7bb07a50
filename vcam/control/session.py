"""One connection on a thread of its own: read the secret, read the request, act, answer."""

import functools
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from vcam import __version__
from vcam.control.endpoint import LONGEST_REQUEST, SECRET_CHARS
from vcam.errors import SettingsError, UsageError, VcamError
from vcam.local.channel import Connection, closed_by_peer, disconnect
from vcam.translation import tr
from vcam.verbs import Act, Answer

log = logging.getLogger(__name__)

Request = Mapping[str, Any]
Prepare = Callable[[Request], Act]
"""The first step of a request: it may read files and raise, and changes nothing."""

TRANSFER_S = 2.0
"""Seconds until secret and request must have arrived, and again for sending the answer."""
LOOK_S = 0.1
"""Seconds after which a thread that waits looks whether it was disconnected: on Windows a
shutdown wakes nobody who is receiving."""
PIECE = 1 << 16
"""Most bytes that are read at a time."""


def too_long() -> Answer:
    """What a command is told whose files take too long."""
    return {
        "error": tr("That takes too long, so nothing has been changed"),
        "remedy": tr("Is the file on a drive that hangs?"),
    }


class Session:
    """One connection; :attr:`thread` serves it, ``vcam-command``, once it is started.

    The first line must be the secret.  Otherwise the connection ends without an answer:
    other programs do not learn what listens here, and a browser's request ends at its
    first line.  A drive that hangs holds the thread; nothing else waits for it.
    """

    def __init__(self, connection: Connection, secret: str, prepare: Prepare) -> None:
        self.begun_s = time.monotonic()
        self.authenticated = False
        """The secret was right."""
        self.thread = threading.Thread(target=self._run, name="vcam-command", daemon=True)
        self._connection, self._prepare = connection, prepare
        self._secret = secret.encode()
        self._received = b""
        self._disconnected = False
        self._undecided = threading.Lock()
        """Taken once, by whoever decides whether the request is carried out."""
        self._closing = threading.Lock()
        """Held to close the connection, and by other threads while they use it."""

    def refuse(self, reason: Answer | None = None) -> bool:
        """Answer ``reason``, disconnect, and change nothing; False when it is too late.

        Any thread may call it.
        """
        if not self._undecided.acquire(blocking=False):
            return False
        if reason is not None:
            with self._closing, suppress(OSError):
                self._send(reason)
        self.disconnect()
        return True

    def disconnect(self) -> None:
        """End it; only a file that hangs can hold the thread longer.  Any thread may."""
        self._disconnected = True
        with self._closing:
            disconnect(self._connection)

    def _run(self) -> None:
        try:
            if hmac.compare_digest(self._line(SECRET_CHARS), self._secret):
                self.authenticated = True
                self._send(self._answer(self._line(LONGEST_REQUEST)))
        except OSError:  # a program without the secret, a slow one, or one that has gone
            pass
        except Exception:
            log.exception("a bug in answering a command")
        finally:
            with self._closing:
                self._connection.close()

    def _line(self, longest: int) -> bytes:
        """The next line; raises OSError when it is too long or comes too slowly."""
        while True:
            line, end, rest = self._received.partition(b"\n")
            left_s = self.begun_s + TRANSFER_S - time.monotonic()
            if len(line) > longest or left_s <= 0 or self._disconnected:
                raise ConnectionAbortedError
            if end:
                self._received = rest
                return line
            self._connection.settimeout(min(left_s, LOOK_S))
            try:
                piece = self._connection.recv(PIECE)
            except TimeoutError:
                continue
            if not piece:
                raise ConnectionAbortedError
            self._received += piece

    def _answer(self, line: bytes) -> Answer:
        """Carry out the request; raises OSError when it has been refused meanwhile."""
        try:
            act = self._prepare(_parsed(line))
        except Exception as error:
            act = functools.partial(_failure, error)
        if closed_by_peer(self._connection) or not self._undecided.acquire(blocking=False):
            raise ConnectionAbortedError
        try:
            return act()
        except Exception as error:
            return _failure(error)

    def _send(self, answer: Answer) -> None:
        self._connection.settimeout(TRANSFER_S)
        told = {**answer, "version": __version__}
        self._connection.sendall(json.dumps(told).encode() + b"\n")


def _parsed(line: bytes) -> Request:
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise UsageError(tr("The request is not a JSON object"))
    return request


def _failure(error: Exception) -> Answer:
    """What to answer when a request cannot be carried out."""
    if isinstance(error, VcamError):
        mistake = isinstance(error, (UsageError, SettingsError))
        return {"error": error.what, "remedy": error.remedy, "mistake": mistake}
    log.error("a bug in a command", exc_info=error)
    return {"error": tr("Something broke"), "remedy": tr("See the log of vcam for details")}
