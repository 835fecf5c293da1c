"""The figures of closed trades as whole numbers, for statistics over very many of them: no objects, no exits.

SQLite takes the texts apart, exactly: ``-0.50`` is the digits -50, two of them behind the point.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, Text, bindparam, case, cast, func, select, tuple_
from sqlalchemy.dialects import sqlite

from core.store.history import TradeKey
from core.store.prepared import Prepared
from core.store.tables import Int64, lives

# So many characters always fit into a whole number of 64 bits; a longer amount is told by a scale that none can have.
_MOST_LENGTH: Final = 18
_TOO_LONG: Final = 99
_BY_TIME = (lives.c.closed_ms, lives.c.life_id)


def _digits(name: str) -> ColumnElement[int]:
    return cast(func.replace(func.coalesce(lives.c[name], "0"), ".", ""), Int64).label(name)


def _scale(name: str) -> ColumnElement[int]:
    text = func.coalesce(lives.c[name], "0")
    behind = case((func.instr(text, ".") == 0, 0), else_=func.length(text) - func.instr(text, "."))
    return case((func.length(text) > _MOST_LENGTH, _TOO_LONG), else_=behind).label(f"{name}_scale")


_SELECT = (
    select(
        lives.c.closed_ms,
        lives.c.opened_ms,
        cast(lives.c.is_complete, Integer).label("is_complete"),
        lives.c.symbol,
        lives.c.settle_coin,
        case((lives.c.net_pnl.is_(None), 0), else_=1).label("is_known"),
        *(part for name in ("net_pnl", "fees", "funding") for part in (_digits(name), _scale(name))),
        lives.c.life_id,
    )
    .where(tuple_(*_BY_TIME) > tuple_(bindparam("closed_ms", type_=Int64), bindparam("life_id", type_=Text)))
    .order_by(*_BY_TIME)
    .limit(bindparam("most", type_=Integer))
)
_FIGURES: Final = Prepared(_SELECT)
# The constants of its expressions are parameters as well.
_CONSTANTS: Final = {
    name: value
    for name, value in _SELECT.compile(dialect=sqlite.dialect(paramstyle="qmark")).params.items()
    if value is not None
}


def figures_slice(connection: Connection, after: TradeKey, limit: int) -> list[tuple[Any, ...]]:
    """Trades behind a key, oldest first by (closed_ms, life_id); ``(ms, "")`` is before all that closed in that ms.

    Returns:
        The values of ``core.analytics.columnar.FIELDS`` in that order, then the life_id.
    """
    return _FIGURES.rows(connection, _CONSTANTS | {"closed_ms": after[0], "life_id": after[1], "most": limit})
