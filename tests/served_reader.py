"""A program that reads the picture that vcam serves: plain HTTP, as slow as it likes."""

import socket
from typing import Self
from urllib.parse import urlsplit

import cv2
import numpy as np

from vcam.frames import Image

WAIT_S = 10.0


class Answer:
    """The head of an answer, and the connection that the rest comes from."""

    def __init__(self, address: str, request: bytes = b"", receives: int = 0) -> None:
        """Ask for ``address``, or send ``request`` as it is; ``receives``: few bytes."""
        where = urlsplit(address)
        self._socket = socket.socket()
        self._socket.settimeout(WAIT_S)
        if receives:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        try:
            self._socket.connect((where.hostname, where.port))
        except BaseException:
            self._socket.close()
            raise
        target = where.path + (f"?{where.query}" if where.query else "")
        head = f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode()
        self._socket.sendall(request or head)
        self._received = b""

    @property
    def head(self) -> str:
        """Status and headers; empty when the connection was ended without any."""
        return self._until(b"\r\n\r\n").decode()

    @property
    def status(self) -> int:
        head = self.head
        return int(head.split()[1]) if head else 0

    def rest(self) -> bytes:
        """All that comes until the other side ends the connection."""
        while self._more():
            pass
        rest, self._received = self._received, b""
        return rest

    def picture(self) -> Image | None:
        """The next picture of a stream; ``None`` when it has ended."""
        head = self._until(b"\r\n\r\n")
        if not head:
            return None
        length = int(head.rpartition(b"Content-Length: ")[2].split()[0])
        while len(self._received) < length:
            if not self._more():
                return None
        jpeg, self._received = self._received[:length], self._received[length:]
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        return image.astype(np.uint8)

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._received:
            if not self._more():
                return b""
        found, _, self._received = self._received.partition(mark)
        return found

    def _more(self) -> bool:
        try:
            piece = self._socket.recv(1 << 16)
        except ConnectionResetError:
            return False
        self._received += piece
        return bool(piece)


class Reader(Answer):
    """The stream, its head read."""

    def __init__(self, address: str, receives: int = 0) -> None:
        super().__init__(f"{address}stream.mjpg", receives=receives)
        assert self.status == 200
