"""The processor is shared with the call: vcam takes its part and no more."""

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import Eventually, running

from vcam.cli import main
from vcam.engine import governor
from vcam.engine.engine import Engine
from vcam.engine.governor import LEVELS, PATIENCE_UP_S, Governor, QualityLevel
from vcam.engine.occupancy import Occupancy
from vcam.frames import Frame, Image
from vcam.masking.options import MaskOptions
from vcam.settings import Settings
from vcam.status import State
from vcam.testing import FakeSource, FakeWorld

EMPTY: Image = np.zeros((1, 1, 3), np.uint8)


class Machine:
    """A camera, or a film that has to be decoded; a frame of weight 1 takes ``unit_ms``."""

    def __init__(
        self, unit_ms: float, battery: bool = False, fps: float = 30, decoding_ms: float = 0
    ) -> None:
        self.now_s = self.spent_s = 0.0
        self.unit_ms, self.battery = unit_ms, battery
        self.fps, self.decoding_s = fps, decoding_ms / 1e3
        self.share = 1.0
        """Of the time a frame takes, what the processor works for us."""
        self.stands_s = self.works_s = 0.0
        """The next frame takes so much longer, and so much more processor time."""
        self.finished_s: list[float] = []
        self._index = self._seen = -1
        self.effects = 0.0
        """What effects cost for each picture, compared with the weights."""
        self._chosen = MaskOptions(), 0.0
        self._occupancy = Occupancy(lambda: self.now_s)
        self.governor = Governor(
            lambda: self.battery, lambda: self.now_s, lambda: self.spent_s
        )

    def run(
        self, seconds: float, preset: str = "standard", budget: float = 0.0
    ) -> list[str]:
        """The levels used, in order, each once per stay."""
        used: list[str] = []
        self._chosen = MaskOptions(preset), budget
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            level = self.governor.level(*self._chosen, self.effects)
            if not used or used[-1] != str(level):
                used.append(str(level))
            self._one_frame(level)
        return used

    def _one_frame(self, level: QualityLevel) -> None:
        self._occupancy.free()
        late = int(self.now_s * self.fps + 1e-6)
        # A film's frames are decoded, too, when it is too late to show them.
        decoded = max(1, late - self._index) if self.decoding_s else 0
        self._index = max(self._index + 1, late)
        begun_s = self._index / self.fps
        self.now_s = max(self.now_s, begun_s) + decoded * self.decoding_s
        self._occupancy.taken(Frame(EMPTY, self._index, self.now_s, begun_s=begun_s))
        self._seen += 1
        if self._seen % level.every:
            return
        weight = level.weight * level.every + self.effects
        busy_s = self.unit_ms / 1e3 * weight
        self.spent_s += busy_s * self.share + self.works_s
        self.now_s += busy_s + self.stands_s
        self.stands_s = self.works_s = 0.0
        self.governor.note(*self._occupancy.finished())
        self.finished_s.append(self.now_s)

    def stand_still(self, seconds: float, worked_s: float = 0.01) -> None:
        """The next frame takes so much longer, and costs what it always costs, or more."""
        self.stands_s, self.works_s = seconds, worked_s
        while self.stands_s:
            self._one_frame(self.governor.level(*self._chosen))

    def rate_falls_below(self, fps: float, since_s: float) -> float:
        """For how long, at most, fewer pictures were finished than that in a second."""
        longest_s = low_s = 0.0
        step_s = 0.05
        for step in range(int((self.now_s - since_s - 1) / step_s)):
            at_s = since_s + step * step_s
            low = sum(at_s <= each_s < at_s + 1 for each_s in self.finished_s) < fps
            low_s = low_s + step_s if low else 0.0
            longest_s = max(longest_s, low_s)
        return longest_s

    def stay_s(self) -> float:
        """How long it takes from a busy moment until it climbs again."""
        self.unit_ms = 9
        self.run(20)
        self.unit_ms = 5  # free only as long as nobody climbs
        begun_s = self.now_s
        while self.governor.level(MaskOptions(), 0.0).preset == "light":
            self.run(1)
        return self.now_s - begun_s


