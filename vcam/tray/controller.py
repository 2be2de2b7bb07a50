"""The front end in the tray: shows the status, and carries out what is clicked."""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from vcam.app import App
from vcam.errors import VcamError
from vcam.status import Status
from vcam.translation import tr
from vcam.tray.action_runner import ActionRunner
from vcam.tray.actions import Action
from vcam.tray.menu import Moment, menu
from vcam.tray.menu_sources import Watch
from vcam.tray.model import Tray
from vcam.tray.news import News
from vcam.tray.no_tray import remedy_page

log = logging.getLogger(__name__)

POLL_S = 0.25
"""Interval at which the status is read."""
ABSENT_S = 3.0
"""Time without an icon after which a person at the terminal is told."""
PATIENCE_S = 30.0
"""Time without an icon after which a notification says so: at login the panel may come long
after vcam."""
STOP_S = 5.0
"""Longest time that the end of the front end's thread is waited for."""


class Front:
    """Runs the app with a tray.  Made, run and closed by the main thread.

    ``on_status`` is called with every status that is read, ``say`` once with each message
    for a person at a terminal.  Both are called on the front end's own thread,
    ``vcam-tray-front``, which also carries out the clicks: the threads of the tray and the
    engine never wait for it.
    """

    def __init__(
        self,
        app: App,
        tray: Tray,
        on_status: Callable[[Status], None] = lambda status: None,
        say: Callable[[str], None] = lambda text: None,
        watch: Watch | None = None,
        welcome: bool = False,
    ) -> None:
        """``welcome``: begin with three steps to the first call."""
        self._app, self._tray, self._say = app, tray, say
        self._on_status = on_status
        self._watch = watch or Watch()
        self._welcome = welcome
        self._runner = ActionRunner(app, tray.notify)
        self._news = News()
        self._clicks: queue.SimpleQueue[tuple[str, ...] | None] = queue.SimpleQueue()
        self._shown: object = None
        self._missed = self._warned = self._bug = ""
        self._actions: Mapping[tuple[str, ...], Action] = {}
        self._thread = threading.Thread(
            target=self._run, name="vcam-tray-front", daemon=True
        )

    def run(self) -> None:
        """Publish and serve until vcam is quit; then release everything."""
        self._watch.poll()
        self._app.start()
        try:
            self._attempt(self._refresh)  # the icon comes with its menu
            self._watch.start()
            self._thread.start()
            self._tray.run(self._clicks.put)
            # A tray that ends by itself ends nothing else.
            while not self._app.wait(1.0):
                pass
        finally:
            self.quit()
            if self._thread.is_alive():
                self._thread.join(STOP_S)
            self._watch.stop()
            self._app.close()

    def quit(self) -> None:
        """Ask :meth:`run` to end.  Any thread, and a signal handler too."""
        self._app.quit()
        self._tray.stop()
        self._clicks.put(None)

    def here(self) -> bool:
        """Show the user where vcam is, after an attempt to start a second one.

        Returns whether an icon can be seen.
        """
        absent = self._tray.absent
        self._tray.notify(tr("vcam is running"), absent or tr("Its icon is in the panel"))
        return not absent

    # From here on: only the front end's own thread.

    def _run(self) -> None:
        began_s = time.monotonic()
        with contextlib.closing(self._runner):
            if self._welcome:
                self._attempt(self._runner.greet)
            while not self._app.wait(0):
                self._attempt(self._refresh)
                self._attempt(self._miss, time.monotonic() - began_s)
                with contextlib.suppress(queue.Empty):
                    click = self._clicks.get(timeout=POLL_S)
                    if click is not None:
                        self._attempt(self._click, click)
        self._tray.stop()

    def _attempt(self, step: Callable[..., None], *arguments: Any) -> None:
        """Do a step; one that fails is reported, and nothing else ends."""
        try:
            step(*arguments)
        except VcamError as error:
            self._tray.notify(error.what, error.remedy)
        except Exception as error:
            if (news := repr(error)) != self._bug:
                self._bug = news
                log.exception("a bug in the front end")
                self._tray.notify(
                    tr("Something in the menu broke"), tr("See the log for details")
                )

    def _refresh(self) -> None:
        status = self._app.status
        self._runner.poll()
        self._on_status(status)
        icon = not self._tray.absent
        if news := self._news.of(status, time.monotonic(), icon):
            self._tray.notify(*news)
        app = self._app
        moment, around = Moment.of(status), self._watch.now
        shows = app.settings, app.held, moment, around, app.policy
        if shows != self._shown:
            self._shown = shows
            now = menu(*shows)
            self._actions = now.actions
            self._tray.show(now.look)

    def _miss(self, running_s: float) -> None:
        absent = self._tray.absent
        if absent and absent != self._missed and running_s > ABSENT_S:
            self._missed = absent
            self._say(f"vcam: {absent}")
        if absent and absent != self._warned and running_s > PATIENCE_S:
            self._warned = absent
            self._tray.notify(tr("vcam runs without an icon"), absent, remedy_page())

    def _click(self, path: tuple[str, ...]) -> None:
        action = self._actions.get(path)
        if action is None:
            log.info("%s is not in the menu any more", path)
            return
        self._runner.do(action)
        self._watch.hurry()
        self._refresh()
