"""``check`` and the paper exchange agree: what passes is accepted, what is refused for size, tick or side is refused.

Both modes of position and of stops, linear (USDT and USDC) and inverse, contracts whose filters changed under an open
position. The engine's refusals are its own: it shares no rule with the core.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import BadValue, RateLimited, Rejected
from core.intents import (
    AmendOrder,
    ClosePosition,
    Intent,
    Issue,
    OpenPosition,
    SetLeverage,
    SetTradingStop,
    check,
)
from core.model import Instrument, Order, Position, Snapshot
from tests.core.paper_engine import Engine

D = Decimal

# Not of the intent but of the moment: the price band, money, risk tier, how many orders there may be.
OF_THE_MOMENT = {30208, 30209, 110007, 110090, 110013, 110009, 110020, 110061}
# Where the desk is stricter than Bybit has to be: the engine cuts, rounds, or has nothing to object.
STRICTER = {
    "sl_beyond_liq", "nothing_to_change", "qty_above_size", "trailing_too_small", "position_exists", "stale",
    "size_missing", "qty_follows_position", "trailing_needs_full", "price_missing", "order_gone",
    "price_not_used", "trigger_not_used",
}  # fmt: skip
LAST, MARK, INDEX = "LastPrice", "MarkPrice", "IndexPrice"


def is_stricter(issue: Issue) -> bool:
    """Whether the engine may well accept what the desk refuses for this reason."""
    is_rounded = (issue.field, issue.code) == ("trailing_stop", "price_off_tick")
    is_taken_from_other_leg = issue.field in {"tp_size", "sl_size"} and issue.code == "qty_not_positive"
    return issue.code in STRICTER or is_rounded or is_taken_from_other_leg


class Scene:
    """An account with positions of every kind, and orders of every kind on one of them."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.engine = engine = Engine()
        stage = engine.exchange.stage
        stage("hedge", symbol="BTCUSDT", on=True)
        for symbol, last in (("SOLUSDT", D(120)), ("BTCUSDT", D(67600)), ("BTCPERP", D(67600)), ("BTCUSD", D(67600))):
            off = draw(st.sampled_from([D("0.999"), D(1), D("1.001")]))
            stage("price", symbol=symbol, last=str(last), mark=str(last * off), index=str(last * (2 - off)))
        engine.trade("SOLUSDT", draw(st.sampled_from(["Buy", "Sell"])), D(10))
        engine.trade("BTCUSDT", "Buy", D("0.100"), 1)
        engine.trade("BTCUSDT", "Sell", D("0.050"), 2)
        engine.trade("BTCPERP", "Buy", D("0.100"))
        engine.trade("BTCUSD", draw(st.sampled_from(["Buy", "Sell"])), D(1000))
        self._place_orders()
        filters = draw(
            st.sampled_from(
                [
                    {},
                    {"step": "0.3", "min_qty": "0.3"},
                    {"min_qty": "12"},
                    {"max_market_qty": "4", "max_qty": "6"},
                    {"tick": "0.25"},
                ]
            )
        )
        if filters:
            stage("filters", symbol="SOLUSDT", **filters)

    def _place_orders(self) -> None:
        """A limit order that reduces, one that opens, a conditional one, and stops of both modes."""
        side = next(p.side for p in self.engine.snapshot().positions if p.symbol == "SOLUSDT")
        is_long = side == "Buy"
        out, away = ("Sell", D("125")) if is_long else ("Buy", D("115"))
        where = {"category": "linear", "symbol": "SOLUSDT", "positionIdx": 0}
        create = self.engine.exchange.create_order
        create({**where, "side": out, "orderType": "Limit", "qty": "2", "price": str(away), "reduceOnly": True})
        create({**where, "side": "Buy", "orderType": "Limit", "qty": "1", "price": "118"})
        create(
            {**where, "side": "Buy", "orderType": "Market", "qty": "1", "triggerPrice": "126", "triggerDirection": 1}
        )
        stop = {"stopLoss": "114", "takeProfit": "126"} if is_long else {"stopLoss": "126", "takeProfit": "114"}
        self.engine.exchange.set_trading_stop({**where, "tpslMode": "Full", **stop, "trailingStop": "3"})
        sizes = {"tpSize": "2", "slSize": "2"}
        self.engine.exchange.set_trading_stop({**where, "tpslMode": "Partial", **stop, **sizes})