def test_what_effects_cost_is_expected_at_every_level() -> None:
    """They cost the same everywhere, so the level above costs less more than it seems."""
    machine = Machine(unit_ms=9)
    machine.effects = 2.0
    assert machine.run(20)[-1] == "light"
    machine.unit_ms = 4.1  # 5.5 of these are little enough for a frame; 6.4 would not be
    assert machine.run(120)[-1] == "standard"


def test_an_effect_that_is_switched_on_takes_a_level_only_when_there_is_no_time() -> None:
    for unit_ms, wanted in ((4.0, ["standard"]), (7.0, ["standard", "light"])):
        machine = Machine(unit_ms)
        assert machine.run(20) == ["standard"]
        machine.effects = 1.0
        assert machine.run(20) == wanted


def test_a_machine_that_keeps_up_uses_what_was_chosen() -> None:
    for preset in ("light", "standard", "best"):
        assert Machine(unit_ms=3).run(60, preset) == [preset]


def test_a_machine_that_cannot_keep_up_goes_down_until_it_can() -> None:
    assert Machine(unit_ms=7).run(60, "best") == ["best", "standard"]
    assert Machine(unit_ms=9).run(60, "standard") == ["standard", "light"]
    assert Machine(unit_ms=20).run(60, "best") == ["best", "light"]
    assert Machine(unit_ms=40).run(60, "best") == ["best", "light", str(LEVELS[-1])]
    assert Machine(unit_ms=400).run(120, "best")[-1] == str(LEVELS[-1])


def test_once_the_machine_is_free_again_the_quality_comes_back() -> None:
    machine = Machine(unit_ms=12)
    assert machine.run(30)[-1] == "light"
    machine.unit_ms = 3
    assert machine.run(PATIENCE_UP_S + 5)[-1] == "standard"


def test_quality_does_not_swing_up_and_down() -> None:
    machine = Machine(unit_ms=8.2)  # standard is just too dear, light leaves much free
    changes = len(machine.run(600)) - 1
    assert changes <= 1
    machine.unit_ms = 6.0
    assert machine.run(60)[-1] == "standard"


def test_every_climb_that_failed_makes_the_next_one_wait_longer() -> None:
    machine = Machine(unit_ms=9)
    stays_s = [machine.stay_s() for _ in range(4)]
    assert stays_s == sorted(stays_s)
    assert stays_s[-1] > 2 * stays_s[0]


def test_after_a_long_calm_the_next_climb_waits_less_again() -> None:
    machine = Machine(unit_ms=9)
    worst_s = [machine.stay_s() for _ in range(4)][-1]
    stays_s = []
    for _ in range(3):
        machine.run(600)
        stays_s.append(machine.stay_s())
    assert stays_s[-1] < worst_s / 2


@pytest.mark.parametrize(("budget", "expected"), [(60.0, "standard"), (30.0, "light")])
def test_a_budget_is_kept(budget: float, expected: str) -> None:
    machine = Machine(unit_ms=4)  # standard: 42 % of a core
    assert machine.run(30, budget=budget)[-1] == expected
    begun_s, spent_s = machine.now_s, machine.spent_s
    machine.run(30, budget=budget)
    assert (machine.spent_s - spent_s) / (machine.now_s - begun_s) <= budget / 100


def test_on_battery_one_level_lighter_is_used_unless_a_budget_was_named() -> None:
    assert Machine(unit_ms=3, battery=True).run(60) == ["light"]
    assert Machine(unit_ms=3, battery=True).run(60, "best") == ["standard"]
    assert Machine(unit_ms=3, battery=True).run(60, "light") == ["light"]
    assert Machine(unit_ms=3, battery=True).run(60, budget=90) == ["standard"]


