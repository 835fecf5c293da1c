"""What happened: commands, lines of the trail, alerts, the fetching of the past. Frozen; see the package for units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from core.model.markets import PositionKey
from core.model.orders import OPEN_ORDER_STATUSES


class Command(Struct, frozen=True, kw_only=True):
    """What an operator asked for and what became of it.

    ``state``: ``sending``, ``accepted`` (acknowledged, not yet done), ``unknown`` (being looked up), and the verdicts
    ``done`` (the exchange's evidence arrived), ``refused`` (by an answer or by evidence), ``no_trace`` (looked for and
    not found; retrying with the same id is safe, and late evidence still turns it into done or refused). A limit order
    is done once it is in the order book; ``detail`` is its status, and it and ``filled_qty`` follow the order to its
    end. ``order_link_id`` is None for what makes no order; ``price`` is that of a limit order, None at market.
    ``kind``: close, stops, cancel, amend, open, leverage. ``order_id``: the order that is cancelled or amended, or that
    was made. ``size_before`` and ``side``: the position's when it was entered. ``filled_qty``: what its executions
    prove so far, None before any evidence; ``qty`` − ``filled_qty`` of a done close is what it left open. ``evidence``
    names what the verdict stands on. ``attempts``: how often it was sent, always the same under the same id;
    ``sent_ms``: when it was entered for the last of them, shortly before it was sent. ``clock_offset_ms``: the
    exchange's clock minus ours when it was entered first.
    """

    command_id: str
    kind: str
    key: PositionKey
    state: str
    created_ms: int
    order_link_id: str | None = None
    qty: Decimal | None = None
    price: Decimal | None = None
    ret_code: int | None = None
    detail: str = ""
    life_id: str = ""
    order_id: str = ""
    size_before: Decimal | None = None
    filled_qty: Decimal | None = None
    evidence: str = ""
    attempts: int = 1
    side: str = ""
    sent_ms: int = 0
    clock_offset_ms: int = 0

    @property
    def is_open(self) -> bool:
        """Not yet at its verdict."""
        return self.state in {"sending", "accepted", "unknown"}

    @property
    def is_final(self) -> bool:
        """At a verdict that stands. An answer that refuses an order judges one copy of the request: another one, made
        on the way, may be admitted, and only evidence of the order can tell.
        """
        is_refused = self.state == "refused" and (bool(self.evidence) or self.order_link_id is None)
        return self.state == "done" or is_refused

    @property
    def is_resting(self) -> bool:
        """A limit order that waits in the order book: placed, with fills still to come."""
        return self.kind in {"close", "open"} and self.state == "done" and self.detail in OPEN_ORDER_STATUSES

    @property
    def is_short(self) -> bool:
        """An order that has ended and filled less than it asked for, or nothing."""
        has_ended = self.kind in {"close", "open"} and self.state == "done" and not self.is_resting
        return has_ended and self.qty is not None and self.filled_qty is not None and self.filled_qty < self.qty


class AuditEvent(Struct, frozen=True, kw_only=True):
    """One line of the audit trail. ``code`` is known to gui/text.py; ``details`` fills its words."""

    ts_ms: int
    code: str
    severity: str = "info"
    key: PositionKey | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class Alert(Struct, frozen=True, kw_only=True):
    """One watch that is going off. ``kind``: unprotected, too_many_positions, near_liquidation, daily_loss."""

    kind: str
    key: PositionKey | None = None
    details: Mapping[str, Any] = MappingProxyType({})


class Backfill(Struct, frozen=True, kw_only=True):
    """How far the account's past has been fetched: ``done`` of ``total`` weeks; both 0 while nothing is missing."""

    done: int = 0
    total: int = 0
