"""The drawn presenter: demo, test pattern and ground truth."""

import itertools
import time

import cv2
import numpy as np
import pytest

from vcam.errors import SourceError
from vcam.frames import Size
from vcam.masking.segmenters import open_segmenter
from vcam.presenter import Presenter
from vcam.presenter.script import LOOP_S, pose_at
from vcam.sources import EndOfSource
from vcam.sources.presenter import PresenterSource

SMALL = Size(320, 180)


@pytest.fixture(scope="module")
def presenter() -> Presenter:
    return Presenter(SMALL)


@pytest.fixture(scope="module")
def quiet() -> Presenter:
    return Presenter(SMALL, noise=False)


def test_the_same_moment_is_drawn_with_the_same_bytes(presenter: Presenter) -> None:
    first, again = presenter.draw(4.2), Presenter(SMALL).draw(4.2)
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.alpha, again.alpha)
    assert np.array_equal(first.foreground, again.foreground)


def test_no_drawing_depends_on_the_ones_before_it(presenter: Presenter) -> None:
    first = presenter.draw(1.0)
    kept = first.image.copy()
    presenter.draw(7.0)
    assert np.array_equal(presenter.draw(1.0).image, kept)
    assert np.array_equal(first.image, kept), "a drawing that was handed out has changed"


def test_another_seed_gives_other_noise_and_the_same_person(presenter: Presenter) -> None:
    one, other = presenter.draw(1.0), Presenter(SMALL, seed=1).draw(1.0)
    assert not np.array_equal(one.image, other.image)
    assert np.array_equal(one.alpha, other.alpha)
    assert np.array_equal(one.foreground, other.foreground)


def test_the_noise_flickers_from_frame_to_frame_and_keeps_the_mean(
    presenter: Presenter, quiet: Presenter
) -> None:
    room = quiet.draw(11.0).image.astype(float)
    unclipped = (room > 20) & (room < 235)
    first, second = ((presenter.draw(t).image - room)[unclipped] for t in (11.0, 11.1))
    assert 0.8 < first.std() < 3
    assert abs(first.mean()) < 0.2
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


@pytest.mark.parametrize("t_s", [0.0, 1.3, 4.4, 7.1, 9.5, 15.5, 18.2])
def test_the_picture_is_the_person_over_the_room_by_the_alpha(
    quiet: Presenter, t_s: float
) -> None:
    drawing = quiet.draw(t_s)
    share = drawing.alpha[..., None] / 255
    expected = drawing.foreground * share + drawing.room * (1 - share)
    assert np.abs(drawing.image - expected).max() <= 1
    assert np.array_equal(
        drawing.image[drawing.alpha == 255], drawing.foreground[drawing.alpha == 255]
    )
    assert np.array_equal(
        drawing.image[drawing.alpha == 0], drawing.room[drawing.alpha == 0]
    )


def test_the_hair_has_a_soft_edge() -> None:
    alpha = Presenter(Size(1280, 720), noise=False).draw(1.0).alpha
    top = int(np.argmax(alpha.max(axis=1) > 127))
    beside = alpha[top : top + 330]
    soft = (beside > 20) & (beside < 235)
    assert 1500 < soft.sum() < 20000
    assert len(np.unique(beside[soft])) > 150
    # Single hairs leave the outline: soft pixels well outside the solid hair.
    solid = cv2.dilate(np.asarray(beside > 235, np.uint8), np.ones((9, 9), np.uint8))
    assert np.count_nonzero((beside > 10) & (solid == 0)) > 40


def test_the_colours_of_the_person_go_on_beyond_their_edge(quiet: Presenter) -> None:
    drawing = quiet.draw(1.0)
    person = np.asarray(drawing.alpha > 250, np.uint8)
    near = (cv2.dilate(person, np.ones((5, 5), np.uint8)) > 0) & (drawing.alpha < 250)
    inside = cv2.blur(drawing.foreground.astype(np.float32) * person[..., None], (9, 9))
    weight = cv2.blur(person.astype(np.float32), (9, 9))[..., None]
    likely = inside / np.maximum(weight, 1e-3)
    difference = np.abs(drawing.foreground - likely)[near]
    assert np.median(difference) < 16


def test_the_presenter_leaves_the_picture_and_comes_back(quiet: Presenter) -> None:
    present = {t: float((quiet.draw(t).alpha > 127).mean()) for t in (1.0, 11.0, 14.0)}
    assert present[1.0] > 0.2
    assert present[11.0] == 0
    assert present[14.0] > 0.2


def test_in_an_empty_room_the_picture_is_the_room(quiet: Presenter) -> None:
    drawing = quiet.draw(11.0)
    assert np.array_equal(drawing.image, drawing.room)


def test_the_script_begins_again_without_a_jump() -> None:
    end, start = pose_at(LOOP_S - 0.01), pose_at(LOOP_S + 0.01)
    for name in (
        "x",
        "y",
        "lean",
        "near",
        "turn",
        "nod",
        "tilt",
        "gaze_x",
        "mouth",
        "smile",
    ):
        assert abs(getattr(end, name) - getattr(start, name)) < 0.2, name


