"""macOS: whether OBS Studio 30 or newer is there, with its camera extension on."""

import plistlib
from collections.abc import Iterator

from vcam.sources.avfoundation import NOT_DETERMINED
from vcam.sources.avfoundation_listing import refusal
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, translatable

INSTALLED = translatable("camera extension")
PERMISSION = translatable("camera permission")
EXTENSION = "com.obsproject.obs-studio.mac-camera-extension"
"""The identifier of OBS's camera extension."""
APPLICATION = "Applications/OBS.app/Contents/Info.plist"
"""The file with the version of OBS."""
OLDEST = 30
"""The oldest OBS whose camera extension pyvirtualcam can feed."""
ALLOW = translatable(
    "In OBS, click 'Start Virtual Camera' once; allow OBS in System Settings > General > "
    "Login Items & Extensions > Camera Extensions; click 'Stop Virtual Camera'"
)
"""How to install and allow the extension."""


def obs(host: Host) -> Iterator[Finding]:
    """OBS is installed, which contains the extension."""
    try:
        about = plistlib.loads((host.root / APPLICATION).read_bytes())
    except (OSError, plistlib.InvalidFileException, ValueError):
        yield Finding(
            "OBS",
            False,
            tr("OBS Studio is not in Applications"),
            tr("Run `brew install --cask obs`, or download it from https://obsproject.com"),
        )
        return
    version = str(about.get("CFBundleShortVersionString", "?"))
    major = version.partition(".")[0]
    if major.isdecimal() and int(major) >= OLDEST:
        yield Finding("OBS", True, f"OBS Studio {version}")
        return
    what = tr(
        "OBS Studio {version} is too old; {needed} is needed",
        version=version,
        needed=OLDEST,
    )
    yield Finding("OBS", False, what, tr("OBS > Check for Updates…"))


def extension(host: Host) -> Iterator[Finding]:
    """The extension is installed, and the user has allowed it."""
    answer = host.run(["systemextensionsctl", "list"])
    if answer is None:
        what = tr("the system's extensions could not be listed")
        yield Finding(INSTALLED, None, what, tr(ALLOW), needed_for_main_job=False)
        return
    lines = [line for line in answer.output.splitlines() if EXTENSION in line]
    if any("activated enabled" in line for line in lines):
        yield Finding(INSTALLED, True, tr("OBS's camera extension is switched on"))
    elif lines:
        what = tr("OBS's camera extension waits for your permission")
        yield Finding(INSTALLED, False, what, tr(ALLOW))
    else:
        what = tr("OBS's camera extension is not installed")
        yield Finding(INSTALLED, False, what, tr(ALLOW))


def permission(host: Host) -> Iterator[Finding]:
    """What macOS was told about the program that has started this one."""
    status = host.camera_authorization()
    if status in (NOT_DETERMINED, ""):
        yield Finding(
            PERMISSION,
            None,
            tr("macOS asks once for the program that starts vcam, such as Terminal"),
            tr("Start vcam, and allow the camera"),
            needed_for_main_job=False,
        )
    elif refused := refusal(lambda: status):
        yield Finding(PERMISSION, False, refused.what, refused.remedy)
    else:
        what = tr("the program that has started this may use the camera")
        yield Finding(PERMISSION, True, what)


CHECKS = (obs, extension, permission)
