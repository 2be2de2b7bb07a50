"""The menu, the tooltip and the icon's mood: pure functions of settings and status.

Marks show what is *chosen*; headline, tooltip and icon show what is *happening*.  Every
entry that can be clicked has an :data:`~vcam.tray.actions.Action`, found by its path.
To add an entry, add it to :func:`menu`; trays and front end need no change.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from vcam.frames import Size
from vcam.imaging.orientation import QUARTERS
from vcam.masking.names import ALL, ONE
from vcam.outputs.options import USUAL_PORT
from vcam.settings import Settings
from vcam.settings.policy import NO_POLICY, Policy
from vcam.settings.profiles import Profile
from vcam.sources.camera_info import CameraInfo
from vcam.status import Hold, State, Status
from vcam.status_text import headline
from vcam.translation import tr, translatable
from vcam.tray.actions import Action, Break, Change, StartAtLogin, Task
from vcam.tray.backgrounds import Offer, backgrounds
from vcam.tray.cameras import cameras
from vcam.tray.cures import cures, upkeep
from vcam.tray.framing import framing
from vcam.tray.limits import limited, reasons
from vcam.tray.looks import looks
from vcam.tray.menu_items import (
    SEPARATOR,
    Line,
    check,
    command,
    radio,
    said,
    shortened,
    submenu,
    task,
    without_folders,
)
from vcam.tray.model import Entry, Look, Mood
from vcam.tray.profiles import profile_lines
from vcam.verbs import FREEZE, LOOP, PAUSE, QUIT, RESUME, Verb

SIZES = {"360p": Size(640, 360), "540p": Size(960, 540), "720p": Size(1280, 720)} | {
    "1080p": Size(1920, 1080)
}
RATES = (15.0, 24.0, 30.0, 60.0)
CUT_OUTS = {
    "light": translatable("Cut-out: light, for old laptops"),
    "standard": translatable("Cut-out: standard"),
    "best": translatable("Cut-out: best, the finest edges"),
}
BREAKS = (5, 10, 15, 30)
"""Minutes of the breaks that are offered."""
NAME = 30
"""Characters of a name in a label."""
QUALITIES = {
    "light": translatable("{size}, {rate} fps, light"),
    "standard": translatable("{size}, {rate} fps, standard"),
    "best": translatable("{size}, {rate} fps, best"),
}


@dataclass(frozen=True)
class Surroundings:
    """What there is to choose from, as it was found last."""

    gallery: tuple[Offer, ...] = ()
    cameras: tuple[CameraInfo, ...] = ()
    gone: tuple[CameraInfo, ...] = ()
    """Cameras that are not plugged in any more, kept for their names."""
    profiles: tuple[Profile, ...] = ()
    at_login: bool | None = None
    """Whether vcam starts at login; ``None`` where that cannot be arranged."""
    setup: tuple[str, ...] = ()
    """What ``vcam setup`` would do as root, in words; empty when it is all done, and where
    ``vcam setup`` does nothing by itself."""


@dataclass(frozen=True)
class Moment:
    """What the menu shows of a status, without the figures that change all the time."""

    mood: Mood
    headline: str
    remedy: str = ""
    trouble: bool = False
    not_set_up: bool = False
    served: str = ""
    """Where the picture is served, without the token; empty where it is not."""

    @classmethod
    def of(cls, status: Status) -> "Moment":
        """What ``status`` says to a person."""
        remedy = status.remedy if status.state.is_trouble else ""
        trouble = status.state.is_trouble
        says, not_set_up = headline(status, rate=False), status.not_set_up and trouble
        served = urlsplit(status.served).netloc
        return cls(mood(status), says, remedy, trouble, not_set_up, served)


@dataclass(frozen=True)
class Menu:
    """What a tray shows, and what its entries do."""

    look: Look
    actions: Mapping[tuple[str, ...], Action]
    """Actions by the path that the tray passes when an entry is clicked."""


def menu(
    settings: Settings,
    held: Hold,
    moment: Moment,
    around: Surroundings,
    policy: Policy = NO_POLICY,
) -> Menu:
    """All that the tray shows at this moment."""
    offered = (
        *_headline(moment),
        *reasons(policy),
        *cures(moment.trouble, moment.not_set_up, around.setup),
        *_served(moment.served),
        SEPARATOR,
        *backgrounds(settings.background, around.gallery, settings.gallery.every),
        *profile_lines(settings, around.profiles, policy),
        cameras(settings.source.camera, around.cameras, around.gone),
        submenu("picture", tr("Picture"), _picture(settings)),
        framing(settings.framing),
        submenu("look", tr("Look"), looks(settings.appearance)),
        _quality(settings),
        SEPARATOR,
        _hold(PAUSE, held is Hold.PAUSE),
        _hold(FREEZE, held is Hold.FREEZE),
        _hold(LOOP, held is Hold.LOOP),
        submenu("break", tr("Break"), _break(settings)),
        SEPARATOR,
        task(tr("Studio…"), Task.STUDIO),
        task(tr("Preview…"), Task.PREVIEW),
        task(tr("Welcome…"), Task.WELCOME),
        *_login(around.at_login),
        *upkeep(moment.not_set_up, around.setup),
        task(tr("Diagnose…"), Task.DIAGNOSE),
        task(tr("About"), Task.ABOUT),
        SEPARATOR,
        command(QUIT),
    )
    lines = tuple(limited(offered, settings, policy))
    look = Look(
        moment.mood,
        _tooltip(moment),
        tuple(line.shown for line in lines),
        (Task.PREVIEW.value,),
    )
    return Menu(look, dict(pair for line in lines for pair in line.actions(())))


def mood(status: Status) -> Mood:
    """What the icon shows.  That the room is visible has priority over everything else."""
    if status.shows_room:
        return Mood.ROOM
    if status.state.is_trouble:
        return Mood.WAITING
    if status.state is State.LOOPING and status.background:
        return Mood.LOOPING
    if status.state.is_held:
        return Mood.PAUSED
    return Mood.LIVE if status.state is State.LIVE else Mood.RESTING


def _headline(moment: Moment) -> Iterator[Line]:
    for key, text in (("headline", moment.headline), ("remedy", moment.remedy)):
        # A command for a terminal is of no use here: an entry below does it, or tells it.
        if "`" not in text:
            yield from said(key, without_folders(text))


def _served(where: str) -> Iterator[Line]:
    if where:
        yield task(tr("Picture served at {where}…", where=where), Task.SERVED)


def _tooltip(moment: Moment) -> str:
    text = f"vcam: {moment.headline}"
    if moment.served:
        text += " · " + tr("picture at {where}", where=moment.served)
    return text


def _hold(verb: Verb, on: bool) -> Line:
    return check(verb.name, tr(verb.label), on, RESUME if on else verb)


def _break(settings: Settings) -> Iterator[Line]:
    for minutes in BREAKS:
        label = tr("Be right back in {minutes} minutes", minutes=minutes)
        yield Line(Entry(label, key=f"break {minutes}"), Break(minutes))
    yield SEPARATOR
    ready = settings.loop.ready
    label = tr("Keep the last 10 seconds for a loop")
    yield check("ready", label, ready, Change("loop", not ready, "ready"))
    yield SEPARATOR
    yield task(tr("Choose a picture for its card…"), Task.CARD)
    if (picture := settings.pause.picture) is not None:
        label = tr("Picture: {name}", name=shortened(picture.stem, NAME))
        yield check("card", label, True, Change("pause", None, "picture"))


def _login(on: bool | None) -> Iterator[Line]:
    if on is not None:
        yield check("login", tr("Start at login"), on, StartAtLogin(not on))


def _picture(settings: Settings) -> Iterator[Line]:
    source = settings.source
    yield check("flip", tr("Flip"), source.flip, Change("source", not source.flip, "flip"))
    mirror = source.mirror
    yield check("mirror", tr("Mirror"), mirror, Change("source", not mirror, "mirror"))
    alone = settings.mask.people == ONE
    change = Change("mask", ALL if alone else ONE, "people")
    yield check("people", tr("Only me"), alone, change)
    yield from _over(settings)
    if sys.platform.startswith("linux"):
        yield task(tr("Edge light on your screen"), Task.EDGE_LIGHT)
    yield SEPARATOR
    turns = {each: tr("Turned by {degrees}°", degrees=each) for each in QUARTERS}
    turns[0] = tr("Not turned")
    yield from _choice("source", "rotate", turns, source.rotate)
    yield SEPARATOR
    port = settings.output.serve
    change = Change("output", 0 if port else USUAL_PORT, "serve")
    yield check("serve", tr("Serve it for OBS's browser source"), bool(port), change)


def _over(settings: Settings) -> Iterator[Line]:
    overlay, plate = settings.overlay, settings.name_plate
    yield task(tr("Choose an overlay…"), Task.OVERLAY)
    if overlay.picture is not None:
        label = tr("Overlay: {name}", name=shortened(overlay.picture.stem, NAME))
        change = Change("overlay", not overlay.shown, "shown")
        yield check("overlay", label, overlay.shown, change)
    if name := plate.name or plate.line:
        label = tr("Name plate: {name}", name=shortened(name, NAME))
        change = Change("name_plate", not plate.shown, "shown")
        yield check("name-plate", label, plate.shown, change)


def _quality(settings: Settings) -> Line:
    output = settings.output
    sizes = {size: name for name, size in SIZES.items()}
    sizes.setdefault(output.size, str(output.size))
    rates = {rate: _rate(rate) for rate in (*RATES, output.fps)}
    cut_outs = {name: tr(text) for name, text in CUT_OUTS.items()}
    preset = settings.mask.preset
    lines = (
        *_choice("output", "size", sizes, output.size),
        SEPARATOR,
        *_choice("output", "fps", rates, output.fps),
        SEPARATOR,
        *_choice("mask", "preset", cut_outs, preset),
    )
    # Whole, for translators: "light" alone may also be a colour or a weight.
    value = tr(QUALITIES[preset], size=sizes[output.size], rate=f"{output.fps:g}")
    return submenu("quality", tr("Quality"), lines, value)


def _rate(fps: float) -> str:
    return tr("{rate} frames a second", rate=f"{fps:g}")


def _choice(
    part: str, option: str, values: Mapping[Any, str], chosen: Any
) -> Iterator[Line]:
    for value, name in values.items():
        change = Change(part, value, option)
        yield radio(f"{option} {value}", name, value == chosen, change)
