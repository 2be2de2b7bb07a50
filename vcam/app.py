"""The one object that front ends talk to: settings, status, change, hold, quit."""

import contextlib
import logging
import queue
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.choosing import GalleryEntry, gallery, usable_neighbour
from vcam.backgrounds.room import Room
from vcam.engine.background_loader import BackgroundLoader
from vcam.engine.engine import Engine
from vcam.engine.factories import Factories, Timeouts
from vcam.engine.inspection import Canvas
from vcam.engine.rotation import Rotation
from vcam.engine.rules import Rules
from vcam.errors import SettingsError, VcamError
from vcam.frames import Image, Size
from vcam.pipeline.privacy import Cleared
from vcam.regions import Region, Regions
from vcam.regions.files import folder_beside
from vcam.regions.files import load as load_regions
from vcam.regions.files import save as save_region
from vcam.settings import Settings, load, profiles, save
from vcam.settings.edits import Edit
from vcam.settings.policy import Policy
from vcam.settings.policy_file import policy
from vcam.status import Hold, State, Status
from vcam.translation import tr

log = logging.getLogger(__name__)

OPENS_S = 3.0
"""Longest time that a step waits for a background to open before it passes it over."""
HEADING_S = 1.0
"""Longest time from where a step goes being known until it is carried out."""


class NotSavedError(VcamError):
    """It is on air, and will not be there at the next start."""

    def __init__(self, error: SettingsError) -> None:
        super().__init__(
            tr("It is on air, but not saved: {error}", error=error.what), error.remedy
        )


