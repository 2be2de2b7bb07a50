"""What to install and click, where the virtual camera is another program's."""

from typing import TYPE_CHECKING

from vcam.cli.streams import tell

if TYPE_CHECKING:
    from vcam.system.doctor.host import Host


def clicks(host: "Host") -> int:
    """List them; 1 when something is missing that needs them, otherwise 0."""
    from vcam.system.setup.other_systems import findings, instructions

    found = findings(host)
    for number, line in enumerate(instructions(host, found), 1):
        tell(f"{number}. {line}")
    return int(any(each.mark == "✗" for each in found))
