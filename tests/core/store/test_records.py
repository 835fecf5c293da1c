"""Whatever a record holds comes back as it was: every digit, every character, every absent value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Connection

from core.errors import BadValue
from core.model import ClosedTrade, Execution, Order, PartialExit
from core.store import facts, history, journal
from core.store.records import decode_details, encode_details, scaled
from core.store.tables import decimal_text, executions, lives, orders_seen, partial_exits
from tests.core.store import samples
from tests.core.store.conftest import within
from tests.core.store.samples import amounts, ids, maybe_amounts, texts, times

_records = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("record", "table", "elsewhere"),
    [
        (Execution, executions, set()),
        (Order, orders_seen, set()),
        (ClosedTrade, lives, {"exits", "gap"}),
        (PartialExit, partial_exits, set()),
    ],
)
def test_every_field_has_a_column(record, table, elsewhere):
    own = {"row_id", "net_pnl_e8", "ordinal", "life_id"} - set(record.__struct_fields__)
    assert {c.name for c in table.c} - own == set(record.__struct_fields__) - elsewhere


_executions = st.builds(
    samples.execution,
    st.integers(0, 10**6),
    symbol=ids,
    exec_id=ids,
    order_id=texts,
    order_link_id=texts,
    side=texts,
    exec_type=texts,
    qty=amounts,
    price=amounts,
    value=amounts,
    fee=amounts,
    closed_size=maybe_amounts,
    exec_pnl=maybe_amounts,
    is_maker=st.booleans(),
    fee_currency=texts,
    ts_ms=times,
    seq=st.integers(-1, 2**62),
    position_idx=st.sampled_from([None, 0, 1, 2]),
)


@_records
@given(record=_executions)
def test_an_execution_comes_back_as_it_was(database, record):
    def job(connection: Connection) -> None:
        assert facts.add_executions(connection, [record]) == 1
        assert facts.add_executions(connection, [record]) == 0
        ((found,), _) = facts.executions_slice(connection, 0, None, record.category, record.symbol)
        assert found == record
        assert found.fee.as_tuple() == record.fee.as_tuple()

    within(database, job)


@_records
@given(text=texts, qty=amounts, price=maybe_amounts)
def test_an_order_report_is_kept_once(database, text, qty, price):
    record = samples.order(1, qty=qty, price=price, reject_reason=text, cancel_type=text)

    def job(connection: Connection) -> None:
        assert facts.add_orders(connection, [record, record]) == 1
        row = connection.execute(orders_seen.select()).mappings().one()
        assert {name: row[name] for name in Order.__struct_fields__} == {
            name: getattr(record, name) for name in Order.__struct_fields__
        }

    within(database, job)


_exits = st.builds(
    samples.partial_exit,
    st.integers(0, 100),
    order_id=texts,
    qty=amounts,
    price=amounts,
    share_pct=maybe_amounts,
    gross_pnl=maybe_amounts,
    fee=amounts,
    net_pnl=maybe_amounts,
    reason=texts,
)
_trades = st.builds(
    samples.trade,
    st.integers(0, 100),
    symbol=ids,
    closed_by=texts,
    entry_price=maybe_amounts,
    exit_price=maybe_amounts,
    gross_pnl=maybe_amounts,
    fees=maybe_amounts,
    funding=maybe_amounts,
    net_pnl=maybe_amounts,
    peak_size=amounts,
    is_complete=st.booleans(),
    pnl_source=st.sampled_from(["", "closed_pnl"]),
    closed_ms=times,
)


@_records
@given(trade=_trades, exits=st.lists(_exits, max_size=3))
def test_a_closed_trade_comes_back_with_its_exits_in_order(database, trade, exits):
    record = replace(trade, exits=tuple(exits))

    def job(connection: Connection) -> None:
        assert history.save(connection, [record]) == 1
        assert history.save(connection, [record]) == 0
        assert history.by_ids(connection, [record.life_id]) == [record]

    within(database, job)


@pytest.mark.parametrize("intent", samples.INTENTS, ids=lambda intent: type(intent).__name__)
@pytest.mark.parametrize("text", samples.HOSTILE)
def test_an_intent_comes_back_as_it_was(database, intent, text):
    asked, command = replace(intent, reason=text), samples.command(1)

    def job(connection: Connection) -> None:
        journal.add(connection, command, asked)
        (found,) = journal.open_ones(connection)
        assert (found.intent, found.command) == (asked, command)

    within(database, job)


_plain = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | texts | amounts
_details = st.dictionaries(
    texts | st.sampled_from(["$decimal", "$", "$$decimal"]),
    st.recursive(
        _plain, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(texts, inner, max_size=3)
    ),
    max_size=4,
)


@settings(deadline=None)
@given(details=_details)
def test_details_of_events_come_back_as_they_were(details):
    encoded = encode_details(details)
    assert encoded.isascii()
    assert decode_details(encoded) == details
    assert encode_details(decode_details(encoded)) == encoded


def test_details_that_are_no_plain_values_become_text():
    found = decode_details(encode_details({"a": 1.5, "b": ValueError("no"), "c": Decimal("NaN"), "d": "\ud800"}))
    assert (found["a"], found["b"], found["d"]) == ("1.5", "no", "\ud800")
    assert found["c"].is_nan()


@pytest.mark.parametrize(
    "value", [1.5, "1.5", 3, Decimal("NaN"), Decimal("-Infinity"), Decimal("1e999"), Decimal("1e-99")]
)
def test_only_finite_decimals_of_sane_length_are_amounts(value):
    with pytest.raises(BadValue):
        decimal_text(value)


@settings(deadline=None)
@given(value=amounts)
def test_an_amount_is_written_in_plain_digits(value):
    written = decimal_text(value)
    assert Decimal(written) == value
    assert set(written) <= set("-.0123456789")


@settings(deadline=None)
@given(left=amounts, right=amounts)
def test_the_scaled_integer_sorts_as_the_amount_does(left, right):
    if left < right:
        assert scaled(left) <= scaled(right)
    assert (scaled(left) > 0, scaled(left) < 0) == (left > 0, left < 0)
    if abs(left) < 10**10 and left == left.quantize(Decimal("1e-8")):
        assert Decimal(scaled(left)).scaleb(-8) == left


def test_what_is_too_large_to_scale_sorts_last():
    assert scaled(Decimal(10**12)) == 2**63 - 1
    assert scaled(Decimal(-(10**12))) == -(2**63 - 1)
    assert scaled(None) is None
