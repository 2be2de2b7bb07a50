"""Compiles the kernels: ``python -m vcam.kernels.build``.

The build hook runs it whenever vcam is installed.  Run it yourself in a checkout that is
not installed, after a change of the C files, or once there is a compiler.
"""

import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vcam.kernels import files

COMPILERS = ("cc", "gcc", "clang")
"""The compilers that are looked for, unless the environment variable CC names one."""
COMPILE_S = 300.0
"""Seconds that one build may take."""


class BuildError(Exception):
    """The kernels could not be compiled."""


def compiler() -> list[str] | None:
    """The command of this machine's C compiler."""
    given = os.environ.get("CC")
    if given:
        names = [shlex.split(given, posix=os.name == "posix")]
    else:
        names = [[name] for name in COMPILERS]
    return next((words for words in names if shutil.which(words[0])), None)


def build(
    into: Path = files.FOLDER,
    builds: Sequence[str] | None = None,
    options: Sequence[str] = (),
) -> list[Path]:
    """Compile every build for this machine; returns the libraries.

    Raises :class:`BuildError` if there is no compiler, or if it fails.
    """
    cc = compiler()
    if cc is None:
        said = f"CC={os.environ['CC']}" if os.environ.get("CC") else " or ".join(COMPILERS)
        raise BuildError(f"There is no C compiler ({said}).")
    return [_compile(cc, each, into, options) for each in builds or files.builds()]


def _compile(cc: Sequence[str], build: str, into: Path, options: Sequence[str]) -> Path:
    library = files.library(build, into)
    # Replaced in one step: a running vcam may have the old one loaded.
    fresh = library.with_name(f"{library.name}.{os.getpid()}.new")
    command = [
        *(*cc, *files.OPTIONS, *files.MORE_OPTIONS[build], *_system_options(), *options),
        *("-shared", f'-DVCAM_VERSION="{files.version()}"', "-o", str(fresh)),
        *(str(path) for path in files.sources() if path.suffix == ".c"),
        *(() if sys.platform == "win32" else ("-lm",)),
    ]
    try:
        subprocess.run(command, check=True, timeout=COMPILE_S, capture_output=True)
        fresh.replace(library)
    except (OSError, subprocess.SubprocessError) as error:
        output = getattr(error, "stderr", None) or str(error).encode()
        said = output.decode(errors="replace").strip()
        raise BuildError(f"{cc[0]} could not compile the kernels: {said}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return library


def _system_options() -> tuple[str, ...]:
    if sys.platform == "darwin":
        return ("-arch", platform.machine(), "-mmacosx-version-min=11.0")
    if sys.platform == "win32":
        return ("-static-libgcc",)
    return ()


def main() -> int:
    """Compile every build and say where it is; 1 if that is not possible."""
    try:
        built = build()
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in built))
    return 0


if __name__ == "__main__":
    sys.exit(main())
