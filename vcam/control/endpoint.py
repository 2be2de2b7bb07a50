"""Where the running vcam listens, and the secret that opens it: one private file."""

import json
from pathlib import Path
from typing import NamedTuple

from vcam.control.channel import Address
from vcam.control.folder import check_private

SECRET_CHARS = 64
"""256 bits as hexadecimal digits."""


class Endpoint(NamedTuple):
    """What a client must know."""

    address: Address
    secret: str
    pid: int


def endpoint_file(folder: Path) -> Path:
    """Where it is in the runtime folder."""
    return folder / "endpoint.json"


def write(endpoint: Endpoint, folder: Path) -> None:
    """Put it into the folder, wholly or not at all, readable by this user only."""
    from vcam import atomic  # here: clients do without

    atomic.write(endpoint_file(folder), json.dumps(endpoint._asdict()))


def read(folder: Path) -> Endpoint | None:
    """What the folder says; ``None`` when it says nothing, or nothing that makes sense."""
    try:
        check_private(endpoint_file(folder))
        found = Endpoint(**json.loads(endpoint_file(folder).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    known = isinstance(found.address, (str, int)) and isinstance(found.secret, str)
    return found if known else None
