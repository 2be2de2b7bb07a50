"""Linux: v4l2loopback is installed for the running kernel, loaded, sound, and stays."""

import re
from collections.abc import Iterator
from pathlib import Path

from vcam.doctor.finding import Finding
from vcam.doctor.host import Host
from vcam.outputs.loopback import LOAD
from vcam.v4l2.nodes import Node, nodes
from vcam.v4l2.system import listed, read

DRIVER = "v4l2loopback"
OPTIONS = "options v4l2loopback devices=1 video_nr=10 card_label=vcam exclusive_caps=1"
PERSIST = (
    f"echo {DRIVER} | sudo tee /etc/modules-load.d/vcam.conf; "
    f"echo '{OPTIONS}' | sudo tee /etc/modprobe.d/vcam.conf"
)
"""Loads the driver at every start of the computer."""

INSTALL = {
    "debian": "sudo apt install v4l2loopback-dkms linux-headers-$(uname -r)",
    "fedora": (
        "sudo dnf install https://mirrors.rpmfusion.org/free/fedora/"
        "rpmfusion-free-release-$(rpm -E %fedora).noarch.rpm && "
        "sudo dnf install akmod-v4l2loopback && sudo akmods"
    ),
    "arch": "sudo pacman -S v4l2loopback-dkms linux-headers",
    "suse": "sudo zypper install v4l2loopback-kmp-default",
    "gentoo": "sudo emerge media-video/v4l2loopback",
    "void": "sudo xbps-install v4l2loopback",
    "alpine": "sudo apk add v4l2loopback",
}
"""By the ``ID`` or ``ID_LIKE`` of ``/etc/os-release``."""
UNKNOWN = (
    "Install v4l2loopback (https://github.com/v4l2loopback/v4l2loopback#distributions)"
)

SECURE_BOOT = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
KEYS = ("var/lib/shim-signed/mok/MOK.der", "var/lib/dkms/mok.pub")
"""Where Ubuntu and Debian keep the public half of the key that signs built modules."""


def installed(host: Host) -> Iterator[Finding]:
    """The module exists for the running kernel, and is loaded."""
    if loaded(host):
        version = read(host.system.sys / "module" / DRIVER / "version")
        yield _version(version)
        return
    modules = host.root / "lib" / "modules" / host.release
    if _is_there(modules):
        yield Finding(
            "driver", False, f"{DRIVER} is installed, but not loaded", f"Run `{LOAD}`"
        )
        yield from _secure_boot(host)
    elif not modules.is_dir() and listed(modules.parent):
        yield Finding(
            "driver",
            False,
            f"there are no modules for the running kernel {host.release}: it has been "
            "updated, or this is a container",
            f"Restart the computer (in a container: work on its host), then run `{LOAD}`",
        )
    elif any(host.root.glob("usr/src/v4l2loopback-*")):
        headers = f"sudo apt install linux-headers-{host.release} && sudo dkms autoinstall"
        yield Finding(
            "driver",
            False,
            f"{DRIVER} is installed, but not built for the running kernel {host.release}",
            f"Run `{headers if _family(host) == 'debian' else 'sudo dkms autoinstall'}`, "
            f"then `{LOAD}`",
        )
    else:
        install = INSTALL.get(_family(host))
        remedy = (
            f"Run `{install}`, then `{LOAD}`" if install else f"{UNKNOWN}, then `{LOAD}`"
        )
        yield Finding("driver", False, f"{DRIVER} is not installed", remedy)


def persistent(host: Host) -> Iterator[Finding]:
    """It is loaded again after a restart, with the same options."""
    folders = ("etc/modules-load.d", "usr/lib/modules-load.d", "etc/modprobe.d")
    texts = {folder: _configured(host.root / folder) for folder in folders}
    texts["etc/modules-load.d"] += read(host.root / "etc/modules")
    at_start = DRIVER in texts["etc/modules-load.d"] + texts["usr/lib/modules-load.d"]
    with_options = re.search(
        rf"^options\s+{DRIVER}\b", texts["etc/modprobe.d"], re.MULTILINE
    )
    if at_start and with_options:
        yield Finding("after a restart", True, f"{DRIVER} is loaded with its options")
    elif loaded(host):
        lost = "its options are lost" if at_start else f"{DRIVER} is not loaded any more"
        what = f"after a restart {lost}"
        yield Finding("after a restart", None, what, f"Run `{PERSIST}`", False)


def loaded(host: Host) -> bool:
    """Whether the driver is in the kernel."""
    return (host.system.sys / "module" / DRIVER).is_dir()


def option(host: Host, name: str, device: Node) -> str:
    """What an option, given per device, is for this device; "" when it cannot be told."""
    parameters = host.system.sys / "module" / DRIVER / "parameters"
    values = read(parameters / name).split(",")
    numbers = read(parameters / "video_nr").split(",")
    loopbacks = [node.index for node in nodes(host.system) if node.loopback]
    if str(device.index) in numbers:
        place = numbers.index(str(device.index))
    elif device.index in loopbacks:
        place = loopbacks.index(device.index)  # numbered by the kernel, in order
    else:
        return ""
    return values[place].strip() if place < len(values) else ""


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
    try:
        enabled = (host.root / SECURE_BOOT).read_bytes()[4:5] == b"\x01"
    except OSError:
        return
    if not enabled:
        return
    keys = [f"/{key}" for key in KEYS if (host.root / key).exists()]
    remedy = "Sign the module, or switch Secure Boot off in the firmware's settings"
    if keys:
        remedy = (
            f"If modprobe says 'Key was rejected', run `sudo mokutil --import {keys[0]}`, "
            "choose a password, restart, and choose 'Enroll MOK' on the blue screen"
        )
    what = "Secure Boot is on: the kernel loads only modules signed with an enrolled key"
    yield Finding("Secure Boot", None, what, remedy, needed_for_main_job=False)


def _family(host: Host) -> str:
    """The row of :data:`INSTALL`; "" when none fits."""
    lines = [
        line.partition("=") for line in read(host.root / "etc/os-release").splitlines()
    ]
    values = {key: value.strip("\"'") for key, _, value in lines}
    like = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    aliases = {"ubuntu": "debian", "opensuse": "suse", "rhel": "fedora", "manjaro": "arch"}
    for name in (aliases.get(each, each) for each in like):
        if name in INSTALL:
            return name
    return ""


def _is_there(modules: Path) -> bool:
    listing = read(modules / "modules.dep")
    if f"/{DRIVER}.ko" in listing:
        return True
    return any(modules.glob(f"updates/**/{DRIVER}.ko*")) or any(
        modules.glob(f"extra/**/{DRIVER}.ko*")
    )


def _configured(folder: Path) -> str:
    texts = [read(path) for path in sorted(listed(folder)) if path.suffix == ".conf"]
    return "\n".join(
        line
        for text in texts
        for line in text.splitlines()
        if not line.lstrip().startswith("#")
    )


CHECKS = (installed, persistent)
