"""Rows of totals below Orders, Executions and Closed; and that every figure of every table explains itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.analytics.period_report import ReportBuilder
from core.model import CoinAmount
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.models import closed, events, executions, orders, position_columns, row_totals, symbol_totals
from gui.models.cell import Facts
from gui.models.closed_source import Sums, sums_of
from gui.views.life_panel import LifePanel
from tests.gui import samples

D = Decimal


@pytest.fixture
def desk(qtbot, window: MainWindow, bridge: Bridge) -> MainWindow:
    """A window with the sample snapshot."""
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)
    return window


def cells(desk: MainWindow, name: str) -> dict[str, tuple[str, str]]:
    """What the totals row of a table says, by column name."""
    desk.tabs.show_tab(name)
    panel = desk.tabs.panel(name)
    assert panel.totals.isVisible()
    return {panel.table.columns[number].name: cell.words() for number, cell in panel.totals.cells.items()}


def test_orders_add_up_what_would_open(desk: MainWindow) -> None:
    said = cells(desk, "orders")
    rows = samples.orders()
    buys = sum(row.side == "Buy" for row in rows)
    assert said["symbol"] == ("9 orders", f"{buys} buy · {9 - buys} sell")
    opening = [row for row in rows if not row.reduce_only and not row.stop_order_type]
    assert opening
    assert said["price"][0] == f"{sum(row.leaves_qty * row.price for row in opening):,.2f}"


def test_a_sum_may_be_wider_than_its_column(desk: MainWindow) -> None:
    cells(desk, "executions")
    panel = desk.tabs.panel("executions")
    spans = {span.column: span for span in panel.view.layout_of_columns.spans()}
    number = next(n for n, column in enumerate(panel.table.columns) if column.name == "qty")
    (width,) = [width for cell, _, _, width in panel.totals._placed() if cell is panel.totals.cells[number]]
    assert width == spans[number].width + spans[number - 1].width, "the column before it has no sum"


def test_an_order_without_a_price_makes_the_sum_unknown() -> None:
    plain = samples.order(1, stop_order_type="", reduce_only=False, price=None, trigger_price=None)
    priced = samples.order(2, stop_order_type="", reduce_only=False, price=D(2), leaves_qty=D(3))
    inverse = samples.order(
        3, category="inverse", symbol="BTCUSD", stop_order_type="", reduce_only=False, price=D(9), leaves_qty=D(50)
    )
    assert row_totals.order_values([priced, inverse]).text == "56.00"
    assert row_totals.order_values([priced, plain]).text == "—"


def test_executions_add_up_gross_fees_funding_and_turnover(desk: MainWindow) -> None:
    said = cells(desk, "executions")
    rows = samples.executions()
    fills = [row for row in rows if row.exec_type != "Funding"]
    gross = sum((row.exec_pnl for row in fills if row.closed_size), D(0))
    assert said["pnl"] == (f"+{gross:,.2f}", f"funding +{sum(-r.fee for r in rows if r.exec_type == 'Funding'):.2f}")
    assert said["qty"][1] == f"{sum(row.value for row in fills):,.2f}"
    assert said["fee"][0] == f"−{sum(row.fee for row in fills):,.2f}"


def test_a_result_that_is_not_known_or_in_a_coin_is_a_dash() -> None:
    known, unknown = samples.execution(1), samples.execution(2, exec_pnl=None)
    assert row_totals.gross([known, unknown]).text == "—"
    coin = samples.execution(3, category="inverse", symbol="BTCUSD", fee_currency="BTC")
    assert row_totals.gross([known, coin]).text == "—"
    assert row_totals.fees([known, coin]).text == "—"


def test_closed_says_what_its_selection_adds_up_to(desk: MainWindow) -> None:
    said = cells(desk, "closed")
    trades = samples.closed_trades()
    assert said["symbol"] == (
        "42 closed",
        f"{sum(t.net_pnl > 0 for t in trades)} won · {sum(t.net_pnl < 0 for t in trades)} lost",
    )
    assert said["net"][0] == f"+{sum(t.net_pnl for t in trades):,.2f}"
    assert row_totals.closed(Sums())["closed"].text == "— won"
    coin = replace(trades[0], settle_coin="BTC", net_pnl=D(5))
    assert sums_of([*trades[1:], coin]).net == sums_of(trades[1:]).net, "a coin is not added to dollars"
    assert row_totals.closed(sums_of([coin]))["net"].text == "—"


def test_filtered_rows_alone_are_added_up(desk: MainWindow) -> None:
    before = cells(desk, "orders")
    panel = desk.tabs.panel("orders")
    panel.filter_edit.setText("-sol")
    after = cells(desk, "orders")
    assert after["symbol"] != before["symbol"]
    panel.filter_edit.clear()


def test_every_figure_of_every_table_explains_itself() -> None:
    facts = Facts(samples.clock())
    facts.snapshot = snapshot = samples.snapshot()
    builder = ReportBuilder("all", 0)
    builder.add(samples.closed_trades())
    tables = (
        (position_columns.columns(), snapshot.positions[0]),
        (orders.columns(), snapshot.orders[0]),
        (closed.columns(), snapshot.closed_trades[0]),
        (executions.columns(), snapshot.executions[0]),
        (events.columns(), snapshot.events[0]),
        (symbol_totals.columns(), builder.report().symbols[0]),
    )
    for columns, record in tables:
        for column in columns:
            if column.is_right and not column.is_pinned:
                assert column.tooltip is not None, column.name
                assert len(column.tooltip(record, facts)) > 15, column.name


def test_what_a_contract_brought_in_its_coin_is_no_zero() -> None:
    builder = ReportBuilder("all", 0)
    trade = samples.closed_trade(0)
    builder.add([trade, replace(trade, symbol="BTCUSD", category="inverse", settle_coin="BTC", net_pnl=D(2))])
    dollars, coin = (
        {column.name: column.cell(one, Facts(samples.clock())).text for column in symbol_totals.columns()}
        for one in sorted(builder.report().symbols, key=lambda one: one.symbol == "BTCUSD")
    )
    assert [coin[name] for name in ("trades", "net", "average", "drawdown", "costs")] == ["1", "—", "—", "—", "—"]
    assert dollars["net"] == "−30.02"


def test_a_closed_life_tells_its_extremes_and_what_was_paid_in_other_coins(qtbot) -> None:
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    panel = LifePanel()
    qtbot.addWidget(panel)
    panel.show_trade(samples.closed_trade(1), facts)
    assert panel.tiles["best"].value == "—"
    paid = (CoinAmount("MNT", D("0.5")),)
    panel.show_trade(samples.closed_trade(1, best_pnl=D(70), worst_pnl=D(-8), other_fees=paid), facts)
    assert panel.tiles["best"].value == "+70.00 / −8.00"
    assert "0.5 MNT" in panel.tiles["net"].toolTip()
    for tile in panel.tiles.values():
        assert len(tile.toolTip()) > 20


def test_a_closed_life_without_a_beginning_says_so_and_shows_no_time_for_it(qtbot) -> None:
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    panel = LifePanel()
    qtbot.addWidget(panel)
    panel.show_trade(samples.closed_trade(1, opened_ms=0, is_complete=False, net_pnl=None, gross_pnl=None), facts)
    assert panel.times.text().startswith("— → ")
    assert panel.times.text().endswith("held —")
    assert panel.note.text() == closed.why_incomplete(panel.trade)
    assert "pending until that reaches back" in panel.note.text()
