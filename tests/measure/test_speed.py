"""`vcam bench`: who is measured, how it is told; not how fast it is."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import psutil
import pytest
from systems import not_under_wine
from translation_sources import untranslated

from vcam import kernels
from vcam.backgrounds.blur import Blur
from vcam.backgrounds.color import Color
from vcam.cli import main
from vcam.errors import UsageError
from vcam.frames import Size
from vcam.masking.options import MaskOptions
from vcam.measure.speed import report
from vcam.measure.speed.clip import clip
from vcam.measure.speed.live import run_live
from vcam.measure.speed.live_figures import Deliveries, Live, Second, Sent, by_second
from vcam.measure.speed.load import busy_loops
from vcam.measure.speed.looks import LOOKS, LookCost, costs_of_looks
from vcam.measure.speed.measuring import Cost, Spread, percentile
from vcam.measure.speed.plot import drawn
from vcam.measure.speed.sweep import AROUND, FLOOR, NAIVE, OWN, PEER, Table, table
from vcam.outputs.options import OutputOptions
from vcam.settings import Settings

SMALL = Size(320, 180)


def invented(size: Size, ms: float) -> Table:
    names = (FLOOR, f"{NAIVE}, blur", "light, blur", f"{PEER}, blur", *AROUND, OWN)
    spreads = (Spread(ms * (1 + i), ms * (1 + i), ms * (2 + i)) for i in range(len(names)))
    return Table(
        size,
        tuple(
            Cost(name, each, each, {"fit": (each, each)} if "light" in name else {})
            for name, each in zip(names, spreads, strict=True)
        ),
    )


@not_under_wine("a clock finer than a candidate's turn")
def test_every_candidate_takes_its_turns_on_the_same_frames() -> None:
    turns = 3
    *counted, last = table(
        clip("presenter", SMALL, 2),
        {"light": MaskOptions(preset="light")},
        {"blur": Blur(), "#00b140": Color("#00b140")},
        turns,
    )
    assert isinstance(last, Table) and counted[-1] == len(counted) >= turns
    assert last.to_floor(last.cost(FLOOR)) == 1 and last.to_floor(last.cost(OWN)) > 0
    assert last.engine in "".join(report.text_of(last, turns))
    assert last.engine.startswith(("LiteRT", "MediaPipe, instead of LiteRT"))
    for background in ("blur", "#00b140"):
        line = last.cost(f"light, {background}")
        for who in (NAIVE, PEER):
            other = last.cost(f"{who}, {background}")
            assert last.to(who, line) == line.cpu.median_ms / other.cpu.median_ms
            assert last.to(who, other) is None
        assert {"fit", "segment", "smooth", "refine", "paint", "composite"} <= set(
            line.stages
        )
        parts_ms = sum(cpu.mean_ms for cpu, _ in line.stages.values())
        assert parts_ms <= line.cpu.mean_ms * 1.01, "stages are parts of the whole"


def test_a_live_run_tells_latency_drops_memory_and_start() -> None:
    settings = Settings(
        mask=MaskOptions(preset="light"),
        background=Color("teal"),
        output=OutputOptions(size=SMALL, fps=20),
    )
    live = run_live(clip("presenter", SMALL, 3), settings, seconds=1)
    assert 0 < live.latency_p50_ms <= live.latency_p95_ms <= live.latency_p99_ms
    assert live.published > 1 and live.first_frame_s > 0 and live.threads >= 4
    assert live.cpu_percent > 0 and live.dropped >= 0
    assert "per second, " in "".join(report.text_of_live(live, ""))


def test_a_live_run_beside_busy_programs_is_told_second_by_second() -> None:
    settings = Settings(
        mask=MaskOptions(preset="light"),
        background=Color("teal"),
        output=OutputOptions(size=SMALL, fps=20),
    )
    live = run_live(clip("presenter", SMALL, 3), settings, seconds=1, load=1)
    (second,) = live.by_second
    assert live.load == 1 and 0 < second.published <= live.published + 1
    text = "\n".join(report.text_of_live(live, ""))
    assert "beside 1 busy loop:" in text and "worst" in text
    values = report.values_of([], {"it": live}, {})["live"]
    told = json.loads(json.dumps(values))["it"]["by_second"]
    assert told[0]["published"] == second.published


def test_every_frame_that_was_not_shown_is_counted_in_the_second_it_came_in() -> None:
    taken_s = [0.125, 0.5, 0.875, 1.25, 1.875]
    sent = [Sent(0.125, 0.25, "best"), Sent(1, 1.125, "light"), Sent(1.25, 1.5, "light")]
    deliveries = Deliveries(taken_s, [0.75, 1.5], sent)
    first, second, third = by_second(deliveries, sent, 0.0, 3.25)
    assert first == Second(1, 2, 125, 125, "best")
    assert second == Second(2, 2, 187.5, 250, "light")
    assert third == Second(0, 0, None, None, ""), "nothing was published"


def test_a_model_that_is_too_quick_for_the_clock_is_no_measure() -> None:
    none = invented(SMALL, 0.0)
    assert "nan" in "\n".join([*report.text_of(none, 1), *report.text_of_curve({"": none})])
    told = json.dumps(report.values_of([none], {}, {}), allow_nan=False)
    (rows,) = json.loads(told)["sizes"].values()
    assert {row["to_model"] for row in rows} == {None}


def test_busy_programs_end_with_what_they_are_beside() -> None:
    before = psutil.Process().children()

    def children() -> list[psutil.Process]:
        return [each for each in psutil.Process().children() if each not in before]

    with busy_loops(2, at_most_s=60):
        assert len(children()) == 2
    assert not children()
    with busy_loops(1, at_most_s=0):
        (loop,) = children()
        loop.wait(10)


def test_the_99th_percentile_is_a_value_that_was_seen() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(1, 101), 99) == 99
    assert percentile([7], 99) == 7


def test_a_file_is_a_source_too_and_a_camera_is_not(tmp_path: Path) -> None:
    path = tmp_path / "face.png"
    cv2.imwrite(str(path), np.full((90, 160, 3), 99, np.uint8))
    frames = clip(str(path), SMALL, 5)
    assert frames.image(0).shape == frames.image(7).shape == (180, 320, 3)
    for wrong in ("0", "", str(tmp_path / "nosuch.mp4")):
        with pytest.raises(UsageError):
            clip(wrong, SMALL, 1)


@not_under_wine("a clock finer than a look's turn")
def test_every_look_takes_its_turns_beside_a_line_without_it() -> None:
    *counted, last = costs_of_looks(clip("presenter", SMALL, 2), MaskOptions("light"), 3)
    assert not isinstance(last, int) and counted[-1] == len(counted) >= 3
    assert [each.name for each in last] == [look.name for look in LOOKS]
    assert all(np.isfinite((each.cpu_ms, each.to_model)).all() for each in last)
    text = list(report.text_of_looks(last))
    assert len(text) == 2 + len(LOOKS) and text[2].startswith("match")


def test_the_picture_has_a_curve_for_everybody_and_no_label_on_another() -> None:
    tables = {"360p": invented(Size(640, 360), 2.0), "720p": invented(Size(1280, 720), 5.0)}
    picture = drawn(tables)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    one = drawn({"360p": tables["360p"]})
    assert (one != picture).any(), "one size is a picture, too"


def test_the_figures_are_written_for_people_and_for_programs() -> None:
    one, other = invented(Size(640, 360), 2.0), invented(SMALL, 1.0)
    text = "\n".join(
        [*report.text_of(one, 9), *report.text_of_curve({"a": one, "b": other})]
    )
    assert "light, blur" in text and "÷ tutorial" in text and "fit 6.00" in text
    values = json.loads(json.dumps(report.values_of([one, other], {}, {"--help": 0.1})))
    assert set(values) == {
        "machine",
        "kernels",
        "engine",
        "sizes",
        "looks",
        "live",
        "commands_s",
    }
    looks = [LookCost("match", 0.5, 0.25)]
    told = report.values_of([one], {}, {}, looks)["looks"]
    assert told == [{"name": "match", "cpu_ms": 0.5, "to_model": 0.25}]
    line = next(
        each for each in values["sizes"]["640x360"] if each["name"] == "light, blur"
    )
    assert line["to_model"] == 3 and line["to_tutorial"] == 1.5 and line["to_peer"] == 0.75
    assert line["stages"]["fit"]["cpu"] == {"median_ms": 6.0, "mean_ms": 6.0, "p99_ms": 8.0}


def test_one_command_measures_and_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "bench.json"
    words = "bench --size 320x180 --turns 2 --seconds 0 --preset light -b blur --json"
    assert main([*words.split(), str(kept)]) == 0
    assert "÷ model" in capsys.readouterr().out
    assert json.loads(kept.read_text())["sizes"]["320x180"]


@pytest.mark.parametrize(
    "words",
    [
        ["--turns", "1"],
        ["--seconds", "-1"],
        ["--seconds", "nan"],
        ["--load", "-1"],
        ["--load", "1000"],
        ["--load", "2", "--seconds", "0"],
        ["--background", "room"],
        ["--source", "/no/such.mp4"],
        ["--plot", "/no/such/folder/x.png"],
        ["--json", "/no/such/folder/x.json"],
        ["--plot", "x.doc"],
    ],
)
def test_a_mistake_is_told_before_anything_is_measured(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--size", "320x180", *words]) == 2
    assert capsys.readouterr().out == ""


def test_the_report_is_in_the_users_language_but_for_names(pseudo: None) -> None:
    one, build = invented(SMALL, 3.0), kernels.chosen().why
    live = Live(1.0, 30.0, 1.0, 2.0, 3.0, 30, 0, 50.0, None, 5, 0.2, "best", 1, ())
    lines = [
        *report.text_of(one, 9),
        *report.text_of_curve({"a": one}),
        *report.text_of_looks([LookCost(look.name, 0.5, 0.25) for look in LOOKS]),
        *report.text_of_live(live, "light"),
        *report.text_of_live(replace(live, load=0, peak_memory_mb=80.0), "light"),
    ]
    names = {
        "tutorial, blur",
        "light, blur",
        "peer, blur",
        "best",
        "light",
        str(SMALL),
    }
    for line in lines:
        for name in sorted(names, key=len, reverse=True):
            line = line.replace(name, "")
        # The build's name may stand in brackets, or be nothing but a name.
        assert not [part for part in untranslated(line) if part not in f"a {build}"]
