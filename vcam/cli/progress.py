"""How far a long task is: a bar on the terminal, or lines of JSON for programs."""

import sys
import time
from typing import Self

from vcam.cli.streams import overwrite, tell_json
from vcam.translation import tr


class JsonProgress:
    """Prints ``{"frames": 12, "of": 300, "rate": 30.0, "at": 0.4}`` on standard output.

    ``of`` is 0 where the number is not known; ``rate`` is frames per second of the file,
    and ``at`` how many seconds of it are done.
    """

    EVERY_S = 0.25

    def __init__(self, total: int, rate: float) -> None:
        self._total, self._rate = total, rate
        self._told_s = float("-inf")

    def at(self, count: int, time_s: float) -> None:
        """Say that ``count`` are done, up to ``time_s`` in the file."""
        now_s = time.monotonic()
        if now_s - self._told_s >= self.EVERY_S:
            self._told_s = now_s
            told = {"frames": count, "of": self._total, "rate": self._rate}
            tell_json({**told, "at": round(time_s, 3)})

    def end(self) -> None:
        """Say nothing: what was done is said by the command."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class Progress:
    """Counts to ``total`` (0: unknown) on standard error; quiet when that is piped.

    ``unit`` is what is counted, such as ``MB``; frames need none.
    As a context manager it wipes the bar however the work ends.
    """

    EVERY_S = 0.1
    WIDTH = 32

    def __init__(self, label: str, total: int, unit: str = "") -> None:
        self._label, self._total = label, total
        self._unit = unit and f" {unit}"
        self._shown = sys.stderr.isatty()
        self._begun_s = time.monotonic()
        self._drawn_s = float("-inf")

    def at(self, count: int, time_s: float = 0.0) -> None:
        """Say that ``count`` are done; their time is not shown."""
        now_s = time.monotonic()
        if not self._shown or now_s - self._drawn_s < self.EVERY_S:
            return
        self._drawn_s = now_s
        rate = count / max(now_s - self._begun_s, 1e-6)
        if self._total:
            done = min(1.0, count / self._total)
            bar = ("█" * round(done * self.WIDTH)).ljust(self.WIDTH, "·")
            left_s = (self._total - count) / rate if rate and count < self._total else 0
            left = tr("{seconds} s left", seconds=f"{left_s:.0f}")
            text = f"{bar} {done:4.0%}  {count}/{self._total}{self._unit}  {left}"
        else:
            text = f"{count}{self._unit}  {rate:.0f}/s"
        overwrite(sys.stderr, f"{self._label} {text}")

    def end(self) -> None:
        """Wipe the bar: what was done is said in words."""
        if self._shown:
            overwrite(sys.stderr, "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