def test_nothing_in_the_picture_jumps(quiet: Presenter) -> None:
    times = np.arange(0, LOOP_S, 1 / 30)
    centers = [pose_at(float(t)) for t in times]
    for before, after in itertools.pairwise(centers):
        assert abs(after.x - before.x) < 60
        assert abs(after.turn - before.turn) < 0.25
        assert abs(after.left.lift - before.left.lift) < 0.15
        assert abs(after.right.lift - before.right.lift) < 0.15


def test_a_pattern_of_ones_own_can_hang_behind_the_presenter() -> None:
    secret = np.random.default_rng(0).integers(0, 256, (180, 320, 3), np.uint8)
    drawing = Presenter(SMALL, noise=False, room=secret).draw(1.0)
    assert np.array_equal(drawing.room, secret)
    assert np.array_equal(drawing.image[drawing.alpha == 0], secret[drawing.alpha == 0])


@pytest.mark.parametrize(
    ("model", "size"), [("landscape", Size(1280, 720)), ("square", Size(960, 720))]
)
def test_the_selfie_model_recognises_the_presenter(model: str, size: Size) -> None:
    presenter = Presenter(size)
    segmenter = open_segmenter("mediapipe", model)
    try:
        scores = []
        for t_s in (0.5, 2.0, 4.4, 7.2, 14.0, 15.5, 18.2):
            drawing = presenter.draw(t_s)
            small = cv2.resize(
                drawing.image, tuple(segmenter.input_size), interpolation=cv2.INTER_AREA
            )
            mask = segmenter.segment(np.asarray(small, np.uint8))
            found = cv2.resize(mask, tuple(size)) > 0.5
            true = drawing.alpha > 127
            scores.append((found & true).sum() / (found | true).sum())
        assert np.mean(scores) >= 0.97, scores
        assert min(scores) >= 0.93, scores
        empty = cv2.resize(presenter.draw(11.0).image, tuple(segmenter.input_size))
        assert float(segmenter.segment(np.asarray(empty, np.uint8)).mean()) < 0.01
    finally:
        segmenter.close()


def test_an_unpaced_source_gives_every_frame_and_then_ends() -> None:
    source = PresenterSource(SMALL, 25.0, paced=False, seconds=0.2, noise=False)
    frames = []
    with pytest.raises(EndOfSource):
        while True:
            frame = source.read(1.0)
            assert frame is not None
            assert source.truth is not None
            assert source.truth.image is frame.image
            frames.append(frame)
    assert [frame.index for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.captured_s for frame in frames] == pytest.approx(
        [0, 0.04, 0.08, 0.12, 0.16]
    )
    with pytest.raises(EndOfSource):
        source.read(0.0)
    source.close()


def test_a_paced_source_keeps_the_pace_of_a_camera() -> None:
    source = PresenterSource(SMALL, 20.0, noise=False)
    assert (source.size, source.fps, source.name) == (SMALL, 20.0, "drawn presenter")
    frames = [source.read(1.0) for _ in range(4)]
    indices = [frame.index for frame in frames if frame is not None]
    moments = [frame.captured_s for frame in frames if frame is not None]
    assert len(indices) == 4
    assert indices == sorted(set(indices))
    steps = [
        (b - a) / (j - i)
        for a, b, i, j in zip(moments, moments[1:], indices, indices[1:], strict=False)
    ]
    assert steps == pytest.approx([0.05] * 3)
    assert moments[-1] <= time.monotonic()
    source.close()


def test_reading_never_waits_longer_than_it_was_told_to() -> None:
    source = PresenterSource(SMALL, 2.0, noise=False)
    assert source.read(0.0) is not None
    start_s = time.monotonic()
    assert source.read(0.02) is None
    assert time.monotonic() - start_s < 0.2
    source.close()


def test_a_reader_who_was_away_gets_the_newest_frame() -> None:
    source = PresenterSource(SMALL, 50.0, noise=False)
    first = source.read(1.0)
    time.sleep(0.15)
    newest = source.read(1.0)
    assert first is not None
    assert newest is not None
    assert newest.index >= first.index + 7
    source.close()


def test_a_closed_presenter_says_so() -> None:
    source = PresenterSource(SMALL, noise=False)
    source.close()
    with pytest.raises(SourceError):
        source.read(0.1)


@pytest.mark.parametrize(
    "size",
    [Size(960, 720), Size(160, 90), Size(360, 640), Size(1600, 900)],
)
def test_any_size_shows_somebody_in_the_middle(size: Size) -> None:
    drawing = Presenter(size).draw(1.0)
    assert Size.of(drawing.image) == Size.of(drawing.alpha) == size
    assert (
        drawing.image.dtype == drawing.alpha.dtype == drawing.foreground.dtype == np.uint8
    )
    assert drawing.image.flags.c_contiguous
    assert drawing.alpha[-2, size.width // 2] == 255
    assert 0.12 < (drawing.alpha > 127).mean() < 0.6
