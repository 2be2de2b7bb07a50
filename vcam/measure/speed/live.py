"""A live run of vcam with a paced camera, in a process of its own, sent to no device.

The camera thread is vcam's own.  A stand-in for the driver delivers the clip's frames at
a fixed rate and decodes them, as OpenCV does with a webcam's motion JPEG.  The process is
a fresh one (``python -m vcam.measure.speed.live FOLDER``), so that its memory,
its threads and its start are those of a run and not of the benchmark.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.factories import Factories, Timeouts
from vcam.engine.live_settings import LiveSettings
from vcam.engine.publisher import Publisher
from vcam.engine.status_reporter import StatusReporter
from vcam.errors import VcamError
from vcam.measure.speed.clip import JpegClip, decoded
from vcam.measure.speed.measuring import percentile
from vcam.memory import keep_few_pools
from vcam.outputs.nothing import Nothing
from vcam.settings import Settings, load, to_toml
from vcam.sources.camera import Camera
from vcam.sources.camera_info import CameraInfo

SETTLE_S = 1.0
"""Seconds from the first picture until counting begins."""
START_S = 60.0
"""Seconds that the first picture may take."""
STARTS = 5
"""Times that a command is started."""
COMMANDS = ("--help", "status")
"""Commands that should answer at once."""
CAMERA = CameraInfo("the benchmark's", "benchmark", 0, "benchmark")
"""The camera of the run."""


@dataclass(frozen=True)
class Live:
    """The figures of a run, after it has settled."""

    seconds: float
    fps: float
    """Pictures published per second."""
    latency_p50_ms: float
    """Time from the driver's delivery to publishing; so are the next two."""
    latency_p95_ms: float
    latency_p99_ms: float
    published: int
    dropped: int
    """Frames that the camera took and that were never published."""
    cpu_percent: float
    """Processor time of the whole process, of one core.  Decoding is included, a virtual
    camera's driver is not."""
    peak_memory_mb: float | None
    """Peak resident memory; ``None`` if the system does not report it."""
    threads: int
    """Threads of the process on Linux; elsewhere only Python's."""
    first_frame_s: float
    """Time from the start of the process to its first published picture."""
    quality: str
    """The governor's level at the end."""


def run_live(clip: JpegClip, settings: Settings, seconds: float) -> Live:
    """Run vcam with ``settings`` for ``seconds``; the clip must have the output's size.

    Raises :class:`~vcam.errors.VcamError` when nothing was published.
    """
    with TemporaryDirectory(prefix="vcam-bench-") as name:
        folder = Path(name)
        for index, jpeg in enumerate(clip.jpegs):
            (folder / f"{index:04}.jpg").write_bytes(jpeg)
        (folder / "settings.toml").write_text(to_toml(settings), "utf-8")
        plan = {"seconds": seconds, "begun_s": time.monotonic()}
        (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "vcam.measure.speed.live", name],
                capture_output=True,
                timeout=START_S + SETTLE_S + seconds + 30,
            )
        except subprocess.TimeoutExpired as error:
            raise VcamError("The live run did not end") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise VcamError(f"The live run failed: {' '.join(said)}")
        return Live(**json.loads((folder / "live.json").read_text("utf-8")))


def command_s(word: str) -> float:
    """Seconds that ``vcam WORD`` takes, the median of :data:`STARTS` runs."""
    taken_s = []
    for _ in range(STARTS):
        begun_s = time.perf_counter()
        subprocess.run(
            [sys.executable, "-P", "-m", "vcam", word], capture_output=True, timeout=60
        )
        taken_s.append(time.perf_counter() - begun_s)
    return median(taken_s)


# What follows runs in the process of its own.


