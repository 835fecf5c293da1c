"""Executions fold into lives: exact sums, split flips, deterministic ids, unknown beginnings without invented money.

Sources of worked examples as in test_formulas.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.executions import exit_reason, leg_of, signed_qty
from core.model import Checkpoint, ClosedTrade, Execution, Gap, PositionKey
from core.money import EXACT
from core.trades import Fold, Life, fold, step, unknown_life
from tests.strategies import START_MS, Tape, an_execution, tapes

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)


def folded(*executions: Execution, start: Life | None = None, checkpoints: tuple[Checkpoint, ...] = ()) -> Fold:
    return fold(KEY, "USDT", executions, start, checkpoints=checkpoints)


def exact(values: Iterable[Decimal]) -> Decimal:
    total = D(0)
    for value in values:
        total = EXACT.add(total, value)
    return total


# ---- worked examples ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["Funding", "SessionSettlePnL"])
def test_a_short_with_fees_and_funding_h1(kind: str) -> None:
    """[H1]: short 0.4 from 6,000 to 5,000, fees 1.32 and 1.10, funding paid 2.10: closed P&L 395.48."""
    result = folded(
        an_execution(1, "Sell", "0.4", 6000, fee=D("1.32")),
        an_execution(2, "Sell", "0.4", 5500, exec_type=kind, fee=D("2.10")),
        an_execution(3, "Buy", "0.4", 5000, fee=D("1.10")),
    )
    (trade,) = result.closed
    assert result.life is None
    assert (trade.side, trade.gross_pnl, trade.fees, trade.funding) == ("Sell", D(400), D("2.42"), D("-2.10"))
    assert trade.net_pnl == D("395.48")
    assert (trade.entry_price, trade.exit_price, trade.peak_size) == (D(6000), D(5000), D("0.4"))
    assert (trade.opened_ms, trade.closed_ms) == (START_MS + 1000, START_MS + 3000)


def test_a_fee_in_another_coin_is_kept_apart() -> None:
    """F47: paid in MNT, it is no amount of USDT; the sums leave it out and say so."""
    result = folded(
        an_execution(1, "Buy", 2, 100, fee=D("0.5"), fee_currency="USDT"),
        an_execution(2, "Buy", 2, 100, fee=D("0.3"), fee_currency="MNT"),
        an_execution(3, "Sell", 1, 110, fee=D("0.1"), fee_currency="MNT"),
        an_execution(4, "Sell", 3, 110, fee=D("0.25")),
    )
    (trade,) = result.closed
    assert (trade.fees, trade.other_fees) == (D("0.75"), (("MNT", D("0.4")),))
    assert trade.net_pnl == 40 - D("0.75")
    assert [(part.fee, part.net_pnl) for part in trade.exits] == [(D(0), D(10)), (D("0.25"), D("29.75"))]


def test_a_flip_shares_a_fee_in_another_coin_by_quantity() -> None:
    result = folded(
        an_execution(1, "Buy", 1, 100),
        an_execution(2, "Sell", 4, 110, fee=D("0.4"), fee_currency="MNT"),
    )
    (trade,) = result.closed
    assert trade.other_fees == (("MNT", D("0.1")),)
    assert result.life is not None
    assert (result.life.fees, result.life.other_fees) == (D(0), (("MNT", D("0.3")),))


def test_funding_in_another_coin_is_no_funding_in_ours() -> None:
    result = folded(
        an_execution(1, "Buy", 1, 100),
        an_execution(2, "Buy", 1, 100, exec_type="Funding", fee=D("0.4"), fee_currency="USDC"),
    )
    assert result.life is not None
    assert (result.life.funding, result.life.other_fees) == (D(0), (("USDC", D("0.4")),))


@pytest.mark.parametrize("kind", ["Foo", "UNKNOWN", "CorporateAction", ""])
def test_a_row_of_an_unknown_kind_leaves_the_size_and_no_certainty_about_the_money(kind: str) -> None:
    result = folded(
        an_execution(1, "Buy", 2, 100),
        an_execution(2, "Sell", 2, 110, exec_type=kind),
        an_execution(3, "Sell", 2, 110),
    )
    (trade,) = result.closed
    assert (trade.peak_size, trade.net_pnl, trade.is_complete) == (D(2), None, False)
    assert [part.qty for part in trade.exits] == [D(2)]


@pytest.mark.parametrize("kind", ["Trade", "AdlTrade", "BustTrade", "Delivery", "Settle", "BlockTrade", "MovePosition"])
def test_every_documented_fill_is_one(kind: str) -> None:
    """V5_FACTS 6.23."""
    assert signed_qty(an_execution(1, "Sell", 2, exec_type=kind)) == -2


def test_an_inverse_life_h2_h3() -> None:
    """[H2] harmonic entry 5,625 over 3,000 contracts; closed at 9,000: 0.53333… − 0.33333… = 0.2 coin."""
    key = PositionKey("inverse", "BTCUSD", 0)
    rows = [
        an_execution(1, "Buy", 1000, 5000, category="inverse"),
        an_execution(2, "Buy", 2000, 6000, category="inverse"),
        an_execution(3, "Sell", 3000, 9000, category="inverse"),
    ]
    (trade,) = fold(key, "BTC", rows).closed
    assert trade.entry_price is not None
    assert abs(trade.entry_price - 5625) < D("1e-12")
    assert trade.gross_pnl == D("0.2")


def test_partial_exits_are_one_per_order_wherever_other_fills_stand_between() -> None:
    result = folded(
        an_execution(1, "Buy", 10, 100),
        an_execution(2, "Sell", 2, 110, order_id="tp", fee=D("0.2")),
        an_execution(3, "Sell", 1, 90, order_id="sl", fee=D("0.1")),
        an_execution(4, "Sell", 2, 130, order_id="tp", fee=D("0.3")),
    )
    assert result.life is not None
    tp, sl = result.life.exits
    assert (tp.order_id, tp.qty, tp.price, tp.share_pct) == ("tp", D(4), D(120), D(40))
    assert (tp.gross_pnl, tp.fee, tp.net_pnl, tp.ts_ms) == (D(80), D("0.5"), D("79.5"), START_MS + 4000)
    assert (sl.order_id, sl.qty, sl.gross_pnl) == ("sl", D(1), D(-10))
    assert result.life.realised_pnl == D("69.4")


def test_the_mean_price_of_a_many_part_exit_is_exact() -> None:
    """From the sum of values, not from a mean of means, whose error would grow with each part."""
    parts = [an_execution(n, "Sell", "0.3", f"{90 + n}.07", order_id="tp") for n in range(2, 41)]
    result = folded(an_execution(1, "Buy", 100, 100), *parts)
    assert result.life is not None
    (exit_,) = result.life.exits
    total = sum((Fraction(e.value) for e in parts), Fraction(0))
    mean = total / Fraction(exit_.qty)
    assert abs(Fraction(exit_.price) - mean) <= Fraction(1, 2 * 10**18)


def test_a_flip_is_split_exactly() -> None:
    """V2: 3 long, then 5 sold with a fee that does not divide: 3 close and 2 open, the fee's parts sum to it."""
    result = folded(an_execution(1, "Buy", 3, 100), an_execution(2, "Sell", 5, 110, fee=D("0.0001")))
    (trade,) = result.closed
    assert result.life is not None
    assert (trade.net_pnl, trade.exits[0].qty) == (D(30) - D("0.00006"), D(3))
    assert (result.life.size, result.life.side, result.life.fees) == (D(-2), "Sell", D("0.00004"))
    assert result.life.life_id != trade.life_id
    odd = folded(an_execution(1, "Buy", 1, 100), an_execution(2, "Sell", 3, 100, fee=D("0.0001")))
    assert odd.life is not None
    assert odd.closed[0].fees is not None
    assert exact([odd.closed[0].fees, odd.life.fees]) == D("0.0001")


