"""One table of tones for light and colour of the person, which changes slowly.

*Match* takes the person from the light of the room toward the light of what is behind: a
gain for each channel in linear light (von Kries), and the black point.  Strong colours of
the light are matched by a part only, and nobody is made dim.  *Light* lifts shadows and mid
tones of somebody in a dark room; white stays white.  How far is limited by the noise, which
is lifted with them.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vcam.appearance.measuring import Person, Scenery, Values, is_somebody, person, scenery
from vcam.appearance.options import AppearanceOptions
from vcam.appearance.toning import MOST_TONED, UNCHANGED
from vcam.frames import Alpha, Image

LOOK_S: Final = 0.12
"""Seconds between two looks at the pictures."""
GLIDE_S: Final = 1.5
"""Time constant with which the curve follows what it should be."""
STILL: Final = 0.04
"""Stops by which that may be off before the curve follows; a quarter is near enough."""
SENSITIVE: Final = np.array((1.0, 1.0, 1.0, 0.04, 1.0))
"""What counts as a stop: a grey level of black is seen far less."""
STEP: Final = 1
"""Grey levels by which an entry of the table changes from frame to frame at most."""
GAP_S: Final = 1.0
"""Most seconds between two frames that count."""

MOST_COLOUR: Final = 0.28
"""Stops of blue and red against green."""
MOST_UP, MOST_DOWN = 0.50, 0.16
"""Stops of brightness."""
MOST_BLACK: Final = 5.0
"""Grey levels of the black point."""
COLOUR, BRIGHTNESS, BLACK = 0.65, 0.42, 0.30
"""Share of each difference that is made up for by a full match."""
LUMA: Final = np.array((0.07, 0.72, 0.21))
"""What blue, green and red count for brightness, in linear light."""

GOOD: Final = 0.36
"""Linear brightness that skin should have, before a scenery that is not dark."""
MOST_LIFT: Final = 1.9
"""Stops."""
NOISE: Final = 4.5
"""Grey levels of noise that may be seen after a lift."""
USUAL_NOISE: Final = 2.0
"""Grey levels, as long as it is not known."""
NOISE_PER_STOP: Final = 1.6
"""Stops of lift that double the noise."""

_TONES: Final = (np.arange(256) / 255.0)[:, np.newaxis]


class ToneCurve:
    """The table for one video.  Used by one thread."""

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._options: AppearanceOptions | None = None
        self._scenery: tuple[bytes, Scenery] | None = None
        self.reset()

    def reset(self) -> None:
        """Forget what was shown: the next table is what it should be at once."""
        self._looked_s = self._last_s = -math.inf
        self._wanted: Values | None = None
        self._now: Values | None = None
        self._follows = self._is_seen = False
        self._table = self._goal = UNCHANGED
        self._drawn: Values | None = None

    def table(
        self,
        options: AppearanceOptions,
        image: Image,
        alpha: Alpha,
        behind: Image | None,
        now_s: float,
        matches: bool = True,
        noise: float | None = None,
    ) -> Image:
        """The table for a frame of that time, ``uint8 (256, 3)``; not to be written into.

        ``behind`` is the scenery, if it is one; ``matches``: the person may be matched
        with it.  ``noise`` is that of the frame in grey levels, if it is known.
        """
        if options != self._options:
            self.reset()
            self._options = options
        passed_s = min(max(now_s - self._last_s, 0.0), GAP_S)
        self._last_s = now_s
        if not 0 <= now_s - self._looked_s < LOOK_S:
            self._looked_s = now_s
            seen = person(image, alpha)
            # While nobody is there all stays as it was for who comes back.
            if seen is not None:
                self._wanted = self._wanted_for(options, seen, behind, matches, noise)
        if self._wanted is None:
            self._is_seen |= is_somebody(alpha)
            return UNCHANGED
        # Whoever was seen as they are, at the edge for example, changes slowly, too.
        first = self._now is None and not self._is_seen
        self._glide(self._wanted, passed_s)
        assert self._now is not None
        if self._drawn is None or np.abs(self._now - self._drawn).max() > 1e-3:
            self._drawn = self._now
            self._goal = _drawn(self._now)
        self._table = self._goal if first else _nearer(self._table, self._goal)
        return self._table

    def _wanted_for(
        self,
        options: AppearanceOptions,
        seen: Person,
        behind: Image | None,
        matches: bool,
        noise: float | None,
    ) -> Values:
        """Stops of blue, green and red, grey levels of black, and stops of lift."""
        wanted = np.zeros(5)
        there = None if behind is None else self._of(behind)
        if options.match and matches and there is not None:
            wanted[:4] = _matched(options.match / 100, seen, there)
        if options.light:
            bright = seen.bright * 2 ** float(wanted[:3] @ LUMA)  # as it is then
            wanted[4] = _lift(options.light / 100, bright, there, noise)
        return wanted

    def _of(self, behind: Image) -> Scenery:
        """Its light; a still picture is looked at once."""
        few = behind[:: max(1, behind.shape[0] // 9), :: max(1, behind.shape[1] // 16)]
        print_of_it = few.tobytes()
        if self._scenery is None or self._scenery[0] != print_of_it:
            self._scenery = print_of_it, scenery(behind)
        return self._scenery[1]

    def _glide(self, wanted: Values, passed_s: float) -> None:
        if self._now is None:
            self._now = wanted
            return
        off = float((np.abs(wanted - self._now) * SENSITIVE).max())
        # It sets out beyond the dead zone, and rests well inside of it.
        self._follows = off > (STILL / 4 if self._follows else STILL)
        if self._follows:
            self._now = self._now + (wanted - self._now) * -math.expm1(-passed_s / GLIDE_S)


def _matched(share: float, seen: Person, there: Scenery) -> Values:
    """What takes somebody who is ``seen`` toward the light ``there``."""
    colour = np.log2(there.light / seen.room)
    colour -= colour[1]
    gains = MOST_COLOUR * np.tanh(share * COLOUR * colour / MOST_COLOUR)
    gains -= float(gains @ LUMA)  # the colour alone changes no brightness
    # Exposed for this scenery a person's light parts would be about its mean.
    target = min(max(0.55 * there.mean + 0.45 * there.high, 0.06), 0.62)
    stops = math.log2(target / max(0.03, seen.bright))
    most = MOST_UP if stops > 0 else MOST_DOWN
    gains += most * math.tanh(share * BRIGHTNESS * stops / most)
    black = min(max(share * BLACK * (there.black - seen.black), 0.0), MOST_BLACK)
    return np.array([*gains, black])


def _lift(share: float, bright: float, there: Scenery | None, noise: float | None) -> float:
    """Stops by which somebody should be lifted whose light parts are so ``bright``."""
    # Before a dark scenery less is enough.
    enough = 1.0 if there is None else min(max(0.55 + 1.2 * there.mean, 0.6), 1.0)
    stops = math.log2(GOOD * enough / max(0.004, bright))
    noise = USUAL_NOISE if noise is None else max(noise, 0.3)
    most = NOISE_PER_STOP * math.log2(max(1.0, NOISE / noise))
    return min(min(max(stops, 0.0), MOST_LIFT) * share, most)


def _drawn(wanted: Values) -> Image:
    """The table that does what is ``wanted``."""
    linear = _TONES**2.2
    lift = 2.0 ** wanted[4] - 1
    linear = linear * (1 + lift) / (1 + lift * linear**0.85)
    gain = 2.0 ** wanted[:3]
    # A shoulder: highlights never clip, and keep some of their slope.  It is the same in
    # all channels, or highlights would have another hue than what is beside them.
    linear = linear * gain / (1 + max(gain.max() - 1, 0) * linear**1.5)
    tones: NDArray[np.float64] = np.clip(linear, 0, 1) ** (1 / 2.2) * 255
    tones += wanted[3] * (1 - tones / 255) ** 3
    values = _TONES * 255
    tones = np.clip(tones, values - MOST_TONED, values + MOST_TONED)
    return np.asarray(np.clip(np.rint(tones), 0, 255), np.uint8)


def _nearer(table: Image, goal: Image) -> Image:
    """``table`` by one :data:`STEP` nearer to ``goal``; it goes on to rise everywhere."""
    if table is goal:
        return goal
    step = np.clip(goal.astype(np.int16) - table, -STEP, STEP)
    return np.asarray(table + step, np.uint8)
