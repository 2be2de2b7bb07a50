"""A command that looks at files before it acts: nobody else waits for their drive."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from vcam.errors import SettingsError, UsageError, VcamError

log = logging.getLogger(__name__)

Seen = TypeVar("Seen")
Answer = Mapping[str, Any]

AT_ONCE_S = 0.02
"""Most files are looked at in less, and are waited for."""


class Errand(Generic[Seen]):
    """``look`` runs on a thread of its own, ``vcam-command``; ``act`` where it is fetched.

    So a command that nobody waits for any more changes nothing, whenever its file turns
    up.  A drive that hangs keeps the thread, not vcam.
    """

    def __init__(self, look: Callable[[], Seen], act: Callable[[Seen], Answer]) -> None:
        self._look, self._act = look, act
        self._seen: list[Seen] = []
        self._error: Exception | None = None
        self.thread = threading.Thread(target=self._run, name="vcam-command", daemon=True)
        self.thread.start()
        self.thread.join(AT_ONCE_S)

    @property
    def ready(self) -> bool:
        """It has looked."""
        return not self.thread.is_alive()

    def fetch(self) -> Answer:
        """Act, once it is ready; what went wrong is an answer, too."""
        return answered(self._go_on)

    def _go_on(self) -> Answer:
        if self._error is not None:
            raise self._error
        return self._act(*self._seen)

    def _run(self) -> None:
        try:
            self._seen.append(self._look())
        except Exception as error:
            self._error = error  # told by who fetches it


Reply = TypeVar("Reply", bound=Answer | Errand[Any])


def answered(do: Callable[[], Reply]) -> Reply | Answer:
    """What ``do`` returns, or what to say about its failure."""
    try:
        return do()
    except VcamError as error:
        mistake = isinstance(error, (UsageError, SettingsError))
        return {"error": error.what, "remedy": error.remedy, "mistake": mistake}
    except Exception:
        log.exception("a bug in a command")
        return {"error": "Something broke", "remedy": "The log of vcam tells where"}
