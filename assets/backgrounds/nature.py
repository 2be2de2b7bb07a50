"""Outside: a beach, and mountains."""

import numpy as np
from painting import lens, noise, stops

from vcam.presenter.paint import Canvas, Paint, over, smoothstep


def beach(canvas: Canvas) -> Paint:
    """A calm sea after sunset."""
    x, y = canvas.x, canvas.y
    horizon, sun_x = 392.0, 930.0
    sky = stops(
        y,
        [
            (0, (148, 104, 74)), (130, (176, 138, 116)), (240, (190, 164, 176)),
            (320, (168, 178, 226)), (horizon, (140, 194, 250)),
        ],
    )  # fmt: skip
    glow = np.exp(-(np.hypot((x - sun_x) / 380, (y - horizon + 16) / 190) ** 1.3))
    sky = over(sky, (150, 212, 255), glow * 0.75)
    high = noise(x / 150, y / 26 + 0.4 * np.sin(x / 300), 5) + 0.5 * noise(
        x / 60, y / 14, 8
    )
    clouds = (
        smoothstep(0.15, 1.25, high)
        * smoothstep(horizon - 20, 220, y)
        * smoothstep(-60, 120, y)
    )
    lit = stops(y, [(0, (176, 150, 158)), (200, (176, 170, 226)), (390, (150, 190, 255))])
    sky = over(sky, lit, clouds * 0.75)
    sun = np.hypot(x - sun_x, y - horizon + 26)
    sky = over(sky, (206, 240, 255), smoothstep(30, 25, sun))
    far = horizon - 26 - 15 * noise(x / 120, x * 0 + 3, 2) - 30 * smoothstep(420, 0, x)
    sky = over(
        sky, (150, 136, 150), smoothstep(-2, 2, y - far) * smoothstep(640, 240, x) * 0.9
    )
    depth = np.maximum(y - horizon, 0.5)
    sea = stops(
        y,
        [
            (horizon, (158, 186, 226)),
            (430, (160, 158, 168)),
            (520, (132, 116, 104)),
            (640, (104, 88, 70)),
        ],
    )
    waves = noise(x / (2.2 + depth * 0.30), 900 / (depth + 6), 21)
    sea = sea * (1 + 0.10 * waves * smoothstep(0, 60, depth))[..., None]
    path = np.exp(-(((x - sun_x) / (22 + depth * 0.62)) ** 2))
    glitter = smoothstep(-0.2, 1.0, waves + 0.4 * noise(x / 9, 1400 / (depth + 8), 4))
    sea = over(
        sea, (170, 218, 255), path * (0.30 + 0.65 * glitter) * smoothstep(0, 14, depth)
    )
    paint = over(sky, sea, smoothstep(-0.8, 0.8, y - horizon))
    return _shore(canvas, paint, sun_x)


def _shore(canvas: Canvas, paint: Paint, sun_x: float) -> Paint:
    x, y = canvas.x, canvas.y
    edge = 600 + 16 * np.sin(x / 260 + 0.6) + 7 * np.sin(x / 94) - 22 * (x - 640) / 640
    sand = stops(y, [(570, (110, 118, 138)), (640, (96, 118, 150)), (720, (92, 122, 160))])
    wet = np.exp(-(((x - sun_x) / 170) ** 2)) * smoothstep(700, 606, y)
    sand = over(sand, (168, 206, 246), wet * 0.55)
    sand = sand * (1 + 0.03 * noise(x / 5, y / 2.5, 33))[..., None]
    paint = over(paint, sand, smoothstep(-5, 9, y - edge))
    lace = noise(x / 26, (y - edge) / 5, 12)
    foam = np.exp(-(((y - edge + 2 + 5 * lace) / 5.0) ** 2))
    paint = over(paint, (226, 226, 236), foam * 0.72)
    second = edge - 52 + 6 * np.sin(x / 150 + 2)
    crest = np.exp(-(((y - second + 3 * lace) / 3.0) ** 2)) * smoothstep(
        -0.5, 0.6, noise(x / 130, y / 300, 3)
    )
    paint = over(paint, (214, 212, 222), crest * 0.5)
    paint = canvas.blurred(np.asarray(paint, np.float32), 1.7)
    bright = np.asarray(np.maximum(paint - 220, 0), np.float32)
    return paint + 0.6 * canvas.blurred(bright, 30)


def mountains(canvas: Canvas) -> Paint:
    """Ridges at dawn, one behind the other."""
    x, y = canvas.x, canvas.y
    paint = stops(
        y,
        [
            (0, (176, 142, 116)),
            (150, (190, 164, 152)),
            (290, (188, 186, 208)),
            (380, (176, 202, 240)),
            (470, (190, 214, 244)),
        ],
    )
    sun = np.hypot((x - 890) / 1.0, y - 372)
    paint = over(paint, (196, 226, 255), np.exp(-((sun / 230) ** 1.25)) * 0.75)
    paint = over(paint, (226, 244, 255), smoothstep(36, 30, sun))
    high = noise(x / 230, y / 30 + 0.3 * np.sin(x / 200), 9)
    paint = over(
        paint,
        (196, 200, 232),
        smoothstep(0.2, 1.3, high) * smoothstep(360, 120, y) * smoothstep(-40, 80, y) * 0.5,
    )
    ridges = [
        (395, 42, 190, (196, 190, 206), 2),
        (432, 56, 150, (172, 160, 172), 7),
        (478, 66, 210, (148, 132, 138), 12),
        (536, 70, 170, (120, 102, 102), 19),
        (606, 62, 230, (86, 70, 68), 27),
        (676, 44, 150, (52, 42, 42), 33),
    ]
    for base, rise, wide, tone, seed in ridges:
        edge = (
            base
            - rise * noise(x / wide, x * 0 + seed, seed)
            - 0.35 * rise * np.abs(noise(x / (wide * 0.33), x * 0 + 2 * seed, seed + 1))
        )
        inside = smoothstep(-1.2, 1.2, y - edge)
        smooth = (
            base - 0.5 * rise * noise(x / (2.5 * wide), x * 0 + seed, seed) - 0.3 * rise
        )
        haze = stops(
            np.clip((y - smooth) / 150, 0, 1),
            [
                (0, tone),
                (
                    1,
                    tuple(
                        0.45 * t + 0.55 * h
                        for t, h in zip(tone, (206, 208, 226), strict=True)
                    ),
                ),
            ],
        )
        paint = over(paint, haze, inside)
        lit = (
            np.exp(-(((y - edge) / 6.0) ** 2)) * np.exp(-(((x - 890) / 330) ** 2)) * inside
        )
        paint = over(paint, (190, 214, 250), lit * 0.35)
    paint = over(
        paint,
        (206, 216, 240),
        np.exp(-(np.hypot((x - 890) / 520, (y - 430) / 190) ** 2)) * 0.28,
    )
    paint = lens(canvas, np.asarray(paint, np.float32), 2.2)
    return paint + 0.5 * canvas.blurred(
        np.asarray(np.maximum(paint - 222, 0), np.float32), 40
    )
