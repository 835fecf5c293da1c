"""Closed trades: saved whole, read in pages, summed per day as they are saved. All of it can be made again from facts.

What a save costs does not depend on how many trades there are: counts and totals are kept, not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    REAL,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    select,
    tuple_,
)
from sqlalchemy.dialects import sqlite

from core.errors import BadValue
from core.model import ClosedTrade, PartialExit, PositionKey
from core.money import EXACT, ZERO
from core.store.positions_records import IMPORTED_PREFIX
from core.store.prepared import Prepared
from core.store.records import closed_trade, columns_of, exit_rows, fields_of, life_row
from core.store.tables import DecimalText, daily_totals, lives, partial_exits

DAY_MS = 86_400_000
# With filters that no index answers, a job of the worker looks at this many trades at most.
SLICE = 5_000
# Trades that one job makes with their exits, 10 ms.
AT_ONCE = 256
MAX_PAGE = 10_000
# Lives with executions missing that a start asks for. There are hardly any, but for those of a bot's old file.
MOST_INCOMPLETE = 2_000

TradeKey = tuple[int, str]
_TRADE = columns_of(ClosedTrade, lives)
_EXIT = [partial_exits.c.life_id, *columns_of(PartialExit, partial_exits)]
_AMOUNTS = frozenset(c.name for c in lives.c if isinstance(c.type, DecimalText))
_BY_TIME = (lives.c.closed_ms, lives.c.life_id)
_MOVE = cast(lives.c.exit_price, REAL) / func.nullif(cast(lives.c.entry_price, REAL), 0) * 100 - 100
_DERIVED: dict[str, ColumnElement[Any]] = {
    "held_ms": lives.c.closed_ms - lives.c.opened_ms,
    "move_pct": _MOVE * case((lives.c.side == "Buy", 1), else_=-1),
}


def _upsert() -> Prepared:
    statement = sqlite.insert(lives)
    columns = {c.name: statement.excluded[c.name] for c in lives.c if c.name not in {"row_id", "life_id"}}
    return Prepared(statement.on_conflict_do_update(index_elements=["life_id"], set_=columns))


_UPSERT = _upsert()
_LIFE = Prepared(select(*_TRADE).where(lives.c.life_id == bindparam("life_id")))
_EXITS_OF_LIFE = partial_exits.c.life_id == bindparam("life_id")
_EXITS = Prepared(select(*_EXIT).where(_EXITS_OF_LIFE).order_by(partial_exits.c.ordinal))
_DELETE = Prepared(delete(lives).where(lives.c.life_id == bindparam("life_id")))
_DELETE_EXITS = Prepared(delete(partial_exits).where(_EXITS_OF_LIFE))
_ADD_EXIT = Prepared(insert(partial_exits))
_DAY = (daily_totals.c.day == bindparam("day")) & (daily_totals.c.settle_coin == bindparam("settle_coin"))
_TOTAL = Prepared(select(daily_totals).where(_DAY))
_SET_TOTAL = Prepared(sqlite.insert(daily_totals).prefix_with("OR REPLACE"))
_MONEY = ("gross_pnl", "fees", "funding", "net_pnl")


class TradeFilter(Struct, frozen=True, kw_only=True):
    """Which closed trades; None means any. Times are of closing: from ``since_ms`` up to, not including, ``until_ms``.

    ``result``: wins, losses, break_even (net profit above, below, at zero) or pending (not known yet).
    """

    symbol: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
    category: str | None = None
    side: str | None = None
    settle_coin: str | None = None
    closed_by: str | None = None
    result: str | None = None


class DailyTotal(Struct, frozen=True, kw_only=True):
    """The closed trades of one UTC day in one coin; ``day`` counts from 1970-01-01.

    ``trades = wins + losses + break_even + pending``; sums are exact and leave pending figures out.
    """

    day: int
    settle_coin: str
    trades: int = 0
    wins: int = 0
    losses: int = 0
    break_even: int = 0
    pending: int = 0
    gross_pnl: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    net_pnl: Decimal = ZERO


class TradePage(NamedTuple):
    """Closed trades, newest first, and the key to ask for the next page with; None at the end."""

    trades: list[ClosedTrade]
    next: TradeKey | None


# ---- saving ---------------------------------------------------------------------------------------------------------


def save(connection: Connection, trades: Iterable[ClosedTrade], gone: Iterable[str] = ()) -> int:
    """Insert closed trades, or replace those of the same life_id. Returns how many differed from what was there.

    What was seen of a life while it was open cannot be seen again: a fold that does not tell it leaves it as it was.

    Args:
        gone: life ids that a better fold no longer knows; removed in the same transaction.
    """
    given = {trade.life_id: trade for trade in trades}
    known = {life_id: _known(connection, life_id) for life_id in {**dict.fromkeys(gone), **given}}
    wanted = {life_id: _with_seen(trade, known[life_id]) for life_id, trade in given.items()}
    changed = [trade for life_id, trade in wanted.items() if known[life_id] != trade]
    out = [old for life_id, old in known.items() if old and wanted.get(life_id) != old]
    _DELETE_EXITS.many(connection, map(fields_of, out))
    _DELETE.many(connection, (fields_of(old) for old in out if old.life_id not in wanted))
    _UPSERT.many(connection, map(life_row, changed))
    _ADD_EXIT.many(connection, (row for trade in changed for row in exit_rows(trade)))
    _move_totals(connection, out=out, into=changed)
    return len(changed) + sum(old.life_id not in wanted for old in out)


def _with_seen(trade: ClosedTrade, old: ClosedTrade | None) -> ClosedTrade:
    trade = trade if trade.gap is None else replace(trade, gap=None)
    if old is None or trade.best_pnl is not None or (old.best_pnl, old.worst_pnl) == (None, None):
        return trade
    return replace(trade, best_pnl=old.best_pnl, worst_pnl=old.worst_pnl)


def _known(connection: Connection, life_id: str) -> ClosedTrade | None:
    row = _LIFE.first(connection, {"life_id": life_id})
    return closed_trade(row, _EXITS.all(connection, row)) if row else None


def _move_totals(connection: Connection, out: Sequence[ClosedTrade], into: Sequence[ClosedTrade]) -> None:
    """Take replaced trades out of their days' totals and put the new ones in."""
    totals: dict[tuple[int, str], dict[str, Any]] = {}
    for trades, sign, add in ((out, -1, EXACT.subtract), (into, 1, EXACT.add)):
        for trade in trades:
            key = (trade.closed_ms // DAY_MS, trade.settle_coin)
            total = totals.get(key) or totals.setdefault(key, _total(connection, *key))
            total["trades"] += sign
            total[result_of(trade)] += sign
            for name in _MONEY:
                total[name] = add(total[name], getattr(trade, name) or ZERO)
    _SET_TOTAL.many(connection, totals.values())


def _total(connection: Connection, day: int, settle_coin: str) -> dict[str, Any]:
    key: dict[str, Any] = {"day": day, "settle_coin": settle_coin}
    return _TOTAL.first(connection, key) or fields_of(DailyTotal(**key))


def result_of(trade: ClosedTrade) -> str:
    """wins, losses, break_even or pending."""
    if trade.net_pnl is None:
        return "pending"
    return "wins" if trade.net_pnl > 0 else "losses" if trade.net_pnl < 0 else "break_even"


# ---- reading --------------------------------------------------------------------------------------------------------


def incomplete(connection: Connection, since_ms: int) -> list[ClosedTrade]:
    """The trades closed since a time whose executions do not tell all of them; the newest few thousand, oldest first.

    What a bot's file told is not among them: no executions of ours are missing there.
    """
    query = select(lives.c.life_id).where(lives.c.closed_ms >= since_ms, lives.c.is_complete.is_(False))
    query = query.where(lives.c.life_id.not_like(f"{IMPORTED_PREFIX}%"))
    newest_first = query.order_by(lives.c.closed_ms.desc()).limit(MOST_INCOMPLETE)
    return by_ids(connection, reversed(connection.execute(newest_first).scalars().all()))


def by_ids(connection: Connection, ids: Iterable[str]) -> list[ClosedTrade]:
    """The trades of these life ids that are kept, in the order asked for."""
    found = (_known(connection, life_id) for life_id in ids)
    return [trade for trade in found if trade]


def begun_before(connection: Connection, at_ms: int) -> dict[PositionKey, int]:
    """By key, when the first of its lives began that were open at a time and have ended since."""
    key = (lives.c.category, lives.c.symbol, lives.c.position_idx)
    query = select(*key, func.min(lives.c.opened_ms)).group_by(*key)
    query = query.where(lives.c.closed_ms >= at_ms, lives.c.opened_ms < at_ms, lives.c.opened_ms > 0)
    return {PositionKey(*row[:3]): row[3] for row in connection.execute(query)}


def seen_extremes(connection: Connection, since_ms: int) -> list[tuple[str, Decimal, Decimal]]:
    """(life_id, best_pnl, worst_pnl) of the trades closed since a time of which marks were seen."""
    query = select(lives.c.life_id, lives.c.best_pnl, lives.c.worst_pnl)
    query = query.where(lives.c.closed_ms >= since_ms, lives.c.best_pnl.is_not(None), lives.c.worst_pnl.is_not(None))
    return [tuple(row) for row in connection.execute(query)]


def by_rows(connection: Connection, row_ids: Iterable[int]) -> dict[int, ClosedTrade]:
    """The trades in these rows of the table, by row."""
    rows = _rows(connection, select(lives.c.row_id, *_TRADE).where(lives.c.row_id.in_(list(row_ids))))
    numbers = {row["life_id"]: row.pop("row_id") for row in rows}
    return {numbers[trade.life_id]: trade for trade in _with_exits(connection, rows)}


def columns_slice(
    connection: Connection, names: Sequence[str], after: int, limit: int, until: int | None = None
) -> list[tuple[Any, ...]]:
    """Some columns of all trades in the order of their rows, behind one of them and up to another; for indexes.

    The first name is ``row_id``. Amounts come as floating point numbers: good to sort by, not to calculate with.
    ``held_ms`` and ``move_pct`` (of the price, positive in the position's favour) are worked out here.
    """
    query = select(*map(_column, names)).where(lives.c.row_id > after)
    if until is not None:
        query = query.where(lives.c.row_id <= until)
    return [tuple(row) for row in connection.execute(query.order_by(lives.c.row_id).limit(limit))]


def _column(name: str) -> ColumnElement[Any]:
    if name in _DERIVED:
        return _DERIVED[name]
    return cast(lives.c[name], REAL) if name in _AMOUNTS else lives.c[name]


def page_slice(
    connection: Connection, before: TradeKey | None, limit: int, wanted: TradeFilter
) -> tuple[TradePage, TradeKey | None]:
    """Trades from one slice of the history, newest first.

    Returns:
        What was found, and the last key of the slice when the page is not full and there is more behind it.
    """
    query, conditions = select(*_TRADE), _conditions(wanted)
    edge = None
    if conditions:
        last = _newest_first(select(*_BY_TIME), before, wanted).offset(SLICE - 1).limit(1)
        edge = connection.execute(last).first()
        query = query.where(*conditions)
    if edge:
        query = query.where(tuple_(*_BY_TIME) >= tuple_(*edge))
    page = _page(connection, _newest_first(query, before, wanted), limit)
    return page, (edge.closed_ms, edge.life_id) if edge and not page.next else None


def _newest_first(query: Select[Any], before: TradeKey | None, wanted: TradeFilter) -> Select[Any]:
    """The order, and the part of a filter that an index answers."""
    if before:
        query = query.where(tuple_(*_BY_TIME) < tuple_(*before))
    if wanted.symbol is not None:
        query = query.where(lives.c.symbol == wanted.symbol)
    if wanted.since_ms is not None:
        query = query.where(lives.c.closed_ms >= wanted.since_ms)
    if wanted.until_ms is not None:
        query = query.where(lives.c.closed_ms < wanted.until_ms)
    return query.order_by(*(column.desc() for column in _BY_TIME))


def _conditions(wanted: TradeFilter) -> list[ColumnElement[bool]]:
    """The rest of a filter."""
    names = ("category", "side", "settle_coin", "closed_by")
    given = ((name, getattr(wanted, name)) for name in names)
    conditions: list[ColumnElement[bool]] = [lives.c[name] == value for name, value in given if value is not None]
    if wanted.result is not None:
        conditions.append(_has_result(wanted.result))
    return conditions


def _has_result(result: str) -> ColumnElement[bool]:
    net = lives.c.net_pnl_e8
    match result:
        case "wins":
            return net > 0
        case "losses":
            return net < 0
        case "break_even":
            return net == 0
        case "pending":
            return net.is_(None)
    raise BadValue("unknown_result", field="result", value=result)


def _page(connection: Connection, query: Select[Any], limit: int) -> TradePage:
    trades = _with_exits(connection, _rows(connection, query.limit(limit)))
    return TradePage(trades, (trades[-1].closed_ms, trades[-1].life_id) if trades and len(trades) == limit else None)


def _with_exits(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[ClosedTrade]:
    exits = select(*_EXIT).where(partial_exits.c.life_id.in_([row["life_id"] for row in rows]))
    by_life: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(connection, exits.order_by(*partial_exits.primary_key)):
        by_life.setdefault(row["life_id"], []).append(row)
    return [closed_trade(row, by_life.get(row["life_id"], ())) for row in rows]


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def totals(connection: Connection, since_day: int, until_day: int) -> list[DailyTotal]:
    """The totals of days from one up to, not including, another; oldest first."""
    query = select(daily_totals).where(daily_totals.c.day >= since_day, daily_totals.c.day < until_day)
    return [DailyTotal(**row) for row in _rows(connection, query.order_by(*daily_totals.primary_key)) if row["trades"]]


def count(connection: Connection) -> int:
    """How many closed trades there are: the sum of a few thousand days at most, whatever the number of trades."""
    return int(connection.execute(select(func.coalesce(func.sum(daily_totals.c.trades), 0))).scalar_one())
