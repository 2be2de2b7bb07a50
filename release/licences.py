"""The licences of what is packed and has no dist-info: Python, and libraries of the system.

Debian and its relatives have them as ``/usr/share/doc/PACKAGE/copyright``.  Elsewhere, and
for a standalone Python, the LICENSE.txt of its standard library says it, which is packed.
"""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

DOCUMENTS = Path("/usr/share/doc")


def copy(files: Iterable[Path], into: Path) -> None:
    """Copy the licence of the package of each of these files."""
    for package in sorted(set(filter(None, map(_package, files)))):
        licence = DOCUMENTS / package / "copyright"
        if licence.is_file():
            into.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(licence, into / package)


def _package(file: Path) -> str:
    """The package of a file; "" if it is of none.  /lib may be a link to /usr/lib."""
    if shutil.which("dpkg-query") is None:
        return ""
    plain = str(file).removeprefix("/usr")
    done = subprocess.run(
        ["dpkg-query", "--search", f"/usr{plain}", plain],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.partition(":")[0]
