"""The machine as the doctor sees it; tests hand in another one."""

import os
import platform as this
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from vcam.v4l2.system import System

MODELS = Path(__file__).parents[2] / "models"
COMMAND_S = 20.0
"""How long a command may take; loading the engine from a cold disk is the longest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended, and what it printed on both channels."""

    status: int
    output: str


def run(command: Sequence[str]) -> Answer | None:
    """Run a command; None when there is no such command or it takes too long."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=COMMAND_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return Answer(done.returncode, done.stdout)


def installed() -> frozenset[str]:
    """The names of the Python packages in this environment, in lower case."""
    names = (each.metadata["Name"] for each in metadata.distributions())
    return frozenset(name.lower() for name in names if name)


def registry_value(key: str, value: str) -> str | None:
    r"""A value of the Windows registry, such as ``HKCU\Software\…``; None without it."""
    if sys.platform != "win32":
        return None
    import winreg

    root, _, path = key.partition("\\")
    roots = {
        "HKCR": winreg.HKEY_CLASSES_ROOT,
        "HKCU": winreg.HKEY_CURRENT_USER,
        "HKLM": winreg.HKEY_LOCAL_MACHINE,
    }
    try:
        with winreg.OpenKey(roots[root], path) as opened:
            return str(winreg.QueryValueEx(opened, value)[0])
    except OSError:
        return None


@dataclass(frozen=True)
class Host:
    """Everything a check may ask."""

    platform: str = sys.platform
    machine: str = field(default_factory=this.machine)
    """The processor's family, for example ``x86_64``."""
    release: str = field(default_factory=this.release)
    """On Linux the kernel that runs."""
    root: Path = Path("/")
    """Where ``etc``, ``lib``, ``usr``, ``var`` and ``Applications`` are."""
    system: System = field(default_factory=System)
    models: Path = MODELS
    python: str = sys.executable
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[[Sequence[str]], Answer | None] = run
    installed: Callable[[], frozenset[str]] = installed
    registry_value: Callable[[str, str], str | None] = registry_value
