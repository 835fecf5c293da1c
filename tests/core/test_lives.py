"""Tapes of executions: each once, in any order, anchored on what the exchange reports, bounded in memory."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

import core.analytics.forgotten
import core.lives
from core.analytics.periods import Periods
from core.executions import signed_qty
from core.lives import Lives
from core.model import Checkpoint, ClosedTrade, Execution, Gap, PositionKey
from core.slices import drain
from core.trades import fold
from tests.strategies import START_MS, Tape, an_execution, tapes

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)


def lives_of(*executions: Execution, key: PositionKey = KEY, coin: str = "USDT", is_anchored: bool = False) -> Lives:
    lives = Lives()
    if is_anchored:
        lives.anchor({}, START_MS)
    for execution in executions:
        lives.add(execution, key, coin)
    return lives


def report(size: str | int, seq: int) -> Checkpoint:
    return Checkpoint(seq, D(size), START_MS + seq * 1000)


def results(lives: Lives) -> list[tuple[str, Decimal | None]]:
    return [(trade.side, trade.net_pnl) for trade in reversed(lives.closed())]


# ---- properties -----------------------------------------------------------------------------------------------------


@given(tapes(), st.randoms(use_true_random=False))
def test_any_order_with_duplicates_gives_the_same_lives(tape: Tape, shuffler: random.Random) -> None:
    """V10, V15, V18: as one fold of each execution once."""
    arriving = [*tape.executions, *tape.executions[::2]]
    shuffler.shuffle(arriving)
    lives = lives_of(is_anchored=True)
    taken = [lives.add(execution, tape.key, tape.settle_coin) for execution in arriving]
    assert sum(taken) == len(tape.executions)
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    assert lives.life(tape.key) == expected.life
    assert {t.life_id: t for t in lives.closed()} == {t.life_id: t for t in expected.closed}


@given(st.lists(tapes(), min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_closed_trades_stay_in_order_and_grow_on_top_unless_they_say_so(several: list[Tape], shuffler: Any) -> None:
    """Whoever follows them may look at the new ones only, for as long as ``rewrites`` stays the same."""
    rows = [(tape, e) for tape in several for e in tape.executions]
    if shuffler.random() < 0.5:
        rows.sort(key=lambda row: row[1].ts_ms)
    else:
        shuffler.shuffle(rows)
    lives = lives_of(is_anchored=True)
    before, rewrites = lives.closed(), lives.rewrites
    for number, (tape, execution) in enumerate(rows):
        key = PositionKey(tape.key.category, f"S{several.index(tape)}", tape.key.position_idx)
        lives.add(execution, key, tape.settle_coin)
        if number % 7 == 6:
            lives.label(f"link-{number}", "told")
        closed = lives.closed()
        assert list(closed) == sorted(closed, key=lambda t: (t.closed_ms, t.life_id), reverse=True)
        assert {t.life_id for t in closed} == {
            t.life_id for tape in lives._tapes.values() for t in tape.closed.values()
        }
        if lives.rewrites == rewrites:
            assert closed[len(closed) - len(before) :] == before
        before, rewrites = closed, lives.rewrites


@pytest.mark.parametrize("most", [8_000, 20])
@pytest.mark.parametrize("is_recalled", [False, True])
def test_what_the_memory_lets_go_of_still_counts(
    monkeypatch: pytest.MonkeyPatch, *, is_recalled: bool, most: int
) -> None:
    """V19: of contracts that are traded more and less often, in a run, as well as brought back at its start."""
    monkeypatch.setattr(core.analytics.forgotten, "MAX_FORGOTTEN", most)
    for name, value in (("MAX_TAPE", 12), ("KEPT_ON_TAPE", 6), ("FORGOTTEN_AT_ONCE", 4)):
        monkeypatch.setattr(core.lives, name, value)
    lives, periods, rows = Lives(max_closed=10), Periods(0), []
    for number in range(120):
        symbol = "RAREUSDT" if number % 20 == 3 else f"OFTEN{number % 3}USDT"
        pair = ((2 * number, "Buy", 100), (2 * number + 1, "Sell", 100 + number % 7))
        rows += [an_execution(at, side, D(1), D(price), symbol=symbol) for at, side, price in pair]
    if not is_recalled:
        lives.anchor({}, START_MS)
    for row in rows:
        lives.add(row, PositionKey("linear", row.symbol, 0), "USDT")
        if not is_recalled:
            periods.update(lives.closed(), row.ts_ms, lives.rewrites, lives.forgotten)
    now_ms = rows[-1].ts_ms
    if is_recalled:
        lives.anchor({}, now_ms + 60_000)
        drain(periods.prepare(lives.closed(), now_ms, lives.rewrites, lives.forgotten))
    lives.label(rows[-1].order_link_id, "told")  # what is rewritten is counted anew
    summary = periods.update(lives.closed(), now_ms, lives.rewrites + 1, lives.forgotten)["start"]
    assert (len(lives.closed()) < 60, summary.closed_trades) == (True, 120)
    assert summary.total_realised_pnl == sum(number % 7 for number in range(120)) - summary.fees
    assert len(lives.forgotten.trades) <= most


@given(tapes(), st.randoms(use_true_random=False), st.booleans())
def test_the_changes_told_are_the_closed_trades_held(tape: Tape, shuffler: random.Random, is_anchored: bool) -> None:
    """What a store is told one by one ends in what a fold of everything finds: nothing too much, nothing missing."""
    arriving = list(tape.executions)
    shuffler.shuffle(arriving)
    lives, kept = lives_of(is_anchored=is_anchored), {}
    for number, execution in enumerate(arriving):
        lives.add(execution, tape.key, tape.settle_coin)
        if number == len(arriving) // 2:
            lives.anchor({tape.key: Checkpoint(tape.executions[-1].seq, tape.sizes[-1], START_MS)}, START_MS)
        for change in lives.take_changes():
            if isinstance(change, ClosedTrade):
                kept[change.life_id] = change
            else:
                del kept[change.life_id]
        assert kept == {trade.life_id: trade for trade in lives.closed()}
    assert not lives.take_changes()


@given(tapes(least=2), st.data())
def test_executions_that_a_list_did_not_have_yet_complete_the_first_lives(tape: Tape, data: st.DataObject) -> None:
    """Lists of executions may lag behind the positions that tapes are anchored on: nothing stays unknown for that."""
    missing = data.draw(st.sets(st.sampled_from([e.exec_id for e in tape.executions])))
    lives = lives_of(*(e for e in tape.executions if e.exec_id not in missing), key=tape.key, coin=tape.settle_coin)
    last = tape.executions[-1]
    lives.anchor({tape.key: Checkpoint(last.seq, tape.sizes[-1], last.ts_ms)}, last.ts_ms + 1)
    for execution in tape.executions:
        lives.add(execution, tape.key, tape.settle_coin)
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    assert lives.life(tape.key) == expected.life
    assert {t.life_id: t for t in lives.closed()} == {t.life_id: t for t in expected.closed}


@given(tapes(least=2), st.data())
def test_a_restart_is_as_if_never_having_stopped_also_where_executions_never_come(
    tape: Tape, data: st.DataObject
) -> None:
    """V30: what reports told of the missing ones is known to the next run, and the lives stay what they were."""
    first, lacked = (
        lives_of(is_anchored=data.draw(st.booleans())),
        data.draw(st.sets(st.integers(0, len(tape.executions) - 1))),
    )
    came = [e for number, e in enumerate(tape.executions) if number not in lacked]
    assume(came)  # of a position without any the disk alone remembers
    at = report("0", 0)
    for number, (execution, size) in enumerate(zip(tape.executions, tape.sizes, strict=True)):
        if number not in lacked:
            first.add(execution, tape.key, tape.settle_coin)
        at = Checkpoint(execution.seq, size, execution.ts_ms)
        if data.draw(st.booleans()):
            first.anchor({tape.key: at}, at.ts_ms)
    first.anchor({tape.key: at}, at.ts_ms)
    again = Lives()
    again.recall(first.reports, START_MS)
    for execution in data.draw(st.permutations(came)):
        again.add(execution, tape.key, tape.settle_coin)
    again.anchor({tape.key: at} if at.size else {}, at.ts_ms + 60_000)
    assert without_coin(again) == without_coin(first)
    assert again.life(tape.key) == first.life(tape.key)
    for lives in (first, again):
        for execution in tape.executions:
            lives.add(execution, tape.key, tape.settle_coin)
    assert without_coin(again) == without_coin(first)


def test_an_exit_that_comes_late_ends_its_life_also_where_an_earlier_run_saw_a_gap() -> None:
    """Nothing is listed as open: that its exit is missing is a guess until it comes, and no word of the exchange."""
    rows = [an_execution(1, "Buy", 5, 100), an_execution(3, "Buy", 2, 100), an_execution(4, "Sell", 2, 110)]
    lives = Lives()
    lives.recall({KEY: (Checkpoint(-1, D(0), 0), report(0, 2))}, START_MS)
    for execution in rows[:2]:
        lives.add(execution, KEY, "USDT")
    lives.anchor({}, rows[-1].ts_ms + 1)
    assert results(lives) == [("Buy", None), ("Buy", None)]
    told = lives.reports
    lives.add(rows[2], KEY, "USDT")
    assert results(lives) == [("Buy", None), ("Buy", D(20))]
    assert lives.reports == told == {KEY: (Checkpoint(-1, D(0), 0), report(0, 2))}
    lives.add(an_execution(2, "Sell", 5, 110), KEY, "USDT")
    assert results(lives) == [("Buy", D(50)), ("Buy", D(20))]
    assert lives.reports == {}


def test_what_was_told_of_executions_that_are_not_here_is_only_kept() -> None:
    """They are older than what is brought back, which begins where nothing was open: it means other positions."""
    told = (Checkpoint(-1, D(0), 0), Checkpoint(0, D(3), START_MS - 1))
    lives = Lives()
    lives.recall({KEY: told}, START_MS)
    for execution in (an_execution(1, "Buy", 5, 100), an_execution(2, "Sell", 5, 110)):
        lives.add(execution, KEY, "USDT")
    lives.anchor({}, START_MS + 60_000)
    assert results(lives) == [("Buy", D(50))]
    assert lives.reports == {KEY: told}
    lives.restart(KEY)
    assert lives.reports == {}, "what comes now is counted anew"


def without_coin(lives: Lives) -> list[ClosedTrade]:
    """The closed trades; of a position of which no execution has come yet nobody knows the coin."""
    return [replace(trade, settle_coin="") for trade in lives.closed()]


def test_a_life_missed_by_a_list_that_lagged_was_flat_before() -> None:
    """Nothing is listed as open: the half that the list had is no life that ended before its first execution."""
    sold = an_execution(2, "Sell", 3, 110)
    lives = lives_of(an_execution(1, "Buy", 3, 100))
    lives.anchor({}, sold.ts_ms + 1)
    lives.add(sold, KEY, "USDT")
    assert results(lives) == [("Buy", D(30))]
    assert lives.life(KEY) is None


@pytest.mark.parametrize("report_of", [None, 9], ids=["not listed", "flat row"])
def test_after_a_restart_a_missing_exit_is_missing_and_no_other_side_was_ever_open(report_of: int | None) -> None:
    """An opening cannot have met the other side: its exit is missing, and comes late or not at all."""
    lives = lives_of(an_execution(1, "Buy", 5, 100, closed_size=D(0)))
    as_of_ms = START_MS + 60_000
    lives.anchor({} if report_of is None else {KEY: report(0, report_of)}, as_of_ms)
    (trade,) = lives.closed()
    ended_ms = as_of_ms if report_of is None else START_MS + 9_000
    assert (trade.side, trade.net_pnl, trade.gap, trade.closed_ms) == ("Buy", None, Gap(D(5), D(0)), ended_ms)
    assert lives.life(KEY) is None
    lives.add(an_execution(2, "Sell", 5, 110, closed_size=D(5)), KEY, "USDT")
    assert results(lives) == [("Buy", D(50))]
    assert lives.life(KEY) is None


def test_a_position_reported_on_the_side_that_was_opened_began_before() -> None:
    """Nothing contradicts an opening on top of what stood there."""
    lives = lives_of(an_execution(1, "Buy", 5, 100, closed_size=D(0)))
    lives.anchor({KEY: report(8, 9)}, START_MS)
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.gross_pnl, life.missing) == (D(8), None, None)


@given(tapes(least=2), st.data())
def test_a_true_report_never_contradicts(tape: Tape, data: st.DataObject) -> None:
    """Executions newer than the report's sequence are left out of the sum, whenever it is taken."""
    lives = lives_of(is_anchored=True)
    for index in range(len(tape.executions)):
        lives.add(tape.executions[index], tape.key, tape.settle_coin)
        told = data.draw(st.integers(0, index))
        seen = Checkpoint(tape.executions[told].seq, tape.sizes[told], tape.executions[told].ts_ms)
        assert lives.anchor({tape.key: seen}, START_MS) == []
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    assert lives.life(tape.key) == expected.life


