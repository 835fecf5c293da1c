"""What may be asked for: every refusal names its field and offers a value that passes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.intents import (
    CancelOrder,
    ClosePosition,
    Intent,
    Issue,
    SetLeverage,
    SetTradingStop,
    cautions,
    check,
    is_same,
    kind_of,
)
from core.model import Command, Instrument, Link, Links, Position, PositionKey, Price, Snapshot
from core.money import is_multiple
from tests.strategies import a_position, an_execution, an_instrument, an_order, instruments

D = Decimal
LAST = D(101)


def a_snapshot(position: Position | None, instrument: Instrument | None, **changes: Any) -> Snapshot:
    prices, contracts = {}, {}
    if instrument:
        key = (instrument.category, instrument.symbol)
        contracts = {key: instrument}
        prices = {key: Price(category=key[0], symbol=key[1], last_price=LAST, index_price=D(99))}
    rows = (position,) if position else ()
    return Snapshot(**({"positions": rows, "instruments": contracts, "prices": prices} | changes))


def codes(issues: tuple[Issue, ...]) -> list[tuple[str, str, Decimal | None]]:
    return [(issue.field, issue.code, issue.nearest) for issue in issues]


LONG = a_position("Buy", 10, mark_price=D(100), liq_price=D(80), take_profit=D(120), trailing_stop=None, life_id="L1")
SHORT = a_position("Sell", 10, mark_price=D(100), liq_price=D(120), life_id="L1")
SOL = an_instrument(tick="0.05", step="0.1", least=1, most=2000)


def closing(**changes: Any) -> ClosePosition:
    return ClosePosition(**({"symbol": "SOLUSDT", "qty": D(1), "side": "Buy", "life_id": "L1"} | changes))


def stops(**changes: Any) -> SetTradingStop:
    return SetTradingStop(symbol="SOLUSDT", **changes)


# ---- the intent as a whole ------------------------------------------------------------------------------------------


def test_a_sound_intent_has_no_issue() -> None:
    assert check(closing(), a_snapshot(LONG, SOL)) == ()
    assert check(stops(stop_loss=D(90)), a_snapshot(LONG, SOL)) == ()


NO_TIME = Link(name="rest", state="lost", detail="clock_unstable")


@pytest.mark.parametrize(
    ("intent", "position", "changes", "code"),
    [
        (closing(), LONG, {"is_armed": False}, "not_armed"),
        (closing(), LONG, {"is_read_only": True}, "read_only"),  # P39
        (closing(), LONG, {"is_resuming": True}, "resuming"),  # P10
        (closing(), LONG, {"links": Links(rest=NO_TIME)}, "clock_unstable"),  # P28
        (closing(), None, {}, "position_gone"),
        (closing(side="Sell"), LONG, {}, "position_changed"),
        (closing(life_id="L0"), LONG, {}, "position_changed"),
        (closing(position_idx=1), LONG, {}, "position_gone"),
        (closing(), LONG, {"instruments": {}}, "no_instrument"),
        (closing(), LONG, {"instruments": {("linear", "SOLUSDT"): replace(SOL, status="Closed")}}, "not_trading"),
    ],
)
def test_issues_of_the_whole_come_alone(intent: ClosePosition, position: Position, changes: Any, code: str) -> None:
    """F50, F51, P4: also when fields are wrong."""
    for qty in (D(1), D(-1)):
        assert codes(check(replace(intent, qty=qty), a_snapshot(position, SOL, **changes))) == [("", code, None)]


@pytest.mark.parametrize(
    ("asked", "executions", "is_proven"),
    [
        ({}, [], False),
        ({}, [{}], True),
        ({}, [{"seq": 4}], False),
        ({}, [{"position_idx": 2}], False),
        ({}, [{"exec_type": "Funding"}], False),
        ({}, [{"symbol": "XRPUSDT"}], False),
        ({}, [{"seq": 4}, {"position_idx": 2}, {"seq": 9}], True),
        ({"seq_seen": 5}, [], True),  # nothing has traded since
        ({"seq_seen": -1}, [], True),  # of a bot, which saw no row
        ({"life_id": ""}, [], True),
    ],
)
def test_a_row_that_traded_since_it_was_seen_is_proven_by_a_fill_of_its_own_leg(
    asked: dict[str, Any], executions: list[dict[str, Any]], *, is_proven: bool
) -> None:
    """F51: closed and reopened in between, it would look the same."""
    rows = tuple(an_execution(1, "Buy", 10, **({"seq": 5} | changes)) for changes in executions)
    shown = a_snapshot(replace(LONG, seq=5), SOL, executions=rows)
    found = codes(check(closing(**({"seq_seen": 1} | asked)), shown))
    assert found == ([] if is_proven else [("", "position_unproven", None)])


@pytest.mark.parametrize(
    ("state", "is_free"), [("sending", False), ("accepted", False), ("unknown", False), ("done", True)]
)
def test_one_open_command_of_a_kind_per_position(state: str, is_free: bool) -> None:
    """V22, F54; closing does not wait for a stop that is being moved."""
    command = Command(command_id="c", kind="close", key=LONG.key, state=state, created_ms=0)
    shown = a_snapshot(LONG, SOL, commands=(command,))
    assert check(closing(), shown) == (() if is_free else (Issue(field="", code="command_open"),))
    assert check(stops(stop_loss=D(90)), shown) == ()
    other = replace(command, key=PositionKey("linear", "SOLUSDT", 1))
    assert check(closing(), a_snapshot(LONG, SOL, commands=(other,))) == ()


@pytest.mark.parametrize(
    ("intent", "same", "others"),
    [
        (closing(), {}, [{"symbol": "XRPUSDT"}, {"position_idx": 1}, {"category": "inverse"}]),
        (
            CancelOrder(symbol="SOLUSDT", order_id="o1"),
            {"position_idx": 1},
            [{"order_id": "o2"}, {"symbol": "XRPUSDT"}],
        ),
        (SetLeverage(symbol="SOLUSDT", leverage=D(5)), {"position_idx": 1}, [{"symbol": "XRPUSDT"}]),
    ],
)
def test_what_acts_on_the_same_thing(intent: Intent, same: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """V22: a position, an order of whichever leg, a contract's leverage, which is of both legs."""
    order_id = intent.order_id if isinstance(intent, CancelOrder) else ""
    command = Command(
        command_id="c", kind=kind_of(intent), key=intent.key, state="unknown", created_ms=0, order_id=order_id
    )
    assert is_same(command, replace(intent, **same))
    assert not any(is_same(command, replace(intent, **other)) for other in others)
    assert not is_same(command, stops(stop_loss=D(90)))


