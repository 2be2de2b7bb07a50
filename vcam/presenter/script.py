"""What the presenter does and when: a pose for every moment.

The script lasts :data:`LOOP_S` seconds and repeats without a jump.  Everything in a
:class:`Pose` is a function of time alone.

==========  ==============================================================
0.0 to 3.0  talks to us, hands down
3.0 to 5.6  waves
5.9 to 8.6  raises a finger: "one thing"
9.0         leaves the picture to the right
10.2-12.0   the room is empty
13.4        is back, with headphones (or without: every other time)
14.2-16.8   leans in to read something
17.0-19.2   shows an open hand while talking
==========  ==============================================================

Lengths are in *design pixels*: the picture is 720 of them high.
"""

from dataclasses import dataclass
from math import cos, pi, sin

LOOP_S = 20.0
"""Length of the script."""
_EMPTY_S = 11.0
"""Time in the middle of the absence at which the headphones change."""
_AWAY_PX = 1050.0
"""Sideways offset at which the person is out of the picture."""
_BLINKS_S = (1.35, 3.1, 6.2, 8.7, 9.15, 12.9, 14.3, 15.7, 17.3, 19.1)
"""Times of the blinks."""
_PAUSES_S = ((2.55, 2.95), (5.0, 5.7), (8.3, 13.6), (14.6, 16.6), (19.5, 20.0))
"""Beginnings and ends of the pauses in the talk."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One raised forearm; ``lift`` 0.0 is out of the picture, 1.0 is up."""

    lift: float = 0.0
    swing: float = 0.0
    """Rotation of the hand about the wrist, in degrees, positive away from the body."""
    lean: float = 0.0
    """Rotation of the forearm about the elbow, in degrees, positive away from the body."""
    hand: str = "open"


@dataclass(frozen=True, slots=True)
class Pose:
    """The position of every part of the presenter."""

    x: float
    """Sideways offset of the body in design pixels, positive to the right."""
    y: float
    lean: float
    """Rotation of the body about the waist, in degrees, positive clockwise."""
    breath: float
    """Breath, -1.0 out .. 1.0 in."""
    near: float
    """Size of the person; 1.0 is sitting back."""
    turn: float
    """Turn of the head, -1.0 left .. 1.0 right as seen by the viewer."""
    nod: float
    """Nod of the head, -1.0 up .. 1.0 down."""
    tilt: float
    """Rotation of the head on the neck, in degrees, positive clockwise."""
    gaze_x: float
    gaze_y: float
    blink: float
    """The lids, 0.0 open .. 1.0 closed."""
    brows: float
    """The brows, 0.0 at rest .. 1.0 raised."""
    mouth: float
    """The mouth, 0.0 closed .. 1.0 wide open."""
    smile: float
    """The smile, 0.0 neutral .. 1.0 full."""
    left: Arm
    """The arm at the left of the picture."""
    right: Arm
    headphones: bool


