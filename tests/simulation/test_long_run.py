"""Hours at fifty messages a second: what the desk holds in memory stays within its bounds (P29, V32).

The exchange lives in the same process and remembers everything for ever, so the process's growth says little. What the
desk holds is weighed object by object (tests.simulation.memory): all that can be reached from the manager, its running
tasks and the core's modules, the exchange and the harness left out. It is compared with the end of the first hour, when
what begins empty has something in it. Resident memory less both (the interpreter, code, what libraries keep in C, the
allocator's slack for desk and exchange) is logged beside it and not judged: nobody can tell whose it is.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from typing import NamedTuple

import pytest

from core import equity, excursions, lives, orders
from core.audit_trail import SHOWN
from core.commands import KEPT
from core.paper.instruments import Instrument
from core.paper.outbox import Event
from tests.simulation.memory import MEGABYTE, Scales, globals_of, resident_mb
from tests.simulation.world import World

SYMBOLS = ("SOLUSDT", "ETHUSDT", "LINKUSDT", "AVAXUSDT", "XRPUSDT", "DOGEUSDT", "BNBUSDT", "ADAUSDT")
QTY = dict(zip(SYMBOLS, ("5", "0.5", "50", "20", "500", "2000", "1", "500"), strict=True))
# Fifty at once, each second: a burst costs the harness, and the desk, far less than as many moments.
STEP_S = 1.0
TICKS_PER_STEP = 50
TRADE_EVERY_S = 4.0
PRICES = 200
HOUR_S = 3_600.0
# In a day; in half an hour the caches and lists that begin empty fill by less than half of it.
GROWTH_MB = 20.0
SOON_MB = 8.0

log = logging.getLogger(__name__)

DESK = Scales(is_foreign=lambda module: module.startswith(("tests.", "core.paper")))
EXCHANGE = Scales(is_foreign=lambda module: module.startswith("core.") and not module.startswith("core.paper"))


class Traffic:
    """Ticker deltas of what is open, and a bot that opens, reduces and closes."""

    def __init__(self, world: World, seed: int) -> None:
        self._world = world
        self._rng = random.Random(f"{seed}:traffic")
        self._rows: dict[str, list[dict[str, str]]] = {}
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
        held = [p.instrument for p in self._world.exchange.venue.ledger.open_positions()]
        now = self._world.clock.now_ms()
        choose = self._rng.choice
        for instrument in held:
            if instrument.symbol not in self._rows:
                self._rows[instrument.symbol] = [self._row(instrument) for _ in range(PRICES)]
        symbols = [choose(held).symbol for _ in range(TICKS_PER_STEP if held else 0)]
        self._world.network.hub.publish(
            Event(f"tickers.{symbol}", "linear", "delta", choose(self._rows[symbol]), now, 0) for symbol in symbols
        )

    def _row(self, instrument: Instrument) -> dict[str, str]:
        price = instrument.price_text(instrument.start_price * self._rng.randrange(9_990, 10_010) / 10_000)
        return {"symbol": instrument.symbol, "lastPrice": price, "markPrice": price, "indexPrice": price}

    def _trade(self) -> None:
        symbol = self._rng.choice(SYMBOLS)
        held = self._world.exchange.venue.position(symbol, 0)
        side = self._rng.choice(("Buy", "Sell")) if not held.size else "Sell" if held.side == "Buy" else "Buy"
        self._world.door.catch_up()
        self._world.exchange.stage("trade", symbol=symbol, side=side, qty=QTY[symbol])
        self._world.door.flush()


class Weights(NamedTuple):
    """What is held at a moment, in MB; ``owners`` are the bytes of the desk by class."""

    desk: float
    exchange: float
    resident: float
    owners: Counter[str]

    @property
    def beside(self) -> float:
        """What the process holds beside both."""
        return self.resident - self.desk - self.exchange


def weigh(world: World) -> Weights:
    """Forget what only the harness keeps, and weigh the rest."""
    world.network.forget_requests()
    world.notices.clear()
    resident = resident_mb()  # first: weighing itself takes room
    tasks = [("a task", task) for task in asyncio.all_tasks(world.loop)]
    desk = DESK.weigh([("manager", world.manager), *tasks, *globals_of("core.", but="core.paper")])
    parts = {"exchange": world.exchange, "door": world.door, "network": world.network, "truth": world.truth}
    exchange = EXCHANGE.weigh(parts.items())
    return Weights(desk.total() / MEGABYTE, exchange.total() / MEGABYTE, resident, desk)


def live(hours: float, *, warm_up_s: float) -> tuple[Weights, Weights, int, World]:
    """Warm up, then live on; what was held before and after, and the number of messages between."""
    world = World(5)
    world.act("transfer", amount="5000000")
    for symbol in SYMBOLS:
        world.act("trade", symbol=symbol, side="Buy", qty=QTY[symbol])
    world.start()
    world.converge()
    traffic = Traffic(world, 5)
    flowing = world.loop.create_task(traffic.flow())
    world.run(warm_up_s)
    before, traffic.messages = weigh(world), 0
    end = world.loop.time() + hours * HOUR_S
    while world.loop.time() < end:
        world.run(min(HOUR_S, end - world.loop.time()))
        log.info("%.0f hours left, %.0f MB resident", (end - world.loop.time()) / HOUR_S, resident_mb())
        world.network.forget_requests()
        world.notices.clear()
    after = weigh(world)
    log.info("desk %.1f -> %.1f MB, beside %.1f -> %.1f MB", before.desk, after.desk, before.beside, after.beside)
    flowing.cancel()
    world.converge()
    return before, after, traffic.messages, world


def hold_memory(before: Weights, after: Weights, most_mb: float) -> None:
    """The desk grew by no more than is allowed, and so did what cannot be told apart; the error names the owners."""
    owners = (after.owners - before.owners).most_common(12)
    names = "\n".join(f"{count / MEGABYTE:8.2f} MB {owner}" for owner, count in owners)
    log.info("%s", names)
    assert after.desk - before.desk <= most_mb, names


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


def live_and_judge(hours: float, warm_up_s: float, most_mb: float) -> None:
    """Everything that has to hold after so long."""
    before, after, messages, world = live(hours, warm_up_s=warm_up_s)
    try:
        assert messages >= 48 * hours * HOUR_S
        hold_bounds(world)
        hold_memory(before, after, most_mb)
    finally:
        world.close()


def test_half_an_hour_at_fifty_messages_a_second() -> None:
    live_and_judge(0.5, HOUR_S / 10, SOON_MB)


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_a_day_at_fifty_messages_a_second() -> None:
    """Run with ``--log-cli-level INFO`` to see the figures and the owners."""
    live_and_judge(24, HOUR_S, GROWTH_MB)