@given(tapes(least=3), st.data())
def test_a_history_cut_anywhere_arrives_at_the_reported_size(tape: Tape, data: st.DataObject) -> None:
    """What is known begins in the middle: no money for that life, the truth for all later ones."""
    cut = data.draw(st.integers(1, len(tape.executions) - 1))
    told = data.draw(st.integers(cut, len(tape.executions) - 1))
    lives = lives_of(*tape.executions[cut:], key=tape.key, coin=tape.settle_coin)
    seen = Checkpoint(tape.executions[told].seq, tape.sizes[told], tape.executions[told].ts_ms)
    assert lives.anchor({tape.key: seen}, START_MS) == []
    life = lives.life(tape.key)
    assert (life.size if life else D(0)) == tape.sizes[-1]
    whole = fold(tape.key, tape.settle_coin, tape.executions)
    known = {t.life_id: t for t in whole.closed}
    for trade in lives.closed():
        assert trade == known[trade.life_id] if trade.is_complete else trade.net_pnl is None


@given(tapes(least=2), st.data())
def test_a_missing_execution_is_noticed_once_and_its_arrival_heals(tape: Tape, data: st.DataObject) -> None:
    fills = [i for i, e in enumerate(tape.executions) if signed_qty(e)]
    if not fills:
        return
    gone = data.draw(st.sampled_from(fills))
    lives = lives_of(is_anchored=True)
    for index, execution in enumerate(tape.executions):
        if index != gone:
            lives.add(execution, tape.key, tape.settle_coin)
    seen = Checkpoint(tape.executions[-1].seq, tape.sizes[-1], tape.executions[-1].ts_ms)
    assert lives.anchor({tape.key: seen}, START_MS) == [tape.key]
    assert lives.anchor({tape.key: seen}, START_MS) == []
    lives.add(tape.executions[gone], tape.key, tape.settle_coin)
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    assert lives.life(tape.key) == expected.life
    assert {t.life_id: t for t in lives.closed()} == {t.life_id: t for t in expected.closed}


