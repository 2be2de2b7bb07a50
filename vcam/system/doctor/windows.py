"""Windows: whether a virtual camera is registered, and the webcam may be used."""

from collections.abc import Iterator

from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, tr_list, translatable

VIRTUAL = translatable("virtual camera")
PERMISSION = translatable("camera permission")
OBS_NAME = "OBS Virtual Camera"
OBS = r"HKCR\CLSID\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}\InprocServer32"
"""The DirectShow filter that OBS Studio registers."""
UNITY_CAPTURE = r"HKCR\CLSID\{5C2CD55C-92AD-4999-8666-912BD3E70010}\InprocServer32"
"""The first DirectShow filter that UnityCapture registers, for 64-bit programs."""
CONSENT = (
    r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager"
    r"\ConsentStore\webcam"
)
"""The registry key of what the user has allowed in Settings."""


def virtual_camera(host: Host) -> Iterator[Finding]:
    """The filter of OBS or of UnityCapture is registered."""
    filters = {OBS_NAME: OBS, "UnityCapture": UNITY_CAPTURE}
    found = [name for name, key in filters.items() if host.registry_value(key, "")]
    if found:
        what = tr("{programs} installed", programs=tr_list(found))
        yield Finding(VIRTUAL, True, what)
        if OBS_NAME in found:
            yield Finding(
                VIRTUAL,
                None,
                tr("OBS Virtual Camera takes pictures from one program at a time"),
                tr("Do not click 'Start Virtual Camera' in OBS while vcam runs"),
                needed_for_main_job=False,
            )
        return
    yield Finding(
        VIRTUAL,
        False,
        tr("neither OBS Virtual Camera nor UnityCapture is installed"),
        tr(
            "Install OBS Studio: run `winget install OBSProject.OBSStudio`, or download it "
            "from https://obsproject.com; start it once, click 'Start Virtual Camera', "
            "then 'Stop Virtual Camera', and close it"
        ),
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


CHECKS = (virtual_camera, permission)