def pose_at(t_s: float) -> Pose:
    """The pose ``t_s`` seconds after the start of the script."""
    t = t_s % LOOP_S
    away = _between(t, 9.0, 10.3, 12.0, 13.5)
    lean_in = _between(t, 14.1, 15.0, 16.3, 17.2)
    leaving = _bump(t, 9.0, 10.4) - 0.9 * _bump(t, 12.0, 13.5)
    talk = _talk(t)
    left, right = _arms(t)
    return Pose(
        x=_AWAY_PX * away + 7 * _wave(t, 3, 0.6) + 4 * _wave(t, 7, 2.0) - 10 * left.lift,
        y=-26 * leaving * leaving + 2.5 * _wave(t, 11, 1.0) * talk,
        lean=7.0 * leaving
        + 0.7 * _wave(t, 3, 0.9)
        + 0.5 * _wave(t, 5, 0.0)
        + 1.2 * left.lift,
        breath=_wave(t, 5, 0.0),
        near=1.0 + 0.16 * lean_in + 0.006 * _wave(t, 4, 0.5),
        turn=_clamp(
            0.85 * leaving
            + 0.16 * _wave(t, 4, 0.8)
            + 0.10 * _wave(t, 9, 0.3)
            - 0.25 * _between(t, 6.6, 7.1, 7.7, 8.2)
            + 0.22 * _between(t, 15.0, 15.3, 15.9, 16.2)
        ),
        nod=_clamp(
            0.10 * _wave(t, 6, 0.2)
            + 0.16 * talk * _wave(t, 17, 0.4)
            + 0.30 * lean_in
            + 0.35 * _bump(t, 4.9, 5.7)
        ),
        tilt=1.5 * _wave(t, 4, 2.1)
        + 1.2 * _wave(t, 7, 0.5)
        + 3.5 * _between(t, 3.2, 3.7, 4.6, 5.2)
        - 3.0 * _between(t, 17.3, 17.8, 18.6, 19.2)
        + 4.0 * leaving,
        gaze_x=_clamp(
            0.9 * leaving
            + 0.55 * _between(t, 6.7, 6.82, 7.3, 7.42)
            - 0.5 * _between(t, 2.3, 2.4, 2.8, 2.9)
            + 0.5 * lean_in * _wave(t, 12, 0.0)
        ),
        gaze_y=_clamp(0.5 * lean_in - 0.5 * _between(t, 6.7, 6.82, 7.3, 7.42)),
        blink=max(_bump(t, at - 0.10, at + 0.14) for at in _BLINKS_S),
        brows=_clamp(
            0.3 * _bump(t, 0.3, 1.3)
            + 0.6 * _between(t, 3.1, 3.4, 4.2, 4.9)
            + 0.9 * _between(t, 6.0, 6.3, 6.9, 7.5)
            + 0.25 * talk * max(0.0, _wave(t, 8, 1.0))
            + 0.6 * _bump(t, 17.4, 18.8)
        ),
        mouth=talk,
        smile=_clamp(
            0.6
            + 0.4 * _between(t, 3.0, 3.4, 5.2, 5.8)
            + 0.4 * _bump(t, 12.6, 14.4)
            - 0.5 * lean_in
            + 0.35 * _between(t, 18.8, 19.4, 19.8, 20.2)
        ),
        left=left,
        right=right,
        headphones=int((t_s - _EMPTY_S) // LOOP_S) % 2 == 0,
    )


def _arms(t: float) -> tuple[Arm, Arm]:
    wave = _between(t, 3.0, 3.6, 5.0, 5.6)
    finger = _between(t, 5.9, 6.5, 8.0, 8.6)
    palm = _between(t, 17.0, 17.6, 18.7, 19.3)
    left = Arm(wave, 17.0 * sin(2 * pi * 2.0 * (t - 3.3)) * wave, -7.0, "open")
    if finger > 0:
        right = Arm(finger, 5.0 * sin(2 * pi * 1.5 * (t - 6.0)) * finger, -9.0, "point")
    else:
        right = Arm(0.92 * palm, 7.0 * sin(2 * pi * 1.1 * (t - 17.2)), -17.0, "open")
    return left, right


def _talk(t: float) -> float:
    """The opening of the mouth: syllables, grouped into words, with pauses."""
    syllable = 0.5 - 0.5 * cos(2 * pi * 4.35 * t)
    word = 0.62 + 0.38 * sin(2 * pi * 1.15 * t + 0.7)
    colour = 0.75 + 0.25 * sin(2 * pi * 2.7 * t + 1.9)
    quiet = max(_between(t, a - 0.1, a + 0.12, b - 0.12, b + 0.1) for a, b in _PAUSES_S)
    edge = _smooth((LOOP_S - t) / 0.3) * _smooth(t / 0.25)
    return _clamp(syllable * word * colour * (1 - quiet) * edge)


def _wave(t: float, cycles: int, phase: float) -> float:
    """A sine with a whole number of cycles per loop, so that the loop closes."""
    return sin(2 * pi * cycles * t / LOOP_S + phase)


def _smooth(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * x * (x * (6 * x - 15) + 10)


def _between(t: float, rise: float, up: float, fall: float, down: float) -> float:
    """0 before ``rise`` and after ``down``, 1 from ``up`` to ``fall``, smooth between."""
    return _smooth((t - rise) / (up - rise)) * (1 - _smooth((t - fall) / (down - fall)))


def _bump(t: float, start: float, end: float) -> float:
    middle = (start + end) / 2
    return _between(t, start, middle, middle, end)


def _clamp(x: float) -> float:
    return min(1.0, max(-1.0, x))
