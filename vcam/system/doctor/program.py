"""What vcam needs on every system: processor, models, engine and packages."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from vcam import installing
from vcam.kernels import OFF, VARIABLE
from vcam.outputs.windows_cameras import NOT_FOUND, VISUAL_CPP
from vcam.system import libraries
from vcam.system.doctor.finding import Asks, Finding, Fix
from vcam.system.doctor.host import Answer, Host
from vcam.translation import tr, tr_list, translatable
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

AGAIN = ("--force-reinstall", "--no-deps")
"""Options of pip and uv that restore missing files."""


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

OPENCVS = {"linux": "opencv-python-headless>=4.10,<6"}
OPENCV_ELSEWHERE = "opencv-python>=4.10,<5"
"""What pip installs; ``pyproject.toml`` has them, too, and a test compares them."""
OPENCV = "import cv2; cv2.resize"
"""Python code that loads OpenCV.  What is left of a removed one may still be imported."""

MEDIA = translatable(
    "on an edition N of Windows, the Media Feature Pack, too (Settings > System > Optional "
    "features)"
)
"""What OpenCV needs there for its cameras."""

COMPILE = {
    "linux": translatable(
        "Run `{command}`, which needs a C compiler (`sudo apt install gcc libc6-dev` on "
        "Debian and Ubuntu)"
    ),
    "darwin": translatable(
        "Run `{command}`, which needs a C compiler (`xcode-select --install`)"
    ),
}
"""How to compile the loops, and how to get a compiler where that is simple."""
COMPILE_ELSEWHERE = translatable("Run `{command}`, which needs a C compiler")

PROCESSOR, ENGINE = translatable("processor"), translatable("engine")
MODEL, MODELS = translatable("model"), translatable("models")
KERNELS, PACKAGES = translatable("kernels"), translatable("packages")


def processor(host: Host) -> Iterator[Finding]:
    """The engines are made for it, and it has AVX: without that they end the program."""
    if unsuitable := _unsuitable(host):
        yield Finding(PROCESSOR, False, *unsuitable)
        return
    if host.platform != "linux" or host.machine not in ("x86_64", "AMD64"):
        return
    flags = re.search(r"^flags\s*:(.*)$", read(host.system.proc / "cpuinfo"), re.MULTILINE)
    if flags is None:
        return
    if "avx" in flags[1].split():
        yield Finding(PROCESSOR, True, tr("has AVX"))
        return
    yield Finding(
        PROCESSOR,
        False,
        tr("has no AVX, without which the segmentation engine does not start"),
        tr(
            "Use a computer from 2012 or later; in a virtual machine, pass the host's "
            "processor through"
        ),
    )


def _unsuitable(host: Host) -> tuple[str, str] | None:
    """What is wrong with what Python is for, and the remedy; ``hatch_metadata.py`` knows
    the same, for whoever installs vcam."""
    if host.platform == "darwin" and host.machine != "arm64":
        return (
            tr("this Python is for Intel, for which the segmentation engine is not made"),
            tr("On a Mac with Apple silicon, use a Python for it; others cannot run vcam"),
        )
    if host.platform == "win32" and host.python_for != "win-amd64":
        return (
            tr(
                "this Python is for {system}, for which the segmentation engine is not "
                "made",
                system=host.python_for,
            ),
            tr('Use the x64 Python ("Windows installer (64-bit)" of python.org)'),
        )
    return None


def models(host: Host) -> Iterator[Finding]:
    """The two selfie models are there and intact."""
    intact = 0
    remedy = _run(installing.typed(_pip(host, *AGAIN, "vcam-background").command))
    for name, expected in SHA256.items():
        try:
            found = hashlib.sha256((host.models / name).read_bytes()).hexdigest()
        except OSError:
            yield Finding(MODEL, False, tr("{name} is missing", name=name), remedy)
            continue
        if found != expected:
            what = tr(
                "{name} is damaged (its SHA-256 is {found}…, not {expected}…)",
                name=name,
                found=found[:12],
                expected=expected[:12],
            )
            yield Finding(MODEL, False, what, remedy)
            continue
        intact += 1
    if intact == len(SHA256):
        yield Finding(MODELS, True, tr("both selfie models are there and intact"))


def opencv(host: Host) -> Iterator[Finding]:
    """OpenCV is there and loads, which may need libraries of the system."""
    answer = host.run([host.python, "-c", OPENCV])
    if answer is None or answer.status == 0:
        return
    if files := libraries.missing(answer.output):
        what = tr("OpenCV does not load: {files} missing", files=tr_list(files))
        remedy = libraries.remedy(files, host.root)
        yield Finding("OpenCV", False, what, remedy, fix=_installing(host, files))
        return
    what = tr("{engine} does not load: {reason}", engine="OpenCV", reason=_said(answer))
    if NOT_FOUND in answer.output:
        yield Finding("OpenCV", False, what, f"{tr(VISUAL_CPP)}; {tr(MEDIA)}")
        return
    if len(_opencvs(host)) > 1:  # the check of the packages says what to do
        yield Finding("OpenCV", False, what)
        return
    fix = _pip(host, *AGAIN, _usual_opencv(host))
    yield Finding("OpenCV", False, what, _run(installing.typed(fix.command)), fix=fix)


def _usual_opencv(host: Host) -> str:
    return OPENCVS.get(host.platform, OPENCV_ELSEWHERE)


def _opencvs(host: Host) -> list[str]:
    return sorted(
        name for name in host.installed() if name.startswith("opencv-") and "python" in name
    )


def _installing(host: Host, files: tuple[str, ...]) -> Fix | None:
    command = libraries.install(files, host.root)
    return Fix(command, as_root=True) if command else None


def _run(command: str) -> str:
    return tr("Run `{command}`", command=command)


def _pip(host: Host, *words: str, verb: str = "install") -> Fix:
    pip = "pip" in host.installed()
    return Fix(installing.command(verb, *words, python=host.python, pip=pip))


def engines(host: Host) -> Iterator[Finding]:
    """One of the engines loads; the other one may take its place.

    They are tried in other processes, which a failure may end.
    """
    wrong = {each: _wrong(host, each) for each in ENGINES}
    loads = [each for each, finding in wrong.items() if finding is None]
    if len(loads) == len(ENGINES):
        what = tr("LiteRT loads, and MediaPipe, should LiteRT fail")
        yield Finding(ENGINE, True, what)
        return
    if loads:
        yield Finding(ENGINE, True, tr("{engine} loads", engine=loads[0].title))
    missed = {
        LITERT: tr("without it the mask takes nearly twice the processor time"),
        MEDIAPIPE: tr("nothing would take the place of LiteRT"),
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
        what = tr(
            "{engine} could not be tried, or takes longer than 20 seconds to load",
            engine=title,
        )
        return Finding(ENGINE, None, what, needed_for_main_job=False)
    if answer.status == 0:
        return None
    if files := libraries.missing(answer.output):
        remedy, fix = libraries.remedy(files, host.root), _installing(host, files)
    elif NOT_FOUND in answer.output:
        remedy, fix = tr(VISUAL_CPP), None
    elif (
        "No module named" in answer.output
        # Of what was removed by hand pip still thinks that it is there.
        and engine.package.partition(">")[0] not in host.installed()
    ):
        fix = _pip(host, engine.package)
        remedy = _run(installing.typed(fix.command))
    else:
        fix = _pip(host, *AGAIN, engine.package)
        remedy = _run(installing.typed(fix.command))
    what = tr("{engine} does not load: {reason}", engine=title, reason=_said(answer))
    return Finding(ENGINE, False, what, remedy, fix=fix)


def _said(answer: Answer) -> str:
    """The last line of what a program said, which is Python's reason for ending it."""
    lines = [line.strip() for line in answer.output.splitlines() if line.strip()]
    return lines[-1] if lines else tr("it ends with status {status}", status=answer.status)


