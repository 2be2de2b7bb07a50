"""The machine as the checks see it; tests replace it."""

import contextlib
import os
import platform as this
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from vcam.files import settings_path
from vcam.kernels import Choice, chosen
from vcam.pipewire.cameras import CameraNode
from vcam.pipewire.library import available
from vcam.registry import registry_value
from vcam.settings import Settings, load
from vcam.settings.policy import Policy
from vcam.settings.policy_file import policy
from vcam.sources.avfoundation import authorization
from vcam.sources.camera_info import CameraInfo
from vcam.sources.consent import programs
from vcam.sources.listing import list_cameras
from vcam.sources.pipewire_listing import nodes_now
from vcam.v4l2.system import System

MODELS = Path(__file__).parents[2] / "models"
"""The folder of the bundled models."""
KILLED_S = 1.0
"""Seconds that it may take to end when it is killed."""
COMMAND_S = 20.0
"""Seconds that a command may take; loading the engine from a cold disk takes longest."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The exit status of a command, and its output on both channels."""

    status: int
    output: str


def run(command: Sequence[str]) -> Answer | None:
    """Run a command; None if there is no such command or it takes too long."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError:
        return None
    try:
        output, _ = process.communicate(timeout=COMMAND_S)
    except subprocess.TimeoutExpired:
        process.kill()
        # Not subprocess.run: on Windows it then waits until nobody has the pipe any more,
        # and what the command has started may have it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(KILLED_S)
        if process.stdout is not None and sys.platform != "win32":
            process.stdout.close()  # there a thread reads it until its end
        return None
    return Answer(process.returncode, output)


def installed() -> frozenset[str]:
    """The names of the Python packages in this environment, in lower case."""
    names = (each.metadata["Name"] for each in metadata.distributions())
    return frozenset(name.lower() for name in names if name)


def settings() -> Settings:
    """The user's settings; raises :class:`~vcam.errors.SettingsError`."""
    return load(settings_path())


@dataclass(frozen=True)
class Host:
    """Everything that a check may read."""

    platform: str = sys.platform
    machine: str = field(default_factory=this.machine)
    """The processor's family, for example ``x86_64``."""
    release: str = field(default_factory=this.release)
    """The release of the running kernel, on Linux."""
    root: Path = Path("/")
    """The folder of ``etc``, ``lib``, ``usr``, ``var`` and ``Applications``."""
    system: System = field(default_factory=System)
    models: Path = MODELS
    python: str = sys.executable
    base: str = sys.base_prefix
    """The folder of the Python that the environment was made with."""
    python_for: str = field(default_factory=sysconfig.get_platform)
    """What ``python`` is for, for example ``win-arm64``: the processor may be another."""
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    run: Callable[[Sequence[str]], Answer | None] = run
    installed: Callable[[], frozenset[str]] = installed
    registry_value: Callable[[str, str], str | None] = registry_value
    camera_authorization: Callable[[], str] = authorization
    """On macOS, whether cameras may be used: :mod:`vcam.sources.avfoundation`."""
    cameras: Callable[[], tuple[CameraInfo, ...]] = list_cameras
    using_cameras: Callable[[], tuple[str, ...]] = programs
    """On Windows, the programs that use a camera: :mod:`vcam.sources.consent`."""
    kernels: Callable[[], Choice] = chosen
    pipewire: Callable[[], bool] = available
    """Whether PipeWire's library can be used."""
    in_pipewire: Callable[[], tuple[CameraNode, ...]] = nodes_now
    """The cameras that PipeWire lists."""
    settings: Callable[[], Settings] = settings
    """The user's settings; raises :class:`~vcam.errors.SettingsError`."""
    policy: Callable[[], Policy] = policy
    """What the administrator has decided."""
    served_at: Callable[[], str | None] = lambda: None
    """Where the vcam that runs serves the picture, without the secret part; empty when it
    does not, ``None`` when none runs.  The command knows: what runs is above this layer."""
