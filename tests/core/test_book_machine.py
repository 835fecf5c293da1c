"""A small exchange moves, its frames arrive late, twice, in any order or not at all, and the book must stay honest.

After each step: what is shown was true once, rows never go back, totals equal their rows. After each complete reading:
the book equals the exchange, its lives equal one fold of all executions, and a book that starts now is no different.
The stream tells no leg of an execution, its order does; a list tells it too (core.order_legs).
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace

from core.book import PositionBook
from core.clock import ManualClock
from core.events import (
    Baseline,
    BaselineTaken,
    Event,
    ExecutionReported,
    InstrumentsReported,
    OrderReported,
    PositionReported,
)
from core.model import Execution, Order, Position, PositionKey, Snapshot
from core.trades import fold
from tests.strategies import START_MS, a_baseline, a_position, an_execution, an_instrument, an_order

ONE_WAY = PositionKey("linear", "SOLUSDT", 0)
LEGS = (PositionKey("linear", "XRPUSDT", 1), PositionKey("linear", "XRPUSDT", 2))
KEYS = (ONE_WAY, *LEGS)
ZERO = Decimal(0)
Frame = Order | Execution | Position


class Venue:
    """What is true: signed sizes, the last row of each key, every execution."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.seq = 100
        self.sizes = dict.fromkeys(KEYS, ZERO)
        self.rows = {key: self._row(key, seq=-1) for key in KEYS}
        self.history: dict[PositionKey, list[Position]] = {key: [row] for key, row in self.rows.items()}
        self.executions: dict[PositionKey, list[Execution]] = {key: [] for key in KEYS}

    def _row(self, key: PositionKey, seq: int) -> Position:
        size = self.sizes[key]
        return a_position(
            "Buy" if size > 0 else "Sell",
            abs(size),
            symbol=key.symbol,
            position_idx=key.position_idx,
            seq=seq,
            updated_ms=self.clock.now_ms(),
        )

    def _change(self, key: PositionKey, seq: int) -> Position:
        self.clock.advance(0.001)
        row = self.rows[key] = self._row(key, seq)
        self.history[key].append(row)
        return row

    def trade(self, key: PositionKey, change: int, price: int, order: str) -> tuple[Frame, ...]:
        held, self.seq = self.sizes[key], self.seq + 1
        closed = min(abs(held), abs(change)) if held * change < 0 else ZERO
        self.sizes[key] = held + change
        row = self._change(key, self.seq)
        side = "Buy" if change > 0 else "Sell"
        order_id = f"{order}-{side}"
        execution = an_execution(
            self.seq,
            side,
            abs(change),
            price,
            symbol=key.symbol,
            position_idx=key.position_idx,
            order_id=order_id,
            fee=Decimal(abs(change) * price).scaleb(-4),
            closed_size=Decimal(closed),
            ts_ms=row.updated_ms,
        )
        self.executions[key].append(execution)
        changes = {"order_id": order_id, "side": side, "updated_ms": row.updated_ms}
        filled = an_order("Filled", symbol=key.symbol, position_idx=key.position_idx, **changes)
        return filled, execution, row

    def fund(self, key: PositionKey, paid: int) -> Execution:
        self.seq += 1
        self.clock.advance(0.001)
        execution = an_execution(
            self.seq,
            "Buy" if self.sizes[key] > 0 else "Sell",
            str(abs(self.sizes[key])),
            symbol=key.symbol,
            position_idx=None,
            exec_type="Funding",
            fee=Decimal(paid).scaleb(-2),
            ts_ms=self.clock.now_ms(),
        )
        self.executions[key].append(execution)
        return execution

    def reading(self) -> Baseline:
        open_rows = [row for row in self.rows.values() if row.size]
        executions = (e for told in self.executions.values() for e in told)
        return a_baseline(self.clock.now_ms() + 1, self.clock.monotonic(), open_rows, executions).baseline


def received(row: Position, mono: float) -> Position:
    return a_position(**{n: getattr(row, n) for n in row.__struct_fields__ if n != "received_mono"}, received_mono=mono)


