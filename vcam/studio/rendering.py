"""Renders clips by ``vcam render``, one at a time, each in a process of its own."""

import json
import logging
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import psutil

from vcam.errors import VcamError
from vcam.masking.options import MaskOptions
from vcam.reasons import reason
from vcam.translation import tr

log = logging.getLogger(__name__)

STOP_S = 2.0
"""Seconds that rendering may take to end when it is cancelled, before it is killed."""
LONGEST_COMPLAINT = 16 << 10
"""Most bytes that are read of the message of a failure."""
NICE: int = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", 10)
"""Priority of the rendering: pictures of a call come first."""
RENDER = (sys.executable, "-P", "-m", "vcam", "render", "--json")


@dataclass(eq=False)
class Clip:
    """One clip, from its arrival until it is removed."""

    folder: Path
    """Of its own."""
    given: str
    """The name of the file that was sent, in the folder."""
    name: str
    """That of the video that is made of it."""
    words: Sequence[str]
    """What ``vcam render`` is told beside these two names."""
    seconds: float = 0.0
    """How long it is, as the page says: a recording of a browser does not; 0 if unknown."""
    state: str = "rendering"
    """Or ``done``, or ``failed``."""
    progress: float = 0.0
    error: str = ""
    remedy: str = ""
    cancelled: bool = False
    process: "subprocess.Popen[str] | None" = None


class Renderer:
    """Renders what it is given, in that order.  Any thread may call it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """``environment`` is what ``vcam render`` inherits."""
        self._environment = dict(environment)
        self._changing = threading.Lock()
        """Held for what follows, to start a process, and to decide that none is started."""
        self._waiting: deque[Clip] = deque()
        self._now: Clip | None = None
        self._thread: threading.Thread | None = None

    def begin(self, clip: Clip) -> None:
        """Render it when those before it are done."""
        with self._changing:
            self._waiting.append(clip)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="vcam-studio-clip", daemon=True
                )
                self._thread.start()

    def cancel(self, clip: Clip) -> None:
        """End its rendering, within bounds, or do not begin it."""
        with self._changing:
            clip.cancelled = True
            process = clip.process
        if process is not None:
            _end(process)

    def end(self) -> None:
        """Begin to end everything; does not wait."""
        with self._changing:
            for clip in (*self._waiting, *filter(None, [self._now])):
                clip.cancelled = True
                if clip.process is not None:
                    clip.process.terminate()

    def close(self) -> None:
        """End everything, within bounds."""
        self.end()
        now, thread = self._now, self._thread
        if now is not None:
            self.cancel(now)
        if thread is not None:
            thread.join(STOP_S)

    # From here on: only the thread.

    def _work(self) -> None:
        while True:
            with self._changing:
                self._now = self._waiting.popleft() if self._waiting else None
                if self._now is None:
                    self._thread = None
                    return
            self._render(self._now)

    def _render(self, clip: Clip) -> None:
        try:
            error = self._rendered(clip)
        except Exception:
            log.exception("a bug in rendering a clip")
            error = VcamError(tr("Something broke"), tr("See the log for details"))
        if error is not None:
            clip.error, clip.remedy = error.what, error.remedy
        (clip.folder / clip.given).unlink(missing_ok=True)
        clip.state = "done" if error is None else "failed"

    def _rendered(self, clip: Clip) -> VcamError | None:
        complaints = clip.folder / ".complaints"
        with self._changing:
            if clip.cancelled:
                return VcamError(tr("Cancelled"))
            try:
                with complaints.open("xb") as file:
                    process = subprocess.Popen(
                        # In its folder, so that messages have the names that people gave.
                        [*RENDER, *clip.words, "--", clip.given, clip.name],
                        cwd=clip.folder,
                        env={**self._environment, "PYTHONIOENCODING": "utf-8"},
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.PIPE,
                        stderr=file,
                        encoding="utf-8",
                    )
            except OSError as error:
                return VcamError(
                    tr("vcam render cannot be started: {why}", why=reason(error))
                )
            clip.process = process
        with suppress(psutil.Error):
            psutil.Process(process.pid).nice(NICE)
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                clip.progress = max(clip.progress, share_done(line, clip.seconds))
        if process.returncode == 0:
            clip.progress = 1.0
            return None
        with complaints.open("rb") as file:
            said = file.read(LONGEST_COMPLAINT).decode(errors="replace").splitlines()
        told = [line.removeprefix("vcam: ") for line in said if line.strip()]
        if told:
            return VcamError(told[-1])
        status = process.returncode
        return VcamError(tr("vcam render ended with status {status}", status=status))


def mask_words(mask: MaskOptions) -> list[str]:
    """The arguments that make ``vcam render`` use ``mask``."""
    usual = MaskOptions()
    values = {each.name: getattr(mask, each.name) for each in fields(mask)}
    changed = [name for name in values if values[name] != getattr(usual, name)]
    return [
        word for name in changed for word in ("--mask-option", f"{name}={values[name]}")
    ]


def share_done(line: str, seconds: float) -> float:
    """How much is done, 0..1, by a line of ``vcam render --json``.

    ``seconds`` is the length of the video, for one that does not state it; 0 if unknown.
    """
    with suppress(ValueError, KeyError, TypeError):
        told = json.loads(line)
        # A recording of a browser has no steady rate: its time says more than a number.
        done, total = told["frames"], told["of"]
        if not total:
            done, total = told["at"], seconds
        return float(min(0.99, done / total)) if total else 0.0
    return 0.0


def _end(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
