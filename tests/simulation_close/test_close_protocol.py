"""RELIABILITY 1.4 on the real code: no close takes effect twice, whatever the network does, and nothing untrue is said.

A seed is replayed with ``run_seeds([seed], SCENARIOS[name])``.
"""

import itertools
import os
from pathlib import Path

import pytest

from core.actions import Actions
from core.intents import repeating
from tests.simulation_close import weaker
from tests.simulation_close.exchange import SCENARIOS
from tests.simulation_close.run import run_seeds
from tests.simulation_close.sweep import CLOSED_RATIO, PART, Progress, Swept, sweep, sweep_part
from tests.simulation_close.way_out import WAY_OUT, WayOut

# Of each scenario: 100,000 in make test (about 100 s of one core), 10,000,000 more in make soak (3 hours of one core).
SEEDS, SOAKED_SEEDS = 20_000, 2_000_000
WAYS, SOAKED_WAYS = 600, 100_000


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_close_takes_effect_once(name: str) -> None:
    assert sweep_part(name, 0, SEEDS).bad == ()


@pytest.mark.soak
@pytest.mark.timeout(14_400)
def test_a_close_takes_effect_once_in_millions_of_runs() -> None:
    """All of them in one run, or those of each scenario that the environment names: ``CLOSE_SEEDS=420000:400000``."""
    first, count = map(int, os.environ.get("CLOSE_SEEDS", f"{SEEDS}:{SOAKED_SEEDS}").split(":"))
    seeds = 0
    for swept in sweep(range(first, first + count, PART)):
        assert swept.bad == ()
        seeds += swept.seeds
    assert seeds == count * len(SCENARIOS)


def test_a_sweep_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    state = tmp_path / "closes"
    swept = [Swept(name, 20_000, 40, (), 39) for name in SCENARIOS]
    Progress(state, 20_000).note(swept)
    again = Progress(state, 20_000)
    assert (again.next, again.seeds, again.closes) == (20_040, 200, 195)


def test_a_sweep_over_processes_is_the_same_as_in_this_one() -> None:
    """And it stops at once when nobody takes any more of it."""
    swept = list(itertools.islice(sweep(range(0, 10_000, 40), processes=2, part=40), 6))
    assert swept == [sweep_part(one.name, one.start, 40) for one in swept]
    assert [(one.name, one.start) for one in swept] == [*((name, 0) for name in SCENARIOS), ("network", 40)]


def test_the_same_seed_gives_the_same_run() -> None:
    for scenario in SCENARIOS.values():
        alone = [run_seeds([seed], scenario)[0][1]._replace(longest_unknown_s=0.0) for seed in (3, 7)]
        together = {seed: result._replace(longest_unknown_s=0.0) for seed, result in run_seeds(range(8), scenario)}
        assert alone == [together[3], together[7]]


@pytest.mark.parametrize(
    ("protocol", "name", "within"),
    [
        (weaker.BlindRetry, "network", 60),
        (weaker.LibraryVerdict, "network", 200),
        (weaker.OneLook, "network", 200),
        (weaker.NewIdEachTime, "late", 2_000),
        (weaker.ForgetsWhatItSent, "killed", 200),
        (weaker.JournalsAfterwards, "killed", 1_000),
        (weaker.TwoAtOnce, "double_clicked", 200),
        (weaker.LooksInItsTurnOnly, "double_clicked", 4_000),
        (weaker.NewIdAfterRefusal, "network", 4_000),
    ],
)
def test_a_weaker_protocol_is_caught(protocol: type[Actions], name: str, within: int) -> None:
    """Mutants: a test that never failed proves little."""
    results = run_seeds(range(within), SCENARIOS[name], protocol, until=lambda result: result.executed > 1)
    assert results[-1][1].executed > 1


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seeds", [WAYS, pytest.param(SOAKED_WAYS, marks=pytest.mark.soak)])
def test_a_way_out_hits_no_other_position(seeds: int) -> None:
    """Beside orders without a trace that may still be carried out, and after kills."""
    results = run_seeds(range(seeds), WAY_OUT, run_type=WayOut)
    assert [found for found in results if not found[1].is_good] == []
    assert sum(result.orders > 1 for _, result in results) > 0.05 * seeds
    assert sum(result.executed for _, result in results) > CLOSED_RATIO * seeds


def test_a_way_out_that_does_not_wait_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two guards: a close is without a trace only after a while, and so is the way out. One alone is enough."""
    found = {"run_type": WayOut, "until": lambda result: result.harm > 0}
    results = run_seeds(range(WAYS), WAY_OUT, weaker.FindsNoTraceSoon, **found)
    assert not any(result.harm for _, result in results)
    monkeypatch.setattr(repeating, "ADMITTED_MS", 0)
    assert run_seeds(range(WAYS), WAY_OUT, weaker.FindsNoTraceSoon, **found)[-1][1].harm


def test_another_quantity_under_an_id_whose_end_is_unknown_is_caught() -> None:
    """V25."""
    within = range(1_000)
    results = run_seeds(within, SCENARIOS["late"], weaker.AnotherQuantity, until=lambda result: bool(result.lies))
    assert results[-1][1].lies
