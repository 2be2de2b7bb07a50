"""Makes a Python for Windows that runs under wine, with all that vcam needs.

No package is "Python for Windows".  But the wheel of panda3d for Windows brings the
official ``python3XY.dll`` and its extension modules, to freeze programs with.  With the
standard library of this machine's Python of the same version, a program that calls
``Py_Main`` and Windows' own wheels from the package index it is a complete Python.

It is made once, in :data:`FOLDER`.  ``python tests/wine/windows_python.py ARGUMENT …`` runs
it by hand.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[2]
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
TAG = VERSION.replace(".", "")
PANDA3D = "panda3d==1.10.16"
"""Has the DLLs of Python 3.8 to 3.13."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "vcam-tests"
COMPILER = "x86_64-w64-mingw32-gcc"
MAKE_S = 300.0
"""Seconds that a download or another step may take."""
WITHIN = {
    "numpy": "<2",  # 2 calls crealf, which wine 8 does not have
    "opencv-python": "<4.12",  # the last for numpy 1
}
"""Releases that wine is good enough for."""
MORE = ("colorama", "msvc-runtime", "tzdata")
"""What pip, which reads the conditions of this machine, does not find: what pytest and
click want on Windows, time zones, and the C++ runtime that Windows' own Python brings."""
LEFT_OUT = frozenset({"mypy", "ruff", "types-psutil"})
"""The checkers: they say the same everywhere, and are run on Linux."""
NOT_COPIED = ("lib-dynload", "site-packages", "dist-packages", "__pycache__", "test")
"""Parts of the standard library's folder that are this machine's own, or never used."""
OBS = r"HKCR\CLSID\{A3FCE0F5-3493-419F-958A-ABA1250EC20B}\InprocServer32"
"""What OBS Studio registers.  pyvirtualcam looks whether it is there, and writes the
pictures into the memory from which OBS's filter would take them."""

PYTHON_EXE = """
#include <windows.h>
typedef int (*Main)(int, wchar_t **);
int wmain(int count, wchar_t **words) {
    HMODULE python = LoadLibraryW(L"python%s.dll");
    return python ? ((Main)(void *)GetProcAddress(python, "Py_Main"))(count, words) : 99;
}
"""
BCRYPT_DLL = """
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) {
    return SystemFunction036(data, (ULONG)size);
}
"""
"""The random numbers that Rust programs ask for, which wine 8 does not have."""


class NoWindows(Exception):  # noqa: N818 - a reason to skip
    """What is missing."""


class WindowsPython:
    """A Python for Windows in a folder, with wine's own files beside it."""

    def __init__(self, folder: Path) -> None:
        """The one that :func:`made` has made."""
        self._folder = folder
        self.version = VERSION

    def start(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> "subprocess.Popen[str]":
        """Start it in ``folder``; output and errors come through one pipe.

        Python for Windows does not start under wine when one of its streams is a file.
        """
        return subprocess.Popen(
            [_wine(), str(self._folder / "python.exe"), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=folder,
            env={**os.environ, **_environ(self._folder), **(environ or {})},
            start_new_session=True,
        )

    def end_all(self) -> None:
        """End whatever still runs under this wine."""
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        environ = {**os.environ, **_environ(self._folder)}
        subprocess.run([server, "-k"], env=environ, check=False, timeout=30)


def made() -> WindowsPython:
    """The Windows Python, made now if there is none; raises NoWindows."""
    _check_programs()
    wanted = _requirements()
    recipe = (Path(__file__).read_text("utf-8"), *wanted, sys.version)
    key = hashlib.sha256("\n".join(recipe).encode()).hexdigest()[:12]
    folder = CACHE / f"windows-python-{VERSION}-{key}"
    if not folder.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE, prefix=".being-made-") as unfinished:
            _make(Path(unfinished) / "python", wanted)
            (Path(unfinished) / "python").replace(folder)
    return WindowsPython(folder)


def as_windows_path(path: Path) -> str:
    """What Windows programs call a file of this machine."""
    return "Z:" + str(path).replace("/", "\\")


def compile_kernels(project: Path) -> None:
    """Compile vcam's loops for Windows, into a checkout."""
    program = (
        "import sys; from pathlib import Path; from vcam.kernels import build;"
        f"build.compiler = lambda: [{COMPILER!r}]; sys.platform = 'win32';"
        "build.build(Path('vcam/kernels').absolute())"
    )
    environ = {**os.environ, "PYTHONPATH": str(project)}
    _run([sys.executable, "-P", "-c", program], project, environ)


def _make(folder: Path, wanted: Sequence[str]) -> None:
    """Everything into ``folder``."""
    packages = folder / "Lib" / "site-packages"
    _unpack_python(folder)
    _compile_programs(folder)
    kind = ["--only-binary=:all:", "--platform=win_amd64", f"--python-version={VERSION}"]
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "install", *kind, f"--target={packages}", *wanted], folder)
    for runtime in packages.glob("*140*.dll"):
        if not (folder / runtime.name).exists():
            shutil.copy(runtime, folder)
    environ = {**os.environ, **_environ(folder)}
    version = ["add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"]
    for change in (version, ["add", OBS, "/ve", "/d", "obs.dll", "/f"]):
        _run([_wine(), "reg", *change], folder, environ)


