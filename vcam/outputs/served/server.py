"""The thread that speaks with programs that read the picture: ``vcam-served``.

Nothing here waits for a program.  A picture begins to leave only while it is sent, inside
:meth:`Server.show`, to those that have read the one before; the others miss it.  So nobody
gets a picture from before the one on air, but for the rest of one that has begun to leave.
Who does not take that within :data:`LATE_S`, or not read it within :data:`HANGS_S`, is
disconnected.
"""

import contextlib
import logging
import selectors
import threading
import time

from vcam.local.channel import (
    Connection,
    accept_program,
    listen_for_browser,
    pair,
    read,
    unread,
    write,
)
from vcam.outputs.served import requests
from vcam.outputs.served.requests import Kind

log = logging.getLogger(__name__)

MOST_READERS, MOST_CONNECTIONS = 4, 16
"""Programs that can read the picture at once, and connections of any kind.  The oldest that
does not read makes room."""
LATE_S, HANGS_S = 1.0, 5.0
"""Seconds in which a program must make room for a picture, and read it."""
ALL_READ = 1024
"""Bytes that may be left of a picture that counts as read: those behind it."""
ASKS_S = 5.0
"""Seconds that it may take to ask, and to take another answer."""
CHECK_S, IDLE_S = 0.2, 60.0
"""Seconds between two checks for what is late, and while nobody is connected."""
REST_S = 0.01
"""Seconds of rest after a connection that was refused."""
STOP_S = 2.0
"""Seconds that :meth:`Server.close` waits for the thread."""
PIECE = 4096


