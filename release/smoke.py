"""Installs a wheel into a new virtual environment, and tries what a user would try.

    python release/smoke.py dist/vcam_background-1.2.3-….whl [python3.11 python3.14 …]

Only the wheel and its dependencies are there then: what runs only because a checkout lies
beside it does not run here.  The dependencies come from the package index.  Without a
Python it is the one that runs this.  Standard library only.
"""

import os
import re
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from pathlib import Path

LIMIT_S = 900.0
"""Seconds that one command may take; the installation downloads 300 MB."""
PIPELINE = """
    import numpy, vcam
    from vcam import kernels
    with vcam.Pipeline(background="#00b140", preset="light") as pipeline:
        result = pipeline.process(numpy.full((180, 320, 3), 90, numpy.uint8))
    assert result.image.shape == (180, 320, 3) and result.alpha.shape == (180, 320)
    print(f"compiled loops: {kernels.chosen()}")
"""


class SmokeError(Exception):
    """Something does not work."""


def main(words: Sequence[str]) -> int:
    """Try the wheel with every Python; 1 if something does not work."""
    if not words:
        sys.stderr.write(f"{__doc__}")
        return 2
    wheel, *pythons = words
    for python in pythons or [sys.executable]:
        print(f"{wheel} with {python}", flush=True)
        with tempfile.TemporaryDirectory(prefix="vcam-smoke-") as folder:
            try:
                _try(Path(wheel).resolve(), python, Path(folder))
            except SmokeError as error:
                sys.stderr.write(f"FAILED: {error}\n")
                return 1
    return 0


def _try(wheel: Path, python: str, folder: Path) -> None:
    environment = folder / "environment"
    _run([python, "-m", "venv", str(environment)], folder)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    own = str(programs / "python")
    vcam = str(programs / "vcam")
    _run([own, "-m", "pip", "install", "--quiet", str(wheel)], folder)
    # MediaPipe's wheel is for every Python by its name, and for one by what it says inside.
    said = _run([own, "-m", "pip", "check"], folder, statuses=(0, 1))
    if missing := [
        line for line in said.splitlines() if re.search(r"requires|has requirement", line)
    ]:
        raise SmokeError("\n".join(missing))
    version = wheel.name.split("-")[1]
    _expect(f"vcam {version}", _run([vcam, "--version"], folder))
    _expect("beach", _run([vcam, "backgrounds"], folder))
    words = ["--output", "demo", "--seconds", "0.5", "--size", "320x180"]
    _run([vcam, "demo", *words], folder)
    if not (folder / "demo" / "demo.mp4").stat().st_size:
        raise SmokeError("the video of `vcam demo` is empty")
    # What it finds depends on the machine; that it looks does not.
    _expect('"check": "engine"', _run([vcam, "doctor", "--json"], folder, statuses=(0, 1)))
    found = _run([own, "-P", "-c", textwrap.dedent(PIPELINE)], folder)
    if not wheel.stem.endswith("-any"):
        _expect("compiled loops: used", found)
    if sys.platform == "linux":
        for place in ("man/man1/vcam.1", "applications/vcam.desktop"):
            if not (environment / "share" / place).is_file():
                raise SmokeError(f"share/{place} is not installed")


def _expect(text: str, said: str) -> None:
    if text not in said:
        raise SmokeError(f"{text!r} is not in what it says:\n{said}")


def _run(command: list[str], folder: Path, statuses: Sequence[int] = (0,)) -> str:
    """What the command says; nothing of this shell's Python reaches it."""
    foreign = re.compile(r"PYTHON|VCAM_|VIRTUAL_ENV|XDG_")
    environ = {name: text for name, text in os.environ.items() if not foreign.match(name)}
    if command[1:3] != ["-m", "pip"]:  # pip has its downloads in the user's own folder
        environ["HOME"] = str(folder)
    began_s = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    shown = " ".join([Path(command[0]).name, *command[1:]]).strip().splitlines()[0]
    print(f"  {time.monotonic() - began_s:6.1f} s  {shown[:90]}", flush=True)
    if done.returncode not in statuses or "Traceback" in done.stdout:
        raise SmokeError(f"{shown} ends with {done.returncode}:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
