"""What the publisher tells: one whole :class:`~vcam.status.Status` after another."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from vcam.backgrounds.room import Room
from vcam.errors import VcamError
from vcam.outputs import Output
from vcam.pipeline.privacy import Gate
from vcam.status import Meter, State, Status

log = logging.getLogger(__name__)

EVERY_S = 0.25
"""How often the figures are brought up to date while nothing else changes."""


class Bulletin:
    """Written by the publisher's thread; :attr:`status` is read by any."""

    def __init__(self, new_meter: Callable[[], Meter] = Meter) -> None:
        self.status = Status(State.STARTING)
        """The newest report."""
        self._published = self._cards = 0
        self._watchers: tuple[str, ...] | None = None
        self._output = ""
        self._gate: Gate | None = None
        self._new_meter = new_meter
        self._meter = new_meter()
        self._written_s = float("-inf")

    def on_air(self, output: Output, gate: Gate) -> None:
        """An output is open."""
        self._output, self._gate = output.name, gate

    def off_air(self) -> None:
        """It is closed."""
        self._output, self._gate, self._watchers = "", None, None

    def restart(self) -> None:
        """Another line begins; the figures of the last one are history.

        What was told before is not true any more: the camera is being opened.  Only what
        made the last line useless is still the news.
        """
        self._meter = self._new_meter()
        if not (self.status.state is State.WAITING and self.status.output):
            self._write(State.STARTING)

    def watched_by(self, watchers: tuple[str, ...] | None) -> None:
        """See :attr:`Status.watchers`."""
        self._watchers = watchers
        if watchers != self.status.watchers:
            self.status = replace(self.status, watchers=watchers)

    def live(
        self,
        camera: str,
        quality: str,
        captured_s: float,
        sent_s: float,
        costs_ms: Mapping[str, float],
    ) -> None:
        """A picture was sent."""
        self._published += 1
        self._meter.tick(captured_s, sent_s, costs_ms)
        now_s = time.monotonic()
        news = self.status.state is not State.LIVE or self._on_air != self.status.background
        if not news and now_s - self._written_s < EVERY_S:
            return
        self._written_s = now_s
        self._write(
            State.LIVE,
            camera=camera,
            quality=quality,
            fps=self._meter.fps,
            latency_ms=self._meter.latency_ms,
            costs_ms=self._meter.costs_ms,
        )

    def carded(self) -> None:
        """A card was sent."""
        self._cards += 1

    def resting(self, state: State, camera: str = "") -> None:
        """No camera is needed; ``camera`` is one that is still being let go."""
        self._write(state, camera=camera)

    def trouble(self, error: VcamError, state: State = State.WAITING) -> None:
        """Something is missing, or broken; goes into the log once."""
        if error.what != self.status.message:
            log.warning("%s", error)
        camera = self.status.camera if self._gate else ""
        self._write(state, message=error.what, remedy=error.remedy, camera=camera)

    @property
    def _on_air(self) -> str:
        background = self._gate.background if self._gate else None
        return str(background) if background else ""

    @property
    def _title(self) -> str:
        background = self._gate.background if self._gate else None
        return background.title if background else ""

    def _write(self, state: State, **news: Any) -> None:
        if state is not self.status.state:
            log.info("%s", " ".join(filter(None, (state.value, news.get("camera")))))
        self.status = Status(
            state=state,
            output=self._output,
            background=self._on_air,
            background_title=self._title,
            watchers=self._watchers,
            shows_room=self._gate is not None and isinstance(self._gate.background, Room),
            published=self._published,
            cards=self._cards,
            **news,
        )
