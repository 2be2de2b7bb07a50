"""One connection: the secret, one request, one answer."""

import contextlib
import hmac
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from vcam.control.channel import Connection
from vcam.control.endpoint import LONGEST_REQUEST, SECRET_CHARS
from vcam.control.errand import Answer, Errand

log = logging.getLogger(__name__)

AT_ONCE = 1 << 16
"""Bytes that are read in one go: nobody keeps the others waiting."""

TOO_LONG = {
    "error": "That takes too long, so nothing has been changed",
    "remedy": "Is the file on a drive that hangs?",
}


class Conversation:
    """Never blocks.  :attr:`over` once there is nothing more to do but to close.

    The first line must be the secret, else it is over without a word: nobody learns
    what listens here, and a browser's request ends at its first line.
    """

    def __init__(
        self,
        connection: Connection,
        secret: str,
        answer: Callable[[Mapping[str, Any]], Answer | Errand[Any]],
        now_s: float,
    ) -> None:
        self.connection = connection
        self.begun_s = now_s
        self.trusted = False
        """The secret was right."""
        self.over = False
        self._secret = secret.encode()
        self._answer = answer
        self._received = bytearray()
        self._unsent = b""
        self._errand: Errand[Any] | None = None

    @property
    def waiting(self) -> bool:
        """It waits until the command has looked at its files."""
        return self._errand is not None

    @property
    def writing(self) -> bool:
        """It waits until it can send more, rather than until more comes."""
        return bool(self._unsent)

    def go_on(self) -> None:
        """Read or send what is possible now."""
        try:
            if self._errand is not None:
                self._wait(self._errand)
            elif self._unsent:
                self._send()
            else:
                self._read()
        except BlockingIOError:
            pass
        except OSError:  # whoever asked has gone
            self.over = True

    def give_up(self) -> None:
        """Wait no longer: nothing is changed any more, whatever the files say."""
        if self._errand is not None:
            with contextlib.suppress(OSError):  # whoever asked has gone
                self._reply(TOO_LONG)

    def _read(self) -> None:
        piece = self.connection.recv(AT_ONCE)
        self._received += piece
        if not self.trusted and not self._check_secret():
            self.over = self.over or not piece
            return
        line, end, _ = self._received.partition(b"\n")
        if end:
            self._ask(bytes(line))
        elif not piece or len(line) > LONGEST_REQUEST:
            self.over = True

    def _check_secret(self) -> bool:
        line, end, rest = self._received.partition(b"\n")
        if not end and len(line) <= SECRET_CHARS:
            return False  # so far
        self.trusted = hmac.compare_digest(bytes(line), self._secret)
        self.over = not self.trusted
        self._received = rest
        return self.trusted

    def _ask(self, line: bytes) -> None:
        if len(line) > LONGEST_REQUEST:
            self._reply({"error": "The request is too long", "mistake": True})
            return
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            self._reply({"error": "The request is no JSON object", "mistake": True})
            return
        answer = self._answer(request)
        if not isinstance(answer, Errand):
            self._reply(answer)
        elif answer.ready:
            self._reply(answer.fetch())
        else:
            self._errand = answer

    def _wait(self, errand: Errand[Any]) -> None:
        with contextlib.suppress(BlockingIOError):
            self.over = not self.connection.recv(AT_ONCE)  # nobody waits for it
        if errand.ready and not self.over:
            self._reply(errand.fetch())

    def _reply(self, answer: Answer) -> None:
        self._errand = None
        self._unsent = json.dumps(answer).encode() + b"\n"
        self._send()

    def _send(self) -> None:
        sent = self.connection.send(self._unsent)
        self._unsent = self._unsent[sent:]
        self.over = not self._unsent
