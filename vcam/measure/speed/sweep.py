"""All candidates at one size or at several, and how they compare."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass

from vcam.backgrounds import Background
from vcam.frames import Size
from vcam.masking.options import MaskOptions
from vcam.measure import multiple
from vcam.measure.speed.candidates import (
    Bare,
    Candidate,
    Convert,
    Decode,
    Peer,
    Tutorial,
    Vcam,
)
from vcam.measure.speed.clip import JpegClip
from vcam.measure.speed.measuring import Cost, measure
from vcam.translation import translatable

SIZES = {
    "360p": Size(640, 360),
    "540p": Size(960, 540),
    "720p": Size(1280, 720),
    "1080p": Size(1920, 1080),
    "1440p": Size(2560, 1440),
    "2160p": Size(3840, 2160),
}
"""The sizes of a sweep, by name."""
FLOOR = translatable("model on MediaPipe")
OWN = translatable("model on vcam's engine")
"""The names of the bare model: on the engine that other programs use, which is the measure
for everything, and on the one that vcam uses."""
NAIVE, PEER = "tutorial", "peer"
"""The names of the other candidates that vcam is compared with."""
AROUND = (translatable("decode JPEG"), translatable("convert to 4:2:0"))
"""The names of the candidates that measure the camera's and the driver's part."""


@dataclass(frozen=True)
class Table:
    """The costs of all candidates at one size."""

    size: Size
    costs: tuple[Cost, ...]
    engine: str = ""
    """Which engine vcam ran, and why."""

    def cost(self, name: str) -> Cost:
        """The cost of the candidate of this name."""
        return next(cost for cost in self.costs if cost.name == name)

    def to_floor(self, cost: Cost) -> float:
        """Median processor time per frame as a multiple of the bare model's."""
        return multiple(cost.cpu.median_ms, self.cost(FLOOR).cpu.median_ms)

    def to(self, who: str, cost: Cost) -> float | None:
        """Processor time as a multiple of ``who``'s with that background, if known."""
        name, _, background = cost.name.partition(", ")
        if not background or name in (NAIVE, PEER):
            return None
        other = self.cost(f"{who}, {background}")
        return multiple(cost.cpu.median_ms, other.cpu.median_ms)


def table(
    clip: JpegClip,
    masks: Mapping[str, MaskOptions],
    backgrounds: Mapping[str, Background],
    turns: int,
) -> Iterator[int | Table]:
    """Let all take turns on ``clip``; yields the turns done, and finally the table."""
    engine = next(iter(masks.values())).engine
    with ExitStack() as stack:
        candidates: dict[str, Candidate] = {}
        lines: list[Vcam] = []

        def enter(name: str, candidate: Candidate) -> None:
            candidates[name] = stack.enter_context(closing(candidate))

        enter(FLOOR, Bare("mediapipe"))
        enter(OWN, Bare(engine))
        for text, background in backgrounds.items():
            enter(f"{NAIVE}, {text}", Tutorial(clip.size, background))
            enter(f"{PEER}, {text}", Peer(clip.size, background))
            for preset, mask in masks.items():
                lines.append(Vcam(clip.size, background, mask))
                enter(f"{preset}, {text}", lines[-1])
        enter(AROUND[0], Decode())
        enter(AROUND[1], Convert(clip.size))
        for progress in measure(clip, candidates, turns):
            if isinstance(progress, int):
                yield progress
            else:
                yield Table(clip.size, tuple(progress), lines[0].engine)
