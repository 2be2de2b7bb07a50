"""*Try it*: the pictures of one page of the browser, with one or two settings of its own.

Nothing here is sent to a virtual camera.  The page shows its user their own pictures.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from vcam.backgrounds import Background
from vcam.backgrounds.choosing import choose, gallery, of_file
from vcam.backgrounds.color import Color
from vcam.errors import UsageError
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.mask_views import cut_out, mask_picture, overlay
from vcam.masking.names import PRESET_NAMES
from vcam.masking.options import PRESETS, RANGES, MaskOptions
from vcam.pipeline.cards import slate
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Withheld
from vcam.translation import tr, translatable

VIEWS = ("result", "mask", "overlay")
THRESHOLD = (0.3, 0.7)
"""Smallest and largest threshold: the confidence of the model that becomes half visible."""
UPLOAD = "upload:"
"""Begins the name of a background that was sent to this page: ``upload:1``."""
AT_MOST = 4
"""Most pages that are remembered; the one that was used least recently makes room."""
CARD = translatable("One moment, please")


@dataclass(frozen=True, slots=True)
class Side:
    """The settings of one side of a comparison, as the page sends them."""

    background: str = "blur"
    preset: str = "standard"
    threshold: float | None = None
    """0.3..0.7; ``None`` stands for the preset's value, here and below."""
    edge: float | None = None
    feather: float | None = None
    smoothing: float | None = None

    @classmethod
    def of(cls, given: object) -> "Side":
        """From JSON; raises :class:`~vcam.errors.UsageError` for what makes no sense."""
        if not isinstance(given, dict):
            raise UsageError(tr("The settings {given!r} are not an object", given=given))
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in given.items() if name in known}
        for name, value in values.items():
            texts = name in ("background", "preset")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (isinstance(value, str) if texts else value is None or number):
                raise UsageError(
                    tr("{value!r} cannot be the {name}", value=value, name=name)
                )
        return cls(**values)

    @property
    def mask(self) -> MaskOptions:
        """The options of the mask; raises :class:`~vcam.errors.SettingsError`."""
        options = MaskOptions(
            preset=self.preset,
            edge=self.edge or 0.0,
            feather=self.feather or 0.0,
            smoothing=self.smoothing,
        )
        if self.threshold is None:
            return options
        least, most = THRESHOLD
        if not least <= self.threshold <= most:
            # Without the number, which may be longer than what can be printed.
            raise UsageError(
                tr(
                    "The threshold is not between {least} and {most}",
                    least=f"{least:g}",
                    most=f"{most:g}",
                )
            )
        recipe = PRESETS[self.preset]
        half = (recipe.soft_high - recipe.soft_low) / 2
        return replace(
            options,
            soft_low=min(max(self.threshold - half, 0.0), RANGES["soft_low"][1]),
            soft_high=max(min(self.threshold + half, 1.0), RANGES["soft_high"][0]),
        )


class Request(NamedTuple):
    """What the page wants to see."""

    view: str
    a: Side
    b: Side | None

    @classmethod
    def of(cls, given: object) -> "Request":
        """From JSON; raises :class:`~vcam.errors.UsageError` for what makes no sense."""
        if not isinstance(given, dict) or given.get("view") not in VIEWS:
            raise UsageError(
                tr(
                    "The request {given!r} names none of the views {views}",
                    given=given,
                    views=VIEWS,
                )
            )
        b = given.get("b")
        return cls(
            given["view"], Side.of(given.get("a")), None if b is None else Side.of(b)
        )


class Chosen(NamedTuple):
    """What a side was found to mean, once and not for every frame: it may read folders."""

    background: Background
    mask: MaskOptions


@dataclass(frozen=True, slots=True)
class Newest:
    """The last frame and what was made of it, with the settings A."""

    frame: Image
    alpha: Alpha
    image: Image
    mask: MaskOptions