def test_only_a_listed_order_can_be_cancelled() -> None:
    shown = Snapshot(orders=(an_order(order_id="o1"),))
    assert check(CancelOrder(symbol="SOLUSDT", order_id="o1"), shown) == ()
    for intent in (
        CancelOrder(symbol="SOLUSDT", order_id="o2"),
        CancelOrder(symbol="XRPUSDT", order_id="o1"),
        CancelOrder(symbol="SOLUSDT", order_id="o1", category="inverse"),
    ):
        assert codes(check(intent, shown)) == [("", "order_gone", None)]


def test_kinds() -> None:
    assert [kind_of(i) for i in (closing(), stops(), CancelOrder(symbol="X", order_id="o"))] == [
        "close",
        "stops",
        "cancel",
    ]


# ---- quantities -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("qty", "found"),
    [
        ("10", []),
        ("0.1", []),
        ("0", [("qty", "qty_not_positive", "0.1")]),
        ("-3", [("qty", "qty_not_positive", "0.1")]),
        ("10.1", [("qty", "qty_above_size", "10")]),
        ("0.05", [("qty", "qty_below_min", "0.1")]),
        ("3.27", [("qty", "qty_off_step", "3.2")]),
    ],
)
def test_quantities(qty: str, found: list[tuple[str, str, str]]) -> None:
    """V29: a quantity is floored, and raised only to the smallest that can be sent."""
    issues = codes(check(closing(qty=D(qty)), a_snapshot(LONG, SOL)))
    assert issues == [(field, code, D(nearest)) for field, code, nearest in found]


