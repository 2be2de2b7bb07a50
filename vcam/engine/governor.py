"""The governor: chooses the level of quality that the processor can keep up with.

There are four levels, :data:`LEVELS`: the presets ``best``, ``standard`` and ``light``, and
``light`` at half the frame rate.  The user's choice is the highest level that is ever used.
The level drops by one when the budget was exceeded for a while.  It rises by one when the
level above would have fitted for a good while longer; after every rise that did not last,
twice as long.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from vcam.masking.options import MaskOptions


@dataclass(frozen=True, slots=True)
class QualityLevel:
    """One level of quality."""

    preset: str
    every: int
    """Every frame is processed (1), or every second one (2)."""
    weight: float
    """What a second of video costs, compared with the other levels."""

    def applied(self, chosen: MaskOptions) -> MaskOptions:
        """The user's mask options, with the preset of this level."""
        return replace(chosen, preset=self.preset)

    def __str__(self) -> str:
        return self.preset if self.every == 1 else f"{self.preset}, half the frame rate"


LEVELS: Final = (
    QualityLevel("best", 1, 6.0),
    QualityLevel("standard", 1, 3.5),
    QualityLevel("light", 1, 2.1),
    QualityLevel("light", 2, 1.1),
)
"""The levels of quality, from the finest to the cheapest; ``vcam bench`` measured the
weights."""

WINDOW_S: Final = 2.0
"""Time over which the share of the processor is measured."""
PATIENCE_DOWN_S: Final = 4.0
"""Time over budget after which the level drops."""
PATIENCE_UP_S: Final = 15.0
"""Time for which the level above must have fitted before the level rises, at the start;
never less."""
PATIENCE_UP_MOST_S: Final = 300.0
"""Longest such time, after rises that did not last."""
SWINGS_S: Final = 120.0
"""Time within which a drop after a rise doubles the wait for the next rise.  After twice
this time without a drop the wait is halved."""
STOOD_S: Final = 1.0
"""Time from which on a frame that used little processor time is taken for a machine that
stood still."""
STOOD_AGAIN_S: Final = 30.0
"""Time within which a second such frame counts as load."""
KEEPS_UP: Final = 0.85
"""Share of the time that the producer may be busy, without a budget, before frames drop."""
HEADROOM: Final = 0.85
"""Share of the budget that a higher level may be expected to need, to be chosen."""
POWER_EVERY_S: Final = 10.0
"""Interval at which the battery is checked."""


def on_battery() -> bool:
    """Whether the machine runs on its battery now; no, where that cannot be known."""
    import psutil

    try:
        battery = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError, ValueError):  # some machines' sensors
        return False
    return battery is not None and battery.power_plugged is False


