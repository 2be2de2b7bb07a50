"""The wheel works where only it is installed, with the oldest and the newest Python."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIMIT_S = 900.0


def pythons() -> Mapping[tuple[int, ...], str]:
    """Version -> command, for the Pythons of this machine that vcam promises to run on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = re.findall(r"Python :: 3\.(\d+)", " ".join(project["classifiers"]))
    found: dict[tuple[int, ...], str] = {sys.version_info[:2]: sys.executable}
    for minor in map(int, named):
        of_pyenv = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        for place in (shutil.which(f"python3.{minor}"), *of_pyenv):
            if place is None:
                continue
            tried = subprocess.run([place, "-c", "import ensurepip"], capture_output=True)
            if tried.returncode == 0:
                found[3, minor] = str(place)
    return found


def test_the_wheel_works_in_an_environment_of_its_own(tmp_path: Path) -> None:
    for name in ("pip", "ensurepip"):
        pytest.importorskip(name, reason=f"{name} is not installed")
    online = [sys.executable, "-m", "pip", "download", "--no-deps", "tomlkit"]
    done = subprocess.run([*online, "-d", str(tmp_path)], capture_output=True, timeout=120)
    if done.returncode:
        pytest.skip(
            "the package index cannot be reached, and the dependencies come from it"
        )
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    (wheel,) = tmp_path.glob("vcam_background-*.whl")
    here = pythons()
    chosen = dict.fromkeys((here[min(here)], here[max(here)]))
    tried = subprocess.run(
        [sys.executable, str(ROOT / "release/smoke.py"), str(wheel), *chosen],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        env={**os.environ, "PYTHONPATH": ""},
    )
    assert tried.returncode == 0, tried.stdout + tried.stderr