def test_unplugging_the_laptop_is_noticed_and_plugging_it_in_too() -> None:
    machine = Machine(unit_ms=3)
    assert machine.run(5) == ["standard"]
    machine.battery = True
    assert machine.run(20)[-1] == "light"
    machine.battery = False
    assert machine.run(PATIENCE_UP_S + 15)[-1] == "standard"


def test_a_camera_that_was_away_for_a_minute_is_no_free_machine() -> None:
    machine = Machine(unit_ms=12)
    assert machine.run(30)[-1] == "light"
    machine.now_s += 60
    assert machine.run(5) == ["light"]


def test_a_frame_that_takes_longer_than_the_window_is_no_pause() -> None:
    assert Machine(unit_ms=2000).run(200)[-1] == str(LEVELS[-1])


@pytest.mark.parametrize("seconds", [1.5, 5, 60, 30_000])
@pytest.mark.parametrize("budget", [0.0, 60.0, 24.0])
def test_a_machine_that_stood_still_inside_a_frame_was_neither_busy_nor_free(
    seconds: float, budget: float
) -> None:
    machine = Machine(unit_ms=3)
    (before,) = machine.run(1, budget=budget)
    before = machine.run(20, budget=budget)[-1]
    for _ in range(3):
        machine.stand_still(seconds)
        assert machine.run(40, budget=budget) == [before]


def test_who_stands_still_again_and_again_is_too_slow() -> None:
    machine = Machine(unit_ms=3)
    assert machine.run(10) == ["standard"]
    for _ in range(4):
        machine.stand_still(3)
    assert machine.run(1)[-1] != "standard"


def test_one_frame_that_kept_the_processor_busy_for_long_is_load() -> None:
    machine = Machine(unit_ms=3)
    assert machine.run(10) == ["standard"]
    machine.stand_still(30, worked_s=30)
    assert machine.run(1)[-1] != "standard"


def test_with_a_budget_waiting_for_the_processor_is_no_free_machine() -> None:
    machine = Machine(unit_ms=8)
    assert machine.run(30, budget=60)[-1] == "light"
    for _ in range(10):
        machine.stand_still(30)
    assert machine.run(1, budget=60) == [str(LEVELS[-1])]


def test_a_machine_whose_processors_others_take_is_too_slow_for_what_was_chosen() -> None:
    machine = Machine(unit_ms=40)
    machine.share = 0.1
    assert machine.run(120)[-1] == str(LEVELS[-1])
    crawling = Machine(unit_ms=1000)
    crawling.share = 0.05
    assert crawling.run(120)[-1] == str(LEVELS[-1])


@pytest.mark.parametrize("decoding_ms", [0, 5])
@pytest.mark.parametrize("slower", [4, 6, 8])
def test_beside_busy_programs_the_picture_is_not_slow_for_long(
    decoding_ms: float, slower: float
) -> None:
    machine = Machine(unit_ms=2.5, decoding_ms=decoding_ms)
    assert machine.run(20) == ["standard"]
    machine.unit_ms *= slower
    machine.decoding_s *= slower / 4
    machine.share = 1 / slower
    begun_s = machine.now_s
    machine.run(120)
    assert machine.rate_falls_below(15, begun_s) <= 2


@pytest.mark.parametrize("fps", [30, 60])
def test_when_most_frames_are_missed_the_level_drops_within_a_second(fps: float) -> None:
    machine = Machine(unit_ms=2.5, fps=fps)
    assert machine.run(20) == ["standard"]
    machine.unit_ms = 40
    assert machine.run(1.2)[-1] == "light"


def test_half_the_frames_are_shown_only_where_no_more_could_be() -> None:
    machine = Machine(unit_ms=22)  # light: 19 of 30
    assert machine.run(60) == ["standard", "light"]
    machine.unit_ms = 40
    assert machine.run(60)[-1] == str(LEVELS[-1])
    machine.unit_ms = 22
    assert machine.run(60)[-1] == "light"


