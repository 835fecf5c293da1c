"""The benchmarks still fit what they measure: each is run at a tiny size, and nobody looks at its figures.

The rest (painting, streams, starts) needs a window's time or processes of its own, and is at least imported.
"""

import importlib
import itertools
import random
from typing import Any

import pytest

from benchmarks import __main__ as bench
from benchmarks import paper_load, stream_decode

SMALL: dict[str, dict[str, Any]] = {
    "reconcile": {"POSITIONS": 3, "PAIRS": 2, "CHANGES": 2, "FEW": 1, "MANY": 2},
    "statistics": {"FEW": 2, "MANY": 3, "PAIRS": 1, "SAMPLE": 2, "LOOPED": 3},
    "store": {"SIZES": (2, 3, 5), "TURNS": 1, "CHANGES": 1, "PAGE": 2, "OPENS": 1, "WRITES": 1, "CALM": 1},
    "charts": {"BARS": 20, "ROUNDS": 1, "TICKS": 1, "REBUILDS": 1},
    "equity": {"POINTS": 100, "IN_SIGHT": 90, "ROUNDS": 1, "PANS": 1},
}


@pytest.mark.parametrize("name", bench.modules())
def test_it_can_be_imported(name: str) -> None:
    assert callable(importlib.import_module(f"benchmarks.{name}").run)


@pytest.mark.parametrize("name", SMALL)
def test_it_runs(name: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    module = importlib.import_module(f"benchmarks.{name}")
    for constant, value in SMALL[name].items():
        monkeypatch.setattr(module, constant, value)
    # What takes no time on a coarse clock must not be divided by.
    clock = itertools.count()
    for reading in ("perf_counter", "thread_time", "process_time"):
        monkeypatch.setattr(module.time, reading, lambda: next(clock) / 1000)
    if name in {"charts", "equity"}:
        request.getfixturevalue("qapp")
        monkeypatch.setattr(module.app, "make_application", lambda: request.getfixturevalue("qapp"))
    rows = module.run()
    assert {"name", "budget", "measured", "ok", "unit"} <= set.intersection(*(set(row) for row in rows))
    assert bench.table(rows).count("\n") == len(rows)


def test_polls_are_read_whole() -> None:
    read, chance = stream_decode.our_reader(), random.Random(7)
    assert [read(stream_decode._positions_body(chance)) for _ in range(2)] == [500, 500]


def test_the_paper_exchange_takes_its_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper_load, "ORDERS", 2)
    assert paper_load.engine_orders("quiet") > 0
