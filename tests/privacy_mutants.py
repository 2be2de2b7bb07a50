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
GATE: Final = ("test_gate.py",)
HOLD: Final = ("test_hold.py",)
LINE: Final = ("test_linethread.py",)
LAW: Final = ("test_privacy.py",)
WORKER: Final = ("test_worker.py",)

DOORS: Final = (
    Mutant(
        "cleared: anybody makes one",
        "privacy.py",
        "if self.seal is not _SEAL:",
        "if False:",
        LAW,
    ),
    Mutant(
        "examined: nothing is",
        "privacy.py",
        "    if not isinstance(finished.background, Room):\n        examine(finished)\n",
        "",
        LAW,
    ),
    Mutant(
        "gate: takes what is not cleared",
        "privacy.py",
        "if not isinstance(picture, Cleared):",
        "if False:",
        LAW,
    ),
    Mutant(
        "gate: takes any size",
        "privacy.py",
        "if Size.of(picture.image) != self._output.size:",
        "if False:",
        LAW + GATE,
    ),
    Mutant(
        "gate: publishes while it is held",
        "privacy.py",
        "            if self._choice.held:\n",
        "            if False:\n",
        GATE,
    ),
    Mutant(
        "gate: sends what shows more than is chosen",
        "privacy.py",
        "if self._exceeds(background):",
        "if False:",
        GATE,
    ),
    Mutant(
        "gate: compares the wrong way round",
        "privacy.py",
        "return background.exposure > self._choice.background.exposure",
        "return background.exposure < self._choice.background.exposure",
        GATE,
    ),
    Mutant(
        "gate: withholds what shows as much as is chosen",
        "privacy.py",
        "return background.exposure > self._choice.background.exposure",
        "return background.exposure >= self._choice.background.exposure",
        GATE,
    ),
    Mutant(
        "gate: publishes while the choice may change",
        "privacy.py",
        "        with self._choice.settled():\n            if self._choice.held:",
        "        if True:\n            if self._choice.held:",
        GATE,
    ),
    Mutant(
        "gate: repeats while the choice may change",
        "privacy.py",
        "            with self._choice.settled():\n                self._send_if",
        "            if True:\n                self._send_if",
        GATE,
    ),
    Mutant(
        "gate: what was hidden may come back",
        "privacy.py",
        "            self.forget()\n            raise",
        "            raise",
        GATE,
    ),
    Mutant(
        "gate: forgets nothing",
        "privacy.py",
        "        self._picture = None\n\n    def card(",
        "        pass\n\n    def card(",
        GATE,
    ),
    Mutant(
        "gate: keeps no picture",
        "privacy.py",
        "        self._picture = picture.image, picture.background",
        "        pass",
        GATE,
    ),
    Mutant(
        "gate: a card is taken for the picture before it",
        "privacy.py",
        "message, detail), None)",
        "message, detail), self.background)",
        GATE,
    ),
    Mutant(
        "gate: does not know what is on air",
        "privacy.py",
        "self.sent, self.background = image, background",
        "self.sent, self.background = image, None",
        GATE,
    ),
    Mutant(
        "gate: nothing on air shows too much",
        "privacy.py",
        "return self.background is not None and self._exceeds(self.background)",
        "return False",
        GATE,
    ),
    Mutant(
        "gate: does not know that the driver hangs",
        "privacy.py",
        "        self._sending_since_s = time.monotonic()",
        "        self._sending_since_s = None",
        ("test_worker.py::test_a_virtual_camera_that_hangs_is_told_until_it_goes_on",),
    ),
    Mutant(
        "choice: changes while it is settled",
        "privacy.py",
        "        with self._lock:\n            yield",
        "        yield",
        GATE,
    ),
    Mutant(
        "choice: is changed without waiting",
        "privacy.py",
        "locked = self._lock.acquire(timeout=timeout_s)",
        "locked = False",
        GATE,
    ),
    Mutant(
        "choice: is waited for without a bound",
        "privacy.py",
        "locked = self._lock.acquire(timeout=timeout_s)",
        "locked = self._lock.acquire()",
        (
            f"{GATE[0]}::test_the_answer_comes_although_the_driver_does_not_let_go_of_its_picture",
        ),
    ),
    Mutant(
        "choice: never let go again",
        "privacy.py",
        "                self._lock.release()",
        "                pass",
        GATE,
    ),
    Mutant(
        "worker: settings change while a picture is sent",
        "worker.py",
        "        with self._between_pictures():\n            self._settings = settings",
        "        if True:\n            self._settings = settings",
        GATE,
    ),
    Mutant(
        "worker: a hold begins while a picture is sent",
        "worker.py",
        "        with self._between_pictures():\n            self._hold = hold",
        "        if True:\n            self._hold = hold",
        GATE,
    ),
    Mutant(
        "worker: nobody looks at the new wish",
        "worker.py",
        "        publisher.wake()\n",
        "",
        HOLD,
    ),
)
PUBLISHER: Final = (
    Mutant(
        "publisher: the gate does not know of holds",
        "publisher.py",
        "self._stopping.is_set() or hold() is not Hold.NOTHING",
        "self._stopping.is_set()",
        GATE,
    ),
    Mutant(
        "publisher: the gate does not know of the end",
        "publisher.py",
        "self._stopping.is_set() or hold() is not Hold.NOTHING",
        "hold() is not Hold.NOTHING",
        GATE,
    ),
    Mutant(
        "publisher: a rest is not begun",
        "publisher.py",
        "            if self._demand.rest:\n                return\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: a hold does not cover before the camera lets go",
        "publisher.py",
        "        if rest or gate.overexposed:",
        "        if gate.overexposed:",
        HOLD,
    ),
    Mutant(
        "publisher: the room is not covered before the camera lets go",
        "publisher.py",
        "        if rest or gate.overexposed:",
        "        if rest:",
        LAW,
    ),
    Mutant(
        "publisher: nothing is covered before the camera lets go",
        "publisher.py",
        "            ending.callback(self._cover, gate, line)\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: the camera is not let go",
        "publisher.py",
        "            ending.callback(line.stop, self._patience.stop_s)\n",
        "",
        HOLD,
    ),
    Mutant(
        "publisher: freezing is a card",
        "publisher.py",
        "        if rest is State.FROZEN:",
        "        if False:",
        HOLD,
    ),
    Mutant(
        "publisher: a pause shows the last picture",
        "publisher.py",
        "        if rest is State.FROZEN:",
        "        if rest in HELD:",
        HOLD,
    ),
    Mutant(
        "publisher: what was on air before a pause comes back",
        "publisher.py",
        "            gate.forget()  # what was",
        "            pass  # what was",
        HOLD,
    ),
    Mutant(
        "publisher: a still picture stays although it shows too much",
        "publisher.py",
        "            if news or now_s >= due_s or gate.overexposed:",
        "            if news or now_s >= due_s:",
        GATE,
    ),
    Mutant(
        "publisher: another hold is not looked at",
        "publisher.py",
        "            if news or now_s >= due_s or gate.overexposed:",
        "            if now_s >= due_s or gate.overexposed:",
        GATE + HOLD,
    ),
    Mutant(
        "publisher: the plain room stays until a card is due",
        "publisher.py",
        "        if gate.overexposed and isinstance(gate.background, Room):\n"
        "            return True\n",
        "",
        LAW,
    ),
    Mutant(
        "publisher: the blurred room stays while the next background loads",
        "publisher.py",
        "(gate.overexposed or line.trouble is not None or silent)",
        "(line.trouble is not None or silent)",
        GATE,
    ),
    Mutant(
        "publisher: trouble shows no card",
        "publisher.py",
        "(gate.overexposed or line.trouble is not None or silent)",
        "(gate.overexposed or silent)",
        GATE,
    ),
    Mutant(
        "publisher: silence shows no card",
        "publisher.py",
        "(gate.overexposed or line.trouble is not None or silent)",
        "(gate.overexposed or line.trouble is not None)",
        WORKER,
    ),
    Mutant(
        "publisher: what is withheld shows no card",
        "publisher.py",
        "                self._card(gate, _told_to_all(verdict))\n",
        "",
        GATE,
    ),
    Mutant(
        "publisher: what is withheld is not told",
        "publisher.py",
        "                self._bulletin.trouble(verdict)\n",
        "",
        GATE,
    ),
    Mutant(
        "publisher: what is outdated is told as live",
        "publisher.py",
        "                done = None  # the one",
        "                pass  # the one",
        GATE,
    ),
    Mutant(
        "publisher: a stuck line shows no card",
        "publisher.py",
        "self._card(gate, ONE_MOMENT)\n                self._bulletin.trouble(V",
        "self._bulletin.trouble(V",
        GATE,
    ),
    Mutant(
        "publisher: a card tells the call which file is missing",
        "publisher.py",
        "    return CARDS.get(type(trouble), ONE_MOMENT) if trouble else ONE_MOMENT",
        "    return trouble.what if trouble else ONE_MOMENT",
        LAW,
    ),
    Mutant(
        "publisher: a picture stays on air that is on air no more",
        "publisher.py",
        "                self._gate = None\n                self._bulletin",
        "                self._bulletin",
        GATE,
    ),
    Mutant(
        "publisher: begins without a card",
        "publisher.py",
        "                self._card(gate, ONE_MOMENT)\n                while",
        "                while",
        WORKER,
    ),
)
LINE_THREAD: Final = (
    Mutant(
        "line thread: the room stays while the next background loads",
        "linethread.py",
        "        return None if shows_more else on_air",
        "        return on_air",
        LINE,
    ),
    Mutant(
        "line thread: the old background does not stay while the next one loads",
        "linethread.py",
        "        return None if shows_more else on_air",
        "        return None",
        LINE,
    ),
    Mutant(
        "line thread: the old background comes back after trouble",
        "linethread.py",
        "                on_air = None\n",
        "",
        LINE,
    ),
    Mutant(
        "line thread: a frame after the end is looked at",
        "linethread.py",
        "            if frame is None or self._stopping.is_set():",
        "            if frame is None:",
        LINE,
    ),
    Mutant(
        "line thread: another camera is not looked for",
        "linethread.py",
        "            if settings.source.camera != camera:\n                return\n",
        "",
        LINE,
    ),
    Mutant(
        "line thread: a camera's first frames are shown",
        "linethread.py",
        "            if unseen:\n",
        "            if False:\n",
        WORKER,
    ),
    Mutant(
        "line thread: one bad mask is trouble",
        "linethread.py",
        "                if not bad and isinstance",
        "                if isinstance",
        WORKER,
    ),
    Mutant(
        "line thread: bad masks in a row are no trouble",
        "linethread.py",
        "                    bad = True  # the next",
        "                    pass  # the next",
        WORKER,
    ),
    Mutant(
        "line thread: a good picture ends no trouble",
        "linethread.py",
        "            self.trouble = None\n            with",
        "            with",
        LINE,
    ),
    Mutant(
        "line thread: loads for ever without a word",
        "linethread.py",
        "        if loading.waited_s > LOADING_S:",
        "        if False:",
        LAW + LINE,
    ),
    Mutant(
        "line thread: never gives up",
        "linethread.py",
        "                    self.failed = True\n                    return",
        "                    pass",
        WORKER,
    ),
    Mutant(
        "line thread: a picture is handed over twice",
        "linethread.py",
        "            done, self._done = self._done, None",
        "            done = self._done",
        LINE,
    ),
    Mutant(
        "line thread: a camera that hangs is not closed",
        "linethread.py",
        "            if self._source is not None:",
        "            if False:",
        WORKER,
    ),
    Mutant(
        "line thread: a camera is not known again",
        "linethread.py",
        "            self._identities[camera] = identity",
        "            pass",
        WORKER,
    ),
    Mutant(
        "line thread: a line that was left behind has the governor",
        "linethread.py",
        "        if not self._stopping.is_set():  # else",
        "        if True:  # else",
        LINE,
    ),
)
PIPELINE: Final = (
    Mutant(
        "pipeline: the mask goes on over a picture that was withheld",
        "pipeline.py",
        "            self._matting.reset()\n            self._following",
        "            self._following",
        LAW,
    ),
    Mutant(
        "pipeline: the framing goes on over a picture that was withheld",
        "pipeline.py",
        "            self._following.reset()\n            raise",
        "            raise",
        LAW,
    ),
    Mutant(
        "pipeline: the mask goes on over the plain room",
        "pipeline.py",
        "            self._matting.reset()\n            room",
        "            room",
        LAW,
    ),
    Mutant(
        "pipeline: the framing goes on while it is off",
        "pipeline.py",
        "        else:\n            self._following.reset()\n",
        "",
        LAW,
    ),
    Mutant(
        "pipeline: any mask is said to be of this frame",
        "pipeline.py",
        "matte.mask, matte.frame_index)",
        "matte.mask, frame.index)",
        LAW,
    ),
    Mutant(
        "pipeline: the room is handed over as the camera's own memory",
        "pipeline.py",
        "room = frame.image.copy()",
        "room = frame.image",
        ("test_pipeline.py::test_room_means_the_room",),
    ),
    Mutant(
        "pipeline: paints what was open already",
        "pipeline.py",
        "if self._painter is None or not self.holds(background, size):",
        "if self._painter is None:",
        ("test_pipeline.py::test_the_background_may_change_between_frames",),
    ),
    Mutant(
        "pipeline: paints what was open for another size",
        "pipeline.py",
        "return self._opened == (background, size)",
        "return self._opened is not None and self._opened[0] == background",
        ("test_pipeline.py::test_any_size_and_shape_of_frame",),
    ),
)
LOOKS: Final = (
    Mutant(
        "looks: anything is a mask",
        "masking/looks.py",
        "    if not isinstance(mask, np.ndarray):",
        "    if False:",
        ("test_looks.py",),
    ),
    Mutant(
        "looks: a mask has any shape",
        "masking/looks.py",
        "if mask.shape != (size.height, size.width) or mask.dtype != np.float32:",
        "if mask.dtype != np.float32:",
        ("test_looks.py",),
    ),
    Mutant(
        "looks: a mask is of any type",
        "masking/looks.py",
        "if mask.shape != (size.height, size.width) or mask.dtype != np.float32:",
        "if mask.shape != (size.height, size.width):",
        ("test_looks.py",),
    ),
    Mutant(
        "looks: a mask may be below 0",
        "masking/looks.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if not high <= 1 + _TOLERANCE:",
        ("test_looks.py",),
    ),
    Mutant(
        "looks: a mask may be above 1",
        "masking/looks.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if not low >= -_TOLERANCE:",
        ("test_looks.py",),
    ),
    Mutant(
        "looks: a mask may be no number",
        "masking/looks.py",
        "    if not (low >= -_TOLERANCE and high <= 1 + _TOLERANCE):",
        "    if low < -_TOLERANCE or high > 1 + _TOLERANCE:",
        ("test_looks.py",),
    ),
    Mutant(
        "matting: an engine that failed is asked again",
        "masking/matting.py",
        "        except BaseException:\n            self._drop()\n            raise",
        "        except BaseException:\n            raise",
        LAW,
    ),
    Mutant(
        "matting: frames of another size go through the old line",
        "masking/matting.py",
        "        if self._line is None or self._line.size != size:",
        "        if self._line is None:",
        ("test_pipeline.py::test_any_size_and_shape_of_frame",),
    ),
    Mutant(
        "matting: what was seen before is not forgotten",
        "masking/matting.py",
        "        self._line = None\n\n    def close",
        "        pass\n\n    def close",
        LAW,
    ),
)
MUTANTS: Final = (*DOORS, *PUBLISHER, *LINE_THREAD, *PIPELINE, *LOOKS)


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
