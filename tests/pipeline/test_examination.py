"""What the law makes of a finished picture, whoever made it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vcam.appearance.toning import (
    MOST_AFTER,
    MOST_BEFORE,
    STEEPEST,
    UNCHANGED,
    Toning,
)
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.bokeh import Bokeh
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.frames import Alpha, Frame, Image, Mask, Size
from vcam.pipeline.compositing import Compositor
from vcam.pipeline.darkening import Darkened, darker
from vcam.pipeline.examination import Fade, Finished, Withheld
from vcam.pipeline.privacy import examined

SIZE = Size(320, 180)
GREEN = Color("#00ff00")
BLUE = Color("#0000ff")
EVERYWHERE = np.full((36, 64), 255, np.uint8)
"""A limit that allows everything."""


def smooth(seed: int, low: int, high: int) -> NDArray[np.float32]:
    """Soft spots between two grey levels, as of a wall out of focus."""
    cells = np.random.default_rng(seed).uniform(low, high, (9, 16, 3)).astype(np.float32)
    return np.asarray(cv2.resize(cells, SIZE, interpolation=cv2.INTER_CUBIC))


def photographed(scene: NDArray[np.float32], seed: int, sigma: float = 2.0) -> Image:
    """With the noise of a camera."""
    noise = np.random.default_rng(seed).normal(0, sigma, scene.shape)
    return np.asarray(np.clip(np.rint(scene + noise), 0, 255), np.uint8)


def furnished(seed: int = 1) -> NDArray[np.float32]:
    """A room with edges."""
    scene = smooth(seed, 60, 200)
    rng = np.random.default_rng(seed)
    for _ in range(14):
        left, top = int(rng.integers(0, 300)), int(rng.integers(0, 160))
        scene[top : top + 40, left : left + 50] *= rng.uniform(0.5, 1.2)
    return scene


ROOM = photographed(furnished(), 2)


def soft_person() -> Alpha:
    """Somebody in the middle, with soft edges."""
    alpha = np.zeros((SIZE.height, SIZE.width), np.uint8)
    cv2.ellipse(alpha, (160, 150), (50, 90), 0, 0, 360, (255,), cv2.FILLED)
    return np.asarray(cv2.GaussianBlur(alpha, (0, 0), 2.0), np.uint8)


PERSON = soft_person()


def mask_of(alpha: Alpha) -> Mask:
    small = cv2.resize(alpha, (256, 144), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32) / np.float32(255)


def made(
    behind: Image | None = None,
    background: Background = GREEN,
    room: Image = ROOM,
    alpha: Alpha = PERSON,
    index: int = 0,
    **changed: Any,
) -> Finished:
    """A picture made as it should be, then changed."""
    if behind is None:
        behind = np.full_like(room, (0, 255, 0))
    image = Compositor().composite(room, behind, alpha)
    frame = Frame(room, index, index / 30)
    whole = Finished(image, alpha, behind, mask_of(alpha), index, frame, background)
    return replace(whole, **changed)


def is_withheld(finished: Finished) -> bool:
    try:
        examined(finished)
    except Withheld:
        return True
    return False


@pytest.mark.parametrize("index", range(12))
def test_an_honest_picture_leaves(index: int) -> None:
    assert examined(made(index=index)).background is GREEN


@pytest.mark.parametrize("index", [-1, 1])
def test_the_mask_of_another_picture_is_no_mask(index: int) -> None:
    with pytest.raises(Withheld, match="another picture"):
        examined(made(matte_index=index))


@pytest.mark.parametrize("part", ["alpha", "behind", "mask", "matte_index"])
def test_what_is_missing_is_no_evidence(part: str) -> None:
    nothing: Any = {part: None}
    with pytest.raises(Withheld, match="no mask"):
        examined(replace(made(), **nothing))


# The parts must be what they claim to be.


@pytest.mark.parametrize("part", ["image", "alpha", "behind", "foreground"])
@pytest.mark.parametrize("kind", [np.int8, np.uint16, np.float32, list])
def test_what_is_no_picture_is_withheld(part: str, kind: Any) -> None:
    honest = made()
    value = honest.frame.image if part == "foreground" else getattr(honest, part)
    other = value.tolist() if kind is list else value.astype(kind)
    wrong: Any = {part: other}
    with pytest.raises(Withheld, match="is not an image"):
        examined(replace(honest, **wrong))


@pytest.mark.parametrize("part", ["image", "alpha", "behind", "foreground"])
def test_parts_of_other_sizes_are_withheld(part: str) -> None:
    honest = made()
    value = honest.frame.image if part == "foreground" else getattr(honest, part)
    for cut in (value[1:], value[:, 1:], value[..., np.newaxis]):
        wrong: Any = {part: np.ascontiguousarray(cut)}
        with pytest.raises(Withheld, match="does not fit"):
            examined(replace(honest, **wrong))


def test_a_frame_of_another_size_is_withheld() -> None:
    other = Frame(np.ascontiguousarray(ROOM[:, :-2]), 0, 0.0)
    with pytest.raises(Withheld, match="does not fit"):
        examined(made(foreground=ROOM.copy(), frame=other))


@pytest.mark.parametrize("background", [GREEN, Blur(50)], ids=str)
@pytest.mark.parametrize("of", ["the frame", "the person's colours"])
def test_a_background_in_the_memory_of_the_frame_is_the_room_itself(
    background: Background, of: str
) -> None:
    # A plain wall: its pixels alone do not tell it from a colour.
    wall = np.full_like(ROOM, 120)
    own = wall.copy()
    behind = wall if of == "the frame" else own
    with pytest.raises(Withheld, match="the room itself"):
        examined(made(behind[:, :], background, wall, foreground=own))


# The picture must be the blend.


def test_a_stripe_of_the_room_is_found_in_every_frame() -> None:
    for index in range(30):
        finished = made(index=index)
        finished.image[:, 3 : 3 + 2] = ROOM[:, 3:5]
        with pytest.raises(Withheld, match="blend"):
            examined(finished)


def test_a_patch_of_the_room_is_found_in_every_frame() -> None:
    for index in range(30):
        finished = made(index=index)
        finished.image[11:43, 7:39] = ROOM[11:43, 7:39]
        assert is_withheld(finished)


@pytest.mark.parametrize("height", [90, 180, 360, 720])
def test_whatever_shows_the_room_is_found_within_forty_frames(height: int) -> None:
    """Be it a single row."""
    size = Size(48, height)
    room = np.asarray(cv2.resize(ROOM, size), np.uint8)
    alpha = np.zeros((height, size.width), np.uint8)
    honest = made(room=room, alpha=alpha)
    missed = set(range(height))
    for index in range(7, 7 + 40):
        for row in sorted(missed):
            image = honest.image.copy()
            image[row] = room[row]
            frame = Frame(room, index, 0.0)
            if is_withheld(replace(honest, image=image, frame=frame, matte_index=index)):
                missed.discard(row)
    assert not missed


@pytest.mark.parametrize(("off", "leaves"), [(2, True), (3, False)])
def test_soft_edges_may_be_off_by_rounding_and_no_more(off: int, leaves: bool) -> None:
    finished = made()
    soft = (PERSON > 0) & (PERSON < 255)
    finished.image[soft, 0] += np.uint8(off)
    assert is_withheld(finished) is not leaves


@pytest.mark.parametrize("place", [0, 255], ids=["background", "person"])
def test_where_nothing_is_mixed_nothing_is_off(place: int) -> None:
    finished = made()
    finished.image[place == PERSON, 0] ^= 1
    with pytest.raises(Withheld, match="blend"):
        examined(finished)


def test_the_person_is_the_frame_s_to_the_bit() -> None:
    own = ROOM.copy()
    own[PERSON < 255] ^= 1
    behind = np.full_like(ROOM, (0, 255, 0))
    soft = Compositor().composite(own, behind, PERSON)
    assert not is_withheld(made(image=soft, foreground=own)), "their own colours at edges"
    own[PERSON == 255] ^= 1
    forged = Compositor().composite(own, behind, PERSON)
    with pytest.raises(Withheld, match="not the frame's"):
        examined(made(image=forged, foreground=own))


@pytest.mark.parametrize("level", [200, 230, 254])
@pytest.mark.parametrize(
    "toning", [None, Toning(UNCHANGED), Toning(UNCHANGED, MOST_BEFORE, MOST_AFTER)]
)
def test_nearly_opaque_is_no_place_for_another_picture(
    level: int, toning: Toning | None
) -> None:
    """Where alpha is soft a person may have their own colours, but only so much."""
    alpha = np.minimum(PERSON, level).astype(np.uint8)
    behind, other = np.full_like(ROOM, (0, 255, 0)), photographed(furnished(7), 3)
    assert not is_withheld(made(alpha=alpha, foreground=ROOM.copy(), toning=toning))
    image = Compositor().composite(other, behind, alpha)
    with pytest.raises(Withheld, match="not the frame's"):
        examined(made(alpha=alpha, image=image, foreground=other, toning=toning))


# While effects are on, the person is the frame's through one table.

VALUES = np.arange(256)
BRIGHTER = np.minimum(VALUES[:, np.newaxis] * (1.1, 1.2, 1.3), 255).astype(np.uint8)
"""A table that turns nothing round."""


def toned(own: Image, **changed: Any) -> Finished:
    behind = np.full_like(ROOM, (0, 255, 0))
    image = Compositor().composite(own, behind, PERSON)
    toning = replace(Toning(BRIGHTER), **changed)
    return made(image=image, foreground=own, toning=toning)


def looked_up(image: Image, table: Image = BRIGHTER) -> Image:
    return np.asarray(cv2.LUT(image, table.reshape(1, 256, 3)), np.uint8)


def shifted(image: Image, by: int) -> Image:
    return np.clip(image.astype(np.int16) + by, 0, 255).astype(np.uint8)


def test_a_person_in_another_light_leaves_when_the_light_was_told() -> None:
    assert not is_withheld(toned(looked_up(ROOM)))
    for off in (-1, 1):
        with pytest.raises(Withheld, match="not the frame's"):
            examined(toned(shifted(looked_up(ROOM), off)))
    with pytest.raises(Withheld, match="not the frame's"):
        examined(toned(ROOM.copy()))


@pytest.mark.parametrize("by", [-5, 5])
def test_effects_change_a_pixel_by_what_they_said_and_no_more(by: int) -> None:
    before, after = looked_up(shifted(ROOM, by)), shifted(looked_up(ROOM), by)
    assert not is_withheld(toned(before, before=5))
    assert not is_withheld(toned(after, after=5))
    assert not is_withheld(toned(shifted(before, by), before=5, after=5))
    assert is_withheld(toned(before, before=4))
    assert is_withheld(toned(after, after=4))


@pytest.mark.parametrize(("what", "most"), [("before", 24), ("after", 40)])
def test_no_effect_may_say_that_it_changes_more_than_a_little(what: str, most: int) -> None:
    own = looked_up(ROOM)
    assert not is_withheld(toned(own, **{what: most}))
    for wrong in (most + 1, -1, 255):
        with pytest.raises(Withheld, match="too much"):
            examined(toned(own, **{what: wrong}))


def test_another_picture_is_never_the_person_whatever_was_said() -> None:
    other = photographed(furnished(7), 3)
    with pytest.raises(Withheld, match="not the frame's"):
        examined(toned(other, before=24, after=40))


def nearest(other: Image, room: Image, toning: Toning) -> Image:
    """As near to ``other`` as what is told allows."""
    low = toning.table[np.maximum(VALUES - toning.before, 0)]
    high = toning.table[np.minimum(VALUES + toning.before, 255)]
    least, most = (looked_up(room, each).astype(int) for each in (low, high))
    return np.clip(other, least - toning.after, most + toning.after).astype(np.uint8)


@pytest.mark.parametrize(("slope", "why"), [(192, "not a table"), (STEEPEST, "frame's")])
def test_a_steep_table_makes_no_picture_of_another(slope: int, why: str) -> None:
    """Each pixel may be what it was, give or take a little, before a leap of the tones."""
    values = np.clip((VALUES - 128) * slope + 128, VALUES - 90, VALUES + 90)
    table = np.clip(values, 0, 255).astype(np.uint8)[:, np.newaxis].repeat(3, 1)
    toning = Toning(table, MOST_BEFORE, MOST_AFTER)
    grey, other = photographed(smooth(4, 120, 136), 6), photographed(furnished(7) - 50, 3)
    own = nearest(other, grey, toning)
    assert np.abs(own.astype(int) - other)[PERSON == 255].mean() < 3
    honest = looked_up(grey, table)
    behind = np.full_like(ROOM, (0, 255, 0))
    for person, leaves in ((honest, slope == STEEPEST), (own, False)):
        image = Compositor().composite(person, behind, PERSON)
        finished = made(room=grey, image=image, foreground=person, toning=toning)
        assert is_withheld(finished) != leaves
    with pytest.raises(Withheld, match=why):
        examined(finished)


CREST = np.where(abs(VALUES - 128) < 30, 256 - VALUES, VALUES)[:, np.newaxis].repeat(3, 1)
BLACK = np.zeros((256, 3), np.uint8)
TABLES = {
    "turned round": CREST.astype(np.uint8),
    "all black": BLACK,
    "all white": BLACK + np.uint8(255),
    "of one channel": BRIGHTER[:, :1],
    "too short": BRIGHTER[:255],
    "of floats": BRIGHTER.astype(np.float32),
    "a list": BRIGHTER.tolist(),
    "none": None,
}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_is_no_table_of_tones_is_withheld(table: Any) -> None:
    own = ROOM.copy()
    if isinstance(table, np.ndarray) and table.shape == (256, 3):
        own = looked_up(ROOM, table.astype(np.uint8))
    with pytest.raises(Withheld, match="not a table"):
        examined(toned(own, table=table))


# Alpha must have its evidence.


def with_alpha(alpha: Alpha, **changed: Any) -> Finished:
    return made(alpha=alpha, **{"mask": mask_of(PERSON), **changed})


@pytest.mark.parametrize(("level", "leaves"), [(16, True), (17, False)])
def test_a_trace_of_alpha_without_evidence_is_rounding_and_more_is_not(
    level: int, leaves: bool
) -> None:
    alpha = np.maximum(PERSON, np.uint8(level))
    assert is_withheld(with_alpha(alpha)) is not leaves


def test_an_opaque_place_where_nobody_was_seen_is_found() -> None:
    for column in range(0, SIZE.width // 4, 7):
        alpha = PERSON.copy()
        alpha[:, column : column + 16] = 255
        with pytest.raises(Withheld, match="more than the evidence"):
            examined(with_alpha(alpha))


def test_the_limit_counts_and_not_only_the_mask_of_this_frame() -> None:
    assert not is_withheld(made(limit=EVERYWHERE))
    with pytest.raises(Withheld, match="more than the evidence"):
        examined(made(limit=np.zeros((36, 64), np.uint8)))
    left = EVERYWHERE.copy()
    left[:, 32:] = 0
    with pytest.raises(Withheld, match="more than the evidence"):
        examined(made(limit=left))


@pytest.mark.parametrize(("width", "leaves"), [(161, True), (177, False)])
def test_what_lies_between_two_cells_may_be_as_opaque_as_the_one(
    width: int, leaves: bool
) -> None:
    alpha = np.zeros_like(PERSON)
    alpha[:, :width] = 255
    left = EVERYWHERE.copy()
    left[:, 32:] = 0
    assert is_withheld(with_alpha(alpha, limit=left)) is not leaves


@pytest.mark.parametrize(
    "limit",
    [
        np.full((36, 64), 255.0, np.float32),
        np.full((36, 64), True),
        np.full((36, 64, 3), 255, np.uint8),
        EVERYWHERE.tolist(),
        "all",
    ],
    ids=["floats", "flags", "three channels", "a list", "text"],
)
def test_a_limit_that_is_none_allows_nothing(limit: Any) -> None:
    with pytest.raises(Withheld, match="no valid evidence"):
        examined(made(limit=limit))


@pytest.mark.parametrize(("share", "leaves"), [(0.97, True), (0.99, False)])
def test_a_mask_that_is_certain_of_everything_is_none(share: float, leaves: bool) -> None:
    mask = np.zeros((144, 256), np.float32)
    mask[:, : round(share * 256)] = 0.95
    assert is_withheld(made(mask=mask, limit=EVERYWHERE)) is not leaves


@pytest.mark.parametrize(("value", "leaves"), [(0.89, True), (0.91, False)])
def test_an_unsure_mask_is_judged_by_what_becomes_of_it(value: float, leaves: bool) -> None:
    mask = np.full((144, 256), value, np.float32)
    assert is_withheld(made(mask=mask, limit=EVERYWHERE)) is not leaves


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_mask_without_numbers_is_none(value: float) -> None:
    mask = np.full((144, 256), value, np.float32)
    with pytest.raises(Withheld):
        examined(made(mask=mask, limit=EVERYWHERE))


@pytest.mark.parametrize(("share", "leaves"), [(0.97, True), (0.98, False)])
def test_nearly_the_whole_picture_does_not_go_out(share: float, leaves: bool) -> None:
    alpha = np.zeros_like(PERSON)
    alpha[:, : round(share * SIZE.width)] = 255
    assert is_withheld(with_alpha(alpha, limit=EVERYWHERE)) is not leaves


# The background must be no copy of the room.


def brighter(image: Image, gain: float) -> Image:
    return np.asarray(cv2.convertScaleAbs(image, alpha=gain), np.uint8)


def moved(image: Image, right: int) -> Image:
    return np.ascontiguousarray(np.roll(image, right, axis=1))


def mirrored(image: Image) -> Image:
    return np.ascontiguousarray(image[:, ::-1])


COPIES = {
    "a copy": ROOM.copy(),
    "a little brighter": brighter(ROOM, 1.1),
    "darker": brighter(ROOM, 0.7),
    "one level more": ROOM + np.uint8(1),
    "mirrored": mirrored(ROOM),
    "mirrored and darker": brighter(mirrored(ROOM), 0.8),
    "mirrored and moved": moved(mirrored(ROOM), 20),
    "by a pixel": moved(ROOM, 1),
    "to the right": moved(ROOM, 24),
    "to the left": moved(ROOM, -60),
    "far to the right": moved(ROOM, 140),
    "to the left and brighter": brighter(moved(ROOM, -9), 1.08),
}


@pytest.mark.parametrize("behind", COPIES.values(), ids=COPIES)
def test_a_copy_of_the_room_is_no_background(behind: Image) -> None:
    for index in range(4):
        with pytest.raises(Withheld, match="copy of the room"):
            examined(made(behind, Picture(Path("x.png")), index=index))


def test_a_copy_is_found_in_a_drawn_room_without_any_noise() -> None:
    drawn = np.zeros_like(ROOM)
    drawn[:, ::40] = 255
    drawn[40:90, 100:220] = 90
    with pytest.raises(Withheld, match="copy of the room"):
        examined(made(drawn.copy(), room=drawn))
    rows, columns = np.indices(ROOM.shape[:2])
    other = np.zeros_like(ROOM)
    other[(rows // 20 + columns // 25) % 2 == 0] = 200
    assert not is_withheld(made(other, room=drawn))


GRADIENT = np.repeat(np.linspace(40, 220, SIZE.width)[np.newaxis], SIZE.height, axis=0)


def test_a_copy_is_found_though_the_middle_of_the_picture_is_plain() -> None:
    drawn = np.full_like(ROOM, 30)
    drawn[:60, ::40] = 255
    drawn[130:, 40:200] = 90
    with pytest.raises(Withheld, match="copy of the room"):
        examined(made(drawn.copy(), room=drawn))


OTHERS = {
    "a photo of the same room": photographed(furnished(), 3),
    "a photo of the same room by night": photographed(furnished() * 0.5, 3),
    "a photo of another room": photographed(furnished(5), 3),
    "a mirrored photo of the same room": mirrored(photographed(furnished(), 3)),
    "a smooth photo of the same room": np.rint(furnished()).clip(0, 255).astype(np.uint8),
    "a gradient": np.repeat(GRADIENT[..., np.newaxis], 3, axis=2).astype(np.uint8),
    "black": np.zeros_like(ROOM),
    "noise": np.random.default_rng(9).integers(0, 255, ROOM.shape, np.uint8),
}


@pytest.mark.parametrize("behind", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("room", [ROOM, np.full_like(ROOM, 119)], ids=["room", "wall"])
def test_any_other_picture_is_a_background(behind: Image, room: Image) -> None:
    for index in range(4):
        assert not is_withheld(made(behind, Picture(Path("x.png")), room, index=index))


def test_a_grey_wall_without_any_noise_tells_nothing_of_a_grey_background() -> None:
    lit = np.rint(smooth(4, 118, 122)).astype(np.uint8)
    assert not is_withheld(made(lit.copy(), room=lit))
    coloured = np.full_like(ROOM, (201, 17, 233))
    assert is_withheld(made(coloured.copy(), room=coloured))


# A blurred room must be blurred.


def fading(
    share: float,
    painted: Image | None = None,
    before: Image | None = None,
    former: Background = BLUE,
    background: Background = GREEN,
    wrong: int = 0,
) -> Finished:
    """A picture on the way from one background to the next."""
    painted = np.full_like(ROOM, (0, 255, 0)) if painted is None else painted
    before = np.full_like(ROOM, (255, 0, 0)) if before is None else before
    behind = cv2.addWeighted(before, 1 - share, painted, share, wrong)
    fade = Fade(before, former, painted, share)
    return made(np.asarray(behind, np.uint8), background, fade=fade)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_fade_from_one_background_to_the_next_leaves(share: float) -> None:
    assert not is_withheld(fading(share))
    assert not is_withheld(fading(share, painted=blurred(16), background=Blur(50)))
    lighter = fading(share, blurred(8), blurred(16), Blur(50), Blur(20))
    assert not is_withheld(lighter)
    lens = fading(share, out_of_focus(Bokeh(50)), blurred(8), Blur(50), Bokeh(50))
    assert not is_withheld(lens)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_no_fade_has_the_room_in_it(share: float) -> None:
    assert is_withheld(fading(share, painted=ROOM.copy()))
    assert is_withheld(fading(share, before=ROOM.copy()))
    for each in (Blur(50), Bokeh(50)):
        assert is_withheld(fading(share, painted=ROOM.copy(), background=each))


@pytest.mark.parametrize("share", [0.0, 0.5])
@pytest.mark.parametrize("former", [Room(), Blur(0), Blur(50), Bokeh(35)], ids=str)
def test_no_fade_begins_with_a_sharp_room_whatever_it_was_called(
    former: Background, share: float
) -> None:
    photo = photographed(furnished(7), 3)
    for painted, background in ((photo, Picture(Path("x.png"))), (blurred(4), Blur(0))):
        fade = fading(share, painted, ROOM.copy(), former, background)
        with pytest.raises(Withheld):
            examined(fade)


def test_no_fade_goes_to_less_of_the_room_than_it_begins_with() -> None:
    assert is_withheld(fading(0.5, before=blurred(16), former=Blur(50)))
    stronger = fading(0.5, blurred(16), blurred(8), Blur(20), Blur(50))
    assert is_withheld(stronger)


@pytest.mark.parametrize("wrong", [4, 20])
def test_a_fade_is_the_mixture_that_it_says(wrong: int) -> None:
    assert is_withheld(fading(0.5, wrong=wrong))
    assert is_withheld(made(fade=replace(fading(0.5).fade or pytest.fail(), share=2.0)))


def blurred(sigma: float, room: Image = ROOM) -> Image:
    return np.asarray(cv2.GaussianBlur(room, (0, 0), sigma), np.uint8)


@pytest.mark.parametrize("strength", [0.0, 50.0, 100.0])
def test_a_blurred_room_is_blurred_as_much_as_it_says(strength: float) -> None:
    blur = Blur(strength)
    sigma = blur.sigma_px(SIZE)
    for index in range(4):
        assert not is_withheld(made(blurred(sigma), blur, index=index))
        for wrong in (ROOM.copy(), mirrored(ROOM), moved(ROOM, 9), blurred(sigma / 8)):
            with pytest.raises(Withheld, match="not blurred"):
                examined(made(wrong, blur, index=index))


def out_of_focus(bokeh: Bokeh, room: Image = ROOM, alpha: Alpha = PERSON) -> Image:
    size = Size.of(room)
    return bokeh.open(size).paint(Frame(room, 0, 0.0), alpha).copy()


@pytest.mark.parametrize("strength", [35.0, 50.0, 100.0])
def test_behind_a_lens_the_room_is_as_blurred_as_it_says(strength: float) -> None:
    bokeh = Bokeh(strength)
    little = blurred(bokeh.sigma_px(SIZE) / 16)
    for index in range(4):
        assert not is_withheld(made(out_of_focus(bokeh), bokeh, index=index))
        for wrong in (ROOM.copy(), mirrored(ROOM), moved(ROOM, 9), little):
            with pytest.raises(Withheld, match="not blurred"):
                examined(made(wrong, bokeh, index=index))


def written() -> Image:
    """A white sheet with small writing on it, of the size that people use."""
    scene = np.full((720, 1280, 3), 200, np.uint8)
    for line in range(30, 720, 26):
        words = "what is on this sheet is nobody else's business " * 2
        cv2.putText(scene, words, (10, line), 0, 0.8, (30, 30, 30), 2)
    return photographed(scene.astype(np.float32), 4)


@pytest.mark.parametrize("strength", [35.0, 50.0, 100.0])
def test_writing_that_can_be_read_is_not_behind_a_lens(strength: float) -> None:
    bokeh, sheet = Bokeh(strength), written()
    nobody = np.zeros(sheet.shape[:2], np.uint8)
    for index in range(3):
        for sigma in (0.75, 1.0):
            soft = blurred(sigma, sheet)
            assert is_withheld(made(soft, bokeh, sheet, nobody, index=index))
        honest = out_of_focus(bokeh, sheet, nobody)
        assert not is_withheld(made(honest, bokeh, sheet, nobody, index=index))


def with_lamps(count: int, radius: int, seed: int) -> Image:
    """A dark room full of lights, of the size that people use."""
    rng = np.random.default_rng(seed)
    scene = rng.normal(3, 0.4, (720, 1280, 3))
    for _ in range(count):
        at = int(rng.integers(0, 1280)), int(rng.integers(0, 720))
        cv2.circle(scene, at, radius, (255, 255, 255), cv2.FILLED, cv2.LINE_AA)
    return np.asarray(np.clip(scene, 0, 255), np.uint8)


@pytest.mark.parametrize(("count", "radius"), [(7, 15), (62, 6), (29, 6)])
@pytest.mark.parametrize("strength", [50.0, 80.0])
def test_the_discs_of_lamps_are_no_sharp_room(
    strength: float, count: int, radius: int
) -> None:
    """Also where the rows that are read have the light of a lamp, and not the lamp."""
    bokeh, room = Bokeh(strength), with_lamps(count, radius, 3)
    nobody = np.zeros(room.shape[:2], np.uint8)
    honest, wrong = (
        made(behind, bokeh, room, nobody)
        for behind in (out_of_focus(bokeh, room, nobody), mirrored(room))
    )
    for index in range(40):
        frame = replace(honest.frame, index=index)
        assert not is_withheld(replace(honest, frame=frame, matte_index=index))
        assert is_withheld(replace(wrong, frame=frame, matte_index=index))


# A background may be darker than it was.


def darkened(
    before: Image, percent: float, background: Background, wrong: int = 0
) -> Finished:
    behind = darker(before, percent) + np.uint8(wrong)
    return made(behind, background, darkened=Darkened(before, percent))


@pytest.mark.parametrize("percent", [0.0, 15.0, 80.0, 100.0])
def test_a_background_that_was_darkened_leaves(percent: float) -> None:
    scenery = photographed(furnished(7), 5)
    for behind, background in (
        (scenery, Picture(Path("any.png"))),
        (blurred(16), Blur(50)),
        (out_of_focus(Bokeh(50)), Bokeh(50)),
    ):
        assert not is_withheld(darkened(behind, percent, background))


@pytest.mark.parametrize("percent", [15.0, 80.0, 95.0])
def test_no_room_hides_in_the_dark(percent: float) -> None:
    for background in (Picture(Path("any.png")), Blur(50), Bokeh(50)):
        for room in (ROOM.copy(), mirrored(ROOM), moved(ROOM, 9)):
            assert is_withheld(darkened(room, percent, background))
    with pytest.raises(Withheld, match="the room itself"):
        examined(darkened(ROOM, percent, GREEN))


def test_only_as_dark_as_it_says_and_never_brighter() -> None:
    before = blurred(16)
    assert is_withheld(darkened(before, 15, Blur(50), wrong=1))
    assert is_withheld(darkened(before, -20, Blur(50))), "as bright as it says"
    honest = darkened(before, 15, Blur(50))
    for percent in (14.0, -20.0, 101.0, float("nan")):
        assert is_withheld(replace(honest, darkened=Darkened(before, percent)))
    others: list[Any] = [before[1:], before.astype(np.int16), before[..., :2]]
    for other in others:
        assert is_withheld(replace(honest, darkened=Darkened(other, 15)))


def test_a_fade_may_be_darkened() -> None:
    fade = fading(0.5, painted=blurred(16), background=Blur(50)).fade
    assert fade is not None
    behind = cv2.addWeighted(fade.before, 0.5, fade.painted, 0.5, 0)
    mixed = np.asarray(behind, np.uint8)
    how: dict[str, Any] = {"fade": fade, "darkened": Darkened(mixed, 30)}
    assert not is_withheld(made(darker(mixed, 30), Blur(50), **how))
    assert is_withheld(made(mixed, Blur(50), **how))


def test_a_room_without_detail_may_stay_as_it_is() -> None:
    wall = np.full_like(ROOM, 120)
    for each in (Blur(50), Bokeh(50)):
        assert not is_withheld(made(wall.copy(), each, wall))


def test_where_hardly_any_room_is_uncovered_nothing_can_be_compared() -> None:
    alpha = np.full_like(PERSON, 255)
    alpha[:, 100:112] = 0
    assert not is_withheld(made(ROOM.copy(), Blur(0), alpha=alpha, limit=EVERYWHERE))
