"""What the libraries of the studio read from outside, and the folder they write into.

Gradio, its client and Matplotlib have switches in the environment: to share the page on the
internet, to listen on every interface, to report its use, to write caches into the home
folder.  None of them is the caller's to set here.
"""

import os
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from vcam.local.runtime_folder import runtime_folder

FORBIDDEN = ("GRADIO_", "HF_", "HUGGINGFACE_", "SPACE_", "MPL", "UVICORN_", "FORWARDED_")
"""Beginnings of the names of variables that are removed."""
SETTINGS = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "GRADIO_NUM_WORKERS": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "MPLBACKEND": "Agg",
}
"""What is set instead."""
MEMORY = Path("/dev/shm")
"""A file system in memory that every Linux has; the session's runtime folder is another."""
OTHER = "studio-"
"""Beginning of the folder's name where its usual place is taken."""


def prepared(given: Mapping[str, str], folder: Path) -> dict[str, str]:
    """``given`` without what is forbidden, and with temporary files going to ``folder``."""
    kept = {name: value for name, value in given.items() if not name.startswith(FORBIDDEN)}
    places = ("TMPDIR", "TEMP", "TMP", "GRADIO_TEMP_DIR", "MPLCONFIGDIR")
    return kept | SETTINGS | dict.fromkeys(places, str(folder))


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for uploads that is this user's alone, and is gone at the end.

    It is in memory where the system has such a place.  Call it while holding the studio's
    lock: what an earlier studio left there, because it was killed, is removed first.
    """
    runtime = runtime_folder()
    folder = place_of(runtime)
    for left in runtime.glob(f"{OTHER}*"):
        with suppress(OSError):
            _remove(left)
    try:
        _remove(folder)
        folder.mkdir(0o700)
    except OSError:  # somebody else made it: theirs stays, ours gets another name
        folder = runtime / f"{OTHER}{secrets.token_hex(4)}"
        folder.mkdir(0o700)
    try:
        yield folder
    finally:
        _remove(folder)


@contextmanager
def applied(folder: Path) -> Iterator[dict[str, str]]:
    """Let :func:`prepared` be this process's environment; gives the one it had before."""
    before, directory = dict(os.environ), tempfile.tempdir
    tempfile.tempdir = str(folder)
    _become(prepared(before, folder))
    try:
        yield before
    finally:
        _become(before)
        tempfile.tempdir = directory


def _become(wanted: Mapping[str, str]) -> None:
    for name in set(os.environ) - set(wanted):
        del os.environ[name]
    os.environ.update(wanted)


def place_of(runtime: Path) -> Path:
    """Always the same one for the same runtime folder, so that left-overs are found."""
    if sys.platform == "linux" and not runtime.is_relative_to("/run/user"):
        with suppress(OSError):
            if MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK):
                name = sha256(os.fsencode(runtime)).hexdigest()[:12]
                return MEMORY / f"vcam-studio-{os.geteuid()}-{name}"
    return runtime / "studio"


def _remove(folder: Path) -> None:
    """Remove our own folder, if it is there; raises OSError for anything else."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    if not (stat.S_ISDIR(found.st_mode) and mine):
        raise FileExistsError(f"{str(folder)!r} is not ours")
    shutil.rmtree(folder)
