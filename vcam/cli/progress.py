"""A progress bar on the terminal; nothing where standard error is no terminal."""

import sys
import time
from typing import Self

from vcam.cli.streams import overwrite


class Progress:
    """Counts to ``total`` (0: unknown) on standard error; quiet when that is piped.

    As a context manager it wipes the bar however the work ends.
    """

    EVERY_S = 0.1
    WIDTH = 32

    def __init__(self, label: str, total: int) -> None:
        self._label, self._total = label, total
        self._shown = sys.stderr.isatty()
        self._begun_s = time.monotonic()
        self._drawn_s = float("-inf")

    def at(self, count: int) -> None:
        """Say that ``count`` are done."""
        now_s = time.monotonic()
        if not self._shown or now_s - self._drawn_s < self.EVERY_S:
            return
        self._drawn_s = now_s
        rate = count / max(now_s - self._begun_s, 1e-6)
        if self._total:
            done = min(1.0, count / self._total)
            bar = ("█" * round(done * self.WIDTH)).ljust(self.WIDTH, "·")
            left_s = (self._total - count) / rate if rate and count < self._total else 0
            text = f"{bar} {done:4.0%}  {count}/{self._total}  {left_s:.0f} s left"
        else:
            text = f"{count}  {rate:.0f}/s"
        overwrite(sys.stderr, f"{self._label} {text}")

    def end(self) -> None:
        """Wipe the bar: what was done is said in words."""
        if self._shown:
            overwrite(sys.stderr, "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
