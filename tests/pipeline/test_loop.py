"""The last seconds, kept and shown again: what is kept, in which order, and when."""

import itertools
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.frames import Image, Size
from vcam.pipeline import recording as module
from vcam.pipeline.loop import ALIKE, DISSOLVE_S, LATE_S, Loop, Step, steps
from vcam.pipeline.recording import LEAST_S, QUALITY, Kept, Recording
from vcam.presenter.stage import Presenter

TEAL = (Color("teal"),)
SMALL = Size(320, 180)
RATES = [24.0, 25.0, 29.97, 30.0, 60.0]
RNG = np.random.default_rng(1)


def grey(level: float) -> Image:
    return np.full((180, 320, 3), level, np.uint8)


def recorded(
    levels: Iterator[float] | list[float], fps: float, began_s: float = 100.0
) -> Recording:
    recording = Recording()
    for number, level in enumerate(levels):
        at_s = began_s + number / fps
        if recording.wants(at_s):
            recording.add(Kept.of(grey(level), at_s), TEAL)
    return recording


def swing(fps: float, seconds: float = 12.0) -> list[float]:
    """Brightness that goes up and down every four seconds."""
    return [
        128 + 100 * np.sin(2 * np.pi * number / fps / 4)
        for number in range(int(seconds * fps))
    ]


