"""What a run is given from outside: how devices are opened, and how long to wait."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from vcam.frames import Size
from vcam.masking.segmenters import OpenSegmenter, open_segmenter
from vcam.outputs import WatchedOutput
from vcam.outputs.opening import open_output
from vcam.outputs.options import OutputOptions
from vcam.sources import Source
from vcam.sources.opening import open_source


@dataclass(frozen=True)
class Factories:
    """How camera, model and virtual camera are opened.  Tests pass fakes."""

    open_source: Callable[[str, Size, float], Source] = open_source
    open_segmenter: OpenSegmenter = open_segmenter
    open_output: Callable[[OutputOptions], WatchedOutput] = open_output


@dataclass(frozen=True)
class Timeouts:
    """Waiting times, in seconds."""

    retry_s: float = 1.0
    """Pause between two attempts to open what is missing."""
    card_every_s: float = 0.25
    """Pause between two cards: call programs give up a silent camera after seconds."""
    rest_every_s: float = 0.5
    """Pause between two cards while no camera is needed: browsers drop a virtual camera
    below two frames per second."""
    poll_every_s: float = 0.2
    """Pause between two queries of the virtual camera's viewers."""
    grace_s: float = 5.0
    """Time that the camera stays open after the last viewer left: programs close and
    reopen it."""
    silence_s: float = 1.0
    """Time without a picture after which a card replaces the last one."""
    opening_s: float = 5.0
    """Time without a first picture after which the status says so: some cameras open
    slowly."""
    stuck_s: float = 15.0
    """Time in one step after which a producer is abandoned.  Long enough to
    load the model from a cold disk and to open a slow camera.  Doubled after each one, so
    that a driver that always hangs does not fill the machine with threads."""
    stop_s: float = 2.0
    """Time that a producer gets to end."""
    quit_s: float = 2.8
    """Time that producer and output get together: quitting takes three seconds at most."""

    def sending_within(self, longest_pause_s: float) -> "Timeouts":
        """The same, with cards and still pictures that come as often as readers need."""
        if max(self.card_every_s, self.rest_every_s) <= longest_pause_s:
            return self
        return replace(
            self,
            card_every_s=min(self.card_every_s, longest_pause_s),
            rest_every_s=min(self.rest_every_s, longest_pause_s),
        )
