"""Lets candidates take turns, and records the time of each turn."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, median

from vcam.measure.speed.candidates import Candidates
from vcam.measure.speed.clip import JpegClip
from vcam.stopwatch import Stopwatch

WARM_UP_TURNS = 5
"""Turns that are not counted."""


@dataclass(frozen=True)
class Spread:
    """Milliseconds over many frames."""

    median_ms: float
    mean_ms: float
    p99_ms: float

    @classmethod
    def of(cls, each_ms: Sequence[float]) -> "Spread":
        """The spread of one or more figures."""
        return cls(median(each_ms), fmean(each_ms), percentile(each_ms, 99))


@dataclass(frozen=True)
class Cost:
    """The time that one candidate takes per frame."""

    name: str
    cpu: Spread
    wall: Spread
    stages: Mapping[str, tuple[Spread, Spread]] = field(default_factory=dict)
    """Processor and wall time by stage, in the order in which they run."""


def measure(
    clip: JpegClip, candidates: Candidates, turns: int
) -> Iterator[int | list[Cost]]:
    """Let all take ``turns`` turns; yields the turns done, finally the costs."""
    totals: dict[str, _Sums] = {name: _Sums() for name in candidates}
    for turn in range(WARM_UP_TURNS + turns):
        jpeg, image = clip.jpegs[turn % len(clip.jpegs)], clip.image(turn)
        for name, candidate in candidates.items():
            candidate.prepare(jpeg, image, turn)
            watch = Stopwatch()
            stages = candidate.run()
            watch.lap("total")
            if turn >= WARM_UP_TURNS:
                totals[name].add(watch, stages)
        yield turn + 1
    yield [sums.cost(name) for name, sums in totals.items()]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` percent of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)]


class _Sums:
    """The sums over all turns of one candidate."""

    def __init__(self) -> None:
        self._cpu_ms: dict[str, list[float]] = {}
        self._wall_ms: dict[str, list[float]] = {}

    def add(self, total: Stopwatch, stages: Stopwatch | None) -> None:
        for watch in (total, stages):
            if watch is None:
                continue
            for stage, cost_ms in watch.costs_ms.items():
                self._cpu_ms.setdefault(stage, []).append(cost_ms)
                self._wall_ms.setdefault(stage, []).append(watch.walls_ms[stage])

    def cost(self, name: str) -> Cost:
        spreads = {
            stage: (Spread.of(each_ms), Spread.of(self._wall_ms[stage]))
            for stage, each_ms in self._cpu_ms.items()
        }
        cpu, wall = spreads.pop("total")
        return Cost(name, cpu, wall, spreads)