class TestWhatIsKept:
    @pytest.mark.parametrize("fps", RATES)
    def test_the_last_ten_seconds(self, fps: float) -> None:
        recording = recorded(swing(fps, 15), fps)
        assert recording.seconds == pytest.approx(10, abs=1 / 24)
        newest = recording.pictures[-1].captured_s
        assert newest == pytest.approx(100 + 15, abs=2.5 / fps)

    def test_of_sixty_a_second_every_other_one(self) -> None:
        times = [each.captured_s for each in recorded(swing(60.0), 60.0).pictures]
        assert np.allclose(np.diff(times), 1 / 30)

    @pytest.mark.parametrize("fps", [15.0, 24.0, 25.0, 29.97, 30.0])
    def test_of_fewer_every_one_even_when_they_come_unevenly(self, fps: float) -> None:
        recording, at_s = Recording(), 0.0
        for _ in range(100):
            jittered_s = at_s + RNG.uniform(-0.004, 0.004)
            assert recording.wants(jittered_s)
            recording.add(Kept.of(grey(0), jittered_s), TEAL)
            at_s += 1 / fps

    def test_no_more_than_its_share_of_memory(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "MOST_BYTES", 50_000)
        recording = recorded(swing(30.0), 30.0)
        assert sum(each.jpeg.nbytes for each in recording.pictures) <= 50_000
        assert 0 < recording.seconds < 9

    @pytest.mark.parametrize("fps", [24.0, 30.0, 60.0])
    def test_what_is_too_large_is_kept_less_well_and_less_often_but_long_enough(
        self, fps: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noise = RNG.integers(0, 256, (180, 320, 3), dtype=np.uint8)
        usual = Kept.of(noise, 0.0).jpeg.nbytes
        monkeypatch.setattr(module, "MOST_BYTES", 40 * usual)
        recording = Recording()
        for number in range(int(12 * fps)):
            if recording.wants(number / fps):
                kept = Kept.of(noise, number / fps, recording.quality)
                recording.add(kept, TEAL)
        assert recording.seconds > 5, "at its usual quality there is room for less than two"
        assert sum(each.jpeg.nbytes for each in recording.pictures) <= 40 * usual
        times = [each.captured_s for each in recording.pictures]
        assert np.diff(times)[-10:].min() > 0.04 and np.diff(times).max() < 0.15
        for number in range(100):  # and now a small one again
            recording.add(Kept.of(grey(0), times[-1] + (number + 1) / 30), TEAL)
        last_s = recording.pictures[-1].captured_s
        assert recording.quality == QUALITY and recording.wants(last_s + 1 / 30)

    def test_with_another_background_it_begins_anew(self) -> None:
        recording = recorded(swing(30.0, 5), 30.0)
        kept = Kept.of(grey(0), recording.pictures[-1].captured_s + 1 / 30)
        recording.add(kept, (Blur(),))
        assert list(recording.pictures) == [kept] and recording.shown == (Blur(),)

    @pytest.mark.parametrize("passed_s", [0.6, 3600.0, -5.0, 0.0])
    def test_after_a_gap_it_begins_anew(self, passed_s: float) -> None:
        recording = recorded(swing(30.0, 5), 30.0)
        kept = Kept.of(grey(0), recording.pictures[-1].captured_s + passed_s)
        recording.add(kept, TEAL)
        assert list(recording.pictures) == [kept] and not recording.is_enough

    def test_a_loop_needs_three_seconds(self) -> None:
        assert not recorded(swing(30.0, LEAST_S - 0.1), 30.0).is_enough
        assert recorded(swing(30.0, LEAST_S + 0.1), 30.0).is_enough
        assert not Recording().is_enough

    def test_what_is_dropped_is_gone_for_who_plays_it_too(self) -> None:
        recording = recorded(swing(30.0), 30.0)
        loop = Loop(recording, None)
        step = loop.next(0.0)
        recording.drop()
        with pytest.raises(IndexError):
            loop.needed(step)
        assert not recording.pictures and recording.shown is None and not recording.seconds

    def test_pictures_come_back_as_they_were(self) -> None:
        picture = Presenter(Size(640, 360), 30).draw(1.0).image
        again = Kept.of(picture, 0.0).decoded()
        assert np.abs(again.astype(int) - picture).mean() < 3


class TestTheOrder:
    @pytest.mark.parametrize("fps", RATES)
    def test_it_turns_where_two_moments_are_alike(self, fps: float) -> None:
        pictures = tuple(recorded(swing(fps), fps).pictures)
        plays = steps(pictures)
        shown = [drawn_level(next(plays), pictures) for _ in range(len(pictures) * 4)]
        usual = max(np.abs(np.diff(swing(min(fps, 30.0)))))
        assert max(np.abs(np.diff(shown))) < 2.5 * usual + 2, "no jump is seen"

    @pytest.mark.parametrize("fps", RATES)
    def test_it_takes_as_long_as_what_was_recorded(self, fps: float) -> None:
        """Between two pictures the time that was between them, over and over."""
        pictures = tuple(recorded(swing(fps), fps).pictures)
        times = [each.captured_s for each in pictures]
        plays = list(itertools.islice(steps(pictures), 6 * len(pictures)))
        plain = [step for step in plays if step.first == step.second]
        for step in plain[:-1]:
            if step.first + 1 < len(times):
                lasts_s = times[step.first + 1] - times[step.first]
                assert step.lasts_s == pytest.approx(lasts_s, abs=1e-9)
        turns = [n for n, step in enumerate(plays) if step.share and not plays[n - 1].share]
        first, second = plays[turns[0]].second, plays[turns[0]].first
        length_s = times[second] - times[first]
        assert length_s >= LEAST_S
        for one, other in itertools.pairwise(turns):
            took_s = sum(step.lasts_s for step in plays[one:other])
            assert took_s == pytest.approx(length_s, abs=1e-6)

    def test_uneven_pictures_keep_their_times(self) -> None:
        recording, at_s = Recording(), 0.0
        for number in range(200):
            recording.add(Kept.of(grey(100 + number % 50), at_s), TEAL)
            at_s += RNG.uniform(0.03, 0.08)
        pictures = tuple(recording.pictures)
        for step in itertools.islice(steps(pictures), 100):
            if step.first == step.second and step.first + 1 < len(pictures):
                lasts_s = (
                    pictures[step.first + 1].captured_s - pictures[step.first].captured_s
                )
                assert step.lasts_s == pytest.approx(lasts_s)

    def test_where_nothing_is_alike_it_goes_back_and_forth(self) -> None:
        pictures = tuple(recorded([number * 0.8 for number in range(300)], 30.0).pictures)
        plays = [next(each) for each in [steps(pictures)] for _ in range(1000)]
        assert all(step.first == step.second for step in plays)
        places = [len(pictures) - 1, *(step.first for step in plays)]
        assert set(np.abs(np.diff(places))) == {1}, "from the last picture, which is on air"
        assert {0, len(pictures) - 1} <= set(places)

    def test_it_begins_softly_from_what_is_on_air(self) -> None:
        recording = recorded(swing(30.0), 30.0)
        before = recording.pictures[-1].decoded()
        loop = Loop(recording, before)
        shown = [float(before.mean())]
        for _ in range(60):
            step = loop.next(0.0)
            shown.append(float(loop.drawn(step, loop.needed(step)).mean()))
        assert max(np.abs(np.diff(shown))) < 12

    def test_without_anything_on_air_it_begins_with_a_picture_of_its_own(self) -> None:
        loop = Loop(recorded(swing(30.0), 30.0), None)
        assert all(loop.next(0.0).first >= 0 for _ in range(500))

    def test_no_dissolve_takes_longer_than_half_a_second(self) -> None:
        plays = list(
            itertools.islice(steps(tuple(recorded(swing(30.0), 30.0).pictures)), 900)
        )
        for shared, group in itertools.groupby(plays, key=lambda step: step.share > 0):
            if shared:
                assert sum(step.lasts_s for step in group) <= DISSOLVE_S + 0.05

    def test_a_waving_hand_is_not_dissolved(self) -> None:
        """It is small, but would be seen."""
        recording, moving = Recording(), []
        for number in range(300):
            image = grey(60)
            hand = 60 <= number % 100 < 90
            if hand:
                cv2.circle(image, (40 + number % 7 * 20, 60), 24, (255, 255, 255), -1)
            moving.append(hand)
            recording.add(Kept.of(image, number / 30), TEAL)
        plays = itertools.islice(steps(tuple(recording.pictures)), 900)
        assert ALIKE
        for step in plays:
            if step.share:
                assert not moving[step.first] and not moving[step.second]


class TestTheClock:
    def playing(self) -> Loop:
        return Loop(recorded(swing(30.0), 30.0), None)

    def test_lateness_does_not_add_up(self) -> None:
        loop, now_s, due = self.playing(), 50.0, 50.0
        for _ in range(900):
            step = loop.next(now_s)
            due += step.lasts_s
            now_s += loop.due_in_s(now_s) + 0.004  # a timer that is late
        assert now_s == pytest.approx(due, abs=0.01)

    def test_after_a_standstill_it_does_not_hurry(self) -> None:
        loop = self.playing()
        loop.next(0.0)
        loop.next(60.0)
        assert loop.due_in_s(60.0) > 0.03
        loop.next(60.0 + LATE_S)
        assert loop.due_in_s(60.0 + LATE_S) == 0.0, "a little is made up for"


def test_the_presenter_turns_around_without_a_jump() -> None:
    presenter, recording = Presenter(SMALL, 15.0, noise=False), Recording()
    for number in range(165):
        recording.add(Kept.of(presenter.draw(number / 15).image, number / 15), TEAL)
    loop = Loop(recording, None)
    shown = []
    for _ in range(400):
        step = loop.next(0.0)
        shown.append(loop.drawn(step, loop.needed(step)).astype(np.int16))
    usual = [each.decoded().astype(np.int16) for each in recording.pictures]
    assert largest_step(shown) <= largest_step(usual), (
        "no step is larger than a natural one"
    )


def largest_step(images: list[np.ndarray]) -> float:
    """Between two pictures, in one of sixteen parts."""
    return max(
        float(np.abs(one - other).reshape(4, 45, 4, 80, 3).mean(axis=(1, 3, 4)).max())
        for one, other in itertools.pairwise(images)
    )


def drawn_level(step: Step, pictures: tuple[Kept, ...]) -> float:
    first, second = pictures[step.first].decoded(), pictures[step.second].decoded()
    return float(first.mean() * (1 - step.share) + second.mean() * step.share)
