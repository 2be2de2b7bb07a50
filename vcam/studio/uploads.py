"""What pages send: files, written as they arrive, and small JSON objects."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from starlette.requests import Request

from vcam.errors import UsageError, VcamError
from vcam.reasons import reason
from vcam.studio.answers import TooLargeError, in_thread
from vcam.translation import tr

PIECE = 1 << 20
"""Bytes that are written at a time."""
LONGEST_JSON = 64 << 10
"""Most bytes of a JSON object."""
LONGEST_NAME = 120
"""Most bytes of a file's name, as UTF-8: a number or ``-vcam`` may be added to it."""
UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*%\ud800-\udfff]')
"""Characters that a system does not allow in names, or that FFmpeg gives a meaning."""
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
"""Names that Windows keeps for devices."""


def safe_name(text: str) -> str:
    """The name of a file that somebody called ``text``, safe on every system.

    No folder, nothing hidden, no control characters, not too long; the ending stays.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    name = " ".join(UNSAFE.sub(" ", name).split()).strip(". ")
    stem, dot, suffix = name.rpartition(".")
    if not dot or not stem or len(suffix) > 8:
        stem, dot, suffix = name, "", ""
    kept = stem.encode()[:LONGEST_NAME].decode(errors="ignore").strip(". ") or "file"
    return f"{'_' * bool(DEVICE.match(kept))}{kept}{dot}{suffix}"


async def save_file(request: Request, path: Path, most: int) -> None:
    """Write the body of ``request`` to ``path`` as it arrives; at most ``most`` bytes.

    Raises :class:`TooLargeError`, and :class:`~vcam.errors.VcamError` for an empty one or
    where there is no room.  What was written then is left to the caller to remove.
    """
    size = 0
    pending = bytearray()
    try:
        with await in_thread(path.open, "xb") as file:
            async for piece in request.stream():
                size += len(piece)
                if size > most:
                    raise TooLargeError(
                        tr("The file is larger than {most} MB", most=most >> 20),
                        tr("Send a smaller one"),
                    )
                pending += piece
                if len(pending) >= PIECE:
                    await in_thread(file.write, bytes(pending))
                    pending.clear()
            await in_thread(file.write, bytes(pending))
    except OSError as error:
        raise VcamError(
            tr("The file cannot be kept: {why}", why=reason(error)),
            tr("Send a smaller one"),
        ) from error
    if not size:
        raise UsageError(tr("The file is empty"), tr("Choose another one"))


async def json_object(request: Request) -> dict[str, Any]:
    """The JSON object in the body; raises :class:`~vcam.errors.UsageError`."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > LONGEST_JSON:
            raise TooLargeError(tr("More than {most} kB of JSON", most=LONGEST_JSON >> 10))
    return parsed(bytes(content))


def parsed(content: bytes | str) -> dict[str, Any]:
    """A JSON object; raises :class:`~vcam.errors.UsageError` for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise UsageError(tr("What was sent is no JSON object"))
    return found
