"""What every column says about the sample records, that it sorts by value, and that nothing is taken for live."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QAbstractItemModelTester

from core.model import BotNote, Gap, Position, PositionKey
from core.rows import derive
from core.trades import fold
from gui.models import closed, events, executions, orders, position_columns, position_tips, positions
from gui.models.cell import Cell, Column, Facts
from gui.models.table import RecordTable
from tests.gui import samples
from tests.strategies import a_position, an_execution

D = Decimal


@pytest.fixture
def facts() -> Facts:
    """The sample snapshot at its own time."""
    made = Facts(samples.clock())
    made.snapshot = samples.snapshot()
    return made


def cells(record: object, columns: tuple[Column, ...], facts: Facts) -> dict[str, Cell]:
    """Every cell of one record by column name."""
    return {column.name: column.cell(record, facts) for column in columns}


def words(record: object, columns: tuple[Column, ...], facts: Facts) -> dict[str, tuple[str, str]]:
    """Both lines of every cell."""
    return {name: cell.words() for name, cell in cells(record, columns, facts).items()}


def by_symbol(symbol: str) -> Position:
    """A position of the sample."""
    return next(row for row in samples.positions() if row.symbol == symbol)


def test_a_long_with_partial_exits(facts: Facts) -> None:
    said = words(by_symbol("SOLUSDT"), position_columns.columns(), facts)
    assert said["symbol"] == ("SOLUSDT Long 5×", "Isolated · one-way")
    assert said["size"] == ("20.0", "2,448.00")
    assert said["price"] == ("100.50", "122.40")
    assert said["pnl"] == ("+438.00", "+108.96%")
    assert said["realised"] == ("+430.21", "fees −4.79")
    assert said["liquidation"] == ("81.86", "33.1%")
    assert said["stops"] == ("TP 130.00 SL 104.00", "trailing 2.4% · locks +70.00")
    assert said["exits"] == ("", "60% · 2 exits")
    assert said["time"] == ("3h 12m", "−0.24 in 01:22")
    assert said["exit_distance"] == ("15.0%", "")
    assert said["edit_stops"] == ("TP/SL", "")
    assert said["close"] == ("Close", "")


def test_a_hedged_short(facts: Facts) -> None:
    said = words(by_symbol("BTCUSDT"), position_columns.columns(), facts)
    assert said["symbol"] == ("BTCUSDT Short 10×", "Cross · hedge")
    assert said["price"] == ("67,210.0", "67,605.0")
    assert said["pnl"] == ("−47.40", "−5.88%")
    assert said["stops"] == ("TP 64,000.0 SL 68,400.0", "risk −142.80 · 1.14% of equity")
    assert said["exits"] == ("—", "")


def test_a_position_without_a_stop_wears_a_chip(facts: Facts) -> None:
    cell = cells(by_symbol("ETHUSDT"), position_columns.columns(), facts)["stops"]
    assert cell.words() == ("No stop loss", "max loss −620.55 to liquidation")
    assert cell.chips[0].tone == "warning"


def test_prices_have_as_many_decimals_as_the_tick(facts: Facts) -> None:
    assert words(by_symbol("1000PEPEUSDT"), position_columns.columns(), facts)["price"] == ("0.0107140", "0.0105000")


def test_what_is_not_known_is_a_dash_and_never_zero(facts: Facts) -> None:
    bare = replace(
        samples.position(),
        mark_price=None, last_price=None, position_value=None, unrealised_pnl=None, roe_pct=None, liq_price=None,
        leverage=None, initial_margin=None, realised_pnl=None, fees=None, funding=None, take_profit=None,
        stop_loss=None, trailing_stop=None, opened_ms=None, funding_rate=None, next_funding_ms=None,
        partial_exits=(), peak_size=None, margin_mode="", break_even_price=None, received_mono=0.0,
    )  # fmt: skip
    facts.snapshot = samples.snapshot(positions=(bare,), instruments={}, fee_rates={}, wallet=None)
    said = words(bare, position_columns.columns(), facts)
    assert said["symbol"] == ("SOLUSDT Long", "— · one-way")
    assert said["size"] == ("20.0", "—")
    assert said["price"] == ("100.50", "—")
    assert said["pnl"] == ("—", "—")
    assert said["realised"] == ("—", "fees —")
    assert said["liquidation"] == ("—", "—")
    assert said["stops"] == ("No stop loss", "")
    assert said["time"] == ("—", "—")
    assert said["margin"] == ("—", "—")
    assert said["break_even"] == ("—", "—")
    assert said["age"] == ("—", "—")
    assert not any("0.00" in line for pair in said.values() for line in pair)


def test_a_price_turns_amber_after_three_seconds_and_stale_after_ten(facts: Facts) -> None:
    row = by_symbol("ETHUSDT")
    tones = []
    for _ in range(3):
        now = cells(row, position_columns.columns(), facts)
        tones.append((now["price"].below_tone, now["pnl"].tone, "STALE" in now["symbol"].below))
        facts.clock.advance(5)  # type: ignore[attr-defined] - a manual clock
    assert tones == [("text", "up", False), ("warning", "up", False), ("muted", "muted", True)]


def test_every_cell_that_depends_on_the_age_of_the_price_is_refreshed_by_the_clock(facts: Facts) -> None:
    row = by_symbol("ETHUSDT")
    before = cells(row, position_columns.columns(), facts)
    facts.clock.advance(60)  # type: ignore[attr-defined] - a manual clock
    after = cells(row, position_columns.columns(), facts)
    timed = {column.name for column in position_columns.columns() if column.is_timed or column.is_phased}
    assert {name for name in before if before[name] != after[name]} <= timed


def test_a_row_that_is_being_closed_is_pale_says_so_and_offers_no_second_close(facts: Facts) -> None:
    row = by_symbol("LINKUSDT")
    now = cells(row, position_columns.columns(), facts)
    assert now["symbol"].below == "closing… waiting for fill"
    assert now["edit_stops"].button == ""
    assert now["close"].button == ""
    assert all(cell.is_faint for name, cell in now.items() if name not in {"edit_stops", "close"})


def test_a_resting_close_order_can_be_cancelled(facts: Facts) -> None:
    row = by_symbol("LINKUSDT")
    resting = samples.order(5, symbol="LINKUSDT", order_link_id="qd-close-1", order_type="Limit", status="New")
    facts.snapshot = samples.snapshot(orders=(resting,))
    assert cells(row, position_columns.columns(), facts)["close"].button == "Cancel"
    assert positions.closing_order_id(row, facts) == resting.order_id


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("sending", "closing… sending"),
        ("accepted", "closing… waiting for fill"),
        ("unknown", "closing… asking Bybit what happened"),
    ],
)
def test_the_closing_row_says_what_it_waits_for(facts: Facts, state: str, said: str) -> None:
    row = by_symbol("LINKUSDT")
    facts.snapshot = samples.snapshot(commands=(replace(samples.closing_command(row), state=state),))
    assert cells(row, position_columns.columns(), facts)["symbol"].below == said


@pytest.mark.parametrize(
    ("orders_", "said"),
    [
        ([{"qty": "6", "filled_qty": "1"}], "Close 5.0 @ 125.00 waits"),
        ([{"qty": "6"}, {"qty": "2"}], "2 closes wait: 8.0"),
        ([{"qty": "14"}, {"qty": "7", "filled_qty": "1"}], "2 closes wait: 20.0"),
        ([{"side": "Buy"}], "Isolated · one-way"),
        ([{"reduce_only": False}], "Isolated · one-way"),
        ([{"trigger_price": D("125")}], "Isolated · one-way"),
    ],
)
def test_a_close_that_waits_in_the_book_is_named_on_its_row(
    facts: Facts, orders_: list[dict[str, Any]], said: str
) -> None:
    row = by_symbol("SOLUSDT")
    asked = [{name: D(v) if name.endswith("qty") else v for name, v in fields.items()} for fields in orders_]
    defaults: dict[str, Any] = {"order_type": "Limit", "status": "New", "price": D("125")}
    defaults |= {"trigger_price": None, "stop_order_type": ""}
    placed = tuple(samples.order(90 + n, **(defaults | fields)) for n, fields in enumerate(asked))
    before = positions.phase(row, facts)
    facts.snapshot = samples.snapshot(orders=placed)
    now = cells(row, position_columns.columns(), facts)
    assert now["symbol"].below == said
    assert (positions.phase(row, facts) != before) == ("wait" in said)  # so that the row is painted again
    is_whole = said.endswith("20.0")
    assert now["close"].button == ("Cancel" if is_whole else "Close"), "nothing is left to be closed"
    assert positions.cancels_close(row, facts) == is_whole


def test_an_order_says_which_position_it_protects(facts: Facts) -> None:
    row = next(o for o in samples.orders() if o.symbol == "BTCUSDT" and o.stop_order_type == "StopLoss")
    said = words(row, orders.columns(), facts)
    assert said["kind"] == ("Stop loss", "IOC · reduce-only")
    assert said["protects"] == ("Short 0.120", "1.2% from mark")
    assert said["price"][0] == "market"


def test_a_stop_without_a_position_is_an_orphan(facts: Facts) -> None:
    orphan = samples.order(7, symbol="XRPUSDT")
    assert words(orphan, orders.columns(), facts)["protects"][0] == "— protects nothing"


def test_amounts_of_a_coin_are_not_rounded_to_cents(facts: Facts) -> None:
    """A quarter of a thousand dollars in bitcoin is no "0.00", and its share of the equity is one of dollars."""
    bare = a_position(
        "Sell", 30_000, category="inverse", symbol="BTCUSD", entry_price=D(60_000), settle_coin="BTC",
        mark_price=D(60_500), leverage=D(10), stop_loss=D(62_000), position_value=D("0.5"), position_im=D("0.05"),
    )  # fmt: skip
    short = derive(bare, None, None, margin_mode="cross", is_closing=False, now_mono=facts.clock.monotonic())
    assert facts.snapshot is not None
    assert facts.snapshot.wallet is not None
    facts.snapshot = replace(facts.snapshot, wallet=replace(facts.snapshot.wallet, equity=D(10_000)))
    said, shown = words(short, position_columns.columns(), facts), cells(short, position_columns.columns(), facts)
    assert (said["pnl"][0], shown["pnl"].text, said["size"][1]) == ("−0.004132", "−0.004132", "0.500000")
    assert said["stops"][1] == "risk −0.016129 · 10.00% of equity"
    assert said["margin"] == ("0.050000", "0.050000")
    fill = samples.execution(
        1, category="inverse", symbol="BTCUSD", value=D("0.0025"), fee=D("0.00000138"), exec_pnl=D("-0.00012"),
        closed_size=D(1), fee_currency="",
    )  # fmt: skip
    told = cells(fill, executions.columns(), facts)
    assert (told["qty"].below, told["pnl"].text, told["pnl"].tone) == ("0.002500", "−0.000120", "down")
    assert told["fee"].text == "−0.00000138"
    ended = replace(
        samples.closed_trade(0), category="inverse", symbol="BTCUSD", settle_coin="BTC", net_pnl=D("-0.0041"),
        fees=D("0.00001"), funding=D("0.000003"),
    )  # fmt: skip
    over = cells(ended, closed.columns(), facts)
    assert (over["net"].text, over["net"].tone, over["costs"].text) == ("−0.004100", "down", "−0.000010")


def test_an_entry_opens(facts: Facts) -> None:
    said = words(samples.orders()[0], orders.columns(), facts)
    assert said["protects"] == ("opens", "")
    assert said["qty"] == ("1,200.0", "filled 400.0")


def test_the_whole_position_as_quantity_is_said_in_words(facts: Facts) -> None:
    assert words(samples.order(qty=D(0)), orders.columns(), facts)["qty"][0] == "entire position"


def test_a_closed_trade(facts: Facts) -> None:
    said = words(samples.closed_trade(0), closed.columns(), facts)
    assert said["net"] == ("−30.02", "−2.89%")
    assert said["costs"] == ("−1.12", "+0.10")
    assert said["reason"] == ("stop loss", "")
    assert said["size"] == ("10.0", "2 exits")


def test_a_life_has_the_exits_that_ended_it(facts: Facts) -> None:
    """Executions tell all of them; a bot's file only those before the last."""
    key, fills = PositionKey("linear", "SOLUSDT", 0), [(1, "Buy", 10), (2, "Sell", 4), (3, "Sell", 6)]
    (life,) = fold(key, "USDT", [an_execution(number, side, D(qty)) for number, side, qty in fills]).closed
    assert words(life, closed.columns(), facts)["size"][1] == "2 exits"
    assert "out of 2 exits" in closed.life_tip(life, facts)
    for exits, said in ((life.exits[:1], "2 exits"), ((), "1 exit")):
        assert words(replace(life, exits=exits), closed.columns(), facts)["size"][1] == said


