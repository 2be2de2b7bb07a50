"""Reports what the engine does, as one immutable status after another."""

import logging
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vcam.backgrounds.room import Room
from vcam.engine.factories import Timeouts
from vcam.errors import NotSetUpError, SourceError, VcamError
from vcam.outputs import Output, address_of
from vcam.pipeline.privacy import Gate
from vcam.status import Meter, State, Status
from vcam.translation import tr

log = logging.getLogger(__name__)

EVERY_S = 0.25
"""Interval at which the figures are updated while nothing else changes."""


class StatusReporter:
    """Written by the publisher's thread; :attr:`status` is read by any."""

    def __init__(self, stuck_s: float = Timeouts.stuck_s) -> None:
        self._stuck_s = stuck_s
        self._status = Status(State.STARTING)
        self._published = self._cards = 0
        self._watchers: tuple[str, ...] | None = None
        self._font_trouble = ""
        self._output: Output | None = None
        self._gate: Gate | None = None
        self._meter = Meter()
        self._written_s = float("-inf")

    @property
    def status(self) -> Status:
        """The newest report.  Any thread may read it."""
        status, gate = self._status, self._gate
        if gate is None or gate.sending_s <= self._stuck_s:
            return status
        # The thread that would report this is the one that is stuck.
        return replace(
            status,
            state=State.WAITING,
            message=tr("{output} does not respond", output=status.output),
            remedy=tr(
                "Close the programs that use it; if that does not help, restart vcam"
            ),
            fps=0.0,
        )

    def output_opened(self, output: Output, gate: Gate) -> None:
        """An output is open."""
        self._output, self._gate = output, gate

    def output_closed(self) -> None:
        """The output is closed."""
        self._output = self._gate = self._watchers = None

    def producer_started(self) -> None:
        """Another producer begins; the figures of the last one do not count any more.

        The camera is being opened; only what made the last producer useless is reported
        until the next picture.
        """
        self._meter = Meter()
        if not (self._status.state is State.WAITING and self._status.output):
            self._write(State.STARTING)

    def watched_by(self, watchers: tuple[str, ...] | None) -> None:
        """See :attr:`Status.watchers`."""
        self._watchers = watchers
        if watchers != self._status.watchers:
            self._status = replace(self._status, watchers=watchers)

    def lettered(self, trouble: str) -> None:
        """See :attr:`Status.font_trouble`."""
        self._font_trouble = trouble
        if trouble != self._status.font_trouble:
            self._status = replace(self._status, font_trouble=trouble)

    def live(
        self,
        camera: str,
        quality: str,
        captured_s: float,
        sent_s: float,
        costs_ms: Mapping[str, float],
        loading: str = "",
        mask_engine: str = "",
        overlay_trouble: str = "",
    ) -> None:
        """A picture was sent."""
        self._published += 1
        self._meter.tick(captured_s, sent_s, costs_ms)
        now_s = time.monotonic()
        last = self._status
        same = (State.LIVE, self._on_air, loading, self._keeps) == (
            *(last.state, last.background, last.loading, last.keeps),
        )
        if same and now_s - self._written_s < EVERY_S:
            return
        self._written_s = now_s
        self._write(
            State.LIVE,
            camera=camera,
            quality=quality,
            loading=loading,
            mask_engine=mask_engine,
            overlay_trouble=overlay_trouble,
            fps=self._meter.fps,
            latency_ms=self._meter.latency_ms,
            costs_ms=self._meter.costs_ms,
        )

    def card_sent(self) -> None:
        """A card was sent."""
        self._cards += 1

    def resting(self, state: State, camera: str = "", card_trouble: str = "") -> None:
        """No camera is needed; ``camera`` is one that is still being released."""
        paused = state is State.PAUSED
        self._write(state, camera=camera, card_trouble=card_trouble if paused else "")

    def trouble(self, error: VcamError, state: State = State.WAITING) -> None:
        """Something is missing, or broken; goes into the log once."""
        if error.what != self._status.message:
            log.warning("%s", error)
        camera = self._status.camera if self._gate else ""
        self._write(
            state,
            message=error.what,
            remedy=error.remedy,
            not_set_up=isinstance(error, NotSetUpError),
            camera=camera,
        )

    def no_pictures(self) -> None:
        """The camera is open and sends nothing."""
        self.trouble(
            SourceError(
                tr("No pictures are coming from the camera"),
                tr("Unplug it and plug it in again, or choose another camera"),
            )
        )

    @property
    def _on_air(self) -> str:
        background = self._gate.background if self._gate else None
        return str(background) if background else ""

    @property
    def _title(self) -> str:
        background = self._gate.background if self._gate else None
        return background.title if background else ""

    @property
    def _keeps(self) -> bool:
        return self._gate is not None and bool(self._gate.region.kept)

    def _write(self, state: State, **news: Any) -> None:
        if state is not self._status.state:
            log.info("%s", " ".join(filter(None, (state.value, news.get("camera")))))
        self._status = Status(
            state=state,
            output=self._output.name if self._output else "",  # it may change
            served=address_of(self._output) if self._output else "",
            background=self._on_air,
            background_title=self._title,
            watchers=self._watchers,
            can_loop=self._gate is not None and self._gate.can_loop,
            font_trouble=self._font_trouble,
            shows_room=self._gate is not None and isinstance(self._gate.background, Room),
            keeps=self._keeps,
            published=self._published,
            cards=self._cards,
            **news,
        )