def prices(instrument: Instrument, *anchors: Decimal | None) -> st.SearchStrategy[Decimal]:
    """Prices near anything that matters, on the grid and off it, and far away."""
    near = [a for a in (*anchors, instrument.min_price, instrument.max_price) if a is not None]
    grid = st.builds(
        lambda anchor, steps: (anchor // instrument.tick + steps) * instrument.tick,
        st.sampled_from(near),
        st.integers(-3, 3) | st.integers(-3000, 3000),
    )
    off = grid.map(lambda price: price + instrument.tick / 4)
    return grid | grid | off | st.sampled_from([D(0), D(-1), D("0.004")])


def quantities(instrument: Instrument, *anchors: Decimal | None) -> st.SearchStrategy[Decimal]:
    """Quantities near anything that matters, on the step and off it."""
    limits = (instrument.min_qty, instrument.max_qty, instrument.max_market_qty, D(0))
    near = [a for a in (*anchors, *limits) if a is not None]
    steps = st.integers(-2, 2).map(lambda n: instrument.step * n)
    return st.builds(lambda a, more: a + more, st.sampled_from(near), steps | st.just(instrument.step / 4))


@st.composite
def intents(draw: st.DrawFn, shown: Snapshot) -> Intent:
    """Anything that a dialog or a bot might ask for about this account: sound, but often for a field or two."""
    position = draw(st.sampled_from(shown.positions))
    make = draw(st.sampled_from([_close, _full_stop, _full_stop, _partial_stop, _partial_stop, _amend, _open, _lever]))
    contract = shown.instruments[position.category, position.symbol]
    sound, wild = make(draw, shown, position, contract)
    changed = draw(st.lists(st.sampled_from(sorted(wild)), max_size=2, unique=True))
    return replace(sound, **{name: draw(wild[name]) for name in changed})


def _where(position: Position) -> dict[str, Any]:
    return {"symbol": position.symbol, "position_idx": position.position_idx, "category": position.category}


def _anchors(shown: Snapshot, position: Position) -> tuple[Decimal | None, ...]:
    price = shown.prices[position.category, position.symbol]
    return price.last_price, price.mark_price, price.index_price, position.liq_price, position.entry_price


def _at(base: Decimal | None, ratio: str, instrument: Instrument) -> Decimal:
    assert base is not None
    return (base * D(ratio) // instrument.tick) * instrument.tick


Asked = tuple[Intent, dict[str, st.SearchStrategy[Any]]]


def _close(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    near = prices(instrument, *_anchors(shown, position))
    limit = {"order_type": "Limit", "price": _at(position.last_price, "1", instrument)}
    kind = draw(st.sampled_from([{}, limit]))
    sound = ClosePosition(**_where(position), qty=instrument.step * 2, side=position.side, **kind)
    return sound, {"qty": quantities(instrument, position.size, position.size / 2), "price": near}


def _full_stop(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    near = st.none() | prices(instrument, *_anchors(shown, position))
    loss, profit = ("0.98", "1.02") if position.is_long else ("1.02", "0.98")
    sound = SetTradingStop(
        **_where(position),
        take_profit=_at(position.last_price, profit, instrument),
        stop_loss=_at(position.last_price, loss, instrument),
        trigger_by=draw(st.sampled_from([LAST, MARK, INDEX])),
        side=position.side,
    )
    distances = st.none() | st.integers(0, 400).map(lambda n: instrument.tick * n / 4) | near
    return sound, {"take_profit": near, "stop_loss": near, "trailing_stop": distances, "active_price": near}


def _partial_stop(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    sound, wild = _full_stop(draw, shown, position, instrument)
    sizes = st.none() | quantities(instrument, position.size, position.size / 2)
    size = max(instrument.min_qty, instrument.step)
    partial = replace(sound, tpsl_mode="Partial", tp_size=size, sl_size=size)
    order_types = st.sampled_from(["Market", "Limit"])
    return partial, wild | {
        "tp_size": sizes,
        "sl_size": sizes,
        "tp_order_type": order_types,
        "tp_limit_price": st.none() | prices(instrument, *_anchors(shown, position)),
    }


def _amend(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    if not shown.orders:
        return _close(draw, shown, position, instrument)
    order: Order = draw(st.sampled_from(shown.orders))
    contract = shown.instruments[order.category, order.symbol]
    held = shown.position(order.symbol, order.position_idx, order.category)
    near = st.none() | prices(contract, *(_anchors(shown, held) if held else ()), order.price, order.trigger_price)
    sound = AmendOrder(
        symbol=order.symbol,
        position_idx=order.position_idx,
        category=order.category,
        order_id=order.order_id,
        price=order.price + contract.tick if order.price else None,
        trigger_price=order.trigger_price + contract.tick if order.trigger_price else None,
    )
    sizes = st.none() | quantities(contract, order.qty, held.size if held else None)
    return sound, {"qty": sizes, "price": near, "trigger_price": near, "order_id": st.just("nobody")}


def _open(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    key = draw(st.sampled_from([("linear", "ETHUSDT"), ("linear", "ETHPERP"), ("inverse", "ETHUSD"), position.key[:2]]))
    contract, price = shown.instruments[key], shown.prices[key]
    side = draw(st.sampled_from(["Buy", "Sell"]))
    limit = {"order_type": "Limit", "price": price.last_price}
    sound = OpenPosition(
        symbol=key[1],
        category=key[0],
        side=side,
        position_idx=draw(st.sampled_from([0, 1 if side == "Buy" else 2])) if key[1] == "ETHUSDT" else 0,
        qty=contract.step * 20,
        leverage=draw(st.sampled_from([None, D(5), D("7.50")])),
        stop_loss=_at(price.last_price, "0.95" if side == "Buy" else "1.05", contract),
        trigger_by=draw(st.sampled_from([LAST, MARK, INDEX])),
        **draw(st.sampled_from([{}, limit])),
    )
    near = prices(contract, price.last_price, price.mark_price, price.index_price)
    return sound, {
        "qty": quantities(contract, contract.step * 20),
        "price": near,
        "take_profit": near,
        "stop_loss": near,
        "leverage": st.sampled_from([D("0.5"), D("3.333"), D(500)]),
        "position_idx": st.sampled_from([0, 1, 2]),
        "side": st.sampled_from(["Buy", "Sell"]),
    }


def _lever(draw: Any, shown: Snapshot, position: Position, instrument: Instrument) -> Asked:
    leverage = draw(st.sampled_from([D(5), D("12.50"), D("7.5")]))
    wild = st.sampled_from([D("0.5"), D("3.333"), D(500), D(10), D(1)])
    return SetLeverage(**_where(position), leverage=leverage), {"leverage": wild}


def agree(data: st.DataObject) -> None:
    """Ask for eight things in turn; the check and the engine have to agree on each."""
    scene = Scene(data.draw)
    for _ in range(8):
        shown = scene.engine.snapshot()
        if not shown.positions:
            return
        intent = data.draw(intents(shown))
        issues = check(intent, shown)
        held = shown.position(intent.symbol, intent.position_idx, intent.category)
        try:
            scene.engine.send(intent, held.side if held else "")
        except BadValue:
            assert issues, intent  # what can never be sent is stopped on the last yard
        except (Rejected, RateLimited) as error:
            refusal = error if isinstance(error, Rejected) else error.__cause__  # of what had to be set first
            assert isinstance(refusal, Rejected)
            event(f"{type(intent).__name__} refused {refusal.ret_code}")
            assert issues or refusal.ret_code in OF_THE_MOMENT, (str(refusal), intent)
        else:
            event(f"{type(intent).__name__} accepted")
            assert not issues or any(is_stricter(issue) for issue in issues), (issues, intent)


@settings(deadline=None, max_examples=120)
@given(st.data())
def test_what_passes_is_accepted_and_what_is_refused_does_not_pass(data: st.DataObject) -> None:
    agree(data)


@pytest.mark.soak
@pytest.mark.timeout(7200)  # the ordinary limit ends it in the middle, and hypothesis calls that an example
@settings(deadline=None, max_examples=20_000)
@given(st.data())
def test_what_passes_is_accepted_over_and_over(data: st.DataObject) -> None:
    agree(data)
