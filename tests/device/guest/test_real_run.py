import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from vcam.v4l2.holders import holders
from vcam.v4l2.nodes import query
from vcam.v4l2.system import System

from .conftest import VIRTUAL, Reader

GREEN = [64, 177, 0]
"""#00b140 as blue, green, red."""


def is_green(seen: dict[str, object]) -> bool:
    middle = seen.get("middle")
    return isinstance(middle, list) and all(
        abs(a - b) <= 6 for a, b in zip(middle, GREEN, strict=True)
    )


def test_a_call_sees_the_background_and_the_end_frees_both_cameras(
    webcam: str, read: Callable[..., Reader], tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "vcam", "run", "--background", "#00b140"]
    command += ["--camera", webcam, "--device", VIRTUAL, "--size", "640x360", "--fps", "15"]
    with (tmp_path / "said").open("w+") as said:
        vcam = subprocess.Popen(
            command,
            stdout=said,
            stderr=subprocess.STDOUT,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        try:
            call = read(VIRTUAL, wait_s=120)
            # A card comes first, whatever the model and the camera are doing.
            first = call.seen()
            assert first["ok"]
            assert first["size"] == [640, 360]
            # The test picture of the webcam shows nobody: only the background is left.
            call.sees(is_green, limit_s=180)
            call.sees(lambda _: "Live: " in (tmp_path / "said").read_text(), limit_s=60)
            vcam.send_signal(signal.SIGTERM)
            started_s = time.monotonic()
            assert vcam.wait(30) == 0
            assert time.monotonic() - started_s < 15
        except BaseException:
            said.seek(0)
            sys.stdout.write(said.read())
            raise
        finally:
            vcam.kill()
            vcam.wait(10)
    assert vcam.pid not in {
        holder.pid for path in (webcam, VIRTUAL) for holder in holders(System(), path)
    }
    call.close()
    assert query(System(), VIRTUAL).outputs
