"""Three steps to the first call: your camera, a background, where to choose vcam.

It opens by itself at the first start with nothing chosen: in the studio where that is
installed, and otherwise in a window.  Enter goes on, Escape closes it; numbers choose."""

import argparse
import time
import webbrowser
from collections.abc import Mapping
from contextlib import ExitStack, closing, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vcam.cli import on_air, studio
from vcam.control.client import NotRunningError, ask
from vcam.errors import OutputError, VcamError
from vcam.translation import tr, translatable

if TYPE_CHECKING:
    from vcam.cli.welcome_pages import Offer, Shown
    from vcam.frames import Image

FPS = 15
STATUS_S = 0.5
"""Interval at which it is asked what is on and what is missing."""
LOADS = (*on_air.LOADS, "vcam.outputs.window", "vcam.tray.icon", "vcam.cli.welcome_pages")
KEYS = {"\r": "next", "\n": "next", " ": "next", "\b": "back"}
TITLE = translatable("Welcome to vcam")
MOST_CAMERAS = 4
BLURS = {"blur": translatable("Blur"), "blur:strong": translatable("Blur: strong")}
"""The first backgrounds that are offered; files of the gallery follow."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--window",
        action="store_true",
        help=tr("a window, also where the studio is installed"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Show it until it is done or dismissed."""
    if not arguments.window and not studio.missing() and _browser_opens():
        from vcam.cli import parser_of
        from vcam.studio import handover

        handover.want_welcome()
        _, parser = parser_of("studio")
        return studio.run(parser.parse(["--until-closed"]))
    from vcam.outputs.window import window_opens

    if not window_opens():
        raise OutputError(
            tr("A window does not open here"),
            tr("Run it in a desktop session. `vcam --help` lists the commands"),
        )
    _show()
    return 0


def _browser_opens() -> bool:
    from vcam.studio.handover import desktop

    try:
        return desktop() and webbrowser.get() is not None
    except webbrowser.Error:
        return False


def _show() -> None:
    from vcam.cli.welcome_pages import BACK, DONE, LATER, NEXT, SIZE, STEPS, Pages
    from vcam.control.instance import AlreadyRunningError
    from vcam.local.lock import locked
    from vcam.outputs.window import Window
    from vcam.settings.first_start import note_welcome
    from vcam.tray.icon import argb_icons

    offered, thumbnails = _backgrounds()
    pages, step = Pages(thumbnails), 0
    said = tr("The welcome is open already"), tr("Look for its window")
    busy = AlreadyRunningError(*said)
    with ExitStack() as stack:
        stack.enter_context(locked("welcome.lock", busy))
        window = stack.enter_context(closing(Window(SIZE, tr(TITLE))))
        window.icons = argb_icons()
        stack.enter_context(suppress(NotRunningError))
        ended = stack.enter_context(on_air.vcam())
        status, asked_s = ask("status"), time.monotonic()
        cameras = _cameras()
        trouble: VcamError | None = None
        while not window.closed and not ended():
            due_s = time.monotonic() + 1 / FPS
            if time.monotonic() - asked_s > STATUS_S:
                status, asked_s = ask("status"), time.monotonic()
                cameras = cameras if step else _cameras()
            now = _shown(step, status, offered if step else cameras, trouble)
            window.send(pages.with_picture(now, on_air.picture().image))
            note_welcome()
            does = pages.page(now).at(window.click) if window.click else ""
            does = does or KEYS.get(window.key, "") or _numbered(now.offers, window.key)
            if does in (DONE, LATER) or (does == NEXT and step == len(STEPS) - 1):
                return
            if does in (NEXT, BACK):
                step = max(0, step + (1 if does == NEXT else -1))
                trouble = None
            elif does:
                trouble = _changed(does)
                asked_s = float("-inf")
            time.sleep(max(0.0, due_s - time.monotonic()))


