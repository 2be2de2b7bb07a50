"""What the project is on a public host: workflows, templates, and what they promise."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request: pytest.FixtureRequest) -> str:
    return str(request.param.read_text("utf-8"))


def test_foreign_code_in_a_workflow_is_pinned_to_a_commit(workflow: str) -> None:
    uses = re.findall(r"uses: (\S+)(.*)", workflow)
    assert uses
    for action, comment in uses:
        ours = action.startswith("./")
        assert ours or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert ours or re.fullmatch(r" # v\d+\.\d+\.\d+", comment), "say which version"


def test_a_workflow_may_read_and_nothing_else(workflow: str) -> None:
    head = workflow.partition("\njobs:")[0]
    assert re.search(r"^permissions:\n  contents: read$", head, re.M)
    granted = re.findall(r"^\s+([\w-]+: write)", workflow, re.M)
    assert granted in ([], ["id-token: write"]), "trusted publishing only"
    assert "secrets." not in workflow


def test_every_job_has_a_time_limit(workflow: str) -> None:
    assert workflow.count("runs-on:") == workflow.count("timeout-minutes:")


def test_the_oldest_python_that_is_promised_is_tested_on_every_system() -> None:
    checks = (ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f'python: ["{oldest}", ' in checks
    assert "os: [ubuntu-latest, windows-latest, macos-latest]" in checks


def test_a_program_that_a_workflow_sends_ctrl_c_to_can_receive_it(workflow: str) -> None:
    for step in workflow.split("\n      - "):
        if "kill -" in step and re.search(r"\bINT\b", step):
            # Without job control, bash has whatever it starts with & ignore it.
            assert step.index("set -m") < step.index("& ")


def test_no_step_needs_a_machine_with_a_webcam(workflow: str) -> None:
    # `vcam doctor` fails without one, and that would end the job.
    for line in re.findall(r".*vcam doctor.*", workflow):
        assert line.strip().startswith("if vcam doctor"), line


def test_the_check_command_runs_all_checkers_and_the_tests(tmp_path: Path) -> None:
    called = tmp_path / "called"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\necho "$*" >> "{called}"\n', "utf-8")
    python.chmod(0o755)
    if os.name != "posix":
        pytest.skip("bash is not everywhere")
    subprocess.run(
        [str(ROOT / "check"), "-m", "not slow"],
        cwd=tmp_path,
        env={**os.environ, "PYTHON": str(python)},
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert called.read_text("utf-8").splitlines() == [
        "-m ruff check",
        "-m ruff format --check",
        "-m mypy",
        "-P -m pytest --ignore=tests/test_code.py -m not slow",
    ]
