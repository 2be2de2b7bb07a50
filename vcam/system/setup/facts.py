"""The facts about a Linux machine that a plan depends on."""

import getpass
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from vcam.system.autostart import desktop_entry
from vcam.system.autostart.linux import installed_entry, is_ours, launcher
from vcam.system.autostart.session import Session, missing
from vcam.system.distribution import family
from vcam.system.doctor import driver
from vcam.system.doctor.host import Host
from vcam.system.doctor.linux import exclusive
from vcam.system.setup.options import line, parse
from vcam.v4l2.holders import others
from vcam.v4l2.nodes import Node, nodes
from vcam.v4l2.system import System, read

OPTIONS_FILE = "etc/modprobe.d/vcam.conf"
"""The file with our options for the driver."""
LOAD_FILE = "etc/modules-load.d/vcam.conf"
"""The file that loads the driver at every start."""
MARK = "# Written by `vcam setup`; `vcam setup --remove` takes it away."
"""The first line of our files."""
CONTROL = "v4l2loopback-ctl"
"""The program that adds and removes devices."""
SEARCHED = "/usr/local/sbin:/usr/sbin:/sbin"
"""Folders with root's commands, which are not in everybody's ``PATH``."""


class Module(Enum):
    """The state of the driver."""

    LOADED = "loaded"
    BUILT = "built"
    UNBUILT = "unbuilt"
    MISSING = "missing"
    KERNEL_REPLACED = "kernel-replaced"


@dataclass(frozen=True, slots=True)
class VirtualCamera:
    """A device of v4l2loopback that exists now."""

    number: int
    path: str
    label: str
    ours: bool
    exclusive: bool
    users: str
    """The programs that have it open; "" if none is seen."""
    forbidden: bool
    """Whether this user may not use it."""


@dataclass(frozen=True)
class Facts:
    """The facts, read once.  A plan is a function of them."""

    root: Path
    release: str
    family: str
    module: Module
    live: bool
    """Whether devices can be added and removed while the driver is loaded (since 0.13)."""
    cameras: tuple[VirtualCamera, ...]
    numbers: frozenset[int]
    """The numbers of all video nodes."""
    options: tuple[tuple[Path, str], ...]
    """Every line with options for the driver, and its file."""
    written: frozenset[Path]
    """Those of :data:`OPTIONS_FILE` and :data:`LOAD_FILE` that are as vcam writes them."""
    edited: frozenset[Path]
    """Those of the two that vcam wrote and somebody has changed since."""
    foreign: frozenset[Path]
    """Those of the two that exist and are not vcam's."""
    at_every_start: bool
    user: str
    """The user to set up; "" for root."""
    in_group: bool
    """Whether the user is in the group ``video``, perhaps only from the next login on."""
    secure_boot: str
    """What may have to be done about Secure Boot; "" if it is off."""
    launcher: tuple[tuple[Path, str], ...]
    """The files that have to be written so that launchers show vcam."""
    launcher_written: frozenset[Path]
    """The launcher's files that vcam has written."""
    launcher_in_the_way: bool
    """Whether they start a vcam that is gone, and hide the entry that a package brought."""

    @property
    def options_file(self) -> Path:
        """The path of the file with our options."""
        return self.root / OPTIONS_FILE

    @property
    def load_file(self) -> Path:
        """The path of the file that loads the driver at every start."""
        return self.root / LOAD_FILE


def read_facts(host: Host, session: Session, user: str) -> Facts:
    """Read the facts; takes milliseconds, changes nothing, never raises."""
    files = {host.root / name for name in (OPTIONS_FILE, LOAD_FILE)}
    written = frozenset(filter(_as_written, files))
    marked = frozenset(file for file in files if read(file).startswith(MARK))
    path = f"{host.environ.get('PATH', os.defpath)}:{SEARCHED}"
    control = (host.system.dev / "v4l2loopback").exists() and shutil.which(
        CONTROL, path=path
    )
    entries = launcher(session)
    there = {file: read(file) for file in entries if file.exists()}
    theirs = {file for file, text in there.items() if not is_ours(text)}
    if any(file.suffix == ".desktop" for file in theirs):
        theirs |= there.keys()  # the icon came with the entry: `pip install --user`
    return Facts(
        root=host.root,
        release=host.release,
        family=family(host.root),
        module=_module(host),
        live=bool(control),
        cameras=tuple(
            _camera(node, host.system) for node in nodes(host.system) if node.loopback
        ),
        numbers=frozenset(node.index for node in nodes(host.system)),
        options=driver.option_lines(host),
        written=written,
        edited=marked - written,
        foreign=frozenset(filter(os.path.lexists, files - marked)),
        at_every_start=driver.at_every_start(host),
        user=user,
        in_group=user in _members(host, "video"),
        secure_boot=driver.enrolment(host) if driver.secure_boot(host) else "",
        launcher=tuple(
            (file, content)
            for file, content in entries.items()
            if _has_launchers(host)
            and not installed_entry(session)
            and there.get(file) != content.strip()
            and file not in theirs
        ),
        launcher_written=frozenset(there.keys() - theirs),
        launcher_in_the_way=_has_launchers(host)
        and bool(installed_entry(session))
        and any(map(_starts_nothing, there.keys() - theirs)),
    )


def facts_of_this_user(host: Host, session: Session, *, root: bool) -> Facts:
    """The facts for whoever runs this; ``root``: that is root."""
    user = ""
    with suppress(OSError, KeyError):  # in a container there may be only a number
        user = "" if root else getpass.getuser()
    return read_facts(host, session, user)


def _starts_nothing(file: Path) -> bool:
    """Whether a launcher's entry starts a program that is no longer there."""
    command = desktop_entry.words(desktop_entry.values(read(file)).get("Exec", ""))
    return bool(command) and bool(missing(command))


def _as_written(file: Path) -> bool:
    """Whether a file has our mark, its one line, and nothing else."""
    mark, *lines = read(file).split("\n")
    return mark == MARK and lines in ([driver.DRIVER], [line(parse(lines))])


def _module(host: Host) -> Module:
    if driver.loaded(host):
        return Module.LOADED
    if driver.built(host):
        return Module.BUILT
    if driver.kernel_replaced(host):
        return Module.KERNEL_REPLACED
    return Module.UNBUILT if driver.sources(host) else Module.MISSING


def _camera(node: Node, system: System) -> VirtualCamera:
    return VirtualCamera(
        node.index,
        node.path,
        node.name,
        node.ours,
        exclusive(node) is not False,
        ", ".join(map(str, others(system, node.path))),
        isinstance(node.refusal, PermissionError),
    )


def _has_launchers(host: Host) -> bool:
    """Whether there is a desktop of this user; under sudo, root's does not count."""
    desktop = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CURRENT_DESKTOP")
    raised = ("SUDO_USER", "PKEXEC_UID")
    environ = host.environ
    return any(map(environ.get, desktop)) and not any(map(environ.get, raised))


def _members(host: Host, group: str) -> list[str]:
    for row in read(host.root / "etc/group").splitlines():
        name, *_, members = row.split(":")
        if name == group:
            return members.split(",")
    return []
