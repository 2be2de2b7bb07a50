"""What vcam is doing, as a value anybody may read."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType


class State(Enum):
    """What the engine is doing.  There is no other flag."""

    STOPPED = "stopped"
    STARTING = "starting"
    LIVE = "live"
    WAITING = "waiting"
    """Something outside is missing; a card is on air; trying again."""
    RESTING = "resting"
    """Nobody watches: the camera is released, a card is on air at a low rate."""
    PAUSED = "paused"
    """The user is right back: the camera is released, a card is on air."""
    FROZEN = "frozen"
    """The last picture stays on air, still; the camera is released."""
    LOOPING = "looping"
    """The last seconds are on air again and again; the camera is released."""
    FAILED = "failed"
    """A bug, again and again.  The log has it; a card stays on air until stopped."""

    @property
    def is_held(self) -> bool:
        """The user asked for a card or for earlier pictures in place of live ones."""
        return self in (State.PAUSED, State.FROZEN, State.LOOPING)

    @property
    def needs_no_camera(self) -> bool:
        """The camera is released, on purpose."""
        return self.is_held or self is State.RESTING

    @property
    def is_trouble(self) -> bool:
        """Something is missing or broken."""
        return self in (State.WAITING, State.FAILED)

    @property
    def is_well(self) -> bool:
        """All is as it should be, and nothing is on its way."""
        return self in (State.LIVE, State.RESTING)

    @property
    def is_waking(self) -> bool:
        """The camera may open at any moment: what is on air says little about the next."""
        return self in (State.STARTING, State.RESTING)


class Hold(Enum):
    """What the user asked to keep on air instead of live pictures.  Never saved."""

    NOTHING = "nothing"
    PAUSE = "pause"
    """A card."""
    FREEZE = "freeze"
    """The last picture; a card when there is none that may be shown."""
    LOOP = "loop"
    """The last seconds again and again; without them as :attr:`FREEZE`."""

    @property
    def state(self) -> State | None:
        """The state that it leads to; ``None`` for live pictures."""
        states = {
            Hold.PAUSE: State.PAUSED,
            Hold.FREEZE: State.FROZEN,
            Hold.LOOP: State.LOOPING,
        }
        return states.get(self)


@dataclass(frozen=True, slots=True)
class Status:
    """An immutable report.  The engine replaces it; nobody edits it."""

    state: State = State.STOPPED
    message: str = ""
    """What is missing, in the user's words; empty when all is well."""
    remedy: str = ""
    not_set_up: bool = False
    """What is missing is the virtual camera, and ``vcam setup`` mends it."""
    camera: str = ""
    """The open source, with what was negotiated."""
    output: str = ""
    """The open output."""
    served: str = ""
    """The address at which programs of this user read what is on air; empty when none can.
    It is a secret."""
    background: str = ""
    """What is on air behind the person, as the command line takes it; empty on a card."""
    background_title: str = ""
    """The same as a short name for people, for example ``Blur``; empty on a card."""
    loading: str = ""
    """The title of the chosen background while it takes long to open and another one is on
    air; empty otherwise."""
    overlay_trouble: str = ""
    """Why the chosen overlay is not on air; empty otherwise."""
    card_trouble: str = ""
    """Why the chosen picture is not on the card of a break; empty otherwise."""
    font_trouble: str = ""
    """Why the chosen font is not used; empty otherwise."""
    watchers: tuple[str, ...] | None = None
    """The programs that read the virtual camera; ``None`` where that cannot be known."""
    quality: str = ""
    """The level of quality in use, which may be less than the chosen preset."""
    mask_engine: str = ""
    """Which engine runs the models, and why; empty while none does."""
    can_loop: bool = False
    """Enough was recorded to be shown again as a loop."""
    shows_room: bool = False
    """The last published frame was the plain room, as chosen."""
    keeps: bool = False
    """A part of the room is in the last published frame, because the user keeps it."""
    fps: float = 0.0
    latency_ms: float = 0.0
    """From the driver's hand-over to publishing, median of the last frames."""
    published: int = 0
    """Composited frames published since the start."""
    cards: int = 0
    """Cards published since the start."""
    costs_ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Processor milliseconds per frame by stage, medians of the last frames."""


class Meter:
    """Frame rate, latency and cost per stage over the last ``window`` frames."""

    def __init__(self, window: int = 60) -> None:
        self._window = window
        self._sent_s: deque[float] = deque(maxlen=window)
        self._latency_s: deque[float] = deque(maxlen=window)
        self._costs_ms: dict[str, deque[float]] = {}

    def tick(self, captured_s: float, sent_s: float, costs_ms: Mapping[str, float]) -> None:
        """Note one published frame; times in seconds on the monotonic clock."""
        self._sent_s.append(sent_s)
        self._latency_s.append(sent_s - captured_s)
        for stage, cost_ms in costs_ms.items():
            costs = self._costs_ms.setdefault(stage, deque(maxlen=self._window))
            costs.append(cost_ms)

    @property
    def fps(self) -> float:
        """Published frames per second, 0.0 before the second frame."""
        if len(self._sent_s) < 2:
            return 0.0
        span_s = self._sent_s[-1] - self._sent_s[0]
        return (len(self._sent_s) - 1) / span_s if span_s > 0 else 0.0

    @property
    def latency_ms(self) -> float:
        """Median latency in milliseconds, 0.0 before the first frame."""
        from statistics import median  # here: every command loads this file

        return 1000 * median(self._latency_s) if self._latency_s else 0.0

    @property
    def costs_ms(self) -> Mapping[str, float]:
        """Median processor milliseconds per frame, by stage in their order."""
        from statistics import median

        return MappingProxyType({k: median(v) for k, v in self._costs_ms.items()})
