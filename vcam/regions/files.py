"""The painted regions on disk: a text for each camera, in a folder beside the settings."""

import json
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Final

from vcam import files
from vcam.errors import SettingsError, UsageError
from vcam.printable import printable
from vcam.reasons import reason
from vcam.regions import Region, Regions
from vcam.translation import quoted, tr

FOLDER: Final = "regions"
LARGEST: Final = 1 << 16
"""Most bytes of a file; 15,000 are usual."""
MOST: Final = 256
"""Most files that are read."""
HEAD: Final = "# Painted in the studio of vcam: k is always shown, d never.\n"


def folder_beside(settings: Path) -> Path:
    """Where the regions are that belong to a settings file."""
    return settings.parent / FOLDER


def load(folder: Path) -> Regions:
    """All regions in ``folder``; none when there is no folder.

    Of several files for one camera, as copies are, what each of them allows.  Raises
    :class:`~vcam.errors.SettingsError` for what is not understood, or cannot be looked
    into: what it hides must not be shown.
    """
    found: dict[str, Region] = {}
    for each in map(_read, _paths(folder)):
        found[each.camera] = each.within(found.get(each.camera, each))
    return Regions.holding(found.values())


def save(region: Region, folder: Path) -> None:
    """Write that of one camera, wholly or not at all; an empty one has no file.

    Copies of it under other names go.  Raises :class:`~vcam.errors.SettingsError` when it
    cannot be written.
    """
    path = folder / f"{sha256(region.camera.encode()).hexdigest()[:16]}.toml"
    try:
        if region:
            files.write(path, _text(region))
        else:
            path.unlink(missing_ok=True)
        for each in _paths(folder):
            if each != path and _is_of(region.camera, each):
                each.unlink(missing_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise SettingsError(
            tr(
                "The painted region cannot be saved to {file}: {reason}",
                file=quoted(str(path)),
                reason=reason(error),
            ),
            tr("Check the folder's permissions and space"),
        ) from error


def _text(region: Region) -> str:
    rows = "\n".join(region.rows())
    # What JSON writes of a text without control characters is TOML, too.
    camera = json.dumps(printable(region.camera), ensure_ascii=False)
    return f'{HEAD}camera = {camera}\ncells = """\n{rows}\n"""\n'


def _paths(folder: Path) -> list[Path]:
    try:
        # Not Path.glob, for which a folder that may not be looked into is an empty one.
        found = sorted(each for each in folder.iterdir() if each.suffix == ".toml")
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not folder.is_symlink():
            return []
        raise _unreadable(
            *(folder, reason(error), tr("Check the folder's permissions and space"))
        ) from error
    if len(found) > MOST:
        raise _unreadable(folder, tr("more than {count} files", count=MOST))
    return found


def _is_of(camera: str, path: Path) -> bool:
    try:
        return _read(path).camera == camera
    except SettingsError:
        return False


def _read(path: Path) -> Region:
    try:
        return _parsed(_content(path))
    except OSError as error:
        raise _unreadable(path, reason(error)) from error
    except KeyError as error:
        raise _unreadable(path, tr("{name} is missing", name=error)) from error
    except (ValueError, RecursionError, UsageError) as error:
        raise _unreadable(path, str(error)) from error


def _content(path: Path) -> bytes:
    if files.is_device(path):  # a pipe would wait for its other end
        raise ValueError(tr("it is a device"))
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise ValueError(tr("more than {count} bytes", count=LARGEST))
    return content


def _parsed(content: bytes) -> Region:
    table = tomllib.loads(content.decode("utf-8-sig"))
    camera, cells = table.pop("camera"), table.pop("cells")
    if table or not isinstance(camera, str) or not isinstance(cells, str):
        raise ValueError(tr("there is more in it than a camera and its cells"))
    return Region.of_rows(camera, cells.split())


def _unreadable(path: Path, why: str, remedy: str | None = None) -> SettingsError:
    return SettingsError(
        tr(
            "The painted region {file} cannot be read: {reason}",
            file=quoted(str(path)),
            reason=why,
        ),
        remedy or tr("Remove the file, and paint it again in the studio"),
    )
