"""What the backgrounds are painted with."""

import cv2
import numpy as np

from vcam.presenter.paint import Canvas, Paint, Plane, smoothstep

GAMMA = 2.2


def stops(at: Plane, stops: list[tuple[float, tuple[float, float, float]]]) -> Paint:
    """A gradient through BGR colours at the given places."""
    places = [place for place, _ in stops]
    return np.dstack(
        [np.interp(at, places, [color[i] for _, color in stops]) for i in range(3)]
    )


def noise(across: Plane, down: Plane, seed: int) -> Plane:
    """Smooth noise of about -1..1 at any coordinates, in four octaves."""
    field = np.random.default_rng(seed).standard_normal((256, 256)).astype(np.float32)
    total = np.zeros_like(across, np.float32)
    for octave in range(4):
        k = 2.0**octave
        x = np.asarray(np.mod(across * k + 17 * octave, 256), np.float32)
        y = np.asarray(np.mod(down * k + 31 * octave, 256), np.float32)
        layer = cv2.remap(field, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
        total += np.asarray(layer, np.float32) / np.float32(k)
    return np.asarray(total / 1.6, np.float32)


def lens(canvas: Canvas, paint: Paint, radius: float, boost: float = 0.0) -> Paint:
    """Out of focus: discs in linear light, with highlights ``boost`` stronger."""
    r = radius * canvas.scale
    n = int(np.ceil(r))
    y, x = np.mgrid[-n : n + 1, -n : n + 1]
    disc = np.clip(r + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    light = (np.clip(paint, 0, None) / 255).astype(np.float32) ** GAMMA
    light *= 1 + boost * smoothstep(0.8, 1.0, paint.max(axis=2) / 255)[..., None]
    light = cv2.filter2D(light, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(np.maximum(light, 0) ** (1 / GAMMA) * 255, np.float32)