def _shown(
    step: int,
    status: Mapping[str, Any],
    offers: "tuple[Offer, ...]",
    trouble: VcamError | None,
) -> "Shown":
    from vcam.cli.welcome_pages import Shown
    from vcam.outputs.nothing import is_nowhere
    from vcam.outputs.programs import places
    from vcam.tray.news import IN_THE_MENU

    if step:
        chosen = _chosen(status)
        offers = tuple(
            each._replace(chosen=_means(each.words) == chosen) for each in offers
        )
    # What the picture lacks; without an output the status itself is about the output.  A
    # vcam that was started before an update does not tell them apart.
    seen = status.get("shown", status)
    what, remedy = (seen["message"], seen["remedy"]) if seen["output"] else ("", "")
    if "`" in remedy and not is_nowhere(status["output"]):
        remedy = tr(IN_THE_MENU)
    return Shown(
        step,
        seen["camera"],
        (trouble.what, trouble.remedy) if trouble else (what, remedy),
        offers,
        places(status["output"]),
    )


def _changed(words: str) -> VcamError | None:
    """Carry out ``vcam set`` with these words, and say what was wrong with them."""
    try:
        ask("set", words=[words], folder=str(Path.home()))
    except NotRunningError:
        raise
    except VcamError as error:
        return error
    return None


def _numbered(offers: "tuple[Offer, ...]", key: str) -> str:
    """The words of the offer with that number; empty when there is none."""
    number = int(key) if key.isdecimal() else 0
    return offers[number - 1].words if 0 < number <= len(offers) else ""


def _cameras() -> "tuple[Offer, ...]":
    from vcam.cli.welcome_pages import Offer
    from vcam.sources.opening import PRESENTER
    from vcam.studio.cameras import listed

    found = listed()[:MOST_CAMERAS]
    if not found:
        return (Offer(f"camera={PRESENTER}", tr("A drawn person, to try it")),)
    return tuple(Offer(f"camera={each['value']}", each["name"]) for each in found)


def _backgrounds() -> "tuple[tuple[Offer, ...], dict[str, Image]]":
    """What is offered, and small pictures of it by its words."""
    import cv2
    import numpy as np

    from vcam.backgrounds.bokeh_painter import BokehPainter
    from vcam.backgrounds.choosing import GALLERY, gallery
    from vcam.backgrounds.thumbnails import first_image
    from vcam.cli.welcome_pages import MOST_TILES, TILE, Offer
    from vcam.errors import PictureError
    from vcam.frames import Frame
    from vcam.imaging.resize import fitted

    offers = [Offer(f"background={name}", tr(title)) for name, title in BLURS.items()]
    thumbnails: dict[str, Image] = {}
    first, *_ = gallery(GALLERY)
    room = fitted(first_image(first.path, TILE), TILE)
    for offer, sigma in zip(offers, (3.0, 9.0), strict=True):
        thumbnails[offer.words] = np.asarray(
            cv2.GaussianBlur(room, (0, 0), sigma), np.uint8
        )
    bokeh = Offer("background=bokeh", tr("Bokeh"))
    offers.append(bokeh)
    nobody = np.zeros((TILE.height, TILE.width), np.uint8)
    evening = np.asarray(room * 0.5, np.uint8)  # with lamps, without which it is a blur
    for x in range(12, TILE.width, 19):
        cv2.circle(evening, (x, 16 + x * 7 % 37), 2, (190, 230, 255), -1)
    lamps = Frame(evening, 0, 0.0)
    thumbnails[bokeh.words] = BokehPainter(TILE, 6.0).paint(lamps, nobody)
    for entry in gallery()[: MOST_TILES - len(offers)]:
        offer = Offer(f"background={entry.name}", entry.title.capitalize())
        offers.append(offer)
        with suppress(PictureError):
            thumbnails[offer.words] = fitted(first_image(entry.path, TILE), TILE)
    return tuple(offers), thumbnails


def _chosen(status: Mapping[str, Any]) -> str:
    """The background of the settings; "-" for one that this version does not know."""
    from vcam.settings import from_table

    try:
        return str(from_table(status["settings"]).background)
    except VcamError:
        return "-"


@cache
def _means(words: str) -> str:
    """The background that ``background=…`` stands for, as the settings name it.

    Empty for a file that is gone meanwhile.
    """
    from vcam.backgrounds.choosing import choose

    try:
        return str(choose(words.partition("=")[2]))
    except VcamError:
        return ""