def kernels(host: Host) -> Iterator[Finding]:
    """The compiled loops are used.  vcam runs without them, with more processor time."""
    choice = host.kernels()
    if choice.library is not None:
        what = tr("compiled loops are used: {build}", build=choice.why)
        yield Finding(KERNELS, True, what)
        return
    what = tr(
        "compiled loops are not used, vcam runs with more processor time: {reason}",
        reason=choice.why,
    )
    if host.environ.get(VARIABLE) == OFF:
        remedy, fix = tr("Unset {variable}", variable=VARIABLE), None
    else:
        command = f"{host.python} -P -m vcam.kernels.build"
        remedy = tr(COMPILE.get(host.platform, COMPILE_ELSEWHERE), command=command)
        fix = Fix((host.python, "-P", "-m", "vcam.kernels.build"), Asks.NOBODY)
    yield Finding(KERNELS, None, what, remedy, needed_for_main_job=False, fix=fix)


def packages(host: Host) -> Iterator[Finding]:
    """There is only one OpenCV package, as two overwrite each other's files."""
    found = _opencvs(host)
    if len(found) > 1:
        first = _pip(host, *found, verb="uninstall").command
        second = _pip(host, _usual_opencv(host)).command
        yield Finding(
            PACKAGES,
            None,
            tr(
                "{packages} are installed together; they overwrite each other",
                packages=tr_list(found),
            ),
            tr(
                "Run `{first}`, then `{second}`",
                first=installing.typed(first),
                second=installing.typed(second),
            ),
            needed_for_main_job=False,
            fix=Fix(first, then=second),
        )
    if "pyvirtualcam" not in host.installed():
        fix = _pip(host, "pyvirtualcam")
        remedy = _run(installing.typed(fix.command))
        what = tr("{package} is not installed", package="pyvirtualcam")
        yield Finding(PACKAGES, False, what, remedy, fix=fix)


CHECKS = (processor, models, opencv, engines, kernels, packages)
