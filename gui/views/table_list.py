"""The five tables of the desk: what each is called, shows and is kept apart by.

Columns of those that are not in front at first are imported when their panel is made: the window is painted before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.models import position_columns, positions
from gui.models.cell import Column
from gui.text import translate
from gui.views.panel import Table
from gui.views.placeholder import empty_words

if TYPE_CHECKING:
    from core.model import AuditEvent


class Warnings:
    """How many events want to be looked at; counted once for each list of events, of which most frames bring none."""

    def __init__(self) -> None:
        self._events: tuple[AuditEvent, ...] | None = None
        self._count = 0

    def count(self, events: tuple[AuditEvent, ...]) -> int:
        """Events that are more than news."""
        if events is not self._events:
            self._events = events
            self._count = sum(1 for line in events if line.severity != "info")
        return self._count


def _orders_columns() -> tuple[Column, ...]:
    from gui.models import orders

    return orders.columns()


def _closed_columns() -> tuple[Column, ...]:
    from gui.models import closed

    return closed.columns()


def _executions_columns() -> tuple[Column, ...]:
    from gui.models import executions

    return executions.columns()


def _events_columns() -> tuple[Column, ...]:
    from gui.models import events

    return events.columns()


def tables_of_desk() -> dict[str, Table]:
    """What each tab shows, by name from the left, in the user's language."""
    t = translate
    return {
        "positions": Table(
            t("Tables", "Positions"), position_columns.columns, lambda p: p.key, lambda s: s.positions,
            empty_words("positions"), positions.phase, ("symbol", "side"),
        ),
        "orders": Table(
            t("Tables", "Orders"), _orders_columns, lambda o: (o.category, o.order_id), lambda s: s.orders,
            empty_words("orders"), groups=("symbol", "side"),
        ),
        "closed": Table(
            t("Tables", "Closed"), _closed_columns, lambda c: c.life_id, lambda s: s.closed_trades,
            empty_words("closed"), groups=("symbol", "side"),
        ),
        "executions": Table(
            t("Tables", "Executions"), _executions_columns, lambda e: (e.category, e.symbol, e.exec_id),
            lambda s: s.executions, empty_words("executions"), groups=("symbol", "side"),
        ),
        "events": Table(
            t("Tables", "Events"), _events_columns, id, lambda s: s.events, empty_words("events"), groups=("symbol",),
            is_one_line=True,
        ),
    }  # fmt: skip
