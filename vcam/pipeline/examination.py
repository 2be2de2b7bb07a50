"""Checks that a finished picture is person over background, and nothing else.

It checks only the result against what it was made of, whatever made it.  It reads some
whole rows of the pictures, different ones in every frame: of 720 rows, all are read within
40 frames.  It reads a coarse sample of the whole mask.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from vcam.appearance.toning import (
    MOST_AFTER,
    MOST_BEFORE,
    MOST_MEAN,
    MOST_TONED,
    STEEPEST,
    UNCHANGED,
    Toning,
)
from vcam.backgrounds import HIDES_ROOM, Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.masking.credibility import allowed_by
from vcam.pipeline.copies import copies
from vcam.pipeline.darkening import Darkened, darker
from vcam.pipeline.painted_cells import cells_at, examine_cover
from vcam.pipeline.sampling import COLUMNS, Withheld, at_places, is_plane, rows_read
from vcam.pipeline.sharpness import are_discs, is_blurred
from vcam.regions.placing import UNPAINTED, Painted
from vcam.translation import tr

__all__ = ["Fade", "Finished", "Withheld", "examine", "examine_cover"]

BLEND: Final = 2
"""Grey levels by which a soft pixel may differ from the blend; the compositor's do by 1."""
TRACE: Final = 16
"""Alpha by which a matte may exceed what the evidence allows, for rounding and for places
between two cells.  Nothing of a room is recognisable through so little."""
FULL: Final = 0.975
"""Largest share of the picture that a matte may take.  If it takes more, the model is
broken or somebody is right in front of the lens."""
CERTAIN: Final = 0.9
"""Confidence above which a mask is certain of a pixel."""
SMALL: Final = 0.03
"""Share of the picture up to which somebody may be nearly all edge."""
_UNMIXED: Final = np.ceil(255 * (1 - (np.arange(256) / 255) ** 2)) + 3
_UNMIXED[255] = 0
"""By alpha: how far a foreground of :class:`vcam.masking.foreground.Foreground` can be from
the frame, and as much as is lost by rounding when both are enlarged."""
EVERYTHING: Final = 0.98
"""Largest share of the picture that a mask may be certain of, for the same reason."""


@dataclass(frozen=True, slots=True)
class Fade:
    """What a background was mixed of while one fades into the next."""

    before: Image
    """What was behind the person in the last picture of ``former``."""
    former: Background
    painted: Image
    """What was painted for this frame."""
    share: float
    """Of ``painted``, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished picture, with the evidence of how it was made."""

    image: Image
    alpha: Alpha | None
    """At the same size; ``None`` only for the plain room, which needs no mask."""
    behind: Image | None
    """The background that was painted for this frame; ``None`` only for the room."""
    mask: Mask | None
    """The model's answer for this frame; ``None`` only for the room."""
    matte_index: int | None
    """:attr:`Frame.index` of the frame that the mask was computed from."""
    frame: Frame
    """The frame that the picture shows."""
    background: Background
    """The choice that it was composited for."""
    foreground: Image | None = None
    """The person's own colours, or ``None`` for the frame's."""
    limit: Alpha | None = None
    """The most alpha that the evidence of the last frames allows, at any size, from
    :class:`~vcam.masking.credibility.Credibility`; ``None`` for what this mask allows."""
    fade: Fade | None = None
    """What ``behind`` was mixed of; ``None`` for what was painted."""
    painted: Painted = UNPAINTED
    """The region that the user painted, and where its cells are in this picture."""
    toning: Toning | None = None
    """What effects did to ``foreground``; ``None`` for nothing."""
    darkened: Darkened | None = None
    """How ``behind`` was darkened; ``None`` when it was not."""