def test_less_than_the_minimum_cannot_leave() -> None:
    """F48: Bybit refuses an order below the minimum, also one that would close all of a position."""
    dust = a_position("Buy", "0.034", mark_price=D(100), life_id="L1")
    for qty in (D("0.034"), D("0.02")):
        (issue,) = check(closing(qty=qty), a_snapshot(dust, SOL))
        assert (issue.code, issue.nearest, issue.details) == (
            "qty_below_min",
            None,
            {"min": D("0.1"), "size": D("0.034")},
        )


def test_a_position_off_the_step_leaves_whole_and_by_nothing_else_off_the_step() -> None:
    odd = a_position("Buy", "3.034", mark_price=D(100), life_id="L1")
    assert check(closing(qty=D("3.034")), a_snapshot(odd, SOL)) == ()
    assert codes(check(closing(qty=D("3.02")), a_snapshot(odd, SOL))) == [("qty", "qty_off_step", D("3.0"))]
    assert codes(check(closing(qty=D(4)), a_snapshot(odd, SOL))) == [("qty", "qty_above_size", D("3.034"))]
    part = stops(tpsl_mode="Partial", stop_loss=D(90), sl_size=D("3.034"))
    assert codes(check(part, a_snapshot(odd, SOL))) == [("sl_size", "qty_off_step", D("3.0"))]


def test_a_minimum_off_the_step_is_the_next_step() -> None:
    shown = a_snapshot(LONG, replace(SOL, min_qty=D("0.25")))
    assert codes(check(closing(qty=D("0.2")), shown)) == [("qty", "qty_below_min", D("0.3"))]


def test_more_than_one_order_can_carry_may_be_closed() -> None:
    """F46: Bybit splits a closing quantity above the contract's maximum."""
    big = a_position("Buy", "500", mark_price=D(100), life_id="L1")
    capped = an_instrument(step="0.1", most=2000, max_market_qty=D("99.97"))
    shown = a_snapshot(big, capped)
    assert check(closing(qty=D(500)), shown) == ()
    assert codes(check(closing(qty=D(501)), shown)) == [("qty", "qty_above_size", D(500))]
    assert check(closing(qty=D(300), order_type="Limit", price=D(100)), shown) == ()


def test_a_limit_close_needs_a_price_on_the_grid() -> None:
    shown = a_snapshot(LONG, SOL)
    limit = closing(order_type="Limit")
    assert codes(check(limit, shown)) == [("price", "price_missing", None)]
    assert codes(check(replace(limit, price=D("100.03")), shown)) == [("price", "price_off_tick", D("100.05"))]
    assert codes(check(replace(limit, price=D("0.01")), shown)) == [("price", "price_off_tick", D("0.05"))]
    assert codes(check(replace(limit, price=D(10**9)), shown)) == [("price", "price_out_of_range", SOL.max_price)]
    assert check(closing(price=D("100.03")), shown) == ()


