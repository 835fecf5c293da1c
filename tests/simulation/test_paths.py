"""Two ways to the same book (V18): one desk hears only the stream, another only asks by REST, a third has both.

The exchange does the same in each world, to the same ids; what the desks show in the end may differ only in
when and from where it was received.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from core.model import Snapshot
from core.rounds import Intervals
from tests.simulation.scenes import BTC, COIN, MONEY, QTY, SOL, USDC
from tests.simulation.world import World

NEVER = Intervals(
    **dict.fromkeys(("positions_s", "orders_s", "executions_s", "wallet_s", "reconcile_s", "instruments_s"), 1e9)
)
# What says when and from where a row was received, and nothing about the account.
RECEIPT = ("mark_price", "mark_source", "mark_mono", "received_mono", "unrealised_pnl", "roe_pct", "last_price")
SEEN = ("best_pnl", "worst_pnl")
FIGURES_OF_NOW = ("position_im", "maintenance_margin", "liq_price", "adl_rank", "funding_rate", "next_funding_ms")
KEYS = ((SOL, 0), (USDC, 0), (COIN, 0), (BTC, 1), (BTC, 2))

Deed = Callable[[World], object]


def trade(symbol: str, idx: int, side: str, units: int) -> Deed:
    """Somebody trades at market."""
    qty = format(Decimal(QTY[symbol]) * units, "f")
    return lambda world: world.act("trade", symbol=symbol, side=side, qty=qty, idx=idx)


def by_itself(name: str, symbol: str, idx: int) -> Deed:
    """The exchange acts on a position, if there is one."""
    return lambda world: world.act(name, symbol=symbol, idx=idx)


def protect(symbol: str, idx: int, kind: str, percent: int) -> Deed:
    """Somebody sets a stop."""

    def run(world: World) -> object:
        venue = world.exchange.venue
        tick = venue.instrument(symbol).tick
        price = venue.mark(symbol) * (100 + percent) / 100 // tick * tick
        category = "inverse" if symbol == COIN else "linear"
        body = {"category": category, "symbol": symbol, "positionIdx": idx, kind: format(price, "f")}
        return world.command("set_trading_stop", body)

    return run


def move(symbol: str, percent: int) -> Deed:
    """The price goes, and whatever waited for it happens."""

    def run(world: World) -> object:
        price = format(world.exchange.venue.mark(symbol) * (100 + percent) / 100, "f")
        return world.act("price", symbol=symbol, last=price, mark=price, index=price)

    return run


keys = st.sampled_from(KEYS)
deeds = st.one_of(
    st.builds(lambda k, side, units: trade(*k, side, units), keys, st.sampled_from(["Buy", "Sell"]), st.integers(1, 3)),
    st.builds(lambda k, name: by_itself(name, *k), keys, st.sampled_from(["fund", "adl", "liquidate"])),
    st.builds(
        lambda k, kind, percent: protect(*k, kind, percent),
        keys,
        st.sampled_from(["stopLoss", "takeProfit"]),
        st.integers(-4, 4),
    ),
    st.builds(lambda k, percent: move(k[0], percent), keys, st.sampled_from([-5, -2, 2, 5])),
)


def stream_only(world: World) -> None:
    """Nothing is asked any more once the first baseline is there, the wallet aside, which a message of it calls for."""


def rest_only(world: World) -> None:
    """No frame arrives."""
    world.network.drop = 1.0


def play(script: list[Deed], prepare: Callable[[World], None], intervals: Intervals | None) -> Snapshot:
    """One world: arrive, live through the script, settle down."""
    world = World(11, intervals=intervals)
    try:
        for coin, amount in MONEY.items():
            world.act("transfer", amount=amount, coin=coin)
        world.act("hedge", symbol=BTC)
        world.start()
        world.run(2)
        prepare(world)
        # The same virtual times everywhere: the exchange stamps everything with them.
        for number, deed in enumerate(script):
            world.run(3 + number - world.loop.time())
            deed(world)
        world.run(66)
        return world.snapshot
    finally:
        world.close()


def account(shown: Snapshot) -> dict[str, Any]:
    """What a snapshot says about the account."""
    rows = [
        {k: v for k, v in asdict(p).items() if k not in (*RECEIPT, *SEEN, *FIGURES_OF_NOW)} for p in shown.positions
    ]
    return {
        "positions": rows,
        "orders": sorted((o for o in shown.orders), key=lambda o: o.order_id),
        "trades": [replace(trade, best_pnl=None, worst_pnl=None) for trade in shown.closed_trades],
        "executions": {e.exec_id for e in shown.executions},
        "totals": (shown.session.total_realised_pnl, shown.session.wins, shown.session.losses, shown.session.fees),
    }


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(deeds, min_size=1, max_size=12))
def test_stream_and_rest_end_in_the_same_book(script: list[Deed]) -> None:
    heard, asked = play(script, stream_only, NEVER), play(script, rest_only, None)
    both = play(script, lambda _: None, None)
    assert account(heard) == account(both)
    assert account(asked) == account(both)
    # The stream is silent when only the price of a coin in the wallet moves, so the two that ask are compared.
    assert asked.wallet is not None
    assert both.wallet is not None
    assert asked.wallet.wallet_balance == both.wallet.wallet_balance