@given(tapes(least=4, most=30), st.integers(1, 6))
def test_a_shortened_tape_folds_on_as_if_it_had_not_been(tape: Tape, keep: int) -> None:
    lives = lives_of(is_anchored=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.lives, "MAX_TAPE", keep + 1)
        patch.setattr(core.lives, "KEPT_ON_TAPE", keep)
        for execution in tape.executions:
            lives.add(execution, tape.key, tape.settle_coin)
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    assert lives.life(tape.key) == expected.life
    assert {t.life_id: t for t in lives.closed()} == {t.life_id: t for t in expected.closed}
    assert not any(lives.add(execution, tape.key, tape.settle_coin) for execution in tape.executions)


@given(tapes(least=6, most=30), st.integers(1, 6), st.data())
def test_a_shortened_tape_keeps_the_reports_that_are_not_past(tape: Tape, keep: int, data: st.DataObject) -> None:
    """With fills missing, a report is a jump in the sizes: it must stay between the same executions."""
    gone = data.draw(st.sets(st.integers(0, len(tape.executions) - 1), max_size=3))
    told = data.draw(st.sets(st.integers(0, len(tape.executions) - 1), max_size=3))
    whole, short = lives_of(is_anchored=True), lives_of(is_anchored=True)
    for index, execution in enumerate(tape.executions):
        for lives, (most, kept) in ((whole, (1000, 500)), (short, (keep + 1, keep))):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(core.lives, "MAX_TAPE", most)
                patch.setattr(core.lives, "KEPT_ON_TAPE", kept)
                if index not in gone:
                    lives.add(execution, tape.key, tape.settle_coin)
                if index in told:
                    lives.anchor({tape.key: Checkpoint(execution.seq, tape.sizes[index], execution.ts_ms)}, START_MS)
    assert short.life(tape.key) == whole.life(tape.key)
    assert {t.life_id: t for t in short.closed()} == {t.life_id: t for t in whole.closed()}


