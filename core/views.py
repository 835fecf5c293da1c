"""Reading an account: the manager's methods that look at its snapshot, contracts and history. They change nothing.

Each is a method of core.manager's PositionManager and is written as a function of it; the snapshot may be read from any
thread, what reads the disk is awaited on the loop.
"""

from __future__ import annotations

from collections.abc import Iterable

from core import period_reports
from core.analytics.period_report import PeriodReport
from core.engine import HasEngine
from core.errors import BadValue, StoreError
from core.model import ClosedTrade, Instrument, Position, PositionKey, SessionSummary
from core.store.history import TradeFilter, TradeKey, TradePage


def get_position(desk: HasEngine, key: PositionKey) -> Position | None:
    """The open position under a key."""
    return next((p for p in desk.engine.snapshot.positions if p.key == key), None)


def get_positions_for_symbol(desk: HasEngine, symbol: str) -> tuple[Position, ...]:
    """Open positions of a symbol, given as ``HIGHUSDT`` or ``HIGH/USDT:USDT``; both legs in hedge mode."""
    wanted = bybit_symbol(desk, symbol)
    return tuple(p for p in desk.engine.snapshot.positions if p.symbol == wanted)


def get_all_positions(desk: HasEngine) -> tuple[Position, ...]:
    """Every open position."""
    return desk.engine.snapshot.positions


def get_open_positions_count(desk: HasEngine) -> int:
    """How many positions are open."""
    return len(desk.engine.snapshot.positions)


def has_position(desk: HasEngine, symbol: str) -> bool:
    """Whether a position is open on the symbol, either form."""
    return bool(get_positions_for_symbol(desk, symbol))


def get_closed_trades(
    desk: HasEngine, before_ms: int | None = None, limit: int = 100, symbol: str | None = None
) -> tuple[ClosedTrade, ...]:
    """Closed lives known to this session, newest first, closed before a time."""
    wanted = bybit_symbol(desk, symbol) if symbol else None
    trades: Iterable[ClosedTrade] = desk.engine.snapshot.closed_trades
    found = [t for t in trades if (before_ms is None or t.closed_ms < before_ms) and wanted in {None, t.symbol}]
    return tuple(found[: max(0, limit)])


async def get_closed_page(
    desk: HasEngine, before: TradeKey | None = None, limit: int = 256, filters: TradeFilter | None = None
) -> TradePage:
    """A page of all closed lives kept on disk, newest first, and the key of the next page.

    Raises:
        StoreError: this manager keeps no history, or its file cannot be read now.
    """
    if desk.engine.recorder is None:
        raise StoreError("store_closed")
    return await desk.engine.recorder.closed_trades_page(before, limit, filters)


async def get_period_report(desk: HasEngine, period: str) -> PeriodReport:
    """Statistics of a period by day and symbol; see core.period_reports.read. Raises BadValue, StoreError."""
    snapshot = desk.engine.snapshot
    now_ms = snapshot.links.exchange_ms(desk.engine.clock.now_ms())
    return await period_reports.read(period, snapshot, desk.engine.recorder, now_ms)


def get_session_summary(desk: HasEngine, period: str = "start") -> SessionSummary:
    """Statistics of a period: start (with what is open now), today, 7d.

    Raises:
        BadValue: unknown period.
    """
    if period == "start":
        return desk.engine.snapshot.session
    if period not in desk.engine.snapshot.sessions:
        raise BadValue("unknown_period", field="period", value=period)
    return desk.engine.snapshot.sessions[period]


def get_market_limits(desk: HasEngine, symbol: str, category: str = "linear") -> Instrument:
    """The limits in force of a contract; ``HIGH/USDT:USDT`` tells its category by itself.

    Raises:
        BadValue: the symbol is not known.
    """
    found = desk.engine.forms.contract(desk.engine.snapshot.instruments, symbol) or (category, symbol)
    instrument = desk.engine.snapshot.instruments.get(found)
    if instrument is None:
        raise BadValue("no_instrument", field="symbol", value=symbol)
    return instrument


def bybit_symbol(desk: HasEngine, symbol: str) -> str:
    """``HIGH/USDT:USDT`` → ``HIGHUSDT``; other texts stay as they are."""
    found = desk.engine.forms.contract(desk.engine.snapshot.instruments, symbol) if "/" in symbol else None
    return found[1] if found else symbol
