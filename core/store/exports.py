"""Closed trades and executions as CSV or JSON files: streamed, so that a million rows need no memory, and safe to open.

A text that a spreadsheet would take for a formula gets a leading apostrophe; an amount is written as plain digits and
is never quoted away. RFC 4180 with a header row; times are UTC, ISO 8601.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import msgspec

from core.files import WholeFile
from core.model import ClosedTrade, Execution
from core.money import text
from core.store.history import TradeFilter
from core.store.store import Store
from core.tasks import to_the_end

T = TypeVar("T")
_FORMULA = re.compile(r"[=+\-@\t\r\n\0＝＋－＠]")  # also the full-width forms, which spreadsheets fold
_QUOTED = re.compile(r'[",\r\n]')
_TRADE_COLUMNS = (
    "closed", "opened", "symbol", "category", "position_idx", "side", "settle_coin", "peak_size", "entry_price",
    "exit_price", "gross_pnl", "fees", "funding", "net_pnl", "exits", "closed_by", "is_complete", "life_id",
    "best_pnl", "worst_pnl", "other_fees", "pnl_source",
)  # fmt: skip
_EXECUTION_COLUMNS = (
    "time", "symbol", "category", "position_idx", "side", "exec_type", "qty", "price", "value", "fee", "fee_currency",
    "closed_size", "exec_pnl", "is_maker", "order_type", "create_type", "stop_order_type", "order_id",
    "order_link_id", "exec_id",
)  # fmt: skip


async def export_closed_trades(
    store: Store, file: Path, filters: TradeFilter | None = None, *, overwrite: bool = False
) -> int:
    """Write the closed trades that fit, newest first. Returns how many.

    Raises:
        StoreError: ``file_exists`` without ``overwrite``; ``not_written``. What was there before stays.
    """
    return await write_trades_csv(file, store.closed_trades(filters or TradeFilter()), overwrite=overwrite)


async def write_trades_csv(file: Path, pages: AsyncIterator[list[ClosedTrade]], *, overwrite: bool = False) -> int:
    """Write closed trades in the order they come; returns and errors as ``export_closed_trades``."""
    return await _write(file, line(_TRADE_COLUMNS), _rows_of(pages, trade_cells), overwrite=overwrite)


async def write_trades_json(file: Path, pages: AsyncIterator[list[ClosedTrade]], *, overwrite: bool = False) -> int:
    """The same as one JSON array: an object per trade with its exits, amounts as text, times in UTC milliseconds."""
    return await _write(file, "[\n", _objects_of(pages), "\n]\n", overwrite=overwrite)


async def export_executions(store: Store, file: Path, since_ms: int = 0, *, overwrite: bool = False) -> int:
    """Write the executions since a time, oldest first. Returns how many; errors as ``export_closed_trades``."""
    pages = store.executions(since_ms)
    return await _write(file, line(_EXECUTION_COLUMNS), _rows_of(pages, execution_cells), overwrite=overwrite)


def trade_cells(trade: ClosedTrade) -> list[object]:
    """A closed trade's values in the order of the columns."""
    special = {
        "closed": iso(trade.closed_ms),
        "opened": iso(trade.opened_ms) if trade.opened_ms else None,
        "exits": len(trade.exits),
        "other_fees": " ".join(f"{text(fee.amount)} {fee.coin}" for fee in trade.other_fees),
    }
    return [special[name] if name in special else getattr(trade, name) for name in _TRADE_COLUMNS]


def execution_cells(execution: Execution) -> list[object]:
    """An execution's values in the order of the columns."""
    return [iso(execution.ts_ms) if name == "time" else getattr(execution, name) for name in _EXECUTION_COLUMNS]


def line(cells: Iterable[object]) -> str:
    """One line of a CSV file."""
    return ",".join(map(cell, cells)) + "\r\n"


def cell(value: object) -> str:
    """One cell: nothing for None, plain digits for numbers, guarded text for the rest."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return text(value)
    if isinstance(value, int):
        return str(value)
    content = str(value)
    if _FORMULA.match(content):
        content = f"'{content}"
    return '"' + content.replace('"', '""') + '"' if _QUOTED.search(content) else content


def iso(ts_ms: int) -> str:
    """UTC milliseconds as text: 2026-05-01T09:30:00.123Z."""
    moment = datetime.fromtimestamp(ts_ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ts_ms % 1000:03d}Z"


async def _rows_of(pages: AsyncIterator[list[T]], cells: Callable[[T], list[object]]) -> AsyncIterator[list[str]]:
    async for page in pages:
        yield [line(cells(record)) for record in page]


async def _objects_of(pages: AsyncIterator[list[ClosedTrade]]) -> AsyncIterator[list[str]]:
    between = ""
    async for page in pages:
        objects = []
        for trade in page:
            objects.append(between + msgspec.json.encode(trade).decode())
            between = ",\n"
        yield objects


async def _write(file: Path, head: str, pages: AsyncIterator[list[str]], foot: str = "", *, overwrite: bool) -> int:
    """Write all of it or nothing; whoever cancels this waits until nothing is left behind."""
    made: list[WholeFile] = []
    count = 0
    try:
        await _in_thread(lambda: made.append(WholeFile(file, overwrite=overwrite)))
        await _in_thread(made[0].write, head.encode())
        async for lines in pages:
            await _in_thread(made[0].write, "".join(lines).encode())
            count += len(lines)
        await _in_thread(made[0].write, foot.encode())
        await _in_thread(made[0].publish)
    finally:
        for target in made:
            await _in_thread(target.discard)
    return count


async def _in_thread(work: Callable[..., None], *given: bytes) -> None:
    """Two threads must not have the file at once: what was begun is over when this is, cancelled or not."""
    await to_the_end(asyncio.to_thread(work, *given))
