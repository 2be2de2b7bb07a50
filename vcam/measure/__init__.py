"""Measurements: the quality of the mask, and the speed of vcam."""


def multiple(spent_ms: float, of_ms: float) -> float:
    """How many times ``of_ms`` was spent; NaN if that was too short for the clock."""
    return spent_ms / of_ms if of_ms else float("nan")
