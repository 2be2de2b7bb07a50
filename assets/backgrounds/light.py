"""Little more than light: plain walls, a stage, a city far out of focus."""

import cv2
import numpy as np
from painting import lens, noise, stops

from vcam.presenter.furniture import box
from vcam.presenter.paint import Canvas, Paint, over, smoothstep

BRAND = np.array((196, 120, 36), np.float32)
"""The colour of the stage's light, BGR."""


def bright(canvas: Canvas) -> Paint:
    """Warm white, lit from the upper left."""
    far = np.hypot((canvas.x - 330) / 1150, (canvas.y - 120) / 820)
    paint = stops(
        far,
        [
            (0, (244, 248, 251)),
            (0.45, (228, 235, 241)),
            (0.8, (205, 214, 224)),
            (1.3, (176, 187, 202)),
        ],
    )
    return paint + (1.2 * noise(canvas.x / 420, canvas.y / 300, 3))[..., None]


def dusk(canvas: Canvas) -> Paint:
    """Deep blue grey with a soft pool of light behind the head."""
    far = np.hypot((canvas.x - 640) / 760, (canvas.y - 300) / 520)
    paint = stops(
        far,
        [
            (0, (116, 94, 78)),
            (0.35, (92, 73, 60)),
            (0.8, (56, 44, 36)),
            (1.4, (30, 24, 20)),
        ],
    )
    warm = np.exp(-(np.hypot((canvas.x - 1180) / 420, (canvas.y - 640) / 360) ** 2))
    paint = paint + warm[..., None] * np.array((6, 16, 34), np.float32)
    return paint + (1.0 * noise(canvas.x / 420, canvas.y / 300, 5))[..., None]


def window(canvas: Canvas) -> Paint:
    """A plain wall with the light of a window on it, and the shadow of leaves."""
    rng = np.random.default_rng(12)
    x, y = canvas.x, canvas.y
    paint = (
        canvas.plain((190, 206, 218))
        * (0.83 + 0.11 * np.exp(-(np.hypot((x - 520) / 700, (y - 260) / 480) ** 2)))[
            ..., None
        ]
    )
    u, v = x + 0.40 * y, y - 0.16 * x  # the light comes in slanted
    light = np.zeros_like(x)
    for i in range(3):
        for j in range(3):
            left, top = 420 + 190 * i, -230 + 208 * j
            soft = 5 + 2.2 * j
            pane = smoothstep(left - soft, left + soft, u) * smoothstep(
                left + 172 + soft, left + 172 - soft, u
            )
            pane = (
                pane
                * smoothstep(top - soft, top + soft, v)
                * smoothstep(top + 190 + soft, top + 190 - soft, v)
            )
            light = np.maximum(light, pane)
    shade = np.zeros_like(x)
    for k in range(44):
        stem = k % 4
        by = rng.uniform(-20, 330)
        bx = 640 + 95 * stem + 34 * np.sin(by / 90 + stem)
        turn, length = (
            0.75 + rng.choice((-1, 1)) * rng.uniform(0.35, 0.9),
            rng.uniform(54, 104),
        )
        tip = (bx + length * np.cos(turn), by + length * np.sin(turn))
        mid = ((bx + tip[0]) / 2 + 7, (by + tip[1]) / 2 - 9)
        shade = np.maximum(
            shade,
            canvas.stroke([(bx, by), mid, tip], rng.uniform(13, 22), 0)
            * rng.uniform(0.5, 0.9),
        )
    for stem in range(4):
        line = [
            (640 + 95 * stem + 34 * np.sin(t / 90 + stem), t)
            for t in (-30, 60, 150, 240, 340)
        ]
        shade = np.maximum(shade, canvas.stroke(line, 6, 0, taper=False) * 0.8)
    shade = canvas.blurred(np.asarray(shade, np.float32), 4.2)
    light = canvas.blurred(np.asarray(light, np.float32), 2) * (1 - 0.82 * shade)
    paint = over(paint, paint * np.array((1.06, 1.15, 1.23), np.float32) + 10, light)
    paint = (
        paint
        + (noise(x / 130, y / 100, 3) * 1.8 + noise(x / 22, y / 19, 6) * 0.9)[..., None]
    )
    paint = paint * (1 - 0.14 * smoothstep(420, 720, y))[..., None]
    return canvas.blurred(np.asarray(paint, np.float32), 1.5)


