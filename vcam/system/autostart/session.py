"""The user's session: where the desktop looks, and the command that starts vcam."""

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

Command = tuple[str, ...]
"""A program by its absolute path, and its arguments."""

RUN_S = 10.0
MODULE = ("-P", "-m", "vcam")
"""Has an interpreter run vcam, and with ``-P`` only vcam: else the folder it is started
in comes first, and a ``json.py`` among somebody's downloads would be run."""

SCHEMES: tuple[Literal["prefix", "user"], ...] = ("prefix", "user")
SHELL_SCRIPT = re.compile(r"""#!/bin/sh\n'''exec' (["']?)(.+)\1 "\$0" "\$@"\n""")
"""How installers name an interpreter whose path is long or has spaces."""
SCRIPT = re.compile(r"#!()(\S+)")


def start_command() -> Command:
    """What starts this very vcam, in a later session and without a ``PATH``.

    The ``vcam`` beside the interpreter that runs: the same in a virtual environment, and
    in those that pipx and ``uv tool`` make, whose upgrades keep the path.  Without one,
    the interpreter itself.
    """
    python = Path(sys.executable)
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
    """What the command needs and is no longer there; "" when all is well."""
    if not command:
        return "nothing"
    for path in (command[0], interpreter(Path(command[0]))):
        if path and not Path(path).is_file():
            return path
    return ""


def interpreter(script: Path) -> str:
    """The program that runs a script; "" when it is not one."""
    try:
        with script.open("rb") as file:
            head = file.read(4096).decode("utf-8", "replace")
    except OSError:
        return ""
    found = SHELL_SCRIPT.match(head) or SCRIPT.match(head)
    return found[2] if found else ""


def run(command: Sequence[str]) -> bool:
    """Run a command quietly, whether it worked; never raises, never takes long."""
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
    """Everything that is asked of the system; tests hand in another one."""

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

    def _folder(self, variable: str, usual: str) -> Path:
        given = Path(self.environ.get(variable, ""))
        return given if given.is_absolute() else self.home / usual
