"""A machine without a desktop: vcam needs none of its libraries.

Only the opencv-python that somebody may have installed in place of vcam's own choice does:
that is said in one line.
"""

import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest
from systems import LINUX
from without_libraries import NOT_ALLOWED

from vcam.cli import COMMANDS
from vcam.system.distribution import FAMILIES, family
from vcam.system.libraries import PACKAGES, explained, missing, remedy

WITH_WINDOWS = bool([*distributions(name="opencv-python")])
"""Whether the OpenCV here is one that has windows."""
WITHOUT = Path(__file__).parents[1] / "without_libraries.py"
SAID = "libGL.so.1: cannot open shared object file: No such file or directory"
WORDS = {
    "set": ["mirror=on"],
    "render": ["in.mp4", "out.mp4"],
    "snap": ["in.jpg", "out.jpg"],
    "report": ["in.mp4", "--output", "out.html"],
    "completion": ["bash"],
    "autostart": ["status"],
    "setup": ["--dry-run"],
}
"""What some commands need to be given."""
IN_ONE_LINE = """
import io, sys
from contextlib import redirect_stderr, redirect_stdout
from vcam.cli import main
told = io.StringIO()
with redirect_stdout(io.StringIO()), redirect_stderr(told):
    status = main(sys.argv[1:])
print(status, told.getvalue())
"""
UNTIL_ENDED = "run", "studio", "tray"
"""Without a folder to meet in they end when all is loaded; else they go on trying."""
AT_WORK = "backgrounds", "cameras", "completion", "doctor", "pause", "quit", "set", "status"
"""Some of the commands that need no such library."""


@pytest.fixture
def without(tmp_path: Path) -> "list[str]":
    """The beginning of a command line: what follows it has no libGL and no libgthread."""
    if not LINUX:
        pytest.skip("only Linux hides libraries from a program")
    empty = tmp_path / "libraries"
    empty.mkdir()
    names = "libGL.so,libgthread-2.0.so"
    start = [sys.executable, str(WITHOUT), str(empty), names]
    tried = subprocess.run(
        [*start, sys.executable, "-c", ""], capture_output=True, text=True
    )
    if tried.returncode == NOT_ALLOWED:
        pytest.skip(f"libraries cannot be hidden here: {tried.stdout.strip()}")
    assert tried.returncode == 0, tried.stderr
    return start


@pytest.mark.parametrize("name", COMMANDS)
def test_without_the_libraries_every_command_works_or_says_in_one_line_what_to_install(
    name: str, without: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [name, *WORDS.get(name, ())]
    if name in UNTIL_ENDED:
        (tmp_path / "no folder").touch()
        monkeypatch.setenv("VCAM_RUNTIME_DIR", str(tmp_path / "no folder"))
    done = subprocess.run(
        [*without, sys.executable, "-c", IN_ONE_LINE, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    status, _, told = done.stdout.partition(" ")
    assert status in ("0", "1", "2")
    if "libGL" in told:
        assert WITH_WINDOWS and name not in AT_WORK
        (line,) = told.strip().splitlines()
        assert line.startswith("vcam: System libraries are missing: libGL.so.1 and libgthr")
        assert "libgl1 libglib2.0-0" in line or "sudo" in line


def test_the_doctor_names_them_if_they_are_needed(without: list[str]) -> None:
    done = subprocess.run(
        [*without, sys.executable, "-P", "-m", "vcam", "doctor"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    missing = "OpenCV does not load: libGL.so.1 and libgthread-2.0.so.0 missing"
    assert (missing in done.stdout) == WITH_WINDOWS


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("ID=debian", "Run `sudo apt install libgl1`"),
        ("ID=pop\nID_LIKE='ubuntu debian'", "Run `sudo apt install libgl1`"),
        ("ID=fedora", "Run `sudo dnf install libglvnd-glx`"),
        ("ID=arch", "Run `sudo pacman -S libglvnd`"),
        ('ID=opensuse-leap\nID_LIKE="suse opensuse"', "Run `sudo zypper install libglvnd`"),
        (
            "ID=centos\nID_LIKE='rhel fedora'",
            "Install the packages that contain libGL.so.1; on Debian and Ubuntu they are "
            "`libgl1`",
        ),
    ],
)
def test_the_command_is_that_of_the_distribution(
    system: str, expected: str, tmp_path: Path
) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text(f"{system}\n")
    assert remedy(["libGL.so.1"], tmp_path) == expected


def test_one_package_that_has_two_of_them_is_installed_once(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=arch\n")
    files = ["libGL.so.1", "libEGL.so.1"]
    assert remedy(files, tmp_path) == "Run `sudo pacman -S libglvnd`"


def test_a_library_that_vcam_does_not_know_is_named_all_the_same(tmp_path: Path) -> None:
    said = "libnosuch.so.3: cannot open shared object file: No such file or directory"
    assert missing(said) == ("libnosuch.so.3",)
    assert remedy(missing(said), tmp_path) == (
        "Install the packages that contain libnosuch.so.3"
    )


def test_what_musl_says_is_understood_too() -> None:
    said = "Error loading shared library libEGL.so.1: No such file (needed by cv2.so)"
    assert missing(said) == ("libEGL.so.1",)


def test_any_other_failing_import_is_a_bug_and_shown_as_one() -> None:
    assert explained(ImportError("cannot import name 'x' from 'y'")) is None
    told = explained(ImportError(SAID))
    assert told is not None and "libGL.so.1" in told.what


def test_a_package_that_was_uninstalled_is_told_in_one_line() -> None:
    told = explained(ModuleNotFoundError("No module named 'cv2'", name="cv2"))
    assert told is not None and told.what == "OpenCV is not installed"
    assert "vcam doctor" in told.remedy
    assert explained(ModuleNotFoundError("No module named 'x'", name="x")) is None


def test_what_is_left_of_a_half_removed_package_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cv2/data").mkdir(parents=True)
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    import cv2

    with pytest.raises(AttributeError) as caught:
        cv2.resize  # noqa: B018 - there is none
    monkeypatch.delitem(sys.modules, "cv2")
    told = explained(caught.value)
    assert told is not None and told.what == "OpenCV is not installed"
    with pytest.raises(AttributeError) as caught:
        sys.no_such_thing  # type: ignore[attr-defined]  # noqa: B018
    assert explained(caught.value) is None


def test_only_families_that_exist_have_packages(tmp_path: Path) -> None:
    assert {each for names in PACKAGES.values() for each in names} <= set(FAMILIES)
    assert family(tmp_path) == ""