# ---- anchoring: the cases that went wrong ---------------------------------------------------------------------------


def test_fills_around_an_unknown_beginning_are_no_trade_of_their_own() -> None:
    """Long 3 from long ago; sold 1, bought 1 back. Folded from flat it would be a short that lost its fees."""
    lives = lives_of(an_execution(1, "Sell", 1, fee=D("0.1")), an_execution(2, "Buy", 1, fee=D("0.1")))
    assert (results(lives), lives.life(KEY)) == ([], None)
    lives.anchor({KEY: report(3, 2)}, START_MS + 5000)
    assert results(lives) == []
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.side, life.realised_pnl) == (D(3), "Buy", None)


def test_an_add_to_a_position_of_unknown_beginning_invents_no_money() -> None:
    """V11: the position was listed without any execution; its first fill is not its opening."""
    lives = Lives()
    lives.anchor({KEY: report(3, 1)}, START_MS)
    before = lives.life(KEY)
    assert before is not None
    assert before.realised_pnl is None
    lives.add(an_execution(2, "Buy", 1, fee=D("0.1")), KEY, "USDT")
    life = lives.life(KEY)
    assert life is not None
    assert (life.life_id, life.size, life.realised_pnl) == (before.life_id, D(4), None)


def test_a_gap_does_not_rewrite_what_was_closed_before_it() -> None:
    rounds = [row for n in (1, 3, 5) for row in (an_execution(n, "Buy", 1, 100), an_execution(n + 1, "Sell", 1, 110))]
    lives = lives_of(is_anchored=True)
    for execution in rounds:
        lives.add(execution, KEY, "USDT")
    assert lives.anchor({KEY: report("0.5", 7)}, START_MS + 9000) == [KEY]
    assert results(lives) == [("Buy", D(10))] * 3
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl, life.exits) == (D("0.5"), None, ())


