"""Lives priced by Bybit's closed-PnL records: the same money as by executions, or still pending; never too early."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.model import Checkpoint, ClosedPnl, ClosedTrade, Execution, Gap, PositionKey
from core.pricing import SOURCE, PricedLives, price
from core.reconcile import PNL_TOLERANCE
from core.trades import fold
from tests.strategies import CATEGORIES, COINS, START_MS, SYMBOLS, an_execution

D = Decimal
CENT = D("1E-8")


class Past(NamedTuple):
    """Lives of one key, flat to flat, each in its own seconds, and Bybit's record of each closing order."""

    key: PositionKey
    coin: str
    executions: list[Execution]
    ends: list[Checkpoint]
    records: list[ClosedPnl]


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """One to four lives of one to three entries, as many exits, some in two fills, and funding in between."""
    category = draw(CATEGORIES)
    key, step = PositionKey(category, SYMBOLS[category], 0), D("0.1") if category == "linear" else D(1)
    rows: list[Execution] = []
    ends: list[Checkpoint] = []

    def add(side: str, units: int, order: str = "", **changes: object) -> None:
        number = len(rows) + 1
        given: dict[str, object] = {
            "category": category,
            "fee": D(draw(st.integers(-500, 5_000))).scaleb(-5),
            "order_id": order or f"o{number}",
            "ts_ms": START_MS + number * 2_000,
        }
        at = str(D(draw(st.integers(10_000, 90_000))).scaleb(-2))
        rows.append(an_execution(number, side, str(step * units), at, **(given | changes)))

    for _ in range(draw(st.integers(1, 4))):
        side = draw(st.sampled_from(["Buy", "Sell"]))
        other = "Sell" if side == "Buy" else "Buy"
        left = 0
        for units in draw(st.lists(st.integers(2, 60), min_size=1, max_size=3)):
            add(side, units)
            left += units
        if draw(st.booleans()):
            add(side, left, exec_type="Funding", order_id="")
        while left:
            units = draw(st.integers(1, left))
            left -= units
            if units > 1 and draw(st.booleans()):
                add(other, 1)
                units, order = units - 1, rows[-1].order_id
                add(other, units, order)
            else:
                add(other, units)
        ends.append(Checkpoint(rows[-1].seq, D(0), rows[-1].ts_ms))
    whole = fold(key, COINS[category], rows).closed
    return Past(key, COINS[category], rows, ends, [record for trade in whole for record in records_of(trade, rows)])


def records_of(trade: ClosedTrade, rows: Iterable[Execution]) -> Iterable[ClosedPnl]:
    """As Bybit books them: per closing order its share of the opening fees, each amount with 8 decimals."""
    assert trade.fees is not None
    entry_fees = trade.fees - sum((part.fee for part in trade.exits), D(0))
    total = sum((part.qty for part in trade.exits), D(0))
    for part in trade.exits:
        open_fee = (entry_fees * part.qty / total).quantize(CENT)
        close_fee = part.fee.quantize(CENT)
        fills = [row.ts_ms for row in rows if row.order_id == part.order_id]
        yield ClosedPnl(
            category=trade.category,
            symbol=trade.symbol,
            order_id=part.order_id,
            side="Sell" if trade.side == "Buy" else "Buy",
            closed_size=part.qty,
            entry_price=trade.entry_price or D(0),
            exit_price=part.price,
            closed_pnl=((part.gross_pnl or D(0)) - open_fee - close_fee).quantize(CENT),
            open_fee=open_fee,
            close_fee=close_fee,
            exec_type="Trade",
            created_ms=fills[0],
            updated_ms=fills[-1],
        )


def spoilt(past: Past, missing: set[int]) -> list[ClosedTrade]:
    """The lives as executions tell them when some of the closing ones never came; positions were seen flat."""
    closing = {record.order_id for record in past.records}
    rows = [e for n, e in enumerate(past.executions) if n not in missing or e.order_id not in closing]
    return list(fold(past.key, past.coin, rows, checkpoints=past.ends).closed)


def bounds(trade: ClosedTrade, trades: list[ClosedTrade]) -> tuple[int, int | None]:
    return trade.opened_ms, min((t.opened_ms for t in trades if t.opened_ms >= trade.closed_ms), default=None)


@given(pasts(), st.sets(st.integers(0, 40), max_size=20))
def test_lives_priced_by_records_sum_to_what_executions_say(past: Past, missing: set[int]) -> None:
    """V13, E4: whichever closing executions are missing."""
    whole = {trade.life_id: trade for trade in fold(past.key, past.coin, past.executions).closed}
    known = spoilt(past, missing)
    assert {trade.life_id for trade in known} == whole.keys()
    total, expected = D(0), D(0)
    for trade in known:
        told = trade if trade.gap is None else price(trade, past.records, *bounds(trade, known))
        assert told is not None
        assert told.net_pnl is not None
        truth = whole[trade.life_id]
        assert abs(told.net_pnl - truth.net_pnl) <= PNL_TOLERANCE
        assert [(part.order_id, part.qty) for part in told.exits] == [(p.order_id, p.qty) for p in truth.exits]
        if trade.gap is not None:
            assert (told.pnl_source, told.is_complete, told.funding) == (SOURCE, False, truth.funding)
            assert abs(told.net_pnl - (told.gross_pnl - told.fees + told.funding)) < CENT
        total, expected = total + told.net_pnl, expected + truth.net_pnl
    assert abs(total - expected) <= PNL_TOLERANCE * len(known)


