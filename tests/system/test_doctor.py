import argparse
import hashlib
import importlib.util
import json
import os
import plistlib
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_video import CAPTURE, MEDIA_CONTROLLER, OUTPUT, WEBCAM, Device, Video
from systems import linux_only

from vcam.cli import doctor as command
from vcam.errors import SourceError
from vcam.frames import Size
from vcam.kernels import Choice
from vcam.outputs import windows_cameras
from vcam.pipewire.cameras import CameraNode
from vcam.pipewire.formats import Offer
from vcam.pipewire.pods import Values
from vcam.sources import consent
from vcam.sources.avfoundation import AUTHORIZED, DENIED, NOT_DETERMINED, RESTRICTED
from vcam.sources.camera_info import CameraInfo
from vcam.system.doctor import Finding, Host, diagnose, healthy, macos, program
from vcam.system.doctor.host import Answer, run

KERNEL = "6.1.0-56-amd64"
CONTENT = b"a model"


class Machine:
    """A computer whose every part can be broken."""

    def __init__(self, root: Path, platform: str = "linux") -> None:
        self.root = root
        self.video = Video(root)
        self.answers: dict[str, Answer | None] = {}
        self.registry: dict[tuple[str, str], str] = {}
        loaded: Any = "a library"
        self.kernels = Choice(loaded, "avx2 build")
        self.has_library = True
        """Whether PipeWire's can be used."""
        self.in_pipewire: tuple[CameraNode, ...] = ()
        self.packages = {"opencv-python", "pyvirtualcam", "numpy"}
        self.authorization = NOT_DETERMINED
        self.cameras: tuple[CameraInfo, ...] = ()
        self.using_cameras: tuple[str, ...] = ()
        self.host = Host(
            platform=platform,
            machine="x86_64",
            release=KERNEL,
            root=root,
            system=self.video.system,
            models=root / "models",
            python="python",
            python_for="win-amd64",
            environ={"DISPLAY": ":0"},
            run=self.run,
            installed=lambda: frozenset(self.packages),
            registry_value=lambda key, value: self.registry.get((key, value)),
            camera_authorization=lambda: self.authorization,
            cameras=lambda: self.cameras,
            using_cameras=lambda: self.using_cameras,
            kernels=lambda: self.kernels,
            pipewire=lambda: self.has_library,
            in_pipewire=lambda: self.in_pipewire,
        )

    def run(self, command: Sequence[str]) -> Answer | None:
        # What a program is asked to do may have an answer of its own.
        answer = self.answers.get(command[0], Answer(0, ""))
        return self.answers.get(command[-1], answer)

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def load(self, version: str = "0.12.7", label: str = "vcam") -> None:
        """Load the driver with one device, number 10."""
        self.write("sys/module/v4l2loopback/version", version)
        self.virtual = self.video.loopback(10, label)

    def findings(self, check: str) -> list[Finding]:
        return [found for found in diagnose(self.host) if found.check == check]

    def only(self, check: str) -> Finding:
        (found,) = self.findings(check)
        return found

    @property
    def healthy(self) -> bool:
        return healthy(diagnose(self.host))


