"""The sources of the kernels, the builds that are made of them, and where those lie.

Only the standard library is used here, because the build hook runs it before vcam's
dependencies are installed.
"""

import hashlib
import platform
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
SOURCE: Final = FOLDER / "source"
OPTIONS: Final = (
    *("-O3", "-std=c11", "-fPIC", "-fvisibility=hidden", "-Wall", "-Wextra", "-Werror=vla"),
    # Allow fused multiplications and vectors in loops with comparisons.  -ffast-math is
    # not allowed: a library that was linked with it makes MediaPipe refuse to open.
    *("-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math"),
)
"""Options of the compiler, for every build."""
MORE_OPTIONS: Final = {"baseline": (), "avx2": ("-mavx2", "-mfma", "-mtune=haswell")}
"""Each build, and its further options.  ``baseline`` runs on every processor."""
_SUFFIXES: Final = {"win32": ".dll", "darwin": ".dylib"}


def builds() -> tuple[str, ...]:
    """The builds for this machine's kind of processor, the best one first."""
    intel = platform.machine().lower() in ("x86_64", "amd64")
    return ("avx2", "baseline") if intel else ("baseline",)


def library(build: str, folder: Path = FOLDER) -> Path:
    """The file of a build, whether it is there or not."""
    return folder / f"kernels-{build}{_SUFFIXES.get(sys.platform, '.so')}"


def record(library: Path) -> Path:
    """The file beside a library that says what it is; see :func:`description`."""
    return library.with_suffix(".txt")


def description(library: Path) -> str:
    """The version of the sources, and a digest of the library as it was built.

    Loading a library of which a part is missing would end the process.
    """
    return f"{version()} {hashlib.sha256(library.read_bytes()).hexdigest()}\n"


def is_current(library: Path) -> bool:
    """Whether it is whole, and was built from these sources."""
    try:
        # A pipe by that name would be waited for.
        return library.is_file() and record(library).read_text() == description(library)
    except (OSError, UnicodeDecodeError):
        return False


def version() -> str:
    """A digest of the sources and options.

    A library of another version may expect other arguments, so it is not used.
    """
    digest = hashlib.sha256(repr((OPTIONS, MORE_OPTIONS)).encode())
    for path in sources():
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def sources() -> list[Path]:
    """The C files and their header."""
    return sorted(path for path in SOURCE.iterdir() if path.suffix in (".c", ".h"))
