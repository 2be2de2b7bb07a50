"""All contestants at one size or at many, and how they compare."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass

from vcam.backgrounds import Background
from vcam.frames import Size
from vcam.masking.options import MaskOptions
from vcam.measure.speed.candidates import (
    Bare,
    Contestant,
    Convert,
    Decode,
    Peer,
    Tutorial,
    Vcam,
)
from vcam.measure.speed.clip import Clip
from vcam.measure.speed.measuring import Cost, measure

SIZES = {
    "360p": Size(640, 360),
    "540p": Size(960, 540),
    "720p": Size(1280, 720),
    "1080p": Size(1920, 1080),
    "1440p": Size(2560, 1440),
    "2160p": Size(3840, 2160),
}
FLOOR, NAIVE, PEER = "model alone", "tutorial", "peer"
AROUND = ("decode JPEG", "convert to 4:2:0")


@dataclass(frozen=True)
class Table:
    """What everybody's frames cost at one size."""

    size: Size
    costs: tuple[Cost, ...]

    def cost(self, name: str) -> Cost:
        """Of the contestant of this name."""
        return next(cost for cost in self.costs if cost.name == name)

    def to_floor(self, cost: Cost) -> float:
        """Processor time per frame in times of the bare model's: of medians."""
        return cost.cpu.median_ms / self.cost(FLOOR).cpu.median_ms

    def to(self, who: str, cost: Cost) -> float | None:
        """The same in times of what ``who`` takes with that background, if it is known."""
        name, _, background = cost.name.partition(", ")
        if not background or name in (NAIVE, PEER):
            return None
        other = self.cost(f"{who}, {background}")
        return cost.cpu.median_ms / other.cpu.median_ms


def table(
    clip: Clip,
    masks: Mapping[str, MaskOptions],
    backgrounds: Mapping[str, Background],
    turns: int,
) -> Iterator[int | Table]:
    """Let all take turns on ``clip``; yields the turns done, and at last the table."""
    engine = next(iter(masks.values())).engine
    with ExitStack() as stack:
        contestants: dict[str, Contestant] = {}

        def enter(name: str, contestant: Contestant) -> None:
            contestants[name] = stack.enter_context(closing(contestant))

        enter(FLOOR, Bare(engine))
        for text, background in backgrounds.items():
            enter(f"{NAIVE}, {text}", Tutorial(clip.size, background))
            enter(f"{PEER}, {text}", Peer(clip.size, background))
            for preset, mask in masks.items():
                enter(f"{preset}, {text}", Vcam(clip.size, background, mask))
        enter(AROUND[0], Decode())
        enter(AROUND[1], Convert(clip.size))
        for news in measure(clip, contestants, turns):
            yield news if isinstance(news, int) else Table(clip.size, tuple(news))
