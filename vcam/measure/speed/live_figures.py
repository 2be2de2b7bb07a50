"""The figures of a live run, from the times that were recorded during it."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple, Self


class Sent(NamedTuple):
    """One published picture."""

    captured_s: float
    sent_s: float
    quality: str
    """The governor's level."""

    @property
    def latency_ms(self) -> float:
        """Time from the driver's delivery to publishing."""
        return (self.sent_s - self.captured_s) * 1e3


@dataclass(frozen=True)
class Second:
    """One second of a run."""

    published: int
    """Pictures that were published in it."""
    dropped: int
    """Frames that the camera delivered in it and that were never published."""
    latency_p50_ms: float | None
    """Of the pictures published in it; ``None`` if there was none."""
    latency_worst_ms: float | None
    quality: str
    """The governor's level at its end; empty if nothing was published."""


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
    """Frames that the camera delivered and that were never published."""
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
    load: int
    """Busy loops that ran beside it, all the time that counts."""
    by_second: tuple[Second, ...]
    """Whole seconds only."""

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """From what :func:`dataclasses.asdict` and JSON made of it."""
        by_second = tuple(Second(**each) for each in values.pop("by_second"))
        return cls(**values, by_second=by_second)


class Deliveries:
    """When the camera had a frame, and what became of it."""

    def __init__(
        self, taken_s: Sequence[float], missed_s: Sequence[float], sent: Sequence[Sent]
    ) -> None:
        """``taken_s`` has the times of the frames that the program took, in order, and
        ``missed_s`` of those that it took too late."""
        # A frame's time of capture is just after it was taken.
        published = {bisect_right(taken_s, each.captured_s) - 1 for each in sent}
        late = [each_s for at, each_s in enumerate(taken_s) if at not in published]
        self._dropped_s = sorted([*missed_s, *late])

    def dropped(self, begun_s: float, ended_s: float) -> int:
        """Frames delivered between the two times that were never published."""
        at, until = (bisect_left(self._dropped_s, each_s) for each_s in (begun_s, ended_s))
        return until - at


def by_second(
    deliveries: Deliveries, sent: Sequence[Sent], begun_s: float, ended_s: float
) -> tuple[Second, ...]:
    """What happened in each whole second from ``begun_s`` on."""
    seconds = []
    for index in range(int(ended_s - begun_s)):
        from_s = begun_s + index
        here = [each for each in sent if 0 <= each.sent_s - from_s < 1]
        each_ms = [each.latency_ms for each in here]
        seconds.append(
            Second(
                published=len(here),
                dropped=deliveries.dropped(from_s, from_s + 1),
                latency_p50_ms=median(each_ms) if here else None,
                latency_worst_ms=max(each_ms) if here else None,
                quality=here[-1].quality if here else "",
            )
        )
    return tuple(seconds)
