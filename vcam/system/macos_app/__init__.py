"""``vcam.app``: what macOS starts, at login for example, and asks for the camera.

A small bundle in the user's ``Applications`` that starts the installed vcam.  macOS gives
the camera to the program that it has started itself, and asks only for those whose bundle
says what for (``NSCameraUsageDescription``), which the bundle of Python does not: a vcam
that launchd starts directly gets no camera, without a question.

:mod:`vcam.system.macos_app.build` makes the bundle when vcam is built, and it is copied.
Its signature is "ad hoc": the user's permission is for exactly this bundle.  So what it
starts is written elsewhere, and one that is there stays when vcam is upgraded.

None of this has been run on a Mac; the launcher and the files are tested on Linux.
"""

import plistlib
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from vcam import files
from vcam.errors import VcamError
from vcam.reasons import reason
from vcam.translation import tr, translatable

BUNDLE = Path(__file__).with_name("vcam.app")
"""The bundle as it was built; it is missing where that was not possible."""
IDENTIFIER = "vcam-background.vcam"
"""The bundle's identifier.  The user's permission is kept under it: keep it."""
VERSION = "1"
"""Of the bundle; one that has to be replaced on users' machines needs another."""
PROGRAM = "Contents/MacOS/vcam"
"""The launcher, in the bundle."""
COMMAND = "Library/Application Support/vcam/app-command"
"""What the launcher starts, below the user's home: words with a NUL after each."""
NOT_AVAILABLE = translatable(
    "This vcam was installed without vcam.app. Run `xcode-select --install`, then install "
    "vcam again."
)
"""What to do where :func:`available` is False."""


def place(home: Path) -> Path:
    """Where the bundle is or would be."""
    return home / "Applications" / "vcam.app"


def available() -> bool:
    """Whether this installation of vcam has one."""
    return (BUNDLE / PROGRAM).is_file()


def exists(home: Path) -> bool:
    """Whether there is one of vcam's."""
    return _about(home).get("CFBundleIdentifier") == IDENTIFIER


def started_by(home: Path) -> tuple[str, ...]:
    """The command that it starts; empty if there is none."""
    if not exists(home):
        return ()
    try:
        words = (home / COMMAND).read_bytes().split(b"\0")
    except OSError:
        return ()
    return tuple(word.decode(errors="surrogateescape") for word in words[:-1])


def install(home: Path, command: Sequence[str]) -> Path:
    """Put the bundle in its place, unless it is there, to start ``command``.

    Returns its program.  Raises :class:`~vcam.errors.VcamError` if it cannot be written,
    or if another's is in its place.
    """
    bundle = place(home)
    program = bundle / PROGRAM
    if files.there(bundle) and not exists(home):
        raise VcamError(tr("{file} is not vcam's", file=bundle), tr("Rename or remove it"))
    if Path(command[0]) == program:
        raise ValueError("the app would start itself, without end")
    words = [word.encode(errors="surrogateescape") + b"\0" for word in command]
    try:
        files.write(home / COMMAND, b"".join(words))
        if _about(home).get("CFBundleVersion") != VERSION or not program.is_file():
            _copy(home, bundle)
    except OSError as error:
        raise _unchangeable(bundle, error) from error
    return program


def remove(home: Path, *, keep_command: bool = False) -> None:
    """Remove the bundle, if it is vcam's; raises VcamError if it cannot be removed."""
    if not exists(home):
        return
    try:
        shutil.rmtree(place(home))
        if not keep_command:
            (home / COMMAND).unlink(missing_ok=True)
    except OSError as error:
        raise _unchangeable(place(home), error) from error


def _copy(home: Path, bundle: Path) -> None:
    """Replace the bundle with the one that came with vcam; none is ever half there."""
    fresh = bundle.with_name(".vcam.app.new")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(BUNDLE, fresh)
    (fresh / PROGRAM).chmod(0o755)  # installers of wheels may have left that out
    remove(home, keep_command=True)
    fresh.rename(bundle)


def read(file: Path) -> dict[str, Any] | None:
    """A property list; None if there is none, and without anything if it is damaged."""
    try:
        found = plistlib.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ExpatError):
        return {}
    return found if isinstance(found, dict) else {}


def _about(home: Path) -> dict[str, Any]:
    return read(place(home) / "Contents/Info.plist") or {}


def _unchangeable(bundle: Path, error: OSError) -> VcamError:
    what = tr("{file} cannot be changed: {reason}", file=bundle, reason=reason(error))
    return VcamError(what, tr("Check its permissions"))
