"""What ``vcam setup`` says on Windows and macOS, on pretended machines."""

from pathlib import Path

import pytest

from vcam.cli.clicks import clicks
from vcam.outputs import windows_cameras
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings
from vcam.system.doctor.host import Host


@pytest.mark.parametrize(
    ("device", "name"),
    [("", "OBS Virtual Camera"), ("unitycapture", "Desk"), ("desk", "Desk")],
)
def test_on_windows_the_last_click_is_on_the_camera_that_vcam_publishes_to(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    device: str,
    name: str,
) -> None:
    desk = windows_cameras.UNITY_CAPTURE.format(number=0x12)
    registry = {
        (rf"{desk}\InprocServer32", ""): "UnityCaptureFilter64.dll",
        (desk, ""): "Desk",
        (rf"{windows_cameras.OBS}\InprocServer32", ""): "obs-virtualcam-module64.dll",
    }
    chosen = Settings(output=OutputOptions(device=device))
    host = Host(
        platform="win32",
        root=tmp_path,
        registry_value=lambda key, value: registry.get((key, value)),
        settings=lambda: chosen,
    )
    clicks(host)
    assert f"choose the camera '{name}'" in capsys.readouterr().out
    del registry[rf"{windows_cameras.OBS}\InprocServer32", ""]
    clicks(host)
    assert "choose the camera 'Desk'" in capsys.readouterr().out