class Trial:
    """The pipelines of one page.  Any thread may call it; one at a time works."""

    def __init__(self) -> None:
        self._working = threading.Lock()
        self._processors: dict[str, FrameProcessor] = {}
        """Those of live pictures, by side."""
        self._index = self._kept = 0
        self._newest: Newest | None = None
        self.uploads: dict[str, Path] = {}
        """The files of the backgrounds that were sent to this page, by their names."""
        self.ask(Request(VIEWS[0], Side(), None))
        self.costs_ms: dict[str, float] = {}
        """Processor milliseconds of the last frame's side A, by stage."""
        self.alpha_mean = 0.0
        """Share of the last frame that is person, by side A."""

    def keep(self, path: Path) -> int:
        """Take over a file that was sent as a background; returns its number."""
        self._kept += 1
        self.uploads[f"{UPLOAD}{self._kept}"] = path
        return self._kept

    def ask(self, request: Request) -> None:
        """From the next frame on; raises :class:`~vcam.errors.VcamError`."""
        chosen = {}
        for name, side in (("a", request.a), ("b", request.b)):
            if side is not None:
                _check_preset(side.preset)
                chosen[name] = Chosen(self.background(side), side.mask)
        self._wanted = request.view, chosen

    def background(self, side: Side) -> Background:
        """What a side shows behind the person; raises :class:`~vcam.errors.VcamError`."""
        if not side.background.startswith(UPLOAD):
            chosen = choose(side.background)
            path = getattr(chosen, "path", None)
            if path is not None and path not in {each.path for each in gallery()}:
                # A page may show what was sent to it, not any file of the user's.
                raise UsageError(
                    tr("There is no {name!r} in the gallery", name=side.background)
                )
            return chosen
        path = self.uploads.get(side.background)
        if path is None:
            raise UsageError(
                tr("There is no {name!r}", name=side.background), tr("Send the file again")
            )
        return of_file(path)

    def view(self, frame: Image, captured_s: float, live: bool) -> Image:
        """What the page asked for, of ``frame``: ``uint8 (height, width, 3)``, BGR.

        With two sides it is twice as high: A above B.  A still picture, ``live`` false, is
        processed without memory of others.  Raises :class:`~vcam.errors.VcamError`.
        """
        with self._working:
            (view, sides), self._index = self._wanted, self._index + 1
            given = Frame(frame, self._index, captured_s, live)
            return np.concatenate(
                [self._side(name, chosen, given, view) for name, chosen in sides.items()]
            )

    def _side(self, name: str, chosen: Chosen, given: Frame, view: str) -> Image:
        try:
            if given.live:
                processor = self._processors.setdefault(name, FrameProcessor())
                cleared = processor.process(given, *chosen)
            else:
                with FrameProcessor() as processor:
                    cleared = processor.process(given, *chosen)
        except Withheld as error:  # in a call it would be a card
            return slate(Size.of(given.image), CARD, error.what)
        alpha = cleared.alpha
        if alpha is None:  # the plain room
            alpha = np.full(given.image.shape[:2], 255, np.uint8)
        if name == "a":
            self.costs_ms = dict(processor.costs_ms)
            self.alpha_mean = float(cv2.mean(alpha)[0]) / 255
            self._newest = Newest(given.image, alpha.copy(), cleared.image, chosen.mask)
        if view == "mask":
            return mask_picture(alpha)
        return overlay(given.image, alpha) if view == "overlay" else cleared.image

    def saved(self, what: str) -> Image | None:
        """The newest ``result``, ``mask`` or ``cutout`` (BGRA); ``None`` before the first.

        Raises :class:`~vcam.errors.VcamError` when the person cannot be cut out.
        """
        newest = self._newest
        if newest is None:
            return None
        if what == "result":
            return newest.image
        if what == "mask":
            return newest.alpha
        # Over black, the picture is the person's own colours times alpha.
        with FrameProcessor() as processor:
            frame = Frame(newest.frame, 0, 0.0, live=False)
            black = processor.process(frame, Color("black"), newest.mask)
            assert black.alpha is not None
            return cut_out(black.image, black.alpha)

    def rest(self) -> None:
        """Release the models until the next frame; the newest picture is kept."""
        with self._working:
            processors, self._processors = self._processors, {}
            for processor in processors.values():
                processor.close()

    def close(self) -> None:
        """Release everything, and remove the files that were sent to this page."""
        self.rest()
        self._newest = None
        uploads, self.uploads = self.uploads, {}
        for path in uploads.values():
            path.unlink(missing_ok=True)


class Trials:
    """The trials of all pages, by the keys that the pages made up.  Any thread may call."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._by_key: OrderedDict[str, Trial] = OrderedDict()

    def of(self, key: str) -> Trial:
        """The page's own, made if need be; raises UsageError for what is no key."""
        if len(key) != 24 or not set(key) <= set("0123456789abcdef"):
            raise UsageError(
                tr("{key!r} is not the key of a page", key=key), tr("Load the page again")
            )
        with self._changing:
            trial = self._by_key.setdefault(key, Trial())
            self._by_key.move_to_end(key)
            gone = []
            while len(self._by_key) > AT_MOST:
                gone.append(self._by_key.popitem(last=False)[1])
        for each in gone:
            each.close()
        return trial

    def close(self) -> None:
        """Close all."""
        with self._changing:
            trials = list(self._by_key.values())
            self._by_key.clear()
        for each in trials:
            each.close()


def _check_preset(name: str) -> None:
    if name not in PRESET_NAMES:
        raise UsageError(
            tr("There is no preset {name!r}", name=name),
            tr("Choose of {names}", names=PRESET_NAMES),
        )


def dials() -> dict[str, dict[str, Any]]:
    """Values of the dials by preset, and their ranges, for the page."""
    presets = {
        name: {
            "threshold": (recipe.soft_low + recipe.soft_high) / 2,
            **{each: getattr(recipe, each) for each in ("edge", "feather", "smoothing")},
        }
        for name, recipe in PRESETS.items()
    }
    steps = {"edge": 0.5, "feather": 0.5, "smoothing": 0.05}
    ranges = {name: (*RANGES[name], step) for name, step in steps.items()}
    return {"presets": presets, "ranges": {"threshold": (*THRESHOLD, 0.01), **ranges}}
