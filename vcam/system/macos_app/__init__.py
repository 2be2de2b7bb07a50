"""``vcam.app``: what macOS starts at login and from the Launchpad, and asks for the camera.

A small bundle in the user's ``Applications`` that starts the installed vcam.  macOS gives
the camera to the program that it has started itself, and asks only for those whose bundle
says what for (``NSCameraUsageDescription``), which the bundle of Python does not: a vcam
that launchd starts directly gets no camera, without a question.

It is made where it is used, so there is nothing to notarise.  The signature is "ad hoc":
the permission is for exactly this bundle, and is asked for again when one changes.  So a
bundle that is as it should be is left alone, also after an upgrade of vcam.

None of this has been run on a Mac; the launcher and the files are tested on Linux.
Keys: https://developer.apple.com/documentation/bundleresources/information-property-list
"""

import logging
import plistlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from vcam import files
from vcam.errors import VcamError
from vcam.reasons import reason
from vcam.translation import in_every_language, tr, translatable

log = logging.getLogger(__name__)

LAUNCHER = Path(__file__).with_name("launcher")
"""The compiled ``launcher.c``; it is missing where there was no compiler."""
ICON = Path(__file__).with_name("vcam.icns")
"""The icon, as installed with vcam."""
IDENTIFIER = "vcam-background.vcam"
"""The bundle's identifier.  The user's permission is kept under it: keep it."""
REASON = translatable(
    "vcam replaces what is behind you, on this Mac, before any other program sees it."
)
"""What is shown below the question for the camera."""
NOT_AVAILABLE = translatable(
    "This vcam was installed without the program of vcam.app. Run `xcode-select "
    "--install`, then install vcam again."
)
"""What to do where :func:`available` is False."""
VERSION = "1"
"""Of the bundle; a launcher that has to be replaced on users' machines needs another."""
PROGRAM, COMMAND = "Contents/MacOS/vcam", "Contents/Resources/command"
"""Files of the bundle: the launcher, and what it starts, with a NUL after each word."""

Run = Callable[[Sequence[str]], bool]
"""Runs a command, and returns whether it worked."""


def place(home: Path) -> Path:
    """Where the bundle is or would be."""
    return home / "Applications" / "vcam.app"


def available() -> bool:
    """Whether this installation of vcam can make one."""
    return LAUNCHER.is_file()


def exists(home: Path) -> bool:
    """Whether there is one that vcam has made."""
    about = read(place(home) / "Contents/Info.plist")
    return about is not None and about.get("CFBundleIdentifier") == IDENTIFIER


def started_by(home: Path) -> tuple[str, ...]:
    """The command that it starts; empty if there is none."""
    try:
        words = (place(home) / COMMAND).read_bytes().split(b"\0")
    except OSError:
        return ()
    return tuple(word.decode(errors="surrogateescape") for word in words[:-1])


def make(home: Path, command: Sequence[str], run: Run) -> Path:
    """Make the bundle that starts ``command``, or leave it as it is; returns its program.

    Raises :class:`~vcam.errors.VcamError` if it cannot be written, or if another's is in
    its place.
    """
    bundle = place(home)
    if files.there(bundle) and not exists(home):
        raise VcamError(tr("{file} is not vcam's", file=bundle), tr("Rename or remove it"))
    wanted = contents(command)
    program = bundle / PROGRAM
    if program.is_file() and all(_has(bundle / name, it) for name, it in wanted.items()):
        return program
    try:
        for name, content in wanted.items():
            files.write(bundle / name, content, files.USUAL)
        files.write(program, LAUNCHER.read_bytes())
        program.chmod(0o755)
    except OSError as error:
        raise _unchangeable(bundle, error) from error
    _sign(bundle, run)
    return program


def remove(home: Path) -> None:
    """Remove the bundle, if vcam has made it; raises VcamError if it cannot be removed."""
    bundle = place(home)
    if not exists(home):
        return
    import shutil

    try:
        shutil.rmtree(bundle)
    except OSError as error:
        raise _unchangeable(bundle, error) from error


def contents(command: Sequence[str]) -> dict[str, bytes]:
    """The files of the bundle but its program, by their path in it."""
    about = {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": "vcam",
        "CFBundleExecutable": Path(PROGRAM).name,
        "CFBundleIconFile": ICON.name,
        "CFBundleIdentifier": IDENTIFIER,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": "vcam",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": VERSION,
        "CFBundleVersion": VERSION,
        "LSMinimumSystemVersion": "13.0",
        "LSUIElement": True,  # no icon in the Dock: vcam's is in the menu bar
        "NSCameraUsageDescription": REASON,
    }
    texts = {
        f"Contents/Resources/{language}.lproj/InfoPlist.strings": plistlib.dumps(
            {"NSCameraUsageDescription": text}
        )
        for language, text in in_every_language(REASON).items()
    }
    return {
        "Contents/Info.plist": plistlib.dumps(about),
        f"Contents/Resources/{ICON.name}": ICON.read_bytes(),
        COMMAND: b"".join(
            word.encode(errors="surrogateescape") + b"\0" for word in command
        ),
        **texts,
    }


def read(file: Path) -> dict[str, Any] | None:
    """A property list; None if there is none, and without anything if it is damaged."""
    try:
        found = plistlib.loads(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ExpatError):
        return {}
    return found if isinstance(found, dict) else {}


def _sign(bundle: Path, run: Run) -> None:
    """Seal all of the bundle, where the tools for it are installed.

    The linker has signed the program already, as Apple's processors demand.  Without the
    tools codesign would ask the user to install them.
    """
    if not run(["/usr/bin/xcode-select", "--print-path"]):
        log.info("%s has only the linker's signature", bundle)
    elif not run(["/usr/bin/codesign", "--force", "--sign", "-", str(bundle)]):
        log.warning("%s could not be signed", bundle)


def _unchangeable(bundle: Path, error: OSError) -> VcamError:
    what = tr("{file} cannot be changed: {reason}", file=bundle, reason=reason(error))
    return VcamError(what, tr("Check its permissions"))


def _has(file: Path, content: bytes) -> bool:
    try:
        return file.read_bytes() == content
    except OSError:
        return False
