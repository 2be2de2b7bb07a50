"""The one object that front ends talk to: settings, status, change, hold, quit."""

import contextlib
import queue
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import GalleryEntry, neighbour
from vcam.engine.engine import Worker
from vcam.engine.factories import Devices, Patience
from vcam.errors import SettingsError, VcamError
from vcam.frames import Image
from vcam.settings import Settings, load, save
from vcam.settings.edits import Edit
from vcam.status import Hold, Status


class NotSavedError(VcamError):
    """It is on air, and will not be there at the next start."""

    def __init__(self, error: SettingsError) -> None:
        super().__init__(f"It is on air, but not saved: {error.what}", error.remedy)


class App:
    """A running vcam: the worker, and the file that outlives it.

    ``override`` changes what the file says for this run only: it is never saved, and a
    later change is made to what is on air and to what the file says then alike.
    Raises :class:`~vcam.errors.SettingsError` for a file that makes no sense.
    """

    def __init__(
        self,
        path: Path,
        devices: Devices | None = None,
        override: Edit = lambda settings: settings,
        patience: Patience | None = None,
    ) -> None:
        self._path = path
        self._worker = Worker(override(load(path)), devices, patience)
        self._blur, self._fit = Blur(), "cover"
        self._changing = threading.Lock()
        self._quitting = False
        # Not an Event: a signal handler may call `quit` in the middle of `wait`, on the
        # same thread, and an Event's lock is not reentrant.  A SimpleQueue's put is.
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    @property
    def settings(self) -> Settings:
        """What is wished for."""
        return self._worker.settings

    @property
    def status(self) -> Status:
        """What is."""
        return self._worker.status

    def change(self, edit: Edit) -> None:
        """Replace the settings by ``edit(settings)``: on air, then on disk.

        ``edit`` runs under a lock, so that two front ends cannot lose each other's
        change.  What it raises is raised here and nothing has changed.  Raises
        :class:`NotSavedError` when it is on air and only the file could not be changed.
        """
        with self._changing:
            on_air = edit(self._worker.settings)
            self._remember(self._worker.settings.background)
            self._worker.apply(on_air)
            try:
                # As it is now: somebody may have edited it by hand.
                save(self._for_the_file(edit, load(self._path), on_air), self._path)
            except SettingsError as error:
                raise NotSavedError(error) from error

    def step(self, places: int, entries: Sequence[GalleryEntry]) -> Background:
        """Go ``places`` further in the round of :func:`neighbour`; returns where to.

        The strength of a blur and the fit of a picture are as they last were on air.
        Raises like :meth:`change`.
        """
        chosen: list[Background] = []

        def edit(settings: Settings) -> Settings:
            # Called for what is on air, then for what the file says: both get the same.
            if not chosen:
                now = settings.background
                chosen.append(neighbour(now, places, entries, self._blur, self._fit))
            return replace(settings, background=chosen[0])

        self.change(edit)
        return chosen[0]

    def _remember(self, background: Background) -> None:
        if isinstance(background, Blur):
            self._blur = background
        self._fit = background.fit or self._fit

    @staticmethod
    def _for_the_file(edit: Edit, saved: Settings, on_air: Settings) -> Settings:
        try:
            return edit(saved)
        except SettingsError:
            # An option of the background on air, which the one in the file has not.
            return edit(replace(saved, background=on_air.background))

    def hold(self, hold: Hold) -> None:
        """Pause, freeze or go on, as :meth:`Worker.hold`; not saved.  Any thread may."""
        self._worker.hold(hold)

    @property
    def held(self) -> Hold:
        """What was asked for with :meth:`hold`; the status tells what is so."""
        return self._worker.held

    @property
    def picture(self) -> Image | None:
        """What is on air, for a preview; not to be written into."""
        return self._worker.picture

    def quit(self) -> None:
        """Ask the main thread to end.  Returns at once; any thread may call it."""
        self._quitting = True
        self._wake.put(None)

    def wait(self, timeout_s: float) -> bool:
        """Wait until somebody called :meth:`quit`, at most ``timeout_s`` seconds."""
        if not self._quitting:
            with contextlib.suppress(queue.Empty):
                self._wake.get(timeout=timeout_s)
        return self._quitting

    def start(self) -> None:
        """Begin to publish."""
        self._worker.start()

    def close(self) -> None:
        """Stop, release camera and device; within bounds."""
        self._worker.stop()
