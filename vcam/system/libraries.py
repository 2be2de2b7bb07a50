"""System libraries that pip does not install, and the packages that have them."""

import ctypes
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from vcam.errors import VcamError
from vcam.system.distribution import family
from vcam.translation import tr, tr_count, tr_list

PACKAGES = {
    "libGL.so.1": {
        "debian": "libgl1",
        "fedora": "libglvnd-glx",
        "arch": "libglvnd",
        "suse": "libglvnd",
    },
    "libgthread-2.0.so.0": {
        "debian": "libglib2.0-0",
        "fedora": "glib2",
        "arch": "glib2",
        "suse": "libgthread-2_0-0",
    },
    "libEGL.so.1": {
        "debian": "libegl1",
        "fedora": "libglvnd-egl",
        "arch": "libglvnd",
        "suse": "libglvnd",
    },
    "libGLESv2.so.2": {
        "debian": "libgles2",
        "fedora": "libglvnd-gles",
        "arch": "libglvnd",
        "suse": "libglvnd",
    },
}
"""The libraries that a system without a desktop lacks, with their packages by family."""
OPENCV = ("libGL.so.1", "libgthread-2.0.so.0")
"""Those that OpenCV needs.  The loader names only the first one that it does not find."""
INSTALL = {
    "debian": "apt install",
    "fedora": "dnf install",
    "arch": "pacman -S",
    "suse": "zypper install",
}
"""The command that installs packages, by family."""
NEEDED = {
    "PIL": "pillow",
    "av": "av",
    "cv2": "OpenCV",
    "numpy": "numpy",
    "platformdirs": "platformdirs",
    "psutil": "psutil",
    "tomlkit": "tomlkit",
}
"""What commands import without asking whether it is there: module and package."""
MISSING = re.compile(
    r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file"
    r"|Error loading shared library (lib[\w.+-]+\.so[\w.]*)"
)
"""What the loaders of glibc and musl say."""


def missing(said: str) -> tuple[str, ...]:
    """The libraries that are missing, if that is what ``said`` complains of.

    With one library of OpenCV, the other ones that do not load are named as well.
    """
    found = MISSING.search(said)
    if found is None:
        return ()
    first = found[1] or found[2]
    also = [each for each in OPENCV if first in OPENCV and each != first]
    return (first, *(each for each in also if not _loads(each)))


def explained(error: AttributeError | ImportError) -> VcamError | None:
    """For people: a library of the system or a package is missing; ``None`` otherwise."""
    if package := _missing_package(error):
        return VcamError(
            tr("{package} is not installed", package=package),
            tr("Run `vcam doctor`, or install vcam again"),
        )
    files = missing(str(error))
    if not files:
        return None
    what = tr_count(
        "A system library is missing: {files}",
        "System libraries are missing: {files}",
        len(files),
        files=tr_list(files),
    )
    return VcamError(what, remedy(files))


def _missing_package(error: AttributeError | ImportError) -> str:
    """One of those that vcam cannot do without; "" if that is not the cause."""
    name = ""
    if isinstance(error, ModuleNotFoundError):
        name = error.name or ""
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        # Of a package that was half removed, as by another version's list of its files,
        # Python makes an empty module.
        spec = error.obj.__spec__
        name = spec.name if spec is not None and spec.origin is None else ""
    return NEEDED.get(name.partition(".")[0], "")


def remedy(files: Iterable[str], root: Path = Path("/")) -> str:
    """How to install ``files`` on this distribution."""
    here = family(root)
    packages = _packages(files, here)
    if packages:
        return tr("Run `{command}`", command=f"sudo {INSTALL[here]} {packages}")
    names = tr_list(files)
    if elsewhere := _packages(files, "debian"):
        return tr(
            "Install the packages that contain {files}; on Debian and Ubuntu they are "
            "`{packages}`",
            files=names,
            packages=elsewhere,
        )
    return tr("Install the packages that contain {files}", files=names)


def install(files: Iterable[str], root: Path = Path("/")) -> tuple[str, ...]:
    """The command that root runs for that; empty where it is not known."""
    here = family(root)
    packages = _packages(files, here)
    return (*INSTALL[here].split(), *packages.split()) if packages else ()


def _packages(files: Iterable[str], family: str) -> str:
    """The packages of all ``files``, each once; "" when one is not known."""
    names = [PACKAGES.get(file, {}).get(family, "") for file in files]
    return " ".join(dict.fromkeys(names)) if all(names) else ""


def _loads(file: str) -> bool:
    try:
        ctypes.CDLL(file)
    except OSError:
        return False
    return True
