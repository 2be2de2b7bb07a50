import json
import subprocess
import sys
from typing import Any

from .conftest import VIRTUAL, load_loopback, unload_loopback


def findings() -> dict[str, dict[str, Any]]:
    """The last finding of each check."""
    said = subprocess.run(
        [sys.executable, "-m", "vcam", "doctor", "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
    return {finding["check"]: finding for finding in json.loads(said)["findings"]}


def test_the_doctor_finds_webcam_driver_and_virtual_camera_well(webcam: str) -> None:
    found = findings()
    assert found["camera"]["ok"]
    assert webcam in found["camera"]["what"]
    assert found["driver"]["ok"]
    assert "is loaded" in found["driver"]["what"]
    assert found["virtual camera"]["ok"]
    assert VIRTUAL in found["virtual camera"]["what"]


def test_the_doctor_tells_missing_options_and_a_missing_driver(webcam: str) -> None:
    unload_loopback()
    try:
        assert "not loaded" in findings()["driver"]["what"]
        load_loopback("video_nr=10", "card_label=vcam")
        assert "exclusive_caps=1" in findings()["virtual camera"]["what"]
        unload_loopback()
    finally:
        load_loopback()