def test_the_peak_is_the_largest_size_of_the_life() -> None:
    result = folded(an_execution(1, "Buy", 10), an_execution(2, "Sell", 8), an_execution(3, "Buy", 3))
    assert result.life is not None
    assert (result.life.size, result.life.peak_size, result.life.exits[0].share_pct) == (D(5), D(10), D(80))


def test_the_last_exit_takes_all_that_is_left_of_the_cost() -> None:
    """Also where amounts have more decimals than a share may have: the life ends with nothing over."""
    rows = [an_execution(1, "Buy", "1E-10", "1.0000000001"), an_execution(2, "Sell", "1E-10", "1.0000000001")]
    (trade,) = folded(*rows).closed
    assert trade.gross_pnl == 0


def test_a_life_with_an_unknown_beginning_has_no_money() -> None:
    """V11: never a default. What comes after it is whole again."""
    start = unknown_life(KEY, D(3))
    result = folded(
        an_execution(1, "Sell", 1, 110, fee=D("0.1")),
        an_execution(2, "Sell", 2, 120, fee=D("0.1")),
        an_execution(3, "Buy", 1, 100),
        an_execution(4, "Sell", 1, 101),
        start=start,
    )
    first, second = result.closed
    assert not first.is_complete
    assert {first.gross_pnl, first.fees, first.funding, first.net_pnl, first.entry_price, first.exit_price} == {None}
    assert [(e.qty, e.gross_pnl, e.net_pnl, e.fee) for e in first.exits] == [
        (D(1), None, None, D("0.1")),
        (D(2), None, None, D("0.1")),
    ]
    assert (second.is_complete, second.net_pnl) == (True, D(1))


