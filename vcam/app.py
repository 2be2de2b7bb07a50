"""The one object that front ends talk to: settings, status, change, quit."""

import threading
from collections.abc import Callable
from pathlib import Path

from vcam.settings import Settings, load, save
from vcam.status import Status
from vcam.worker import Devices, Worker


class App:
    """A running vcam: the worker, and the file that outlives it.

    ``override`` changes what the file says for this run only; it is not saved by itself.
    Raises :class:`~vcam.errors.SettingsError` for a file that makes no sense.
    """

    def __init__(
        self,
        path: Path,
        devices: Devices | None = None,
        override: Callable[[Settings], Settings] = lambda settings: settings,
    ) -> None:
        self._path = path
        self._worker = Worker(override(load(path)), devices)
        self._changing = threading.Lock()
        self._quit = threading.Event()

    @property
    def settings(self) -> Settings:
        """What is wished for."""
        return self._worker.settings

    @property
    def status(self) -> Status:
        """What is."""
        return self._worker.status

    def change(self, edit: Callable[[Settings], Settings]) -> None:
        """Replace the settings by ``edit(settings)``: on air, then on disk.

        ``edit`` runs under a lock, so that two front ends cannot lose each other's
        change.  What it raises is raised here and nothing has changed.
        """
        with self._changing:
            settings = edit(self._worker.settings)
            self._worker.apply(settings)
            save(settings, self._path)

    def quit(self) -> None:
        """Ask the main thread to end.  Returns at once; any thread may call it."""
        self._quit.set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until somebody called :meth:`quit`, at most ``timeout_s`` seconds."""
        return self._quit.wait(timeout_s)

    def start(self) -> None:
        """Begin to publish."""
        self._worker.start()

    def close(self) -> None:
        """Stop, release camera and device; within bounds."""
        self._quit.set()
        self._worker.stop()
