"""The book: which report is believed, what a snapshot promises, and the races that a quick book gets wrong."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.book import PositionBook
from core.clock import ManualClock
from core.equity import MAX_POINTS, Equity
from core.events import (
    Account,
    BaselineTaken,
    ExecutionReported,
    FeeRatesReported,
    FrameRefused,
    InstrumentsReported,
    LinkChanged,
    OrderReported,
    PositionReported,
    PriceReported,
    WalletReported,
)
from core.intents import ClosePosition, SetLeverage
from core.model import AuditEvent, Command, Execution, Link, Order, Position, PositionKey, Price, Snapshot, Wallet
from tests.strategies import START_MS, a_baseline, a_position, an_execution, an_instrument, an_order

D = Decimal
KEY = PositionKey("linear", "SOLUSDT", 0)


class Desk:
    """A book with a clock moved by hand, and what it told its listener."""

    def __init__(self) -> None:
        self.clock = ManualClock(START_MS)
        self.notices: list[AuditEvent] = []
        self.book = PositionBook(self.clock, "paper", "Main", self.notices.append)
        self.book.apply(InstrumentsReported("linear", (an_instrument(),)))

    @property
    def codes(self) -> list[str]:
        return [notice.code for notice in self.notices]

    def stream(self, row: Position | Order | Execution) -> None:
        """A private frame arrives now."""
        if isinstance(row, Position):
            row = _received(row, self.clock.monotonic())
            self.book.apply(PositionReported(row, "stream"))
        elif isinstance(row, Order):
            self.book.apply(OrderReported(row, "stream"))
        else:
            self.book.apply(ExecutionReported(row, "stream"))

    def rest(self, row: Position, asked_ago_s: float = 0.0) -> None:
        """A REST answer arrives now that was asked for earlier."""
        now = self.clock.monotonic()
        self.book.apply(PositionReported(_received(row, now), "rest", now - asked_ago_s))

    def price(self, mark: str | int, symbol: str = "SOLUSDT", category: str = "linear", **changes: Any) -> None:
        given: dict[str, Any] = {
            "source": "stream",
            "ts_ms": self.clock.now_ms(),
            "received_mono": self.clock.monotonic(),
        }
        self.book.apply(PriceReported(Price(category=category, symbol=symbol, mark_price=D(mark), **(given | changes))))

    def wallet(self, **figures: Any) -> None:
        given = {"updated_ms": self.clock.now_ms(), "received_mono": self.clock.monotonic()}
        self.book.apply(WalletReported(Wallet(**(given | figures)), "stream"))

    def baseline(
        self,
        positions: Iterable[Position] = (),
        orders: Iterable[Order] = (),
        executions: Iterable[Execution] = (),
        *,
        asked_ago_s: float = 0.0,
    ) -> None:
        """A complete reading arrives now that was asked for earlier."""
        self.book.apply(self.baseline_event(positions, orders, executions, asked_ago_s=asked_ago_s))

    def baseline_event(
        self,
        positions: Iterable[Position] = (),
        orders: Iterable[Order] = (),
        executions: Iterable[Execution] = (),
        *,
        asked_ago_s: float = 0.0,
    ) -> BaselineTaken:
        """Such a reading."""
        now_ms, mono = self.clock.now_ms(), self.clock.monotonic()
        return a_baseline(
            now_ms,
            mono,
            positions,
            executions,
            started_ms=now_ms - int(asked_ago_s * 1000),
            started_mono=mono - asked_ago_s,
            orders=tuple(orders),
            wallet=Wallet(updated_ms=now_ms, received_mono=mono),
            account=Account(margin_mode="cross"),
        )

    def row(self, idx: int = 0, symbol: str = "SOLUSDT") -> Position:
        found = self.book.snapshot().position(symbol, idx)
        assert found is not None
        return found

    def sizes(self) -> dict[tuple[str, int], tuple[str, Decimal]]:
        return {(p.symbol, p.position_idx): (p.side, p.size) for p in self.book.snapshot().positions}


def _received(row: Position, mono: float) -> Position:
    return a_position(
        **{name: getattr(row, name) for name in row.__struct_fields__ if name != "received_mono"}, received_mono=mono
    )


@pytest.fixture
def desk() -> Desk:
    return Desk()


# ---- which report is believed ---------------------------------------------------------------------------------------


def test_older_and_repeated_frames_change_nothing(desk: Desk) -> None:
    """F73–F75, V15, V16."""
    newest = a_position(size=5, seq=7, updated_ms=START_MS + 7)
    desk.stream(newest)
    before = desk.row()
    desk.stream(newest)
    desk.stream(a_position(size=3, seq=6, updated_ms=START_MS + 9))
    desk.stream(a_position(size=4, seq=7, updated_ms=START_MS + 6))
    assert desk.row() is before


def test_equal_sequence_and_newer_time_is_applied(desk: Desk) -> None:
    """F76, V17: settings repeat the sequence of the last trade."""
    desk.stream(a_position(size=5, seq=7, updated_ms=START_MS, leverage=D(10)))
    desk.stream(a_position(size=5, seq=7, updated_ms=START_MS + 1, leverage=D(25)))
    assert desk.row().leverage == 25


def test_a_leverage_changed_elsewhere_is_an_event_and_ours_is_not(desk: Desk) -> None:
    """The stream tells it in a row like any other; a command of this desk tells of itself."""
    desk.baseline([a_position(size=5, seq=7, leverage=D(10))])
    desk.stream(a_position(size=5, seq=7, updated_ms=START_MS + 9, leverage=D(25)))
    (line,) = [notice for notice in desk.notices if notice.code == "leverage_changed"]
    assert (line.key, line.severity, dict(line.details)) == (KEY, "warning", {"before": D(10), "after": D(25)})
    intent = SetLeverage(symbol="SOLUSDT", leverage=D(3))
    desk.book.command_changed(desk.book.commands.start("c1", intent, desk.clock.now_ms(), None))
    desk.stream(a_position(size=5, seq=7, updated_ms=START_MS + 20, leverage=D(3)))
    assert desk.codes.count("leverage_changed") == 1
    desk.clock.advance(120)
    for number, leverage in enumerate((D(4), D(3), None, D(4))):
        desk.stream(a_position(size=5, seq=7, updated_ms=START_MS + 30 + number, leverage=leverage))
    assert desk.codes.count("leverage_changed") == 3, "there and back by somebody else; no figure is no change"


def test_the_same_revision_keeps_the_row_unless_rest_was_asked_later(desk: Desk) -> None:
    """V17: ties keep the current row; a later REST row of the same revision has fresher margin figures."""
    desk.clock.advance(10)
    desk.stream(a_position(size=5, seq=7, liq_price=D(60)))
    desk.stream(a_position(size=5, seq=7, liq_price=D(61)))
    assert desk.row().liq_price == 60
    desk.clock.advance(1)
    desk.rest(a_position(size=5, seq=7, liq_price=D(62)), asked_ago_s=2)
    assert desk.row().liq_price == 60
    desk.rest(a_position(size=5, seq=7, liq_price=D(63)), asked_ago_s=0.5)
    assert desk.row().liq_price == 63


@st.composite
def revisions(draw: st.DrawFn) -> list[Position]:
    """Reports of three keys, each with its own growing (seq, updated), open or flat."""
    rows = []
    for idx, symbol in ((0, "SOLUSDT"), (1, "XRPUSDT"), (2, "XRPUSDT")):
        seq, updated = 10, START_MS
        for _ in range(draw(st.integers(1, 6))):
            seq += draw(st.sampled_from([0, 1, 3]))
            updated += draw(st.integers(1, 5))
            size = draw(st.integers(0, 3))
            side = "Sell" if idx == 2 else "Buy"
            rows.append(a_position(side, size, symbol=symbol, position_idx=idx, seq=seq, updated_ms=updated))
    return rows


@given(revisions(), st.randoms(use_true_random=False))
def test_any_order_with_duplicates_ends_at_the_newest_revision(rows: list[Position], shuffler: random.Random) -> None:
    """V9, V15, V16, F74: each key by itself."""
    arriving = [*rows, *rows[::2]]
    shuffler.shuffle(arriving)
    desk, highest = Desk(), dict[PositionKey, tuple[int, int]]()
    for row in arriving:
        desk.stream(row)
        for held in desk.book.open_positions:
            assert (held.seq, held.updated_ms) >= highest.get(held.key, (-1, 0))
            highest[held.key] = (held.seq, held.updated_ms)
    newest = {
        key: max((r for r in rows if r.key == key), key=lambda r: (r.seq, r.updated_ms))
        for key in {r.key for r in rows}
    }
    expected = {(r.symbol, r.position_idx): (r.side, r.size) for r in newest.values() if r.size}
    assert desk.sizes() == expected


@given(revisions())
def test_stream_and_rest_end_in_the_same_book(rows: list[Position]) -> None:
    """V18."""
    by_stream, by_rest = Desk(), Desk()
    for row in rows:
        by_stream.stream(row)
        by_rest.rest(row)
    assert by_stream.sizes() == by_rest.sizes()


def test_a_restored_exchange_is_followed_by_rest_only(desk: Desk) -> None:
    """F77: a lower sequence is ignored, unless REST was asked for long after our last word of it."""
    desk.stream(a_position(size=5, seq=1000))
    desk.clock.advance(4)
    desk.rest(a_position(size=2, seq=3), asked_ago_s=0)
    assert desk.row().size == 5
    desk.clock.advance(2)
    desk.stream(a_position(size=2, seq=3))
    assert desk.row().size == 5
    desk.rest(a_position(size=2, seq=3), asked_ago_s=0.5)
    assert desk.row().size == 2
    assert "sequence_reset" in desk.codes
    desk.stream(a_position(size=1, seq=4))
    assert desk.row().size == 1


def test_lives_go_on_after_a_restored_exchange(desk: Desk) -> None:
    """F77: executions before the restoration have higher sequences than the reports after it."""
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 5, 100, seq=1000))
    desk.stream(a_position(size=5, seq=1000))
    desk.clock.advance(60)
    desk.rest(a_position(size=5, seq=3))
    desk.stream(an_execution(2, "Sell", 1, 110, seq=4))
    desk.stream(a_position(size=4, seq=4))
    desk.baseline([a_position(size=4, seq=4)])
    assert "executions_differ" not in desk.codes
    assert desk.row().realised_pnl == 10


def test_a_restored_exchange_may_reopen_what_was_flat(desk: Desk) -> None:
    """F77 for a flat key; not soon after it closed, when REST may only be late."""
    desk.stream(a_position(size=5, seq=1000))
    desk.stream(a_position(size=0, seq=1001))
    desk.clock.advance(8)
    desk.rest(a_position(size=5, seq=1000))
    assert desk.sizes() == {}
    desk.clock.advance(60)
    desk.rest(a_position(size=2, seq=3))
    assert desk.row().size == 2


# ---- flat only by evidence ------------------------------------------------------------------------------------------


def test_only_an_explicit_flat_row_closes(desk: Desk) -> None:
    """V5, decision 1: a list without the position, an order, executions that sum to zero: none of them closes it."""
    desk.stream(a_position(size=5, seq=1))
    desk.baseline([])
    desk.clock.advance(60)
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 5))
    desk.stream(an_execution(2, "Sell", 5))
    desk.stream(an_order("Filled", filled_qty=D(5)))
    assert desk.row().size == 5
    desk.stream(a_position(size=0, seq=2))
    assert desk.sizes() == {}
    closed = [n for n in desk.notices if n.code == "position_closed"]
    assert [(n.key, n.details["evidence"]) for n in closed] == [(KEY, "E1")]


def test_rest_by_name_closes_as_e2(desk: Desk) -> None:
    desk.stream(a_position(size=5, seq=1))
    desk.rest(a_position(size=0, seq=2))
    assert desk.notices[-1].details["evidence"] == "E2"


def test_late_rows_do_not_bring_a_closed_position_back(desk: Desk) -> None:
    """An old flat row must not lower the mark that keeps old open rows out."""
    desk.stream(a_position(size=5, seq=10))
    desk.stream(a_position(size=0, seq=100))
    for row in (a_position(size=0, seq=50), a_position(size=5, seq=60), a_position(size=5, seq=100)):
        desk.stream(row)
        assert desk.sizes() == {}
    desk.stream(a_position(size=1, seq=101))
    assert desk.row().size == 1


def test_a_flat_row_that_is_old_does_not_close(desk: Desk) -> None:
    desk.stream(a_position(size=5, seq=10))
    desk.stream(a_position(size=0, seq=9))
    desk.rest(a_position(size=0, seq=9))
    assert desk.row().size == 5


def test_legs_of_hedge_mode_are_independent(desk: Desk) -> None:
    """F53, V9."""
    desk.stream(a_position("Buy", 3, position_idx=1, seq=5))
    desk.stream(a_position("Sell", 2, position_idx=2, seq=6))
    short = desk.row(2)
    desk.stream(a_position(size=0, position_idx=1, seq=7))
    assert desk.sizes() == {("SOLUSDT", 2): ("Sell", D(2))}
    assert desk.row(2) is short


# ---- snapshots ------------------------------------------------------------------------------------------------------


def test_unchanged_rows_are_the_same_objects(desk: Desk) -> None:
    for symbol in ("ADAUSDT", "SOLUSDT", "XRPUSDT"):
        desk.stream(a_position(size=1, symbol=symbol))
        desk.price(100, symbol)
    first = desk.book.snapshot()
    desk.price(101, "SOLUSDT")
    second = desk.book.snapshot()
    assert [a is b for a, b in zip(first.positions, second.positions, strict=True)] == [True, False, True]
    desk.book.label_exit("nobody", "nothing")
    third = desk.book.snapshot()
    assert third.positions is second.positions
    for name in ("orders", "executions", "closed_trades", "commands", "events", "instruments", "fee_rates", "sessions"):
        assert getattr(third, name) is getattr(second, name), name


def test_versions_increase_and_old_snapshots_never_change(desk: Desk) -> None:
    """V34, V41."""
    desk.stream(a_position(size=1))
    desk.price(100)
    first = desk.book.snapshot()
    frozen = (first.version, first.positions, dict(first.prices), first.events, dict(first.instruments))
    desk.price(200)
    desk.stream(a_position(size=9, seq=2))
    desk.book.apply(InstrumentsReported("linear", (an_instrument(tick="5"),)))
    desk.book.apply(FeeRatesReported("linear", (("SOLUSDT", D("0.1"), D("0.2")),)))
    second = desk.book.snapshot()
    assert second.version > first.version
    assert (first.version, first.positions, dict(first.prices), first.events, dict(first.instruments)) == frozen
    assert second.taker_fee(KEY) == D("0.1")
    for mapping in (second.prices, second.instruments, second.fee_rates, second.sessions):
        with pytest.raises(TypeError):
            mapping["x"] = 1


def test_totals_equal_the_fold_of_their_rows(desk: Desk) -> None:
    """V34."""
    for number, (symbol, side) in enumerate((("ADAUSDT", "Buy"), ("SOLUSDT", "Sell"), ("XRPUSDT", "Buy"))):
        desk.stream(a_position(side, 10 + number, symbol=symbol, entry_price=D("33.3")))
        desk.price(f"3{number}.7", symbol)
    desk.stream(a_position("Buy", 300, category="inverse", symbol="BTCUSD"))
    desk.price(110, "BTCUSD", "inverse")
    shown = desk.book.snapshot()
    linear = [p for p in shown.positions if p.settle_coin == "USDT"]
    assert shown.unrealised_pnl == sum((p.unrealised_pnl for p in linear if p.unrealised_pnl is not None), D(0))
    assert shown.session.used_margin == sum((p.initial_margin for p in linear if p.initial_margin is not None), D(0))
    assert shown.session.unrealised_pnl == shown.unrealised_pnl
    assert shown.session.active_positions == len(shown.positions) == 4
    assert shown.session.total_pnl is None, "what these lives have realised so far is not known"


def test_the_total_counts_what_open_lives_have_realised(desk: Desk) -> None:
    """DESIGN 3: a life's realised PnL is that of its exits, fees and funding; it does not wait for the life's end."""
    desk.baseline()
    desk.stream(an_execution(1, "Buy", 2, 100))
    desk.stream(an_execution(2, "Sell", 2, 110, fee=D(1)))  # a whole life: +19
    desk.stream(an_execution(3, "Buy", 3, 100, fee=D("0.5")))
    desk.stream(an_execution(4, "Sell", 1, 120, fee=D("0.5")))  # a partial exit: +20 − 1
    desk.stream(a_position("Buy", 2, seq=4, entry_price=D(100)))
    desk.price(130)
    session = desk.book.snapshot().session
    assert (session.total_realised_pnl, session.unrealised_pnl) == (D(19), D(60))
    assert session.total_pnl == 19 + 19 + 60


@pytest.mark.parametrize("is_flat_first", [False, True])
def test_a_closed_life_tells_how_far_it_went(desk: Desk, is_flat_first: bool) -> None:
    """MFE and MAE by the marks seen, whichever of the two topics tells of the end first."""
    desk.baseline()
    desk.stream(an_execution(1, "Buy", 2, 100))
    desk.stream(a_position("Buy", 2, seq=1, entry_price=D(100)))
    for mark in (103, 91, 108, 104):
        desk.price(mark)
        desk.book.snapshot()
    ends = [an_execution(2, "Sell", 2, 104), a_position(size=0, seq=2)]
    for row in reversed(ends) if is_flat_first else ends:
        desk.stream(row)
        desk.book.snapshot()
    (trade,) = desk.book.snapshot().closed_trades
    assert (trade.best_pnl, trade.worst_pnl) == (D(16), D(-18))
    desk.book.label_exit(trade.exits[0].order_link_id, "ladder")  # a new fold sees no marks
    desk.stream(an_execution(3, "Buy", 1, 100))
    desk.stream(a_position("Buy", 1, seq=3, entry_price=D(100)))
    desk.price(101)
    assert desk.row().best_pnl == 1, "another life begins anew"
    assert desk.book.snapshot().closed_trades[0].best_pnl == 16


def test_a_first_baseline_of_many_executions_is_taken_in_slices(desk: Desk) -> None:
    """No slice does more than a few hundred steps of work, and the end is that of one go."""
    number = 4_000  # so many lives that all of them stay in memory
    past = [an_execution(n, "Buy" if n % 2 else "Sell", 1, 100 + n % 7, fee=D("0.05")) for n in range(1, number + 1)]
    held = a_position("Buy", 1, seq=number + 1, updated_ms=START_MS + number * 1_000)
    last = an_execution(number + 1, "Buy", 1)
    desk.clock.advance(number + 10)
    event = desk.baseline_event([held], executions=(*past, last))
    slices = 0
    for _ in desk.book.baseline_steps(event):
        slices += 1
        desk.book.snapshot()  # somebody publishes in between: nothing is known of the lives yet, and nothing invented
        assert not desk.book.has_baseline
    assert slices >= number / 200 * 2
    other = Desk()
    other.clock.advance(number + 10)
    other.book.apply(event)
    shown, expected = desk.book.snapshot(), other.book.snapshot()
    assert shown.closed_trades == expected.closed_trades
    assert len(shown.closed_trades) == number / 2
    assert shown.sessions == expected.sessions
    assert shown.positions == expected.positions
    assert desk.book.lives.life(KEY) == other.book.lives.life(KEY)


def test_an_execution_of_an_unknown_kind_is_a_question_and_no_fill(desk: Desk) -> None:
    """F35: neither size nor life is guessed; the trail says that it came."""
    desk.baseline()
    desk.stream(an_execution(1, "Buy", 3, 100))
    desk.stream(a_position("Buy", 3, seq=1))
    desk.stream(an_execution(2, "Sell", 3, 100, exec_type="Foo"))
    row = desk.row()
    assert (row.size, row.realised_pnl) == (D(3), None)
    assert desk.book.lives.life(KEY).size == 3
    assert not desk.book.snapshot().closed_trades
    (told,) = [notice for notice in desk.notices if notice.code == "execution_unknown"]
    assert (told.severity, told.details["exec_type"], told.details["qty"]) == ("warning", "Foo", D(3))
    assert "trade_closed" not in desk.codes


def test_an_unknown_kind_that_is_explained_later_takes_its_own_place(desk: Desk) -> None:
    """F35: a frame was spoilt, the next list has the row whole."""
    desk.baseline()
    desk.stream(an_execution(1, "Buy", 3, 100))
    desk.stream(an_execution(2, "Buy", 1, 100, exec_type="Foo"))
    desk.stream(an_execution(3, "Sell", 1, 110))
    desk.stream(a_position("Buy", 3, seq=3))
    assert desk.row().realised_pnl is None
    desk.stream(an_execution(2, "Buy", 1, 100))
    desk.stream(an_execution(2, "Buy", 1, 100, exec_type="Foo"))
    assert desk.book.lives.life(KEY).size == desk.row().size == 3
    assert desk.row().realised_pnl is not None
    shown = [(e.exec_id, e.exec_type) for e in desk.book.snapshot().executions]
    assert [kind for _, kind in shown] == ["Trade"] * 3
    assert len({name for name, _ in shown}) == 3


def test_a_row_of_an_unknown_kind_is_not_what_the_disk_keeps() -> None:
    """A row is kept once and for ever: one that a spoilt frame brought would stand in the way of the true one."""
    kept: list[object] = []
    clock = ManualClock(START_MS)
    book = PositionBook(clock, "paper", "Main", lambda line: None, kept.append)
    row = an_execution(1, "Buy", 1, 100)
    book.apply(ExecutionReported(an_execution(1, "Buy", 1, 100, exec_type="Foo"), "stream"))
    assert kept == []
    book.apply(ExecutionReported(row, "rest"))
    assert kept == [row]


def test_a_total_with_an_unknown_part_is_unknown(desk: Desk) -> None:
    desk.stream(a_position(size=1, symbol="ADAUSDT"))
    desk.stream(a_position(size=1, leverage=None))
    desk.price(100)
    shown = desk.book.snapshot()
    assert (shown.unrealised_pnl, shown.session.total_pnl, shown.session.used_margin) == (None, None, None)
    assert desk.row().roe_pct is None


def test_positions_are_sorted_by_symbol_and_leg(desk: Desk) -> None:
    for symbol, idx in (("XRPUSDT", 2), ("ADAUSDT", 0), ("XRPUSDT", 1)):
        desk.stream(a_position("Sell" if idx == 2 else "Buy", 1, symbol=symbol, position_idx=idx))
    assert list(desk.sizes()) == [("ADAUSDT", 0), ("XRPUSDT", 1), ("XRPUSDT", 2)]


def test_only_the_thread_that_made_the_book_writes(desk: Desk) -> None:
    failures: list[BaseException] = []

    def write() -> None:
        try:
            desk.price(1)
        except AssertionError as error:
            failures.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()
    assert len(failures) == 1


# ---- derived figures ------------------------------------------------------------------------------------------------


def test_a_row_is_the_exchanges_word_and_our_arithmetic(desk: Desk) -> None:
    desk.stream(a_position("Sell", 4, entry_price=D(50), leverage=D(5), opened_ms=123))
    desk.price(45, last_price=D("45.5"), funding_rate=D("0.0001"), next_funding_ms=99)
    row = desk.row()
    assert (row.mark_price, row.mark_source, row.last_price) == (D(45), "tickers", D("45.5"))
    assert (row.unrealised_pnl, row.initial_margin, row.roe_pct) == (D(20), D(40), D(50))
    assert (row.funding_rate, row.next_funding_ms, row.opened_ms) == (D("0.0001"), 99, 123)
    assert (row.realised_pnl, row.fees, row.peak_size, row.life_id) == (None, None, None, "")


def test_the_mark_ladder(desk: Desk) -> None:
    """P23: a fresh ticker, else whichever of both is newer; V27: source and age with it."""
    desk.stream(a_position(size=1, mark_price=D(90), mark_source="stream"))
    assert (desk.row().mark_price, desk.row().mark_source) == (D(90), "stream")
    desk.price(100)
    assert (desk.row().mark_price, desk.row().mark_source) == (D(100), "tickers")
    desk.clock.advance(5)
    desk.rest(a_position(size=1, mark_price=D(91), mark_source="rest"))
    assert desk.row().mark_source == "tickers"
    desk.clock.advance(8)
    desk.rest(a_position(size=1, mark_price=D(92), mark_source="rest"))
    assert (desk.row().mark_price, desk.row().mark_source, desk.row().mark_mono) == (
        D(92),
        "rest",
        desk.clock.monotonic(),
    )
    desk.price(101)
    assert desk.row().mark_source == "tickers"


def test_the_newer_of_two_old_marks_is_shown(desk: Desk) -> None:
    desk.stream(a_position(size=1, mark_price=D(90), mark_source="stream"))
    desk.clock.advance(100)
    desk.price(100)
    desk.clock.advance(30)
    desk.book.label_exit("x", "y")
    assert (desk.row().mark_price, desk.row().mark_source) == (D(100), "tickers")


def test_rest_prices_do_not_overwrite_newer_streamed_ones(desk: Desk) -> None:
    desk.stream(a_position(size=1))
    desk.price(100, ts_ms=START_MS + 50)
    desk.price(90, source="rest", ts_ms=START_MS + 49)
    assert desk.row().mark_price == 100


def test_realised_figures_come_from_executions_of_this_life(desk: Desk) -> None:
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 4, 100, fee=D("0.4")))
    desk.stream(a_position(size=4, seq=1))
    assert (desk.row().realised_pnl, desk.row().peak_size) == (D("-0.4"), D(4))
    desk.stream(an_execution(2, "Sell", 1, 110, fee=D("0.1")))
    desk.stream(a_position(size=3, seq=2))
    row = desk.row()
    assert (row.realised_pnl, row.fees, row.funding) == (D("9.5"), D("0.5"), D(0))
    assert [(e.qty, e.net_pnl, e.share_pct) for e in row.partial_exits] == [(D(1), D("9.9"), D(25))]
    desk.stream(an_execution(3, "Sell", 5, 110, fee=D("0.5")))
    desk.stream(a_position("Sell", 2, seq=3))
    assert (desk.row().realised_pnl, desk.row().partial_exits) == (D("-0.2"), ())
    (trade,) = desk.book.snapshot().closed_trades
    assert (trade.net_pnl, trade.settle_coin) == (D("39.2"), "USDT")
    assert desk.book.snapshot().session.total_realised_pnl == D("39.2")


def test_a_trade_in_a_contract_that_was_delisted_counts_as_money(desk: Desk) -> None:
    """Its settle coin is in its name: the instruments do not list it any more."""
    bought = an_execution(1, "Buy", 2, 100, symbol="LUNAUSDT")
    sold = an_execution(2, "Sell", 2, 110, symbol="LUNAUSDT", exec_type="Settle")
    desk.baseline(executions=[bought, sold])
    shown = desk.book.snapshot()
    assert [(t.settle_coin, t.net_pnl) for t in shown.closed_trades] == [("USDT", D(20))]
    assert shown.sessions["start"].total_realised_pnl == D(20)


def test_a_life_of_the_other_side_lends_no_figures(desk: Desk) -> None:
    """The position flipped and its executions are still on their way."""
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 4, fee=D("0.4")))
    desk.stream(a_position("Sell", 2, seq=3))
    assert (desk.row().realised_pnl, desk.row().life_id) == (None, "")


def test_a_position_older_than_its_history_has_a_life_without_money(desk: Desk) -> None:
    """V11, P4: no figure, but an id that a dialog can be bound to."""
    desk.baseline([a_position(size=4, seq=1)])
    row = desk.row()
    assert row.life_id
    assert (row.realised_pnl, row.fees, row.partial_exits) == (None, None, ())
    desk.stream(an_execution(2, "Buy", 1, fee=D("0.1")))
    desk.stream(a_position(size=5, seq=2))
    assert (desk.row().realised_pnl, desk.row().life_id) == (None, row.life_id)


def test_today_ends_at_midnight_without_any_trade(desk: Desk) -> None:
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 1, 100))
    desk.stream(an_execution(2, "Sell", 1, 110))
    assert desk.book.snapshot().sessions["today"].closed_trades == 1
    desk.clock.advance(86_400)
    sessions = desk.book.snapshot().sessions
    assert (sessions["today"].closed_trades, sessions["7d"].closed_trades) == (0, 1)


@pytest.mark.parametrize("offset_ms", [-7_200_000, 7_200_000])
def test_a_session_begins_at_the_exchanges_time_however_wrong_the_computers_clock(desk: Desk, offset_ms: int) -> None:
    """Trades bear its time: by the computer's the session would lack them, or have what closed before it."""
    begun_ms = desk.clock.now_ms() + offset_ms
    desk.book.set_links(clock_offset_ms=offset_ms)
    desk.baseline([])
    for number, ts_ms in ((1, begun_ms - 2), (2, begun_ms - 1), (3, begun_ms), (4, begun_ms + 1)):
        desk.stream(an_execution(number, "Buy" if number % 2 else "Sell", 1, 100 + number, ts_ms=ts_ms))
    summary = desk.book.snapshot().sessions["start"]
    assert (summary.started_ms, summary.closed_trades) == (begun_ms, 1)