@pytest.fixture(autouse=True)
def small_models(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(CONTENT).hexdigest()
    monkeypatch.setattr(program, "SHA256", {"one.tflite": digest, "two.tflite": digest})


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian machine on which everything is as it should be."""
    machine = Machine(tmp_path)
    machine.write("proc/cpuinfo", "processor: 0\nflags\t\t: fpu sse avx avx2\n")
    machine.write("models/one.tflite", CONTENT)
    machine.write("models/two.tflite", CONTENT)
    machine.write("etc/os-release", 'ID=ubuntu\nID_LIKE="debian"\n')
    machine.write("etc/modules-load.d/vcam.conf", "v4l2loopback\n")
    machine.write("etc/modprobe.d/vcam.conf", "options v4l2loopback exclusive_caps=1\n")
    machine.video.plug(0, Device(card="Webcam", modes=WEBCAM), usb="046d:0825::1-2:0")
    machine.load()
    return machine


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """A fresh Fedora without camera and driver."""
    machine = Machine(tmp_path)
    machine.write("etc/os-release", "ID=fedora\n")
    machine.write(f"lib/modules/{KERNEL}/modules.dep", "kernel/uvcvideo.ko:\n")
    return machine


def test_a_machine_on_which_all_is_well_has_only_ticks(machine: Machine) -> None:
    findings = diagnose(machine.host)
    assert {finding.mark for finding in findings} == {"✓"}
    assert healthy(findings)
    assert {finding.check for finding in findings} >= {
        "models",
        "engine",
        "camera",
        "driver",
    }


def test_a_processor_without_avx_is_told_before_the_engine_ends_everything(
    machine: Machine,
) -> None:
    machine.write("proc/cpuinfo", "flags\t: fpu sse sse4_2\n")
    assert machine.only("processor").mark == "✗"
    machine.host = replace(machine.host, machine="aarch64")
    assert not machine.findings("processor")


def test_a_missing_and_a_damaged_model_are_told(machine: Machine) -> None:
    (machine.root / "models/one.tflite").unlink()
    assert "one.tflite is missing" in machine.only("model").what
    machine.write("models/one.tflite", b"half a mod")
    found = machine.only("model")
    assert "damaged" in found.what
    assert "pip install" in found.remedy
    assert not machine.healthy


def test_a_damaged_model_hides_no_missing_one(machine: Machine) -> None:
    machine.write("models/one.tflite", b"half a mod")
    (machine.root / "models/two.tflite").unlink()
    damaged, missing = machine.findings("model")
    assert "damaged" in damaged.what and "two.tflite is missing" in missing.what


def test_the_models_the_doctor_expects_are_those_the_build_brings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    file = Path(__file__).parents[2] / "hatch_build.py"
    if importlib.util.find_spec("hatchling") is None:
        text = file.read_text()
        assert all(f'"{digest}"' in text for digest in program.SHA256.values())
        return
    spec = importlib.util.spec_from_file_location("hatch_build", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.SHA256 == program.SHA256


def test_compiled_loops_that_are_missing_are_told_and_stop_nothing(
    machine: Machine,
) -> None:
    machine.kernels = Choice(None, "kernels-avx2.so was not built")
    found = machine.only("kernels")
    assert (found.mark, machine.healthy) == ("!", True)
    assert "more processor time: kernels-avx2.so was not built" in found.what
    assert "apt install gcc" in found.remedy
    assert "python -P -m vcam.kernels.build" in found.remedy


def test_who_has_switched_the_compiled_loops_off_is_told_how_to_get_them_back(
    machine: Machine,
) -> None:
    machine.kernels = Choice(None, "VCAM_KERNELS is 'off'")
    machine.host = replace(machine.host, environ={"VCAM_KERNELS": "off"})
    assert machine.only("kernels").remedy == "Unset VCAM_KERNELS"


@pytest.mark.parametrize("engine", [*program.ENGINES], ids=lambda engine: engine.title)
@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("OSError: libEGL.so.1: cannot open shared object file", "apt install libegl1"),
        ("ModuleNotFoundError: No module named 'x'", 'pip install "'),
        ("", "pip install --force-reinstall --no-deps "),
    ],
)
def test_an_engine_that_does_not_load_is_told_with_what_is_missing(
    machine: Machine, engine: program.Engine, said: str, remedy: str
) -> None:
    machine.answers[engine.load] = Answer(1, f"Traceback\n{said}\n")
    works, missed = machine.findings("engine")
    assert works.mark == "✓" and engine.title not in works.what
    assert missed.mark == "!" and f"{engine.title} does not load: " in missed.what
    assert remedy in missed.remedy
    assert machine.healthy
    machine.packages |= {"ai-edge-litert", "mediapipe"}  # only pip thinks that it is there
    if "No module" in said:
        assert "--force-reinstall" in machine.findings("engine")[1].remedy
    machine.answers["python"] = Answer(1, f"Traceback\n{said}\n")
    assert [found.mark for found in machine.findings("engine")] == ["✗", "✗"]
    assert not machine.healthy


def test_an_engine_that_is_not_made_for_this_machine_is_not_missed(
    machine: Machine,
) -> None:
    machine.host = replace(machine.host, machine="aarch64")
    machine.answers[program.MEDIAPIPE.load] = Answer(1, "No module named 'mediapipe'")
    found = machine.only("engine")
    assert (found.mark, found.what) == ("✓", "LiteRT loads")
    machine.answers[program.LITERT.load] = Answer(1, "No module named 'ai_edge_litert'")
    assert program.LITERT.package in machine.only("engine").remedy


def test_an_engine_that_takes_for_ever_is_only_a_remark(machine: Machine) -> None:
    machine.answers["python"] = None
    assert [found.mark for found in machine.findings("engine")] == ["!", "!"]
    assert machine.healthy


@pytest.mark.parametrize("engine", [*program.ENGINES], ids=lambda engine: engine.title)
def test_every_engine_is_installed_where_it_is_made_for(engine: program.Engine) -> None:
    requirements = pytest.importorskip("packaging.requirements")
    project = Path(__file__).parents[2] / "pyproject.toml"
    table = tomllib.loads(project.read_text("utf-8"))["project"]
    wanted = [requirements.Requirement(each) for each in table["dependencies"]]
    (rule,) = (rule for rule in wanted if engine.package.startswith(rule.name))
    assert str(rule.specifier) == str(requirements.Requirement(engine.package).specifier)
    # On others nothing could run the models, and pip is to say so.
    for platform, processor in program.LITERT.systems | program.MEDIAPIPE.systems:
        here = {"sys_platform": platform, "platform_machine": processor}
        installed = rule.marker.evaluate({**here, "python_version": "3.14"})
        assert installed == ((platform, processor) in engine.systems), here


def test_the_opencv_that_is_brought_back_is_one_that_vcam_asks_for() -> None:
    requirements = pytest.importorskip("packaging.requirements")
    project = Path(__file__).parents[2] / "pyproject.toml"
    table = tomllib.loads(project.read_text("utf-8"))["project"]
    wanted = [each.partition(";")[0].strip() for each in table["dependencies"]]
    known = [*program.OPENCVS.values(), program.OPENCV_ELSEWHERE]
    assert {each for each in wanted if each.startswith("opencv")} == {*known}
    assert all(requirements.Requirement(each) for each in known)


def test_two_opencvs_are_told(machine: Machine) -> None:
    machine.packages |= {"opencv-contrib-python", "opencv-python-headless"}
    found = machine.only("packages")
    assert found.mark == "!"
    every = "opencv-contrib-python opencv-python opencv-python-headless"
    assert f"pip uninstall -y {every}`" in found.remedy
    assert '`python -P -m pip install "opencv-python-headless>=4.10,<6"`' in found.remedy
    assert found.fix is not None and found.fix.then[-1].startswith(
        "opencv-python-headless>"
    )
    machine.packages -= {"opencv-contrib-python", "opencv-python"}
    assert not machine.findings("packages")


@pytest.mark.parametrize(
    "said", ["No module named 'cv2'", "module 'cv2' has no attribute 'resize'"]
)
def test_the_opencv_that_went_with_the_one_of_an_older_vcam_is_brought_back(
    machine: Machine, said: str
) -> None:
    machine.answers[program.OPENCV] = Answer(1, f"Traceback\nSomeError: {said}\n")
    found = machine.only("OpenCV")
    assert found.mark == "✗" and said in found.what
    assert found.fix is not None and "--force-reinstall" in found.fix.command
    assert found.fix.command[-1].startswith("opencv-python-headless>")
    machine.packages |= {"opencv-python-headless"}
    assert machine.only("OpenCV").fix is None  # that of the two packages does it


def test_an_environment_of_uv_or_pipx_has_no_pip_and_is_mended_with_uv(
    machine: Machine,
) -> None:
    python = str(machine.root / "tools/vcam-background/bin/python")
    machine.write("tools/vcam-background/pyvenv.cfg", "home = /usr/bin\nuv = 0.13.9\n")
    machine.host = replace(machine.host, python=python)
    machine.answers[program.LITERT.load] = Answer(1, "No module named 'ai_edge_litert'")
    machine.packages |= {"opencv-contrib-python"}
    lacking = machine.findings("engine")[1]
    assert lacking.fix is not None
    assert lacking.fix.command[:5] == ("uv", "pip", "install", "--python", python)
    assert f'uv pip install --python {python} "ai-edge-litert' in lacking.remedy
    both = machine.only("packages").fix
    assert both is not None and both.command[:3] == ("uv", "pip", "uninstall")
    machine.packages |= {"pip"}
    lacking = machine.findings("engine")[1]
    assert lacking.fix is not None and lacking.fix.command[0] == python


def test_without_pyvirtualcam_nothing_is_published(machine: Machine) -> None:
    machine.packages.remove("pyvirtualcam")
    assert machine.only("packages").mark == "✗"


def test_without_a_camera_the_main_job_cannot_run(bare: Machine) -> None:
    found = bare.only("camera")
    assert found.mark == "✗"
    assert "presenter" in found.remedy


@linux_only("/proc tells who has a device open")
def test_a_camera_in_use_is_told_with_the_program(machine: Machine) -> None:
    path = str(machine.root / "dev/video0")
    machine.video.hold(4711, "zoom", path, maps=True)
    found = machine.only("camera")
    assert "in use by zoom (process 4711)" in found.what
    assert found.mark == "✗"


@linux_only("/proc tells who has a device open")
def test_a_camera_that_vcam_itself_uses_is_well(machine: Machine) -> None:
    machine.video.hold(4711, "vcam", str(machine.root / "dev/video0"), maps=True)
    machine.video.hold(4712, "vcam", str(machine.root / "dev/video10"), flags=os.O_WRONLY)
    assert machine.only("camera").mark == "✓"
    assert "fed by vcam" in machine.only("virtual camera").what


@linux_only("/proc tells who has a device open")
def test_a_second_camera_in_use_does_not_stop_the_main_job(machine: Machine) -> None:
    other = machine.video.plug(4, Device(card="Other"))
    machine.video.hold(4711, "zoom", other, maps=True)
    assert [found.mark for found in machine.findings("camera")] == ["✓", "!"]
    assert machine.healthy


@linux_only("a device belongs to a group")
def test_missing_permissions_are_told_with_the_command(machine: Machine) -> None:
    for device in machine.video.devices.values():
        device.refusal = 13
    for check in ("camera", "virtual camera"):
        found = machine.only(check)
        assert found.mark == "✗"
        assert "sudo usermod -aG video" in found.remedy


def test_a_laptop_camera_without_a_driver_for_ordinary_programs_is_told(
    bare: Machine,
) -> None:
    caps = CAPTURE | MEDIA_CONTROLLER
    bare.video.plug(0, Device(driver="isys", card="Intel IPU6 ISYS Capture 0", caps=caps))
    found = bare.only("camera")
    assert "libcamera" in found.what and "libspa-0.2-libcamera" in found.remedy
    offer = Offer("NV12", Values((Size(1280, 720),)), None)
    about = {"node.description": "Front Camera", "device.api": "libcamera"}
    bare.in_pipewire = (CameraNode("libcamera_input.LNK1", about, (offer,)),)
    found = bare.only("camera")
    assert found.ok and found.what == "Front Camera (pipewire:libcamera_input.LNK1)"


def test_a_missing_driver_is_a_matter_of_the_setup(bare: Machine) -> None:
    found = bare.only("driver")
    assert "not installed" in found.what
    assert found.remedy == "Run `vcam setup`"
    assert not bare.findings("after a restart"), "there is nothing to lose"


def test_a_driver_that_is_only_not_loaded_is_told_apart(bare: Machine) -> None:
    bare.write(f"lib/modules/{KERNEL}/modules.dep", "updates/dkms/v4l2loopback.ko.zst:\n")
    found = bare.only("driver")
    assert "not loaded" in found.what
    assert found.remedy == "Run `vcam setup`"
    assert not bare.findings("Secure Boot")


def test_secure_boot_is_told_with_the_key_to_enrol(bare: Machine) -> None:
    bare.write(f"lib/modules/{KERNEL}/modules.dep", "updates/dkms/v4l2loopback.ko:\n")
    variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
    bare.write(variable, b"\x06\0\0\0\x01")
    assert "Sign the module" in bare.only("Secure Boot").remedy
    bare.write("var/lib/dkms/mok.pub", b"key")
    assert "mokutil --import /var/lib/dkms/mok.pub" in bare.only("Secure Boot").remedy
    bare.write(variable, b"\x06\0\0\0\0")
    assert not bare.findings("Secure Boot")


def test_a_driver_built_for_another_kernel_is_told(bare: Machine) -> None:
    bare.write("usr/src/v4l2loopback-0.12.7/dkms.conf", "")
    found = bare.only("driver")
    assert "not built for the running kernel" in found.what
    assert found.remedy == "Run `vcam setup`"


def test_a_kernel_that_was_updated_needs_a_restart(bare: Machine) -> None:
    bare.host = replace(bare.host, release="6.2.0")
    assert "Restart" in bare.only("driver").remedy


@pytest.mark.parametrize("version", ["0.12.5", "0.14.0"])
def test_versions_with_known_faults_are_told(machine: Machine, version: str) -> None:
    machine.write("sys/module/v4l2loopback/version", version)
    found = machine.only("driver")
    assert version in found.what
    assert found.mark == "!"


def test_a_device_that_browsers_do_not_list_is_told(machine: Machine) -> None:
    machine.video.devices[machine.virtual].caps = CAPTURE | OUTPUT
    marks = {found.mark: found for found in machine.findings("virtual camera")}
    assert "exclusive_caps=1" in marks["!"].what
    assert marks["!"].remedy == "Run `vcam setup`"
    assert machine.healthy


def test_another_label_is_a_remark(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.load(label="Dummy video device (0x0000)")
    marks = [found.mark for found in machine.findings("virtual camera")]
    assert marks == ["✓", "!"]


def test_several_devices_without_our_label_stop_the_main_job(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.load(label="Dummy 0")
    machine.video.loopback(11, "Dummy 1")
    assert "none is labelled vcam" in machine.only("virtual camera").what


@linux_only("/proc tells who has a device open")
def test_another_program_that_feeds_our_device_is_named(machine: Machine) -> None:
    machine.video.hold(4711, "obs", str(machine.root / "dev/video10"), flags=os.O_WRONLY)
    found = machine.only("virtual camera")
    assert "fed by obs" in found.what
    assert found.mark == "✗"


def test_what_a_restart_loses_is_told_with_the_files_to_write(machine: Machine) -> None:
    (machine.root / "etc/modprobe.d/vcam.conf").write_text("# options v4l2loopback\n")
    assert "options are lost" in machine.only("after a restart").what
    (machine.root / "etc/modules-load.d/vcam.conf").unlink()
    found = machine.only("after a restart")
    assert "no longer loaded" in found.what
    assert found.remedy == "Run `vcam setup`"


def test_a_desktop_is_only_missed_by_the_preview(machine: Machine) -> None:
    machine.host = replace(machine.host, environ={})
    assert machine.only("display").mark == "!"
    assert machine.healthy


def test_with_pipewire_it_says_which_programs_see_vcam_there(machine: Machine) -> None:
    assert not machine.findings("PipeWire")
    machine.video.hold(900, "wireplumber", "/dev/null")
    found = machine.only("PipeWire")
    assert found.ok and "Firefox" in found.what


def test_with_pipewire_the_driver_is_only_missed_by_some_programs(bare: Machine) -> None:
    assert bare.only("driver").mark == "✗"
    bare.video.hold(900, "wireplumber", "/dev/null")
    found = bare.only("driver")
    assert (found.mark, found.remedy) == ("!", "Run `vcam setup`")
    assert "Zoom" in found.what


def test_pipewire_without_its_library_is_a_remark(bare: Machine) -> None:
    bare.video.hold(900, "wireplumber", "/dev/null")
    bare.has_library = False
    assert "libpipewire-0.3-0" in bare.only("PipeWire").remedy
    assert bare.only("driver").mark == "✗"


def test_a_check_that_breaks_does_not_hide_the_others(machine: Machine) -> None:
    def broken() -> frozenset[str]:
        raise ZeroDivisionError("a bug")

    machine.host = replace(machine.host, installed=broken)
    findings = diagnose(machine.host)
    assert any("could not be checked" in found.what for found in findings)
    assert any(found.check == "driver" for found in findings)


def register(machine: Machine, key: str, name: str = "") -> None:
    """As regsvr32 does for a DirectShow filter."""
    machine.registry[rf"{key}\InprocServer32", ""] = r"C:\filter64.dll"
    machine.registry[key, ""] = name


def test_windows_needs_a_registered_virtual_camera(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    assert machine.only("virtual camera").mark == "✗"
    unity = windows_cameras.UNITY_CAPTURE
    register(machine, unity.format(number=0x10), "Unity Video Capture")
    register(machine, unity.format(number=0x12), "Unity Video Capture #2")
    what = "Unity Video Capture and Unity Video Capture #2 installed"
    assert machine.only("virtual camera").what == what
    register(machine, windows_cameras.OBS)
    first, hint = machine.findings("virtual camera")
    assert first.what.startswith("OBS Virtual Camera and Unity Video Capture and ")
    assert (first.mark, hint.mark) == ("✓", "!")


def test_a_filter_whose_file_was_taken_away_is_not_installed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    machine.registry[windows_cameras.OBS, ""] = "OBS Virtual Camera"
    assert machine.only("virtual camera").mark == "✗"


STORE = r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.2800.0_x64"


def test_the_python_of_the_microsoft_store_is_told(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    assert not machine.findings("Python")
    machine.host = replace(machine.host, base=STORE)
    found = machine.only("Python")
    assert found.mark == "!" and "start at login" in found.what
    assert "python.org" in found.remedy


@pytest.mark.parametrize(
    ("platform", "machine_is", "python_for", "suits"),
    [
        ("win32", "AMD64", "win-amd64", True),
        ("win32", "ARM64", "win-amd64", True),
        ("win32", "ARM64", "win-arm64", False),
        ("win32", "AMD64", "win32", False),
        ("darwin", "arm64", "macosx-11.0-universal2", True),
        ("darwin", "x86_64", "macosx-11.0-universal2", False),
    ],
)
def test_a_python_for_which_there_is_no_engine_is_told_by_the_doctor_and_by_the_build(
    tmp_path: Path, platform: str, machine_is: str, python_for: str, suits: bool
) -> None:
    machine = Machine(tmp_path, platform)
    here = replace(machine.host, machine=machine_is, python_for=python_for)
    machine.host = here
    assert [found.mark for found in machine.findings("processor")] == ["✗"] * (not suits)
    pytest.importorskip("hatchling")
    sys.path.insert(0, str(Path(__file__).parents[2]))
    try:
        import hatch_metadata
    finally:
        sys.path.pop(0)
    said = hatch_metadata.unsuitable(platform, machine_is, python_for)
    assert suits == (said == "")
    assert suits or said.startswith("vcam needs ")


def test_a_fresh_windows_lacks_the_runtime_that_the_engines_need(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    said = "ImportError: DLL load failed while importing _pywrap: The specified module …"
    machine.answers["python"] = Answer(1, f"Traceback\n{said}\n")
    for found in (*machine.findings("engine"), machine.only("OpenCV")):
        assert found.mark == "✗" and "winget install Microsoft.VCRedist" in found.remedy
        assert found.fix is None, "pip would bring the same again"
    machine.answers[program.LITERT.load] = machine.answers["python"]
    machine.answers[program.MEDIAPIPE.load] = Answer(0, "")
    assert [found.mark for found in machine.findings("engine")] == ["✓", "!"]


def test_windows_names_the_camera_and_who_uses_one(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    none = machine.only("camera")
    assert (none.mark, none.what) == ("✗", "No camera found")
    assert "presenter" in none.remedy
    phone = CameraInfo("Iriun Webcam", "1", 1, "directshow:{0}:Iriun Webcam", virtual=True)
    machine.cameras = (phone,)
    assert "Iriun Webcam" in machine.only("camera").remedy
    machine.cameras = (CameraInfo("Webcam", "0", 0, "usb:1:global@2"), phone)
    found = machine.only("camera")
    assert (found.mark, found.what) == ("✓", "Webcam")
    machine.using_cameras = ("Zoom.exe",)
    _, remark = machine.findings("camera")
    assert (remark.mark, remark.what) == ("!", "a camera is in use by Zoom.exe")


def test_windows_that_does_not_list_its_cameras_is_told(tmp_path: Path) -> None:
    def fail() -> tuple[CameraInfo, ...]:
        raise SourceError("Windows does not list its cameras", "Start the computer anew")

    machine = Machine(tmp_path, "win32")
    machine.host = replace(machine.host, cameras=fail)
    assert machine.only("camera").remedy == "Start the computer anew"


def test_windows_may_forbid_the_camera(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "win32")
    assert not machine.findings("camera permission")
    machine.registry[f"HKCU\\{consent.STORE}", "Value"] = "Allow"
    assert machine.only("camera permission").mark == "✓"
    machine.registry[f"HKCU\\{consent.STORE}\\NonPackaged", "Value"] = "Deny"
    assert "Let desktop apps" in machine.only("camera permission").remedy


def obs(machine: Machine, version: str) -> None:
    machine.write(
        "Applications/OBS.app/Contents/Info.plist",
        plistlib.dumps({"CFBundleShortVersionString": version}),
    )


def test_macos_needs_obs_30(tmp_path: Path) -> None:
    machine = Machine(tmp_path, "darwin")
    assert "not in Applications" in machine.only("OBS").what
    obs(machine, "29.1.3")
    assert "too old" in machine.only("OBS").what
    obs(machine, "32.0.1")
    assert machine.only("OBS").mark == "✓"


@pytest.mark.parametrize(
    ("state", "mark"),
    [("[activated enabled]", "✓"), ("[activated waiting for user]", "✗"), ("", "✗")],
)
def test_macos_needs_the_camera_extension_switched_on(
    tmp_path: Path, state: str, mark: str
) -> None:
    machine = Machine(tmp_path, "darwin")
    row = (
        f"*\t*\t2MMRE5MTB8\t{macos.EXTENSION} (1.0/1)\tOBS\t{state}" if state else "0 found"
    )
    machine.answers["systemextensionsctl"] = Answer(0, row)
    assert machine.only("camera extension").mark == mark
    machine.answers["systemextensionsctl"] = None
    assert machine.only("camera extension").mark == "!"


@pytest.mark.parametrize(
    ("status", "mark", "told"),
    [
        (NOT_DETERMINED, "!", "asks once"),
        ("", "!", "asks once"),
        (AUTHORIZED, "✓", "may use the camera"),
        (DENIED, "✗", "Privacy & Security > Camera"),
        (RESTRICTED, "✗", "Screen Time"),
    ],
)
def test_what_was_answered_to_the_question_of_macos_is_told(
    tmp_path: Path, status: str, mark: str, told: str
) -> None:
    machine = Machine(tmp_path, "darwin")
    machine.authorization = status
    found = machine.only("camera permission")
    assert found.mark == mark
    assert told in f"{found.what}. {found.remedy}"


def test_an_unknown_system_is_not_called_healthy(tmp_path: Path) -> None:
    assert not Machine(tmp_path, "haiku").healthy


def test_every_fault_has_a_remedy(bare: Machine) -> None:
    assert all(found.remedy for found in diagnose(bare.host) if found.mark == "✗")


def test_a_command_that_does_not_exist_is_no_disaster() -> None:
    assert run(["vcam-no-such-command"]) is None
    answer = run([sys.executable, "-c", "print('hello'); raise SystemExit(3)"])
    assert answer == Answer(3, "hello\n")


def test_a_command_that_hangs_is_given_up_even_if_what_it_started_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("vcam.system.doctor.host.COMMAND_S", 0.5)
    stop = tmp_path / "stop"
    waits = "import pathlib, sys, time\nwhile not pathlib.Path(sys.argv[1]).exists(): "
    waits += "time.sleep(0.05)"
    starts = (
        "import subprocess, sys; subprocess.call([sys.executable, '-c', *sys.argv[1:]])"
    )
    try:
        assert run([sys.executable, "-c", starts, waits, str(stop)]) is None
    finally:
        stop.touch()


def show(machine: Machine, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("vcam.system.doctor.diagnose", lambda _: diagnose(machine.host))
    parser = argparse.ArgumentParser()
    command.configure(parser)
    return command.run(parser.parse_args(words))


def test_the_command_gives_one_line_each_and_status_0_when_all_is_well(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(machine, monkeypatch) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "✓ engine: LiteRT loads, and MediaPipe, should LiteRT fail" in lines
    assert lines[-1].startswith("vcam can run here")


def test_the_command_gives_the_cure_and_status_1_when_something_stops_it(
    bare: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(bare, monkeypatch) == 1
    said = capsys.readouterr().out
    assert "✗ driver: v4l2loopback is not installed. Run `vcam setup`" in said
    assert "things stop vcam here" in said


def test_the_command_speaks_to_programs(
    bare: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(bare, monkeypatch, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["healthy"] is False
    assert {"check", "ok", "what", "remedy"} <= set(report["findings"][0])
