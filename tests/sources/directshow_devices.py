"""Devices as DirectShow lists them."""

from vcam.sources.directshow import Device

KS_PROXY = "{17CCA71B-ECD7-11D0-B908-00A0C9223196}"
"""The class of what Windows has found itself."""
PATH = r"\\?\usb#vid_{0}&mi_00#{1}&0&0000#{{65e8773d-8f56-11d0-a3b9-00a0c9223196}}\global"

OBS = Device("OBS Virtual Camera", "", "{A3FCE0F5-3493-419F-958A-ABA1250EC20B}")
UNITY_CAPTURE = Device(
    "Unity Video Capture", "foo:bar", "{5C2CD55C-92AD-4999-8666-912BD3E70010}"
)
PHONE = Device("Iriun Webcam", "", "{6B64E6B0-3A52-4D2D-9E2A-0E8E3C2B7C11}")


def webcam(
    name: str = "HD Webcam C525", model: str = "046d&pid_0826", port: str = "7&1a2b3c"
) -> Device:
    """A webcam on USB."""
    return Device(name, PATH.format(model, port), KS_PROXY)
