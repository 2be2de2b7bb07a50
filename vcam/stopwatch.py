"""What each stage of a frame's way costs, and time in which nothing could be done."""

import sys
import time
from collections.abc import Callable
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
STOOD_S: Final = 1.0
"""A busy machine wakes a thread late, but not by so much."""


def stood_still(waited_s: float, asked_s: float) -> bool:
    """Whether a wait of ``asked_s`` took so long that this process did not run meanwhile.

    It was stopped, or the machine slept.  Who was silent in that time is not to blame.
    """
    return waited_s > asked_s + STOOD_S


class CycleClock:
    """Processor time of this process in seconds, where the system tells it in ticks.

    Windows tells it in steps of 15.6 ms, which is more than most stages take, but counts
    the processor's cycles exactly.  How long one takes is known once the process has run
    for :data:`SURE_S`; until then the time goes in steps.
    """

    SURE_S: Final = 2.0
    """Processor time in seconds of which one step is less than a hundredth."""

    def __init__(self, cycles: Callable[[], int], told_s: Callable[[], float]) -> None:
        """``cycles`` are those since the process began; 0 if they are not counted."""
        self._cycles, self._told_s = cycles, told_s
        self._s_per_cycle = 0.0

    def __call__(self) -> float:
        """The time since the process began."""
        cycles = self._cycles()
        if not self._s_per_cycle:
            told_s = self._told_s()
            if told_s < self.SURE_S or not cycles:
                return told_s
            self._s_per_cycle = told_s / cycles
        return cycles * self._s_per_cycle


def _clock() -> Callable[[], float]:
    if sys.platform == "win32":
        return CycleClock(_cycles_on_windows(), time.process_time)
    return time.process_time


def _cycles_on_windows() -> Callable[[], int]:
    """Microsoft's documentation of ``QueryProcessCycleTime``: those of all threads.

    Wine counts none.
    """
    if sys.platform != "win32":
        raise NotImplementedError(sys.platform)
    import ctypes

    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    query = kernel.QueryProcessCycleTime
    query.argtypes = ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint64)
    this, counted = kernel.GetCurrentProcess(), ctypes.c_uint64

    def cycles() -> int:
        now = counted()
        return now.value if query(this, ctypes.byref(now)) else 0

    return cycles


processor_s = _clock()
"""Processor time of the whole process in seconds: the finest clock that there is."""


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
