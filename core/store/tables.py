"""The store's tables as they are today, and the exact type of an amount. Only Core: there are no mapped classes.

How a file of an older version becomes this is written in ``migrations``; a test compares both. Column names are the
fields of the records in ``core.model``, so that a record and its row need no second vocabulary.

Append-only: intents, intent_states, executions, orders_seen, audit_events. Derived, and made again from them when in
doubt: open_intents, lives, partial_exits, daily_totals. Amounts are text, exact; a column that ends in ``_e8`` repeats
one as an integer in units of 1e-8, for SQL to sort by: rounded, so totals that are shown come from ``daily_totals``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

from core.errors import BadValue
from core.money import text

# No amount of this desk needs more; a hostile exponent must not become megabytes of zeros.
MAX_DIGITS = 80

metadata = MetaData()


def decimal_text(value: object) -> str | None:
    """An amount as the store writes it: plain digits, exactly the number given.

    Raises:
        BadValue: not a Decimal, not finite, or longer than any amount is.
    """
    if value is None:
        return None
    if not isinstance(value, Decimal) or not value.is_finite():
        raise BadValue("not_a_number", value=repr(value)[:80])
    if -MAX_DIGITS < value.adjusted() < MAX_DIGITS and len(written := text(value)) < 2 * MAX_DIGITS:
        return written
    raise BadValue("number_too_long", value=repr(value)[:80])


class DecimalText(TypeDecorator[Decimal]):
    """A Decimal as text, digit for digit. SQLite's own NUMERIC would go through a float and lose the 18th digit."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Into the database."""
        return decimal_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Out of the database."""
        return None if value is None else Decimal(value)


class Flag(TypeDecorator[bool]):
    """A bool as 0 or 1: STRICT tables know no BOOLEAN."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        """Into the database."""
        return None if value is None else int(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        """Out of the database."""
        return None if value is None else bool(value)


# STRICT tables know no BIGINT; SQLite's INTEGER has 64 bits anyway.
Int64 = BigInteger().with_variant(Integer, "sqlite")


def _amount(name: str, *, nullable: bool = False) -> Column[Decimal]:
    return Column(name, DecimalText, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Flag, CheckConstraint(f"{name} IN (0, 1)"), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _id(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, CheckConstraint(f"{name} <> ''"), nullable=nullable)


def _time(name: str) -> Column[int]:
    """UTC milliseconds."""
    return Column(name, Int64, CheckConstraint(f"{name} >= 0"), nullable=False)


def _whole(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Int64, nullable=nullable)


def _idx(*, nullable: bool = False) -> Column[int]:
    check = CheckConstraint("position_idx BETWEEN 0 AND 2")
    return Column("position_idx", Integer, check, nullable=nullable)


def _row_id() -> Column[int]:
    return Column("row_id", Int64, primary_key=True)


def _table(name: str, *parts: SchemaItem, with_rowid: bool = True) -> Table:
    """A STRICT table in which SQLite itself refuses amounts that are not plain digits, whoever writes them."""
    table = Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=with_rowid)
    for column in table.columns:
        if isinstance(column.type, DecimalText):
            digits = f"{column.name} NOT GLOB '*[^0-9.-]*' AND {column.name} GLOB '*[0-9]'"
            table.append_constraint(CheckConstraint(digits).ddl_if(dialect="sqlite"))
    return table


meta = _table(
    "meta",
    Column("name", Text, primary_key=True),
    _text("value"),
    with_rowid=False,
)

intents = _table(
    "intents",
    _row_id(),
    Column("intent_id", Text, CheckConstraint("intent_id <> ''"), nullable=False, unique=True),
    Column("order_link_id", Text, CheckConstraint("order_link_id <> ''"), unique=True),
    _id("kind"),
    _id("type"),
    _id("category"),
    _id("symbol"),
    _idx(),
    _text("life_id"),
    _whole("seq_seen"),
    _text("side"),
    _amount("qty", nullable=True),
    _id("payload"),
    _time("created_ms"),
)

INTENT_STATES = ("sending", "accepted", "unknown", "done", "refused", "no_trace")

intent_states = _table(
    "intent_states",
    _row_id(),
    Column("intent_id", Text, ForeignKey("intents.intent_id"), nullable=False),
    Column("state", Text, CheckConstraint(f"state IN {INTENT_STATES}"), nullable=False),
    _whole("ret_code", nullable=True),
    _text("detail"),
    _time("at_ms"),
    _id("command", nullable=True),
    Index("intent_states_by_intent", "intent_id", "row_id"),
)

open_intents = _table(
    "open_intents",
    Column("intent_id", Text, ForeignKey("intents.intent_id"), primary_key=True),
    with_rowid=False,
)

executions = _table(
    "executions",
    _row_id(),
    _id("category"),
    _id("symbol"),
    _id("exec_id"),
    _text("order_id"),
    _text("order_link_id"),
    _text("side"),
    _text("exec_type"),
    _amount("qty"),
    _amount("price"),
    _amount("value"),
    _amount("fee"),
    _amount("closed_size", nullable=True),
    _flag("is_maker"),
    _text("create_type"),
    _text("stop_order_type"),
    _text("order_type"),
    _time("ts_ms"),
    _whole("seq"),
    _text("fee_currency"),
    _amount("exec_pnl", nullable=True),
    _idx(nullable=True),
    UniqueConstraint("category", "symbol", "exec_id"),
    Index("executions_by_time", "ts_ms", "row_id"),
    Index("executions_by_category", "category", "ts_ms"),
)

orders_seen = _table(
    "orders_seen",
    _row_id(),
    _id("category"),
    _id("symbol"),
    _idx(),
    _id("order_id"),
    _text("order_link_id"),
    _text("side"),
    _text("order_type"),
    _text("status"),
    _amount("qty"),
    _amount("leaves_qty", nullable=True),
    _amount("filled_qty"),
    _amount("price", nullable=True),
    _amount("average_price", nullable=True),
    _amount("trigger_price", nullable=True),
    _text("trigger_by"),
    _whole("trigger_direction"),
    _amount("take_profit", nullable=True),
    _amount("stop_loss", nullable=True),
    _text("stop_order_type"),
    _text("time_in_force"),
    _flag("reduce_only"),
    _text("create_type"),
    _text("cancel_type"),
    _text("reject_reason"),
    _time("created_ms"),
    _time("updated_ms"),
    # The same report twice is one row; any change of an order is a row of its own.
    UniqueConstraint("category", "symbol", "order_id", "updated_ms", "status", "filled_qty"),
)

audit_events = _table(
    "audit_events",
    _row_id(),
    _time("ts_ms"),
    _id("code"),
    _text("severity"),
    _id("category", nullable=True),
    _id("symbol", nullable=True),
    _idx(nullable=True),
    _id("details"),
    Column("previous", Text, CheckConstraint("length(previous) = 64"), nullable=False),
    Column("hash", Text, CheckConstraint("length(hash) = 64"), nullable=False),
)

lives = _table(
    "lives",
    _row_id(),
    Column("life_id", Text, CheckConstraint("life_id <> ''"), nullable=False, unique=True),
    _id("category"),
    _id("symbol"),
    _idx(),
    _text("side"),
    _text("settle_coin"),
    _time("opened_ms"),
    _time("closed_ms"),
    _amount("peak_size"),
    _amount("entry_price", nullable=True),
    _amount("exit_price", nullable=True),
    _amount("gross_pnl", nullable=True),
    _amount("fees", nullable=True),
    _amount("funding", nullable=True),
    _amount("net_pnl", nullable=True),
    _whole("net_pnl_e8", nullable=True),
    _text("closed_by"),
    _flag("is_complete"),
    _amount("best_pnl", nullable=True),
    _amount("worst_pnl", nullable=True),
    _id("other_fees", nullable=True),
    _id("pnl_source", nullable=True),
    Index("lives_by_time", "closed_ms", "life_id"),
    Index("lives_by_symbol", "symbol", "closed_ms", "life_id"),
)

partial_exits = _table(
    "partial_exits",
    Column("life_id", Text, ForeignKey("lives.life_id"), primary_key=True),
    Column("ordinal", Integer, CheckConstraint("ordinal >= 0"), primary_key=True),
    _text("order_id"),
    _text("order_link_id"),
    _time("ts_ms"),
    _amount("qty"),
    _amount("price"),
    _amount("share_pct", nullable=True),
    _amount("gross_pnl", nullable=True),
    _amount("fee"),
    _amount("net_pnl", nullable=True),
    _text("reason"),
    with_rowid=False,
)

daily_totals = _table(
    "daily_totals",
    Column("day", Integer, primary_key=True),
    Column("settle_coin", Text, primary_key=True),
    _whole("trades"),
    _whole("wins"),
    _whole("losses"),
    _whole("break_even"),
    _whole("pending"),
    _amount("gross_pnl"),
    _amount("fees"),
    _amount("funding"),
    _amount("net_pnl"),
    CheckConstraint("trades = wins + losses + break_even + pending"),
    with_rowid=False,
)

exit_labels = _table(
    "exit_labels",
    Column("order_link_id", Text, CheckConstraint("order_link_id <> ''"), primary_key=True),
    _text("reason"),
    _time("at_ms"),
    with_rowid=False,
)

fetched_windows = _table(
    "fetched_windows",
    Column("scope", Text, primary_key=True),
    Column("from_ms", Int64, primary_key=True),
    Column("until_ms", Int64, CheckConstraint("until_ms > from_ms"), nullable=False),
    with_rowid=False,
)
