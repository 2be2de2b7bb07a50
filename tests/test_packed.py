"""The AppImage and the package for Debian start, and leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageGrab
from systems import linux_only

import vcam

ROOT = Path(__file__).parents[1]
MAKE_S = 600.0
WAIT_S = 120.0
HEADERS = (
    "squashfuse/ll.h",
    "fuse3/fuse_lowlevel.h",
    "zstd.h",
    "lzma.h",
    "lz4.h",
    "zlib.h",
)

pytestmark = linux_only("the packages are for Linux")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    online = [sys.executable, "-m", "pip", "download", "--no-deps", "tomlkit"]
    done = subprocess.run([*online, "-d", str(folder)], capture_output=True, timeout=120)
    if done.returncode:
        pytest.skip(
            "the package index cannot be reached, and the dependencies come from it"
        )
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (built,) = folder.glob("vcam_background-*.whl")
    return built


@pytest.fixture(scope="module")
def appimage(wheel: Path) -> Iterator[Path]:
    needed = ("mksquashfs", "patchelf", "cc")
    missing = [name for name in needed if not shutil.which(name)]
    missing += [name for name in HEADERS if not Path("/usr/include", name).exists()]
    if missing:
        pytest.skip(f"to make an AppImage {', '.join(missing)} would be needed")
    # Not in the folder of the tests, which is kept: it is large.
    with tempfile.TemporaryDirectory(prefix="vcam-packed-") as folder:
        packed("appimage.py", wheel, Path(folder))
        (made,) = Path(folder).iterdir()
        assert os.access(made, os.X_OK) and made.name.startswith(
            f"vcam-{vcam.__version__}-"
        )
        yield made


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("PYTHONPATH", "APPDIR", "APPIMAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def display() -> Iterator[str]:
    if not shutil.which("Xvfb"):
        pytest.skip("Xvfb is not installed")
    options = ["-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"]
    words = ["Xvfb", "-displayfd", "1", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as x:
        assert x.stdout is not None
        yield f":{x.stdout.readline().decode().strip()}"
        x.terminate()


def packed(script: str, wheel: Path, into: Path) -> None:
    # vcam alone, hardly compressed: the studio has many dependencies.
    words = ["--fast", "--extras", "", str(wheel), str(into)]
    done = subprocess.run(
        [sys.executable, str(ROOT / "release" / script), *words],
        capture_output=True,
        text=True,
        timeout=MAKE_S,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run(*words: Path | str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT_S, cwd="/")
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    return done.stdout


def until(condition: Callable[[], bool], complaint: str) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline_s, complaint
        time.sleep(0.1)


def shows(display: str) -> bool:
    """Whether the presenter is on the screen: black without a window, else many colours."""
    screen = np.asarray(ImageGrab.grab(xdisplay=display).convert("RGB"))
    return len(np.unique(screen[::8, ::8].reshape(-1, 3), axis=0)) > 500


@pytest.mark.parametrize("way", ["mounted", "unpacked"])
def test_the_appimage_shows_its_window_and_leaves_no_mount_behind(
    appimage: Path, home: Path, display: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "unpacked":
        monkeypatch.setenv("APPIMAGE_EXTRACT_AND_RUN", "1")
    elif not os.access("/dev/fuse", os.W_OK) or not shutil.which("fusermount3"):
        pytest.skip("FUSE cannot be used here")
    assert run(appimage, "--version") == f"vcam {vcam.__version__}\n"
    environ = {**os.environ, "DISPLAY": display}
    demo = subprocess.Popen([appimage, "demo"], env=environ, stdout=subprocess.DEVNULL)
    try:
        until(lambda: shows(display), "its window did not come")
        assert [*home.glob(".mount_vcam*")] != [] or way == "unpacked"
        demo.send_signal(signal.SIGTERM)
        demo.wait(WAIT_S)
    finally:
        demo.kill()
        demo.wait()
    until(lambda: not [*home.glob(".mount_vcam*")], "it is still mounted")
    assert len([*home.glob(".cache/vcam-appimage-*")]) == (way == "unpacked")


def test_the_appimage_is_started_at_login_by_its_own_path(
    appimage: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    run(appimage, "autostart", "on")
    entry = (home / "config/autostart/vcam.desktop").read_text("utf-8")
    assert f"Exec={appimage}\n" in entry
    assert run(appimage, "autostart", "status").startswith("vcam is started at login")


def test_nothing_of_another_python_is_used(
    appimage: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("vcam", "cv2", "json"):
        (home / f"{name}.py").write_text("raise SystemExit('another one')", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(home))
    monkeypatch.setenv("PYTHONHOME", str(home))
    assert "compiled loops are used" in run_any(appimage, "doctor")


def run_any(*words: Path | str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=WAIT_S, cwd="/")
    return done.stdout + done.stderr


def test_the_appimage_holds_what_software_centres_read(appimage: Path, home: Path) -> None:
    subprocess.run([appimage, "--appimage-extract"], cwd=home, check=True, timeout=WAIT_S)
    folder = home / "squashfs-root"
    for name in ("AppRun", "vcam.desktop", "vcam.png", ".DirIcon"):
        assert (folder / name).is_file(), name
    assert (folder / "usr/share/metainfo/org.pypi.vcam_background.metainfo.xml").is_file()
    packed_too = {path.name for path in (folder / "usr/lib/vcam/licences").glob("*")}
    if Path("/etc/debian_version").exists():
        assert {"libfuse3-dev", "libsquashfuse-dev", "libzstd-dev"} <= packed_too
    assert appimage.read_bytes()[8:11] == b"AI\x02"


@pytest.fixture
def small(home: Path) -> Path:
    """An AppImage of nothing but a script."""
    needed = [name for name in ("mksquashfs", "cc") if not shutil.which(name)]
    needed += [name for name in HEADERS if not Path("/usr/include", name).exists()]
    if needed:
        pytest.skip(f"to make an AppImage {', '.join(needed)} would be needed")
    folder = home / "vcam.AppDir"
    folder.mkdir()
    (folder / "AppRun").write_text("#!/bin/sh\necho what was packed\n", "utf-8")
    (folder / "AppRun").chmod(0o755)
    (folder / "large").write_bytes(bytes(3 << 20))
    head, image, made = home / "head", home / "image", home / "small.AppImage"
    make = (
        "import sys, appimage, pathlib\n"
        "sys.stdout.buffer.write(appimage._runtime(pathlib.Path(sys.argv[1])))"
    )
    release = ROOT / "release"
    with head.open("wb") as file:
        words = [sys.executable, "-c", make, str(home)]
        subprocess.run(words, cwd=release, stdout=file, check=True, timeout=WAIT_S)
    run("mksquashfs", folder, image, "-quiet", "-no-progress", "-comp", "zstd")
    made.write_bytes(head.read_bytes() + image.read_bytes())
    made.chmod(0o755)
    return made


@pytest.mark.parametrize("what", ["a folder of another user", "a link to one"])
def test_what_another_user_has_put_in_the_cache_is_never_run(
    small: Path, home: Path, what: str
) -> None:
    if os.geteuid():
        pytest.skip("only root can make another user's folder")
    about = small.stat()
    name = f"vcam-appimage-{about.st_size:x}-{int(about.st_mtime):x}"
    theirs = home / ".cache" / name
    if "link" in what:
        theirs.parent.mkdir()
        theirs.symlink_to(home / "theirs")
        theirs = home / "theirs"
    theirs.mkdir(parents=True)
    (theirs / "AppRun").write_text("#!/bin/sh\necho what they want\n", "utf-8")
    (theirs / "AppRun").chmod(0o755)
    os.chown(theirs, 54321, 54321)
    done = subprocess.run(
        [small], env={**os.environ, "APPIMAGE_EXTRACT_AND_RUN": "1"}, capture_output=True
    )
    assert done.returncode == 127 and done.stdout == b""
    assert b"cannot use" in done.stderr


def test_a_full_disk_is_told_and_what_was_unpacked_until_then_is_removed(
    small: Path, home: Path
) -> None:
    environ = {**os.environ, "APPIMAGE_EXTRACT_AND_RUN": "1"}
    # A limit of the size of files, which a full disk is like.
    words = ["sh", "-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\"", str(small)]
    done = subprocess.run(words, env=environ, capture_output=True, text=True)
    assert done.returncode == 127 and "cannot write" in done.stderr
    assert "damaged" not in done.stderr
    assert [*(home / ".cache").iterdir()] == []
    assert subprocess.run([small], env=environ, capture_output=True).stdout == (
        b"what was packed\n"
    )


def test_the_package_for_debian_runs_from_where_it_is_unpacked(
    wheel: Path, home: Path
) -> None:
    missing = [name for name in ("dpkg-deb", "patchelf") if not shutil.which(name)]
    if missing:
        pytest.skip(f"to make a package {', '.join(missing)} would be needed")
    with tempfile.TemporaryDirectory(prefix="vcam-packed-") as folder:
        packed("deb.py", wheel, Path(folder))
        (made,) = Path(folder).iterdir()
        about = run("dpkg-deb", "--field", made)
        assert (
            f"Version: {vcam.__version__}\n" in about and "Depends: libc6 (>= 2." in about
        )
        root = Path(folder) / "root"
        run("dpkg-deb", "--extract", made, root)
        command = root / "usr/bin/vcam"
        assert run(command, "--version") == f"vcam {vcam.__version__}\n"
        out = home / "out"
        run(command, "demo", "--output", out, "--seconds", "0.2", "--size", "320x180")
        assert (out / "demo.mp4").stat().st_size > 0
        for place in ("applications/vcam.desktop", "man/man1/vcam.1.gz"):
            assert (root / "usr/share" / place).is_file()
        # All files are the administrator's, and only the administrator's to change.
        listed = run("dpkg-deb", "--contents", made).splitlines()
        assert all(" root/root " in line for line in listed)
        assert not [line for line in listed if line[0] != "l" and line[8] == "w"]
