"""Compare the book with a complete list of positions from the exchange. Pure; it decides nothing.

A row that the exchange lists is a fact. A row that it does not list only starts a question: the key must be asked for
by name before it may leave the book.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from core.model import Position, PositionKey


class Discrepancy(Struct, frozen=True, kw_only=True):
    """One difference found. ``kind``: missing_locally, absent, side_differs, size_differs, entry_differs."""

    kind: str
    key: PositionKey
    ours: Position | None = None
    theirs: Position | None = None


def in_scope(position: Position, scope: tuple[str, str]) -> bool:
    """Whether a request for (category, settle coin) would list the position; ``""`` asks for every coin."""
    category, settle_coin = scope
    return position.category == category and settle_coin in {"", position.settle_coin}


def compare(
    held: Iterable[Position], listed: Iterable[Position], scopes: Iterable[tuple[str, str]]
) -> tuple[Discrepancy, ...]:
    """Every difference between what we hold and what the exchange lists, by key.

    Args:
        held: the book's open positions.
        listed: open positions from complete answers.
        scopes: what was asked for; held positions outside of them are not judged.
    """
    scopes = tuple(scopes)
    ours = {p.key: p for p in held if any(in_scope(p, scope) for scope in scopes)}
    theirs = {p.key: p for p in listed if p.size > 0}
    found = [_differ(ours.get(key), theirs.get(key), key) for key in sorted(ours.keys() | theirs.keys())]
    return tuple(d for d in found if d is not None)


def _differ(ours: Position | None, theirs: Position | None, key: PositionKey) -> Discrepancy | None:
    if ours is None:
        return Discrepancy(kind="missing_locally", key=key, theirs=theirs)
    if theirs is None:
        return Discrepancy(kind="absent", key=key, ours=ours)
    if ours.side != theirs.side:
        return Discrepancy(kind="side_differs", key=key, ours=ours, theirs=theirs)
    if ours.size != theirs.size:
        return Discrepancy(kind="size_differs", key=key, ours=ours, theirs=theirs)
    if ours.entry_price != theirs.entry_price:
        return Discrepancy(kind="entry_differs", key=key, ours=ours, theirs=theirs)
    return None
