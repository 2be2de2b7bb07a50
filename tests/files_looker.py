"""Runs ``files_look.py`` over many files, and outlives what happens to it."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WAIT_S = 60.0
"""The longest wait for one file; the limit that counts, of processor time, is in
``files_look.py``, because this machine may be busy."""


def environment() -> dict[str, str]:
    """For a process whose memory, once free, is used again instead of given back."""
    kept = {"MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TRIM_THRESHOLD_": "1000000000"}
    return {**os.environ, **kept, "PYTHONPATH": f"{HERE.parent}{os.pathsep}{HERE}"}


class Looker:
    """A process that looks at files; when one of them ends it, there is another process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._said: queue.Queue[str] = queue.Queue()

    def look(self, path: Path) -> dict[str, Any]:
        """What ``files_look.py`` found, or that it hung or crashed."""
        process = self._process or self._start()
        assert process.stdin is not None
        process.stdin.write(os.fsencode(path).hex() + "\n")
        process.stdin.flush()
        begun = False
        while True:
            try:
                said = self._said.get(timeout=WAIT_S)
            except queue.Empty:
                self.close()
                return {"told": [], "problems": [f"it hangs for {WAIT_S:.0f} s"]}
            if not said:
                status = process.wait(WAIT_S)
                self._process = None
                assert begun, "files_look.py itself does not run"
                return {"told": [], "problems": [f"the process ends with status {status}"]}
            if begun:
                found: dict[str, Any] = json.loads(said)
                return found
            begun = said == "begin\n"

    def _start(self) -> subprocess.Popen[str]:
        # -P is left out: the folder of the program holds what it imports.
        self._process = process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(HERE / "files_look.py")],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._said = queue.Queue()
        threading.Thread(
            target=_listen, args=(process, self._said), name="test-looker", daemon=True
        ).start()
        return process

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _listen(process: subprocess.Popen[str], said: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        said.put(line)
    said.put("")


def looked_at(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """What was found of each, in order."""
    looker = Looker()
    try:
        return [looker.look(path) for path in paths]
    finally:
        looker.close()