class Visitor:
    """A program that is connected.  Used while the server's lock is held."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.received = b""
        self.reads = False
        """It is sent pictures."""
        self.name, self.program = b"", ""
        self.unsent = memoryview(b"")
        self.begun_s = 0.0
        """When the last picture, or the stream, began to leave."""
        self.until_s = time.monotonic() + ASKS_S
        self.ends = False
        """It gets nothing after what is unsent."""
        self.gone = False

    def send(self, content: bytes, within_s: float) -> None:
        """Begin to send it, which must be done in time."""
        self.unsent = memoryview(content)
        self.until_s = time.monotonic() + within_s
        self.go_on()

    def go_on(self) -> None:
        """Send what can be sent without waiting."""
        try:
            self.unsent = self.unsent[write(self.connection, self.unsent) :]
        except OSError:
            self.gone = True
        if not self.unsent and self.ends:
            self.gone = True

    def takes_one(self) -> bool:
        """Whether it would take a picture now; one that hangs is gone."""
        if not self.reads or self.unsent or self.gone:
            return False
        if unread(self.connection) <= ALL_READ:
            return True
        self.gone = time.monotonic() > self.begun_s + HANGS_S
        return False

    @property
    def is_late(self) -> bool:
        """Whether its time is over; a reader that waits for a picture has time."""
        waits = self.reads and not self.unsent
        return not waits and time.monotonic() > self.until_s


class Server:
    """Serves until :meth:`close`; raises :class:`OSError` when it cannot listen there.

    All that is public is for the thread that owns the output.
    """

    def __init__(self, port: int, token: str) -> None:
        self._listeners = listen_for_browser(port)
        self.port = int(self._listeners[0].getsockname()[1])
        self._token = token
        self._lock = threading.Lock()
        self._visitors: list[Visitor] = []
        self._waker, self._woken = pair()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="vcam-served", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether it serves no more, which only a bug brings about."""
        return not self._thread.is_alive()

    def takers(self) -> list[Visitor]:
        """Those that would take a picture at this moment."""
        with self._lock:
            takers = [each for each in self._visitors if each.takes_one()]
            left = any(each.gone for each in self._visitors)
        if left:
            self._wake()
        return takers

    @property
    def readers(self) -> list[str]:
        """The programs that read; empty for one that does not say what it is."""
        with self._lock:
            return [each.program for each in self._visitors if each.reads]

    def show(self, jpeg: bytes, takers: list[Visitor]) -> None:
        """Send a picture to those that take one; never waits."""
        content = requests.part(jpeg)
        with self._lock:
            for each in takers:
                if each in self._visitors:
                    each.begun_s = time.monotonic()
                    each.send(content, LATE_S)
            left = any(each.unsent or each.gone for each in self._visitors)
        if left:
            self._wake()

    def close(self) -> None:
        """Disconnect everybody, within bounds."""
        self._stopping = True
        self._wake()
        self._thread.join(STOP_S)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            write(self._waker, b"\0")

    # From here on: only the server's own thread.

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._serve(self._ready())
        except Exception:
            log.exception("a bug where the picture is served")
        finally:
            with self._lock:
                for each in self._visitors:
                    each.connection.close()
                self._visitors.clear()
            for end in (*self._listeners, self._waker, self._woken):
                end.close()

    def _ready(self) -> set[Connection]:
        """What can be read, or written where something is unsent; waits for it."""
        with selectors.DefaultSelector() as selector:
            for end in (*self._listeners, self._woken):
                selector.register(end, selectors.EVENT_READ)
            with self._lock:
                for each in self._visitors:
                    wanted = selectors.EVENT_READ
                    wanted |= selectors.EVENT_WRITE if each.unsent else 0
                    selector.register(each.connection, wanted)
                wait_s = CHECK_S if self._visitors else IDLE_S
            ready = selector.select(wait_s)
        return {key.fileobj for key, _ in ready if isinstance(key.fileobj, Connection)}

    def _serve(self, ready: set[Connection]) -> None:
        if self._woken in ready:
            read(self._woken, PIECE)
        for listener in ready.intersection(self._listeners):
            self._admit(accept_program(listener))
        with self._lock:
            for each in self._visitors:
                if each.connection in ready:
                    self._attend(each)
                each.gone = each.gone or each.is_late
            self._part_with([each for each in self._visitors if each.gone])

    def _admit(self, connection: Connection | None) -> None:
        if connection is None:
            time.sleep(REST_S)  # without descriptors, it would be tried without end
            return
        with self._lock:
            if len(self._visitors) >= MOST_CONNECTIONS:
                self._part_with([each for each in self._visitors if not each.reads][:1])
            self._visitors.append(Visitor(connection))

    def _part_with(self, visitors: list[Visitor]) -> None:
        for each in visitors:
            self._visitors.remove(each)
            each.connection.close()

    def _attend(self, visitor: Visitor) -> None:
        """Go on with what is unsent, and read what was asked."""
        if visitor.unsent:
            visitor.go_on()
        try:
            piece = read(visitor.connection, PIECE)
        except OSError:
            piece = b""
        if piece is None or visitor.gone:
            return
        if not piece or visitor.reads or visitor.ends:
            visitor.gone = True  # it has left, or goes on to talk
            return
        visitor.received += piece
        head, end, rest = visitor.received.partition(requests.END)
        if end and not rest:
            self._answer(visitor, head)
        elif end or len(visitor.received) > requests.LONGEST:
            visitor.gone = True

    def _answer(self, visitor: Visitor, head: bytes) -> None:
        wish = requests.understood(head, self.port, self._token)
        if wish.kind is Kind.STREAM:
            self._stream(visitor, wish)
            return
        named = {each.name for each in self._visitors if each.reads}
        alive = requests.YES if wish.name in named else requests.NO
        answers = {Kind.PAGE: requests.WEB_PAGE, Kind.ALIVE: alive}
        visitor.ends = True
        visitor.send(answers.get(wish.kind, wish.refusal), ASKS_S)

    def _stream(self, visitor: Visitor, wish: requests.Wish) -> None:
        if sum(each.reads for each in self._visitors) >= MOST_READERS:
            visitor.ends = True
            visitor.send(requests.TOO_MANY, ASKS_S)
            return
        visitor.reads, visitor.name, visitor.program = True, wish.name, wish.program
        visitor.begun_s = time.monotonic()
        visitor.send(requests.STREAM, ASKS_S)
