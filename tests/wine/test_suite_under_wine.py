"""Runs half of the suite, and what is Windows' own, with a Windows Python under wine."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from wine import conftest
from wine.windows_python import (
    PROJECT,
    NoWindows,
    WindowsPython,
    as_windows_path,
    compile_kernels,
    made,
)

LIMIT_S = 600.0
AT_ONCE = 4
"""Processes that share the quick half: each of them waits for wine half of its time."""
OURS = ("tests/device", "tests/wine", "tests/windows")
"""Folders that are not part of the quick half."""
WINDOWS_ALONE = (
    "tests/windows",
    "tests/cli/test_no_console.py",
    "tests/cli/test_session_end.py",
    "tests/control/test_after_a_kill.py",
    "tests/sources/test_cameras_on_windows.py",
    "tests/system/test_start_menu.py",
    "tests/test_files_in_use.py",
    "tests/tray/test_tray_windows.py",
)
"""What is about Windows, and is run whole."""
NOT_COPIED = (".git", ".venv", "*cache*", "__pycache__", "*.so")
PYTEST = ("-P", "-m", "pytest", "-q", "-rfE", "--tb=short", "-p", "no:cacheprovider")

pytestmark = pytest.mark.wine


class Run:
    """pytest in a process of the Windows Python."""

    def __init__(
        self, python: WindowsPython, project: Path, display: str, options: Sequence[str]
    ) -> None:
        places = [project, Path(__file__).parent / "like_windows"]
        self._process = python.start(
            [*PYTEST, f"--rootdir={as_windows_path(project)}", *options],
            {"PYTHONPATH": ";".join(map(as_windows_path, places)), "DISPLAY": display},
            project,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, name="windows-output")
        self._reader.start()

    def result(self, limit_s: float) -> int | None:
        """The exit status; None if it did not end in time."""
        try:
            return self._process.wait(max(0.0, limit_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
            return None

    def output(self) -> str:
        """What it printed; call it when nothing of this wine runs any more."""
        self._reader.join(10)
        return "\n".join(self._lines)

    def _read(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        with self._process.stdout as output:
            self._lines += (line.rstrip("\n") for line in output)


@pytest.fixture(scope="module")
def python() -> Iterator[WindowsPython]:
    try:
        python = made()
    except NoWindows as missing:
        pytest.skip(str(missing))
    yield python
    python.end_all()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout, with vcam's loops compiled for Windows."""
    copy = tmp_path_factory.mktemp("checkout") / "vcam"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    compile_kernels(copy)
    return copy


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A display for what has windows; "" without Xvfb, and then those tests skip."""
    if not shutil.which("Xvfb"):
        yield ""
        return
    words = ["Xvfb", "-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as x:
        assert x.stdout is not None
        yield f":{x.stdout.readline().decode().strip()}"
        x.terminate()


def test_the_quick_half_of_the_suite_passes(
    python: WindowsPython, project: Path, display: str, pytestconfig: pytest.Config
) -> None:
    files = sorted(
        path.relative_to(project).as_posix()
        for path in project.glob("tests/**/test_*.py")
        if not path.relative_to(project).as_posix().startswith(OURS)
    )
    shares = [files[first::AT_ONCE] for first in range(AT_ONCE)]
    options = [["-m", "not slow", *share] for share in shares]
    _run(python, project, display, pytestconfig, options)


def test_what_windows_alone_has_passes(
    python: WindowsPython, project: Path, display: str, pytestconfig: pytest.Config
) -> None:
    _run(python, project, display, pytestconfig, [WINDOWS_ALONE])


def _run(
    python: WindowsPython,
    project: Path,
    display: str,
    config: pytest.Config,
    shares: Sequence[Sequence[str]],
) -> None:
    limit_s = time.monotonic() + LIMIT_S
    runs = [Run(python, project, display, options) for options in shares]
    statuses = [run.result(limit_s) for run in runs]
    python.end_all()  # or wine's own processes keep the pipes open
    outputs = [run.output() for run in runs]
    for status, output in zip(statuses, outputs, strict=True):
        last = output.rsplit("\n", 1)[-1].strip("= ")
        config.stash[conftest.said].append(f"Windows Python {python.version}: {last}")
        assert status is not None, f"it did not end in {LIMIT_S:g} s:\n{output[-3000:]}"
    failed = [
        output[-20_000:] for status, output in zip(statuses, outputs, strict=True) if status
    ]
    assert not failed, "\n".join(failed)
