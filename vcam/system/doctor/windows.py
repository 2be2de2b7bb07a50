"""Windows: the webcam and whether it may be used, the virtual camera, the Python."""

from collections.abc import Iterator

from vcam.errors import VcamError
from vcam.outputs import windows_cameras
from vcam.printable import printable
from vcam.sources import consent
from vcam.sources.listing import NoCameraError, find_camera
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, tr_list, translatable

CAMERA = translatable("camera")
VIRTUAL = translatable("virtual camera")
PERMISSION = translatable("camera permission")
PYTHON = "Python"


def camera(host: Host) -> Iterator[Finding]:
    """There is a camera, and which programs use one.  None is opened for that."""
    try:
        cameras = host.cameras()
        find_camera("", cameras)
    except NoCameraError as error:
        remedy = tr("Plug one in; `vcam run --camera presenter` works without one")
        yield Finding(CAMERA, False, error.what, error.remedy if cameras else remedy)
        return
    except VcamError as error:
        yield Finding(CAMERA, False, error.what, error.remedy)
        return
    names = tr_list(printable(each.name) for each in cameras if not each.virtual)
    yield Finding(CAMERA, True, names)
    if programs := host.using_cameras():
        what = tr("a camera is in use by {programs}", programs=tr_list(programs))
        yield Finding(CAMERA, None, what, tr("Close it there"), needed_for_main_job=False)


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
    found = consent.answers(host.registry_value)
    refused = consent.refusal(found)
    if refused is not None:
        yield Finding(PERMISSION, False, refused.what, refused.remedy)
    elif any(found):
        yield Finding(PERMISSION, True, tr("desktop programs may use the camera"))


CHECKS = (camera, virtual_camera, permission, python)