class Webcam:
    """A driver with a fixed frame rate; see :class:`~vcam.sources.capture.Capture`.

    A frame that is not taken in time is lost.  Files are read when they are needed, because
    a webcam's frames do not occupy the program's memory either.
    """

    def __init__(self, jpegs: Sequence[Path], fps: float) -> None:
        self._jpegs, self._fps = jpegs, fps
        self._begun_s, self._next = time.monotonic(), 0
        self.taken_s: list[float] = []

    def read(self) -> tuple[bool, Any]:
        """Wait for the next frame and decode it."""
        now = (time.monotonic() - self._begun_s) * self._fps
        self._next = max(self._next, int(now))
        time.sleep(max(0.0, (self._next - now) / self._fps))
        image = decoded(self._jpegs[self._next % len(self._jpegs)].read_bytes())
        self._next += 1
        self.taken_s.append(time.monotonic())
        return True, image

    def negotiated(self) -> tuple[str, float]:
        """The values that a webcam would report."""
        return "MJPG", self._fps

    def release(self) -> None:
        """Nothing to release."""


class Log(StatusReporter):
    """Records when every picture was captured and published."""

    def __init__(self) -> None:
        super().__init__()
        self.times_s: list[tuple[float, float]] = []

    def live(
        self,
        camera: str,
        quality: str,
        captured_s: float,
        sent_s: float,
        costs_ms: Mapping[str, float],
        loading: str = "",
        mask_engine: str = "",
    ) -> None:
        """See :class:`~vcam.engine.status_reporter.StatusReporter`."""
        super().live(camera, quality, captured_s, sent_s, costs_ms, loading, mask_engine)
        self.times_s.append((captured_s, sent_s))


def _main(folder: Path) -> None:
    import cv2

    cv2.setNumThreads(1)  # like `vcam run`
    keep_few_pools()
    settings = load(folder / "settings.toml")
    plan = json.loads((folder / "plan.json").read_text("utf-8"))
    webcam = Webcam(sorted(folder.glob("*.jpg")), settings.output.fps)
    log = Log()
    publisher = Publisher(
        LiveSettings(settings), _factories(webcam), Timeouts(), BackgroundLoader(), log
    )
    publisher.start()
    try:
        deadline_s = time.monotonic() + START_S
        while not log.times_s:
            if time.monotonic() > deadline_s:
                raise VcamError(log.status.message or "Nothing was published")
            time.sleep(0.005)
        time.sleep(SETTLE_S)
        seen, begun_s, cpu_s = len(log.times_s), time.monotonic(), time.process_time()
        time.sleep(plan["seconds"])
        cpu_s, took_s = time.process_time() - cpu_s, time.monotonic() - begun_s
        times_s, threads = log.times_s[seen:], _threads()
        quality = log.status.quality
    finally:
        publisher.stop()
    if len(times_s) < 2:
        raise VcamError("Nothing was published")
    captured_s = [captured for captured, _ in times_s]
    # A frame's time of capture is just after it was taken.
    taken = sum(captured_s[0] < each_s <= captured_s[-1] for each_s in webcam.taken_s)
    latency_ms = [(sent - captured) * 1e3 for captured, sent in times_s]
    live = Live(
        seconds=took_s,
        fps=(len(times_s) - 1) / (times_s[-1][1] - times_s[0][1]),
        latency_p50_ms=percentile(latency_ms, 50),
        latency_p95_ms=percentile(latency_ms, 95),
        latency_p99_ms=percentile(latency_ms, 99),
        published=len(times_s),
        dropped=max(0, taken - (len(times_s) - 1)),
        cpu_percent=100 * cpu_s / took_s,
        peak_memory_mb=_peak_memory_mb(),
        threads=threads,
        first_frame_s=log.times_s[0][1] - plan["begun_s"],
        quality=quality,
    )
    (folder / "live.json").write_text(json.dumps(asdict(live)), "utf-8")


def _factories(webcam: Webcam) -> Factories:
    return Factories(
        open_source=lambda camera, size, fps: Camera(
            list_cameras=lambda: (CAMERA,),
            open_capture=lambda info, request: webcam,
            is_present=lambda info: True,
            users=lambda info: "",
        ),
        open_output=lambda options: Nothing(options.size),
    )


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - a list of names will do
    except OSError:
        return threading.active_count()


def _peak_memory_mb() -> float | None:
    try:
        # getrusage's figure survives exec, so it would be the parent's.
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
