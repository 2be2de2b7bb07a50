"""How a person looks: toward the light of what is behind them, and nothing else changes."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

import vcam
from vcam import kernels
from vcam.appearance import denoise, light_wrap, soft_skin
from vcam.appearance.effects import Effects
from vcam.appearance.options import AppearanceOptions
from vcam.appearance.tone_curve import ToneCurve
from vcam.appearance.toning import UNCHANGED, apply_table
from vcam.backgrounds import Background
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.choosing import choose
from vcam.backgrounds.color import Color
from vcam.backgrounds.picture import Picture
from vcam.backgrounds.room import Room
from vcam.errors import SettingsError, UsageError
from vcam.frames import Alpha, Frame, Image, Size
from vcam.imaging.options import FramingOptions
from vcam.imaging.orientation import Orientation
from vcam.kernels import Choice
from vcam.masking.options import MaskOptions
from vcam.pipeline import pipeline, privacy
from vcam.pipeline.picture_options import PictureOptions
from vcam.pipeline.pipeline import FrameProcessor
from vcam.pipeline.privacy import Cleared, Finished, Withheld
from vcam.presenter import Presenter
from vcam.settings import Settings
from vcam.settings.edits import edit_of
from vcam.status import Hold, State, Status
from vcam.testing import PERSON, FakeWorld
from vcam.tray.menu import Moment, Surroundings, menu

SIZE = Size(320, 180)
ALL = AppearanceOptions(100, 100, True, 100, 100)
"""Every effect, as strong as it can be."""
LOOKS = {
    "match": AppearanceOptions(match=50),
    "light": AppearanceOptions(light=60),
    "denoise": AppearanceOptions(denoise=True),
    "wrap": AppearanceOptions(wrap=35),
    "skin": AppearanceOptions(skin=30),
    "all": ALL,
}


@pytest.fixture
def orange(tmp_path: Path) -> Picture:
    """A background in warm light."""
    path = tmp_path / "orange.png"
    picture = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    picture[:] = np.linspace((70, 100, 130), (140, 180, 220), SIZE.width)
    cv2.imwrite(str(path), picture)
    return Picture(path)


@dataclass
class Shot:
    """A frame of the presenter, and what was made of it."""

    frame: Frame
    cleared: Cleared
    alpha: Alpha
    finished: Finished


def shots(
    background: Background,
    look: AppearanceOptions,
    monkeypatch: pytest.MonkeyPatch,
    count: int = 12,
    **how: Any,
) -> Iterator[Shot]:
    """What becomes of the presenter, and the evidence for it."""
    evidence: list[Finished] = []
    examined = privacy.examined

    def seen(finished: Finished) -> Cleared:
        evidence.append(finished)
        return examined(finished)

    monkeypatch.setattr(pipeline, "examined", seen)
    presenter, noise = Presenter(how.get("size", SIZE), 30.0), np.random.default_rng(1)
    with FrameProcessor() as line:
        for index in range(count):
            image = presenter.draw(index / 30).image
            dimmed = np.asarray(image * how.get("gain", 1.0))
            dimmed += noise.normal(0, how.get("sigma", 0.0), image.shape)
            image = np.clip(np.rint(dimmed), 0, 255).astype(np.uint8)
            frame = Frame(image, index, index / 30)
            framing = how.get("framing", FramingOptions())
            if callable(framing):
                framing = framing(index)
            options = PictureOptions(appearance=look, framing=framing)
            preset = MaskOptions(how.get("preset", "standard"))
            cleared = line.process(frame, background, preset, None, options)
            assert cleared.alpha is not None
            yield Shot(frame, cleared, cleared.alpha.copy(), evidence[-1])


@pytest.mark.parametrize("preset", ["light", "standard", "best"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_what_is_behind_the_person_stays_as_it_is_to_the_bit(
    look: AppearanceOptions, preset: str, orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = np.zeros((SIZE.height, SIZE.width, 3), np.uint8)
    behind = orange.open(SIZE).paint(Frame(empty, 0, 0.0), empty[..., 0])
    for shot in shots(orange, look, monkeypatch, 8, preset=preset, gain=0.5, sigma=3.0):
        there = shot.alpha == 0
        assert np.array_equal(shot.cleared.image[there], behind[there])
        assert there.mean() > 0.3


def test_a_match_takes_the_person_toward_the_light_of_the_background(
    orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmth = {}
    for share in (0, 50, 100):
        look = AppearanceOptions(match=share)
        *_, last = shots(orange, look, monkeypatch, 3)
        person = last.cleared.image[last.alpha == 255].astype(float)
        warmth[share] = float(person[:, 2].mean() - person[:, 0].mean())
        toning = last.finished.toning
        assert (toning is None) == (share == 0)
    assert warmth[0] + 2 < warmth[50] < warmth[100] - 1


def test_while_the_window_moves_no_noise_is_taken_off(
    orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is at a place of the picture was at another one in the last picture."""

    def zoomed(index: int) -> FramingOptions:
        return FramingOptions(zoom=150.0 if index >= 10 else 100.0)

    how = {"gain": 0.3, "sigma": 4.0, "framing": zoomed}
    look = AppearanceOptions(denoise=True)
    told = [
        shot.finished.toning.before if shot.finished.toning else 0
        for shot in shots(orange, look, monkeypatch, 60, **how)
    ]
    assert told[9] == denoise.MOST
    assert told[11] == told[12] == 0
    assert told[-1] == denoise.MOST