def test_a_closed_trade_whose_beginning_is_unknown_is_pending_not_zero(facts: Facts) -> None:
    trade = replace(
        samples.closed_trade(0), net_pnl=None, gross_pnl=None, fees=None, funding=None, entry_price=None,
        is_complete=False, opened_ms=0,
    )  # fmt: skip
    said = words(trade, closed.columns(), facts)
    assert said["net"] == ("pending", "")
    assert said["price"][0] == "—"
    assert said["symbol"][1] == "beginning not known"
    assert said["closed"][1] == "held —"
    assert closed.life_tip(trade, facts).startswith("Opened —\n")
    for tip in (closed.life_tip, closed.net_tip):
        assert "its result is pending until that reaches back" in tip(trade, facts)


def test_an_open_position_without_a_result_says_why(facts: Facts) -> None:
    position = samples.position()
    assert "Not known yet" not in position_tips.realised(position, facts)
    assert "beginning or some of its executions are missing" in position_tips.realised(
        replace(position, realised_pnl=None, fees=None, funding=None), facts
    )


def test_a_life_priced_by_bybits_records_says_so_and_one_that_waits_for_executions_too(facts: Facts) -> None:
    trade = samples.closed_trade(1, is_complete=False, pnl_source="closed_pnl", gap=Gap(D(1), D(0)))
    said = words(trade, closed.columns(), facts)
    assert said["symbol"][1] == "by Bybit's records"
    assert said["net"][0] != "pending"
    assert "closed-PnL records" in closed.net_tip(trade, facts)
    assert "leave out funding" in closed.life_tip(trade, facts)
    waiting = replace(trade, pnl_source="", net_pnl=None)
    for one in (waiting, replace(waiting, gap=None)):  # as the book tells it, and as it comes from disk
        said = words(one, closed.columns(), facts)
        assert (said["symbol"][1], said["net"][0]) == ("executions missing", "pending")


