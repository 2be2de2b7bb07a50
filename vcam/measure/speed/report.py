"""The figures as text for people, and as plain values for programs."""

import math
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import cv2

from vcam import __version__, kernels
from vcam.measure.speed.live_figures import Live, Second
from vcam.measure.speed.looks import LookCost
from vcam.measure.speed.measuring import Cost, Spread
from vcam.measure.speed.sweep import AROUND, FLOOR, NAIVE, OWN, PEER, Table
from vcam.translation import tr, tr_count

SHOWN_MS = 0.05
"""Cost below which a stage is left out of the text."""


def text_of(table: Table, turns: int) -> Iterator[str]:
    """One row per candidate, then the stages of each line."""
    rows = [_row(table, cost) for cost in table.costs if cost.name not in AROUND]
    around = [_row(table, table.cost(name)) for name in AROUND]
    yield tr(
        "Milliseconds per frame at {size}, medians of {turns} turns",
        size=table.size,
        turns=turns,
    )
    yield tr("vcam's engine: {engine}", engine=table.engine)
    yield tr("vcam's compiled loops are {used}", used=kernels.chosen())
    yield ""
    ratios = (tr("÷ model"), tr("÷ tutorial"), tr("÷ peer"))
    yield from _aligned([("", tr("processor"), "99 %", tr("wall"), *ratios), *rows])
    yield ""
    yield tr("What camera and virtual camera add")
    yield from _aligned(around)
    yield ""
    yield tr("Processor milliseconds by stage: median (99 %)")
    width = max(len(cost.name) for cost in table.costs)
    for cost in table.costs:
        if cost.stages:
            yield f"{cost.name:<{width}}  {_stages(cost)}"


def text_of_looks(looks: Sequence[LookCost]) -> Iterator[str]:
    """One row per look."""
    yield tr("What each look costs, in processor milliseconds a frame")
    yield from _aligned(
        [
            ("", tr("processor"), tr("÷ model")),
            *(
                (tr(each.name), f"{each.cpu_ms:.2f}", f"{each.to_model:.2f}")
                for each in looks
            ),
        ]
    )


def text_of_curve(tables: Mapping[str, Table]) -> Iterator[str]:
    """Processor time and, in brackets, its ratio to the floor, by candidate and size."""
    names = [cost.name for cost in next(iter(tables.values())).costs]
    rows = [(tr("processor ms (÷ model)"), *tables)]
    for name in names:
        cells = []
        for table in tables.values():
            cost = table.cost(name)
            cells.append(f"{cost.cpu.median_ms:.1f} ({table.to_floor(cost):.2f})")
        rows.append((_shown(name), *cells))
    yield from _aligned(rows)


def text_of_live(live: Live, name: str) -> Iterator[str]:
    """A live run in a few lines."""
    seconds = f"{live.seconds:.0f}"
    if live.load:
        yield tr_count(
            "Live for {seconds} s, beside {count} busy loop: {name}",
            "Live for {seconds} s, beside {count} busy loops: {name}",
            live.load,
            seconds=seconds,
            name=name,
        )
    else:
        yield tr("Live for {seconds} s: {name}", seconds=seconds, name=name)
    rows = (
        (
            tr("latency"),
            tr(
                "{median} ms (95 %: {p95}, 99 %: {p99}) from the camera to publishing",
                median=f"{live.latency_p50_ms:.1f}",
                p95=f"{live.latency_p95_ms:.1f}",
                p99=f"{live.latency_p99_ms:.1f}",
            ),
        ),
        (
            tr("frames"),
            tr(
                "{fps} per second, {dropped} of {all} dropped, at quality {quality}",
                fps=f"{live.fps:.1f}",
                dropped=live.dropped,
                all=live.published + live.dropped,
                quality=live.quality,
            ),
        ),
        (
            tr("processor"),
            tr(
                "{percent} % of a core, decoding included",
                percent=f"{live.cpu_percent:.0f}",
            ),
        ),
        (tr("memory"), _memory(live)),
        (
            tr("start"),
            tr("{seconds} s to the first picture", seconds=f"{live.first_frame_s:.2f}"),
        ),
    )
    width = max(len(title) for title, _ in rows)
    for title, text in rows:
        yield f"  {title:<{width}}  {text}"
    if live.load:
        columns = (tr("frames"), tr("dropped"), tr("latency"), tr("worst"), tr("quality"))
        yield from _aligned(
            [
                (f"  {tr('second')}", *columns),
                *(_second(at, each) for at, each in enumerate(live.by_second, start=1)),
            ]
        )


