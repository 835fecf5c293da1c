"""Hours at fifty messages a second: what the desk holds in memory stays within its bounds (P29, V32)."""

from __future__ import annotations

import asyncio
import gc
import os
import random
from pathlib import Path

import pytest

from core import equity, excursions, lives, orders
from core.audit_trail import SHOWN
from core.commands import KEPT
from core.paper.outbox import Event
from tests.simulation.world import World

SYMBOLS = ("SOLUSDT", "ETHUSDT", "LINKUSDT", "AVAXUSDT", "XRPUSDT", "DOGEUSDT", "BNBUSDT", "ADAUSDT")
QTY = dict(zip(SYMBOLS, ("5", "0.5", "50", "20", "500", "2000", "1", "500"), strict=True))
STEP_S = 0.2
TICKS_PER_STEP = 10
TRADE_EVERY_S = 4.0
HOUR_S = 3_600.0
GROWTH_MB = 20.0

STATM = Path("/proc/self/statm")


def memory_mb() -> float:
    """Resident memory of this process; 0 where the system does not tell, then only the bounds are held."""
    gc.collect()
    if not STATM.exists():
        return 0.0
    pages = int(STATM.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


class Traffic:
    """Ticker deltas of what is open, and a bot that opens, reduces and closes."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._rng = random.Random(f"{seed}:traffic")
        self.messages = 0
        carry = world.network.carry

        def counted(line: object, text: str, *, is_data: bool) -> None:
            self.messages += is_data
            carry(line, text, is_data=is_data)

        world.network.carry = counted

    async def flow(self) -> None:
        """Until cancelled."""
        steps = 0
        while True:
            self._tick()
            steps += 1
            if steps % int(TRADE_EVERY_S / STEP_S) == 0:
                self._trade()
            await asyncio.sleep(STEP_S)

    def _tick(self) -> None:
        held = [p.instrument for p in self._world.exchange.venue.ledger.open_positions()] or [None]
        events = []
        for _ in range(TICKS_PER_STEP):
            instrument = self._rng.choice(held)
            if instrument is not None:
                price = instrument.price_text(instrument.start_price * self._rng.randrange(9_990, 10_010) / 10_000)
                row = {"symbol": instrument.symbol, "lastPrice": price, "markPrice": price, "indexPrice": price}
                now = self._world.clock.now_ms()
                events.append(Event(f"tickers.{instrument.symbol}", "linear", "delta", row, now, 0))
        self._world.network.hub.publish(events)

    def _trade(self) -> None:
        symbol = self._rng.choice(SYMBOLS)
        held = self._world.exchange.venue.position(symbol, 0)
        side = self._rng.choice(("Buy", "Sell")) if not held.size else "Sell" if held.side == "Buy" else "Buy"
        self._world.door.catch_up()
        self._world.exchange.stage("trade", symbol=symbol, side=side, qty=QTY[symbol])
        self._world.door.flush()


def live(hours: float) -> tuple[float, int, World]:
    """Warm up for a tenth of an hour, then live on; gives the growth in MB and the number of messages."""
    world = World(5)
    world.act("transfer", amount="5000000")
    for symbol in SYMBOLS:
        world.act("trade", symbol=symbol, side="Buy", qty=QTY[symbol])
    world.start()
    world.converge()
    traffic = Traffic(world, 5)
    flowing = world.loop.create_task(traffic.flow())
    world.run(HOUR_S / 10)
    before, traffic.messages = memory_mb(), 0
    world.run(hours * HOUR_S)
    grown = memory_mb() - before - exchange_mb(world)
    flowing.cancel()
    world.converge()
    return grown, traffic.messages, world


def exchange_mb(world: World) -> float:
    """What the exchange in this process keeps for ever, and the desk's process would not hold: about 1.5 kB a fill."""
    return len(world.exchange.venue.ledger.executions) * 1.5 / 1024


def hold_bounds(world: World) -> None:
    """Every declared bound."""
    shown, book = world.snapshot, world.manager.engine.book
    assert max(len(shown.events), len(shown.executions)) <= SHOWN
    assert len(shown.equity_curve) <= equity.MAX_POINTS
    assert len(shown.commands) <= KEPT
    assert len(book.ledger.orders._past) <= orders.REMEMBERED
    assert len(book.lives._archive) <= lives.MAX_CLOSED
    assert all(len(tape.executions) <= lives.MAX_TAPE for tape in book.lives._tapes.values())
    assert all(len(seen) <= lives.MAX_TAPE for seen in book.lives._seen.values())
    assert world.manager.engine.inbox.is_empty
    assert len(book.holdings.excursions._lives) <= excursions.MAX_LIVES
    assert not book.lives._changes


def test_an_hour_at_fifty_messages_a_second() -> None:
    grown, messages, world = live(1)
    try:
        assert messages >= 48 * HOUR_S
        hold_bounds(world)
        assert grown <= GROWTH_MB
    finally:
        world.close()


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_day_at_fifty_messages_a_second() -> None:
    grown, messages, world = live(24)
    try:
        assert messages >= 48 * 24 * HOUR_S
        hold_bounds(world)
        assert grown <= GROWTH_MB
    finally:
        world.close()
