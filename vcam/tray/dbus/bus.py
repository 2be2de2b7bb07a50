"""A thread-safe connection to the session bus: call, be called, signal and listen.

The wire format and the handshake are jeepney's.  The socket is owned here, because every
wait must have a bound and because a lost bus is reported by a callback.
"""

import itertools
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageFlag,
    MessageType,
    Parser,
    new_method_call,
    new_signal,
)
from jeepney.auth import AuthenticationError
from jeepney.bus import get_connectable_addresses
from jeepney.io.blocking import prep_socket

from vcam.tray.dbus.errors import ERROR, LOST, SILENT, BusError
from vcam.tray.dbus.exports import Arguments, Interface, Objects

log = logging.getLogger(__name__)

CALL_S = 2.0
"""Longest time that an answer may take."""
STALL_S = 5.0
"""Time without accepting data after which a bus counts as lost."""
DAEMON, DAEMON_PATH = "org.freedesktop.DBus", "/org/freedesktop/DBus"
OWNER = (1, 4)
"""The answers of RequestName that mean: the name is ours."""


def session_address() -> str:
    """Where this user's bus is: the environment says, or else it is at its usual place.

    Empty when neither is known; it is not checked whether a bus is there.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    usual = f"unix:path={runtime}/bus" if runtime else ""
    return os.environ.get("DBUS_SESSION_BUS_ADDRESS") or usual


class Bus:
    """A connection, with a thread of its own, ``vcam-dbus``, that receives.

    All methods may be called from any other thread, and only :meth:`emit` and :meth:`ask`
    from what the bus calls: exported methods, signal handlers and the callbacks of answers.
    """

    def __init__(self, address: str, lost: Callable[[], None]) -> None:
        """Connect to ``address``, of which ``unix:`` parts are tried.

        ``lost`` is called once on the bus's thread when the other side hangs up.  Raises
        :class:`BusError`.
        """
        self._socket = _connect(address)
        self._socket.settimeout(STALL_S)
        self._lost = lost
        self._objects = Objects()
        self._listeners: list[tuple[Any, Callable[..., None]]] = []
        self._afterwards: list[Callable[[], None]] = []
        self._serials = itertools.count(1)
        self._sending = threading.Lock()
        self._waiting: dict[int, Future[Arguments]] = {}
        self._waiting_lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._receive, name="vcam-dbus", daemon=True)
        self._thread.start()
        try:
            self.name: str = self.daemon("Hello")[0]
            """The unique name the bus gave us."""
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Hang up; what was exported is gone, who waits for an answer gets an error."""
        self._closing = True
        self._hang_up()
        self._thread.join(CALL_S)
        self._socket.close()

    def ask(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Arguments = (),
    ) -> Future[Arguments]:
        """Call a method; the answer, or a :class:`BusError`, comes later."""
        address = DBusAddress(path, destination, interface)
        message = new_method_call(address, member, signature or None, arguments)
        answer: Future[Arguments] = Future()
        serial = next(self._serials)
        data = message.serialise(serial=serial)
        with self._waiting_lock:
            self._waiting[serial] = answer
        try:
            self._send(data)
        except BusError as error:
            if self._take(serial) is not None:
                answer.set_exception(error)
        return answer

    def call(
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Arguments = (),
        timeout_s: float = CALL_S,
    ) -> Arguments:
        """Call a method and wait for its answer; raises :class:`BusError`."""
        answer = self.ask(destination, path, interface, member, signature, arguments)
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            what = f"{destination} did not answer {member} within {timeout_s:g} s"
            raise BusError(SILENT, what) from None

    def daemon(
        self, member: str, signature: str = "", arguments: Arguments = ()
    ) -> Arguments:
        """Call a method of the bus itself; raises :class:`BusError`."""
        return self.call(DAEMON, DAEMON_PATH, DAEMON, member, signature, arguments)

    def own(self, name: str) -> bool:
        """Take a well-known name; False when another has it.  Raises :class:`BusError`."""
        do_not_queue = 4
        return self.daemon("RequestName", "su", (name, do_not_queue))[0] in OWNER

    def listen(
        self, heard: Callable[..., None], *, first: str = "", **wanted: str | None
    ) -> None:
        """Call ``heard(*arguments)`` on the bus's thread for each signal that is wanted.

        ``wanted`` has ``sender``, ``interface``, ``member`` and ``path`` as needed;
        ``first`` is what the first argument must be.  Raises :class:`BusError`.
        """
        rule = MatchRule(type="signal", **wanted)
        if first:
            rule.add_arg_condition(0, first)
        self._listeners.append((rule, heard))
        self.daemon("AddMatch", "s", (rule.serialise(),))

    def follow_owner(self, name: str, heard: Callable[[str, str, str], None]) -> None:
        """Call ``heard(name, old, new)`` whenever ``name`` gets another owner."""
        self.listen(
            heard,
            first=name,
            sender=DAEMON,
            interface=DAEMON,
            member="NameOwnerChanged",
            path=DAEMON_PATH,
        )

    def export(self, path: str, *interfaces: Interface) -> None:
        """Offer an object."""
        self._objects.add(path, *interfaces)

    def emit(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        arguments: Arguments = (),
    ) -> None:
        """Send a signal; when the bus is gone, nobody hears it."""
        sender = DBusAddress(path, interface=interface)
        message = new_signal(sender, member, signature or None, arguments)
        try:
            self._send(message.serialise(serial=next(self._serials)))
        except BusError as error:
            log.debug("%s was not heard: %s", member, error)

    def afterwards(self, do: Callable[[], None]) -> None:
        """From an exported method: call ``do`` once its answer has been sent."""
        self._afterwards.append(do)

    def _send(self, data: bytes) -> None:
        try:
            with self._sending:
                self._socket.sendall(data)
        except OSError as error:
            # What was half sent cannot be continued.
            self._hang_up()
            raise BusError(LOST, str(error)) from error

    def _hang_up(self) -> None:
        both_ways = 2
        try:
            self._socket.shutdown(both_ways)  # wakes the receiving thread
        except OSError as error:
            log.debug("the bus was gone already: %s", error)

    def _take(self, serial: int) -> Future[Arguments] | None:
        """Whoever takes an answer out is the one who fulfils it."""
        with self._waiting_lock:
            return self._waiting.pop(serial, None)

    # From here on: only the bus's own thread.

    def _receive(self) -> None:
        parser = Parser()
        try:
            while data := self._read():
                for message in parser.feed(data):
                    self._dispatch(message)
        except OSError as error:
            log.debug("the bus is gone: %s", error)
        except Exception:
            log.exception("the bus said something that cannot be understood")
        self._hang_up()
        with self._waiting_lock:
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(BusError(LOST, "the bus is gone"))
        if not self._closing:
            self._lost()

    def _read(self) -> bytes:
        while True:
            try:
                data: bytes = self._socket.recv(1 << 16)
            except TimeoutError:
                continue  # the bound is for sending; silence is normal
            return data

    def _dispatch(self, message: Message) -> None:
        kind, fields = message.header.message_type, message.header.fields
        if kind is MessageType.method_call:
            self._serve(message)
        elif kind is MessageType.signal:
            for rule, heard in tuple(self._listeners):
                if rule.matches(message):
                    _guarded(heard, *message.body)
        elif answer := self._take(fields.get(HeaderFields.reply_serial, 0)):
            if kind is MessageType.error:
                name = fields.get(HeaderFields.error_name, ERROR + "Failed")
                text = " ".join(map(str, message.body))
                answer.set_exception(BusError(name, text))
            else:
                answer.set_result(message.body)

    def _serve(self, message: Message) -> None:
        answer = self._objects.answer(message, next(self._serials))
        afterwards, self._afterwards = self._afterwards, []
        if not message.header.flags & MessageFlag.no_reply_expected:
            try:
                self._send(answer)
            except BusError as error:
                log.debug("nobody waits for the answer: %s", error)
        for do in afterwards:
            _guarded(do)


def _connect(address: str) -> Any:
    """The socket, past the handshake.  Raises :class:`BusError` with every reason."""
    reasons = []
    try:
        for place in get_connectable_addresses(address):
            try:
                return prep_socket(place, timeout=CALL_S)
            except (OSError, AuthenticationError) as error:
                reasons.append(f"{place.lstrip(chr(0))}: {error}")
    except (RuntimeError, ValueError) as error:
        reasons.append(f"{address!r}: {error}")
    raise BusError(LOST, "; ".join(reasons))


def _guarded(call: Callable[..., None], *arguments: Any) -> None:
    try:
        call(*arguments)
    except Exception:
        log.exception("a message from the bus could not be handled")
