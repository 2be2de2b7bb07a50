"""A program that does not close its Pipeline ends quietly, and a forked child is told what
to do."""

import os
import re
import subprocess
import sys

import pytest

from vcam.masking.segmenters import ENGINES

BEGIN = """
import gc, os, sys, threading
import numpy as np
from vcam import Pipeline
from vcam.errors import UsageError, VcamError
from vcam.masking.options import MaskOptions

image = np.zeros((90, 160, 3), np.uint8)

def opened():
    return Pipeline("blur", mask=MaskOptions("light", engine=sys.argv[1]))

def used():
    pipeline = opened()
    pipeline.process(image)
    return pipeline
"""
ENDS = {
    "without closing it": "pipeline = used()",
    "with a reference to itself": "pipeline = used(); pipeline.own = pipeline",
    "after MediaPipe was loaded by the program": "import mediapipe; pipeline = used()",
    "in a thread": """
kept = []
thread = threading.Thread(target=lambda: kept.append(used()))
thread.start()
thread.join()
""",
    "in a thread that goes on": """
ready = threading.Event()
def work():
    pipeline = used()
    ready.set()
    try:
        for _ in range(20):
            pipeline.process(image)
    except VcamError:  # MediaPipe's threads end with the main one
        pass
threading.Thread(target=work).start()
ready.wait()
""",
    "with the interpreter's own exit": "pipeline = used(); sys.exit()",
    "when it closes it at the very end": """
import atexit
pipeline = used()
atexit.register(pipeline.close)
""",
    "when it was freed before": "used(); gc.collect()",
}
FORKS = {
    "uses it": "pipeline.process(image)",
    "frees it": "del pipeline; gc.collect()",
    "closes it": "pipeline.close(); print('closed')",
    "leaves the parent's block": "pipeline.__exit__(None, None, None); print('left')",
    "makes its own": """
with opened() as own:
    print(own.process(image).image.shape)
""",
}
SAYS = {
    "uses it": "used before the process forked. Make another one in the child",
    "closes it": "closed",
    "leaves the parent's block": "left",
    "makes its own": "(90, 160, 3)",
}
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine that is installed."""
    if request.param == "litert":
        pytest.importorskip("ai_edge_litert", reason="LiteRT is not installed")
    return str(request.param)


def ended(program: str, engine: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BEGIN + program, engine],
        capture_output=True,
        text=True,
        timeout=60,
    )


def complaints(stderr: str) -> list[str]:
    """The lines that Python prints about a program that fails."""
    return re.findall(r"^.*(?:Traceback|Exception ignored|Error\b).*$", stderr, re.M)


@pytest.mark.parametrize("program", ENDS.values(), ids=ENDS)
def test_a_program_ends_quietly(program: str, engine: str) -> None:
    done = ended(program, engine)
    assert (done.returncode, complaints(done.stderr)) == (0, [])


def test_a_program_that_fails_reports_its_own_error_alone(engine: str) -> None:
    done = ended("pipeline = used()\nraise ValueError('mine')", engine)
    assert done.returncode == 1
    traceback, error = complaints(done.stderr)
    assert traceback.startswith("Traceback") and error == "ValueError: mine"


@forks
@pytest.mark.parametrize("happens", FORKS)
def test_a_forked_child_hangs_at_nothing(happens: str, engine: str) -> None:
    program = f"""
pipeline = used()
child = os.fork()
if not child:
    try:
{"".join(f"        {line}" + chr(10) for line in FORKS[happens].splitlines())}
    except UsageError as error:
        print(error)
    sys.exit(3)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print("parent", pipeline.process(image).image.shape)
"""
    done = ended(program, engine)
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    *said, child, parent = done.stdout.splitlines()
    assert SAYS.get(happens, "") in "".join(said)
    assert (child, parent) == ("child 3", "parent (90, 160, 3)")


@forks
def test_a_pipeline_that_has_loaded_nothing_may_be_used_in_every_child(engine: str) -> None:
    program = """
pipeline = opened()
child = os.fork()
if child:
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
print(pipeline.process(image).image.shape)
"""
    done = ended(program, engine)
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    assert done.stdout.splitlines() == ["(90, 160, 3)", "child 0", "(90, 160, 3)"]