# ---- stops ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("position", "changes", "found"),
    [
        (LONG, {"stop_loss": "100"}, ("stop_loss", "sl_wrong_side", "99.95")),
        (LONG, {"stop_loss": "105"}, ("stop_loss", "sl_wrong_side", "99.95")),
        (LONG, {"stop_loss": "80"}, ("stop_loss", "sl_beyond_liq", "80.05")),
        (LONG, {"stop_loss": "70"}, ("stop_loss", "sl_beyond_liq", "80.05")),
        (LONG, {"take_profit": "100"}, ("take_profit", "tp_wrong_side", "100.05")),
        (SHORT, {"stop_loss": "100"}, ("stop_loss", "sl_wrong_side", "100.05")),
        (SHORT, {"stop_loss": "121"}, ("stop_loss", "sl_beyond_liq", "119.95")),
        (SHORT, {"take_profit": "101"}, ("take_profit", "tp_wrong_side", "99.95")),
        # V29: rounded towards the smaller loss, never to the nearest tick
        (LONG, {"stop_loss": "90.01"}, ("stop_loss", "price_off_tick", "90.05")),
        (SHORT, {"stop_loss": "110.04"}, ("stop_loss", "price_off_tick", "110.00")),
        (LONG, {"take_profit": "110.03"}, ("take_profit", "price_off_tick", "110.05")),
        # off the tick and on the wrong side as well: what is offered passes at once
        (LONG, {"stop_loss": "100.01"}, ("stop_loss", "price_off_tick", "99.95")),
        (LONG, {"stop_loss": "79.99"}, ("stop_loss", "price_off_tick", "80.05")),
        (LONG, {"take_profit": "-1"}, ("take_profit", "price_missing", None)),
        (LONG, {"trailing_stop": "0.04"}, ("trailing_stop", "trailing_too_small", "0.05")),
        (LONG, {"trailing_stop": "-1"}, ("trailing_stop", "trailing_too_small", "0.05")),
        # a trailing stop follows the last price (101), whatever the others are compared with
        (LONG, {"trailing_stop": "101"}, ("trailing_stop", "trailing_too_large", "100.95")),
        (LONG, {"trailing_stop": "2.09"}, ("trailing_stop", "price_off_tick", "2.05")),
        (LONG, {"trailing_stop": "2", "active_price": "101"}, ("active_price", "active_price_wrong_side", "101.05")),
        (SHORT, {"trailing_stop": "2", "active_price": "101"}, ("active_price", "active_price_wrong_side", "100.95")),
        (LONG, {"active_price": "110"}, ("trailing_stop", "trailing_too_small", "0.05")),
    ],
)
def test_stops(position: Position, changes: dict[str, str], found: tuple[str, str, str | None]) -> None:
    field, code, nearest = found
    intent = stops(**{name: D(value) for name, value in changes.items()})
    assert codes(check(intent, a_snapshot(position, SOL))) == [(field, code, None if nearest is None else D(nearest))]


def test_every_field_at_fault_is_named() -> None:
    intent = stops(take_profit=D(90), stop_loss=D(110), trailing_stop=D(500))
    assert [i.field for i in check(intent, a_snapshot(LONG, SOL))] == ["take_profit", "stop_loss", "trailing_stop"]


def test_removing_and_keeping_need_no_side() -> None:
    held = replace(LONG, stop_loss=D(90))
    assert check(stops(take_profit=D(0), stop_loss=D(0)), a_snapshot(held, SOL)) == ()


@pytest.mark.parametrize("changes", [{}, {"take_profit": D(120)}, {"stop_loss": D(0)}, {"trailing_stop": D(0)}])
def test_nothing_to_change(changes: dict[str, Decimal]) -> None:
    """Bybit answers 34040 to what is so already."""
    assert codes(check(stops(**changes), a_snapshot(LONG, SOL))) == [("", "nothing_to_change", None)]