def _memory(live: Live) -> str:
    if live.peak_memory_mb is None:
        return tr("unknown at most, {count} threads", count=live.threads)
    return tr(
        "{size} MB at most, {count} threads",
        size=f"{live.peak_memory_mb:.0f}",
        count=live.threads,
    )


def _second(number: int, second: Second) -> tuple[str, ...]:
    median_ms, worst_ms = (
        "" if each is None else f"{each:.0f} ms"
        for each in (second.latency_p50_ms, second.latency_worst_ms)
    )
    counts = (str(second.published), str(second.dropped))
    return (f"  {number}", *counts, median_ms, worst_ms, second.quality)


def machine() -> dict[str, object]:
    """The machine that this was measured on."""
    return {
        "system": platform.system(),
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "vcam": __version__,
    }


def values_of(
    tables: Sequence[Table],
    live: Mapping[str, Live],
    commands_s: Mapping[str, float],
    looks: Sequence[LookCost] = (),
) -> dict[str, object]:
    """Everything as plain values, for JSON; docs/performance.md describes the format."""
    return {
        "machine": machine(),
        "kernels": str(kernels.chosen()),
        "engine": next((table.engine for table in tables), ""),
        "sizes": {
            str(table.size): [_values(table, cost) for cost in table.costs]
            for table in tables
        },
        "looks": [
            {
                "name": each.name,
                "cpu_ms": round(each.cpu_ms, 3),
                "to_model": _ratio(each.to_model),
            }
            for each in looks
        ],
        "live": {name: asdict(each) for name, each in live.items()},
        "commands_s": commands_s,
    }


def _values(table: Table, cost: Cost) -> dict[str, Any]:
    return {
        "name": cost.name,
        "cpu": _rounded(cost.cpu),
        "wall": _rounded(cost.wall),
        "to_model": _ratio(table.to_floor(cost)),
        "to_tutorial": _ratio(table.to(NAIVE, cost)),
        "to_peer": _ratio(table.to(PEER, cost)),
        "stages": {
            stage: {"cpu": _rounded(cpu), "wall": _rounded(wall)}
            for stage, (cpu, wall) in cost.stages.items()
        },
    }


def _ratio(ratio: float | None) -> float | None:
    return None if ratio is None or math.isnan(ratio) else round(ratio, 3)


def _rounded(spread: Spread) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(spread).items()}


def _shown(name: str) -> str:
    """A candidate's name for people; those with a background keep theirs."""
    return tr(name) if name in (FLOOR, OWN, *AROUND) else name


def _row(table: Table, cost: Cost) -> tuple[str, ...]:
    others = [table.to(who, cost) for who in (NAIVE, PEER)]
    return (
        _shown(cost.name),
        f"{cost.cpu.median_ms:.2f}",
        f"{cost.cpu.p99_ms:.2f}",
        f"{cost.wall.median_ms:.2f}",
        "1" if cost.name == FLOOR else f"{table.to_floor(cost):.2f}",
        *("" if ratio is None else f"{ratio:.2f}" for ratio in others),
    )


def _stages(cost: Cost) -> str:
    return "  ".join(
        f"{tr(stage)} {cpu.median_ms:.2f} ({cpu.p99_ms:.2f})"
        for stage, (cpu, _) in cost.stages.items()
        if cpu.median_ms >= SHOWN_MS
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for first, *rest in rows:
        cells = [f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True)]
        yield "  ".join([f"{first:<{widths[0]}}", *cells]).rstrip()
