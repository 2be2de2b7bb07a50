"""What each stage of a frame's way costs, and time in which nothing could be done."""

import sys
import time
from typing import Final

from vcam.translation import translatable

STAGES: Final = (
    *(translatable("frame"), translatable("fit"), translatable("smooth")),
    *(translatable("segment"), translatable("credibility"), translatable("refine")),
    *(translatable("foreground"), translatable("paint"), translatable("look")),
    translatable("composite"),
    *(translatable("examine"), translatable("overlay"), translatable("publish")),
)
"""The stages of a frame's way: names for programs, for people they are translated."""
processor_s = time.perf_counter if sys.platform == "win32" else time.process_time
"""The processor time of this process, all threads, in seconds.

Windows counts it in steps of 15.6 ms (Microsoft's documentation of ``GetProcessTimes`` and
of the system's timer), longer than most frames take.  There it is the time that passes.
"""
STOOD_S: Final = 1.0
"""A busy machine wakes a thread late, but not by so much."""


def stood_still(waited_s: float, asked_s: float) -> bool:
    """Whether a wait of ``asked_s`` took so long that this process did not run meanwhile.

    It was stopped, or the machine slept.  Who was silent in that time is not to blame.
    """
    return waited_s > asked_s + STOOD_S


class Stopwatch:
    """Runs from the moment it is made; each lap is a stage's, in milliseconds."""

    def __init__(self) -> None:
        self.costs_ms: dict[str, float] = {}
        """Processor time by stage, as :data:`processor_s` counts it."""
        self.walls_ms: dict[str, float] = {}
        """Time that passed, by stage."""
        self._cpu_s, self._wall_s = processor_s(), time.perf_counter()

    def lap(self, stage: str) -> None:
        """Put what passed since the last lap down to ``stage``."""
        cpu_s, wall_s = processor_s(), time.perf_counter()
        for spent_ms, begun_s, now_s in (
            (self.costs_ms, self._cpu_s, cpu_s),
            (self.walls_ms, self._wall_s, wall_s),
        ):
            spent_ms[stage] = spent_ms.get(stage, 0.0) + (now_s - begun_s) * 1e3
        self._cpu_s, self._wall_s = cpu_s, wall_s
