"""The checkers are part of the tests, so that one command says whether all is well."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "checker",
    [["ruff", "check", "--quiet"], ["ruff", "format", "--check", "--quiet"], ["mypy"]],
    ids=["lint", "format", "types"],
)
def test_the_code_is_clean(checker: list[str]) -> None:
    pytest.importorskip(checker[0], reason="the extra `dev` is not installed")
    done = subprocess.run(
        [sys.executable, "-m", *checker],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
