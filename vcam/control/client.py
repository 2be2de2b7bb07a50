"""Send requests to the running vcam.  Imports little: hotkeys must answer at once."""

import json
import time
from typing import Any

from vcam import __version__
from vcam.control.endpoint import LOCK, LONGEST_REQUEST, Endpoint, read
from vcam.errors import ControlError, UsageError
from vcam.local.channel import Connection, connect
from vcam.local.lock import is_held
from vcam.local.runtime_folder import runtime_folder
from vcam.translation import tr

CONNECT_S, PORT_S = 2.0, 0.4
"""Seconds to wait for the connection: to a socket, and to a port.  The system connects at
once if anybody listens at the port; Windows tries for two seconds before it says that
nobody does."""
ANSWER_S = 10.0
"""Seconds to wait for the answer: some commands read a picture file first, or save one."""
others: set[str] = set()
"""The versions of running vcams that have answered and are not this one; empty for one
that is too old to say it."""
LONGEST_ANSWER = 32 << 20
"""Most bytes of an answer."""


class NotRunningError(ControlError):
    """No vcam of this user runs."""

    def __init__(self) -> None:
        super().__init__(tr("vcam is not running"), tr("Start it with: vcam run"))


def ask(verb: str, **request: Any) -> dict[str, Any]:
    """What the running vcam answers to ``verb``.

    Raises :class:`NotRunningError`; :class:`~vcam.errors.UsageError` for what the running
    vcam does not understand; :class:`~vcam.errors.ControlError` when it does not answer
    or cannot do it.
    """
    folder = runtime_folder()
    endpoint = read(folder)
    if endpoint is None:
        raise NotRunningError
    line = json.dumps({"verb": verb, **request}).encode()
    if len(line) > LONGEST_REQUEST:
        raise UsageError(
            tr("This is too long for a command: {size} bytes", size=len(line)),
            tr("Change fewer options at a time"),
        )
    try:
        within_s = CONNECT_S if endpoint.port is None else PORT_S
        with connect(folder, endpoint.port, within_s) as connection:
            answer = _exchange(connection, endpoint, line)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NotRunningError from None  # it crashed, and left its endpoint
    except (OSError, ValueError, RecursionError) as error:
        # It has ended meanwhile, or crashed, and another program listens at its port.
        if read(folder) != endpoint or not is_held(LOCK):
            raise NotRunningError from None
        raise ControlError(
            tr("The running vcam (process {pid}) does not answer", pid=endpoint.pid),
            tr("Try again; if that does not help, end the process"),
        ) from error
    running = str(answer.pop("version", ""))
    if running != __version__:
        others.add(running)
    if "error" in answer:
        kind = UsageError if answer.get("mistake") else ControlError
        raise kind(answer["error"], answer.get("remedy", ""))
    return answer


def _exchange(connection: Connection, endpoint: Endpoint, line: bytes) -> dict[str, Any]:
    """The answer; raises OSError, ValueError or RecursionError when it makes no sense."""
    deadline_s = time.monotonic() + ANSWER_S
    received = bytearray()
    connection.sendall(endpoint.secret.encode() + b"\n" + line + b"\n")
    while not received.endswith(b"\n"):
        connection.settimeout(max(0.01, deadline_s - time.monotonic()))
        piece = connection.recv(1 << 16)
        if not piece or len(received) > LONGEST_ANSWER:
            break
        received += piece
    answer = json.loads(received)
    if not isinstance(answer, dict):
        raise ValueError(answer)  # noqa: TRY004 - it is the other side's mistake
    return answer
