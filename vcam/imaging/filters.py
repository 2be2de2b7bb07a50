"""Chains of FFmpeg's filters, through which frames of one kind are put."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from av.filter import Graph
    from av.video.frame import VideoFrame

Filter = tuple[str, Mapping[str, str]]
"""A filter's name and its options."""
TICK = Fraction(1, 90000)
"""The unit of time of frames that have none."""


class Kind(NamedTuple):
    """What a chain cannot take a change of."""

    width: int
    height: int
    format: str

    @classmethod
    def of(cls, frame: "VideoFrame") -> "Kind":
        """The kind of a frame."""
        return cls(frame.width, frame.height, frame.format.name)


def fraction(value: Any) -> Fraction | None:
    """A rational number of PyAV, which has a type of its own since version 19."""
    if value is None or not value.denominator:
        return None
    return Fraction(value.numerator, value.denominator)


def chain(frame: "VideoFrame", *filters: Filter) -> "Graph":
    """A chain for frames of the kind of ``frame``, in one thread.

    What it hands out is in memory of its own, which was cleared when it was allocated and
    is used for later frames of the same chain.
    """
    from av.filter import Graph

    graph = Graph()
    graph.threads = 1  # before the first filter
    nodes = [
        graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=fraction(frame.time_base) or TICK,
        )
    ]
    nodes += [graph.add(name, None, **options) for name, options in filters]
    nodes.append(graph.add("buffersink"))
    graph.link_nodes(*nodes)
    graph.configure()
    return graph


def passed(graph: "Graph", frame: "VideoFrame | None") -> Iterator["VideoFrame"]:
    """What comes out when ``frame`` goes in; ``None`` is the end."""
    import av

    graph.vpush(frame)
    while True:
        try:
            yield graph.vpull()
        except (av.error.BlockingIOError, av.error.EOFError):
            return