@given(pasts(), st.sets(st.integers(0, 40), max_size=20), st.data())
def test_a_record_that_still_grows_or_has_not_come_prices_nothing(
    past: Past, missing: set[int], data: st.DataObject
) -> None:
    known = spoilt(past, missing)
    young = data.draw(st.sampled_from(past.records))
    share = data.draw(st.sampled_from([D(0), D("0.1"), D("0.5"), D("0.9")]))
    grown = replace(young, closed_size=young.closed_size * share, closed_pnl=young.closed_pnl * share)
    records = [grown if record is young else record for record in past.records if record is not young or share]
    for trade in known:
        mine = [record for record in records_of_life(trade, past) if record.order_id == young.order_id]
        if trade.gap is not None and mine:
            assert price(trade, records, *bounds(trade, known)) is None


def records_of_life(trade: ClosedTrade, past: Past) -> list[ClosedPnl]:
    return [r for r in past.records if trade.opened_ms <= r.created_ms <= trade.closed_ms]


# ---- one life -------------------------------------------------------------------------------------------------------

KEY = PositionKey("linear", "SOLUSDT", 0)


def pending() -> ClosedTrade:
    """[R]: 2 bought at 100 and sold at 101; the executions of one half of the exit are missing."""
    rows = [
        an_execution(1, "Buy", 2, 100, fee=D("0.11")),
        an_execution(2, "Buy", 2, 100, exec_type="Funding", fee=D("0.03"), order_id=""),
        an_execution(3, "Sell", 1, 101, fee=D("0.05555")),
    ]
    (trade,) = fold(KEY, "USDT", rows, checkpoints=[Checkpoint(4, D(0), START_MS + 4_000)]).closed
    assert (trade.net_pnl, trade.gap) == (None, Gap(D(1), D("-0.03")))
    return trade


def a_record(number: int, size: str = "1", **changes: object) -> ClosedPnl:
    given: dict[str, object] = {
        "category": "linear",
        "symbol": "SOLUSDT",
        "order_id": f"o{number}",
        "side": "Sell",
        "closed_size": D(size),
        "entry_price": D(100),
        "exit_price": D(101),
        "closed_pnl": D("0.88945"),
        "open_fee": D("0.055"),
        "close_fee": D("0.05555"),
        "exec_type": "Trade",
        "created_ms": START_MS + number * 1_000,
        "updated_ms": START_MS + number * 1_000,
    }
    return ClosedPnl(**(given | changes))


def test_two_records_of_the_facts_price_a_life_with_its_funding() -> None:
    trade = price(pending(), [a_record(3), a_record(4, exec_type="BustTrade")], START_MS)
    assert trade is not None
    assert (trade.gross_pnl, trade.fees, trade.funding) == (D(2), D("0.2211"), D("-0.03"))
    assert trade.net_pnl == D("1.74890") == 2 * D("0.88945") - D("0.03")
    assert (trade.entry_price, trade.exit_price, trade.closed_by) == (D(100), D(101), "liquidation")
    assert [(part.qty, part.net_pnl, part.share_pct) for part in trade.exits] == [(D(1), D("0.94445"), D(50))] * 2


@pytest.mark.parametrize(
    "records",
    [
        [],
        [a_record(3)],
        [a_record(3), a_record(4, "0.4")],
        [a_record(3), a_record(4, "1.5")],
        [a_record(4, "2")],  # the exit that executions show has no record
        [a_record(3, "0.5"), a_record(4, "1.5")],
        [a_record(3), a_record(4, side="Buy")],
        [a_record(3), a_record(4, symbol="XRPUSDT")],
        [a_record(3), a_record(4, open_fee=None, close_fee=None)],  # an unknown fee is not 0
        [a_record(3), a_record(4, open_fee=None)],
        [a_record(3), a_record(4, created_ms=START_MS - 1)],
        [a_record(3), a_record(4, created_ms=START_MS + 6_000)],
        [a_record(3), a_record(4), a_record(5, "0.1", created_ms=START_MS + 4_000)],
    ],
)
def test_records_that_do_not_cover_the_exits_exactly_price_nothing(records: list[ClosedPnl]) -> None:
    assert price(pending(), records, START_MS) is None


def test_a_record_of_the_moment_in_which_the_life_began_is_its_own() -> None:
    assert price(pending(), [a_record(3, created_ms=START_MS), a_record(4)], START_MS) is not None


def test_the_record_of_the_life_after_is_not_taken_for_a_late_one() -> None:
    records = [a_record(3), a_record(4, created_ms=START_MS + 4_900)]
    assert price(pending(), records, START_MS) is not None, "a record may be written a moment after the row"
    assert price(pending(), records, START_MS, START_MS + 4_500) is None


def test_a_life_whose_beginning_nobody_knows_is_not_priced() -> None:
    trade = replace(pending(), gap=None)
    assert price(trade, [a_record(3), a_record(4)], START_MS) is None


def test_a_result_stays_until_executions_fill_the_gap() -> None:
    held, waiting = PricedLives(), pending()
    priced = price(waiting, [a_record(3), a_record(4)], START_MS)
    assert priced is not None
    held.take(priced)
    assert held.told_of(waiting) == priced
    assert held.told_of(replace(waiting, best_pnl=D(3), worst_pnl=D(1))).best_pnl == 3
    whole = replace(waiting, gap=None, net_pnl=D(1))
    assert held.told_of(whole) is whole
    held.drop(priced.life_id)
    assert held.told_of(waiting) is waiting
