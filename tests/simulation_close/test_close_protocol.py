"""RELIABILITY 1.4 on the real code: no close takes effect twice, whatever the network does, and nothing untrue is said.

A seed is replayed with ``run_seeds([seed], SCENARIOS[name])``.
"""

import pytest

from core.actions import Actions
from tests.simulation_close import weaker
from tests.simulation_close.exchange import SCENARIOS
from tests.simulation_close.run import run_seeds

# Of each scenario: 60,000 in make test (about a minute of one core), 10,000,000 more in make soak.
SEEDS, SOAKED_SEEDS = 12_000, 2_000_000


def bad_seeds(name: str, seeds: range) -> list[str]:
    """Runs that broke a promise, the first few of them."""
    results = run_seeds(seeds, SCENARIOS[name])
    assert sum(result.executed for _, result in results) > 0.95 * len(results)  # it does close positions
    return [f"{name} {seed}: {result}" for seed, result in results if not result.is_good][:5]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_close_takes_effect_once(name: str) -> None:
    assert bad_seeds(name, range(SEEDS)) == []


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_close_takes_effect_once_in_millions_of_runs(name: str) -> None:
    for start in range(SEEDS, SEEDS + SOAKED_SEEDS, 100_000):
        assert bad_seeds(name, range(start, start + 100_000)) == []


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
        (weaker.BelievesLaterRefusals, "late", 4_000),
        (weaker.TwoAtOnce, "double_clicked", 200),
    ],
)
def test_a_weaker_protocol_is_caught(protocol: type[Actions], name: str, within: int) -> None:
    """Mutants: a test that never failed proves little."""
    results = run_seeds(range(within), SCENARIOS[name], protocol, until=lambda result: result.executed > 1)
    assert results[-1][1].executed > 1
