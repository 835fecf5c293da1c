"""RecordTable under Qt's own model tester: whatever records come, rows, order, filter and selection are right."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPersistentModelIndex, Qt
from PyQt6.QtTest import QAbstractItemModelTester

from gui.models.cell import Cell, Column, Facts
from gui.models.table import RecordTable
from tests.gui import samples

D = Decimal


class Row(NamedTuple):
    """A record as small as it can be."""

    name: str
    value: D | None


COLUMNS = (
    Column(
        "name", ("Name",), lambda row, facts: Cell(text=row.name), lambda row: row.name, search=lambda row: row.name
    ),
    Column("value", ("Value", "below"), lambda row, facts: Cell(text=str(row.value)), lambda row: row.value),
    Column(
        "age", ("Age",), lambda row, facts: Cell(text=str(facts.clock.monotonic())), is_timed=True,
        tooltip=lambda row, facts: f"<b>{row.name}</b>",
    ),
)  # fmt: skip


def make() -> RecordTable:
    """An empty table, watched by Qt's tester: a wrong signal fails the test."""
    table = RecordTable(COLUMNS, lambda row: row.name, Facts(samples.clock()))
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    return table


def shown(table: RecordTable) -> list[str]:
    """The names from the top."""
    return [table.record(row).name for row in range(table.rowCount())]


def rows(*pairs: tuple[str, object]) -> tuple[Row, ...]:
    """Records from (name, value)."""
    return tuple(Row(name, None if value is None else D(str(value))) for name, value in pairs)


records = st.lists(
    st.builds(Row, st.sampled_from("abcdefghij"), st.none() | st.integers(-5, 5).map(D)),
    max_size=10,
    unique_by=lambda row: row.name,
).map(tuple)


@settings(deadline=None, max_examples=150)
@given(steps=st.lists(records, min_size=1, max_size=8), column=st.integers(-1, 1), descending=st.booleans())
def test_any_sequence_of_records_is_shown_and_persistent_indexes_follow(
    steps: list[tuple[Row, ...]], column: int, descending: bool
) -> None:
    table = make()
    table.sort(column, Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder)
    for records_now in steps:
        held = {table.key(row): QPersistentModelIndex(table.index(row, 0)) for row in range(table.rowCount())}
        table.set_records(records_now)
        table.rerank()
        assert sorted(shown(table)) == sorted(row.name for row in records_now)
        assert shown(table) == [row.name for row in expected(records_now, column, descending)]
        for key, index in held.items():
            row = table.row_of(key)
            assert index.isValid() == (row is not None)
            assert row is None or index.row() == row


def expected(given_rows: tuple[Row, ...], column: int, descending: bool) -> list[Row]:
    """The order by value, unknown values last, ties in the order given."""
    if column < 0:
        return list(given_rows)
    known = [row for row in given_rows if row[column] is not None]
    known.sort(key=lambda row: row[column], reverse=descending)
    return known + [row for row in given_rows if row[column] is None]


def test_order_is_by_value_not_by_text_and_unknown_values_come_last_both_ways() -> None:
    table = make()
    table.set_records(rows(("a", 10), ("b", "9.5"), ("c", None), ("d", "-3.5"), ("e", 100)))
    table.sort(1, Qt.SortOrder.AscendingOrder)
    assert shown(table) == ["d", "b", "a", "e", "c"]
    table.sort(1, Qt.SortOrder.DescendingOrder)
    assert shown(table) == ["e", "a", "b", "d", "c"]
    table.sort(-1)
    assert shown(table) == ["a", "b", "c", "d", "e"]


def test_a_changed_value_moves_only_when_the_order_is_asked_for(qtbot) -> None:
    table = make()
    first = rows(("a", 1), ("b", 2))
    table.set_records(first)
    table.sort(1, Qt.SortOrder.AscendingOrder)
    with qtbot.assertNotEmitted(table.layoutChanged):
        table.set_records((Row("a", D(9)), first[1]))
    assert shown(table) == ["a", "b"]
    with qtbot.waitSignal(table.layoutChanged):
        table.rerank()
    assert shown(table) == ["b", "a"]


