"""Linux: whether v4l2loopback is installed, loaded, sound, and loaded at every start."""

import re
from collections.abc import Iterator
from pathlib import Path

from vcam.outputs.loopback import LOAD
from vcam.system.autostart.session import MODULE
from vcam.system.doctor.finding import Asks, Finding, Fix
from vcam.system.doctor.host import Host
from vcam.translation import tr, translatable
from vcam.v4l2.system import listed, read

DRIVER = "v4l2loopback"
"""The name of the kernel module."""
CHECK, RESTART = translatable("driver"), translatable("after a restart")
"""What is checked here."""
SECURE = translatable("Secure Boot")

SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
"""The firmware variable that says whether Secure Boot is on."""
KEYS = ("var/lib/shim-signed/mok/MOK.der", "var/lib/dkms/mok.pub")
"""Files with the public key that signs built modules, on Ubuntu and on Debian."""


def installed(host: Host) -> Iterator[Finding]:
    """The module exists for the running kernel, and is loaded."""
    if loaded(host):
        yield _version(version(host))
    elif built(host):
        what = tr("{driver} is installed, but not loaded", driver=DRIVER)
        yield _to_set_up(host, what)
        yield from _secure_boot(host)
    elif kernel_replaced(host):
        yield Finding(
            CHECK,
            False,
            tr(
                "there are no modules for the running kernel {release}: it has been "
                "updated, or this is a container",
                release=host.release,
            ),
            tr(
                "Restart the computer (in a container: work on its host), then run "
                "`{command}`",
                command=LOAD,
            ),
        )
    elif sources(host):
        what = tr(
            "{driver} is installed, but not built for the running kernel {release}",
            driver=DRIVER,
            release=host.release,
        )
        yield _to_set_up(host, what)
    else:
        yield _to_set_up(host, tr("{driver} is not installed", driver=DRIVER))


def persistent(host: Host) -> Iterator[Finding]:
    """The module is loaded again after a restart, with the same options."""
    at_start, with_options = at_every_start(host), bool(option_lines(host))
    if at_start and with_options:
        what = tr("{driver} is loaded with its options", driver=DRIVER)
        yield Finding(RESTART, True, what)
    elif loaded(host):
        if at_start:
            what = tr("after a restart its options are lost")
        else:
            what = tr("after a restart {driver} is no longer loaded", driver=DRIVER)
        yield Finding(RESTART, None, what, set_up_remedy(), False, set_up(host))


def set_up(host: Host) -> Fix:
    """`vcam setup`, which shows its steps and asks."""
    return Fix((host.python, *MODULE, "setup"), Asks.ITSELF)


def set_up_remedy() -> str:
    """The same as a remedy, for most findings."""
    return tr("Run `{command}`", command=LOAD)


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
            return tr(
                "If modprobe says 'Key was rejected', run `sudo mokutil --import {key}`, "
                "choose a password, restart, and choose 'Enroll MOK' on the blue screen",
                key=f"/{key}",
            )
    return tr("Sign the module, or switch Secure Boot off in the firmware's settings")


def _to_set_up(host: Host, what: str) -> Finding:
    return Finding(CHECK, False, what, set_up_remedy(), fix=set_up(host))


def _version(version: str) -> Finding:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if numbers and numbers < (0, 12, 7):
        what = tr(
            "{driver} loses the virtual camera when a program that feeds it ends",
            driver=f"{DRIVER} {version}",
        )
        remedy = tr("Update it to {version} or newer", version="0.13")
        return Finding(CHECK, None, what, remedy, needed_for_main_job=False)
    if numbers[:2] == (0, 14):
        what = tr("{driver} is known to work badly with OBS", driver=f"{DRIVER} {version}")
        remedy = tr("Update it to {version} or newer", version="0.15")
        return Finding(CHECK, None, what, remedy, needed_for_main_job=False)
    name = f"{DRIVER} {version}".strip()
    return Finding(CHECK, True, tr("{driver} is loaded", driver=name))


def _secure_boot(host: Host) -> Iterator[Finding]:
    if secure_boot(host):
        what = tr(
            "Secure Boot is on: the kernel loads only modules signed with an enrolled key"
        )
        yield Finding(SECURE, None, what, enrolment(host), needed_for_main_job=False)


def _configurations(folder: Path) -> list[Path]:
    return sorted(path for path in listed(folder) if path.suffix == ".conf")


def _lines(file: Path) -> list[str]:
    """The lines that are neither empty nor comments, with continued lines joined."""
    text = read(file).replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", ";"))]
