"""Linux: the webcam, the driver v4l2loopback and its options, the desktop."""

from collections.abc import Iterator
from dataclasses import replace

from vcam.errors import NotSetUpError, OutputError, VcamError
from vcam.outputs.loopback import LOAD, choose
from vcam.outputs.programs import CHROME_SWITCH, FIREFOX_SWITCH
from vcam.pipewire.library import NAME as LIBRARY
from vcam.sources.listing import NoCameraError, find_camera, linux_cameras
from vcam.system.doctor import driver
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, translatable
from vcam.v4l2.holders import Holder, others
from vcam.v4l2.nodes import V4L2_CAP_IO_MC, Node, nodes
from vcam.v4l2.system import JOIN_GROUP, listed, read

OURS = "vcam"
"""The process name of a running vcam."""
CAMERA, VIRTUAL = translatable("camera"), translatable("virtual camera")
DISPLAY = translatable("display")


def camera(host: Host) -> Iterator[Finding]:
    """There is a camera, we may use it, and no other program does."""
    cameras = linux_cameras(host.system, host.in_pipewire())
    try:
        usual = find_camera("", cameras, host.system)
    except VcamError as error:
        yield _no_camera(host, error)
        return
    for each in cameras:
        users = [holder for holder in others(host.system, each.path) if holder.streaming]
        needed = each == usual
        if not users:
            yield Finding(CAMERA, True, f"{each.name} ({each.path})")
        elif all(user.name == OURS for user in users):
            what = tr("{name} ({path}), used by vcam", name=each.name, path=each.path)
            yield Finding(CAMERA, True, what)
        else:
            what = tr(
                "{name} ({path}) is in use by {programs}",
                name=each.name,
                path=each.path,
                programs=_listed(users),
            )
            yield Finding(CAMERA, False, what, tr("Close it there"), needed)


def virtual_camera(host: Host) -> Iterator[Finding]:
    """There is one for us, call programs will list it, and no other program feeds it."""
    try:
        device = choose("", host.system)
    except OutputError as error:
        # Without the driver, the checks of the driver say more.
        if driver.loaded(host):
            fix = driver.set_up(host) if isinstance(error, NotSetUpError) else None
            yield Finding(VIRTUAL, False, error.what, error.remedy, fix=fix)
        return
    if isinstance(device.refusal, PermissionError):
        yield Finding(
            VIRTUAL,
            False,
            tr(
                "you are not allowed to use {name} ({path})",
                name=device.name,
                path=device.path,
            ),
            tr(JOIN_GROUP),
            fix=driver.set_up(host),
        )
        return
    writers = [holder for holder in others(host.system, device.path) if holder.write_only]
    foreign = [writer for writer in writers if writer.name != OURS]
    if foreign:
        what = tr(
            "{name} ({path}) is already fed by {programs}",
            name=device.name,
            path=device.path,
            programs=_listed(foreign),
        )
        yield Finding(VIRTUAL, False, what, tr("Stop that program"))
    elif writers:
        what = tr("{name} ({path}), fed by vcam", name=device.name, path=device.path)
        yield Finding(VIRTUAL, True, what)
    else:
        yield Finding(VIRTUAL, True, f"{device.name} ({device.path})")
    yield from _listing(host, device)


def pipewire(host: Host) -> Iterator[Finding]:
    """Programs that get their cameras from PipeWire find vcam there, without the driver."""
    if "wireplumber" not in _running(host):
        return
    if not host.pipewire():
        yield Finding(
            "PipeWire",
            None,
            tr(
                "its library {library} is not found: programs that get their cameras from "
                "PipeWire see vcam only through the driver",
                library=LIBRARY,
            ),
            tr(
                "Install it: libpipewire-0.3-0 on Debian and Ubuntu, pipewire-libs on "
                "Fedora"
            ),
            needed_for_main_job=False,
        )
        return
    yield Finding(
        "PipeWire",
        True,
        tr(
            "OBS, GNOME's and Flatpak programs can choose vcam without the driver; Firefox "
            "with {firefox} (about:config) once it was started again, Chrome and Chromium "
            "with {chrome}",
            firefox=FIREFOX_SWITCH,
            chrome=CHROME_SWITCH,
        ),
    )


def installed(host: Host) -> Iterator[Finding]:
    """The driver; beside PipeWire it is needed by some programs only."""
    beside = "wireplumber" in _running(host) and host.pipewire()
    for finding in driver.installed(host):
        if beside and finding.ok is False:
            what = tr("{what}: Zoom and most other programs need it", what=finding.what)
            yield replace(finding, what=what, needed_for_main_job=False)
        else:
            yield finding


def display(host: Host) -> Iterator[Finding]:
    """There is a desktop, which only the preview window needs."""
    if not (host.environ.get("WAYLAND_DISPLAY") or host.environ.get("DISPLAY")):
        what = tr("there is no desktop here: publishing works, the preview window does not")
        yield Finding(DISPLAY, None, what, needed_for_main_job=False)


def _running(host: Host) -> set[str]:
    """The names of all processes."""
    return {read(process / "comm") for process in listed(host.system.proc)}


def _no_camera(host: Host, error: VcamError) -> Finding:
    raw = [
        node
        for node in nodes(host.system)
        if node.capability is not None and node.capability.device_caps & V4L2_CAP_IO_MC
    ]
    if not isinstance(error, NoCameraError):
        return Finding(CAMERA, False, error.what, error.remedy)
    if raw:
        return Finding(
            CAMERA,
            False,
            tr(
                "this computer's camera works only through libcamera, and PipeWire does "
                "not list it ({name})",
                name=raw[0].name,
            ),
            tr(
                "Install PipeWire's part for libcamera (libspa-0.2-libcamera on Debian and "
                "Ubuntu, pipewire-plugin-libcamera on Fedora, pipewire-libcamera on Arch), "
                "then log out and in again; or plug in a USB webcam"
            ),
        )
    remedy = tr("Plug one in; `vcam run --camera presenter` works without one")
    return Finding(CAMERA, False, error.what, remedy)


def _listing(host: Host, device: Node) -> Iterator[Finding]:
    if exclusive(device) is False:
        yield Finding(
            VIRTUAL,
            False,
            tr(
                "{path} lacks exclusive_caps=1: Chrome and others do not list it",
                path=device.path,
            ),
            driver.set_up_remedy(),
            needed_for_main_job=False,
            fix=driver.set_up(host),
        )
    if not device.ours:
        yield Finding(
            VIRTUAL,
            None,
            tr(
                "its label is {label}; call programs show it under that name",
                label=repr(device.name),
            ),
            tr("To have one called vcam, run `{command}`", command=LOAD),
            needed_for_main_job=False,
            fix=driver.set_up(host),
        )


def exclusive(device: Node) -> bool | None:
    """Whether a virtual camera has ``exclusive_caps=1``; None if it cannot be asked.

    Without it a device always reports that it can be both read and written.
    """
    if device.capability is None:
        return None
    return not (device.capability.captures and device.capability.outputs)


def _listed(users: list[Holder]) -> str:
    return ", ".join(map(str, users))


CHECKS = (camera, installed, driver.persistent, virtual_camera, pipewire, display)