def test_an_order_that_still_holds_moves_nothing(qtbot) -> None:
    table = make()
    table.set_records(rows(("a", 1), ("b", 5)))
    table.sort(1, Qt.SortOrder.AscendingOrder)
    table.set_records(rows(("a", 2), ("b", 5)))
    with qtbot.assertNotEmitted(table.layoutChanged):
        table.rerank()


def test_only_rows_that_are_other_objects_are_announced() -> None:
    table = make()
    before = rows(*((name, 1) for name in "abcdef"))
    table.set_records(before)
    heard: list[tuple[int, int]] = []
    table.dataChanged.connect(lambda first, last: heard.append((first.row(), last.row())))
    table.set_records((*before[:1], Row("b", D(2)), Row("c", D(2)), *before[3:5], Row("f", D(2))))
    assert heard == [(1, 2), (5, 5)]


def test_the_same_tuple_again_costs_no_signal(qtbot) -> None:
    table = make()
    given_rows = rows(("a", 1))
    table.set_records(given_rows)
    with qtbot.assertNotEmitted(table.dataChanged):
        table.set_records(given_rows)


def test_cells_are_formatted_once_per_record() -> None:
    calls = []
    column = Column("name", ("Name",), lambda row, facts: calls.append(row) or Cell(text=row.name))
    table = RecordTable((column,), lambda row: row.name, Facts(samples.clock()))
    table.set_records(rows(("a", 1), ("b", 2)))
    assert table.cell(0, 0) is table.cell(0, 0)
    assert len(calls) == 1
    table.set_records((Row("a", D(7)), *rows(("b", 2))))
    table.cell(0, 0)
    assert len(calls) == 2


def test_timed_cells_follow_the_clock_and_others_do_not() -> None:
    clock = samples.clock()
    table = RecordTable(COLUMNS, lambda row: row.name, Facts(clock))
    table.set_records(rows(("a", 1)))
    name, age = table.cell(0, 0), table.cell(0, 2)
    clock.advance(1)
    table.refresh_timed()
    assert table.cell(0, 0) is name
    assert table.cell(0, 2) != age


def test_the_filter_narrows_keeps_up_and_lets_go() -> None:
    table = make()
    table.set_records(rows(("alpha", 1), ("beta", 2), ("alphabet", 3)))
    table.set_filter("ALPHA")
    assert shown(table) == ["alpha", "alphabet"]
    table.set_records(rows(("alpha", 5), ("beta", 2), ("alphabet", 3), ("new alpha", 4)))
    assert shown(table) == ["alpha", "alphabet", "new alpha"]
    assert (table.rowCount(), table.total) == (3, 4)
    table.set_filter("alpha new")
    assert shown(table) == ["new alpha"]
    table.set_filter("")
    assert shown(table) == ["alpha", "beta", "alphabet", "new alpha"]


def test_data_says_what_is_painted() -> None:
    table = make()
    table.set_records(rows(("a", 1)))
    assert table.data(table.index(0, 0)) == "a"
    assert table.data(table.index(0, 1)) == "1\n"
    assert table.data(table.index(0, 2), Qt.ItemDataRole.ToolTipRole) == "<qt>&lt;b>a&lt;/b></qt>"
    assert table.headerData(1, Qt.Orientation.Horizontal) == "Value\nbelow"
    assert table.data(table.index(0, 0), Qt.ItemDataRole.AccessibleTextRole) == "a"


@pytest.mark.parametrize("role", [Qt.ItemDataRole.DecorationRole, Qt.ItemDataRole.CheckStateRole])
def test_other_roles_are_empty(role: Qt.ItemDataRole) -> None:
    table = make()
    table.set_records(rows(("a", 1)))
    assert table.data(table.index(0, 0), role) is None