def test_executions_tell_funding_from_fills(facts: Facts) -> None:
    fill, funding = samples.execution(0), samples.executions(9)[8]
    assert words(fill, executions.columns(), facts)["kind"] == ("Fill", "taker · closes")
    said = words(funding, executions.columns(), facts)
    assert said["kind"] == ("Funding", "")
    assert said["pnl"] == ("+0.22", "")
    assert said["fee"] == ("—", "")


def test_events_speak(facts: Facts) -> None:
    said = words(samples.events()[2], events.columns(), facts)
    assert said["severity"] == ("Warning", "")
    assert said["symbol"] == ("—", "")


TABLES = [
    pytest.param(position_columns.columns, lambda: samples.positions(), lambda p: p.key, id="positions"),
    pytest.param(orders.columns, lambda: samples.orders(), lambda o: o.order_id, id="orders"),
    pytest.param(closed.columns, lambda: samples.closed_trades(), lambda c: c.life_id, id="closed"),
    pytest.param(executions.columns, lambda: samples.executions(), lambda e: e.exec_id, id="executions"),
    pytest.param(events.columns, lambda: samples.events(), id, id="events"),
]


@pytest.mark.parametrize(("columns", "records", "key"), TABLES)
def test_every_table_passes_the_model_tester_and_sorts_every_column_by_its_values(
    qapp, facts: Facts, columns, records, key
) -> None:
    table = RecordTable(columns(), key, facts)
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    given = records()
    table.set_records(given)
    for number, column in enumerate(table.columns):
        for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
            for rank in column.ranks():
                table.choose_rank(number, rank.name)
                table.sort(number, order)
                rows = [table.record(row) for row in range(table.rowCount())]
                values = [rank.value(row, facts) if rank.looks_up else rank.value(row) for row in rows]
                known = [value for value in values if value is not None]
                assert known == sorted(known, reverse=order == Qt.SortOrder.DescendingOrder)
                assert all(value is None for value in values[len(known) :])
                assert rank.title in table.headerData(
                    number, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole
                )
        if column.tooltip is not None:
            assert table.data(table.index(0, number), Qt.ItemDataRole.ToolTipRole)
    table.set_records(given[: len(given) // 2])
    table.set_records(given)


def test_everything_that_the_design_names_can_be_sorted_by() -> None:
    offered = {rank.title for column in position_columns.columns() for rank in column.ranks()}
    assert offered >= {
        "Symbol", "Side", "Leverage", "Margin mode", "Size", "value", "Entry", "mark", "Last price", "Unrealised PnL",
        "ROE", "Realised", "Fees paid", "Liq. price", "distance", "Nearest exit", "Result at stop loss",
        "Result at take profit", "Stop loss distance", "Take profit distance", "Trailing distance", "Share out",
        "Number of exits", "Break-even", "Initial margin", "funding", "Funding due", "Open for", "Price age",
        "Opened by", "Reduced by", "Bot note",
    }  # fmt: skip
    for column in position_columns.columns():
        names = [rank.name for rank in column.ranks()]
        assert len(set(names)) == len(names), "a name is what is kept of a choice"
        assert column.line_keys == () or column.sort_key is not None


def test_who_opened_and_what_a_bot_said_stand_in_columns_of_their_own(facts: Facts) -> None:
    row = by_symbol("SOLUSDT")
    first = samples.execution(500, side="Buy", closed_size=D(0), ts_ms=row.opened_ms, order_link_id="bot-entry-7")
    notes = {row.key: BotNote(reason="ML BUY", confidence=D("77"), atr=D("2.3"))}
    facts.snapshot = samples.snapshot(executions=(*samples.executions(), first), notes=notes)
    said = words(row, position_columns.columns(), facts)
    assert said["opened_by"] == ("bot-entry-7", "ROE 100% rule")
    assert said["note"] == ("ML BUY · confidence 77", "ATR 2.3")
    facts.snapshot = samples.snapshot(executions=samples.executions())
    assert words(row, position_columns.columns(), facts)["opened_by"][0] == "—", "its first fill is not among these"
    assert words(row, position_columns.columns(), facts)["note"][0] == "—"
    ours = replace(first, order_link_id="qd-1234")
    facts.snapshot = samples.snapshot(executions=(replace(ours, ts_ms=ours.ts_ms + 60_000), ours))
    assert words(row, position_columns.columns(), facts)["opened_by"][0] == "this desk"


def test_a_tooltip_names_formula_inputs_and_source(facts: Facts) -> None:
    tip = next(c for c in position_columns.columns() if c.name == "pnl").tooltip
    assert tip is not None
    said = tip(by_symbol("SOLUSDT"), facts)
    for part in ("size × (mark − entry)", "100.50 → 122.40", "402.00", "stream", "0.3 s old"):
        assert part in said


def test_a_key_of_another_contract_has_no_tick(facts: Facts) -> None:
    assert facts.tick(PositionKey("linear", "NONEUSDT", 0)) is None
    assert facts.step(PositionKey("linear", "SOLUSDT", 0)) == D("0.1")


@pytest.mark.parametrize(
    ("made", "records"),
    [
        (position_columns.columns, samples.positions()),
        (orders.columns, samples.orders()),
        (closed.columns, samples.closed_trades(6)),
        (executions.columns, samples.executions(12)),
        (events.columns, samples.events()),
    ],
    ids=["positions", "orders", "closed", "executions", "events"],
)
def test_every_figure_can_explain_itself(made, records) -> None:
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    silent = {"edit_stops", "close", "cancel", "severity", "kind", "qty", "reason"}
    for column in made():
        for record in records:
            said = column.tooltip(record, facts) if column.tooltip else ""
            is_plain = column.name in silent or column.is_pinned or made is events.columns
            is_plain = is_plain or (made is executions.columns and column.name in {"symbol", "price"})
            has_no_exits = made is closed.columns and column.name == "size" and not record.exits
            assert said or is_plain or has_no_exits, column.name
            assert "{" not in said
