"""Which family of Linux distributions this is: it decides what packages are called."""

from pathlib import Path

from vcam.v4l2.system import read

FAMILIES = ("debian", "fedora", "arch", "suse", "gentoo", "void", "nixos", "ostree")
"""Distributions that others are derived from; ``ostree``: their programs are read-only."""
ALIASES = {"ubuntu": "debian", "opensuse": "suse", "manjaro": "arch"}
"""Distributions that belong to a family of another name."""
ENTERPRISE = {"rhel", "centos"}
"""Distributions like Fedora, but with other repositories."""


def family(root: Path) -> str:
    """One of :data:`FAMILIES`; "" if none matches.  ``root`` is the folder of ``etc``."""
    if (root / "run/ostree-booted").exists():
        return "ostree"
    lines = [line.partition("=") for line in read(root / "etc/os-release").splitlines()]
    values = {key: value.strip("\"'") for key, _, value in lines}
    names = [values.get("ID", ""), *values.get("ID_LIKE", "").split()]
    if ENTERPRISE & set(names):
        return ""
    for name in (ALIASES.get(each, each) for each in names):
        if name in FAMILIES:
            return name
    return ""