def test_a_moment_without_the_processor_costs_no_quality() -> None:
    machine = Machine(unit_ms=5)
    assert machine.run(20) == ["standard"]
    for _ in range(10):
        machine.unit_ms = 15
        assert machine.run(0.4) == ["standard"]
        machine.unit_ms = 5
        assert machine.run(3) == ["standard"]


def test_decoding_a_film_is_work_and_waiting_for_it_is_none() -> None:
    assert Machine(unit_ms=4, decoding_ms=5).run(30) == ["standard"]
    assert Machine(unit_ms=4, decoding_ms=18).run(30)[-1] == "light"


def test_a_camera_that_is_slow_in_the_dark_is_no_load() -> None:
    machine = Machine(unit_ms=3, fps=10)
    assert machine.run(60, "best") == ["best"]
    assert Machine(unit_ms=15, fps=15).run(60, "standard") == ["standard"]


@pytest.mark.parametrize("seconds", [0.3, 0.9, 1.5, 30])
@pytest.mark.parametrize("every_s", [5.0, 12.0])
@pytest.mark.parametrize("budget", [0.0, 90.0])
def test_who_is_stopped_now_and_then_and_quick_in_between_is_not_too_slow(
    seconds: float, every_s: float, budget: float
) -> None:
    machine = Machine(unit_ms=5)
    assert machine.run(10, budget=budget) == ["standard"]
    for _ in range(20):
        machine.stand_still(seconds)
        assert machine.run(every_s, budget=budget) == ["standard"]


def test_a_new_choice_is_tried_at_once() -> None:
    machine = Machine(unit_ms=12)
    assert machine.run(30)[-1] == "light"
    assert machine.run(1, "best")[0] == "best"


def test_the_ladder_only_gets_cheaper() -> None:
    weights = [level.weight for level in LEVELS]
    assert weights == sorted(weights, reverse=True)


def test_a_call_on_a_slow_machine_goes_on_with_a_simpler_mask(
    monkeypatch: pytest.MonkeyPatch,
    world: FakeWorld,
    engine: Engine,
    eventually: Eventually,
) -> None:
    eventually(lambda: engine.status.quality == "standard")
    monkeypatch.setattr(governor, "WINDOW_S", 0.05)
    monkeypatch.setattr(governor, "PATIENCE_DOWN_S", 0.1)

    def slowly(mask: Any) -> Any:
        time.sleep(0.06)  # the fake camera is much faster
        return mask

    world.faults["segment"] = slowly
    eventually(lambda: engine.status.quality == "light")
    world.unplug()
    eventually(lambda: engine.status.state is State.WAITING)
    world.plug_in()
    eventually(lambda: engine.status.state is State.LIVE)
    assert engine.status.quality == "light", "the machine is as slow as before"
    published = engine.status.published
    eventually(lambda: engine.status.published > published)


def test_a_film_that_takes_long_to_decode_gets_a_simpler_mask(
    monkeypatch: pytest.MonkeyPatch,
    world: FakeWorld,
    settings: Settings,
    eventually: Eventually,
) -> None:
    monkeypatch.setattr(governor, "WINDOW_S", 0.05)
    monkeypatch.setattr(governor, "PATIENCE_DOWN_S", 0.1)

    class Film(FakeSource):
        def read(self, timeout_s: float) -> Frame | None:
            frame = super().read(timeout_s)
            assert frame is not None
            time.sleep(0.09)
            return replace(frame, begun_s=frame.captured_s, captured_s=time.monotonic())

    world.devices = replace(
        world.devices, open_source=lambda camera, size, fps: Film(world, size)
    )
    with running(world, settings) as engine:
        eventually(lambda: engine.status.quality == "light")


def test_a_budget_that_makes_no_sense_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["run", "--cpu-budget", "2%"]) == 2
    assert "A processor budget of 2 % cannot be kept" in capsys.readouterr().err
    assert main(["run", "--cpu-budget", "much"]) == 2
    assert "write it like 40%, or auto" in capsys.readouterr().err
