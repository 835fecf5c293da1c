"""A reconciliation of 500 positions, and what one change costs beside a long past: ratios within one run.

Reconciling means comparing a complete reading with the book and applying it, without the network. The reference is
decoding and translating the rows of that same reading, which no design can do without.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import msgspec

from core.book import PositionBook
from core.bybit import translate, wire
from core.clock import ManualClock
from core.events import Account, Baseline, BaselineTaken, ExecutionReported
from core.model import Execution, Position, Wallet
from core.reading import SCOPES
from core.reconcile import compare

Row = dict[str, object]
POSITIONS = 500
PAIRS = 9
CHANGES = 300
FEW, MANY = 100, 4_000
START_MS = 1_767_277_080_000
_ROWS = msgspec.json.Decoder(list[wire.PositionRow])


def rows() -> bytes:
    """The rows as the exchange sends them."""
    return msgspec.json.encode(
        [
            {
                "symbol": f"T{n:03d}USDT", "positionIdx": 0, "side": "Buy", "size": str(n + 1), "avgPrice": "100.5",
                "leverage": "10", "markPrice": "101.25", "liqPrice": "90.1", "positionValue": "100.5",
                "positionIM": "10.05", "positionMM": "1.1", "updatedTime": str(START_MS), "seq": n + 1,
            }
            for n in range(POSITIONS)
        ]
    )  # fmt: skip


def read(raw: bytes, mono: float) -> tuple[Position, ...]:
    """Decode and translate."""
    return tuple(translate.position(row, "linear", "rest", mono) for row in _ROWS.decode(raw))


def baseline(positions: tuple[Position, ...], clock: ManualClock) -> BaselineTaken:
    """A complete reading of these positions and nothing else."""
    return BaselineTaken(
        Baseline(
            started_ms=clock.now_ms(),
            started_mono=clock.monotonic(),
            positions=positions,
            orders=(),
            executions=(),
            closed_pnl=(),
            wallet=Wallet(),
            account=Account(),
            scopes=SCOPES,
        )
    )


def seconds(work: Callable[[], object]) -> float:
    """How long this thread worked at it."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def reconcile_ratio() -> float:
    """Comparing and applying ÷ reading, the median of interleaved pairs."""
    clock, raw = ManualClock(START_MS), rows()
    book = PositionBook(clock, "paper", "Main", lambda _: None)
    ratios = []
    for _ in range(PAIRS):
        clock.advance(60)
        mono = clock.monotonic()
        reading = seconds(lambda mono=mono: read(raw, mono))  # type: ignore[misc]
        found = read(raw, mono)

        def settle(found: tuple[Position, ...] = found) -> None:
            compare(book.last_rows, found, SCOPES)
            book.apply(baseline(found, clock))
            book.snapshot()

        ratios.append(seconds(settle) / reading)
    return statistics.median(ratios[1:])


def fill(number: int) -> Execution:
    """The fills of lives that open and close by turns."""
    price = Decimal(100 + number % 7)
    return Execution(
        category="linear", symbol="SOLUSDT", exec_id=f"x{number:08d}", order_id=f"o{number}", order_link_id="",
        side="Buy" if number % 2 == 0 else "Sell", exec_type="Trade", qty=Decimal(1), price=price, value=price,
        fee=Decimal("0.05"), closed_size=Decimal(number % 2), is_maker=False, create_type="CreateByUser",
        stop_order_type="", order_type="Market", ts_ms=START_MS + number * 1_000, seq=number,
        position_idx=0,
    )  # fmt: skip


def book_of(trades: int) -> PositionBook:
    """A book with a past of so many closed trades."""
    clock = ManualClock(START_MS)
    book = PositionBook(clock, "paper", "Main", lambda _: None)
    book.apply(baseline((), clock))
    for number in range(trades * 2):
        book.apply(ExecutionReported(fill(number), "stream"))
    book.snapshot()
    return book


def change(book: PositionBook, first: int) -> None:
    """Fills arrive one by one; each is applied and published."""
    for number in range(first, first + CHANGES):
        book.apply(ExecutionReported(fill(number), "stream"))
        book.snapshot()


def change_ratio() -> float:
    """One change beside MANY closed trades in memory ÷ beside FEW."""
    few, many = book_of(FEW), book_of(MANY)
    ratios = []
    for turn in range(PAIRS):
        cheap = seconds(lambda turn=turn: change(few, FEW * 2 + turn * CHANGES))  # type: ignore[misc]
        dear = seconds(lambda turn=turn: change(many, MANY * 2 + turn * CHANGES))  # type: ignore[misc]
        ratios.append(dear / cheap)
    return statistics.median(ratios)


def row(name: str, budget: float, measured: float) -> Row:
    return {
        "name": name,
        "budget": f"≤ {budget}",
        "measured": round(measured, 3),
        "ok": measured <= budget,
        "unit": "×",
    }


def run() -> list[Row]:
    """Measure both."""
    return [
        row(f"reconcile {POSITIONS} positions ÷ reading their rows", 3.0, reconcile_ratio()),
        row(f"one change at {MANY:,} closed trades in memory ÷ at {FEW:,}", 1.2, change_ratio()),
    ]
