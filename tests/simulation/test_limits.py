"""One number says how many positions bots may have open at once, whether they ask first or not."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.errors import BadValue, Unreachable
from core.intents import OpenPosition
from tests.simulation.scenes import BTC, COIN, LINK, SOL, Stage, stage

D = Decimal


def opening(symbol: str, qty: str) -> OpenPosition:
    return OpenPosition(symbol=symbol, side="Buy", position_idx=0, qty=D(qty))


def refused(play: Stage, symbol: str) -> list[str]:
    """What is asked first says of one more position."""
    manager = play.world.manager
    return [issue.code for issue in manager.validate_position_parameters(symbol, D(10), D(10))]


def test_asking_first_and_opening_go_by_the_same_number() -> None:
    with stage() as play:
        play.open()
        manager = play.world.manager
        manager.max_concurrent_positions = 2
        for symbol, side in ((SOL, "Buy"), (COIN, "Buy"), (LINK, "Buy")):
            play.trade(symbol, side)
        play.world.converge()
        play.trade(LINK, "Sell")  # its price stays known
        play.world.converge()
        assert refused(play, LINK) == ["too_many_positions"]
        with pytest.raises(BadValue, match="too_many_positions"):
            play.world.do(manager.open_position(opening(LINK, "10")))
        manager.max_concurrent_positions = 3
        assert refused(play, LINK) == []
        assert play.world.do(manager.open_position(opening(LINK, "10"))).state == "done"
        manager.max_concurrent_positions = None
        assert refused(play, BTC) != ["too_many_positions"]


def test_openings_at_once_keep_to_the_number_together() -> None:
    """A bot asks for two in one breath: neither is a position yet when the other is judged."""
    with stage() as play:
        play.open()
        for side in ("Buy", "Sell"):  # so that their prices are known
            for symbol in (SOL, LINK):
                play.trade(symbol, side)
            play.pass_time(2)
        manager = play.world.manager
        manager.max_concurrent_positions = 1

        async def both() -> list[object]:
            asked = (manager.open_position(opening(symbol, "10")) for symbol in (SOL, LINK))
            return await asyncio.gather(*asked, return_exceptions=True)

        first, second = play.world.do(both())
        assert isinstance(second, BadValue), "both were opened"
        assert (first.state, second.code) == ("done", "too_many_positions")
        assert [position.symbol for position in play.world.snapshot.positions] == [SOL]


def test_nothing_is_opened_before_it_is_known_what_is_open() -> None:
    """A bot that does not wait: contracts are known a moment before positions and the key's rights are."""
    with stage() as play:
        play.trade(SOL, "Buy")
        play.world.start()
        manager = play.world.manager
        manager.set_armed(True)
        manager.max_concurrent_positions = 1
        while not play.world.snapshot.instruments:
            play.world.run(0.01)
        assert manager.engine.book.awaits_baseline
        resting = replace(opening(LINK, "10"), order_type="Limit", price=D(10))
        with pytest.raises(Unreachable, match="not_connected"):
            play.world.do(manager.open_position(resting))
