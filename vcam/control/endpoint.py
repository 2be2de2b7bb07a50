"""Where the running vcam listens, and the secret that opens it: one private file."""

import json
import re
from pathlib import Path
from typing import NamedTuple

from vcam.local.channel import possible
from vcam.local.runtime_folder import check_private

LOCK = "lock"
"""Name of the lock that the running vcam holds as long as it runs."""
SECRET_CHARS = 64
"""Length of the secret: 256 bits as hexadecimal digits."""
SECRET = re.compile(rf"[0-9a-f]{{{SECRET_CHARS}}}")
LONGEST = 4096
"""Most bytes that are read of the file; it has about 150."""
LONGEST_REQUEST = 64 << 10
"""Most bytes of a request."""


class Endpoint(NamedTuple):
    """What a client must know to connect."""

    port: int | None
    """On the loopback interface; without one it is the socket in the folder."""
    secret: str
    pid: int


def endpoint_file(folder: Path) -> Path:
    """Where it is in the runtime folder."""
    return folder / "endpoint.json"


def write(endpoint: Endpoint, folder: Path) -> None:
    """Put it into the folder, wholly or not at all, readable by this user only."""
    from vcam import files  # here: clients do without

    files.write(endpoint_file(folder), json.dumps(endpoint._asdict()))


def read(folder: Path) -> Endpoint | None:
    """What the folder says; ``None`` when it says nothing, or nothing that makes sense."""
    file = endpoint_file(folder)
    try:
        check_private(file)
        with file.open("rb") as opened:
            found = Endpoint(**json.loads(opened.read(LONGEST)))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(found.secret, str) or not SECRET.fullmatch(found.secret):
        return None
    return found if possible(found.port) and type(found.pid) is int else None
