"""Carries out the verbs that read files: on a thread, since a drive may hang."""

import logging
import queue
import threading
from collections.abc import Callable

from vcam.app import App
from vcam.errors import VcamError
from vcam.translation import tr
from vcam.verbs import Verb

log = logging.getLogger(__name__)

JOIN_S = 1.0
"""Longest time that the end waits for a file that is being opened."""


class VerbReader:
    """Does verbs one after the other, on its own thread, ``vcam-tray-verbs``.

    The thread begins with the first verb.  ``notify`` is called on it.
    """

    def __init__(self, app: App, notify: Callable[[str, str], None]) -> None:
        self._app, self._notify = app, notify
        self._verbs: queue.SimpleQueue[Verb | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def put(self, verb: Verb) -> None:
        """Do it as soon as those before it are done.  Returns at once."""
        self._verbs.put(verb)
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._run, name="vcam-tray-verbs", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Do no more."""
        self._verbs.put(None)
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _run(self) -> None:
        while (verb := self._verbs.get()) is not None:
            try:
                passed = verb.do(self._app).get("passed", ())
            except VcamError as error:
                self._notify(error.what, error.remedy)
            except Exception:
                log.exception("a bug in %s", verb.name)
                self._notify(
                    tr("Something in the menu broke"), tr("See the log for details")
                )
            else:
                if passed:
                    self._notify(tr("Passed over"), "\n".join(passed))
