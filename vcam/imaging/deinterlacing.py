"""Interlaced video: two half pictures in one frame, as camcorders and television record."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vcam.imaging.filters import Kind, chain, passed

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame

# One frame for each that came, at the same time; progressive ones pass as they are.
BWDIF = ("bwdif", {"mode": "send_frame", "parity": "auto", "deint": "interlaced"})


class Deinterlacer:
    """Makes whole frames of interlaced ones, from the first of them on."""

    def __init__(self) -> None:
        self._graph: Graph | None = None
        self._kind: Kind | None = None

    def frames(self, frame: "VideoFrame") -> Iterator["VideoFrame"]:
        """What is complete when ``frame`` has come; it looks one frame ahead."""
        kind = Kind.of(frame)
        if self._graph is not None and kind != self._kind:
            yield from self.rest()
        # Each frame says it: the file's own statement is wrong for DV, for example.
        if frame.interlaced_frame and self._graph is None:
            self._graph, self._kind = chain(frame, BWDIF), kind
        if self._graph is None:
            yield frame
        else:
            yield from passed(self._graph, frame)

    def rest(self) -> Iterator["VideoFrame"]:
        """What is left at the end."""
        graph, self._graph = self._graph, None
        if graph is not None:
            yield from passed(graph, None)