# ---- wallet and equity ----------------------------------------------------------------------------------------------


def test_equity_moves_with_all_unrealised_pnl_since_the_wallet_spoke(desk: Desk) -> None:
    """The exchange's total counts coin-settled positions as well: 100 contracts from 100 at 125 are 0.2 BTC, 25 USD."""
    desk.stream(a_position("Buy", 10, entry_price=D(50)))
    desk.stream(a_position("Buy", 100, category="inverse", symbol="BTCUSD", entry_price=D(100)))
    desk.price(60)
    desk.price(125, "BTCUSD", "inverse")
    desk.wallet(equity=D(1000), unrealised_pnl=D(125))
    assert desk.book.snapshot().equity == 1000
    desk.price(61)
    assert desk.book.snapshot().equity == 1010


def test_equity_stays_as_reported_when_its_parts_are_unknown(desk: Desk) -> None:
    desk.stream(a_position("Buy", 10, entry_price=D(50)))
    desk.wallet(equity=D(1000), unrealised_pnl=D(7))
    assert desk.book.snapshot().equity == 1000
    desk.price(60)
    desk.wallet(equity=D(1000))
    assert desk.book.snapshot().equity == 1000


def test_an_older_wallet_does_not_overwrite_a_newer_one(desk: Desk) -> None:
    desk.clock.advance(1)
    desk.wallet(equity=D(1000))
    desk.wallet(equity=D(900), updated_ms=desk.clock.now_ms() - 500)
    assert desk.book.snapshot().equity == 1000
    desk.clock.advance(10)
    desk.wallet(equity=D(800), updated_ms=START_MS)
    assert desk.book.snapshot().equity == 800


