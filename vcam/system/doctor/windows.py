"""Windows: whether a virtual camera is registered, and the webcam may be used."""

from collections.abc import Iterator

from vcam.outputs import windows_cameras
from vcam.printable import printable
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, tr_list, translatable

VIRTUAL = translatable("virtual camera")
PERMISSION = translatable("camera permission")
PYTHON = "Python"
CONSENT = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager"
    r"\ConsentStore\webcam"
)
"""The registry key of what the user has allowed in Settings."""


def virtual_camera(host: Host) -> Iterator[Finding]:
    """The filter of OBS or of UnityCapture is registered."""
    found = windows_cameras.installed(host.registry_value)
    if not found:
        what = tr("neither OBS Virtual Camera nor UnityCapture is installed")
        yield Finding(VIRTUAL, False, what, tr(windows_cameras.INSTALL))
        return
    what = tr(
        "{programs} installed", programs=tr_list(printable(each.name) for each in found)
    )
    yield Finding(VIRTUAL, True, what)
    if found[0].backend == "obs":
        yield Finding(
            VIRTUAL,
            None,
            tr("OBS Virtual Camera takes pictures from one program at a time"),
            tr("Do not click 'Start Virtual Camera' in OBS while vcam runs"),
            needed_for_main_job=False,
        )


def python(host: Host) -> Iterator[Finding]:
    """It is not the Microsoft Store's, which has a registry and folders of its own.

    See "Redirection of local data, registry, and temporary paths" in Python's
    documentation.
    """
    if any("windowsapps" in path.casefold() for path in (host.base, host.python)):
        yield Finding(
            PYTHON,
            None,
            tr(
                "this Python is the Microsoft Store's, and Windows does not see what it "
                "writes: vcam will not start at login"
            ),
            tr(
                "Get Python from https://www.python.org/downloads/windows or with uv, and "
                "install vcam with it"
            ),
            needed_for_main_job=False,
        )


def permission(host: Host) -> Iterator[Finding]:
    """The three switches in Settings > Privacy & security > Camera are on."""
    keys = (f"HKLM\\{CONSENT}", f"HKCU\\{CONSENT}", f"HKCU\\{CONSENT}\\NonPackaged")
    values = [host.registry_value(key, "Value") for key in keys]
    if "Deny" in values:
        yield Finding(
            PERMISSION,
            False,
            tr("Windows does not let desktop programs use the camera"),
            tr(
                "Settings > Privacy & security > Camera: switch on 'Camera access' and "
                "'Let desktop apps access your camera'"
            ),
        )
    elif any(values):
        yield Finding(PERMISSION, True, tr("desktop programs may use the camera"))


CHECKS = (virtual_camera, permission, python)
