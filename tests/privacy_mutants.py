"""Every guard of privacy is taken away in turn: does a test notice?

::

    python -m tests.privacy_mutants --list
    python -m tests.privacy_mutants --jobs 2
    python -m tests.privacy_mutants --only "gate:"

A mutant is a place in the source and what is written there instead, in a copy of the tree.
It is killed when one of its tests fails, or does not end in time, and survives when all of
them pass.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
NEEDED: Final = ("vcam", "tests", "pyproject.toml")
"""What a copy of the tree consists of."""
LONGEST_S: Final = 300.0
"""A mutant that keeps its tests busy for so long is killed by that."""


@dataclass(frozen=True)
class Mutant:
    """A guard, and the source without it."""

    name: str
    """``place: what is wrong now``."""
    file: str
    """Below ``vcam``."""
    old: str
    """Occurs once in the file."""
    new: str
    tests: tuple[str, ...]
    """Files below ``tests``, or tests in them, the likeliest first."""

    @property
    def path(self) -> str:
        """Below the root."""
        return f"vcam/{self.file}"

    def is_found(self, root: Path = ROOT) -> bool:
        """Whether the source still reads as the mutant expects."""
        return (root / self.path).read_text("utf-8").count(self.old) == 1


class Fate(Enum):
    """What became of a mutant."""

    KILLED = "killed"
    TIMED_OUT = "killed by its time"
    SURVIVED = "SURVIVED"
    NOT_FOUND = "NOT FOUND in the source, or more than once"
    BROKEN = "BROKEN: its tests could not be run"


FINE: Final = (Fate.KILLED, Fate.TIMED_OUT)
GATE: Final = ("pipeline/test_gate.py",)
DECIDED: Final = ("settings/test_policy.py", "test_policy_everywhere.py")
LOOPS: Final = (
    *("pipeline/test_gate_loop.py", "pipeline/test_loop.py", "engine/test_looping.py"),
)
HOLD: Final = ("engine/test_hold.py",)
OPENED_ONCE: Final = ("engine/test_background_loader.py",)
PRODUCING: Final = ("engine/test_producer.py",)
LAW: Final = ("pipeline/test_privacy.py",)
FRAMED: Final = ("pipeline/test_framing.py", "pipeline/test_auto_framing.py")
ENGINE: Final = ("engine/test_engine.py",)
INSPECTED: Final = ("engine/test_inspection.py",)

GATES: Final = (
    Mutant(
        "cleared: anybody makes one",
        "pipeline/privacy.py",
        "if self.seal is not _SEAL:",
        "if False:",
        LAW,
    ),
    Mutant(
        "examined: nothing is",
        "pipeline/privacy.py",
        "    else:\n        examine(finished)\n",
        "",
        LAW,
    ),
    Mutant(
        "gate: takes what is not cleared",
        "pipeline/privacy.py",
        "if not isinstance(picture, Cleared):",
        "if False:",
        LAW,
    ),
    Mutant(
        "gate: takes any size",
        "pipeline/privacy.py",
        "if Size.of(picture.image) != self._output.size:",
        "if False:",
        LAW + GATE,
    ),
    Mutant(
        "gate: publishes while it is held",
        "pipeline/choice.py",
        "            if new and (self._held or gate.closed):",
        "            if new and gate.closed:",
        GATE,
    ),
    Mutant(
        "gate: publishes after the end",
        "pipeline/choice.py",
        "            if new and (self._held or gate.closed):",
        "            if new and self._held:",
        GATE,
    ),
    Mutant(
        "gate: a hold takes the frozen picture off the air",
        "pipeline/choice.py",
        "            if new and (self._held or gate.closed):",
        "            if self._held or gate.closed:",
        GATE,
    ),
    Mutant(
        "gate: sends what shows more than is chosen",
        "pipeline/choice.py",
        "        if background.exposure > self._background.exposure:",
        "        if False:",
        GATE,
    ),
    Mutant(
        "gate: compares the wrong way round",
        "pipeline/choice.py",
        "        if background.exposure > self._background.exposure:",
        "        if background.exposure < self._background.exposure:",
        GATE,
    ),
    Mutant(
        "gate: withholds what shows as much as is chosen",
        "pipeline/choice.py",
        "        if background.exposure > self._background.exposure:",
        "        if background.exposure >= self._background.exposure:",
        GATE,
    ),
    Mutant(
        "gate: publishes what is not compared",
        "pipeline/privacy.py",
        "        with self._choice._allows(self, *shown, new=True):\n",
        "        if True:\n",
        GATE,
    ),
    Mutant(
        "gate: repeats what is not compared",
        "pipeline/privacy.py",
        "        try:\n            with self._choice._allows(self, background, region"
        ", new=False):\n",
        "        try:\n            if True:\n",
        GATE,
    ),
    Mutant(
        "gate: what was hidden may come back",
        "pipeline/privacy.py",
        "            self.forget()\n            raise\n\n    def play(",
        "            raise\n\n    def play(",
        GATE,
    ),
    Mutant(
        "gate: forgets nothing",
        "pipeline/privacy.py",
        "        self._picture = self._loop = None\n        if",
        "        self._loop = None\n        if",
        GATE,
    ),
    Mutant(
        "gate: keeps no picture",
        "pipeline/privacy.py",
        "        self._picture = image, *shown\n        if",
        "        if",
        GATE,
    ),
    Mutant(
        "gate: a card is taken for the picture before it",
        "pipeline/privacy.py",
        "self._send(card, None)",
        "self._send(card, self.background)",
        GATE,
    ),
    Mutant(
        "gate: does not know what is on air",
        "pipeline/privacy.py",
        "self.sent, self.background, self.region = image, background, region",
        "self.sent, self.background, self.region = image, None, region",
        GATE,
    ),
    Mutant(
        "gate: nothing on air shows too much",
        "pipeline/privacy.py",
        "return shown is not None and not self._choice.permits(shown, self.region)",
        "return False",
        GATE,
    ),
    Mutant(
        "gate: does not know that the driver hangs",
        "pipeline/privacy.py",
        "        self._sending_since_s = time.monotonic()",
        "        self._sending_since_s = None",
        (
            "engine/test_engine.py::test_a_virtual_camera_that_hangs_is_told_until_it_goes_on",
        ),
    ),
    Mutant(
        "choice: a picture that is being sent is not known",
        "pipeline/choice.py",
        "            self._sending[gate] = object()\n",
        "",
        GATE,
    ),
    Mutant(
        "choice: is changed without waiting",
        "pipeline/choice.py",
        "            self._changed.wait_for(lambda: self._have_left(earlier), CHANGE_S)\n",
        "",
        GATE,
    ),
    Mutant(
        "choice: waits for one picture of several",
        "pipeline/choice.py",
        "        return all(self._sending.get(gate) is not",
        "        return any(self._sending.get(gate) is not",
        GATE,
    ),
    Mutant(
        "choice: waits for pictures that were compared after",
        "pipeline/choice.py",
        "            self._sending[gate] = object()\n",
        "            self._sending[gate] = gate\n",
        GATE,
    ),
    Mutant(
        "choice: is waited for without a bound",
        "pipeline/choice.py",
        "self._have_left(earlier), CHANGE_S)",
        "self._have_left(earlier))",
        (
            f"{GATE[0]}::test_the_answer_comes_although_the_driver_does_not_let_go_of_its_picture",
        ),
    ),
    Mutant(
        "choice: a picture that was sent is waited for",
        "pipeline/choice.py",
        "            self._sending.pop(gate, None)\n",
        "",
        GATE,
    ),
    Mutant(
        "choice: nobody is told that a picture was sent",
        "pipeline/choice.py",
        "            self._changed.notify_all()\n",
        "",
        GATE,
    ),
    Mutant(
        "gate: what an abandoned one is sending is waited for",
        "pipeline/privacy.py",
        "        self.close()\n        self._choice._forget(self)\n",
        "        self.close()\n",
        GATE,
    ),
    Mutant(
        "live settings: the gate does not know of a new background",
        "engine/live_settings.py",
        "self._policy.enforced(settings)\n        self._update_choice()\n",
        "self._policy.enforced(settings)\n",
        GATE,
    ),
    Mutant(
        "live settings: the gate does not know of a hold",
        "engine/live_settings.py",
        "            self._hold = hold\n            self._update_choice()\n",
        "            self._hold = hold\n",
        GATE,
    ),
    Mutant(
        "engine: nobody looks at what has changed",
        "engine/engine.py",
        "        self._live.hold(hold, minutes)\n        self._wake()\n",
        "        self._live.hold(hold, minutes)\n",
        HOLD,
    ),
)
PUBLISHER: Final = (
    Mutant(
        "publisher: the gate does not know of the end",
        "engine/publisher.py",
        "            gate.close()\n        self.wake()",
        "            pass\n        self.wake()",
        GATE,
    ),
    Mutant(
        "publisher: a run that is left behind holds up every later change",
        "engine/publisher.py",
        "                gate.abandon()\n",
        "                pass\n",
        ENGINE,
    ),
    Mutant(
        "publisher: a rest is not begun",
        "engine/publisher.py",
        "            if self.on_demand.rest:\n                return\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: a hold does not cover before the camera lets go",
        "engine/publisher.py",
        "        if rest or gate.overexposed:",
        "        if gate.overexposed:",
        HOLD,
    ),
    Mutant(
        "publisher: the room is not covered before the camera lets go",
        "engine/publisher.py",
        "        if rest or gate.overexposed:",
        "        if rest:",
        LAW,
    ),
    Mutant(
        "publisher: nothing is covered before the camera lets go",
        "engine/publisher.py",
        "            ending.callback(self._cover, gate, producer)\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: the camera is not let go",
        "engine/publisher.py",
        "            ending.callback(self._end, gate, producer)\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: freezing is a card",
        "engine/stills.py",
        "        if rest in (State.FROZEN, State.LOOPING):",
        "        if False:",
        HOLD,
    ),
    Mutant(
        "publisher: a pause shows the last picture",
        "engine/stills.py",
        "        if rest in (State.FROZEN, State.LOOPING):",
        "        if rest and rest.is_held:",
        HOLD,
    ),
    Mutant(
        "publisher: what was on air before a pause comes back",
        "engine/stills.py",
        "            gate.forget()  # what was",
        "            pass  # what was",
        HOLD,
    ),
    Mutant(
        "publisher: a still picture stays although it shows too much",
        "engine/publisher.py",
        "            if news or now_s >= due_s or gate.overexposed:",
        "            if news or now_s >= due_s:",
        GATE,
    ),
    Mutant(
        "publisher: another hold is not looked at",
        "engine/publisher.py",
        "            if news or now_s >= due_s or gate.overexposed:",
        "            if now_s >= due_s or gate.overexposed:",
        GATE + HOLD,
    ),
    Mutant(
        "publisher: the plain room stays until a card is due",
        "engine/publisher.py",
        "        if gate.overexposed and isinstance(gate.background, Room):\n"
        "            return True\n",
        "",
        LAW,
    ),
    Mutant(
        "publisher: the blurred room stays while the next background loads",
        "engine/publisher.py",
        "(gate.overexposed or producer.trouble is not None or silent)",
        "(producer.trouble is not None or silent)",
        GATE,
    ),
    Mutant(
        "publisher: trouble shows no card",
        "engine/publisher.py",
        "(gate.overexposed or producer.trouble is not None or silent)",
        "(gate.overexposed or silent)",
        GATE,
    ),
    Mutant(
        "publisher: silence shows no card",
        "engine/publisher.py",
        "(gate.overexposed or producer.trouble is not None or silent)",
        "(gate.overexposed or producer.trouble is not None)",
        ENGINE,
    ),
    Mutant(
        "publisher: what is withheld shows no card",
        "engine/publisher.py",
        "                self._card(gate, card_text(verdict))\n",
        "",
        GATE,
    ),
    Mutant(
        "publisher: what is withheld is not told",
        "engine/publisher.py",
        "                self.reporter.trouble(verdict)\n",
        "",
        GATE,
    ),
    Mutant(
        "publisher: what is outdated is told as live",
        "engine/publisher.py",
        "                picture = None  # the one",
        "                pass  # the one",
        GATE,
    ),
    Mutant(
        "publisher: a stuck producer shows no card",
        "engine/publisher.py",
        "self._card(gate, ONE_MOMENT)\n                self.reporter.trouble(V",
        "self.reporter.trouble(V",
        GATE,
    ),
    Mutant(
        "publisher: a card tells the call which file is missing",
        "engine/card_texts.py",
        "    return next(texts, ONE_MOMENT)",
        "    return trouble.what if trouble else ONE_MOMENT",
        LAW,
    ),
    Mutant(
        "publisher: a picture stays on air that is on air no more",
        "engine/publisher.py",
        "                self.gate = None\n",
        "",
        GATE,
    ),
    Mutant(
        "publisher: begins without a card",
        "engine/publisher.py",
        "                self._card(gate, ONE_MOMENT)\n                while",
        "                while",
        ENGINE,
    ),
)
PRODUCER: Final = (
    Mutant(
        "producer: the room stays while the next background loads",
        "engine/producer.py",
        "            stays = None if shown.exposure > wanted.exposure else shown",
        "            stays = shown",
        PRODUCING,
    ),
    Mutant(
        "policy: a name plate covers the overlay that it requires",
        "engine/producer.py",
        "picture_on_top=self._live.policy.requires_overlay",
        "picture_on_top=False",
        DECIDED,
    ),
    Mutant(
        "producer: a background that a policy forbids stays while the next one loads",
        "engine/producer.py",
        "            if not self._live.policy.allows(shown):",
        "            if False:",
        DECIDED,
    ),
    Mutant(
        "producer: the old background does not stay while the next one loads",
        "engine/producer.py",
        "            stays = None if shown.exposure > wanted.exposure else shown",
        "            stays = None",
        PRODUCING,
    ),
    Mutant(
        "producer: the old background is opened again while the next one loads",
        "engine/producer.py",
        "        if shown is None or not self._is_open(shown, processor):",
        "        if shown is None:",
        PRODUCING,
    ),
    Mutant(
        "producer: the old background comes back after trouble",
        "engine/producer.py",
        "                shown = None\n",
        "",
        PRODUCING,
    ),
    Mutant(
        "producer: a frame after the end is looked at",
        "engine/producer.py",
        "            if frame is None or self._stopping.is_set():",
        "            if frame is None:",
        PRODUCING,
    ),
    Mutant(
        "producer: another camera is not looked for",
        "engine/producer.py",
        "            if settings.source.camera != camera:\n                return\n",
        "",
        PRODUCING,
    ),
    Mutant(
        "producer: a camera's first frames are shown",
        "engine/producer.py",
        "            if unseen:\n",
        "            if False:\n",
        PRODUCING,
    ),
    Mutant(
        "producer: one bad mask is trouble",
        "engine/producer.py",
        "                if not bad and isinstance",
        "                if isinstance",
        ENGINE,
    ),
    Mutant(
        "producer: bad masks in a row are no trouble",
        "engine/producer.py",
        "                    bad = True  # the next",
        "                    pass  # the next",
        ENGINE,
    ),
    Mutant(
        "producer: a good picture ends no trouble",
        "engine/producer.py",
        "            self.trouble = None\n",
        "",
        PRODUCING,
    ),
    Mutant(
        "producer: loads for ever without a word",
        "engine/producer.py",
        "        if late and stays is None:",
        "        if False:",
        OPENED_ONCE,
    ),
    Mutant(
        "producer: never gives up",
        "engine/producer.py",
        "                    self.failed = True\n                    return",
        "                    pass",
        ENGINE,
    ),
    Mutant(
        "producer: a picture is handed over twice",
        "engine/producer.py",
        "            picture, self._picture = self._picture, None",
        "            picture = self._picture",
        PRODUCING,
    ),
    Mutant(
        "producer: a camera that hangs is not closed",
        "engine/producer.py",
        "            if self._source is not None:",
        "            if False:",
        ENGINE,
    ),
    Mutant(
        "producer: a camera is not known again",
        "engine/producer.py",
        "            self._identities[camera] = identity",
        "            pass",
        ENGINE,
    ),
    Mutant(
        "producer: an abandoned producer has the governor",
        "engine/producer.py",
        "            if not self._stopping.is_set():  # or",
        "            if True:  # or",
        PRODUCING,
    ),
)
LOADER: Final = (
    Mutant(
        "loader: hands over what was opened for another background",
        "engine/background_loader.py",
        "    return opening.wanted == (background, size) and opening.keep()",
        "    return opening.keep()",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: hands over what was opened for another size",
        "engine/background_loader.py",
        "    return opening.wanted == (background, size) and opening.keep()",
        "    return opening.wanted[0] == background and opening.keep()",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: hands over what is closed",
        "engine/background_loader.py",
        "    return opening.wanted == (background, size) and opening.keep()",
        "    return opening.wanted == (background, size)",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what was prepared is opened again",
        "engine/background_loader.py",
        "        self._prepared = None\n        return opening",
        "        return _Opening(background, size)",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what failed once fails for ever",
        "engine/background_loader.py",
        "            opening, self._wanted = self._wanted, None",
        "            opening = self._wanted",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what is not used is not closed",
        "engine/background_loader.py",
        "        if unused is not None:",
        "        if False:",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what was prepared before stays open",
        "engine/background_loader.py",
        "                if opening is not None:\n                    opening.discard()\n"
        "                opening = self._prepared",
        "                opening = self._prepared",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what the producer does not want any more stays open",
        "engine/background_loader.py",
        "                if opening is not None:\n                    opening.discard()\n"
        "                opening = self._wanted",
        "                opening = self._wanted",
        OPENED_ONCE,
    ),
    Mutant(
        "loader: what failed to open is kept",
        "engine/background_loader.py",
        "(opening, background, size) or opening.error:\n                if",
        "(opening, background, size):\n                if",
        OPENED_ONCE,
    ),
)
PIPELINE: Final = (
    Mutant(
        "pipeline: the mask goes on over a picture that was withheld",
        "pipeline/pipeline.py",
        "            self._matting.reset()\n            self._framing",
        "            self._framing",
        LAW,
    ),
    Mutant(
        "pipeline: the framing goes on over a picture that was withheld",
        "pipeline/pipeline.py",
        "            self._framing.reset()\n            self._cross_fade",
        "            self._cross_fade",
        LAW,
    ),
    Mutant(
        "pipeline: the mask goes on over the plain room",
        "pipeline/pipeline.py",
        "            self._matting.reset()\n            self._cross_fade.reset()\n"
        "            room",
        "            self._cross_fade.reset()\n            room",
        LAW,
    ),
    Mutant(
        "pipeline: the framing goes on while it is off",
        "pipeline/framing.py",
        "        else:\n            self._auto.reset()\n",
        "        else:\n",
        LAW,
    ),
    Mutant(
        "framing: what was seen before a gap goes on",
        "pipeline/framing.py",
        "        if self._size != size or not 0 <= passed_s < GAP_S:\n",
        "        if False:\n",
        FRAMED,
    ),
    Mutant(
        "framing: the window is another one for alpha than for the picture",
        "pipeline/framing.py",
        '        alpha = self._enlarged("alpha", matte.alpha, window)',
        "        alpha = matte.alpha",
        FRAMED,
    ),
    Mutant(
        "framing: the evidence stays that of the whole frame",
        "pipeline/framing.py",
        "                limit=_part_of(matte.limit, window, size),",
        "                limit=matte.limit,",
        FRAMED,
    ),
    Mutant(
        "framing: what is opaque is mixed with soft neighbours, without the kernels",
        "pipeline/framing.py",
        "            cv2.copyTo(image, cv2.bitwise_not(cv2.inRange(alpha, 1, 254)), large)"
        "\n",
        "",
        ("kernels/test_compiled_windows.py",),
    ),
    Mutant(
        "framing: the plain room is shown where people were",
        "pipeline/framing.py",
        "        if options.auto:\n            self.reset()\n"
        "            return frame, painted\n",
        "",
        FRAMED,
    ),
    Mutant(
        "framing: the window may leave the frame",
        "pipeline/window_path.py",
        "-math.expm1(-left) - left * fading",
        "-math.expm1(-left)",
        ("pipeline/test_window_path.py",),
    ),
    Mutant(
        "pipeline: any mask is said to be of this frame",
        "pipeline/pipeline.py",
        "matte.mask, matte.frame_index)",
        "matte.mask, frame.index)",
        LAW,
    ),
    Mutant(
        "pipeline: the room is handed over as the camera's own memory",
        "pipeline/pipeline.py",
        "room = frame.image.copy()",
        "room = frame.image",
        ("pipeline/test_pipeline.py::test_room_means_the_room",),
    ),
    Mutant(
        "pipeline: paints what was open already",
        "pipeline/pipeline.py",
        "if self._painter is None or not self.holds(background, size):",
        "if self._painter is None:",
        ("pipeline/test_pipeline.py::test_the_background_may_change_between_frames",),
    ),
    Mutant(
        "pipeline: paints what was open for another size",
        "pipeline/pipeline.py",
        "return self._opened == (background, size)",
        "return self._opened is not None and self._opened[0] == background",
        ("pipeline/test_pipeline.py::test_any_size_and_shape_of_frame",),
    ),
)
INFERENCE: Final = (
    Mutant(
        "inference: anything is a mask",
        "masking/inference.py",
        "    if not isinstance(mask, np.ndarray):",
        "    if False:",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "inference: a mask has any shape",
        "masking/inference.py",
        "if mask.shape != (size.height, size.width) or mask.dtype != np.float32:",
        "if mask.dtype != np.float32:",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "inference: a mask is of any type",
        "masking/inference.py",
        "if mask.shape != (size.height, size.width) or mask.dtype != np.float32:",
        "if mask.shape != (size.height, size.width):",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "inference: a mask may be below 0",
        "masking/inference.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if not high <= 1 + _TOLERANCE:",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "inference: a mask may be above 1",
        "masking/inference.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if not low >= -_TOLERANCE:",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "inference: a mask may be no number",
        "masking/inference.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if low < -_TOLERANCE or high > 1 + _TOLERANCE:",
        ("masking/test_inference.py",),
    ),
    Mutant(
        "matting: an engine that failed is asked again",
        "masking/matting.py",
        "            self.reset()\n            self._engine.failed(error)\n"
        "            raise",
        "            raise",
        LAW,
    ),
    Mutant(
        "matting: an engine that failed runs on",
        "masking/matting.py",
        "            self._engine.failed(error)\n",
        "",
        ("masking/test_masking.py",),
    ),
    Mutant(
        "engine: one that failed is not closed",
        "masking/running_engine.py",
        "            self._note(self._name, error)\n        self.close()\n",
        "            self._note(self._name, error)\n",
        ("masking/test_running_engine.py",),
    ),
    Mutant(
        "engine: the failing one is opened again",
        "masking/running_engine.py",
        "            self._note(self._name, error)\n        self.close()\n",
        "            pass\n        self.close()\n",
        ("masking/test_running_engine.py",),
    ),
    Mutant(
        "matting: frames of another size go through the old line",
        "masking/matting.py",
        "        if self._history is None or self._history.sizes.frame != size:",
        "        if self._history is None:",
        ("pipeline/test_pipeline.py::test_any_size_and_shape_of_frame",),
    ),
    Mutant(
        "matting: what was seen before is not forgotten",
        "masking/matting.py",
        "        self._history = self._stages = None\n\n    def turn",
        "        pass\n\n    def turn",
        LAW,
    ),
)
EXAMINATION: Final = ("pipeline/test_examination.py",)
CREDIBILITY: Final = ("masking/test_credibility.py",)
ROOM_MODEL: Final = ("masking/test_room_model.py", "masking/test_credibility.py")
REPEATS: Final = ("masking/test_repeats.py",)
LAW_INFERENCE: Final = ("masking/test_inference.py", "masking/test_repeats.py")
LAW_MATTING: Final = ("masking/test_evidence_lasts.py", "masking/test_repeats.py")
LAW_PIPELINE: Final = ("masking/test_evidence_lasts.py", "pipeline/test_privacy.py")
FADES: Final = ("pipeline/test_cross_fade.py",)
OVERLAYS: Final = ("overlay/test_overlay.py",)
BREAKS: Final = ("pipeline/test_gate.py",)
OF_FADES: Final = (
    Mutant(
        "fade: what is painted is not looked at",
        "pipeline/examination.py",
        "        back = fade.painted[rows]\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "fade: what was painted before is not looked at",
        "pipeline/examination.py",
        "    if fade.former.exposure == HIDES_ROOM:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "fade: anything is a mixture",
        "pipeline/examination.py",
        "    if cv2.norm(mixed, behind, cv2.NORM_INF) > BLEND:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "fade: any share is one",
        "pipeline/examination.py",
        "    if not (0 <= fade.share <= 1 and",
        "    if not (True and",
        EXAMINATION,
    ),
    Mutant(
        "fade: the room fades out",
        "pipeline/cross_fade.py",
        "        if former.exposure <= background.exposure and",
        "        if True and",
        FADES,
    ),
    Mutant(
        "fade: it goes on after a frame that went wrong",
        "pipeline/pipeline.py",
        "            self._framing.reset()\n            self._cross_fade.reset()\n",
        "            self._framing.reset()\n",
        FADES,
    ),
    Mutant(
        "loop: is recorded without being asked for",
        "pipeline/choice.py",
        "            if self._records and not self._held and self.permits(*shown):",
        "            if not self._held and self.permits(*shown):",
        LOOPS,
    ),
    Mutant(
        "loop: what was hidden while it was encoded is kept",
        "pipeline/choice.py",
        "            if self._records and not self._held and self.permits(*shown):",
        "            if self._records and not self._held:",
        LOOPS,
    ),
    Mutant(
        "loop: what was held while it was encoded is kept",
        "pipeline/choice.py",
        "            if self._records and not self._held and self.permits(*shown):",
        "            if self._records and self.permits(*shown):",
        LOOPS,
    ),
    Mutant(
        "loop: what shows more than is chosen is kept until it is asked for",
        "pipeline/choice.py",
        "            if not records or (shown is not None and not self.permits(*shown)):",
        "            if not records:",
        LOOPS,
    ),
    Mutant(
        "loop: a recording that is not wanted any more is kept",
        "pipeline/choice.py",
        "            if not records or (shown is not None and not self.permits(*shown)):",
        "            if shown is not None and not self.permits(*shown):",
        LOOPS,
    ),
    Mutant(
        "loop: what was dropped while it was decoded is sent",
        "pipeline/choice.py",
        "            if recorded and not self._recording.pictures:",
        "            if False:",
        LOOPS,
    ),
    Mutant(
        "loop: is not compared with what is chosen",
        "pipeline/privacy.py",
        "            with self._choice._allows("
        "self, *loop.shown, new=False, recorded=True):\n",
        "            if True:\n",
        LOOPS,
    ),
    Mutant(
        "loop: what is forgotten stays in the recording",
        "pipeline/privacy.py",
        "            self._before = None\n        self._choice.drop_recording()\n",
        "            self._before = None\n",
        LOOPS,
    ),
    Mutant(
        "loop: a gate that is closed keeps it",
        "pipeline/privacy.py",
        "        self.closed = True\n        self._choice.drop_recording()\n",
        "        self.closed = True\n",
        LOOPS,
    ),
    Mutant(
        "loop: a mixture with a card is recorded",
        "pipeline/privacy.py",
        "        if self._before is None:\n            self._choice.record(",
        "        if True:\n            self._choice.record(",
        LOOPS,
    ),
    Mutant(
        "loop: lingers in pictures that show less",
        "pipeline/privacy.py",
        "        if share >= 1 or has_shown not in (None, shown):",
        "        if share >= 1:",
        LOOPS,
    ),
    Mutant(
        "loop: a card does not end it",
        "pipeline/privacy.py",
        "        self._loop = None\n        self._before = (card, None)",
        "        self._before = (card, None)",
        LOOPS,
    ),
    Mutant(
        "loop: goes on in a break",
        "engine/live_settings.py",
        "        records = self._settings.loop.ready and self._hold is not Hold.PAUSE",
        "        records = self._settings.loop.ready",
        LOOPS,
    ),
    Mutant(
        "loop: one recording has several backgrounds",
        "pipeline/recording.py",
        "            if shown != self.shown or not 0 < passed_s <= GAP_S:",
        "            if not 0 < passed_s <= GAP_S:",
        LOOPS,
    ),
    Mutant(
        "loop: a recording grows without end",
        "pipeline/recording.py",
        "        while self.seconds > SECONDS or self._bytes > MOST_BYTES:",
        "        while False:",
        LOOPS,
    ),
    Mutant(
        "loop: goes on for ever while the camera is away",
        "engine/publisher.py",
        "            if silent_s < timeouts.opening_s and self._stills.play_on(gate):",
        "            if self._stills.play_on(gate):",
        LOOPS,
    ),
    Mutant(
        "loop: what was on air before a policy is kept",
        "engine/live_settings.py",
        "takes its place.\n        self.choice.begin_anew()\n",
        "takes its place.\n",
        LOOPS,
    ),
    Mutant(
        "loop: what is under way while a policy changes is recorded",
        "pipeline/choice.py",
        "            if sent_s < self._anew_s:\n                return\n",
        "",
        LOOPS,
    ),
    Mutant(
        "break: what was on air before a policy is frozen after it",
        "pipeline/choice.py",
        "            if not new and gate.pictured_s < self._anew_s:",
        "            if False:",
        LOOPS,
    ),
    Mutant(
        "loop: somebody who is left out is seen in it",
        "engine/live_settings.py",
        "was there until now.\n            self.choice.begin_anew()\n",
        "was there until now.\n            pass\n",
        LOOPS,
    ),
    Mutant(
        "break: what is held is not what was sent",
        "pipeline/privacy.py",
        "        self._picture = image, *shown\n        if",
        "        self._picture = picture.image, *shown\n        if",
        BREAKS,
    ),
    Mutant(
        "overlay: it fits every picture",
        "pipeline/privacy.py",
        "    if overlay.size != Size.of(picture.image):",
        "    if False:",
        OVERLAYS,
    ),
)
DENOISE: Final = ("appearance/test_denoise.py",)
APPEARANCE: Final = ("appearance/test_appearance.py",)
LIGHT_WRAP: Final = ("appearance/test_light_wrap.py",)
SOFT_SKIN: Final = ("appearance/test_soft_skin.py",)
OF_THE_LOOK: Final = (
    Mutant(
        "look: whatever was said to be done was done",
        "pipeline/examination.py",
        "        if cv2.norm(off, cv2.NORM_INF, opaque) > after:",
        "        if False:",
        EXAMINATION,
    ),
    Mutant(
        "look: only what is brighter is not the person",
        "pipeline/examination.py",
        "        cv2.subtract(cv2.LUT(room, darker), own),\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "look: only what is darker is not the person",
        "pipeline/examination.py",
        "        cv2.subtract(own, cv2.LUT(room, lighter)),\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "look: tones may be turned round",
        "pipeline/examination.py",
        " or (table[1:] < table[:-1]).any():",
        ":",
        EXAMINATION,
    ),
    Mutant(
        "look: tones may be any",
        "pipeline/examination.py",
        "    if cv2.norm(table, UNCHANGED, cv2.NORM_INF) > MOST_TONED:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "look: anything is a table",
        "pipeline/examination.py",
        "    if not (isinstance(table, np.ndarray) and table.dtype == np.uint8):",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "look: effects may change as much as they say",
        "pipeline/examination.py",
        "    if not (0 <= before <= MOST_BEFORE and 0 <= after <= MOST_AFTER):",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "look: more may be changed before the table",
        "appearance/toning.py",
        "MOST_BEFORE: Final = 24",
        "MOST_BEFORE: Final = 32",
        EXAMINATION,
    ),
    Mutant(
        "look: more may be changed after the table",
        "appearance/toning.py",
        "MOST_AFTER: Final = 40",
        "MOST_AFTER: Final = 48",
        EXAMINATION,
    ),
    Mutant(
        "denoise: what was no person is mixed in",
        "kernels/source/denoising.c",
        "was[row + x + i] == 255 ? weights[(x + i) / 2] : 255;",
        "weights[(x + i) / 2];",
        DENOISE,
    ),
    Mutant(
        "denoise: what was no person is mixed in, without kernels",
        "appearance/denoise.py",
        "    new = np.where(was < 255, 255, share)",
        "    new = np.where(False, 255, share)",
        DENOISE,
    ),
    Mutant(
        "denoise: what was no person is compared, without kernels",
        "appearance/denoise.py",
        "    change[was < 255] = 4096\n",
        "",
        DENOISE,
    ),
    Mutant(
        "denoise: the alpha of then is that of now",
        "appearance/denoise.py",
        "        np.copyto(self._was, alpha)\n",
        "        self._was[:] = 255\n",
        DENOISE,
    ),
    Mutant(
        "denoise: it changes as much as it likes, without kernels",
        "appearance/denoise.py",
        "np.clip(mixed, now - MOST, now + MOST)",
        "mixed",
        DENOISE,
    ),
    Mutant(
        "denoise: it goes on with another part of the camera's picture",
        "appearance/effects.py",
        "options.denoise and steady and",
        "options.denoise and",
        APPEARANCE,
    ),
    Mutant(
        "denoise: nobody is told that the window moves",
        "pipeline/pipeline.py",
        "            steady=not self._framing.moved,\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "denoise: a window never moves",
        "pipeline/framing.py",
        "        self.moved, self._framed = window != self._framed, window\n",
        "        self.moved = False\n",
        APPEARANCE,
    ),
    Mutant(
        "denoise: it goes on after a frame without it",
        "appearance/effects.py",
        "        else:\n            self._denoise = None\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "look: softer skin is not told",
        "appearance/effects.py",
        "            before += soft_skin.MOST\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "look: light on the edge is not told",
        "appearance/effects.py",
        "            after = light_wrap.MOST\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "look: the light of a blurred room falls on the person",
        "pipeline/pipeline.py",
        "            matches=background.exposure == HIDES_ROOM,\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "look: softer skin is drawn into the camera's frame",
        "appearance/effects.py",
        "            np.copyto(self._softened, person)\n"
        "            person = self._softened\n",
        "",
        APPEARANCE,
    ),
    Mutant(
        "look: light on the edge is drawn into the camera's frame",
        "appearance/effects.py",
        "                np.copyto(self._toned, person)\n"
        "                person = self._toned\n",
        "                pass\n",
        APPEARANCE,
    ),
    Mutant(
        "look: light on the edge has no limit",
        "appearance/light_wrap.py",
        "        np.tanh(more, out=more)\n",
        "",
        LIGHT_WRAP,
    ),
    Mutant(
        "look: softer skin has no limit where there are no kernels",
        "appearance/soft_skin.py",
        "in_parts(np.clip(smoother, -MOST, MOST))",
        "in_parts(smoother)",
        SOFT_SKIN,
    ),
    Mutant(
        "look: softer skin has no limit where there are kernels",
        "appearance/soft_skin.py",
        "left, top, MOST, self._more",
        "left, top, 2 * MOST, self._more",
        SOFT_SKIN,
    ),
    Mutant(
        "look: what is not the person counts as skin",
        "appearance/soft_skin.py",
        "        skin = cv2.erode(self._who, np.ones((3, 3), np.uint8))\n",
        "        skin = np.full_like(self._who, 255)\n",
        SOFT_SKIN,
    ),
    Mutant(
        "look: it goes on after a frame that went wrong",
        "pipeline/pipeline.py",
        "            self._cross_fade.reset()\n            self._effects.reset()\n",
        "            self._cross_fade.reset()\n",
        APPEARANCE,
    ),
    Mutant(
        "look: it goes on after the plain room",
        "pipeline/pipeline.py",
        "            self._effects.reset()\n            self._matting.reset()",
        "            self._matting.reset()",
        APPEARANCE,
    ),
    Mutant(
        "look: it goes on when the picture is turned",
        "pipeline/pipeline.py",
        "            self._framing.reset()\n            self._effects.reset()\n",
        "            self._framing.reset()\n",
        APPEARANCE,
    ),
    Mutant(
        "look: it goes on when it was switched off",
        "pipeline/pipeline.py",
        "        if not wanted.of_person:\n            self._effects.reset()\n",
        "        if not wanted.of_person:\n",
        APPEARANCE,
    ),
)
OF_THE_LAW: Final = (
    Mutant(
        "examination: a picture needs no mask",
        "pipeline/examination.py",
        "    if alpha is None or behind is None or mask is None or",
        "    if False and",
        EXAMINATION,
    ),
    Mutant(
        "examination: any frame's mask will do",
        "pipeline/examination.py",
        "    if finished.matte_index != frame.index:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: pictures are of any type",
        "pipeline/examination.py",
        "if not isinstance(array, np.ndarray) or array.dtype != np.uint8:",
        "if not isinstance(array, np.ndarray):",
        EXAMINATION,
    ),
    Mutant(
        "examination: pictures are anything",
        "pipeline/examination.py",
        "if not isinstance(array, np.ndarray) or array.dtype != np.uint8:",
        "if array.dtype != np.uint8:",
        EXAMINATION,
    ),
    Mutant(
        "examination: pictures have any shape",
        "pipeline/examination.py",
        "    if alpha.ndim != 2 or any(",
        "    if False and any(",
        EXAMINATION,
    ),
    Mutant(
        "examination: the frame has any shape",
        "pipeline/examination.py",
        "for each in (image, behind, mixed, person, frame.image)\n    ):",
        "for each in (image, behind, person)\n    ):",
        EXAMINATION,
    ),
    Mutant(
        "examination: the background may be the frame",
        "pipeline/examination.py",
        "np.shares_memory(each, frame.image) or ",
        "False or ",
        EXAMINATION,
    ),
    Mutant(
        "examination: the background may be the person's colours",
        "pipeline/examination.py",
        " or np.shares_memory(each, person):",
        ":",
        EXAMINATION,
    ),
    Mutant(
        "examination: only this frame's mask counts",
        "pipeline/examination.py",
        " if finished.limit is None else finished.limit",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: the evidence is not looked at",
        "pipeline/examination.py",
        "    _examine_evidence(mask, limit)\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: alpha is not looked at",
        "pipeline/examination.py",
        "    _examine_alpha(weight, at_places(limit, Size.of(alpha), rows), kept, "
        "dropped)\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: the blend is not proven",
        "pipeline/examination.py",
        "    _examine_blend(shown, weight, own, back)\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: the person is whoever",
        "pipeline/examination.py",
        "cv2.norm(own, room, cv2.NORM_INF, opaque) > 0:",
        "False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: the person's colours are theirs nowhere",
        "pipeline/examination.py",
        "cv2.inRange(weight, 255, 255)",
        "cv2.inRange(weight, 1, 255)",
        EXAMINATION,
    ),
    Mutant(
        "examination: the room may be as sharp as it is",
        "pipeline/examination.py",
        "    if isinstance(background, Blur | Bokeh):",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: nobody looks how dark it is",
        "pipeline/examination.py",
        "        _examine_darkened(darkened, back, rows)\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: what is dark is no room",
        "pipeline/examination.py",
        "        back = mixed[rows]\n",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: darker may be brighter",
        "pipeline/examination.py",
        "    if 0 <= darkened.percent <= 100:",
        "    if True:",
        EXAMINATION,
    ),
    Mutant(
        "examination: the frame itself may be darkened",
        "pipeline/examination.py",
        "    for each in (behind, mixed, painted):",
        "    for each in (behind,):",
        EXAMINATION,
    ),
    Mutant(
        "examination: the room may be sharp behind a lens",
        "pipeline/examination.py",
        "    if isinstance(background, Blur | Bokeh):",
        "    if isinstance(background, Blur):",
        EXAMINATION,
    ),
    Mutant(
        "examination: a few rows decide about lamps",
        "pipeline/examination.py",
        "            isinstance(background, Bokeh) and are_discs",
        "            False and are_discs",
        EXAMINATION,
    ),
    Mutant(
        "examination: lamps are an excuse for a blur, too",
        "pipeline/examination.py",
        "            isinstance(background, Bokeh) and are_discs",
        "            are_discs",
        EXAMINATION,
    ),
    Mutant(
        "examination: all sharp rooms are full of lamps",
        "pipeline/examination.py",
        " and are_discs(*seen, sigma_px)",
        "",
        EXAMINATION,
    ),
    Mutant(
        "examination: lamps may be sharp",
        "pipeline/sharpness.py",
        "        _is_sharp(behind, room, uncovered, sigma_px / 2, DEFOCUSED)\n        or ",
        "        ",
        EXAMINATION,
    ),
    Mutant(
        "examination: hardly anything out of focus will do",
        "pipeline/sharpness.py",
        "DEFOCUSED, FINER = 0.85, 0.75",
        "DEFOCUSED, FINER = 0.99, 0.99",
        EXAMINATION,
    ),
    Mutant(
        "examination: more must be out of focus than is",
        "pipeline/sharpness.py",
        "DEFOCUSED, FINER = 0.85, 0.75",
        "DEFOCUSED, FINER = 0.5, 0.3",
        EXAMINATION,
    ),
    Mutant(
        "examination: a copy of the room hides it",
        "pipeline/examination.py",
        "    elif background.exposure == HIDES_ROOM:",
        "    elif False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: always the same rows",
        "pipeline/sampling.py",
        "    return slice(index * step % every, None, every)",
        "    return slice(0, None, every)",
        EXAMINATION,
    ),
    Mutant(
        "examination: some rows are never looked at",
        "pipeline/sampling.py",
        "if math.gcd(each, every) == 1",
        "if each",
        EXAMINATION,
    ),
    Mutant(
        "examination: cells are sharp",
        "pipeline/sampling.py",
        "    return np.asarray(np.maximum(most, near[:, x]), np.uint8)\n",
        "    return np.asarray(limit[y][:, x], np.uint8)\n",
        EXAMINATION,
    ),
    Mutant(
        "examination: everything around is allowed",
        "pipeline/sampling.py",
        "    return np.asarray(np.maximum(most, near[:, x]), np.uint8)\n",
        "    import cv2\n\n    wide = cv2.dilate(limit, np.ones((9, 9), np.uint8))\n"
        "    return np.asarray(wide[y][:, x])\n",
        EXAMINATION,
    ),
    Mutant(
        "examination: the evidence is of any type",
        "pipeline/sampling.py",
        " and array.dtype == np.uint8 and array.ndim == 2",
        " and array.ndim == 2",
        EXAMINATION,
    ),
    Mutant(
        "examination: the evidence has any shape",
        "pipeline/sampling.py",
        " and array.dtype == np.uint8 and array.ndim == 2",
        " and array.dtype == np.uint8",
        EXAMINATION,
    ),
    Mutant(
        "examination: the evidence is anything",
        "pipeline/sampling.py",
        "return isinstance(array, np.ndarray) and array.dtype",
        "return array.dtype",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mask may be no number",
        "pipeline/examination.py",
        "    if not np.count_nonzero(few <= CERTAIN) >= (1 - EVERYTHING) * few.size:",
        "    if np.count_nonzero(few > CERTAIN) > EVERYTHING * few.size:",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mask of everything is one",
        "pipeline/examination.py",
        "EVERYTHING: Final = 0.98",
        "EVERYTHING: Final = 1.0",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mask of much is none",
        "pipeline/examination.py",
        "EVERYTHING: Final = 0.98",
        "EVERYTHING: Final = 0.96",
        EXAMINATION,
    ),
    Mutant(
        "examination: an unsure mask of everything is none",
        "pipeline/examination.py",
        "CERTAIN: Final = 0.9",
        "CERTAIN: Final = 0.8",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mask is certain from 0.95",
        "pipeline/examination.py",
        "CERTAIN: Final = 0.9",
        "CERTAIN: Final = 0.95",
        EXAMINATION,
    ),
    Mutant(
        "examination: the whole picture goes out",
        "pipeline/examination.py",
        "    if taken > FULL * 255:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: nearly the whole picture goes out",
        "pipeline/examination.py",
        "FULL: Final = 0.975",
        "FULL: Final = 0.985",
        EXAMINATION,
    ),
    Mutant(
        "examination: most of the picture does not go out",
        "pipeline/examination.py",
        "FULL: Final = 0.975",
        "FULL: Final = 0.96",
        EXAMINATION,
    ),
    Mutant(
        "examination: a little more alpha than a trace",
        "pipeline/examination.py",
        "TRACE: Final = 16",
        "TRACE: Final = 17",
        EXAMINATION,
    ),
    Mutant(
        "examination: a little less alpha than a trace",
        "pipeline/examination.py",
        "TRACE: Final = 16",
        "TRACE: Final = 15",
        EXAMINATION,
    ),
    Mutant(
        "examination: few columns of alpha",
        "pipeline/sampling.py",
        "COLUMNS: Final = 16",
        "COLUMNS: Final = 48",
        EXAMINATION,
    ),
    Mutant(
        "examination: edges are off by more than rounding",
        "pipeline/examination.py",
        "BLEND: Final = 2",
        "BLEND: Final = 3",
        EXAMINATION,
    ),
    Mutant(
        "examination: edges are exact",
        "pipeline/examination.py",
        "BLEND: Final = 2",
        "BLEND: Final = 1",
        EXAMINATION,
    ),
    Mutant(
        "examination: soft edges are not compared",
        "pipeline/examination.py",
        "    if cv2.norm(off, cv2.NORM_INF) > BLEND:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: hard parts are off by rounding",
        "pipeline/examination.py",
        "    if cv2.norm(off, cv2.NORM_INF, hard) > 0:",
        "    if False:",
        EXAMINATION,
    ),
    Mutant(
        "examination: no blur is sharp",
        "pipeline/sharpness.py",
        "    return now > SMOOTH and now > most * was",
        "    return False",
        EXAMINATION,
    ),
    Mutant(
        "examination: a smooth wall must be blurred",
        "pipeline/sharpness.py",
        "    return now > SMOOTH and now > most * was",
        "    return now >= most * was",
        EXAMINATION,
    ),
    Mutant(
        "examination: hardly anything blurred will do",
        "pipeline/sharpness.py",
        "BLURRED: Final = 0.6",
        "BLURRED: Final = 0.95",
        EXAMINATION,
    ),
    Mutant(
        "examination: more must be blurred than is",
        "pipeline/sharpness.py",
        "BLURRED: Final = 0.6",
        "BLURRED: Final = 0.1",
        EXAMINATION,
    ),
    Mutant(
        "examination: a little uncovered room is compared",
        "pipeline/sharpness.py",
        "FEWEST: Final = 500",
        "FEWEST: Final = 5",
        EXAMINATION,
    ),
    Mutant(
        "examination: much uncovered room is not compared",
        "pipeline/sharpness.py",
        "FEWEST: Final = 500",
        "FEWEST: Final = 50000",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mirrored copy is none",
        "pipeline/copies.py",
        "    for picture, other in ((room, own), (room[:, ::-1], -own[::-1])):",
        "    for picture, other in ((room, own),):",
        EXAMINATION,
    ),
    Mutant(
        "examination: a mirrored picture is compared wrongly",
        "pipeline/copies.py",
        "(room[:, ::-1], -own[::-1])):",
        "(room[:, ::-1], own[::-1])):",
        EXAMINATION,
    ),
    Mutant(
        "examination: a copy moved to the right is none",
        "pipeline/copies.py",
        "        to, come = max(right, 0), max(-right, 0)",
        "        to, come = 0, max(-right, 0)",
        EXAMINATION,
    ),
    Mutant(
        "examination: a copy moved to the left is none",
        "pipeline/copies.py",
        "        to, come = max(right, 0), max(-right, 0)",
        "        to, come = max(right, 0), 0",
        EXAMINATION,
    ),
    Mutant(
        "examination: a copy of flat colours is one",
        "pipeline/copies.py",
        "    if energy == 0:\n        return None if one.any() or two.any() else 0",
        "    if energy == 0:\n        return None",
        EXAMINATION,
    ),
    Mutant(
        "examination: only exact copies are compared",
        "pipeline/copies.py",
        "ALIKE: Final = 0.3",
        "ALIKE: Final = 0.999",
        EXAMINATION,
    ),
    Mutant(
        "examination: only copies to the bit are copies",
        "pipeline/copies.py",
        "COPY: Final = 1.1",
        "COPY: Final = 0.1",
        EXAMINATION,
    ),
    Mutant(
        "examination: pictures of one room are copies",
        "pipeline/copies.py",
        "COPY: Final = 1.1",
        "COPY: Final = 6.0",
        EXAMINATION,
    ),
    Mutant(
        "examination: weak copies are none",
        "pipeline/copies.py",
        "WEAKEST: Final = 0.3",
        "WEAKEST: Final = 0.9",
        EXAMINATION,
    ),
    Mutant(
        "examination: one wall is a copy of another",
        "pipeline/copies.py",
        "FLAT: Final = 8.0",
        "FLAT: Final = 0.0",
        EXAMINATION,
    ),
    Mutant(
        "examination: drawn rooms have no copies",
        "pipeline/copies.py",
        "FLAT: Final = 8.0",
        "FLAT: Final = 200.0",
        EXAMINATION,
    ),
    Mutant(
        "examination: colours are no contrast",
        "pipeline/copies.py",
        "two.std()",
        "two.std(axis=0).max()",
        EXAMINATION,
    ),
    Mutant(
        "credibility: what was claimed once stays",
        "masking/credibility.py",
        "        cv2.convertScaleAbs(self._evidence, self._evidence, kept)\n",
        "",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: nothing trails behind",
        "masking/credibility.py",
        "        cv2.convertScaleAbs(self._evidence, self._evidence, kept)",
        "        self._evidence.fill(0)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: what is doubtful stays",
        "masking/credibility.py",
        "        elif self._removes:\n            self._evidence[rest] = 0\n",
        "",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a gross model is believed",
        "masking/credibility.py",
        "        if self._gross > GROSS_LIMIT:",
        "        if False:",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a gross model is disbelieved for ever",
        "masking/credibility.py",
        "            self._gross = max(self._gross - 1, 0)",
        "            pass",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: one gross frame is enough",
        "masking/credibility.py",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 30",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 9, 5, 30",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: gross frames hardly count",
        "masking/credibility.py",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 30",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 1, 5, 30",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: gross frames count for ever",
        "masking/credibility.py",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 30",
        "GROSS_COUNTS, GROSS_LIMIT, GROSS_MOST = 3, 5, 300",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: who comes as the light changes is believed",
        "masking/credibility.py",
        "        if covered > AT_ONCE or (self._room.changed and covered > GROSS):",
        "        if False:",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: whoever comes at once is believed",
        "masking/credibility.py",
        "        if covered > AT_ONCE or (self._room.changed and covered > GROSS):",
        "        if self._room.changed and covered > GROSS:",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a light that changes is not asked for",
        "masking/credibility.py",
        "        if covered > AT_ONCE or (self._room.changed and covered > GROSS):",
        "        if covered > AT_ONCE:",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: who comes with the light is forgotten",
        "masking/credibility.py",
        "            self._disbelieved |= fresh\n",
        "            pass\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: who comes with the light is seen in that frame",
        "masking/credibility.py",
        "            same |= fresh\n",
        "            pass\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: disbelief never ends",
        "masking/credibility.py",
        "        self._disbelieved &= claimed\n",
        "",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: what looks like the room is credible",
        "masking/credibility.py",
        "np.where(known, ~same, self._certain)",
        "np.where(known, True, self._certain)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: where the room is unknown all is credible",
        "masking/credibility.py",
        "np.where(known, ~same, self._certain)",
        "np.where(known, ~same, True)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: where the room is known certainty is enough",
        "masking/credibility.py",
        "np.where(known, ~same, self._certain)",
        "self._certain",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: what predictions deny is unsure",
        "masking/credibility.py",
        "            unsure &= ~certain & ~self._denied\n",
        "            unsure &= ~certain\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: what is unsure is never credible",
        "masking/credibility.py",
        "            credible = credible | _touching(unsure, credible)\n",
        "            pass\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: what is unsure is always credible",
        "masking/credibility.py",
        "        if not self._unsure:\n",
        "        if True:\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: unsure flickers",
        "masking/credibility.py",
        "self._unsure = wavering > UNSURE * (CALM if self._unsure else 1.0)",
        "self._unsure = wavering > UNSURE",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: removal flickers",
        "masking/credibility.py",
        "self._removes = doubtful > limit * (CALM if self._removes else 1.0)",
        "self._removes = doubtful > limit",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: no doubt is small",
        "masking/credibility.py",
        "SHARE: Final = 0.02",
        "SHARE: Final = 0.0",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: any doubt is small",
        "masking/credibility.py",
        "SHARE: Final = 0.02",
        "SHARE: Final = 0.2",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: large people have no longer rims",
        "masking/credibility.py",
        "SHARE_OF_PERSON: Final = 0.1",
        "SHARE_OF_PERSON: Final = 0.0",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: people's doubtful parts are large",
        "masking/credibility.py",
        "SHARE_OF_PERSON: Final = 0.1",
        "SHARE_OF_PERSON: Final = 0.5",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: specks count",
        "masking/credibility.py",
        "(credible & (around >= 4)) | (claimed & (around >= 6))",
        "credible",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: rims count",
        "masking/credibility.py",
        "        rest = (claimed & ~near) | (inside & ~credible)",
        "        rest = claimed & ~credible",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: the inside counts only far away",
        "masking/credibility.py",
        "        rest = (claimed & ~near) | (inside & ~credible)",
        "        rest = claimed & ~near",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: there is never a doubt",
        "masking/credibility.py",
        "        self.in_doubt = doubtful",
        "        self.in_doubt = False and doubtful",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: nothing is gross",
        "masking/credibility.py",
        "GROSS: Final = 0.1",
        "GROSS: Final = 0.9",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: much is not gross beside a person",
        "masking/credibility.py",
        "GROSS_OF_PERSON: Final = 0.3",
        "GROSS_OF_PERSON: Final = 5.0",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: one prediction agrees with itself",
        "masking/credibility.py",
        "    return certain & ~denies & (count > 1), says & denies",
        "    return certain & ~denies, says & denies",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: predictions may contradict each other",
        "masking/credibility.py",
        "    return certain & ~denies & (count > 1), says & denies",
        "    return certain & (count > 1), says & denies",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: certain is 0.7",
        "masking/credibility.py",
        "CERTAIN: Final = 0.9",
        "CERTAIN: Final = 0.7",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: certain is 0.99",
        "masking/credibility.py",
        "CERTAIN: Final = 0.9",
        "CERTAIN: Final = 0.99",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: denying is below 0.1",
        "masking/credibility.py",
        "SAYS, DENIES = 0.6, 0.3",
        "SAYS, DENIES = 0.6, 0.1",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: denying is below 0.5",
        "masking/credibility.py",
        "SAYS, DENIES = 0.6, 0.3",
        "SAYS, DENIES = 0.6, 0.5",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: saying is above 0.9",
        "masking/credibility.py",
        "SAYS, DENIES = 0.6, 0.3",
        "SAYS, DENIES = 0.9, 0.3",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a close-up has seen all",
        "masking/credibility.py",
        "holds[-(-top // cell) : bottom // cell, -(-left // cell) : right // cell]",
        "holds[:]",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: old predictions hold",
        "masking/credibility.py",
        "            if each.stale is not None:",
        "            if False:",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: evidence is kept for long",
        "masking/credibility.py",
        "KEPT: Final = 0.8",
        "KEPT: Final = 0.97",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: claimed is above 0.6",
        "masking/credibility.py",
        "CLAIMED: Final = 77",
        "CLAIMED: Final = 153",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: claimed is above 0.1",
        "masking/credibility.py",
        "CLAIMED: Final = 77",
        "CLAIMED: Final = 26",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: faint evidence is all",
        "masking/credibility.py",
        "(0.3, 0.4), (0, 255)",
        "(0.1, 0.3), (0, 255)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: no piece need touch anybody",
        "masking/credibility.py",
        "credible = credible | _touching(unsure, credible)",
        "credible = credible | unsure",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a flash of certainty counts",
        "masking/credibility.py",
        "        established = self._certain & (self._shown > ESTABLISHED)",
        "        established = self._certain.copy()",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: nobody may be missed",
        "masking/credibility.py",
        "        established = self._certain & (self._shown > ESTABLISHED)",
        "        established = self._certain & False",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: nothing is learnt where hardly anybody is claimed",
        "masking/credibility.py",
        "self._room.compare(now, ~claimed, self._disbelieved)",
        "self._room.compare(now, most < 26, self._disbelieved)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: a picture that turns into its mirror image is another room",
        "masking/credibility.py",
        "        self._room.mirror()\n",
        "",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: who is shown is not mirrored",
        "masking/credibility.py",
        "            plane[:] = plane[:, ::-1].copy()",
        "            pass",
        CREDIBILITY,
    ),
    Mutant(
        "room model: the room is not mirrored",
        "masking/room_model.py",
        "            plane[:] = plane[:, ::-1].copy()",
        "            pass",
        ROOM_MODEL,
    ),
    Mutant(
        "credibility: who is shown stays with another side up",
        "masking/credibility.py",
        "            plane[:] = 0\n",
        "            pass\n",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: the room stays with another side up",
        "masking/credibility.py",
        "        self._room = RoomModel(self._cells)\n        for",
        "        for",
        CREDIBILITY,
    ),
    Mutant(
        "matting: the mirror is not told",
        "masking/matting.py",
        "            self._credibility.mirror()\n",
        "            pass\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: what was learnt of the room ends with the mirror",
        "masking/matting.py",
        "        if by == MIRRORED:\n",
        "        if False:\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: what was learnt with another side up is still known",
        "masking/matting.py",
        "            self._credibility.restart()\n",
        "            pass\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: another side up is a mirror image",
        "masking/matting.py",
        "        if by == MIRRORED:\n",
        "        if True:\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: a turn forgets nothing",
        "masking/matting.py",
        "        self.reset()\n        if self._credibility is None:\n",
        "        if self._credibility is None:\n",
        LAW_MATTING,
    ),
    Mutant(
        "pipeline: a turn is not told",
        "pipeline/pipeline.py",
        "            self._matting.turn(orientation.since(self._orientation))\n",
        "",
        LAW_MATTING,
    ),
    Mutant(
        "pipeline: a turn is told as if nothing had been turned before",
        "pipeline/pipeline.py",
        "orientation.since(self._orientation)",
        "orientation",
        LAW_MATTING,
    ),
    Mutant(
        "orientation: a quarter turn is undone wrongly",
        "imaging/orientation.py",
        "            flips, mirrors = mirrors, flips\n",
        "            pass\n",
        ("imaging/test_orientation.py",),
    ),
    Mutant(
        "credibility: a mask allows far around itself",
        "masking/credibility.py",
        "_WIDELY: Final = np.ones((11, 11), np.uint8)",
        "_WIDELY: Final = np.ones((41, 41), np.uint8)",
        CREDIBILITY,
    ),
    Mutant(
        "credibility: certain once is certain for ever",
        "masking/credibility.py",
        "        self._certain &= claimed | ~self._room.known\n",
        "",
        CREDIBILITY,
    ),
    Mutant(
        "room model: any change is one of the brightness",
        "masking/room_model.py",
        "        if 2 * np.count_nonzero(off < BRIGHTNESS) > count:",
        "        if True:",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: brightness is not followed",
        "masking/room_model.py",
        "        if 2 * np.count_nonzero(off < BRIGHTNESS) > count:",
        "        if False:",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: a little that is not believed tells the brightness",
        "masking/room_model.py",
        "there | disbelieved if much else there",
        "there | disbelieved",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: what is not believed never tells the brightness",
        "masking/room_model.py",
        "there | disbelieved if much else there",
        "there",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: nothing is the room's colour",
        "masking/room_model.py",
        "SAME: Final = 2.0",
        "SAME: Final = 0.5",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: much is the room's colour",
        "masking/room_model.py",
        "SAME: Final = 2.0",
        "SAME: Final = 4.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: noise is no reason",
        "masking/room_model.py",
        "NOISY: Final = 1.5",
        "NOISY: Final = 0.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: any noise is a reason",
        "masking/room_model.py",
        "NOISE_LIMIT: Final = 2.0",
        "NOISE_LIMIT: Final = 40.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: shaking is no reason",
        "masking/room_model.py",
        "SHAKEN: Final = 2.0",
        "SHAKEN: Final = 0.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: any shaking is a reason",
        "masking/room_model.py",
        "SHAKING_LIMIT: Final = 0.4",
        "SHAKING_LIMIT: Final = 40.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: brightness is followed without end",
        "masking/room_model.py",
        "GAIN_LIMIT: Final = 40.0",
        "GAIN_LIMIT: Final = 400.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: brightness is hardly followed",
        "masking/room_model.py",
        "GAIN_LIMIT: Final = 40.0",
        "GAIN_LIMIT: Final = 10.0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: light never changes",
        "masking/room_model.py",
        "self.changed = count >= TELLING * there.size and still < (1 - CHANGED) * count",
        "self.changed = False",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: light changes with anything",
        "masking/room_model.py",
        "CHANGED: Final = 0.6",
        "CHANGED: Final = 0.2",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: light hardly changes",
        "masking/room_model.py",
        "CHANGED: Final = 0.6",
        "CHANGED: Final = 0.99",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: what changed is not learnt at once",
        "masking/room_model.py",
        "            same |= there | disbelieved\n",
        "            pass\n",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: known at once",
        "masking/room_model.py",
        "KNOWN_AFTER: Final = 9",
        "KNOWN_AFTER: Final = 0",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: known late",
        "masking/room_model.py",
        "KNOWN_AFTER: Final = 9",
        "KNOWN_AFTER: Final = 30",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: people are learnt soon",
        "masking/room_model.py",
        "LONG: Final = 45",
        "LONG: Final = 20",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: people are learnt late",
        "masking/room_model.py",
        "LONG: Final = 45",
        "LONG: Final = 90",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: overlooked people are learnt at once",
        "masking/room_model.py",
        "np.where(self.known, self._otherwise, self._vacant) > LONG",
        "self._vacant > LONG",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: people are learnt as room",
        "masking/room_model.py",
        "usual = np.where(self.known, same, ~person)",
        "usual = np.where(self.known, same, True)",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: people before the room are learnt",
        "masking/room_model.py",
        "usual = np.where(self.known, same, ~person)",
        "usual = ~person",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: what is claimed is learnt",
        "masking/room_model.py",
        "self._vacant = (self._vacant + np.uint8(1)) * room",
        "self._vacant = self._vacant + np.uint8(1)",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: what is not believed is not learnt",
        "masking/room_model.py",
        "        room |= disbelieved & same\n",
        "",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: what is not believed is learnt whatever it is",
        "masking/room_model.py",
        "        room |= disbelieved & same\n",
        "        room |= disbelieved\n",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: missed people are in sight",
        "masking/room_model.py",
        "self._in_sight = self.known & self._same",
        "self._in_sight = self.known.copy()",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: nothing is newly covered",
        "masking/room_model.py",
        "self._in_sight & (self._vacant == 0)",
        "self._in_sight & False",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: the room is never the last seen",
        "masking/room_model.py",
        "cv2.copyTo(now, room.view(np.uint8), self._room)",
        "cv2.copyTo(now, (room & ~self.known).view(np.uint8), self._room)",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: one colour tells",
        "masking/room_model.py",
        "    return np.asarray(cv2.max(cv2.max(one, two), three), np.float32)",
        "    return np.asarray(two, np.float32)",
        ROOM_MODEL,
    ),
    Mutant(
        "room model: few cells tell the light",
        "masking/room_model.py",
        "FEWEST: Final = 20",
        "FEWEST: Final = 1",
        ROOM_MODEL,
    ),
    Mutant(
        "repeats: nothing is found",
        "masking/repeats.py",
        "        if np.count_nonzero(moved) > MOVED_SHARE * moved.size:",
        "        if False:",
        REPEATS,
    ),
    Mutant(
        "repeats: anything repeats",
        "masking/repeats.py",
        "        if np.count_nonzero(moved) > MOVED_SHARE * moved.size:",
        "        if True:",
        REPEATS,
    ),
    Mutant(
        "repeats: nobody may not repeat",
        "masking/repeats.py",
        "        if mask.max() < CLAIMED or first.shape != few.shape:",
        "        if first.shape != few.shape:",
        REPEATS,
    ),
    Mutant(
        "repeats: somebody may repeat",
        "masking/repeats.py",
        "CLAIMED: Final = 0.3",
        "CLAIMED: Final = 0.95",
        REPEATS,
    ),
    Mutant(
        "repeats: noise is movement",
        "masking/repeats.py",
        "MOVED: Final = 24",
        "MOVED: Final = 23",
        REPEATS,
    ),
    Mutant(
        "repeats: movement is noise",
        "masking/repeats.py",
        "MOVED: Final = 24",
        "MOVED: Final = 25",
        REPEATS,
    ),
    Mutant(
        "repeats: a speck is movement",
        "masking/repeats.py",
        "MOVED_SHARE: Final = 0.005",
        "MOVED_SHARE: Final = 0.0",
        REPEATS,
    ),
    Mutant(
        "repeats: much is a speck",
        "masking/repeats.py",
        "MOVED_SHARE: Final = 0.005",
        "MOVED_SHARE: Final = 0.05",
        REPEATS,
    ),
    Mutant(
        "repeats: brightness is movement",
        "masking/repeats.py",
        "        change -= np.median(change, axis=(0, 1)).astype(np.int16)\n",
        "",
        REPEATS,
    ),
    Mutant(
        "repeats: a few values are the whole mask",
        "masking/repeats.py",
        "            or not np.array_equal(last, mask)\n",
        "",
        REPEATS,
    ),
    Mutant(
        "repeats: the last picture is compared",
        "masking/repeats.py",
        "change = few.astype(np.int16) - first",
        "self._last[view] = mask, few.copy()\n"
        "        change = few.astype(np.int16) - first",
        REPEATS,
    ),
    Mutant(
        "repeats: looks are mixed up",
        "masking/repeats.py",
        "last, first = self._last.get(view, (None, few))",
        'last, first = self._last.get("wide", (None, few))',
        REPEATS,
    ),
    Mutant(
        "repeats: the mask is the model's own memory",
        "masking/repeats.py",
        "self._last[view] = mask.copy(), few.copy()",
        "self._last[view] = mask, few.copy()",
        REPEATS,
    ),
    Mutant(
        "repeats: the picture is the pipeline's own memory",
        "masking/repeats.py",
        "self._last[view] = mask.copy(), few.copy()",
        "self._last[view] = mask.copy(), few",
        REPEATS,
    ),
    Mutant(
        "inference: the wide one may repeat",
        "masking/inference.py",
        '        self._repeats.check("wide", picture, mask)\n',
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: the close one may repeat",
        "masking/inference.py",
        '            self._repeats.check("close", self._close_input, mask)\n',
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: the mirrored one may repeat",
        "masking/inference.py",
        '            self._repeats.check("flipped", self._close_input, mask)\n',
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: the nearer one may repeat",
        "masking/inference.py",
        '        self._repeats.check("nearer", self._close_input, mask)\n',
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: an old wide view is this frame's",
        "masking/inference.py",
        "                if not due.wide:\n",
        "                if False:\n",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: no cross-check",
        "masking/inference.py",
        "        if self._since_check >= every or fresh > _NEWLY_CLAIMED * claimed.size:",
        "        if False:",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a cross-check at first and never again",
        "masking/inference.py",
        "        if self._since_check >= every or",
        "        if self._since_check >= _LONG_AGO or",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: no cross-check of growth",
        "masking/inference.py",
        " or fresh > _NEWLY_CLAIMED * claimed.size:",
        ":",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: who was cross-checked once is never checked again",
        "masking/inference.py",
        "        self._checked &= claimed\n",
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: hardly anything new needs a cross-check",
        "masking/inference.py",
        "_NEWLY_CLAIMED: Final = 0.05",
        "_NEWLY_CLAIMED: Final = 0.12",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: the cross-check has seen all",
        "masking/inference.py",
        "self.observations.append(Observation(self._close.seen, None, box))",
        "self.observations.append(Observation(self._close.seen, None, None))",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: the cross-check is ignored",
        "masking/inference.py",
        "self.observations.append(Observation(self._close.seen, None, box))",
        "pass",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a wide view is always of this frame",
        "masking/inference.py",
        "observations = [Observation(self._wide.seen, self._wide.stale, None)]",
        "observations = [Observation(self._wide.seen, None, None)]",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a close-up is always of this frame",
        "masking/inference.py",
        "            Observation(each.seen, each.stale, box)",
        "            Observation(each.seen, None, box)",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a close-up has seen all",
        "masking/inference.py",
        "            Observation(each.seen, each.stale, box)",
        "            Observation(each.seen, each.stale, None)",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a nearer look has seen all",
        "masking/inference.py",
        "        self._nearer.confine(on_grid, _NEARER_MARGIN)\n",
        "",
        LAW_INFERENCE,
    ),
    Mutant(
        "inference: a nearer look is remembered as if it were new",
        "masking/inference.py",
        "        self._took_nearer = False\n        for prediction",
        "        for prediction",
        LAW_INFERENCE,
    ),
    Mutant(
        "matting: alpha is not held to the evidence",
        "masking/matting.py",
        "cv2.min(wanted, self._limit, dst=self._limited)",
        "wanted",
        LAW_MATTING,
    ),
    Mutant(
        "matting: what was learnt of the room ends with the pipeline",
        "masking/matting.py",
        "        self._history = self._stages = None\n\n    def turn",
        "        self._history = self._stages = self._credibility = None\n\n    def turn",
        LAW_MATTING,
    ),
    Mutant(
        "matting: what was learnt of the room ends with the engine",
        "masking/matting.py",
        "            self._engine.failed(error)\n",
        "            self._engine.failed(error)\n            self._credibility = None\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: repeats end with the engine",
        "masking/matting.py",
        "            self._engine.failed(error)\n",
        "            self._engine.failed(error)\n            self._repeats = Repeats()\n",
        LAW_MATTING,
    ),
    Mutant(
        "matting: another shape goes on with the old room",
        "masking/matting.py",
        "credibility is None or not credibility.goes_on_with(size)",
        "credibility is None",
        LAW_MATTING,
    ),
    Mutant(
        "matting: another size knows nothing of the room",
        "masking/matting.py",
        "credibility is None or not credibility.goes_on_with(size)",
        "credibility is None or self._history and self._history.sizes.frame != size",
        LAW_MATTING,
    ),
    Mutant(
        "matting: a cross-check is as rare in doubt",
        "masking/matting.py",
        "_CHECK_EVERY_IN_DOUBT if credibility.in_doubt else _CHECK_EVERY",
        "_CHECK_EVERY",
        LAW_MATTING,
    ),
    Mutant(
        "pipeline: who hides the room is given it",
        "pipeline/pipeline.py",
        "        if background.exposure > HIDES_ROOM:\n            given",
        "        if True:\n            given",
        LAW_PIPELINE,
    ),
    Mutant(
        "pipeline: who hides the room is given a small one",
        "pipeline/pipeline.py",
        "image=self._nothing_like(frame.image), small=None)",
        "image=self._nothing_like(frame.image), small=matte.small)",
        LAW_PIPELINE,
    ),
    Mutant(
        "pipeline: nothing can be written into",
        "pipeline/pipeline.py",
        "            self._nothing.flags.writeable = False\n",
        "",
        LAW_PIPELINE,
    ),
    Mutant(
        "pipeline: the evidence is not handed on",
        "pipeline/pipeline.py",
        "person, matte.limit),",
        "person, None),",
        LAW_PIPELINE,
    ),
    Mutant(
        "pipeline: the person's colours are not handed on",
        "pipeline/pipeline.py",
        "*(frame, background, person, matte.limit),",
        "*(frame, background, None, matte.limit),",
        LAW_PIPELINE,
    ),
)
WITHOUT_OUTPUT: Final = ("engine/test_preview_without_output.py",)
INSPECTION: Final = (
    Mutant(
        "preview: without an output the camera stays on when it is closed",
        "engine/publisher.py",
        "(self.on_demand.previewed and self._missing.still(options))",
        "self._missing.still(options)",
        WITHOUT_OUTPUT,
    ),
    Mutant(
        "preview: without an output the status says that pictures go out",
        "engine/publisher.py",
        "        self.reporter = StatusReporter(self._timeouts.stuck_s)\n",
        "        self.on_demand.note_preview()\n",
        WITHOUT_OUTPUT,
    ),
    Mutant(
        "preview: looks behind a break",
        "engine/engine.py",
        "        return None if self._live.held.state else inspected",
        "        return inspected",
        INSPECTED,
    ),
    Mutant(
        "preview: looks behind a card",
        "engine/publisher.py",
        "        self.inspection.show(None)\n        gate.card",
        "        gate.card",
        INSPECTED,
    ),
    Mutant(
        "preview: looks behind a break after it",
        "engine/publisher.py",
        "            ending.callback(self.inspection.show, None)\n",
        "",
        INSPECTED,
    ),
    Mutant(
        "preview: a frame is kept while a camera hangs",
        "engine/publisher.py",
        "            self.inspection.expire()\n",
        "",
        INSPECTED,
    ),
    Mutant(
        "preview: a frame is kept while nobody asks",
        "engine/inspection.py",
        "is not None and picture.alpha is not None and self.wanted",
        "is not None and picture.alpha is not None",
        INSPECTED,
    ),
    Mutant(
        "preview: frames are copied while nobody asks",
        "engine/inspection.py",
        "        if picture.alpha is None or not self.wanted:",
        "        if picture.alpha is None:",
        INSPECTED,
    ),
    Mutant(
        "preview: another thread reads the pipeline's alpha",
        "pipeline/privacy.py",
        "        alpha = None if self.alpha is None else self.alpha.copy()\n",
        "        alpha = self.alpha\n",
        INSPECTED,
    ),
    Mutant(
        "preview: another thread reads the source's frame",
        "pipeline/privacy.py",
        "        frame = replace(self.frame, image=self.frame.image.copy(), small=None)\n",
        "        frame = self.frame\n",
        INSPECTED,
    ),
)
DECODED: Final = ("imaging/test_film_decoding.py",)
OPENED: Final = ("imaging/test_videos.py",)
FILES: Final = (
    Mutant(
        "conversion: whatever FFmpeg hands out is believed",
        "imaging/colour.py",
        "        image = finish(self._opaque(pixels)) if proved else None\n",
        "        image = finish(self._opaque(pixels))\n",
        DECODED,
    ),
    Mutant(
        "conversion: a picture of any size or kind is taken",
        "imaging/colour.py",
        "    if Kind.of(frame) != (*size, form):\n",
        "    if False:\n",
        DECODED,
    ),
    Mutant(
        "marks: memory of which nothing is known is believed",
        "imaging/decoding.py",
        "        if places is None:\n            return False\n",
        "        if places is None:\n            return True\n",
        DECODED,
    ),
    Mutant(
        "marks: they are never looked for",
        "imaging/decoding.py",
        "return not np.count_nonzero(words[places] == self._marks[: places[0].size])",
        "return True",
        DECODED,
    ),
    Mutant(
        "marks: they are always in the same places",
        "imaging/decoding.py",
        "        begin = int(self._turn * GOLDEN % 1 * step)\n",
        "        begin = 0\n",
        DECODED,
    ),
    Mutant(
        "first picture: one decoder is believed",
        "imaging/decoding.py",
        "    if not np.array_equal(first, second):\n",
        "    if False:\n",
        DECODED,
    ),
    Mutant(
        "first picture: black proves that it is real",
        "imaging/videos.py",
        "                if version and self._image.any():\n",
        "                if version:\n",
        DECODED,
    ),
    Mutant(
        "read: a forked child goes on",
        "imaging/videos.py",
        "        if os.getpid() != self._process:\n",
        "        if False:\n",
        OPENED,
    ),
)
SERVED_PICTURE: Final = ("outputs/test_served.py",)
SERVED: Final = (
    Mutant(
        "served: another user is let in",
        "local/channel.py",
        "        if peers.KNOWN and _user_of(there[:2], here[:2]) != os.geteuid():\n",
        "        if False:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: every host name is ours",
        "outputs/served/requests.py",
        '    if host not in (b"127.0.0.1:%d" % port, b"localhost:%d" % port):\n',
        "    if False:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: every origin is ours",
        "outputs/served/requests.py",
        '    if headers.get(b"origin", b"http://" + host) != b"http://" + host:\n',
        "    if False:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: the token is not needed",
        "outputs/served/requests.py",
        "    if not hmac.compare_digest(given, token.encode()):\n",
        "    if False:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: a page of somebody else embeds the stream",
        "outputs/served/requests.py",
        '    if site not in (b"none", b"same-origin") and not (\n',
        "    if False and not (\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: a page of somebody else frames the page",
        "outputs/served/requests.py",
        "        kind is Kind.PAGE and opened and alone\n",
        "        kind is Kind.PAGE and opened\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: of two headers the last one counts",
        "outputs/served/requests.py",
        "        if not colon or name in found or",
        "        if not colon or",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: browsers may hand it to other pages",
        "outputs/served/requests.py",
        '    b"Cross-Origin-Resource-Policy: same-origin\\r\\n"\n',
        "",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: browsers keep it",
        "outputs/served/requests.py",
        '    b"Cache-Control: no-store\\r\\n"\n',
        "",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: others may read the token",
        "outputs/served/token.py",
        "        check_private(file)\n",
        "        file.stat()\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: another user's port keeps the token",
        "outputs/served/output.py",
        "                forget_token()\n",
        "                pass\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: the name has the secret",
        "outputs/served/output.py",
        'where=f"{LOOPBACK}:{self._server.port}"',
        "where=self.address",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: it is encoded for nobody",
        "outputs/served/output.py",
        "        if takers := self._server.takers():\n",
        "        takers = self._server.takers()\n        if True:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: a slow program gets old pictures",
        "outputs/served/server.py",
        "        if unread(self.connection) <= ALL_READ:\n",
        "        if True:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: a picture begins while the one before still leaves",
        "outputs/served/server.py",
        "        if not self.reads or self.unsent or self.gone:\n",
        "        if not self.reads or self.gone:\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: one that hangs is read by for ever",
        "outputs/served/server.py",
        "        self.gone = time.monotonic() > self.begun_s + HANGS_S\n",
        "",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: one that takes nothing is not disconnected",
        "outputs/served/server.py",
        "        return not waits and time.monotonic() > self.until_s\n",
        "        return False\n",
        SERVED_PICTURE,
    ),
    Mutant(
        "served: the log of a run has the secret",
        "cli/run.py",
        '    if sys.stdout.isatty():\n        return tr("Programs',
        '    if True:\n        return tr("Programs',
        SERVED_PICTURE,
    ),
    Mutant(
        "served: the menu has the secret",
        "tray/menu.py",
        "        served = urlsplit(status.served).netloc\n",
        "        served = status.served\n",
        ("tray/test_tray_menu.py",),
    ),
)

PAINTING: Final = ("pipeline/test_keep_and_drop.py",)

PAINTED: Final = (
    Mutant(
        "painted: what is kept is not compared with what is chosen",
        "pipeline/choice.py",
        "        return self._regions.allow(region)\n",
        "        return True\n",
        PAINTING,
    ),
    Mutant(
        "painted: the choice does not change",
        "pipeline/choice.py",
        "                self._regions = regions\n",
        "                pass\n",
        PAINTING,
    ),
    Mutant(
        "painted: what is dropped may be shown by pictures from before",
        "regions/__init__.py",
        "self.kept & ~other.kept or other.dropped & ~self.dropped",
        "self.kept & ~other.kept",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: what is kept may be shown by pictures from before",
        "regions/__init__.py",
        "self.kept & ~other.kept or other.dropped & ~self.dropped",
        "other.dropped & ~self.dropped",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: every camera keeps what was painted for one",
        "regions/__init__.py",
        "self.by_camera.get(camera) or Region(camera)",
        "next(iter(self.by_camera.values()), Region(camera))",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: an empty region does not take the place of the one before",
        "regions/__init__.py",
        "found = {each.camera: each for each in regions}",
        "found = {each.camera: each for each in regions if each}",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: a picture does not say what it keeps",
        "pipeline/privacy.py",
        "finished.painted.region, _SEAL",
        "NO_REGION, _SEAL",
        PAINTING,
    ),
    Mutant(
        "painted: the gate does not know what it keeps on air",
        "pipeline/privacy.py",
        "self.sent, self.background, self.region = image, background, region",
        "self.sent, self.background = image, background",
        PAINTING,
    ),
    Mutant(
        "painted: a region excuses every place",
        "pipeline/examination.py",
        "        allowed = np.maximum(allowed, kept)\n",
        "        allowed = np.full_like(allowed, 255)\n",
        PAINTING,
    ),
    Mutant(
        "painted: with something kept the rest may be taken whole",
        "pipeline/examination.py",
        "        taken = cv2.mean(few, cv2.inRange(kept, 0, 0))[0]\n",
        "        taken = 0.0\n",
        PAINTING,
    ),
    Mutant(
        "painted: nobody looks into what is dropped",
        "pipeline/examination.py",
        "if dropped is not None and few[dropped == 255].any():",
        "if False:",
        PAINTING,
    ),
    Mutant(
        "painted: cells need no region",
        "pipeline/painted_cells.py",
        "(cells is None) != (bits == 0) or ",
        "",
        PAINTING,
    ),
    Mutant(
        "painted: cells may be anything",
        "pipeline/painted_cells.py",
        " or (cells is not None and not is_plane(cells))",
        "",
        PAINTING,
    ),
    Mutant(
        "painted: the plain room is not examined",
        "pipeline/privacy.py",
        "        examine_cover(finished.painted, finished.image, finished.frame.index)\n",
        "        pass\n",
        PAINTING,
    ),
    Mutant(
        "painted: the plain room is not covered",
        "pipeline/keep_and_drop.py",
        "        cv2.copyTo(np.full_like(room, COVER), ",
        "        cv2.copyTo(room.copy(), ",
        PAINTING,
    ),
    Mutant(
        "painted: a soft edge reaches beyond what was painted",
        "regions/placing.py",
        "        inside = cv2.erode(kept, grown, borderType=cv2.BORDER_REPLICATE)\n",
        "        inside = kept\n",
        ("regions/test_placing.py",),
    ),
    Mutant(
        "painted: a soft edge reaches into what is dropped",
        "regions/placing.py",
        "        around = cv2.dilate(dropped, grown, borderType=cv2.BORDER_REPLICATE)\n",
        "        around = dropped\n",
        ("regions/test_placing.py",),
    ),
    Mutant(
        "painted: it stays where it was when the picture is turned",
        "pipeline/keep_and_drop.py",
        "if self._last != (region, view):",
        "if self._last is None:",
        PAINTING,
    ),
    Mutant(
        "painted: more than half can be kept",
        "regions/__init__.py",
        "        check_kept(self.kept_share)\n",
        "        pass\n",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: all that is shown of a turned camera can be kept",
        "regions/placing.py",
        "        check_kept(share)\n",
        "        pass\n",
        ("regions/test_placing.py",),
    ),
    Mutant(
        "painted: a folder that cannot be looked into hides nothing",
        "regions/files.py",
        "if isinstance(error, FileNotFoundError) and not folder.is_symlink():",
        "if True:",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: an old copy of a file shows what it kept",
        "regions/files.py",
        "each.within(found.get(each.camera, each))",
        "each",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: a damaged file is passed over",
        "regions/files.py",
        "    except (ValueError, RecursionError, UsageError) as error:\n"
        "        raise _unreadable(path, str(error)) from error\n",
        "    except (ValueError, RecursionError, UsageError):\n        return Region()\n",
        ("regions/test_regions.py",),
    ),
    Mutant(
        "painted: a policy that forbids the room allows a part of it",
        "settings/policy.py",
        "        if not self or self.allows(Room()):\n            return regions\n",
        "        if regions:\n            return regions\n",
        PAINTING,
    ),
    Mutant(
        "painted: what a policy has forbidden comes back by itself",
        "engine/live_settings.py",
        "        self._painted = self._painted if self._policy.broken else self.regions\n",
        "",
        PAINTING,
    ),
    Mutant(
        "painted: what is painted is not compared with the policy",
        "engine/live_settings.py",
        "            self._policy.check_painted(self.regions, regions)\n",
        "",
        PAINTING,
    ),
    Mutant(
        "painted: a picture to paint on is kept behind a card",
        "engine/inspection.py",
        "        if picture is None:\n            self._canvas = None\n",
        "",
        INSPECTED,
    ),
    Mutant(
        "painted: a picture to paint on is kept for ever",
        "engine/inspection.py",
        "        if time.monotonic() - self._asked_canvas_s >= ASKED_S:\n"
        "            self._canvas = None\n",
        "",
        INSPECTED,
    ),
    Mutant(
        "painted: a picture to paint on is kept unasked",
        "engine/inspection.py",
        "        if time.monotonic() - self._asked_canvas_s < ASKED_S:\n            view",
        "        if True:\n            view",
        INSPECTED,
    ),
)
POLICY: Final = (
    Mutant(
        "policy: what an engine begins with is not compared with it",
        "engine/live_settings.py",
        "= self._policy.enforced(settings), Hold.NOTHING\n",
        "= settings, Hold.NOTHING\n",
        DECIDED,
    ),
    Mutant(
        "policy: a change is not compared with it",
        "engine/live_settings.py",
        "            self._policy.check(self._settings, settings)\n",
        "",
        DECIDED,
    ),
    Mutant(
        "policy: what comes into force is not compared with it",
        "engine/live_settings.py",
        "= settings, self._policy.enforced(settings)\n",
        "= settings, settings\n",
        DECIDED,
    ),
    Mutant(
        "policy: a change of the file is not seen",
        "engine/live_settings.py",
        "        if now == self._policy:\n",
        "        if now is not None:\n",
        DECIDED,
    ),
    Mutant(
        "policy: what it has forbidden comes back by itself",
        "engine/live_settings.py",
        "self._wanted if self._policy.broken else self._settings\n",
        "self._wanted\n",
        DECIDED,
    ),
    Mutant(
        "policy: nobody looks at the file while vcam runs",
        "engine/rules.py",
        "                self._obey()\n",
        "",
        DECIDED,
    ),
    Mutant(
        "policy: the file of the settings may say anything",
        "settings/__init__.py",
        "        rules.check(_parsed(before, path), settings)\n",
        "        pass\n",
        DECIDED,
    ),
    Mutant(
        "policy: arguments are not compared with it",
        "app.py",
        "        policy().check(saved, settings)\n",
        "",
        DECIDED,
    ),
    Mutant(
        "policy: one that is not understood allows everything",
        "settings/policy_file.py",
        "    return Policy(str(path), what)\n",
        "    return Policy(str(path))\n",
        DECIDED,
    ),
    Mutant(
        "policy: an option that nobody knows is passed over",
        "settings/policy_file.py",
        "        if name not in OPTIONS:\n",
        "        if not name:\n",
        DECIDED,
    ),
    Mutant(
        "policy: names are those of the user's gallery",
        "settings/policy_file.py",
        "in gallery(GALLERY):\n",
        "in gallery():\n",
        DECIDED,
    ),
    Mutant(
        "policy: a background may show more of the room",
        "settings/policy.py",
        "        if self.broken or background.exposure > self._most:\n",
        "        if self.broken:\n",
        DECIDED,
    ),
    Mutant(
        "policy: a weaker blur counts as the one that is listed",
        "settings/policy.py",
        "        return chosen.exposure <= listed.exposure\n",
        "        return True\n",
        DECIDED,
    ),
    Mutant(
        "policy: without a picture the overlay is not missed",
        "engine/producer.py",
        "        self._overlays.check()\n",
        "",
        DECIDED,
    ),
    Mutant(
        "policy: pictures do not wait for the overlay",
        "engine/overlay_loader.py",
        "        if self._required():\n            return True\n",
        "",
        DECIDED,
    ),
    Mutant(
        "policy: an overlay that is pinned can be made invisible",
        "settings/policy_file.py",
        "if section in WHOLE else values\n",
        "if not section else values\n",
        DECIDED,
    ),
    Mutant(
        "profiles: who watches can bring the room about",
        "app.py",
        "if isinstance(edit(self.settings).background, Room) and",
        "if not name and",
        ("settings/test_profiles.py",),
    ),
)

MUTANTS: Final = (
    *(*GATES, *PUBLISHER, *PRODUCER, *LOADER, *PIPELINE, *INFERENCE, *OF_THE_LAW),
    *(*OF_FADES, *OF_THE_LOOK, *INSPECTION, *FILES, *SERVED, *POLICY, *PAINTED),
)


def copy(tree: Path, into: Path) -> None:
    """Copy what is needed of ``tree``, without what tools have left in it."""
    leave = shutil.ignore_patterns("__pycache__", ".*")
    for name in NEEDED:
        if (tree / name).is_dir():
            shutil.copytree(tree / name, into / name, ignore=leave)
        else:
            shutil.copy2(tree / name, into / name)


def tested(root: Path, tests: Sequence[str], longest_s: float = LONGEST_S) -> int | None:
    """What pytest returns there; ``None`` when it takes too long."""
    places = [f"tests/{test}" for test in tests]
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider"]
    try:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *options, *places],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            timeout=longest_s,
        ).returncode
    except subprocess.TimeoutExpired:
        return None


def fate(mutant: Mutant, tree: Path) -> Fate:
    """Let the mutant live in a copy of ``tree``, and see."""
    if not mutant.is_found(tree):
        return Fate.NOT_FOUND
    with tempfile.TemporaryDirectory(prefix="vcam-mutant-") as folder:
        root = Path(folder)
        copy(tree, root)
        path = root / mutant.path
        source = path.read_text("utf-8")
        path.write_text(source.replace(mutant.old, mutant.new), "utf-8")
        code = tested(root, mutant.tests)
    fates = {None: Fate.TIMED_OUT, 0: Fate.SURVIVED, 1: Fate.KILLED}
    return fates.get(code, Fate.BROKEN)


def main(words: Sequence[str] | None = None) -> int:
    """The command; 1 unless every mutant is killed."""
    parser = argparse.ArgumentParser("python -m tests.privacy_mutants", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--only",
        nargs="+",
        default=[""],
        metavar="NAME",
        help="those with this in their names",
    )
    parser.add_argument("--list", action="store_true", help="name them, and that is all")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at the same time")
    options = parser.parse_args(words)
    chosen = [each for each in MUTANTS if any(part in each.name for part in options.only)]
    if not chosen:
        parser.error(f"no mutant is named like {options.only}; --list names them all")
    if options.jobs < 1:
        parser.error("--jobs counts from 1")
    if options.list:
        print("\n".join(f"{mutant.name}  ({mutant.path})" for mutant in chosen))
        return 0
    # What is edited meanwhile is the next run's.
    with tempfile.TemporaryDirectory(prefix="vcam-mutants-") as folder:
        copy(ROOT, Path(folder))
        return int(not all_are_killed(chosen, Path(folder), options.jobs))


def all_are_killed(mutants: Sequence[Mutant], tree: Path, jobs: int) -> bool:
    """Whether all of them are, one after the other told on the command line."""
    files = sorted({test.partition("::")[0] for mutant in mutants for test in mutant.tests})
    if tested(tree, files, LONGEST_S * len(files)) != 0:
        print(f"Even without a mutant these do not pass: {', '.join(files)}")
        return False
    begun_s, killed = time.monotonic(), 0
    with ThreadPoolExecutor(jobs) as pool:
        fates = pool.map(partial(fate, tree=tree), mutants)
        for mutant, became in zip(mutants, fates, strict=True):
            killed += became in FINE
            print(f"{became.value:10} {mutant.name}", flush=True)
    minutes = (time.monotonic() - begun_s) / 60
    print(f"{killed} of {len(mutants)} mutants are killed, in {minutes:.0f} minutes")
    return killed == len(mutants)


if __name__ == "__main__":
    sys.exit(main())
