import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from windows.running_vcam import RunningVcam

# They start vcam and read what Windows' own programs would.  tests/wine runs them, and the
# rest of the suite, on Linux.
collect_ignore_glob = [] if sys.platform == "win32" else ["test_*.py"]


@pytest.fixture
def run() -> Iterator[Callable[..., RunningVcam]]:
    """Starts vcam; what still runs after the test is ended."""
    with ExitStack() as running:

        def start(device: str, *arguments: str) -> RunningVcam:
            vcam = RunningVcam(device, *arguments)
            running.callback(vcam.close)
            return vcam

        yield start
