"""Compiles the launcher: ``python -m vcam.system.macos_app.build``.

The build hook runs it on macOS.  Only the standard library is used here, because vcam's
dependencies are not installed then.
"""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vcam.kernels.build import COMPILE_S, BuildError, compiler
from vcam.translation import tr

SOURCE = Path(__file__).with_name("launcher.c")
OPTIONS = ("-O2", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic")


def build(into: Path, options: Sequence[str] = ()) -> Path:
    """Compile it to the file ``into``; raises BuildError."""
    cc = compiler()
    if cc is None:
        raise BuildError(tr("There is no C compiler (cc or gcc or clang)."))
    options = (*OPTIONS, *options)
    if sys.platform == "darwin":
        options += ("-arch", platform.machine(), "-mmacosx-version-min=11.0")
    fresh = into.with_name(f"{into.name}.{os.getpid()}.new")
    try:
        subprocess.run(
            [*cc, *options, "-o", str(fresh), str(SOURCE)],
            check=True,
            capture_output=True,
            text=True,
            timeout=COMPILE_S,
        )
        return fresh.replace(into)
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or error
        what = tr("The program of vcam.app could not be compiled: {reason}", reason=said)
        raise BuildError(what) from error
    finally:
        fresh.unlink(missing_ok=True)


def main() -> int:
    """Compile it beside its source; 1 if that is not possible."""
    try:
        build(SOURCE.with_suffix(""))
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
