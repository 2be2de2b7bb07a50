"""Boots a small machine with real video drivers, and runs the tests in ``guest`` there."""

import sys
from pathlib import Path

import pytest

from device import machine

GUEST = Path(__file__).parent / "guest"
LIMIT_S = 420.0
"""Everything is emulated: a test of a second takes ten."""
MACHINES = ("browser", "camera doctor", "run on_demand", "setup", "viewers virtual_camera")
"""Which files share a machine: half a minute is gone before the first test begins."""
DRIVER_MATTERS = ("setup", "viewers virtual_camera")


def test_every_file_has_its_machine() -> None:
    there = {path.stem.removeprefix("test_real_") for path in GUEST.glob("test_*.py")}
    assert set(" ".join(MACHINES).split()) == there


@pytest.mark.device
@pytest.mark.parametrize("tests", MACHINES)
def test_in_a_machine(tests: str) -> None:
    _run(tests, "")


@pytest.mark.device
@pytest.mark.parametrize("tests", DRIVER_MATTERS)
def test_in_a_machine_with_a_newer_driver(tests: str) -> None:
    try:
        driver = machine.newer_driver()
    except machine.NoMachine as missing:
        pytest.skip(str(missing))
    _run(tests, str(driver))


def _run(tests: str, driver: str) -> None:
    command = ["env", f"VCAM_DEVICE_DRIVER={driver}"]
    command += [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    # The machine's own fixtures only: a person's home and fake worlds are not needed there.
    command += [f"--confcutdir={GUEST}"]
    command += [str(GUEST / f"test_real_{name}.py") for name in tests.split()]
    try:
        result = machine.run(command, limit_s=LIMIT_S)
        if result.status == machine.HUNG:  # the emulator, now and then
            result = machine.run(command, limit_s=LIMIT_S)
    except machine.NoMachine as missing:
        pytest.skip(str(missing))
    assert result.status == 0, result.output