def examine(finished: Finished) -> None:
    """Raise :class:`Withheld` unless ``finished`` may be sent.

    It is not the plain room, which :func:`examine_cover` is for.

    1. Its mask is of this very frame, and does not cover everything.
    2. Alpha is nowhere more than the evidence allows, and does not cover everything,
       except in cells that the user keeps.  It is 0 in cells that the user drops.
    3. The picture is the blend of person and background by that alpha: exactly the frame's
       pixels where alpha is 255, and exactly the background's where it is 0; in between
       the person's colours are the nearer to the frame's the more opaque they are.  While
       effects are on, the person is the frame's pixels looked up in one table, give or
       take a few grey levels; on average even less.
    4. The background is not a copy of the frame.  For a blurred room, it is blurred.  While
       one fades into the next, this is so of both, and they are mixed as was said.  If it
       is darkened, all this is so of what it was before, and every value is less by that
       share.

    This takes a few tenths of a millisecond at 1280x720.
    """
    image, alpha, behind = finished.image, finished.alpha, finished.behind
    mask, frame = finished.mask, finished.frame
    if alpha is None or behind is None or mask is None or finished.matte_index is None:
        raise Withheld(tr("There is no mask of this picture"))
    if finished.matte_index != frame.index:
        raise Withheld(tr("The mask is of another picture"))
    person = frame.image if finished.foreground is None else finished.foreground
    fade, darkened = finished.fade, finished.darkened
    mixed = behind if darkened is None else darkened.before
    painted, before = (mixed, mixed) if fade is None else (fade.painted, fade.before)
    for array in (image, behind, mixed, painted, before, person, alpha):
        if not isinstance(array, np.ndarray) or array.dtype != np.uint8:
            raise Withheld(tr("The mask or the picture is not an image"))
    shape = (*alpha.shape, 3)
    if alpha.ndim != 2 or any(
        each.shape != shape
        for each in (image, behind, mixed, painted, before, person, frame.image)
    ):
        raise Withheld(tr("The mask does not fit the picture"))
    for each in (behind, mixed, painted, before):
        if np.shares_memory(each, frame.image) or np.shares_memory(each, person):
            raise Withheld(tr("The background is the room itself"))
    limit = allowed_by(mask) if finished.limit is None else finished.limit
    rows = rows_read(alpha.shape[0], frame.index)
    _examine_evidence(mask, limit)
    weight = alpha[rows]
    kept, dropped = cells_at(finished.painted, Size.of(alpha), rows)
    _examine_alpha(weight, at_places(limit, Size.of(alpha), rows), kept, dropped)
    shown, back, own, room = (each[rows] for each in (image, behind, person, frame.image))
    _examine_blend(shown, weight, own, back)
    if finished.toning is not None:
        _examine_toning(finished.toning, own, room, weight)
    elif person is not frame.image:
        off = cv2.absdiff(own, room)
        if cv2.norm(cv2.subtract(off, _own_colours(weight)), cv2.NORM_INF) > 0:
            raise Withheld(tr("The person is not the frame's"))
    background = finished.background
    if darkened is not None:
        _examine_darkened(darkened, back, rows)
        back = mixed[rows]
    if fade is not None:
        if fade.former.exposure > background.exposure:
            raise Withheld(tr("The background is not a mixture of two"))
        _examine_fade(fade, back, rows)
        _examine_behind(fade.former, fade.before, frame.image, alpha, rows)
    _examine_behind(background, painted, frame.image, alpha, rows)


def _taken_whole() -> Withheld:
    return Withheld(
        tr("The whole picture is taken for a person"),
        tr("Move back from the camera a little"),
    )


def _examine_evidence(mask: Mask, limit: Alpha) -> None:
    if not is_plane(limit):
        raise Withheld(tr("There is no valid evidence"))
    few = cv2.resize(mask, (64, 36), interpolation=cv2.INTER_NEAREST)
    # Written so that a mask with NaN fails, too.
    if not np.count_nonzero(few <= CERTAIN) >= (1 - EVERYTHING) * few.size:
        raise _taken_whole()


def _examine_alpha(
    alpha: Alpha, allowed: Alpha, kept: Alpha | None, dropped: Alpha | None
) -> None:
    few = np.ascontiguousarray(alpha[:, ::COLUMNS])
    if kept is None:
        taken = cv2.mean(alpha)[0]
    else:
        # What the user keeps says nothing about the rest, which is judged alone.
        taken = cv2.mean(few, cv2.inRange(kept, 0, 0))[0]
        allowed = np.maximum(allowed, kept)
    if taken > FULL * 255:
        raise _taken_whole()
    if cv2.subtract(few, allowed).max() > TRACE:
        raise Withheld(tr("The matte is more than the evidence"))
    if dropped is not None and few[dropped == 255].any():
        raise Withheld(tr("Somebody is in a part that is never shown"))