def test_the_equity_curve_reaches_back_to_the_start_in_a_bounded_number_of_points() -> None:
    """Extremes and the first point of each UTC day stay, however long the desk runs."""
    equity, day = Equity(), 86_400_000
    at = START_MS - START_MS % day + day - 50_000
    began = at
    for number in range(30_000):
        at += 1_003
        equity.take(Wallet(equity=D(number % 1000 if number != 1_234 else -7), updated_ms=at))
        equity.now((), at)
    curve = equity.curve
    assert MAX_POINTS // 3 < len(curve) <= MAX_POINTS
    assert curve[0].ts_ms - began < 10_000
    assert at - curve[-1].ts_ms < 60_000
    assert [p.ts_ms for p in curve] == sorted({p.ts_ms for p in curve})
    assert min(p.equity for p in curve) == -7
    midnight = next(p.ts_ms for p in curve if p.ts_ms // day != curve[0].ts_ms // day)
    assert midnight % day < 2_000


def test_the_equity_curve_has_a_point_a_second(desk: Desk) -> None:
    desk.wallet(equity=D(1000))
    for step in range(10):
        desk.book.snapshot()
        desk.clock.advance(0.25)
        if step == 5:
            desk.wallet(equity=D(1001))
    curve = desk.book.snapshot().equity_curve
    assert [(p.ts_ms - START_MS, p.equity) for p in curve] == [(0, 1000), (1000, 1000), (2000, 1001)]
    assert desk.book.snapshot().equity_curve is curve


# ---- orders ---------------------------------------------------------------------------------------------------------


def test_an_order_that_ended_never_opens_again(desk: Desk) -> None:
    """V15: late and repeated rows, also one from a list that was asked for before it ended."""
    new = an_order("New", updated_ms=START_MS)
    desk.stream(new)
    assert len(desk.book.snapshot().orders) == 1
    desk.stream(an_order("Filled", updated_ms=START_MS, filled_qty=D(1)))
    desk.stream(new)
    assert desk.book.snapshot().orders == ()
    desk.baseline(orders=[new], asked_ago_s=1)
    assert desk.book.snapshot().orders == ()


def test_fills_of_an_order_only_grow(desk: Desk) -> None:
    desk.stream(an_order("PartiallyFilled", filled_qty=D("0.5")))
    desk.stream(an_order("New", filled_qty=D(0)))
    assert desk.book.snapshot().orders[0].filled_qty == D("0.5")


def test_a_complete_list_ends_orders_it_lacks_but_not_those_it_cannot_know(desk: Desk) -> None:
    desk.stream(an_order(order_id="old"))
    desk.clock.advance(60)
    desk.stream(an_order(order_id="new"))
    desk.clock.advance(2)
    desk.baseline(orders=[])
    assert [o.order_id for o in desk.book.snapshot().orders] == ["new"]
    desk.clock.advance(60)
    desk.baseline(orders=[an_order(order_id="old")])
    assert [o.order_id for o in desk.book.snapshot().orders] == ["old"]


def test_an_unknown_status_is_kept_and_not_taken_for_closed(desk: Desk) -> None:
    """F35."""
    desk.stream(an_order("New"))
    desk.stream(an_order("Frozen", updated_ms=START_MS + 1))
    assert [o.status for o in desk.book.snapshot().orders] == ["Frozen"]


def test_orders_are_listed_newest_first_and_unchanged_ones_stay_the_same(desk: Desk) -> None:
    for number in (1, 3, 2):
        desk.stream(an_order(order_id=f"o{number}", created_ms=START_MS + number))
    first = desk.book.snapshot().orders
    assert [o.order_id for o in first] == ["o3", "o2", "o1"]
    desk.baseline(orders=[an_order(order_id=f"o{n}", created_ms=START_MS + n) for n in (1, 2, 3)])
    assert all(a is b for a, b in zip(first, desk.book.snapshot().orders, strict=True))


# ---- executions and legs --------------------------------------------------------------------------------------------


def test_executions_are_kept_once_newest_first_and_at_most_a_thousand(desk: Desk) -> None:
    desk.baseline([])
    for number in [*range(1, 1101), 1100, 7]:
        desk.stream(an_execution(number, "Buy" if number % 2 else "Sell", 1))
    desk.stream(an_execution(1050, "Buy", 1, exec_id="late"))
    shown = desk.book.snapshot().executions
    assert len(shown) == 1000
    assert [e.ts_ms for e in shown] == sorted((e.ts_ms for e in shown), reverse=True)
    assert shown[0].exec_id == "e1100"
    assert "late" in {e.exec_id for e in shown}


def a_fill(number: int, side: str, closed: int, **changes: object) -> Execution:
    """One as execution lists tell it: without a position_idx."""
    return an_execution(number, side, 1, closed_size=D(closed), **({"position_idx": None} | changes))


def test_a_fill_waits_for_its_order_whatever_the_mode_is_now(desk: Desk) -> None:
    """The mode may have been switched since, there and back: only an order says which leg it was for."""
    desk.baseline([a_position("Buy", 3, position_idx=1), a_position("Sell", 3, position_idx=2)])
    desk.stream(a_fill(6, "Sell", 1))
    assert [len(desk.row(idx).partial_exits) for idx in (1, 2)] == [0, 0]
    assert [e.exec_id for e in desk.book.ledger.legs.waiting] == ["e6"]
    desk.stream(an_order(order_id="o6", position_idx=1, side="Sell"))
    assert [len(desk.row(idx).partial_exits) for idx in (1, 2)] == [1, 0]
    assert not desk.book.ledger.legs.waiting
    assert [e.position_idx for e in desk.book.snapshot().executions] == [1], "it says so from now on"


def test_a_fill_whose_order_nobody_knows_makes_no_trade(desk: Desk) -> None:
    """V11: a position that it would explain has no result, and none is invented for another."""
    desk.baseline([])
    desk.stream(a_fill(1, "Buy", 0))
    desk.stream(a_position("Buy", 1, seq=1))
    desk.clock.advance(6)
    desk.baseline([a_position("Buy", 1, seq=1)], executions=[a_fill(1, "Buy", 0)])
    assert desk.row().realised_pnl is None
    desk.baseline([a_position("Buy", 1, seq=1)], executions=[a_fill(1, "Buy", 0, fee=D("0.1"), position_idx=0)])
    assert desk.row().realised_pnl == D("-0.1")


def test_what_has_no_order_is_of_the_mode_of_the_fills_before_it(desk: Desk) -> None:
    """A contract does not change its mode before it is flat: funding and settlement find the position that was open."""
    rows = [
        an_execution(1, "Buy", 1, 100, closed_size=D(0), position_idx=1),
        a_fill(2, "Buy", 0, exec_type="Funding", fee=D("0.2")),
        a_fill(3, "Sell", 1, exec_type="Settle", create_type="CreateBySettle"),
        an_execution(4, "Sell", 1, 100, closed_size=D(0), position_idx=0),
        a_fill(5, "Sell", 0, exec_type="Funding", fee=D("0.3")),
        an_execution(6, "Buy", 1, 100, closed_size=D(1), position_idx=0),
    ]
    desk.baseline([], executions=rows)
    trades = desk.book.snapshot().closed_trades
    assert [(t.position_idx, t.net_pnl, t.closed_by) for t in trades] == [
        (0, D("-0.3"), "manual"),
        (1, D("-0.2"), "settlement"),
    ]


def test_funding_that_is_told_before_the_fills_waits_for_the_list(desk: Desk) -> None:
    """The fills of the new mode were lost: what the stream tells now does not belong to the old one."""
    old = [an_execution(n, side, 1, position_idx=1) for n, side in ((1, "Buy"), (2, "Sell"))]
    new = an_execution(3, "Buy", 1, position_idx=0)
    funding = a_fill(4, "Buy", 0, exec_type="Funding", fee=D("0.2"))
    desk.baseline([], executions=old)
    desk.stream(funding)
    assert desk.book.ledger.legs.waiting == (funding,)
    desk.baseline([a_position("Buy", 1, seq=3)], executions=[*old, new, funding])
    assert desk.row().funding == D("-0.2")


def test_what_waits_for_a_leg_has_a_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """V32."""
    monkeypatch.setattr("core.legs.MAX_WAITING", 3)
    for number in range(5):
        desk.stream(a_fill(number, "Buy", 0))
    assert len(desk.book.ledger.legs.waiting) == 3


def test_only_contracts_settled_in_usdt_have_to_wait(desk: Desk) -> None:
    """No other can be in hedge mode."""
    desk.baseline([])
    desk.stream(a_fill(1, "Buy", 0, symbol="ETHPERP"))
    desk.stream(a_fill(2, "Buy", 0, symbol="BTCUSD", category="inverse"))
    assert not desk.book.ledger.legs.waiting


def test_a_fill_of_ours_needs_no_order_to_be_seen(desk: Desk) -> None:
    """We asked for it under our own id, and with the leg."""
    desk.baseline([a_position("Sell", 2, position_idx=2, seq=1)])
    key = PositionKey("linear", "SOLUSDT", 2)
    sent = Command(command_id="c", kind="close", key=key, state="sending", created_ms=START_MS, order_link_id="qd1")
    desk.book.restore_command(sent, ClosePosition(symbol="SOLUSDT", position_idx=2, qty=D(1)))
    desk.stream(a_fill(3, "Buy", 1, order_link_id="qd1"))
    assert len(desk.row(2).partial_exits) == 1


# ---- baselines ------------------------------------------------------------------------------------------------------


def test_a_baseline_does_not_overwrite_what_was_heard_since(desk: Desk) -> None:
    desk.stream(a_position(size=2, seq=8))
    desk.baseline([a_position(size=5, seq=7)], asked_ago_s=1)
    assert desk.row().size == 2


def test_the_first_baseline_tells_nothing_and_later_ones_tell_what_was_missed(desk: Desk) -> None:
    fills = [an_execution(1, "Buy", 2, 100), an_execution(2, "Sell", 1, 110)]
    desk.baseline([a_position(size=1, seq=2)], executions=fills)
    assert desk.codes == []
    more = [an_execution(3, "Sell", 1, 120), an_execution(4, "Buy", 3, 115)]
    desk.clock.advance(60)
    desk.baseline([a_position(size=3, seq=4)], executions=[*fills, *more])
    assert desk.codes == ["position_changed", "trade_closed"]
    assert desk.notices[-1].details["net"] == 30


def test_a_fill_missing_from_the_list_is_told_and_heals(desk: Desk) -> None:
    desk.baseline([a_position(size=1, seq=1)], executions=[an_execution(1, "Buy", 1, 100)])
    desk.clock.advance(60)
    desk.baseline([a_position(size=3, seq=5)])
    assert "executions_differ" in desk.codes
    assert desk.row().realised_pnl is None
    desk.stream(an_execution(5, "Buy", 2, 100, fee=D("0.2")))
    assert desk.row().realised_pnl == D("-0.2")


def test_a_life_whose_close_was_missed_does_not_taint_the_next(desk: Desk) -> None:
    desk.baseline([a_position(size=1, seq=1)], executions=[an_execution(1, "Buy", 1, 100)])
    desk.stream(a_position(size=0, seq=2))
    desk.clock.advance(60)
    desk.baseline([])
    assert [t.is_complete for t in desk.book.snapshot().closed_trades] == [False]
    desk.stream(an_execution(9, "Buy", 2, 200, fee=D("0.1")))
    desk.stream(a_position(size=2, seq=9))
    assert (desk.row().realised_pnl, desk.row().peak_size) == (D("-0.1"), D(2))


def test_a_new_ledger_replaces_everything(desk: Desk) -> None:
    """The paper exchange was started again: sequences begin anew, old rows are shown until its first baseline."""
    desk.baseline([a_position(size=5, seq=900)], [an_order()], [an_execution(900, "Buy", 5)])
    desk.wallet(equity=D(1000))
    desk.book.snapshot()
    desk.book.expect_new_ledger()
    assert desk.row().size == 5
    desk.baseline([a_position(size=2, seq=3, symbol="XRPUSDT")], [], [an_execution(3, "Buy", 2, symbol="XRPUSDT")])
    shown = desk.book.snapshot()
    assert desk.sizes() == {("XRPUSDT", 0): ("Buy", D(2))}
    assert (shown.orders, shown.closed_trades, len(shown.executions), shown.equity) == ((), (), 1, None)
    assert "new_ledger" in desk.codes


# ---- the rest -------------------------------------------------------------------------------------------------------


def test_notices_tell_each_thing_once(desk: Desk) -> None:
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 3, 100))
    desk.stream(a_position(size=3, seq=1))
    desk.stream(an_execution(2, "Sell", 1, 110, order_id="tp"))
    desk.stream(an_execution(3, "Sell", 1, 111, order_id="tp"))
    desk.stream(a_position(size=1, seq=3))
    desk.stream(an_execution(4, "Sell", 2, 112, fee=D("0.2")))
    desk.stream(a_position("Sell", 1, seq=4))
    assert desk.codes == [
        "position_opened",
        "partial_exit",
        "position_changed",
        "trade_closed",
        "position_flipped",
    ]


