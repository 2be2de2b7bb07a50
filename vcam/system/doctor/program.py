"""What vcam needs on every system: processor, models, engine and packages."""

import hashlib
import re
from collections.abc import Iterator

from vcam.kernels import OFF, VARIABLE
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.v4l2.system import read

SHA256 = {
    "selfie_segmentation.tflite": (
        "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
    ),
    "selfie_segmentation_landscape.tflite": (
        "a77d03f4659b9f6b6c1f5106947bf40e99d7655094b6527f214ea7d451106edd"
    ),
}
"""Checksums of the models.  ``hatch_build.py``, which is not installed, has them, too; a
test compares them."""

REINSTALL = "pip install --force-reinstall --no-deps vcam"
"""The command that restores missing files."""

LOAD_ENGINE = "from mediapipe.tasks.python import vision; vision.ImageSegmenter"
"""Python code that loads the engine."""

LIBRARIES = {"libEGL.so.1": "libegl1", "libGLESv2.so.2": "libgles2", "libGL.so.1": "libgl1"}
"""Libraries that a minimal system lacks, and their packages in Debian and Ubuntu."""

INSTALL_COMPILER = {
    "linux": "a C compiler (`sudo apt install gcc libc6-dev` on Debian and Ubuntu)",
    "darwin": "a C compiler (`xcode-select --install`)",
}
"""How to get a C compiler, where that is simple."""


def processor(host: Host) -> Iterator[Finding]:
    """The processor has AVX, without which the engine ends the whole program."""
    if host.platform != "linux" or host.machine not in ("x86_64", "AMD64"):
        return
    flags = re.search(r"^flags\s*:(.*)$", read(host.system.proc / "cpuinfo"), re.MULTILINE)
    if flags is None:
        return
    if "avx" in flags[1].split():
        yield Finding("processor", True, "has AVX")
        return
    yield Finding(
        "processor",
        False,
        "has no AVX, without which the segmentation engine does not start",
        "Use a computer from 2012 or later; in a virtual machine, pass the host's "
        "processor through",
    )


def models(host: Host) -> Iterator[Finding]:
    """The two selfie models are there and intact."""
    intact = 0
    for name, expected in SHA256.items():
        try:
            found = hashlib.sha256((host.models / name).read_bytes()).hexdigest()
        except OSError:
            yield Finding("model", False, f"{name} is missing", f"Run `{REINSTALL}`")
            continue
        if found != expected:
            what = f"{name} is damaged (its SHA-256 is {found[:12]}…, not {expected[:12]}…)"
            yield Finding("model", False, what, f"Run `{REINSTALL}`")
            continue
        intact += 1
    if intact == len(SHA256):
        yield Finding("models", True, "both selfie models are there and intact")


def engine(host: Host) -> Iterator[Finding]:
    """MediaPipe loads.  It is tried in another process, which a failure may end."""
    answer = host.run([host.python, "-c", LOAD_ENGINE])
    if answer is None:
        what = "MediaPipe could not be tried, or takes longer than 20 seconds to load"
        yield Finding("engine", None, what, needed_for_main_job=False)
        return
    if answer.status == 0:
        yield Finding("engine", True, "MediaPipe loads")
        return
    missing = [package for file, package in LIBRARIES.items() if file in answer.output]
    if missing:
        remedy = f"Run `sudo apt install {' '.join(missing)}` (Debian, Ubuntu)"
    elif "No module named" in answer.output:
        remedy = f'Run `{host.python} -m pip install "mediapipe>=0.10.30,<0.10.32"`'
    else:
        remedy = f"Run `{host.python} -m pip install --force-reinstall mediapipe==0.10.31`"
    lines = [line.strip() for line in answer.output.splitlines() if line.strip()]
    said = lines[-1] if lines else f"it ends with status {answer.status}"
    yield Finding("engine", False, f"MediaPipe does not load: {said}", remedy)


def kernels(host: Host) -> Iterator[Finding]:
    """The compiled loops are used.  vcam runs without them, with more processor time."""
    choice = host.kernels()
    if choice.library is not None:
        yield Finding("kernels", True, f"compiled loops are used: {choice.why}")
        return
    what = f"compiled loops are not used, vcam runs with more processor time: {choice.why}"
    if host.environ.get(VARIABLE) == OFF:
        remedy = f"Unset {VARIABLE}"
    else:
        install = INSTALL_COMPILER.get(host.platform, "a C compiler")
        remedy = f"Install {install}, then run `{host.python} -P -m vcam.kernels.build`"
    yield Finding("kernels", None, what, remedy, needed_for_main_job=False)


def packages(host: Host) -> Iterator[Finding]:
    """There is only one OpenCV package, as two overwrite each other's files."""
    rivals = sorted(
        name
        for name in host.installed()
        if name.startswith("opencv-") and "python" in name and name != "opencv-python"
    )
    if rivals and "opencv-python" in host.installed():
        every = " ".join(["opencv-python", *rivals])
        yield Finding(
            "packages",
            None,
            f"opencv-python is installed together with {' and '.join(rivals)}; they "
            "overwrite each other",
            f"Run `pip uninstall -y {every}`, then `pip install opencv-python`",
            needed_for_main_job=False,
        )
    if "pyvirtualcam" not in host.installed():
        remedy = f"Run `{host.python} -m pip install pyvirtualcam`"
        yield Finding("packages", False, "pyvirtualcam is not installed", remedy)


CHECKS = (processor, models, engine, kernels, packages)