def _unpack_python(folder: Path) -> None:
    """The DLLs from panda3d's wheel, and the library of this machine's Python."""
    dlls = folder / "DLLs"
    dlls.mkdir(parents=True)
    library = sysconfig.get_path("stdlib")
    shutil.copytree(library, folder / "Lib", ignore=shutil.ignore_patterns(*NOT_COPIED))
    with tempfile.TemporaryDirectory() as downloads:
        kind = ["--platform=win_amd64", f"--python-version={VERSION}", "--no-deps"]
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "download", *kind, PANDA3D], Path(downloads))
        (wheel,) = Path(downloads).glob("*.whl")
        with zipfile.ZipFile(wheel) as packed:
            for each in packed.namelist():
                folder_in_it, _, name = each.rpartition("/")
                if folder_in_it != "deploy_libs" or not name:
                    continue
                beside = name.startswith((f"python{TAG}", "VCRUNTIME"))
                if beside or name.endswith((".pyd", ".dll")):
                    (folder if beside else dlls).joinpath(name).write_bytes(
                        packed.read(each)
                    )


def _compile_programs(folder: Path) -> None:
    for name, source, options in (
        ("python.exe", PYTHON_EXE % TAG, ["-municode"]),
        ("pythonw.exe", PYTHON_EXE % TAG, ["-municode", "-mwindows"]),
        ("bcryptprimitives.dll", BCRYPT_DLL, ["-shared"]),
    ):
        _compile(folder / name, source, [*options, "-ladvapi32"])
    # Extension modules for every version ask python3.dll, which passes it on.
    lines = "\n".join(f"{name} = python{TAG}.{name}" for name in _exported(folder))
    definitions = folder / "python3.def"
    definitions.write_text(f"LIBRARY python3.dll\nEXPORTS\n{lines}\n")
    empty = "int __stdcall DllMain(void *dll, unsigned why, void *more) { return 1; }"
    _compile(folder / "python3.dll", empty, ["-shared", str(definitions)])


def _compile(target: Path, source: str, options: Sequence[str]) -> None:
    file = target.with_suffix(".c")
    file.write_text(source)
    _run([COMPILER, "-O1", "-o", str(target), str(file), *options], target.parent)


def _exported(folder: Path) -> Iterator[str]:
    """The names that python3XY.dll exports."""
    listed = _run(["objdump", "-p", f"python{TAG}.dll"], folder)
    table = listed.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    for line in table.splitlines():
        if line.lstrip().startswith("["):
            yield line.split()[-1]


def _requirements() -> list[str]:
    """All that vcam and its tests need, by the conditions of Windows."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    windows = {
        "sys_platform": "win32",
        "platform_machine": "AMD64",
        "platform_system": "Windows",
        "os_name": "nt",
    }
    extras = project["optional-dependencies"]
    found = [*project["dependencies"], *MORE]
    found += [each for name in ("dev", "heic", "studio") for each in extras[name]]
    wanted = []
    for requirement in map(Requirement, found):
        applies = requirement.marker is None or requirement.marker.evaluate(windows)
        if not applies or requirement.name in {"vcam-background", *LEFT_OUT}:
            continue
        within = WITHIN.get(requirement.name, "")
        separator = "," if within and requirement.specifier else ""
        wanted.append(f"{requirement.name}{requirement.specifier}{separator}{within}")
    return sorted(wanted)


def _environ(folder: Path) -> dict[str, str]:
    return {
        "WINEPREFIX": str(folder / "wine"),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wine() -> str:
    for name in ("wine64", "/usr/lib/wine/wine64", "wine"):
        if found := shutil.which(name):
            return found
    raise NoWindows("wine is not installed: run tests/wine/install.sh")


def _check_programs() -> None:
    _wine()
    for program in (COMPILER, "objdump"):
        if not shutil.which(program):
            raise NoWindows(f"{program} is not installed: run tests/wine/install.sh")


def _run(
    command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None
) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=MAKE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NoWindows(f"{command[0]} took longer than {MAKE_S:g} seconds") from error
    if done.returncode:
        said = " / ".join(done.stdout.strip().splitlines()[-3:])
        raise NoWindows(f"{' '.join(command[:4])} failed: {said}")
    return done.stdout


if __name__ == "__main__":
    with made().start(sys.argv[1:], {"PYTHONPATH": as_windows_path(PROJECT)}) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.close()
        for line in running.stdout:
            sys.stdout.write(line)
    sys.exit(running.returncode)
