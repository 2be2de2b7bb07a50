"""What a run is given from outside: the doors to the devices, and how long to wait."""

from collections.abc import Callable
from dataclasses import dataclass

from vcam.frames import Size
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.outputs import WatchedOutput
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.sources import Source
from vcam.sources.opening import open_source


@dataclass(frozen=True)
class Devices:
    """The outside world, as three doors.  Tests open other doors."""

    open_source: Callable[[str, Size, float], Source] = open_source
    open_segmenter: OpenSegmenter = open_segmenter
    open_output: Callable[[OutputOptions], WatchedOutput] = open_output


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds."""

    retry_s: float = 1.0
    """Between two tries at what is missing."""
    card_every_s: float = 0.25
    """A card is repeated: call programs give a silent camera up after a few seconds."""
    rest_every_s: float = 0.5
    """The same while no camera is needed: with fewer than two a second browsers doubt."""
    look_every_s: float = 0.2
    """How often it is asked who watches."""
    grace_s: float = 5.0
    """The camera runs on for so long after the last viewer: programs close and reopen."""
    silence_s: float = 1.0
    """Without a picture for so long, a card says so."""
    opening_s: float = 5.0
    """The same before the first picture, for the status: some cameras open slowly."""
    stuck_s: float = 15.0
    """A line thread that gives no sign of life for so long is left behind.  Loading the
    model on a cold disk, and a camera that opens slowly, must fit in.  Doubled each time,
    so that a driver that always hangs does not fill the machine with threads."""
    stop_s: float = 2.0
    """For the line to end once it was told to."""
    quit_s: float = 2.8
    """For line and output together: quitting takes three seconds at most."""