def _examine_blend(image: Image, alpha: Alpha, person: Image, behind: Image) -> None:
    weight = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    blend = cv2.multiply(person, weight, scale=1 / 255)
    cv2.bitwise_not(weight, weight)
    cv2.add(blend, cv2.multiply(behind, weight, weight, 1 / 255), blend)
    off = cv2.absdiff(blend, image, blend)
    if cv2.norm(off, cv2.NORM_INF) > BLEND:
        raise Withheld(tr("The picture is not the blend of person and background"))
    hard = cv2.bitwise_not(cv2.inRange(alpha, 1, 254))
    if cv2.norm(off, cv2.NORM_INF, hard) > 0:
        raise Withheld(tr("The picture is not the blend of person and background"))


def _own_colours(alpha: Alpha, steepest: int = 1, after: int = 0) -> Image:
    """Grey levels by which a person's own colours may differ from the frame's there.

    They do because the camera saw them mixed with the room: the less the more opaque.
    ``steepest`` is by how much a table of tones enlarges that; ``after`` comes on top.
    """
    most = np.minimum(_UNMIXED * steepest + after, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(cv2.LUT(alpha, most), cv2.COLOR_GRAY2BGR), np.uint8)


def _examine_toning(toning: Toning, own: Image, room: Image, alpha: Alpha) -> None:
    table, before, after = toning.table, toning.before, toning.after
    if not (isinstance(table, np.ndarray) and table.dtype == np.uint8):
        raise Withheld(tr("The person's tones are not a table"))
    if table.shape != UNCHANGED.shape:
        raise Withheld(tr("The person's tones are not a table"))
    # They are bytes: where it falls, the difference is far above any that may be.
    steepest = int((table[1:] - table[:-1]).max())
    if cv2.norm(table, UNCHANGED, cv2.NORM_INF) > MOST_TONED or steepest > STEEPEST:
        raise Withheld(tr("The person's tones are not a table"))
    if not (0 <= before <= MOST_BEFORE and 0 <= after <= MOST_AFTER):
        raise Withheld(tr("The person is changed too much"))
    values = np.arange(256)
    darker = table[np.maximum(values - before, 0)].reshape(1, 256, 3)
    lighter = table[np.minimum(values + before, 255)].reshape(1, 256, 3)
    most = _own_colours(alpha, max(1, steepest), after)
    # Differences below 0 become 0.
    for off in (
        cv2.subtract(own, cv2.LUT(room, lighter)),
        cv2.subtract(cv2.LUT(room, darker), own),
    ):
        if cv2.norm(cv2.subtract(off, most), cv2.NORM_INF) > 0:
            raise Withheld(tr("The person is not the frame's"))
    opaque = np.asarray(cv2.inRange(alpha, 255, 255), np.uint8)
    if cv2.countNonZero(opaque) > SMALL * opaque.size:
        off = cv2.absdiff(own, cv2.LUT(room, table.reshape(1, 256, 3)))
        if max(cv2.mean(off, opaque)) > MOST_MEAN:
            raise Withheld(tr("The person is not the frame's"))


def _examine_darkened(darkened: Darkened, behind: Image, rows: slice) -> None:
    if 0 <= darkened.percent <= 100:
        expected = darker(darkened.before[rows], darkened.percent)
        if cv2.norm(expected, behind, cv2.NORM_INF) == 0:
            return
    raise Withheld(tr("The background is not what it was, only darker"))


def _examine_fade(fade: Fade, behind: Image, rows: slice) -> None:
    before, painted = fade.before[rows], fade.painted[rows]
    if not 0 <= fade.share <= 1:
        raise Withheld(tr("The background is not a mixture of two"))
    mixed = cv2.addWeighted(before, 1 - fade.share, painted, fade.share, 0)
    if cv2.norm(mixed, behind, cv2.NORM_INF) > BLEND:
        raise Withheld(tr("The background is not a mixture of two"))


def _examine_behind(
    background: Background, behind: Image, room: Image, alpha: Alpha, rows: slice
) -> None:
    """Whether ``behind`` shows of the whole ``room`` what ``background`` may show."""
    uncovered = alpha[rows] == 0
    if isinstance(background, Blur | Bokeh):
        sigma_px = background.sigma_px(Size.of(alpha))
        if is_blurred(behind[rows], room[rows], uncovered, sigma_px):
            return
        seen = behind[::2], room[::2], alpha[::2] == 0
        if not isinstance(background, Bokeh) or not are_discs(*seen, sigma_px):
            raise Withheld(tr("The room is not blurred"))
    elif background.exposure == HIDES_ROOM and copies(behind[rows], room[rows], uncovered):
        raise Withheld(tr("The background is a copy of the room"))
