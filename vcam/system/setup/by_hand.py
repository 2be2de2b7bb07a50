"""What people do themselves where vcam must not, or cannot, install the driver."""

from vcam.translation import translatable

BY_HAND = {
    "nixos": translatable(
        "NixOS is set up by its configuration. Put boot.extraModulePackages = "
        "[ config.boot.kernelPackages.v4l2loopback ]; boot.kernelModules = "
        '[ "v4l2loopback" ]; and boot.extraModprobeConfig = '
        '"options v4l2loopback devices=1 video_nr=10 card_label=vcam exclusive_caps=1"; '
        "into it, and run `sudo nixos-rebuild switch`."
    ),
    "ostree": translatable(
        "This system's programs are read-only. Enable RPM Fusion, run "
        "`rpm-ostree install akmod-v4l2loopback`, restart, and run `vcam setup` again."
    ),
    "": translatable(
        "vcam does not know how this distribution installs v4l2loopback. Install it "
        "(https://github.com/v4l2loopback/v4l2loopback#distributions), and run "
        "`vcam setup` again."
    ),
}
"""Instructions by family."""
