"""Compare the book with a complete reading of the exchange. Pure; it decides nothing and changes nothing.

A row that the exchange lists is a fact. A row that it does not list only starts a question: the key must be asked for
by name before it may leave the book.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from core.evidence import checkpoint_of
from core.guards import is_protected
from core.model import ClosedPnl, ClosedTrade, Order, Position, PositionKey, StopLevels
from core.money import ZERO

# Bybit books each fill rounded to 8 decimals; a closed-PnL record, and the entry that it closes, may sum a hundred.
PNL_TOLERANCE = Decimal("0.000001")


class Discrepancy(Struct, frozen=True, kw_only=True):
    """One difference found, what was done about it, and on what evidence.

    ``kind``: missing_locally, phantom, side_differs, size_differs, entry_differs, leverage_differs, stops_differ,
    margin_mode_differs, orphan_stop, unprotected, pnl_differs. ``done``: adopted (the exchange's row was taken over),
    asked (a question was put by name), removed, cancelled, cancel_failed, shown (nothing to do but tell).
    ``meanwhile`` among the details: it came about while no desk ran.
    """

    kind: str
    key: PositionKey
    done: str = "shown"
    evidence: str = ""
    details: Mapping[str, Any] = MappingProxyType({})


def in_scope(position: Position, asked: Set[tuple[str, str]]) -> bool:
    """Whether requests for (category, settle coin) would list the position; ``""`` asks for every coin."""
    return (position.category, position.settle_coin) in asked or (position.category, "") in asked


def compare(
    held: Iterable[Position], listed: Iterable[Position], scopes: Iterable[tuple[str, str]]
) -> tuple[Discrepancy, ...]:
    """Every difference between the positions we hold and those the exchange lists, by key.

    A listed row that is older than what we hold of its key is no difference: we heard of it since.

    Args:
        held: the book's last rows, open and flat.
        listed: open positions from complete answers.
        scopes: what was asked for; held positions outside of them are not judged.
    Returns:
        By key, the gravest first: one for a position that only one side has, else one for each thing that differs.
        ``phantom`` is only a suspicion until the key was asked for by name.
    """
    asked = frozenset(scopes)
    ours = {p.key: p for p in held if in_scope(p, asked)}
    theirs = {p.key: p for p in listed if p.size > 0}
    keys = sorted(key for key in ours.keys() | theirs.keys() if not _agree(ours.get(key), theirs.get(key)))
    return tuple(found for key in keys for found in _differences(key, ours.get(key), theirs.get(key)))


def _agree(ours: Position | None, theirs: Position | None) -> bool:
    """Whether two rows say the same of all that is compared: as a rule all do, and most of the work is done here."""
    return (
        ours is not None
        and theirs is not None
        and ours.size == theirs.size
        and ours.side == theirs.side
        and ours.entry_price == theirs.entry_price
        and ours.leverage == theirs.leverage
        and ours.take_profit == theirs.take_profit
        and ours.stop_loss == theirs.stop_loss
        and ours.trailing_stop == theirs.trailing_stop
    )


def _is_behind(theirs: Position, ours: Position) -> bool:
    return (theirs.seq, theirs.updated_ms) < (ours.seq, ours.updated_ms)


# What two rows of one position are compared by, the gravest first.
_COMPARED: tuple[tuple[str, Callable[[Position], object]], ...] = (
    ("side_differs", lambda row: row.side),
    ("size_differs", lambda row: row.size),
    ("entry_differs", lambda row: row.entry_price),
    ("leverage_differs", lambda row: row.leverage),
    ("stops_differ", lambda row: StopLevels(row.take_profit, row.stop_loss, row.trailing_stop)),
)


def _differences(key: PositionKey, ours: Position | None, theirs: Position | None) -> Iterator[Discrepancy]:
    if ours and (_is_behind(theirs, ours) if theirs else not ours.size):
        return
    if ours is None or not ours.size:
        yield Discrepancy(kind="missing_locally", key=key, done="adopted", evidence="position/list")
        return
    if theirs is None:
        yield Discrepancy(kind="phantom", key=key, done="asked")
        return
    for kind, read in _COMPARED:
        before, after = read(ours), read(theirs)
        if before != after:
            details = MappingProxyType({"before": before, "after": after})
            yield Discrepancy(kind=kind, key=key, done="adopted", evidence="position/list", details=details)


def moved_meanwhile(
    remembered: Mapping[PositionKey, Decimal], rows: Iterable[Position], known_until_ms: Mapping[str, int]
) -> Iterator[Discrepancy]:
    """What became of an account while no desk ran: positions as the executions on disk left them, against those now.

    Args:
        remembered: signed sizes at the end of what is on disk; of keys whose beginning is known.
        rows: the exchange's last rows, open and flat ones.
        known_until_ms: by category, up to when everything is on disk; a position opened before that which nothing on
            disk tells of says only that what is on disk does not reach back far enough.
    Returns:
        missing_locally, phantom (removed: an explicit flat row, or a complete list without it), side_differs and
        size_differs, each with sizes before and after, signed.
    """
    now = {row.key: row for row in rows}
    for key in sorted(
        {key for key, size in remembered.items() if size} | {row.key for row in now.values() if row.size}
    ):
        before, row = remembered.get(key, ZERO), now.get(key)
        after = checkpoint_of(row).size if row else ZERO
        if before == after or (not before and row and _is_beyond(row, known_until_ms.get(key.category))):
            continue
        kind, done = "size_differs", "adopted"
        if not after:
            kind, done = "phantom", "removed"
        elif not before:
            kind = "missing_locally"
        elif (before > 0) != (after > 0):
            kind = "side_differs"
        details = MappingProxyType({"before": before, "after": after, "meanwhile": True})
        evidence = "position/list?symbol" if row and not row.size else "position/list"
        yield Discrepancy(kind=kind, key=key, done=done, evidence=evidence, details=details)


def _is_beyond(row: Position, known_until_ms: int | None) -> bool:
    """Whether a position may be older than what is on disk."""
    return known_until_ms is None or row.opened_ms is None or row.opened_ms <= known_until_ms


def margin_mode_differs(positions: Iterable[Position], before: str, after: str) -> Iterator[Discrepancy]:
    """The account's margin mode was changed elsewhere: it changes the margin and the liquidation of what is open.

    Args:
        before: as the book knew it, ``""`` when it did not.
        after: as the exchange says.
    """
    if before and before != after:
        details = MappingProxyType({"before": before, "after": after})
        for position in positions:
            yield Discrepancy(
                kind="margin_mode_differs", key=position.key, done="adopted", evidence="account/info", details=details
            )


def orphan_stops(orders: Iterable[Order], positions: Iterable[Position]) -> tuple[Order, ...]:
    """Reduce-only trigger orders that protect nothing: their position is flat, or they would no longer reduce it.

    Orders of the other hedge leg are left alone: they carry their own position_idx.
    """
    sides = {position.key: position.side for position in positions}
    return tuple(
        order
        for order in orders
        if order.is_open
        and order.reduce_only
        and order.trigger_price is not None
        and sides.get(order.position_key, order.side) == order.side
    )


def unprotected(positions: Iterable[Position], orders: tuple[Order, ...]) -> Iterator[Discrepancy]:
    """Positions that no stop would close."""
    for position in positions:
        if not is_protected(position, orders):
            yield Discrepancy(kind="unprotected", key=position.key, evidence="position/list")


def pnl_differs(trades: Iterable[ClosedTrade], records: Iterable[ClosedPnl]) -> Iterator[Discrepancy]:
    """Closed lives whose result from executions is not what Bybit's closed-PnL records say.

    Only lives all of whose exits have a record are judged (records may come late). Bybit's figure leaves funding out
    and is a sum of rounded amounts.
    """
    by_order = {record.order_id: record for record in records}
    for trade in trades:
        mine = [by_order[part.order_id] for part in trade.exits if part.order_id in by_order]
        if trade.gross_pnl is None or trade.fees is None or len(mine) < len(trade.exits):
            continue
        ours, theirs = trade.gross_pnl - trade.fees, sum((r.closed_pnl for r in mine), ZERO)
        if sum((r.closed_size for r in mine), ZERO) == sum((part.qty for part in trade.exits), ZERO) and (
            abs(ours - theirs) > PNL_TOLERANCE * len(mine)
        ):
            yield Discrepancy(
                kind="pnl_differs",
                key=PositionKey(trade.category, trade.symbol, trade.position_idx),
                evidence="closed-pnl",
                details=MappingProxyType({"ours": ours, "theirs": theirs, "life_id": trade.life_id}),
            )
