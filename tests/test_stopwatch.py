"""Stages that are shorter than a step of the system's clock have a time of their own."""

import time

import pytest

from vcam.stopwatch import CycleClock, Stopwatch, processor_s

STEP_S = 0.015625
"""The step of Windows' processor time."""


class Processor:
    """A process of Windows on a processor of 2.5 GHz."""

    def __init__(self) -> None:
        self.worked_s = 0.0
        self.counts = True

    def cycles(self) -> int:
        return round(self.worked_s * 2.5e9) if self.counts else 0

    def told_s(self) -> float:
        return self.worked_s // STEP_S * STEP_S


def test_a_stage_shorter_than_a_step_is_timed_once_the_process_has_worked_for_a_while() -> (
    None
):
    processor = Processor()
    clock = CycleClock(processor.cycles, processor.told_s)
    processor.worked_s = 0.020
    assert clock() == STEP_S
    processor.worked_s = 3.0
    begun_s = clock()
    for _ in range(10):
        processor.worked_s += 0.003
        assert clock() - begun_s == pytest.approx(0.003, rel=0.01)
        begun_s = clock()


def test_it_never_goes_back() -> None:
    processor = Processor()
    clock = CycleClock(processor.cycles, processor.told_s)
    before_s = clock()
    for _ in range(3000):
        processor.worked_s += 0.001
        assert clock() >= before_s
        before_s = clock()


def test_where_no_cycles_are_counted_the_time_goes_in_steps() -> None:
    processor = Processor()
    processor.counts = False
    clock = CycleClock(processor.cycles, processor.told_s)
    processor.worked_s = 3.01
    assert clock() == 3.0


def test_work_takes_time_on_this_machine() -> None:
    watch, begun_s = Stopwatch(), processor_s()
    until_s = time.process_time() + 0.05
    while time.process_time() < until_s:
        pass
    watch.lap("frame")
    assert processor_s() > begun_s
    assert watch.costs_ms["frame"] > 0 and watch.walls_ms["frame"] > 0