def test_a_closing_position_is_marked_until_its_command_ends(desk: Desk) -> None:
    desk.stream(a_position(size=3))
    intent = ClosePosition(symbol="SOLUSDT", qty=D(3), side="Buy")
    desk.book.command_changed(desk.book.commands.start("c1", intent, START_MS, "c1"))
    assert desk.row().is_closing
    desk.stream(an_order("Filled", order_link_id="c1", filled_qty=D(3)))
    assert not desk.row().is_closing
    assert [c.state for c in desk.book.snapshot().commands] == ["done"]


def test_labels_name_exits(desk: Desk) -> None:
    desk.baseline([])
    desk.stream(an_execution(1, "Buy", 3, 100))
    desk.stream(a_position(size=2, seq=2))
    desk.stream(an_execution(2, "Sell", 1, 110, order_link_id="bot-7"))
    desk.book.label_exit("bot-7", "ladder 1")
    assert desk.row().partial_exits[0].reason == "ladder 1"


def test_links_and_refused_frames_are_counted(desk: Desk) -> None:
    desk.book.apply(LinkChanged(Link(name="private", state="live")))
    desk.book.apply(FrameRefused("position", "bad_row", "{…"))
    desk.book.set_links(clock_offset_ms=12)
    links = desk.book.snapshot().links
    assert (links.private.state, links.frames_refused, links.clock_offset_ms) == ("live", 1, 12)
    assert desk.codes == ["frame_refused"]
    assert not links.is_live


def test_events_are_bounded(desk: Desk) -> None:
    """V32."""
    for number in range(1200):
        desk.book.note("x", n=number)
    events = desk.book.snapshot().events
    assert len(events) == 1000
    assert events[0].details["n"] == 1199
    with pytest.raises(TypeError):
        events[0].details["n"] = 0


def test_disarming_shows_at_once(desk: Desk) -> None:
    desk.book.set_armed(False)
    shown: Snapshot = desk.book.snapshot()
    assert not shown.is_armed


def test_a_leftover_that_is_gone_is_none_any_more() -> None:
    desk = Desk()
    stop = an_order("Untriggered", order_id="s1", trigger_price=D(90), stop_order_type="Stop")
    for order_id in ("s1", "s2"):
        desk.stream(msgspec.structs.replace(stop, order_id=order_id))
    desk.book.set_leftovers(frozenset({"s1", "s2"}))
    assert desk.book.snapshot().leftovers == {"s1", "s2"}
    desk.stream(msgspec.structs.replace(stop, status="Cancelled", updated_ms=START_MS + 1))
    assert desk.book.snapshot().leftovers == {"s2"}
