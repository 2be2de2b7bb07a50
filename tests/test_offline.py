"""Nothing leaves the machine: no part of vcam, native code included, opens a socket."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from systems import linux_only

STRACE = shutil.which("strace")
pytestmark = linux_only("strace sees what is asked of the kernel")


def traced(words: list[str], folder: Path) -> str:
    """What a command asks the kernel for in the way of sockets, all threads."""
    log = folder / "strace.log"
    done = subprocess.run(
        [
            STRACE or "",
            "-f",
            "-qq",
            "-e",
            "trace=socket,connect,sendto",
            "-o",
            str(log),
            *words,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        env={**os.environ, "HOME": str(folder)},
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("strace is not allowed to trace here")
    assert done.returncode == 0, done.stderr
    return log.read_text()


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
@pytest.mark.parametrize("engine", ["mediapipe", "litert"])
def test_no_internet_socket_is_opened_from_start_to_close(
    engine: str, tmp_path: Path
) -> None:
    words = ["demo", "--output", "out", "--seconds", "0.3", "--size", "320x180"]
    calls = traced([sys.executable, "-m", "vcam", *words, "--engine", engine], tmp_path)
    assert (tmp_path / "out" / "demo.mp4").exists()
    assert "AF_INET" not in calls


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_running_vcam_and_its_commands_use_no_internet_socket(tmp_path: Path) -> None:
    run = f"{sys.executable} -m vcam run --camera presenter --device /dev/video98"
    ask = f"{sys.executable} -m vcam"
    script = (
        f"{run} & until {ask} status; do sleep 0.1; done;"
        f"{ask} set background=teal && {ask} quit; done=$?; wait; exit $done"
    )
    calls = traced(["sh", "-c", script], tmp_path)
    assert "AF_UNIX" in calls and "AF_INET" not in calls


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_control_the_tracer_sees_a_socket(tmp_path: Path) -> None:
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()"
    assert "AF_INET" in traced([sys.executable, "-c", code], tmp_path)
