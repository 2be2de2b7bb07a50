"""The user's session: its folders, and the command that starts vcam."""

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from vcam.system.autostart.windows import Registry, WindowsRegistry
from vcam.translation import tr

Command = tuple[str, ...]
"""A program by its absolute path, and its arguments."""

RUN_S = 10.0
"""Seconds that a command may take."""
MODULE = ("-P", "-m", "vcam")
"""Arguments that make an interpreter run vcam.  Without ``-P`` the current folder would
come first on the module path, and a ``json.py`` in a downloads folder would be run."""

SCHEMES: tuple[Literal["prefix", "user"], ...] = ("prefix", "user")
"""Installation schemes whose script folders are searched for ``vcam``."""
SHELL_SCRIPT = re.compile(r"""#!/bin/sh\n'''exec' (["']?)(.+)\1 "\$0" "\$@"\n""")
"""The first lines of a script whose interpreter has a long path or one with spaces."""
SCRIPT = re.compile(r"#!()(\S+)")
"""The first line of any other script."""


def start_command() -> Command:
    """The command that starts this installation of vcam in a later session.

    It does not need a ``PATH``.  It is the ``vcam`` beside the running interpreter, also in
    a virtual environment and in those of pipx and ``uv tool``, whose upgrades keep the
    path; in an AppImage it is the AppImage.  If there is none, it is the interpreter.
    """
    python = Path(sys.executable)
    image, mounted = (os.environ.get(name, "") for name in ("APPIMAGE", "APPDIR"))
    # A program in another AppImage may have started this one.
    if image and mounted and python.is_relative_to(mounted):
        return (image,)
    if sys.platform == "win32":
        # vcam.exe would open a console window at every login.
        quiet = python.with_name("pythonw.exe")
        return (str(quiet if quiet.is_file() else python), *MODULE)
    beside = python.with_name("vcam")
    if os.access(beside, os.X_OK):
        return (str(beside),)
    for scheme in SCHEMES:
        folder = sysconfig.get_path("scripts", sysconfig.get_preferred_scheme(scheme))
        entry = Path(folder) / "vcam"
        # Another environment's vcam may be there.
        if os.access(entry, os.X_OK) and interpreter(entry) == str(python):
            return (str(entry),)
    return (str(python), *MODULE)


def missing(command: Command) -> str:
    """The file that the command needs and that no longer exists; "" if none."""
    if not command:
        return tr("nothing")
    for path in (command[0], interpreter(Path(command[0]))):
        if path and not Path(path).is_file():
            return path
    return ""


def interpreter(script: Path) -> str:
    """The program that runs a script; "" if the file is not a script."""
    try:
        with script.open("rb") as file:
            head = file.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""
    found = SHELL_SCRIPT.match(head) or SCRIPT.match(head)
    return found[2] if found else ""


def run(command: Sequence[str]) -> bool:
    """Run a command without output; returns whether it worked.  Never raises."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=RUN_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


@dataclass(frozen=True)
class Session:
    """Everything that is read from the system; tests replace it."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    command: Command = field(default_factory=start_command)
    registry: Registry = field(default_factory=WindowsRegistry)
    run: Callable[[Sequence[str]], bool] = run

    @property
    def configuration(self) -> Path:
        """``$XDG_CONFIG_HOME``."""
        return self._folder("XDG_CONFIG_HOME", ".config")

    @property
    def data(self) -> Path:
        """``$XDG_DATA_HOME``."""
        return self._folder("XDG_DATA_HOME", ".local/share")

    @property
    def data_of_all(self) -> tuple[Path, ...]:
        """``$XDG_DATA_DIRS``: the data that are installed for all users."""
        given = self.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
        folders = [Path(each) for each in given.split(":") if each.startswith("/")]
        return tuple(folder for folder in folders if folder != self.data)

    def _folder(self, variable: str, usual: str) -> Path:
        given = Path(self.environ.get(variable, ""))
        return given if given.is_absolute() else self.home / usual
