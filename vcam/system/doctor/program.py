"""What vcam needs on every system: processor, models, engine and packages."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vcam.kernels import OFF, VARIABLE
from vcam.system import libraries
from vcam.system.doctor.finding import Asks, Finding, Fix
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

REINSTALL = "pip install --force-reinstall --no-deps vcam-background"
"""The command that restores missing files."""


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the models."""

    title: str
    load: str
    """Python code that loads it."""
    package: str
    """What pip installs; ``pyproject.toml`` has it, too, and a test compares them."""
    systems: frozenset[tuple[str, str]]
    """Operating systems and processors that it is made for."""


EVERYWHERE = frozenset({("linux", "x86_64"), ("darwin", "arm64"), ("win32", "AMD64")})
LITERT = Engine(
    "LiteRT",
    "from ai_edge_litert.interpreter import Interpreter",
    "ai-edge-litert>=2.3,<2.4",
    EVERYWHERE | {("linux", "aarch64")},
)
MEDIAPIPE = Engine(
    "MediaPipe",
    "from mediapipe.tasks.python import vision; vision.ImageSegmenter",
    "mediapipe>=0.10.30,<0.10.32",
    EVERYWHERE,
)
ENGINES = (LITERT, MEDIAPIPE)
"""The engines, the one that is tried first."""

OPENCV = "import cv2"
"""Python code that loads OpenCV."""

COMPILER = {
    "linux": "a C compiler (`sudo apt install gcc libc6-dev` on Debian and Ubuntu)",
    "darwin": "a C compiler (`xcode-select --install`)",
}
"""What compiles the loops, and how to get it where that is simple."""


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


def opencv(host: Host) -> Iterator[Finding]:
    """OpenCV loads, which needs libraries of the system."""
    answer = host.run([host.python, "-c", OPENCV])
    if answer is not None and (files := libraries.missing(answer.output)):
        what = f"OpenCV does not load: {' and '.join(files)} missing"
        remedy = libraries.remedy(files, host.root)
        yield Finding("OpenCV", False, what, remedy, fix=_installing(host, files))


def _installing(host: Host, files: tuple[str, ...]) -> Fix | None:
    command = libraries.install(files, host.root)
    return Fix(command, as_root=True) if command else None


def _pip(host: Host, *words: str) -> Fix:
    return Fix((host.python, "-P", "-m", "pip", "install", *words))


def engines(host: Host) -> Iterator[Finding]:
    """One of the engines loads; the other one may take its place.

    They are tried in other processes, which a failure may end.
    """
    wrong = {each: _wrong(host, each) for each in ENGINES}
    loads = [each for each, finding in wrong.items() if finding is None]
    if len(loads) == len(ENGINES):
        yield Finding("engine", True, "LiteRT loads, and MediaPipe, should LiteRT fail")
        return
    if loads:
        yield Finding("engine", True, f"{loads[0].title} loads")
    missed = {
        LITERT: "without it the mask takes nearly twice the processor time",
        MEDIAPIPE: "nothing would take the place of LiteRT",
    }
    here = host.platform, host.machine
    made_for_this = [each for each in wrong if here in each.systems]
    for each, finding in wrong.items():
        if finding is None or each not in (made_for_this or wrong):
            continue
        if loads:
            what = f"{finding.what} ({missed[each]})"
            finding = replace(finding, ok=None, what=what, needed_for_main_job=False)
        yield finding


def _wrong(host: Host, engine: Engine) -> Finding | None:
    """What is wrong with an engine; None if it loads."""
    title = engine.title
    answer = host.run([host.python, "-c", engine.load])
    if answer is None:
        what = f"{title} could not be tried, or takes longer than 20 seconds to load"
        return Finding("engine", None, what, needed_for_main_job=False)
    if answer.status == 0:
        return None
    pip = f"{host.python} -m pip install"
    if files := libraries.missing(answer.output):
        remedy, fix = libraries.remedy(files, host.root), _installing(host, files)
    elif "No module named" in answer.output:
        remedy, fix = f'Run `{pip} "{engine.package}"`', _pip(host, engine.package)
    else:
        remedy = f'Run `{pip} --force-reinstall --no-deps "{engine.package}"`'
        fix = _pip(host, "--force-reinstall", "--no-deps", engine.package)
    lines = [line.strip() for line in answer.output.splitlines() if line.strip()]
    said = lines[-1] if lines else f"it ends with status {answer.status}"
    return Finding("engine", False, f"{title} does not load: {said}", remedy, fix=fix)


def kernels(host: Host) -> Iterator[Finding]:
    """The compiled loops are used.  vcam runs without them, with more processor time."""
    choice = host.kernels()
    if choice.library is not None:
        yield Finding("kernels", True, f"compiled loops are {choice}")
        return
    what = f"compiled loops are not used, vcam runs with more processor time: {choice.why}"
    if host.environ.get(VARIABLE) == OFF:
        remedy, fix = f"Unset {VARIABLE}", None
    else:
        needed = COMPILER.get(host.platform, "a C compiler")
        remedy = f"Run `{host.python} -P -m vcam.kernels.build`, which needs {needed}"
        fix = Fix((host.python, "-P", "-m", "vcam.kernels.build"), Asks.NOBODY)
    yield Finding("kernels", None, what, remedy, needed_for_main_job=False, fix=fix)


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
        what = "pyvirtualcam is not installed"
        yield Finding("packages", False, what, remedy, fix=_pip(host, "pyvirtualcam"))


CHECKS = (processor, models, opencv, engines, kernels, packages)
