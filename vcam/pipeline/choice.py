"""What the user wants on air, which every gate compares its pictures with."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from vcam.backgrounds import Background
from vcam.frames import Image
from vcam.pipeline.loop import Loop, Step
from vcam.pipeline.recording import Kept, Recording, Shown
from vcam.pipeline.sampling import Withheld
from vcam.regions import NO_REGIONS, Region, Regions
from vcam.translation import tr

if TYPE_CHECKING:
    from vcam.pipeline.privacy import Gate

CHANGE_S: Final = 0.5
"""Longest time that a change of the choice waits for a picture that is being sent."""
UNDER_WAY_S: Final = 1.0
"""Longest time from reading the settings to sending a picture that was made by them."""


class Outdated(Withheld):
    """It was made before the user chose to show less of the room, or to hold."""


class Choice:
    """What the user wants on air: the background, and what is kept and dropped of the room;
    nothing new while held; what is recorded.

    It outlives outputs.  Any thread may read and change it.  Every :class:`Gate` compares
    its pictures with it, and a change waits for those that were compared before.
    """

    def __init__(self, background: Background, regions: Regions = NO_REGIONS) -> None:
        self._background, self._regions, self._held = background, regions, False
        self._changed = threading.Condition()
        self._sending: dict[Gate, object] = {}
        """What each gate is sending at this moment: a new object for every picture."""
        self._records = False
        self._recording = Recording()
        self._anew_s = float("-inf")
        """No picture that was sent before is shown again."""

    @property
    def background(self) -> Background:
        """What is wanted behind the person."""
        return self._background

    def permits(self, background: Background, region: Region) -> bool:
        """Whether a picture with these shows no more of the room than is wanted."""
        if background.exposure > self._background.exposure:
            return False
        return self._regions.allow(region)

    def change(
        self,
        background: Background,
        regions: Regions | None = None,
        *,
        held: bool = False,
        records: bool = False,
    ) -> None:
        """Choose ``background``, and whether new pictures are ``held`` back.

        ``regions`` is what is painted from now on; ``None`` leaves it as it is.
        Once it has returned, no picture goes out that this choice does not allow.  A
        driver may keep a picture for ever, so this waits :data:`CHANGE_S` at most: such a
        picture cannot be called back, and no other one follows it.  Nor is anything kept
        that it does not allow: a recording is dropped, as it is unless ``records``.
        """
        with self._changed:
            self._background, self._held, self._records = background, held, records
            if regions is not None:
                self._regions = regions
            shown = self._recording.shown
            if not records or (shown is not None and not self.permits(*shown)):
                self._recording.drop()
            earlier = dict(self._sending)
            self._changed.wait_for(lambda: self._have_left(earlier), CHANGE_S)

    def _have_left(self, earlier: "dict[Gate, object]") -> bool:
        return all(self._sending.get(gate) is not each for gate, each in earlier.items())

    @contextmanager
    def _allows(
        self,
        gate: "Gate",
        background: Background,
        region: Region,
        *,
        new: bool,
        recorded: bool = False,
    ) -> Iterator[None]:
        """Allow a picture to be sent inside it; raises :class:`Outdated` if it must not be.

        ``new``: it has not been on air before; ``recorded``: it is of the recording.
        """
        with self._changed:
            if new and (self._held or gate.closed):
                raise Outdated(tr("New pictures are held back"))
            if recorded and not self._recording.pictures:
                raise Outdated(tr("The recording was dropped"))
            if not new and gate.pictured_s < self._anew_s:
                raise Outdated(tr("Other rules hold now"))
            if not self.permits(background, region):
                raise Outdated(tr("Less of the room is wanted now"))
            self._sending[gate] = object()
        try:
            yield
        finally:
            self._forget(gate)

    def _forget(self, gate: "Gate") -> None:
        """Wait no longer for what ``gate`` is sending."""
        with self._changed:
            self._sending.pop(gate, None)
            self._changed.notify_all()

    # What was on air and may be played again.

    def record(self, image: Image, captured_s: float, shown: Shown) -> None:
        """Keep a picture that has just been sent, if that is wanted."""
        with self._changed:
            sent_s, quality = time.monotonic(), self._recording.quality
            if not self._records or not self._recording.wants(captured_s):
                return
        kept = Kept.of(image, captured_s, quality)
        with self._changed:
            if sent_s < self._anew_s:
                return
            # The choice may have changed since the picture was sent.
            if self._records and not self._held and self.permits(*shown):
                self._recording.add(kept, shown)

    def begin_anew(self) -> None:
        """Show nothing again of what was on air until now, nor of what is under way.

        For rules that a picture does not tell: an overlay that is required, people who are
        left out.
        """
        with self._changed:
            self._anew_s = time.monotonic() + UNDER_WAY_S
            self._recording.drop()

    @property
    def can_loop(self) -> bool:
        """Whether enough is recorded for a loop."""
        with self._changed:
            return self._recording.is_enough

    def loop(self, before: Image | None, shown: Shown | None) -> Loop:
        """A loop of the recording; ``before`` is on air, with ``shown``.

        Raises :class:`Withheld` when too little is recorded.
        """
        with self._changed:
            if not self._recording.is_enough:
                raise Withheld(tr("There is no recording to repeat"))
            same = shown == self._recording.shown
            return Loop(self._recording, before if same else None)

    def recorded(self, loop: Loop, step: Step) -> tuple[Kept, ...]:
        """What ``step`` of ``loop`` needs; raises :class:`Outdated` if it was dropped."""
        with self._changed:
            try:
                return loop.needed(step)
            except IndexError:
                raise Outdated(tr("The recording was dropped")) from None

    def drop_recording(self) -> None:
        """Keep nothing of what was on air."""
        with self._changed:
            self._recording.drop()