def stage(canvas: Canvas) -> Paint:
    """A stage to put a logo on: two washes of light in the brand's colour."""
    x, y = canvas.x, canvas.y
    paint = (
        canvas.plain((40, 36, 34))
        * (0.9 + 0.25 * np.exp(-(((x - 640) / 520) ** 2)))[..., None]
    )
    folds = np.sin(x / 9 + 1.4 * np.sin(x / 47)) * 0.5 + 0.5 * np.sin(x / 23 + 0.7)
    paint = paint * (1 + 0.05 * folds)[..., None]
    for px, turn in ((190, 0.26), (1090, -0.26)):
        u = (x - px - turn * (y - 0)) / (34 + 0.34 * (y + 30))
        beam = np.exp(-(u**2)) * np.exp(-y / 560)
        paint = paint + beam[..., None] * BRAND * 0.62
    for px in (64, 1216):  # upright tubes of light
        d = np.abs(x - px)
        on = smoothstep(60, 70, y) * smoothstep(588, 578, y)
        paint = paint + (np.exp(-d / 60) * on * 0.42)[..., None] * BRAND
        paint = over(paint, 255 - (255 - BRAND) * 0.25, smoothstep(5, 3.4, d) * on)
    floor = 604.0
    back = paint[: int(floor * canvas.scale)]
    deep = np.clip((y - floor) / (720 - floor), 0, 1)
    mirror = np.zeros_like(paint)
    h = paint.shape[0] - int(floor * canvas.scale)
    mirror[-h:] = back[::-1][:h]
    mirror = np.asarray(cv2.GaussianBlur(mirror, (0, 0), 9), np.float32)
    ground = canvas.plain((30, 27, 26)) + mirror * (0.42 * (1 - 0.6 * deep))[..., None]
    paint = over(paint, ground, smoothstep(-0.8, 0.8, y - floor))
    paint = over(
        paint, 255 - (255 - BRAND) * 0.55, np.exp(-(((y - floor) / 1.8) ** 2)) * 0.5
    )
    paint = lens(canvas, np.asarray(paint, np.float32), 2.6)
    return paint + 0.3 * canvas.blurred(
        np.asarray(np.maximum(paint - 170, 0), np.float32), 30
    )


def lights(canvas: Canvas) -> Paint:
    """A city in the evening, far out of focus."""
    rng = np.random.default_rng(8)
    x, y = canvas.x, canvas.y
    paint = stops(
        y,
        [
            (0, (46, 26, 20)),
            (250, (62, 34, 28)),
            (400, (66, 46, 52)),
            (470, (52, 38, 44)),
            (720, (22, 16, 16)),
        ],
    )
    paint = over(paint, (84, 96, 170), np.exp(-(((y - 440) / 90) ** 2)) * 0.35)
    for _ in range(40):  # houses against the last light
        w, h, at = rng.uniform(40, 120), rng.uniform(40, 230), rng.uniform(-60, 1300)
        tone = rng.uniform(0.6, 1.0)
        block = box(canvas, at, 470 - h, at + w, 540, 7)
        paint = over(paint, (40 * tone, 27 * tone, 25 * tone), block * 0.75)
    paint = canvas.blurred(np.asarray(paint, np.float32), 9)
    colours = [
        (70, 150, 255),
        (90, 180, 255),
        (150, 215, 255),
        (60, 95, 245),
        (235, 190, 120),
        (190, 235, 255),
        (110, 210, 190),
    ]
    weights = np.array([5, 5, 4, 2, 2, 3, 1.0])
    weights /= weights.sum()
    for _ in range(135):
        px, py = rng.uniform(-20, 1300), 452 + rng.normal(0, 1) * 92
        if py > 640 or py < 150:
            continue
        near = rng.random() ** 2.6
        r = 8 + 44 * near
        tone = np.array(colours[rng.choice(len(colours), p=weights)], np.float32)
        strength = rng.uniform(0.16, 0.6) * (1 - 0.45 * near)
        part, where = canvas.part(px - r - 6, py - r - 6, px + r + 6, py + r + 6)
        d = np.hypot(part.x - px, part.y - py)
        disc = smoothstep(r + 1.6, r - 1.6, d) * (0.80 + 0.20 * smoothstep(r * 0.55, r, d))
        paint[where] = 255 - (255 - paint[where]) * (
            1 - disc[..., None] * strength * tone / 255
        )
    for _ in range(34):  # their trails on a wet street
        px, r = rng.uniform(0, 1280), rng.uniform(10, 26)
        tone = np.array(colours[rng.choice(len(colours), p=weights)], np.float32)
        trail = (
            np.exp(-(((x - px) / r) ** 2))
            * smoothstep(520, 600, y)
            * smoothstep(760, 600, y)
        )
        paint = 255 - (255 - paint) * (1 - (trail * 0.14)[..., None] * tone / 255)
    glow = canvas.blurred(np.asarray(paint, np.float32), 40)
    paint = paint + 0.22 * glow
    far = np.hypot((x - 640) / 900, (y - 380) / 560)
    return paint * (1.05 - 0.22 * far**2)[..., None]
