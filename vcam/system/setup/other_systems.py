"""Windows and macOS: what to install and click, after a look at what is there already."""

from collections.abc import Iterator

from vcam.system.doctor import SYSTEMS
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host

CHOOSE = "In your call, choose the camera 'OBS Virtual Camera'"


def findings(host: Host) -> tuple[Finding, ...]:
    """What the doctor sees of the virtual camera and the permissions."""
    return tuple(found for check in SYSTEMS.get(host.platform, ()) for found in check(host))


def instructions(found: tuple[Finding, ...]) -> Iterator[str]:
    """What is left to be done, in order."""
    for each in found:
        if each.mark == "✗":
            yield f"{each.remedy} ({each.what})"
    yield "Start vcam: `vcam run --background blur`"
    yield CHOOSE