class Governor:
    """Chooses the level of quality.  Used by the one thread that processes frames.

    Time in which the producer was busy counts as load, even if other programs had the
    processor, because frames drop all the same.  Two kinds of time do not count: a camera
    that paused, and a machine that stood still during a frame, because it slept or the
    process was stopped (the wall clock goes on then; on Linux and macOS not while the
    machine sleeps, but while a virtual machine or a debugger stops it).  Such a frame took
    long, but nearly no processor time of the whole process.  On a machine that is busy
    with other programs many frames are like that, so only one is ignored, and another one
    not before :data:`STOOD_AGAIN_S`.
    """

    def __init__(
        self,
        on_battery: Callable[[], bool] = on_battery,
        now_s: Callable[[], float] = time.monotonic,
        spent_s: Callable[[], float] = time.process_time,
    ) -> None:
        """``now_s`` is the wall clock, ``spent_s`` the processor time of the process."""
        self._on_battery, self._now_s, self._spent_s = on_battery, now_s, spent_s
        self._top = 0
        self._level = 0
        self._budget = 0.0
        self._saving = False
        self._power_s = float("-inf")
        self._patience_up_s = PATIENCE_UP_S
        self._climbed_s = float("-inf")
        self._window_s = self._over_s = now_s()
        self._free_s = 0.0
        self._window_spent_s = spent_s()
        self._busy_s = 0.0
        self._noted_spent_s = self._window_spent_s
        self._stood_s = float("-inf")

    def level(self, chosen: MaskOptions, budget: float) -> QualityLevel:
        """The level to use now, for the user's preset and budget.

        ``budget`` is in percent of one core, of the whole process; 0 stands for automatic:
        as much as it takes while the pipeline keeps up with the camera, one level less on
        battery.
        """
        top = next(i for i, level in enumerate(LEVELS) if level.preset == chosen.preset)
        if (top, budget) != (self._top, self._budget):
            self._top, self._budget = top, budget
            self._level = self._ceiling(top)
            self._patience_up_s = PATIENCE_UP_S
            self._begin(self._now_s())
        self._level = max(self._level, self._ceiling(top))
        return LEVELS[self._level]

    def note(self, busy_s: float) -> None:
        """One frame took ``busy_s`` seconds of the producer's time, by the wall clock."""
        now_s, spent_s = self._now_s(), self._spent_s()
        worked_s, self._noted_spent_s = spent_s - self._noted_spent_s, spent_s
        if busy_s >= STOOD_S and worked_s < busy_s / 2:
            again = now_s - busy_s - self._stood_s < STOOD_AGAIN_S
            self._stood_s = now_s
            # With a budget, processor time counts, and such a window would seem idle.
            if self._budget or not again:
                self._begin(now_s)
                return
        self._busy_s += busy_s
        elapsed_s = now_s - self._window_s
        if elapsed_s < WINDOW_S:
            return
        # The camera paused: this window says nothing about load.
        if elapsed_s - self._busy_s > 2 * WINDOW_S:
            self._begin(now_s)
            return
        if self._budget:
            use = (spent_s - self._window_spent_s) / elapsed_s / (self._budget / 100)
        else:
            use = self._busy_s / elapsed_s / KEEPS_UP
        self._window_s, self._window_spent_s, self._busy_s = now_s, spent_s, 0.0
        self._judge(use, now_s, elapsed_s)

    def _judge(self, use: float, now_s: float, elapsed_s: float) -> None:
        """Change the level once ``use``, a share of what is allowed, has lasted for it."""
        here = LEVELS[self._level]
        if use <= 1:
            self._over_s = now_s
        above = LEVELS[self._level - 1] if self._level > self._ceiling(self._top) else None
        fits = above is not None and use * above.weight / here.weight <= HEADROOM
        # A window without headroom cancels two windows with it.
        self._free_s = max(0.0, self._free_s + (elapsed_s if fits else -2 * elapsed_s))
        if now_s - self._over_s >= PATIENCE_DOWN_S and self._level < len(LEVELS) - 1:
            if now_s - self._climbed_s < SWINGS_S:
                self._patience_up_s = min(2 * self._patience_up_s, PATIENCE_UP_MOST_S)
            self._step(1, now_s)
        elif self._free_s >= self._patience_up_s:
            if now_s - self._climbed_s > 2 * SWINGS_S:
                self._patience_up_s = max(self._patience_up_s / 2, PATIENCE_UP_S)
            self._climbed_s = now_s
            self._step(-1, now_s)

    def _step(self, down: int, now_s: float) -> None:
        self._level += down
        self._begin(now_s)

    def _begin(self, now_s: float) -> None:
        self._window_s = self._over_s = now_s
        self._free_s = 0.0
        self._window_spent_s, self._busy_s = self._spent_s(), 0.0

    def _ceiling(self, top: int) -> int:
        """The highest level allowed: one less on battery, unless a budget decides."""
        now_s = self._now_s()
        if now_s - self._power_s >= POWER_EVERY_S:
            self._saving, self._power_s = self._on_battery(), now_s
        lighter = min(top + 1, len(LEVELS) - 2)
        return max(top, lighter) if self._saving and not self._budget else top
