"""The governor: chooses the level of quality that the processor can keep up with.

There are four levels, :data:`LEVELS`: the presets ``best``, ``standard`` and ``light``, and
``light`` at half the frame rate.  The user's choice is the highest level that is ever used.
The level drops by one when the budget was exceeded for a while, and within a second, by as
much as it takes, when frames are missed in great number.  It rises by one when the level
above would have fitted for a good while longer; after every rise that did not last, twice
as long.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Final

from vcam.masking.options import MaskOptions
from vcam.translation import tr


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

    def cost(self, effects: float) -> float:
        """What a second of video costs with ``effects`` that cost so much per picture."""
        return self.weight + effects / self.every

    def __str__(self) -> str:
        if self.every == 1:
            return self.preset
        return tr("{preset}, half the frame rate", preset=self.preset)


LEVELS: Final = (
    QualityLevel("best", 1, 5.5),
    QualityLevel("standard", 1, 3.5),
    QualityLevel("light", 1, 2.4),
    QualityLevel("light", 2, 1.2),
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
STOOD_FRAMES: Final = 3
"""Number of such frames, one after the other, that count as load."""
GROSS: Final = 1.5
"""Frames that come for each one that can be processed, from which misses are gross."""
GROSS_S: Final = 0.8
"""Time over which that is measured."""
GROSS_FRAMES: Final = 4
"""Smallest number of frames that it is measured on."""
HALVES: Final = 2.0
"""Frames that come for each one that can be processed, from which half the frame rate is
better: as many are missed anyway, but then each of the others in its time."""
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


@dataclass(slots=True)
class _Window:
    """What has been measured since ``begun_s``."""

    begun_s: float
    spent_s: float
    """Processor time of the process at that time."""
    busy_s: float = 0.0
    frames: int = 0
    came: float = 0.0
    """Frames that should have been processed."""


class Governor:
    """Chooses the level of quality.  Used by the one thread that processes frames.

    Time in which the producer was busy counts as load, even if other programs had the
    processor, because frames drop all the same; so do frames that came while it was busy.
    Two kinds of time do not count: a camera that paused, and a machine that stood still
    during a frame, because it slept or the process was stopped (the wall clock goes on
    then; on Linux and macOS not while the machine sleeps, but while a virtual machine or a
    debugger stops it).  Such a frame took long, but nearly no processor time of the whole
    process, and the frames around it are as quick as ever.  Where other programs take that
    much, every frame is like that: :data:`STOOD_FRAMES` in a row are load.
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
        self._budget = self._effects = 0.0
        self._saving = False
        self._power_s = float("-inf")
        self._patience_up_s = PATIENCE_UP_S
        self._climbed_s = float("-inf")
        self._stood = 0
        """Frames in a row during which the machine stood still, it seems."""
        self._recent: deque[tuple[float, float]] = deque()
        """When the newest pictures were finished, and how many frames came for each."""
        self._noted_s, self._noted_spent_s = now_s(), spent_s()
        self._begun_s = self._over_s = self._noted_s
        self._free_s = 0.0
        self._window = _Window(self._noted_s, self._noted_spent_s)

    def level(
        self, chosen: MaskOptions, budget: float, effects: float = 0.0
    ) -> QualityLevel:
        """The level to use now, for the user's preset and budget.

        ``effects`` is what effects cost that are on at every level, compared with its
        weight.

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
        if effects != self._effects:
            self._effects = effects
            self._begin(self._now_s())
        self._level = max(self._level, self._ceiling(top))
        return LEVELS[self._level]

    def note(self, busy_s: float, came: int) -> None:
        """One picture took ``busy_s`` seconds of the producer's time, by the wall clock.

        ``came`` frames came since the last one; the others were too many.
        """
        now_s, spent_s = self._now_s(), self._spent_s()
        elapsed_s, self._noted_s = now_s - self._noted_s, now_s
        worked_s, self._noted_spent_s = spent_s - self._noted_spent_s, spent_s
        if busy_s >= STOOD_S and worked_s < busy_s / 2:
            self._stand(busy_s, worked_s, now_s)
            return
        every = LEVELS[self._level].every
        # What a camera sent while the machine stood still is nobody's fault.
        due = came / every if not self._stood else 1.0
        self._stood = 0
        self._window.busy_s += busy_s
        self._window.frames += 1
        self._window.came += due
        self._recent.append((now_s, due * busy_s / max(elapsed_s, busy_s, 1e-6)))
        if self._misses_many(now_s):
            return
        elapsed_s = now_s - self._window.begun_s
        if elapsed_s >= WINDOW_S:
            self._weigh(elapsed_s, now_s, spent_s)

    def _stand(self, busy_s: float, worked_s: float, now_s: float) -> None:
        """The machine stood still, it seems, during this frame."""
        self._stood += 1
        if self._stood == STOOD_FRAMES:
            self._drop(self._level + 1, now_s)
            return
        # The time is left out, and what had been measured before still counts.
        self._window.begun_s += busy_s
        self._window.spent_s += worked_s
        self._over_s += busy_s

    def _misses_many(self, now_s: float) -> bool:
        """Whether so many frames were missed just now that the level has dropped."""
        recent = self._recent
        while len(recent) > GROSS_FRAMES and recent[0][0] < now_s - GROSS_S:
            recent.popleft()
        if len(recent) < GROSS_FRAMES or now_s - self._begun_s < GROSS_S:
            return False
        # The median: a single long frame, and all that were missed during it, are no load.
        need = median_low(need for _, need in recent)
        here = LEVELS[self._level]
        # Half the frames are no help against missing them.
        lower = [each for each in LEVELS[self._level + 1 :] if each.every == here.every]
        if need < GROSS or not lower:
            return False
        fits = (each for each in lower if need * self._ratio(each, here) <= KEEPS_UP)
        self._drop(LEVELS.index(next(fits, lower[-1])), now_s)
        return True

    def _weigh(self, elapsed_s: float, now_s: float, spent_s: float) -> None:
        """Judge the window that ends now."""
        window = self._window
        # The camera paused: this window says nothing about load.
        if elapsed_s - window.busy_s > 2 * WINDOW_S:
            self._begin(now_s)
            return
        use = window.busy_s / elapsed_s * window.came / window.frames / KEEPS_UP
        if self._budget:
            spent = (spent_s - window.spent_s) / elapsed_s
            use = max(use, spent / (self._budget / 100))
        self._window = _Window(now_s, spent_s)
        self._judge(use, now_s, elapsed_s)

    def _judge(self, use: float, now_s: float, elapsed_s: float) -> None:
        """Change the level once ``use``, a share of what is allowed, has lasted for it."""
        here = LEVELS[self._level]
        if use <= self._limit(self._level):
            self._over_s = now_s
        above = self._level - 1
        fits = self._level > self._ceiling(self._top) and (
            use * self._ratio(LEVELS[above], here) <= HEADROOM * self._limit(above)
        )
        # A window without headroom cancels two windows with it.
        self._free_s = max(0.0, self._free_s + (elapsed_s if fits else -2 * elapsed_s))
        if now_s - self._over_s >= PATIENCE_DOWN_S and self._level < len(LEVELS) - 1:
            self._drop(self._level + 1, now_s)
        elif self._free_s >= self._patience_up_s:
            if now_s - self._climbed_s > 2 * SWINGS_S:
                self._patience_up_s = max(self._patience_up_s / 2, PATIENCE_UP_S)
            self._climbed_s = now_s
            self._level -= 1
            self._begin(now_s)

    def _ratio(self, other: QualityLevel, here: QualityLevel) -> float:
        """How much more ``other`` costs."""
        return other.cost(self._effects) / here.cost(self._effects)

    def _limit(self, index: int) -> float:
        """The use from which the level below this one is better."""
        halved = [level.every for level in LEVELS[index : index + 2]] == [1, 2]
        return HALVES / KEEPS_UP if halved and not self._budget else 1.0

    def _drop(self, level: int, now_s: float) -> None:
        if level < len(LEVELS):
            self._level = level
            if now_s - self._climbed_s < SWINGS_S:
                self._patience_up_s = min(2 * self._patience_up_s, PATIENCE_UP_MOST_S)
        self._begin(now_s)

    def _begin(self, now_s: float) -> None:
        """Measure anew: nothing from before says anything about now."""
        self._begun_s = self._over_s = now_s
        self._free_s = 0.0
        self._stood = 0
        self._recent.clear()
        self._window = _Window(now_s, self._spent_s())

    def _ceiling(self, top: int) -> int:
        """The highest level allowed: one less on battery, unless a budget decides."""
        now_s = self._now_s()
        if now_s - self._power_s >= POWER_EVERY_S:
            self._saving, self._power_s = self._on_battery(), now_s
        lighter = min(top + 1, len(LEVELS) - 2)
        return max(top, lighter) if self._saving and not self._budget else top
