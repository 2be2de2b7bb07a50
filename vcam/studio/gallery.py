"""The gallery: tiles with thumbnails, and the user's own files added and removed."""

import asyncio
import contextlib
import os
import re
import secrets
import shutil
from collections import OrderedDict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from vcam.backgrounds import folder
from vcam.backgrounds.choosing import GalleryEntry, gallery, user_gallery
from vcam.backgrounds.thumbnails import first_image
from vcam.control.client import ask
from vcam.errors import PictureError, UsageError, VcamError
from vcam.files import settings_path
from vcam.frames import Size
from vcam.imaging.pictures import encoded
from vcam.imaging.resize import fitted
from vcam.printable import printable
from vcam.reasons import reason
from vcam.settings import load, to_table
from vcam.studio.answers import as_json, explained, in_thread
from vcam.studio.guard import MOST_BYTES
from vcam.studio.uploads import safe_name, save_file
from vcam.translation import tr

THUMB = Size(320, 180)
"""Size of a thumbnail."""
KEPT = 256
"""Number of thumbnails that are remembered, of 5 to 20 kB each."""

_Version = tuple[Path, int, int]
"""A file as it is now: path, time of the last change in nanoseconds, bytes."""


class Gallery:
    """The routes of the gallery.  ``private`` is the studio's folder for what is sent.

    A name is looked up in the list, and never becomes part of a path.
    """

    def __init__(self, private: Path) -> None:
        self._private = private
        self._thumbs: OrderedDict[_Version, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    def routes(self) -> list[BaseRoute]:
        """What the page needs."""
        return [
            Route("/api/gallery", explained(self._add), methods=["POST"]),
            Route("/api/gallery/{name}", explained(self._remove), methods=["DELETE"]),
            Route("/api/thumb/{name}", explained(self._thumb)),
        ]

    def tiles(self) -> list[dict[str, Any]]:
        """The whole gallery for a page.  Reads folders."""
        return [tile(entry) for entry in gallery()]

    async def _add(self, request: Request) -> Response:
        """Copy the file in the body into the user's folder."""
        name = safe_name(request.query_params.get("name", ""))
        place = self._private / f"gallery-{secrets.token_hex(8)}"
        try:
            await in_thread(place.mkdir, 0o700)
            await save_file(request, place / name, MOST_BYTES)
            entry = await in_thread(_added, place / name)
        finally:
            await in_thread(shutil.rmtree, place, ignore_errors=True)
        return as_json(tile(entry))

    async def _remove(self, request: Request) -> Response:
        await in_thread(_removed, _name(request))
        return as_json({})

    async def _thumb(self, request: Request) -> Response:
        entry = await in_thread(_entry, _name(request))
        if entry is None:
            return as_json({"error": tr("There is no such background"), "remedy": ""}, 404)
        async with self._drawing:  # one at a time: live pictures need the processor
            jpeg = await in_thread(self._drawn, entry.path)
        return Response(jpeg, media_type="image/jpeg")

    def _drawn(self, path: Path) -> bytes:
        try:
            about = path.stat()
        except OSError as error:
            raise PictureError(tr("{name!r} is gone", name=path.name)) from error
        version = path, about.st_mtime_ns, about.st_size
        jpeg = self._thumbs.get(version)
        if jpeg is None:
            jpeg = thumb_of(path)
            self._thumbs[version] = jpeg
            if len(self._thumbs) > KEPT:
                self._thumbs.popitem(last=False)
        return jpeg


def thumb_of(path: Path) -> bytes:
    """The thumbnail of a picture or video, a JPEG; raises PictureError."""
    return encoded(fitted(first_image(path, THUMB), THUMB), ".jpg")


def tile(entry: GalleryEntry) -> dict[str, Any]:
    """What a page shows of a background with a name."""
    title = entry.title[:1].upper() + entry.title[1:]
    version = 0
    with contextlib.suppress(OSError):
        version = entry.path.stat().st_mtime_ns
    return {
        "name": entry.name,
        "title": printable(title),
        "kind": entry.kind,
        "own": _is_own(entry),
        "thumb": f"/api/thumb/{_quoted(entry.name)}?v={version:x}",
    }


def _quoted(name: str) -> str:
    """A name as a part of an address."""
    escaped = re.sub(
        rb"[^\w.-]", lambda found: b"%%%02X" % ord(found[0]), os.fsencode(name)
    )
    return escaped.decode("ascii")


def _name(request: Request) -> str:
    """The name in the request's path, which may have bytes that are not UTF-8."""
    last = bytes(request.scope["raw_path"]).rpartition(b"/")[2]
    plain = re.sub(b"%([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), last)
    return os.fsdecode(plain)


def _entry(name: str) -> GalleryEntry | None:
    return next((each for each in gallery() if each.name == name), None)


def _is_own(entry: GalleryEntry) -> bool:
    return entry.path.parent == user_gallery()


def _added(path: Path) -> GalleryEntry:
    try:
        (place,) = folder.add([path])
    except UsageError as error:  # without the folder, which is ours
        what = error.what.replace(f"{path.parent}{os.sep}", "")
        raise UsageError(what, error.remedy) from error
    for entry in gallery():
        if entry.path == place:
            return entry
    raise VcamError(
        tr("{name!r} was added, but is not listed", name=place.name), tr("Rename it")
    )


def _removed(name: str) -> None:
    entry = _entry(name)
    if entry is None:
        raise UsageError(
            tr("There is no background {name!r}", name=name), tr("Load the page again")
        )
    if not _is_own(entry):
        raise UsageError(
            tr("{name!r} came with vcam", name=entry.title),
            tr("Only pictures of your own can be removed"),
        )
    if str(entry.path) in _chosen():
        raise VcamError(
            tr("{name!r} is your background", name=entry.title),
            tr("Choose another one first"),
        )
    try:
        entry.path.unlink()
    except OSError as error:
        raise VcamError(
            tr(
                "{name!r} cannot be removed: {why}",
                name=entry.path.name,
                why=reason(error),
            ),
            tr("Check the permissions of its folder"),
        ) from error


def _chosen() -> set[str]:
    """The files that the running vcam and the next one show; their paths."""
    tables = []
    with contextlib.suppress(VcamError):
        tables.append(ask("status")["settings"])
    with contextlib.suppress(VcamError):
        tables.append(to_table(load(settings_path())))
    return {str(table["background"].get("path", "")) for table in tables}
