import json
import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from vcam.cli import main
from vcam.frames import Alpha, Image
from vcam.measure.quality.clips import read_set
from vcam.measure.quality.ground_truth import Truth, TruthWindow
from vcam.measure.quality.scoring import MEASURES, Scores

SHAPE = (144, 256)
FRAMES = 14


def disc(x: float, softness: float = 1.5) -> Alpha:
    """A round person, ``x`` pixels from the left."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    distance = np.hypot(columns - x, rows - 80)
    return np.asarray(np.clip((40 - distance) / softness * 255 + 127, 0, 255), np.uint8)


def picture(alpha: Alpha) -> Image:
    share = alpha[:, :, np.newaxis].astype(np.float32) / 255
    return (share * (60, 90, 200) + (1 - share) * (180, 170, 120)).astype(np.uint8)


def score(truths: list[Alpha], mattes: list[Alpha]) -> dict[str, float]:
    window, scores = TruthWindow(), Scores()
    person = np.full((*SHAPE, 3), (60, 90, 200), np.uint8)
    for truth, matte in zip(truths, mattes, strict=True):
        window.add(Truth(truth, person))
        scores.add(window, matte, person)
    return scores.result()


RESTING = [disc(100)] * FRAMES
WALKING = [disc(60 + 6 * i) for i in range(FRAMES)]


@pytest.mark.parametrize("truths", [RESTING, WALKING], ids=["at rest", "walking"])
def test_a_perfect_matte_is_perfect(truths: list[Alpha]) -> None:
    found = score(truths, truths)
    assert set(found) == set(MEASURES)
    for name in ("mad", "band", "grad", "leak", "holes", "dtssd", "comp"):
        assert found[name] == pytest.approx(0, abs=1e-3)
    for name in ("iou", "bf2", "bf4"):
        assert found[name] == pytest.approx(100)


def test_who_rests_shows_no_lag_and_who_walks_no_flicker_at_a_place() -> None:
    assert math.isnan(score(RESTING, RESTING)["lag"])
    assert score(RESTING, RESTING)["flick"] == 0


@pytest.mark.parametrize("late", [0, 1, 2])
def test_a_matte_that_trails_is_told_by_how_many_frames(late: int) -> None:
    trailing = [WALKING[max(i - late, 0)] for i in range(FRAMES)]
    assert score(WALKING, trailing)["lag"] == pytest.approx(late, abs=0.15)


def test_a_trailing_matte_leaves_a_ghost_and_cuts_what_arrives() -> None:
    trailing = [WALKING[max(i - 2, 0)] for i in range(FRAMES)]
    found, exact = score(WALKING, trailing), score(WALKING, WALKING)
    assert found["ghost"] > exact["ghost"] + 10
    assert found["cut"] > exact["cut"] + 10


def test_flicker_is_measured_in_grey_levels() -> None:
    by = 20
    flickering = [
        np.clip(matte.astype(np.int16) + (by if i % 2 else -by), 0, 255).astype(np.uint8)
        for i, matte in enumerate(RESTING)
    ]
    # Half of what is near the edge is at 0 or 255 and can only move one way.
    assert by / 2 <= score(RESTING, flickering)["flick"] <= by


def test_a_window_that_shows_is_a_leak_and_a_missing_chest_is_a_hole() -> None:
    leaking, holed = disc(100).copy(), disc(100).copy()
    leaking[10:40, 200:240] = 255
    holed[75:95, 90:110] = 0
    assert score(RESTING, [leaking] * FRAMES)["leak"] > 2
    assert score(RESTING, [leaking] * FRAMES)["holes"] == 0
    assert score(RESTING, [holed] * FRAMES)["holes"] > 5
    assert score(RESTING, [holed] * FRAMES)["leak"] == 0


def test_an_edge_off_by_a_few_pixels_is_seen_by_the_boundary_measure() -> None:
    near, far = [disc(101)] * FRAMES, [disc(108)] * FRAMES
    assert score(RESTING, near)["bf4"] > 90 > score(RESTING, far)["bf4"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    size = SHAPE[::-1]
    for name, colour in (("video", True), ("alpha", False)):
        path, codec = str(tmp_path / f"{name}.avi"), cv2.VideoWriter.fourcc(*"MJPG")
        writer = cv2.VideoWriter(path, codec, 30, size)
        assert writer.isOpened()
        for alpha in WALKING:
            writer.write(picture(alpha) if colour else np.dstack([alpha] * 3))
        writer.release()
    row = {"video": "video.avi", "alpha": "alpha.avi", "split": "dev", "fps": 30}
    (tmp_path / "set.json").write_text(json.dumps({"walk": row}), "utf-8")
    return tmp_path


def test_a_set_is_evaluated_from_the_command_line(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    figures, sheets = tmp_path / "figures.json", tmp_path / "sheets"
    words = ["evaluate", "--set", str(folder), "--preset", "light", "threshold"]
    assert main([*words, "--json", str(figures), "--sheets", str(sheets)]) == 0
    table = capfd.readouterr().out
    assert "light" in table
    assert "threshold" in table
    assert "standard" not in table
    found = json.loads(figures.read_text("utf-8"))
    assert set(found["clips"]["walk"]["light"]) == set(MEASURES)
    assert found["mean"]["light"]["cost"] is None, "the clip is not 720 pixels high"
    sheet = cv2.imread(str(sheets / "walk.jpg"))
    assert sheet is not None


@pytest.mark.parametrize(
    ("option", "name"), [("--json", "no folder/x.json"), ("--sheets", "a file/x")]
)
def test_where_nothing_can_be_written_is_told_before_anything_is_measured(
    option: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a file").touch()
    place = tmp_path / name
    assert main(["evaluate", option, str(place)]) != 0
    printed = capsys.readouterr()
    assert printed.out == "" and str(place.parent) in printed.err


def test_the_presenter_needs_no_set(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--preset", "light", "--frames", "3"]) == 0
    assert "presenter 1280x720" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "{folder}/nowhere"], "There is no evaluation set in"),
        (["--set", "{folder}", "--clips", "wlak"], "no clip 'wlak'"),
        (["--set", "{folder}", "--split", "prod"], "no clips in the split 'prod'"),
        (["--split", "dev"], "there is none"),
        (["--frames", "1"], "too few"),
    ],
)
def test_wrong_use_is_explained(
    folder: Path, words: list[str], said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", *(word.format(folder=folder) for word in words)]) == 2
    assert said in capfd.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", '{"walk": {}}', '{"walk": 3}'])
def test_an_index_that_is_none_is_explained(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "set.json").write_text(content, "utf-8")
    assert main(["evaluate", "--set", str(tmp_path)]) == 2
    assert "is not the index of an evaluation set" in capfd.readouterr().err


def test_a_clip_whose_file_is_missing_is_named(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "video.avi").unlink()
    assert main(["evaluate", "--set", str(folder), "--preset", "light"]) == 1
    assert "video.avi cannot be read" in capfd.readouterr().err


def test_the_clips_of_a_set_are_chosen_by_split_and_by_name(folder: Path) -> None:
    assert [clip.name for clip in read_set(folder, "dev", None)] == ["walk"]
    assert [clip.name for clip in read_set(folder, None, ["walk"])] == ["walk"]
