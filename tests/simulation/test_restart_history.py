"""V30 over weeks: whatever was kept before a restart is kept after it, and nothing beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.laws import Laws
from tests.simulation.world import World

DAY_S = 86_400.0


@pytest.fixture
def world(tmp_path: Path):
    made = World(7, folder=tmp_path)
    made.act("transfer", amount="5000000", coin="USDT")
    yield made
    made.close()


def live(world: World, laws: Laws, *sides: str) -> None:
    """A run of the desk: start, trade, stop."""
    world.start(remembers=True)
    laws.renew()
    world.run_until(lambda: world.snapshot.links.is_live, 30.0)
    for side in sides:
        assert world.act("trade", symbol="SOLUSDT", side=side, qty="10") is not None
        world.run(1)
    world.run(6)
    laws.check_history()
    world.stop()


def test_a_life_that_began_before_what_is_recalled_stays_one_life(world: World) -> None:
    """Its end is among the executions of the last thirty days, its beginning is not."""
    laws = Laws(world)
    live(world, laws, "Buy")
    world.loop.jump(20 * DAY_S)
    live(world, laws, "Sell", "Buy", "Sell")
    for _ in range(2):
        world.loop.jump(8 * DAY_S)
        live(world, laws, "Buy", "Sell")


def test_a_life_that_ended_while_no_desk_ran_is_told_whole(world: World) -> None:
    """Begun two months ago with a desk beside it, ended in the week before the next one."""
    laws = Laws(world)
    live(world, laws, "Buy", "Sell", "Buy")
    for _ in range(8):
        world.loop.jump(7 * DAY_S)
        live(world, laws)
    assert world.act("trade", symbol="SOLUSDT", side="Sell", qty="10") is not None
    world.loop.jump(DAY_S)
    live(world, laws, "Sell")


def test_positions_that_turn_round_are_recalled_from_where_they_began(world: World) -> None:
    """No moment between two lives was flat: one execution ended the one and began the other."""
    laws = Laws(world)
    live(world, laws, "Buy", "Sell", "Buy")
    for side in ("Sell", "Sell", "Buy", "Buy", "Sell"):
        world.loop.jump(16 * DAY_S)
        live(world, laws, side)


def test_legs_of_one_symbol_are_recalled_each_from_its_own_beginning(world: World) -> None:
    """The long was opened first of all and stays; the short beside it comes and goes."""
    world.act("hedge", symbol="BTCUSDT")
    laws = Laws(world)

    def run(*moves: tuple[str, int]) -> None:
        world.start(remembers=True)
        laws.renew()
        world.run_until(lambda: world.snapshot.links.is_live, 30.0)
        for side, idx in moves:
            assert world.act("trade", symbol="BTCUSDT", side=side, qty="0.01", idx=idx) is not None
            world.run(1)
        world.run(6)
        laws.check_history()
        assert world.snapshot.position("BTCUSDT", 1).realised_pnl is not None
        world.stop()

    run(("Buy", 1), ("Sell", 2))
    world.loop.jump(20 * DAY_S)
    run(("Buy", 2), ("Sell", 2))
    for _ in range(3):
        world.loop.jump(18 * DAY_S)
        run(("Buy", 2), ("Sell", 2))
