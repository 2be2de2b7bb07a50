"""Windows starts vcam without a console: at login, and from the Start menu."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="consoles of Windows")
DETACHED = 0x8  # DETACHED_PROCESS
MAIN = """
import sys
from pathlib import Path

none = [sys.stdin, sys.stdout, sys.stderr]
sys.argv = ["vcam", "backgrounds"]
from vcam.__main__ import entry

try:
    entry()
except SystemExit as ended:
    Path(FILE).write_text(f"{none} {ended.code}")
"""


def test_a_program_without_a_console_has_no_streams_and_works(tmp_path: Path) -> None:
    said = tmp_path / "said.txt"
    program = tmp_path / "program.py"
    program.write_text(MAIN.replace("FILE", repr(str(said))))
    quiet = Path(sys.executable).with_name("pythonw.exe")
    python = quiet if quiet.is_file() else sys.executable
    subprocess.run(
        [str(python), "-P", str(program)], creationflags=DETACHED, timeout=60, check=False
    )
    assert said.read_text() == "[None, None, None] 0"
