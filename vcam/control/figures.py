"""Figures of what is on air, for the user's own preview."""

from typing import Any

import numpy as np

from vcam.pipeline.privacy import Cleared
from vcam.status import State, Status
from vcam.status_text import headline

PERSON = 128
"""The least alpha of a pixel that is more person than room."""


def figures(status: Status, picture: Cleared | None) -> dict[str, Any]:
    """Plain values: what is on air, how fast, at what cost, and what was found in it.

    ``picture`` is the live one on air with its alpha, if there is one.
    """
    alpha = None if picture is None else picture.alpha
    found = None if alpha is None else round(float(np.mean(alpha >= PERSON)), 3)
    return {
        "headline": headline(status, rate=False),
        "live": status.state is State.LIVE,
        "fps": status.fps,
        "latency_ms": status.latency_ms,
        "cost_ms": sum(status.costs_ms.values()),
        "quality": status.quality,
        "mask_engine": status.mask_engine,
        "person": found,
    }
