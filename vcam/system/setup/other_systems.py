"""Windows and macOS: what to install and click, considering what is already there."""

import contextlib
from collections.abc import Iterator

from vcam.errors import SettingsError
from vcam.outputs.windows_cameras import installed, usual_name
from vcam.printable import printable
from vcam.system.doctor import SYSTEMS
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr


def findings(host: Host) -> tuple[Finding, ...]:
    """The doctor's findings about the virtual camera and the permissions."""
    return tuple(found for check in SYSTEMS.get(host.platform, ()) for found in check(host))


def instructions(host: Host, found: tuple[Finding, ...]) -> Iterator[str]:
    """What remains to be done, in order."""
    for each in found:
        if each.mark == "✗":
            yield f"{each.remedy} ({each.what})"
    device = ""
    yield tr("Start vcam: `vcam run --background blur`")
    with contextlib.suppress(SettingsError):  # the doctor explains it
        device = host.settings().output.device
    name = usual_name(device, installed(host.registry_value))
    yield tr("In your call, choose the camera '{name}'", name=printable(name))