@pytest.mark.parametrize("background", [Blur(50), Color("black")], ids=str)
def test_light_lifts_somebody_out_of_the_dark_before_every_background(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    bright = {}
    for share in (0, 60, 100):
        look = AppearanceOptions(light=share)
        *_, last = shots(background, look, monkeypatch, 2, gain=0.3)
        bright[share] = float(last.cleared.image[last.alpha == 255].mean())
    assert bright[0] * 1.15 < bright[60] < bright[100] * 0.95


def test_somebody_in_good_light_is_not_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    for shot in shots(Blur(50), AppearanceOptions(light=100), monkeypatch, 3):
        assert shot.finished.toning is None


def test_the_more_noise_the_less_is_lifted_unless_it_is_taken_off() -> None:
    shown = Presenter(SIZE, 30.0).draw(0.0)
    image = np.asarray(cv2.convertScaleAbs(shown.image, alpha=0.3)).astype(np.uint8)
    lifts = []
    for noise in (0.5, 2.5, 3.5, 10.0):
        curve, look = ToneCurve(), AppearanceOptions(light=100)
        table = curve.table(look, image, shown.alpha, None, 0.0, noise=noise)
        lifts.append(int(np.abs(table.astype(int) - UNCHANGED).max()))
    assert lifts == sorted(lifts, reverse=True) and lifts[0] > lifts[2] > lifts[3] == 0


def test_noise_of_a_dark_room_goes_and_only_where_there_is_some(
    orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = AppearanceOptions(denoise=True)
    for sigma, told in ((4.0, denoise.MOST), (0.0, 0)):
        taken = list(shots(orange, look, monkeypatch, 10, gain=0.3, sigma=sigma))
        toning = taken[-1].finished.toning
        assert (toning.before if toning else 0) == told
        same = (taken[-1].alpha == 255) & (taken[-2].alpha == 255)
        shown, seen = (
            np.abs(last.astype(float) - before)[same].mean()
            for last, before in (
                (taken[-1].cleared.image, taken[-2].cleared.image),
                (taken[-1].frame.image, taken[-2].frame.image),
            )
        )
        assert shown < 0.7 * seen if sigma else shown == seen


@pytest.mark.parametrize("background", [Blur(50), Color("#00b140")], ids=str)
def test_no_light_of_a_blurred_room_or_a_plain_colour_falls_on_the_person(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shot in shots(background, AppearanceOptions(match=100, wrap=100), monkeypatch, 3):
        assert shot.finished.toning is None
        there = shot.alpha == 255
        assert np.array_equal(shot.cleared.image[there], shot.frame.image[there])


@pytest.mark.parametrize(
    ("look", "before", "after"), [("skin", soft_skin.MOST, 0), ("wrap", 0, light_wrap.MOST)]
)
def test_an_effect_says_by_how_much_it_changes_pixels(
    look: str, before: int, after: int, orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    most: Any = {look: 100.0}
    strongest = AppearanceOptions(**most)
    *_, last = shots(orange, strongest, monkeypatch, 3, size=Size(640, 360))
    toning = last.finished.toning
    assert toning is not None and np.array_equal(toning.table, UNCHANGED)
    assert (toning.before, toning.after) == (before, after)
    there = last.alpha == 255
    change = cv2.absdiff(last.cleared.image, last.frame.image)[there]
    assert 0 < change.max() <= before + after


@pytest.mark.parametrize("preset", ["light", "standard"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_the_camera_s_frame_is_never_changed_itself(
    look: AppearanceOptions, preset: str, orange: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shot in shots(orange, look, monkeypatch, 3, preset=preset):
        drawn = Presenter(SIZE, 30.0).draw(shot.frame.index / 30).image
        assert np.array_equal(shot.frame.image, drawn)


def test_nobody_and_the_plain_room_are_shown_as_they_are(orange: Picture) -> None:
    empty = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    options = PictureOptions(appearance=ALL)
    with FrameProcessor() as line:
        frame = Frame(empty, 0, 0.0)
        room = line.process(frame, Room(), MaskOptions(), None, options)
        assert np.array_equal(room.image, empty)
        covered = line.process(
            replace(frame, index=1), orange, MaskOptions(), None, options
        )
        assert not np.array_equal(covered.image, empty)


# It never pumps.


def steps(curve: ToneCurve, frames: list[tuple[Image, Alpha]], behind: Image) -> list[int]:
    """By how many grey levels the table changes from frame to frame at most."""
    tables = [
        curve.table(ALL, image, alpha, behind, n / 30)
        for n, (image, alpha) in enumerate(frames)
    ]
    return [
        int(np.abs(new.astype(int) - old).max()) for old, new in itertools.pairwise(tables)
    ]


@pytest.mark.parametrize(
    "happens", ["moves", "flickers", "dims", "leaves and comes back", "comes"]
)
def test_no_two_pictures_in_a_row_differ_by_more_than_a_level(happens: str) -> None:
    presenter = Presenter(SIZE, 30.0)
    behind = np.full((SIZE.height, SIZE.width, 3), (90, 120, 200), np.uint8)
    frames = []
    for n in range(60):
        shown = presenter.draw(n / 30)
        gain = {"flickers": 1 - 0.3 * (n % 3 == 0), "dims": 1 - 0.7 * (n > 20)}
        image = np.asarray(cv2.convertScaleAbs(shown.image, alpha=gain.get(happens, 1.0)))
        gone = happens == "leaves and comes back" and 20 < n < 40
        alpha = np.zeros_like(shown.alpha) if gone else shown.alpha.copy()
        if happens == "comes":
            alpha[:, : max(0, SIZE.width - 10 - 12 * n)] = 0
        frames.append((image.astype(np.uint8), alpha))
    found = steps(ToneCurve(), frames, behind)
    assert max(found) <= 1
    if happens == "comes":
        assert found[0] == 0 and sum(found) > 10, "seen as it is first"
    if happens == "dims":
        assert sum(found) > 5, "it follows"
    if happens == "leaves and comes back":
        assert sum(found[20:40]) == 0, "who comes back is shown as before"


def test_every_table_rises_and_a_new_background_is_followed_within_seconds() -> None:
    shown = Presenter(SIZE, 30.0).draw(0.0)
    curve, table = ToneCurve(), UNCHANGED
    dark, light = (
        np.full((90, 160, 3), c, np.uint8) for c in ((60, 20, 10), (180, 230, 255))
    )
    there = ToneCurve().table(ALL, shown.image, shown.alpha, light, 0.0)
    for n in range(200):
        table = curve.table(ALL, shown.image, shown.alpha, light if n else dark, n / 30)
        assert (table[1:] >= table[:-1]).all()
    assert np.abs(table.astype(int) - there).max() <= 3


def test_an_option_that_changes_is_seen_at_once() -> None:
    shown = Presenter(SIZE, 30.0).draw(0.0)
    behind = np.full((90, 160, 3), (200, 120, 60), np.uint8)
    curve = ToneCurve()
    for share in (20.0, 100.0):
        look = AppearanceOptions(match=share)
        table = curve.table(look, shown.image, shown.alpha, behind, share)
        fresh = ToneCurve().table(look, shown.image, shown.alpha, behind, 0.0)
        assert np.array_equal(table, fresh)


# Nothing of an earlier scene is kept.


def inhabited(level: int, shift: int) -> Image:
    """Somebody of one colour before a room whose light changes."""
    room = np.full((90, 160, 3), (level, level // 2, 20), np.uint8)
    room[30:, 50 + shift : 110 + shift] = PERSON
    noise = np.random.default_rng(shift).integers(-4, 5, room.shape)
    return np.asarray(np.clip(room + noise, 0, 255), np.uint8)


def shown(line: FrameProcessor, index: int, level: int, **how: Any) -> Image:
    return line.process(
        Frame(inhabited(level, index % 4), index, index / 30),
        how["background"],
        MaskOptions("light"),
        None,
        PictureOptions(how.get("turn", Orientation()), appearance=how.get("look", ALL)),
    ).image


@pytest.mark.parametrize("what", ["withheld", "the room", "turned", "off"])
def test_nothing_from_before_is_in_the_pictures_after_it(
    what: str, orange: Picture, world: FakeWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = Orientation(mirrors=what == "turned")

    def last(line: FrameProcessor) -> Image:
        return shown(line, 21, 20, background=orange, turn=turn)

    def forbid(finished: Finished) -> Cleared:
        raise Withheld("planted")

    with FrameProcessor(world.devices.open_segmenter) as fresh:
        expected = last(fresh)
    with FrameProcessor(world.devices.open_segmenter) as line:
        for index in range(20):
            shown(line, index, 250, background=orange)
        if what == "withheld":
            with (
                monkeypatch.context() as meanwhile,
                pytest.raises(Withheld, match="planted"),
            ):
                meanwhile.setattr(pipeline, "examined", forbid)
                shown(line, 20, 250, background=orange)
        elif what == "the room":
            shown(line, 20, 250, background=Room())
        elif what == "off":
            shown(line, 20, 250, background=orange, look=AppearanceOptions())
        assert np.array_equal(last(line), expected)


@pytest.mark.parametrize(
    "look",
    [
        AppearanceOptions(denoise=True, skin=100),
        AppearanceOptions(denoise=True, light=100, skin=100, wrap=100),
    ],
    ids=["noise and skin", "nearly all"],
)
def test_no_effect_reads_what_was_beside_the_person_before(
    look: AppearanceOptions, library: Any
) -> None:
    """It may have been the room.  Its green is the same: noise is measured on that."""

    def pictures(blue: int, red: int) -> Iterator[Image]:
        effects = Effects()
        for index in range(8):
            frame = np.full((180, 320, 3), (50, 60, 80), np.uint8)
            if index < 5:
                frame[:] = blue, 60, red
            alpha = np.zeros((180, 320), np.uint8)
            cv2.circle(alpha, (150 if index < 5 else 180, 90), 60, 255, -1)
            stripes = 20 * np.sin(np.arange(320) / 7)[np.newaxis, :, np.newaxis]
            frame[alpha > 0] = ((45, 60, 90) + stripes * np.ones((180, 1, 1)))[alpha > 0]
            noise = np.random.default_rng(index).normal(0, 5, (180, 320, 1))
            seen = np.clip(frame + noise, 0, 255).astype(np.uint8)
            behind = np.full_like(seen, 240)
            person, _ = effects.applied(
                look, Frame(seen, index, index / 30), seen, alpha, behind
            )
            if index >= 5:
                yield person * (alpha > 0)[..., np.newaxis]

    with kernels.using(Choice(library, "")):
        for one, other in zip(pictures(0, 255), pictures(255, 0), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("what", ["moved", "off", "quiet", "smaller"])
def test_noise_is_taken_off_afresh_when_the_last_picture_does_not_count(what: str) -> None:
    """It may have shown another part of what the camera sees, or be long ago."""
    effects, random = Effects(), np.random.default_rng(1)
    clean, on = inhabited(60, 0), AppearanceOptions(denoise=True)

    def result(sigma: float, look: AppearanceOptions = on, steady: bool = True) -> bool:
        """Whether the next picture has anything of the last one."""
        noise = random.normal(0, sigma, clean.shape)
        image = np.asarray(np.clip(clean + noise, 0, 255), np.uint8)
        if what == "smaller" and not sigma:
            image = np.ascontiguousarray(image[:, :90])
        alpha = np.full(image.shape[:2], 255, np.uint8)
        frame = Frame(image, 0, 0.0)
        person, _ = effects.applied(look, frame, image, alpha, None, steady=steady)
        return not np.array_equal(person, image)

    assert [result(6.0) for _ in range(5)] == [False, False, True, True, True]
    if what == "moved":
        assert not result(6.0, steady=False)
    elif what == "off":
        assert not result(6.0, AppearanceOptions(light=1))
    elif what == "quiet":
        while result(0.5):
            pass
    else:
        assert not result(0.0)
        return
    assert not result(6.0)
    assert [result(6.0) for _ in range(30)][-1]


# The table, compiled and not.


@pytest.mark.parametrize("size", [Size(1, 1), Size(33, 17), Size(333, 64)], ids=str)
def test_tones_are_looked_up_as_without_kernels(library: Any, size: Size) -> None:
    random = np.random.default_rng(size.width)
    shape = size.height, size.width
    image = random.integers(0, 256, (*shape, 3), np.uint8)
    table = np.sort(random.integers(0, 256, (256, 3), np.uint8), axis=0)
    runs = np.clip(random.normal(0, 9, shape).cumsum(axis=1) + 60, 0, 255).astype(np.uint8)
    for alpha in (runs, np.zeros(shape, np.uint8), np.full(shape, 255, np.uint8)):
        found = []
        for choice in (Choice(None, ""), Choice(library, "")):
            into = np.zeros_like(image)
            with kernels.using(choice):
                apply_table(table, image, alpha, into)
            found.append(into[alpha > 0])
        assert np.array_equal(found[0], found[1])
        for channel in range(3):
            wanted = table[image[alpha > 0][:, channel], channel]
            assert np.array_equal(found[0][:, channel], wanted)


# What the user can say.


def told(*words: str, now: Settings | None = None) -> Settings:
    settings = now or Settings()
    return edit_of(words, Path(), settings)(settings)


@pytest.mark.parametrize(
    ("word", "share"),
    [("on", 50), ("off", 0), ("35", 35), ("35%", 35), ("toggle", 50), ("default", 0)],
)
def test_an_effect_is_said_in_a_word_or_a_share(word: str, share: float) -> None:
    assert told(f"match={word}").appearance == AppearanceOptions(match=share)
    on = told("match=80")
    assert told("match=toggle", now=on).appearance.match == 0


@pytest.mark.parametrize("word", ["101", "-1", "nan", "inf", "much", "50%%"])
def test_what_is_no_share_is_refused(word: str) -> None:
    with pytest.raises((SettingsError, UsageError), match=r"out of range|not understood"):
        told(f"match={word}")


def test_the_menu_has_a_check_for_each_effect() -> None:
    moment = Moment.of(Status(State.LIVE))
    on_now = told("match=35", "denoise=on", "light=auto")
    assert on_now.appearance == AppearanceOptions(match=35, light=60, denoise=True)
    for settings, on in ((Settings(), False), (on_now, True)):
        found = menu(settings, Hold.NOTHING, moment, Surroundings())
        (look,) = (entry for entry in found.look.menu if entry.key == "look")
        (match,) = (entry for entry in look.children or () if entry.key == "match")
        assert match.checked == on
        assert match.label.endswith("35 %") == on
        change: Any = found.actions["look", "match"]
        assert change(settings).appearance.match == (0 if on else 50)
        change = found.actions["look", "denoise"]
        assert change(settings).appearance.denoise is not on


def test_a_program_of_ones_own_can_have_them(orange: Picture) -> None:
    image = Presenter(SIZE, 30.0).draw(0.0).image
    pictures = []
    for look in (AppearanceOptions(), AppearanceOptions(match=100)):
        with vcam.Pipeline(background=orange, appearance=look) as line:
            pictures.append(line.process(image, 0.0))
    plain, matched = pictures
    assert np.array_equal(plain.alpha, matched.alpha)
    differs = (plain.image != matched.image).any(axis=2)
    assert differs.any() and not differs[plain.alpha == 0].any()


def test_gallery_pictures_change_nobody_beyond_recognition() -> None:
    shown = Presenter(SIZE, 30.0).draw(0.0)
    for name in ("dusk", "lights", "bright", "stage"):
        painter = choose(name).open(SIZE)
        frame = Frame(np.zeros((SIZE.height, SIZE.width, 3), np.uint8), 0, 0.0)
        behind = painter.paint(frame, shown.alpha)
        table = ToneCurve().table(ALL, shown.image, shown.alpha, behind, 0.0)
        painter.close()
        off = np.abs(table.astype(int) - UNCHANGED)
        assert 0 < off.max() < 48, name
