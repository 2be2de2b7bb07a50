"""Windows and macOS: what to install and click, considering what is already there."""

from collections.abc import Iterator

from vcam.system.doctor import SYSTEMS
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr, translatable

CHOOSE = translatable("In your call, choose the camera 'OBS Virtual Camera'")
"""The last instruction."""


def findings(host: Host) -> tuple[Finding, ...]:
    """The doctor's findings about the virtual camera and the permissions."""
    return tuple(found for check in SYSTEMS.get(host.platform, ()) for found in check(host))


def instructions(found: tuple[Finding, ...]) -> Iterator[str]:
    """What remains to be done, in order."""
    for each in found:
        if each.mark == "✗":
            yield f"{each.remedy} ({each.what})"
    yield tr("Start vcam: `vcam run --background blur`")
    yield tr(CHOOSE)