class App:
    """A running vcam: the engine, and the settings file that outlives it.

    ``override`` changes what the file says for this run only: it is never saved, and a
    later change is made to what is on air and to what the file says then alike.  A
    ``loader`` is for backgrounds that are prepared before the app is made.
    Raises :class:`~vcam.errors.SettingsError` for a file that makes no sense, and
    :class:`~vcam.errors.PolicyError` for what the administrator does not allow.
    """

    def __init__(
        self,
        path: Path,
        factories: Factories | None = None,
        override: Edit = lambda settings: settings,
        timeouts: Timeouts | None = None,
        loader: BackgroundLoader | None = None,
    ) -> None:
        self._path = path
        self._loader = loader or BackgroundLoader()
        saved = load(path)
        settings = override(saved)
        policy().check(saved, settings)
        regions = load_regions(folder_beside(path))
        self._engine = Engine(settings, factories, timeouts, self._loader, regions)
        self._blur: Blur | Bokeh = Blur()
        self._fit = "cover"
        self._changing = threading.Lock()
        self._heading: tuple[Background | None, float] = None, 0.0
        """Where a step goes that is not carried out yet, and until when that counts."""
        self._rotation = Rotation(
            lambda: self.settings, lambda: self.status.state is State.LIVE, self.rotate
        )
        self._rules = Rules(
            self._engine.obey, lambda: self.status.watchers, self.watched_by
        )
        self._told: set[str] = set()
        """What was said about backgrounds that cannot be shown."""
        self._quitting = False
        # Not an Event: a signal handler may call `quit` in the middle of `wait`, on the
        # same thread, and an Event's lock is not reentrant.  A SimpleQueue's put is.
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    @property
    def settings(self) -> Settings:
        """The settings in effect."""
        return self._engine.settings

    @property
    def policy(self) -> Policy:
        """The administrator's policy that is kept."""
        return self._engine.policy

    @property
    def status(self) -> Status:
        """What it is doing."""
        return self._engine.status

    def change(self, edit: Edit) -> None:
        """Replace the settings by ``edit(settings)``: on air, then on disk.

        ``edit`` runs under a lock, so that two front ends cannot lose each other's
        change.  What it raises is raised here and nothing has changed.  Raises
        :class:`~vcam.errors.PolicyError` for what the administrator does not allow, and
        :class:`NotSavedError` when it is on air and only the file could not be changed.
        """
        with self._changing:
            self._heading = None, 0.0
            self._engine.obey()
            on_air = edit(self._engine.settings)
            self._remember(self._engine.settings.background)
            self._engine.apply(on_air)
            self._rotation.wake()
            try:
                # As it is now: somebody may have edited it by hand.
                save(self._for_the_file(edit, load(self._path), on_air), self._path)
            except SettingsError as error:
                raise NotSavedError(error) from error

    @property
    def regions(self) -> Regions:
        """What the user painted, for every camera."""
        return self._engine.regions

    def paint(self, region: Region) -> None:
        """Keep and drop ``region`` of its camera: on air, then on disk.

        Raises :class:`NotSavedError` when it is on air and could not be saved.
        """
        with self._changing:
            self._engine.paint(self._engine.regions.with_region(region))
            try:
                save_region(region, folder_beside(self._path))
            except SettingsError as error:
                raise NotSavedError(error) from error

    def prepare(self, background: Background, size: Size) -> None:
        """Open ``background``, which a change of the settings is about to choose.

        The engine gets what was opened here.  Takes as long as the opening, and raises
        :class:`~vcam.errors.BackgroundError` when the background cannot be shown.
        """
        self._loader.prepare(background, size)

    def step(
        self, places: int, entries: Sequence[GalleryEntry]
    ) -> tuple[Callable[[], Background], list[str]]:
        """Find and open what is ``places`` further in the round of the gallery.

        A background that cannot be shown, or that takes too long to open, is passed over.
        Returns what shows the one that was found, and what to tell about those that were
        passed over for the first time.  Blur or bokeh, its strength, and the fit of a
        picture are as they last were on air.
        """

        def check(background: Background) -> None:
            self._loader.prepare(background, size, OPENS_S)

        self._engine.obey()
        self.policy.check_understood()
        size, allowed = self.settings.output.size, self.policy.allows
        # Whoever asks twice in a row goes two steps, although the first one still opens.
        heading, until_s = self._heading
        start = heading if heading and time.monotonic() < until_s else None
        chosen, passed = usable_neighbour(
            start or self.settings.background,
            *(places, entries, check, self._blur, self._fit, allowed),
        )
        self._heading = chosen, time.monotonic() + HEADING_S
        news = [str(error) for error in passed if str(error) not in self._told]
        self._told.update(news)
        for each in news:
            log.warning("passed over: %s", each)

        def act() -> Background:
            self.change(lambda settings: replace(settings, background=chosen))
            return chosen

        return act, news

    def rotate(self) -> None:
        """Show another picture or video of the gallery, if one is shown.

        It never goes to a blur: that shows more of the room.  A file that cannot be shown
        is passed over.  Raises :class:`NotSavedError` as :meth:`change` does.
        """
        settings = self.settings
        now, size = settings.background, settings.output.size
        entries = [entry.background(now.fit or "cover") for entry in gallery()]
        if now not in entries:
            return
        at = entries.index(now)
        others = [*entries[at + 1 :], *entries[:at]]
        others = [each for each in others if self.policy.allows(each)]
        if settings.gallery.shuffle:
            random.shuffle(others)
        for other in others:
            try:
                self._loader.prepare(other, size, OPENS_S)
            except VcamError as error:
                log.warning("passed over: %s", error)
                continue
            # Unless the user has chosen something else meanwhile.
            self.change(partial(_exchanged, now, other))
            return

    def prepared(self, name: str, within_s: float | None = None) -> Edit:
        """What chooses the profile ``name``, with its background open.

        Raises :class:`~vcam.errors.VcamError`.
        """
        profile = profiles.load(name)
        if profile.background is not None:
            self._loader.prepare(profile.background, self.settings.output.size, within_s)
        return profile

    def watched_by(self, programs: Sequence[str]) -> None:
        """Programs begin to watch: choose the profile that the settings want for them.

        The plain room is never shown by itself.  Raises as :meth:`change` does.
        """
        name = self.settings.profiles.chosen_by(programs)
        if not name:
            return
        edit = self.prepared(name, OPENS_S)
        now = self.settings.background
        if isinstance(edit(self.settings).background, Room) and not isinstance(now, Room):
            log.warning("the profile %s shows the room: it is not chosen by itself", name)
            return
        self.change(edit)

    def _remember(self, background: Background) -> None:
        if isinstance(background, Blur | Bokeh):
            self._blur = background
        self._fit = background.fit or self._fit

    @staticmethod
    def _for_the_file(edit: Edit, saved: Settings, on_air: Settings) -> Settings:
        try:
            return edit(saved)
        except SettingsError:
            # An option of the background on air, which the one in the file has not.
            return edit(replace(saved, background=on_air.background))

    def hold(self, hold: Hold, minutes: float | None = None) -> None:
        """Pause, freeze or go on, as :meth:`Engine.hold`; not saved.  Any thread may."""
        self._engine.hold(hold, minutes)

    @property
    def held(self) -> Hold:
        """What was asked for with :meth:`hold`; the status tells what is so."""
        return self._engine.held

    @property
    def shown(self) -> Status:
        """How :attr:`picture` comes about, as :attr:`Engine.shown`."""
        return self._engine.shown

    @property
    def picture(self) -> Image | None:
        """What is on air, or would be, for a preview; not to be written into."""
        return self._engine.picture

    @property
    def canvas(self) -> Canvas | None:
        """What the camera sees, as :attr:`Engine.canvas`: for the user's own eyes."""
        return self._engine.canvas

    @property
    def inspected(self) -> Cleared | None:
        """What it is made of, as :attr:`Engine.inspected`: for the user's own eyes."""
        return self._engine.inspected

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
        self._engine.start()
        self._rotation.start()
        self._rules.start()

    def close(self) -> None:
        """Stop, release camera and device; within bounds."""
        self._rules.stop()
        self._rotation.stop()
        self._engine.stop()


def _exchanged(before: Background, after: Background, settings: Settings) -> Settings:
    if settings.background != before:
        return settings
    return replace(settings, background=after)
