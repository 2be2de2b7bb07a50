"""What can go wrong on the bus."""

ERROR = "org.freedesktop.DBus.Error."
"""Prefix of the names of the bus's own errors."""
LOST, SILENT = "vcam.Lost", "vcam.Silent"


class BusError(Exception):
    """No bus, no answer, or the other side's error, whose ``name`` tells which."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