def test_a_key_that_is_not_listed_was_flat_when_asked_and_opened_since() -> None:
    """First baseline: positions listed at second 5, the fill of second 6 already among the executions."""
    lives = lives_of(an_execution(6, "Buy", 1, 100))
    assert lives.anchor({}, START_MS + 5000) == []
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl) == (D(1), D(0))
    assert lives.closed() == ()


def test_a_key_that_is_not_listed_ended_flat() -> None:
    """Only the closing half of a life is known: an incomplete trade, and nothing open."""
    lives = lives_of(an_execution(3, "Sell", 2, 100))
    lives.anchor({}, START_MS + 5000)
    assert lives.life(KEY) is None
    assert [(t.side, t.is_complete, t.net_pnl) for t in lives.closed()] == [("Buy", False, None)]


@pytest.mark.parametrize(("began_s", "ended_s"), [(1, 5), (1, 8), (3, 5), (3, 8), (6, 8)])
def test_a_life_about_the_time_of_the_first_list_is_whole(began_s: int, ended_s: int) -> None:
    """The list that lacks it may be older than its question, by its lag, or younger, by the time that it took."""
    opened = an_execution(began_s, "Buy", 2, 100, closed_size=D(0))
    closed = an_execution(ended_s, "Sell", 2, 110, closed_size=D(2))
    lives = lives_of(opened)
    lives.anchor({}, START_MS + 5000)
    lives.add(closed, KEY, "USDT")
    assert lives.life(KEY) is None
    assert results(lives) == [("Buy", D(20))]