class BookMachine(RuleBasedStateMachine):
    """The exchange, its network and the book."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock(START_MS)
        self.venue = Venue(self.clock)
        self.book = self.a_book()
        self.flying: list[Frame] = []
        self.asked: list[Baseline] = []
        self.last = self.book.snapshot()

    def a_book(self) -> PositionBook:
        """A book that knows the contracts."""
        book = PositionBook(self.clock, "paper", "Main", lambda _: None)
        book.apply(InstrumentsReported("linear", tuple(an_instrument(symbol=key.symbol) for key in KEYS)))
        return book

    # ---- the exchange moves -----------------------------------------------------------------------------------------

    @rule(change=st.integers(-4, 4).filter(bool), price=st.integers(90, 110), order=st.sampled_from("ab"))
    def trade_one_way(self, change: int, price: int, order: str) -> None:
        self.flying += self.venue.trade(ONE_WAY, change, price, order)

    @rule(leg=st.sampled_from(LEGS), size=st.integers(0, 4), price=st.integers(90, 110), order=st.sampled_from("ab"))
    def move_leg(self, leg: PositionKey, size: int, price: int, order: str) -> None:
        target = size if leg.position_idx == 1 else -size
        change = int(target - self.venue.sizes[leg])
        if change:
            self.flying += self.venue.trade(leg, change, price, f"{leg.position_idx}{order}")

    @rule(paid=st.integers(-50, 50))
    def fund(self, paid: int) -> None:
        if self.venue.sizes[ONE_WAY]:
            self.flying.append(self.venue.fund(ONE_WAY, paid))

    @rule(key=st.sampled_from(KEYS))
    def change_settings(self, key: PositionKey) -> None:
        """The same sequence with a newer time."""
        self.flying.append(self.venue._change(key, self.venue.rows[key].seq))

    # ---- the network ------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.flying)
    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: st.DataObject, again: bool) -> None:
        index = data.draw(st.integers(0, len(self.flying) - 1))
        frame = self.flying[index] if again else self.flying.pop(index)
        self.book.apply(self.event(frame))

    def event(self, frame: Frame) -> Event:
        if isinstance(frame, Execution):
            return ExecutionReported(replace(frame, position_idx=None), "stream")
        if isinstance(frame, Order):
            return OrderReported(frame, "stream")
        return PositionReported(received(frame, self.clock.monotonic()), "stream")

    @rule()
    def deliver_in_order(self) -> None:
        for frame in self.flying:
            self.book.apply(self.event(frame))
        self.flying.clear()

    @precondition(lambda self: self.flying)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))

    @rule(seconds=st.sampled_from([0.5, 4, 30]))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def ask(self) -> None:
        self.asked.append(self.venue.reading())

    @precondition(lambda self: self.asked)
    @rule()
    def answer_late(self) -> None:
        self.book.apply(BaselineTaken(self.asked.pop(0)))

    @rule()
    def ask_all_by_name(self) -> None:
        self.ask_by_name(self.book)

    def ask_by_name(self, book: PositionBook) -> None:
        now = self.clock.monotonic()
        for row in self.venue.rows.values():
            book.apply(PositionReported(received(row, now), "rest", now))

    @rule()
    def reconcile(self) -> None:
        """A complete reading, and a question by name for what it lacks."""
        self.clock.advance(6)
        self.book.apply(BaselineTaken(self.venue.reading()))
        self.ask_by_name(self.book)
        self.clock.advance(6)
        self.book.apply(BaselineTaken(self.venue.reading()))
        self.agree(self.book)
        fresh = self.a_book()
        fresh.apply(BaselineTaken(self.venue.reading()))
        self.agree(fresh)

    def agree(self, book: PositionBook) -> None:
        shown = book.snapshot()
        expected = {key: (row.side, row.size) for key, row in self.venue.rows.items() if row.size}
        assert {p.key: (p.side, p.size) for p in shown.positions} == expected
        folds = {key: fold(key, "USDT", rows) for key, rows in self.venue.executions.items()}
        truth = {trade.life_id: trade.net_pnl for result in folds.values() for trade in result.closed}
        assert {trade.life_id: trade.net_pnl for trade in shown.closed_trades} == truth
        for position in shown.positions:
            life = folds[position.key].life
            assert life is not None
            assert (position.life_id, position.realised_pnl) == (life.life_id, life.realised_pnl)
            assert position.partial_exits == life.exits

    # ---- always -----------------------------------------------------------------------------------------------------

    @invariant()
    def what_is_shown_was_true_once(self) -> None:
        """V3, V5, V7, V16."""
        shown, before = self.book.snapshot(), {p.key: p for p in self.last.positions}
        for position in shown.positions:
            assert position.size > 0
            row = next(r for r in self.venue.history[position.key] if self.is_revision(r, position))
            assert (row.side, row.size) == (position.side, position.size)
            known = before.get(position.key)
            assert known is None or (known.seq, known.updated_ms) <= (position.seq, position.updated_ms)
        for key in before.keys() - {p.key for p in shown.positions}:
            assert any(row.size == 0 and row.seq >= before[key].seq for row in self.venue.history[key])
        assert shown.version > self.last.version
        self.last = shown
        self.totals_hold(shown)

    @staticmethod
    def is_revision(row: Position, shown: Position) -> bool:
        return (row.seq, row.updated_ms) == (shown.seq, shown.updated_ms)

    def totals_hold(self, shown: Snapshot) -> None:
        """V19, V34."""
        known = [t.net_pnl for t in shown.closed_trades if t.net_pnl is not None]
        session = shown.sessions["start"]
        assert session.wins + session.losses + session.break_even + session.pending == session.closed_trades
        assert session.total_realised_pnl == sum(known, ZERO)
        assert shown.session.active_positions == len(shown.positions)


TestBook = BookMachine.TestCase
TestBook.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