def test_the_exchanges_own_profit_of_an_exit_is_kept_when_entries_are_unknown() -> None:
    start = unknown_life(KEY, D(3))
    life = folded(an_execution(1, "Sell", 1, 110, fee=D("0.1"), exec_pnl=D(7)), start=start).life
    assert life is not None
    assert (life.exits[0].gross_pnl, life.exits[0].net_pnl) == (D(7), D("6.9"))
    assert life.realised_pnl is None


# ---- properties -----------------------------------------------------------------------------------------------------


@given(tapes(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_lives(tape: Tape, shuffler: random.Random) -> None:
    """V10, V15."""
    shuffled = list(tape.executions)
    shuffler.shuffle(shuffled)
    assert fold(tape.key, tape.settle_coin, shuffled) == fold(tape.key, tape.settle_coin, tape.executions)


@given(tapes())
def test_step_by_step_equals_the_fold(tape: Tape) -> None:
    """V19: incremental = batch; and after each step the size is what the exchange would report (V3)."""
    life, closed = None, []
    for execution, size in zip(tape.executions, tape.sizes, strict=True):
        life, trade = step(life, tape.key, tape.settle_coin, execution)
        closed += [trade] if trade else []
        assert (life.size if life else D(0)) == size
    assert fold(tape.key, tape.settle_coin, tape.executions) == Fold(tuple(closed), life)


@given(tapes())
def test_quantities_of_a_life_add_up(tape: Tape) -> None:
    """V1, V4: Σ exits + open = Σ entries, exactly, in every life."""
    result = fold(tape.key, tape.settle_coin, tape.executions)
    for trade, entered in zip(result.closed, entries_of(tape), strict=False):
        assert exact(e.qty for e in trade.exits) == entered
    if result.life:
        out = exact(e.qty for e in result.life.exits)
        assert out == result.life.exited_qty
        assert EXACT.add(out, abs(result.life.size)) == result.life.entered_qty == entries_of(tape)[-1]
        assert result.life.peak_size >= abs(result.life.size)


def entries_of(tape: Tape) -> list[Decimal]:
    """The oracle: quantity entered in each life, by sizes alone."""
    entered, size = [], D(0)
    for after in tape.sizes:
        is_new = after != 0 and (size == 0 or (after > 0) != (size > 0))
        if is_new:
            entered.append(abs(after))
        elif abs(after) > abs(size):
            entered[-1] += abs(after) - abs(size)
        size = after
    return entered


@given(tapes())
def test_money_of_a_life_adds_up(tape: Tape) -> None:
    """Σ of the exits = the life's, to the last digit, linear and inverse; nothing is lost between lives."""
    result = fold(tape.key, tape.settle_coin, tape.executions)
    for trade in result.closed:
        assert trade.gross_pnl == exact(e.gross_pnl for e in trade.exits if e.gross_pnl is not None)
        assert trade.gross_pnl is not None
        assert decimals(trade.gross_pnl) <= 18
        assert trade.fees is not None
        assert trade.funding is not None
        assert trade.net_pnl == exact([trade.gross_pnl, -trade.fees, trade.funding])
    if result.life and result.life.gross_pnl is not None:
        assert result.life.gross_pnl == exact(e.gross_pnl for e in result.life.exits if e.gross_pnl is not None)
    fees = [t.fees for t in result.closed if t.fees is not None] + ([result.life.fees] if result.life else [])
    assert exact(fees) == exact(e.fee for e in tape.executions if signed_qty(e))


def decimals(amount: Decimal) -> int:
    exponent = amount.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def test_amounts_longer_than_the_default_context_are_summed_exactly() -> None:
    """28 digits would round each of these values without a word."""
    rows = [
        an_execution(1, "Buy", "123456789012345.678901", "9876543210.12345678", fee=D("0.000000000000000001")),
        an_execution(2, "Buy", "0.000001", "9876543210.98765432", fee=D("12345678901234567.1")),
        an_execution(3, "Sell", "123456789012345.678902", "9876543211.00000001"),
    ]
    (trade,) = folded(*rows).closed
    bought, sold = (sum(Fraction(e.qty) * Fraction(e.price) for e in part) for part in (rows[:2], rows[2:]))
    assert trade.gross_pnl is not None
    assert Fraction(trade.gross_pnl) == sold - bought
    assert trade.fees == D("12345678901234567.100000000000000001")


def test_fills_of_one_match_have_an_order_of_their_own() -> None:
    """Same time, same sequence: their ids decide, so that the life's id does not depend on who came first."""
    one, two = (an_execution(1, "Buy", 1, exec_id=name) for name in ("a", "b"))
    assert folded(one, two) == folded(two, one)


def test_what_closes_in_a_match_comes_before_what_opens() -> None:
    """A sale through two levels turns a long round: the level that closed it is the one whose closedSize says so."""
    rows = [
        an_execution(1, "Buy", 1, 100, closed_size=D(0)),
        an_execution(2, "Sell", 3, 99, exec_id="y", closed_size=D(1), order_id="turn"),
        an_execution(2, "Sell", 2, 98, exec_id="x", closed_size=D(0), order_id="turn"),
    ]
    result = folded(*rows)
    assert [trade.net_pnl for trade in result.closed] == [D(-1)]
    assert result.life is not None
    assert (result.life.size, result.life.entered_value) == (D(-4), D(2) * 99 + D(2) * 98)


@given(tapes())
def test_gross_is_what_went_in_against_what_came_out(tape: Tape) -> None:
    """Against an oracle in fractions that knows only cash flows: value sold − value bought (coin: the other way)."""
    result = fold(tape.key, tape.settle_coin, tape.executions)
    is_inverse = tape.key.category == "inverse"
    flow = sum(
        (
            Fraction(signed_qty(e)) * (-1 / Fraction(e.price) if is_inverse else Fraction(e.price))
            for e in tape.executions
        ),
        Fraction(0),
    )
    held = Fraction(0)
    if result.life and result.life.cost is not None:
        held = Fraction(result.life.cost) * (1 if (result.life.size > 0) != is_inverse else -1)
    gross = [t.gross_pnl for t in result.closed] + ([result.life.gross_pnl] if result.life else [])
    total = sum((Fraction(g) for g in gross if g is not None), Fraction(0))
    tolerance = Fraction(2 * len(tape.executions), 10**18) if is_inverse else 0
    assert abs(total - (held - flow)) <= tolerance


@given(tapes())
def test_funding_goes_to_the_life_that_was_open_and_changes_no_size(tape: Tape) -> None:
    """F87; received is positive, the opposite of the row's fee."""
    result = fold(tape.key, tape.settle_coin, tape.executions)
    before = [D(0), *tape.sizes]
    paid = [e.fee for e, size in zip(tape.executions, before, strict=False) if e.exec_type == "Funding" and size]
    funding = [t.funding for t in result.closed if t.funding is not None]
    funding += [result.life.funding] if result.life else []
    assert exact(funding) == -exact(paid)


@given(tapes())
def test_ids_are_distinct_and_depend_on_the_first_execution_only(tape: Tape) -> None:
    """V10: what happens later does not rename a life."""
    whole = fold(tape.key, tape.settle_coin, tape.executions)
    ids = [t.life_id for t in whole.closed] + ([whole.life.life_id] if whole.life else [])
    assert len(set(ids)) == len(ids)
    part = fold(tape.key, tape.settle_coin, tape.executions[: len(tape.executions) // 2 + 1])
    assert [t.life_id for t in part.closed] == ids[: len(part.closed)]
    if part.life:
        assert part.life.life_id == ids[len(part.closed)]


@given(tapes())
def test_a_true_checkpoint_changes_nothing(tape: Tape) -> None:
    # seq is unique per row here, so that each report says exactly which executions it has seen
    reports = [Checkpoint(e.seq, size, e.ts_ms) for e, size in zip(tape.executions, tape.sizes, strict=True)]
    plain = fold(tape.key, tape.settle_coin, tape.executions)
    assert fold(tape.key, tape.settle_coin, tape.executions, checkpoints=reports) == plain


@given(tapes(least=2), st.data())
def test_a_missing_execution_costs_the_money_of_its_life_only_and_its_return_heals(
    tape: Tape, data: st.DataObject
) -> None:
    fills = [i for i, e in enumerate(tape.executions) if signed_qty(e)]
    if not fills:
        return
    gone = data.draw(st.sampled_from(fills))
    at = data.draw(st.integers(gone, len(tape.executions) - 1))
    report = Checkpoint(tape.executions[at].seq, tape.sizes[at], tape.executions[at].ts_ms)
    rest = [e for i, e in enumerate(tape.executions) if i != gone]
    mended = fold(tape.key, tape.settle_coin, rest, checkpoints=[report])
    assert (mended.life.size if mended.life else D(0)) == tape.sizes[-1]
    whole = fold(tape.key, tape.settle_coin, tape.executions)
    done_before = [t for t in whole.closed if t.closed_ms < tape.executions[gone].ts_ms]
    assert list(mended.closed[: len(done_before)]) == done_before
    assert fold(tape.key, tape.settle_coin, tape.executions, checkpoints=[report]) == whole


def test_a_gap_leaves_the_trades_before_it_alone() -> None:
    rounds = [row for n in (1, 3, 5) for row in (an_execution(n, "Buy", 1, 100), an_execution(n + 1, "Sell", 1, 110))]
    result = folded(*rounds, checkpoints=(Checkpoint(7, D("0.5"), START_MS + 7000),))
    assert [t.net_pnl for t in result.closed] == [D(10)] * 3
    assert result.life is not None
    assert (result.life.size, result.life.realised_pnl, result.life.exits) == (D("0.5"), None, ())


def test_a_report_of_the_other_side_ends_a_life_and_begins_another() -> None:
    result = folded(an_execution(1, "Buy", 5, 100), checkpoints=(Checkpoint(2, D(-3), START_MS + 2000),))
    (ended,) = result.closed
    assert (ended.side, ended.net_pnl, ended.gap) == ("Buy", None, Gap(D(5), D(0)))
    assert result.life is not None
    assert (result.life.size, result.life.realised_pnl) == (D(-3), None)


def test_what_is_missing_of_a_life_is_what_no_execution_took() -> None:
    rows = (an_execution(1, "Buy", 5, 100), an_execution(3, "Sell", 3, 110))
    (waits,) = folded(*rows, checkpoints=(Checkpoint(2, D(3), START_MS + 2000),)).closed
    assert (waits.net_pnl, waits.gap) == (None, Gap(D(2), D(0)))
    (whole,) = folded(
        *rows, an_execution(2, "Sell", 2, 105), checkpoints=(Checkpoint(2, D(3), START_MS + 2000),)
    ).closed
    assert (whole.net_pnl, whole.gap) == (D(40), None)


def test_a_life_that_ended_unseen_closes_without_money() -> None:
    result = folded(an_execution(1, "Buy", 3, 100), checkpoints=(Checkpoint(2, D(0), START_MS + 2000),))
    (trade,) = result.closed
    assert result.life is None
    assert (trade.is_complete, trade.net_pnl, trade.closed_ms, trade.closed_by) == (False, None, START_MS + 2000, "")


# ---- what one execution says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "closed_size", "exec_type", "leg"),
    [
        ("Buy", "0", "Trade", 1),
        ("Sell", "1", "Trade", 1),
        ("Sell", "0", "Trade", 2),
        ("Buy", "1", "Trade", 2),
        ("Buy", "0", "Funding", 1),
        ("Sell", "0", "Funding", 2),
        ("Sell", "1", "Funding", 2),
        ("Sell", "1", "AdlTrade", 1),
    ],
)
def test_legs_in_hedge_mode(side: str, closed_size: str, exec_type: str, leg: int) -> None:
    execution = an_execution(1, side, 1, closed_size=D(closed_size), exec_type=exec_type, position_idx=None)
    assert leg_of(execution, is_hedge=True) == leg
    assert leg_of(execution, is_hedge=False) == 0
    told = an_execution(1, side, 1, closed_size=D(closed_size), position_idx=2)
    assert leg_of(told, is_hedge=False) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"create_type": "CreateByTakeProfit"}, "take_profit"),
        ({"create_type": "CreateByPartialTakeProfit"}, "take_profit"),
        ({"create_type": "CreateByStopLoss"}, "stop_loss"),
        ({"create_type": "CreateByPartialStopLoss"}, "stop_loss"),
        ({"create_type": "CreateByTrailingStop"}, "trailing_stop"),
        ({"create_type": "CreateByTrailingProfit"}, "trailing_stop"),
        ({"create_type": "CreateByLiq"}, "liquidation"),
        ({"create_type": "CreateByTakeOver_PassThrough"}, "liquidation"),
        ({"create_type": "CreateByAdl_PassThrough"}, "adl"),
        ({"create_type": "CreateBySettle"}, "settlement"),
        ({"create_type": "CreateByAdminClosing"}, "admin"),
        ({"exec_type": "AdlTrade"}, "adl"),
        ({"exec_type": "AdlTrade", "create_type": "CreateByStopLoss"}, "adl"),
        ({"exec_type": "Delivery"}, "settlement"),
        ({"exec_type": "BustTrade", "create_type": "CreateByUser"}, "liquidation"),
        ({"exec_type": "Settle", "order_link_id": "bot-7"}, "settlement"),
        ({"order_link_id": "bot-7"}, "bot take profit 1"),
        ({"order_link_id": "bot-8"}, "id:bot-8"),
        ({"order_link_id": "qdAB12x"}, "manual"),
        ({"order_link_id": ""}, "manual"),
    ],
)
def test_reasons(changes: dict[str, str], reason: str) -> None:
    execution = an_execution(1, "Sell", 1, **changes)
    assert exit_reason(execution, {"bot-7": "bot take profit 1"}) == reason


def test_a_closed_trade_is_a_record() -> None:
    (trade,) = folded(an_execution(1, "Buy", 1), an_execution(2, "Sell", 1)).closed
    assert isinstance(trade, ClosedTrade)
    with pytest.raises(AttributeError):
        trade.net_pnl = D(1)