def test_later_absence_says_nothing() -> None:
    """V5, V6: only the first list of positions tells about keys that it lacks."""
    lives = lives_of(is_anchored=True)
    lives.add(an_execution(1, "Buy", 1), KEY, "USDT")
    assert lives.anchor({}, START_MS + 60_000) == []
    assert lives.life(KEY) is not None


def test_an_explicit_flat_report_ends_a_life_whose_exit_was_missed() -> None:
    """Else the next life would be counted on top of it."""
    lives = lives_of(is_anchored=True)
    lives.add(an_execution(1, "Buy", 3, 100), KEY, "USDT")
    assert lives.anchor({KEY: report(0, 2)}, START_MS + 5000) == [KEY]
    assert lives.life(KEY) is None
    assert [(t.is_complete, t.net_pnl) for t in lives.closed()] == [(False, None)]
    lives.add(an_execution(9, "Buy", 1, 200), KEY, "USDT")
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.entered_value) == (D(1), D(200))
    lives.add(an_execution(2, "Sell", 3, 110), KEY, "USDT")
    assert results(lives) == [("Buy", D(30))]
    assert lives.life(KEY) == life


def test_a_position_listed_before_its_execution_is_whole_once_that_arrives() -> None:
    lives = lives_of(is_anchored=True)
    assert lives.anchor({KEY: report(3, 100)}, START_MS) == [KEY]
    lives.add(an_execution(1, "Buy", 3, 100, seq=100, fee=D("0.3")), KEY, "USDT")
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl) == (D(3), D("-0.3"))
    assert lives.anchor({KEY: report(3, 100)}, START_MS) == []


def test_executions_newer_than_the_report_are_left_out() -> None:
    lives = lives_of(an_execution(1, "Buy", 3), an_execution(2, "Sell", 1))
    lives.anchor({KEY: report(3, 1)}, START_MS + 9000)
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.cost) == (D(2), D(200))


# ---- labels, bounds --------------------------------------------------------------------------------------------------


def test_a_label_names_an_exit_and_changes_no_figure() -> None:
    lives = lives_of(
        an_execution(1, "Buy", 2, 100),
        an_execution(2, "Sell", 1, 110, order_link_id="bot-7"),
        an_execution(3, "Sell", 1),
        is_anchored=True,
    )
    (before,) = lives.closed()
    lives.label("bot-7", "ladder 1")
    (after,) = lives.closed()
    assert [e.reason for e in before.exits] == ["id:bot-7", "manual"]
    assert [e.reason for e in after.exits] == ["ladder 1", "manual"]
    assert plain(after) == plain(before)


def plain(trade: ClosedTrade) -> list[Any]:
    return [getattr(trade, name) for name in trade.__struct_fields__ if name not in {"exits", "closed_by"}]


def test_trades_that_did_not_change_stay_the_same_objects() -> None:
    lives = lives_of(
        *[an_execution(n, "Buy" if n % 2 else "Sell", 1, 100 + n) for n in range(1, 9) if n != 6], is_anchored=True
    )
    before = {t.life_id: t for t in lives.closed()}
    revision = lives.revision
    lives.add(an_execution(6, "Sell", 1, 106), KEY, "USDT")
    assert lives.revision > revision
    kept = [t for t in lives.closed() if t.life_id in before and t.closed_ms < START_MS + 5000]
    assert kept
    assert all(t is before[t.life_id] for t in kept)


def test_revision_stands_still_while_no_trade_changes() -> None:
    lives = lives_of(is_anchored=True)
    lives.add(an_execution(1, "Buy", 3), KEY, "USDT")
    revision = lives.revision
    lives.add(an_execution(2, "Sell", 1), KEY, "USDT")
    lives.add(an_execution(2, "Sell", 1), KEY, "USDT")
    assert lives.revision == revision
    lives.add(an_execution(3, "Sell", 2), KEY, "USDT")
    assert lives.revision == revision + 1