def test_another_trigger_at_the_same_price_is_a_change() -> None:
    held = replace(LONG, stop_loss=D(90))
    order = an_order("Untriggered", stop_order_type="StopLoss", trigger_price=D(90), trigger_by="MarkPrice")
    shown = a_snapshot(held, SOL, orders=(order,))
    assert codes(check(stops(stop_loss=D(90)), shown)) == [("", "nothing_to_change", None)]
    assert check(stops(stop_loss=D(90), trigger_by="LastPrice"), shown) == ()
    # Nothing was said of the stop loss, or it is of another position: its trigger stays.
    assert codes(check(stops(take_profit=D(120), trigger_by="LastPrice"), shown))[0][1] == "nothing_to_change"
    other = a_snapshot(held, SOL, orders=(replace(order, position_idx=2),))
    assert codes(check(stops(stop_loss=D(90), trigger_by="LastPrice"), other))[0][1] == "nothing_to_change"


@pytest.mark.parametrize(
    ("side", "asked", "found"),
    [
        ("Buy", 89, ["sl_looser"]), ("Buy", 90, []), ("Buy", 91, []), ("Buy", 0, ["sl_removed"]), ("Buy", None, []),
        ("Sell", 91, ["sl_looser"]), ("Sell", 89, []),
    ],
)  # fmt: skip
def test_a_looser_stop_loss_is_a_caution_and_no_fault(side: str, asked: int | None, found: list[str]) -> None:
    position = replace(LONG, side=side, stop_loss=D(90))
    intent = stops(stop_loss=None if asked is None else D(asked), side=side)
    assert [issue.code for issue in cautions(intent, a_snapshot(position, SOL))] == found
    assert cautions(replace(intent, tpsl_mode="Partial"), a_snapshot(position, SOL)) == ()
    assert cautions(intent, a_snapshot(None, SOL)) == ()


def test_stops_are_compared_with_the_price_that_triggers_them() -> None:
    """Mark 100, last 101, index 99: 99.5 and 100.5 lie on different sides of them."""
    shown = a_snapshot(LONG, SOL)
    for trigger, passes in (("MarkPrice", False), ("LastPrice", True), ("IndexPrice", False)):
        assert (check(stops(stop_loss=D("100.5"), trigger_by=trigger), shown) == ()) == passes, trigger
    assert codes(check(stops(stop_loss=D("99.5"), trigger_by="IndexPrice"), shown))[0][1] == "sl_wrong_side"


def test_without_the_price_that_triggers_nothing_is_judged() -> None:
    blind = a_snapshot(replace(LONG, mark_price=None), SOL, prices={})
    for trigger in ("MarkPrice", "LastPrice", "IndexPrice"):
        assert codes(check(stops(stop_loss=D(90), trigger_by=trigger), blind)) == [("", "stale", None)]


def test_a_position_at_the_brink_has_no_valid_stop_loss() -> None:
    brink = replace(LONG, liq_price=D("99.95"))
    assert codes(check(stops(stop_loss=D("99.95")), a_snapshot(brink, SOL))) == [("stop_loss", "sl_beyond_liq", None)]


# ---- properties -----------------------------------------------------------------------------------------------------


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Instrument, Position, Snapshot]:
    """A contract, a position on it with prices around it, and their snapshot."""
    instrument = draw(instruments())
    steps = draw(st.integers(1, 600))
    size = instrument.step * steps
    if draw(st.booleans()) and draw(st.booleans()):
        size += instrument.step / 8
    low, high = instrument.min_price, instrument.max_price
    prices = st.integers(0, 1000).map(lambda share: low + (high - low) * share / 1000)
    position = a_position(
        draw(st.sampled_from(["Buy", "Sell"])),
        size,
        category=instrument.category,
        symbol=instrument.symbol,
        mark_price=draw(prices),
        liq_price=draw(st.none() | prices),
        trailing_stop=draw(st.sampled_from([None, instrument.tick * 3])),
    )
    return instrument, position, a_snapshot(position, instrument)


def values(instrument: Instrument) -> st.SearchStrategy[Decimal]:
    """Prices on, off and far from the grid."""
    sixths = st.integers(-10, 700_000).map(lambda n: instrument.tick * n / 8)
    return sixths | st.integers(1, 10**9).map(D)


