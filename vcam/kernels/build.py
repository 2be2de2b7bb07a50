"""Compiles the kernels: ``python -m vcam.kernels.build``.

The build hook runs it whenever vcam is installed.  Run it yourself in a checkout that is
not installed, after a change of the C files, or once there is a compiler.
"""

import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from vcam.kernels import files
from vcam.translation import tr

COMPILERS = ("cc", "gcc", "clang")
"""The compilers that are looked for, unless the environment variable CC names one."""
COMPILE_S = 120.0
"""Seconds that one build may take."""


class BuildError(Exception):
    """The kernels could not be compiled."""


def compiler() -> list[str] | None:
    """The command of this machine's C compiler.

    Raises :class:`BuildError` if the environment variable CC is no command.
    """
    given = os.environ.get("CC")
    if not given:
        names = [[name] for name in COMPILERS]
    else:
        try:
            names = [shlex.split(given, posix=os.name == "posix")]
        except ValueError as error:
            raise BuildError(
                tr("{setting} is no command: {error}", setting=f"CC={given}", error=error)
            ) from error
    return next((words for words in names if words and shutil.which(words[0])), None)


def build(
    into: Path = files.FOLDER,
    builds: Sequence[str] | None = None,
    options: Sequence[str] = (),
    warn: Callable[[str], object] = lambda said: None,
) -> list[Path]:
    """Compile every build for this machine; returns the libraries.

    Raises :class:`BuildError` if there is no compiler, or if it makes none of them;
    ``warn`` is told why one is missing.
    """
    cc = compiler()
    if cc is None:
        given = os.environ.get("CC")
        if given:
            raise BuildError(tr("There is no C compiler ({name}).", name=f"CC={given}"))
        raise BuildError(tr("There is no C compiler (cc or gcc or clang)."))
    built, failures = [], []
    for each in builds or files.builds():
        try:
            built.append(_compile(cc, each, into, options))
        except BuildError as error:
            failures.append(error)
            old = files.library(each, into)
            if not files.is_current(old):
                old.unlink(missing_ok=True)
    if not built:
        raise failures[0]
    for failure in failures:
        warn(str(failure))
    return built


def _compile(cc: Sequence[str], build: str, into: Path, options: Sequence[str]) -> Path:
    library = files.library(build, into)
    # Replaced in one step: a running vcam may have the old one loaded.
    fresh = library.with_name(f"{library.name}.{os.getpid()}.new")
    command = [
        *(*cc, *files.OPTIONS, *files.MORE_OPTIONS[build], *_system_options(), *options),
        *("-shared", "-o", str(fresh)),
        *(str(path) for path in files.sources() if path.suffix == ".c"),
        *(() if sys.platform == "win32" else ("-lm",)),
    ]
    try:
        _run(command)
        record = files.description(fresh)
        fresh.replace(library)
        files.record(library).write_text(record)
    except OSError as error:
        raise _failed(cc[0], error) from error
    finally:
        fresh.unlink(missing_ok=True)
    return library


def _run(command: Sequence[str]) -> None:
    """Run the compiler; what it started ends with it."""
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=COMPILE_S)
        except subprocess.TimeoutExpired as error:
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            raise BuildError(
                tr(
                    "{command} took longer than {seconds} seconds",
                    command=command[0],
                    seconds=f"{COMPILE_S:g}",
                )
            ) from error
    if process.returncode:
        status = tr("it ends with status {status}", status=process.returncode)
        raise _failed(command[0], output.strip() or status)


def _failed(command: str, reason: object) -> BuildError:
    return BuildError(
        tr(
            "{command} could not compile the kernels: {reason}",
            command=command,
            reason=reason,
        )
    )


def _system_options() -> tuple[str, ...]:
    if sys.platform == "darwin":
        return ("-arch", platform.machine(), "-mmacosx-version-min=11.0")
    if sys.platform == "win32":
        return ("-static-libgcc",)
    return ()


def main() -> int:
    """Compile every build and say where it is; 1 if that is not possible."""
    try:
        built = build(warn=lambda said: sys.stderr.write(f"{said}\n"))
    except BuildError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write("".join(f"{path}\n" for path in built))
    return 0


if __name__ == "__main__":
    sys.exit(main())
