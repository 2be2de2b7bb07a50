"""Polls what the menu offers: gallery, cameras, start at login, what can be set up."""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from vcam.backgrounds import folder
from vcam.backgrounds.choosing import GalleryEntry, gallery
from vcam.backgrounds.thumbnails import Thumbnails
from vcam.settings import profiles
from vcam.sources import pipewire_listing
from vcam.sources.camera_info import CameraInfo
from vcam.sources.listing import linux_cameras, list_cameras
from vcam.system.autostart import enabled
from vcam.system.autostart.session import Session
from vcam.system.doctor.host import Host
from vcam.system.setup import facts_of_this_user, plan
from vcam.tray.backgrounds import Offer
from vcam.tray.menu import Surroundings
from vcam.v4l2.system import System, listed

log = logging.getLogger(__name__)

EVERY_S = 0.5
"""Interval of polling."""
LIST_S = 2.0
"""Interval at which cameras are listed on Windows and macOS, which takes milliseconds."""
LIST_SHARE = 0.005
"""Most of one processor that listing may take there: a slow list is made less often."""
PLAN_S = 10.0
"""Interval at which it is planned what ``vcam setup`` would do; it takes a millisecond."""
GALLERY_S = 1.0
"""Longest time that the other parts wait for the gallery."""
STOP_S = 5.0
"""Longest time that the end of the thread is waited for."""


class Watch:
    """Polls on a thread of its own, ``vcam-tray-watch``.

    On Linux polling opens no camera, except those that have just been plugged in: cameras
    are listed again only when the list of the kernel or of PipeWire has changed.  On
    Windows and macOS listing opens none, and is done every few seconds.
    """

    def __init__(self, system: System | None = None) -> None:
        self._system = system or System()
        self._now = Surroundings()
        self._noting = threading.Lock()
        self._looking: threading.Thread | None = None
        self._folder = folder.Watch()
        self._entries: tuple[GalleryEntry, ...] | None = None
        self._thumbnails = Thumbnails()
        self._pipewire = pipewire_listing.Watch()
        self._nodes_seen: object = None
        self._list_s = 0.0
        """When cameras are listed next, on Windows and macOS."""
        self._profiles_seen: object = None
        self._planned_for: object = None
        self._planned_s = 0.0
        self._known: dict[str, CameraInfo] = {}
        self._bugs: dict[str, str] = {}
        """The error that was logged last for each part: each is logged once."""
        self._stopping = False
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="vcam-tray-watch", daemon=True
        )

    @property
    def now(self) -> Surroundings:
        """What was found last.  Any thread may read it."""
        return self._now

    def poll(self) -> None:
        """Poll once, now.  Raises nothing: a part that fails stays as it was.

        The gallery is looked at on a thread, ``vcam-tray-gallery``: its files may be on a
        drive that hangs, and it then stays as it was, too.
        """
        if self._looking is None or not self._looking.is_alive():
            self._looking = threading.Thread(
                target=self._attempt,
                args=("gallery", self._gallery),
                name="vcam-tray-gallery",
                daemon=True,
            )
            self._looking.start()
            self._looking.join(GALLERY_S)
        self._attempt("cameras", self._cameras)
        self._attempt("at_login", self._at_login)
        self._attempt("setup", self._setup)

    def start(self) -> None:
        """Poll until stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Stop, within bounds."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        self._thumbnails.close()
        self._pipewire.close()

    def hurry(self) -> None:
        """Poll again at once.  Any thread; returns at once."""
        self._wake.set()

    def _attempt(self, part: str, find: Callable[[], None]) -> None:
        try:
            find()
        except Exception as error:
            if self._bugs.get(part) != (news := repr(error)):
                self._bugs[part] = news
                log.exception("a bug in polling %s", part)

    def _found(self, **parts: Any) -> None:
        with self._noting:
            self._now = replace(self._now, **parts)

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(EVERY_S)
            self._wake.clear()
            self.poll()

    def _gallery(self) -> None:
        if self._entries is None or self._folder.changed():
            self._entries = gallery()
            offers = tuple(map(self._offer, self._entries))
        else:
            offers = tuple(
                offer if offer.thumbnail else self._offer(entry)
                for entry, offer in zip(self._entries, self._now.gallery, strict=True)
            )
        self._found(gallery=offers)
        if (version := profiles.version()) != self._profiles_seen:
            self._profiles_seen = version
            self._found(profiles=profiles.everything())

    def _offer(self, entry: GalleryEntry) -> Offer:
        label = entry.title[:1].upper() + entry.title[1:]
        return Offer(label, entry.background(), self._thumbnails.get(entry.path))

    def _cameras(self) -> None:
        if sys.platform != "linux":
            self._cameras_elsewhere()
            return
        in_pipewire = self._pipewire.nodes()
        seen = self._nodes(), in_pipewire
        if seen == self._nodes_seen:
            return
        self._offer_cameras(linux_cameras(self._system, in_pipewire))
        self._nodes_seen = seen  # only now: a list that could not be made is tried again

    def _cameras_elsewhere(self) -> None:
        begun_s = time.perf_counter()
        if begun_s < self._list_s:
            return
        self._list_s = begun_s + LIST_S
        found = list_cameras()
        spent_s = time.perf_counter() - begun_s
        self._list_s = begun_s + max(LIST_S, spent_s / LIST_SHARE)
        if found != self._now.cameras:
            self._offer_cameras(found)

    def _offer_cameras(self, found: tuple[CameraInfo, ...]) -> None:
        self._known |= {each.identity: each for each in found}
        identities = {each.identity for each in found}
        gone = tuple(
            each for identity, each in self._known.items() if identity not in identities
        )
        self._found(cameras=found, gone=gone)

    def _nodes(self) -> object:
        """Changes when a camera is plugged in or out, or its permissions change."""
        nodes = [
            (entry.name, self._permissions(self._system.dev / entry.name))
            for entry in listed(self._system.sys / "class" / "video4linux")
        ]
        return sorted(nodes)

    def _permissions(self, node: Path) -> tuple[int, ...]:
        """Whatever changes when they do; a node appears before everyone may use it."""
        try:
            stat = node.stat()
        except OSError:
            return ()
        return stat.st_rdev, stat.st_ctime_ns

    def _at_login(self) -> None:
        self._found(at_login=enabled())

    def _setup(self) -> None:
        if sys.platform != "linux":
            return
        nodes, now_s = self._nodes(), time.monotonic()
        if nodes == self._planned_for and now_s < self._planned_s + PLAN_S:
            return
        root = os.geteuid() == 0
        facts = facts_of_this_user(Host(system=self._system), Session(), root=root)
        steps = plan(facts).steps
        needed = any(step.as_root for step in steps)
        self._found(setup=tuple(step.why for step in steps) if needed else ())
        self._planned_for, self._planned_s = nodes, now_s