@given(scenes(), st.data())
def test_what_is_offered_for_a_quantity_passes(
    scene: tuple[Instrument, Position, Snapshot], data: st.DataObject
) -> None:
    instrument, position, shown = scene
    qty = instrument.step * data.draw(st.integers(-2, 6000)) / 8
    limit = {"order_type": "Limit", "price": position.mark_price} if data.draw(st.booleans()) else {}
    intent = ClosePosition(symbol=position.symbol, category=position.category, qty=qty, **limit)
    wrong = [i for i in check(intent, shown) if i.field == "qty"]
    if not wrong:
        assert 0 < qty <= position.size
        assert is_multiple(qty, instrument.step) or qty == position.size
        return
    (issue,) = wrong
    if issue.nearest is None:
        assert position.size < instrument.min_qty
        return
    assert issue.nearest <= max(qty, instrument.min_qty)
    assert not [i for i in check(replace(intent, qty=issue.nearest), shown) if i.field == "qty"]


@given(scenes(), st.data(), st.sampled_from(["take_profit", "stop_loss", "trailing_stop", "active_price"]))
def test_what_is_offered_for_a_stop_passes(
    scene: tuple[Instrument, Position, Snapshot], data: st.DataObject, field: str
) -> None:
    """V28: and what passes is on the tick, within limits, on its side and before liquidation."""
    instrument, position, shown = scene
    value = data.draw(values(instrument))
    extra = {"trailing_stop": instrument.tick} if field == "active_price" else {}
    intent = SetTradingStop(symbol=position.symbol, category=position.category, **{**extra, field: value})
    issues = check(intent, shown)
    assume(not any(i.code == "nothing_to_change" for i in issues))
    wrong = [i for i in issues if i.field == field]
    if value == 0 and field != "active_price":
        assert not wrong
    elif not wrong and value:
        assert is_valid(field, value, instrument, position)
    for issue in wrong:
        if issue.nearest is not None:
            again = check(replace(intent, **{field: issue.nearest}), shown)
            assert not [i for i in again if i.field == field]
        elif issue.code != "price_missing":
            assert not any(is_valid(field, v, instrument, position) for v in around(instrument, position))


def is_valid(field: str, value: Decimal, instrument: Instrument, position: Position) -> bool:
    """The rules once more, in other words."""
    base = LAST if field in {"trailing_stop", "active_price"} else position.mark_price
    liq, is_long = position.liq_price, position.side == "Buy"
    assert base is not None
    if value <= 0 or value % instrument.tick != 0:
        return False
    if field == "trailing_stop":
        return value < base
    if not instrument.min_price <= value <= instrument.max_price:
        return False
    if (value > base) != ((field != "stop_loss") == is_long) or value == base:
        return False
    return field != "stop_loss" or liq is None or (value > liq if is_long else value < liq)


def around(instrument: Instrument, position: Position) -> list[Decimal]:
    """Grid prices beside every limit that can matter."""
    limits = [instrument.min_price, instrument.max_price, position.mark_price, position.liq_price, LAST, D(0)]
    tick = instrument.tick
    return [(limit // tick + n) * tick for limit in limits if limit is not None for n in (-2, -1, 0, 1, 2)]


@given(scenes(), st.integers(0, 700_000))
def test_a_rounded_stop_loss_never_loses_more(scene: tuple[Instrument, Position, Snapshot], eighths: int) -> None:
    """V29."""
    instrument, position, shown = scene
    value = instrument.tick * eighths / 8
    issues = check(SetTradingStop(symbol=position.symbol, category=position.category, stop_loss=value), shown)
    for issue in issues:
        is_inside = position.mark_price is not None and (value < position.mark_price) == position.is_long
        if issue.code == "price_off_tick" and issue.nearest is not None and is_inside:
            grid = (value // instrument.tick + position.is_long) * instrument.tick
            fits = is_valid("stop_loss", grid, instrument, position)
            assert not fits or issue.nearest == grid
