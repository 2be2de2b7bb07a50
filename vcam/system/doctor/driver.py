"""Linux: whether v4l2loopback is installed, loaded, sound, and loaded at every start."""

import re
from collections.abc import Iterator
from pathlib import Path

from vcam.outputs.loopback import LOAD
from vcam.system.autostart.session import MODULE
from vcam.system.doctor.finding import Asks, Finding, Fix
from vcam.system.doctor.host import Host
from vcam.v4l2.system import listed, read

DRIVER = "v4l2loopback"
"""The name of the kernel module."""
SETUP = f"Run `{LOAD}`"
"""The remedy for most findings."""

SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
"""The firmware variable that says whether Secure Boot is on."""
KEYS = ("var/lib/shim-signed/mok/MOK.der", "var/lib/dkms/mok.pub")
"""Files with the public key that signs built modules, on Ubuntu and on Debian."""


def installed(host: Host) -> Iterator[Finding]:
    """The module exists for the running kernel, and is loaded."""
    if loaded(host):
        yield _version(version(host))
    elif built(host):
        what = f"{DRIVER} is installed, but not loaded"
        yield Finding("driver", False, what, SETUP, fix=set_up(host))
        yield from _secure_boot(host)
    elif kernel_replaced(host):
        yield Finding(
            "driver",
            False,
            f"there are no modules for the running kernel {host.release}: it has been "
            "updated, or this is a container",
            f"Restart the computer (in a container: work on its host), then run `{LOAD}`",
        )
    elif sources(host):
        what = f"{DRIVER} is installed, but not built for the running kernel {host.release}"
        yield Finding("driver", False, what, SETUP, fix=set_up(host))
    else:
        what = f"{DRIVER} is not installed"
        yield Finding("driver", False, what, SETUP, fix=set_up(host))


def persistent(host: Host) -> Iterator[Finding]:
    """The module is loaded again after a restart, with the same options."""
    at_start, with_options = at_every_start(host), bool(option_lines(host))
    if at_start and with_options:
        yield Finding("after a restart", True, f"{DRIVER} is loaded with its options")
    elif loaded(host):
        lost = "its options are lost" if at_start else f"{DRIVER} is no longer loaded"
        what = f"after a restart {lost}"
        yield Finding("after a restart", None, what, SETUP, False, set_up(host))


def set_up(host: Host) -> Fix:
    """`vcam setup`, which shows its steps and asks."""
    return Fix((host.python, *MODULE, "setup"), Asks.ITSELF)


def loaded(host: Host) -> bool:
    """Whether the driver is in the kernel."""
    return (host.system.sys / "module" / DRIVER).is_dir()


def version(host: Host) -> str:
    """The version of the loaded driver, for example ``0.12.7``."""
    return read(host.system.sys / "module" / DRIVER / "version")


def built(host: Host) -> bool:
    """Whether the module exists for the running kernel."""
    modules = host.root / "lib" / "modules" / host.release
    if f"/{DRIVER}.ko" in read(modules / "modules.dep"):
        return True
    return any(
        any(modules.glob(f"{folder}/**/{DRIVER}.ko*")) for folder in ("updates", "extra")
    )


def kernel_replaced(host: Host) -> bool:
    """Whether there are modules, but none for the running kernel."""
    modules = host.root / "lib" / "modules"
    return not (modules / host.release).is_dir() and bool(listed(modules))


def sources(host: Host) -> bool:
    """Whether the driver's sources are there, from which dkms builds modules."""
    return any(host.root.glob(f"usr/src/{DRIVER}-*"))


def at_every_start(host: Host) -> bool:
    """Whether something loads the driver when the computer starts."""
    folders = ("etc/modules-load.d", "run/modules-load.d", "usr/lib/modules-load.d")
    files = [file for folder in folders for file in _configurations(host.root / folder)]
    lines = [line for file in (*files, host.root / "etc/modules") for line in _lines(file)]
    return any(line.split()[0].replace("-", "_") == DRIVER for line in lines)


def option_lines(host: Host) -> tuple[tuple[Path, str], ...]:
    """The lines with the driver's options and their files, as ``modprobe`` reads them.

    Files are read in the order of their names, whatever their folder, and one in ``/etc``
    hides another of the same name.
    """
    files: dict[str, Path] = {}
    for folder in ("usr/lib", "lib", "usr/local/lib", "run", "etc"):
        found = _configurations(host.root / folder / "modprobe.d")
        files |= {file.name: file for file in found}
    return tuple(
        (files[name], line)
        for name in sorted(files)
        for line in _lines(files[name])
        if line.split()[:2] == ["options", DRIVER]
    )


def secure_boot(host: Host) -> bool:
    """Whether the firmware lets the kernel load only modules with an enrolled signature."""
    try:
        return (host.root / SECURE_BOOT).read_bytes()[4:5] == b"\x01"
    except OSError:
        return False


def enrolment(host: Host) -> str:
    """How to let Secure Boot load a module that was built on this machine."""
    for key in KEYS:
        if (host.root / key).exists():
            return (
                "If modprobe says 'Key was rejected', run `sudo mokutil --import "
                f"/{key}`, choose a password, restart, and choose 'Enroll MOK' on the "
                "blue screen"
            )
    return "Sign the module, or switch Secure Boot off in the firmware's settings"


def _version(version: str) -> Finding:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if numbers and numbers < (0, 12, 7):
        what = (
            f"{DRIVER} {version} loses the virtual camera when a program that feeds it ends"
        )
        remedy = "Update it to 0.13 or newer"
        return Finding("driver", None, what, remedy, needed_for_main_job=False)
    if numbers[:2] == (0, 14):
        what = f"{DRIVER} {version} is known to work badly with OBS"
        remedy = "Update it to 0.15 or newer"
        return Finding("driver", None, what, remedy, needed_for_main_job=False)
    return Finding("driver", True, f"{DRIVER} {version} is loaded".replace("  ", " "))


def _secure_boot(host: Host) -> Iterator[Finding]:
    if secure_boot(host):
        what = (
            "Secure Boot is on: the kernel loads only modules signed with an enrolled key"
        )
        yield Finding("Secure Boot", None, what, enrolment(host), needed_for_main_job=False)


def _configurations(folder: Path) -> list[Path]:
    return sorted(path for path in listed(folder) if path.suffix == ".conf")


def _lines(file: Path) -> list[str]:
    """The lines that are neither empty nor comments, with continued lines joined."""
    text = read(file).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", ";"))]
