"""A live run of vcam with a paced camera, in a process of its own, sent to no device.

The camera thread is vcam's own.  A stand-in for the driver delivers the clip's frames at
a fixed rate and decodes them, as OpenCV does with a webcam's motion JPEG.  The process is
a fresh one (``python -m vcam.measure.speed.live FOLDER``), so that its memory,
its threads and its start are those of a run and not of the benchmark.
"""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
from vcam.measure.speed.live_figures import Deliveries, Live, Sent, by_second
from vcam.measure.speed.load import busy_loops
from vcam.measure.speed.measuring import percentile
from vcam.memory import keep_few_pools
from vcam.outputs.nothing import Nothing
from vcam.settings import Settings, load, to_toml
from vcam.sources.camera import Camera
from vcam.sources.camera_info import CameraInfo
from vcam.translation import tr

SETTLE_S = 1.0
"""Seconds from the first picture until counting begins."""
START_S = 60.0
"""Seconds that the first picture may take."""
LAST_S = 0.5
"""Seconds that the last frames get to be published, after the counting."""
STARTS = 5
"""Times that a command is started."""
COMMANDS = ("--help", "status")
"""Commands that should answer at once."""
CAMERA = CameraInfo("the benchmark's", "benchmark", 0, "benchmark")
"""The camera of the run."""


def run_live(clip: JpegClip, settings: Settings, seconds: float, load: int = 0) -> Live:
    """Run vcam with ``settings`` for ``seconds``; the clip must have the output's size.

    ``load`` busy loops run beside it, from when counting begins.
    Raises :class:`~vcam.errors.VcamError` when nothing was published.
    """
    with TemporaryDirectory(prefix="vcam-bench-") as name:
        folder = Path(name)
        for index, jpeg in enumerate(clip.jpegs):
            (folder / f"{index:04}.jpg").write_bytes(jpeg)
        (folder / "settings.toml").write_text(to_toml(settings), "utf-8")
        plan = {"seconds": seconds, "load": load, "begun_s": time.monotonic()}
        (folder / "plan.json").write_text(json.dumps(plan), "utf-8")
        try:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "vcam.measure.speed.live", name],
                capture_output=True,
                timeout=START_S + SETTLE_S + seconds + 30,
            )
        except subprocess.TimeoutExpired as error:
            raise VcamError(tr("The live run did not end")) from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise VcamError(tr("The live run failed: {why}", why=" ".join(said)))
        return Live.from_json(json.loads((folder / "live.json").read_text("utf-8")))


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
        self.missed_s: list[float] = []

    def read(self) -> tuple[bool, Any]:
        """Wait for the next frame and decode it."""
        now = (time.monotonic() - self._begun_s) * self._fps
        while self._next < int(now):
            self.missed_s.append(self._begun_s + self._next / self._fps)
            self._next += 1
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
        self.sent: list[Sent] = []

    def live(
        self,
        camera: str,
        quality: str,
        captured_s: float,
        sent_s: float,
        costs_ms: Mapping[str, float],
        loading: str = "",
        mask_engine: str = "",
        overlay_trouble: str = "",
    ) -> None:
        """See :class:`~vcam.engine.status_reporter.StatusReporter`."""
        super().live(
            *(camera, quality, captured_s, sent_s, costs_ms),
            *(loading, mask_engine, overlay_trouble),
        )
        self.sent.append(Sent(captured_s, sent_s, quality))


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
        while not log.sent:
            if time.monotonic() > deadline_s:
                raise VcamError(log.status.message or tr("Nothing was published"))
            time.sleep(0.005)
        time.sleep(SETTLE_S)
        seconds: float = plan["seconds"]
        with busy_loops(plan["load"], seconds + 10 * LAST_S):
            begun_s, cpu_s = time.monotonic(), time.process_time()
            time.sleep(seconds)
            cpu_s, ended_s = time.process_time() - cpu_s, time.monotonic()
            threads = _threads()
            time.sleep(LAST_S)
    finally:
        publisher.stop()
    sent = [each for each in log.sent if begun_s <= each.sent_s < ended_s]
    if len(sent) < 2:
        raise VcamError(tr("Nothing was published"))
    latency_ms = [each.latency_ms for each in sent]
    deliveries = Deliveries(webcam.taken_s, webcam.missed_s, log.sent)
    live = Live(
        seconds=ended_s - begun_s,
        fps=(len(sent) - 1) / (sent[-1].sent_s - sent[0].sent_s),
        latency_p50_ms=percentile(latency_ms, 50),
        latency_p95_ms=percentile(latency_ms, 95),
        latency_p99_ms=percentile(latency_ms, 99),
        published=len(sent),
        dropped=deliveries.dropped(begun_s, ended_s),
        cpu_percent=100 * cpu_s / (ended_s - begun_s),
        peak_memory_mb=_peak_memory_mb(),
        threads=threads,
        first_frame_s=log.sent[0].sent_s - plan["begun_s"],
        quality=sent[-1].quality,
        load=plan["load"],
        by_second=by_second(deliveries, sent, begun_s, ended_s),
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
    import psutil

    return int(psutil.Process().num_threads())


def _peak_memory_mb() -> float | None:
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 2**20
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