def test_memory_is_bounded() -> None:
    """P29, V32: tapes, known ids, trades and labels."""
    lives = Lives(max_closed=50)
    lives.anchor({}, START_MS)
    with pytest.MonkeyPatch.context() as patch:
        bounds = {"MAX_TAPE": 40, "KEPT_ON_TAPE": 20, "FORGOTTEN_AT_ONCE": 10, "MAX_LABELS": 10}
        for name, bound in bounds.items():
            patch.setattr(core.lives, name, bound)
        for number in range(1, 1001):
            lives.add(an_execution(number, "Buy" if number % 2 else "Sell", 1, 100), KEY, "USDT")
            lives.label(f"bot-{number}", "x")
        assert 50 <= len(lives.closed()) <= 50 + 21
    assert len(lives._tapes[KEY].executions) <= 41
    assert len(lives._seen[KEY[:2]]) <= 41
    assert len(lives._archive) <= 50
    assert len(lives.labels) <= 10
    newest = lives.closed()[0]
    assert newest.closed_ms == START_MS + 1000 * 1000
    assert lives.closed_trade(newest.life_id, KEY) is newest


def test_a_history_is_rebuilt_whole() -> None:
    """Two years of a busy bot are more trades than the running desk holds."""
    lives = Lives(max_closed=None)
    for number in range(1, 2 * core.lives.MAX_CLOSED + 2_001):
        lives.add(an_execution(number, "Buy" if number % 2 else "Sell", 1, 100), KEY, "USDT")
    lives.anchor({}, START_MS + 10**9)
    assert len(lives.closed()) == core.lives.MAX_CLOSED + 1_000
    assert drain(lives.closed_steps()) == list(lives.closed())


@given(tapes(least=6, most=30), st.integers(1, 4), st.integers(1, 5))
def test_a_history_put_away_in_parts_is_the_same(tape: Tape, keep: int, at_once: int) -> None:
    lives = Lives(max_closed=None)
    for execution in tape.executions:
        lives.add(execution, tape.key, tape.settle_coin)
    expected = fold(tape.key, tape.settle_coin, tape.executions)
    size = expected.life.size if expected.life else D(0)
    last = tape.executions[-1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.lives, "MAX_TAPE", keep + 1)
        patch.setattr(core.lives, "KEPT_ON_TAPE", keep)
        patch.setattr(core.lives, "ARCHIVED_AT_ONCE", at_once)
        lives.anchor({tape.key: Checkpoint(last.seq, size, last.ts_ms)}, last.ts_ms + 1)
    assert lives.life(tape.key) == expected.life
    assert {t.life_id: t for t in lives.closed()} == {t.life_id: t for t in expected.closed}


def test_a_life_that_never_gets_flat_is_shortened_too() -> None:
    lives = lives_of(is_anchored=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core.lives, "MAX_TAPE", 10)
        patch.setattr(core.lives, "KEPT_ON_TAPE", 5)
        lives.add(an_execution(1, "Buy", 100, 100), KEY, "USDT")
        for number in range(2, 60):
            lives.add(an_execution(number, "Sell", 1, 110), KEY, "USDT")
    assert len(lives._tapes[KEY].executions) <= 11
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl, len(life.exits)) == (D(42), D(580), 58)


def test_a_restarted_sequence_keeps_what_was_known() -> None:
    """F77: the exchange was restored and counts from a lower number."""
    lives = lives_of(is_anchored=True)
    lives.add(an_execution(1, "Buy", 3, 100, seq=5000), KEY, "USDT")
    lives.restart(KEY)
    lives.add(an_execution(2, "Sell", 1, 110, seq=7), KEY, "USDT")
    assert lives.anchor({KEY: report(2, 7)}, START_MS) == []
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl) == (D(2), D(10))


def test_an_execution_of_a_restarted_sequence_is_not_taken_for_an_old_one() -> None:
    """F77: before a report of the new sequence came, its first fill bears a number below the first report's."""
    lives = lives_of(an_execution(5_000, "Buy", 3, 100, seq=5_000))
    lives.anchor({KEY: report(3, 5_000)}, START_MS)
    lives.add(an_execution(6_000, "Sell", 1, 110, seq=7), KEY, "USDT")
    life = lives.life(KEY)
    assert life is not None
    assert (life.size, life.realised_pnl) == (D(2), D(10))
