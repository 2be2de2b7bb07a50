"""How each Linux distribution installs the driver and builds it for the running kernel.

What people are told to do themselves is in :mod:`vcam.system.setup.by_hand`.
"""

INSTALL = {
    "debian": (
        "apt-get update\napt-get install -y v4l2loopback-dkms linux-headers-{release}"
    ),
    "fedora": (
        "dnf install -y https://mirrors.rpmfusion.org/free/fedora/"
        "rpmfusion-free-release-$(rpm -E %fedora).noarch.rpm\n"
        "dnf install -y akmod-v4l2loopback kernel-devel-{release}\n"
        "akmods --kernels {release}"
    ),
    "arch": (
        "pacman -S --needed --noconfirm v4l2loopback-dkms "
        "$(cat /usr/lib/modules/{release}/pkgbase)-headers"
    ),
    "suse": "zypper --non-interactive install v4l2loopback-kmp-default",
    "gentoo": "emerge media-video/v4l2loopback",
    "void": "xbps-install -y v4l2loopback",
}
"""Shell commands that install the driver, by family; ``{release}`` is the kernel's."""

BUILD = {
    "debian": "apt-get install -y linux-headers-{release}\ndkms autoinstall -k {release}",
    "fedora": "dnf install -y kernel-devel-{release}\nakmods --kernels {release}",
    "arch": (
        "pacman -S --needed --noconfirm $(cat /usr/lib/modules/{release}/pkgbase)-headers\n"
        "dkms autoinstall -k {release}"
    ),
}
"""Shell commands that build a driver whose sources are there, by family."""
BUILD_ELSEWHERE = "dkms autoinstall -k {release}"
"""Shell command that builds the driver on all other families."""
