"""The Closed tab over a real store: pages, order, filters, additions while scrolled, one life in depth, export."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QAbstractItemModelTester

from core.clock import ManualClock
from core.manager import PositionManager
from core.model import ClosedTrade
from core.recorder import Recorder
from core.store import Place, Store, closed_history
from gui import error_words
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.models import closed, life_lines
from gui.models.cell import Facts
from gui.models.closed_source import SORTS, Wish, period_ms, select_in_memory
from gui.models.history_table import HistoryTable
from gui.settings import WindowSettings
from gui.views import closed_feed
from gui.views.closed_panel import ClosedPanel
from tests.gui import samples

D = Decimal
COUNT = 700
DAY_MS = 86_400_000


READ_ALOUD = Qt.ItemDataRole.AccessibleTextRole


def lives(count: int = COUNT) -> list[ClosedTrade]:
    """Newest first, as the sample's, each with its own net result."""
    return [replace(samples.closed_trade(number), life_id=f"life-{number:05d}") for number in range(count)]


async def nowhere() -> Any:
    """No connection is ever found."""
    await asyncio.Event().wait()


async def eventually(holds: Callable[[], bool]) -> None:
    """Let the loop turn until it holds."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def desk(folder: Path, count: int = COUNT) -> AsyncIterator[tuple[MainWindow, ClosedPanel, Recorder]]:
    """The window on a manager with so many lives on disk and none in memory, the Closed tab in front."""
    clock = samples.clock()

    async def open_store(ledger: str) -> Store:
        return await Store.open(Place(folder / "store", "paper", "Main", ledger), clock=clock, ballast_bytes=0)

    recorder = Recorder(open_store, clock)
    await recorder.use("")
    await recorder.store.save_lives(lives(count))
    manager = PositionManager(nowhere, clock=clock, recorder=recorder)
    bridge = Bridge(clock=clock)
    troubles: list[Any] = []
    bridge.crashed.connect(troubles.append)
    window = MainWindow(bridge, "paper", "Main", WindowSettings(None))
    window.show()
    try:
        bridge.attach(manager)
        bridge.publish(samples.snapshot(closed_trades=()))
        window.tabs.show_tab("closed")
        panel = window.tabs.present
        assert isinstance(panel, ClosedPanel)
        await eventually(lambda: panel.table.rowCount() == count and panel.feed.selection.view is not None)
        yield window, panel, recorder
        assert not troubles
    finally:
        bridge.detach()
        window.close()
        await eventually(lambda: not bridge._tasks)
        window.deleteLater()
        await manager.close()


def shown(panel: ClosedPanel, first: int, last: int) -> list[ClosedTrade]:
    """Records of some rows."""
    return [panel.table.record(row) for row in range(first, last)]


async def test_all_of_the_disk_is_there_and_any_place_is_reached_at_once(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (window, panel, _):
        await eventually(lambda: panel.table.has_rows(0, 20))
        assert shown(panel, 0, 20) == lives()[:20]
        assert panel.sums.text().startswith("700 closed")
        await eventually(lambda: window.tabs.strip.tabData(2) == "700")
        panel.view.scrollToBottom()
        await eventually(lambda: panel.table.record(COUNT - 1) is not None)
        assert panel.table.record(COUNT - 1) == lives()[-1]


async def test_a_click_on_a_title_sorts_the_whole_history_by_value(qt_loop, qtbot, tmp_path: Path) -> None:
    async with desk(tmp_path) as (_, panel, _recorder):
        header, column = panel.view.header, [c.name for c in panel.table.columns].index("net")
        x = header.sectionViewportPosition(column) + 20
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
        await eventually(lambda: panel.feed._shown_wish == Wish(order=("net.line0", False)))
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
        await eventually(lambda: panel.feed._shown_wish == Wish(order=("net.line0", True)))
        await eventually(lambda: panel.table.has_rows(0, 20))
        best = sorted((trade.net_pnl for trade in lives()), reverse=True)
        assert [trade.net_pnl for trade in shown(panel, 0, 20)] == best[:20]


async def test_whatever_the_menu_sorts_by_the_disk_sorts_by_the_same_values(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path, 60) as (_, panel, _recorder):
        for number, column in enumerate(panel.table.columns):
            for rank in column.ranks():
                panel.view.header.rank_by(number, rank.name, Qt.SortOrder.DescendingOrder)
                wish = Wish(order=(f"{column.name}.{rank.name}", True))
                await eventually(lambda wish=wish: panel.feed._shown_wish == wish and panel.table.has_rows(0, 20))
                best = sorted(map(rank.value, lives(60)), reverse=True)
                assert list(map(rank.value, shown(panel, 0, 20))) == best[:20], wish
                in_memory = select_in_memory(lives(60), wish, samples.NOW_MS)
                assert [trade.life_id for trade in in_memory.records] == sorted_ids(rank.value)


def sorted_ids(value_of: Callable[[ClosedTrade], Any]) -> list[str]:
    """Ids of sixty lives, the largest value first, those with the same value as they were."""
    return [trade.life_id for trade in sorted(lives(60), key=value_of, reverse=True)]


def test_what_the_closed_table_can_be_sorted_by_the_history_can_be_sorted_by() -> None:
    offered = {f"{column.name}.{rank.name}" for column in closed.columns() for rank in column.ranks()}
    assert offered == set(SORTS)
    assert set(SORTS.values()) <= closed_history.SORTS


async def test_typing_and_pickers_narrow_it_down_and_escape_widens_it(qt_loop, qtbot, tmp_path: Path) -> None:
    async with desk(tmp_path) as (window, panel, _):
        qtbot.mouseClick(window.tabs.filter_button, Qt.MouseButton.LeftButton)
        assert window.focusWidget() is panel.filter_edit
        qtbot.keyClicks(panel.filter_edit, "btc stop")
        expected = [t for t in lives() if t.symbol == "BTCUSDT" and t.closed_by == "stop_loss"]
        await eventually(lambda: panel.table.rowCount() == len(expected))
        await eventually(lambda: panel.table.has_rows(0, 10))
        assert shown(panel, 0, 10) == expected[:10]
        next(a for a in panel.result.menu_of_choices().actions() if a.text() == "Losses").trigger()
        losses = [t for t in expected if t.net_pnl < 0]
        await eventually(lambda: panel.table.rowCount() == len(losses))
        assert "0.0% won" in panel.sums.text()
        qtbot.keyClick(panel.filter_edit, Qt.Key.Key_Escape)
        next(a for a in panel.result.menu_of_choices().actions() if a.text() == "All results").trigger()
        await eventually(lambda: "SOLUSDT" in panel.symbol.choices)
        next(a for a in panel.symbol.menu_of_choices().actions() if a.text() == "SOLUSDT").trigger()
        await eventually(lambda: panel.table.rowCount() == len([t for t in lives() if t.symbol == "SOLUSDT"]))


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        ("net<-10", lambda t: t.net_pnl < -10),
        ("net>=27.94 long", lambda t: t.net_pnl >= D("27.94") and t.side == "Buy"),
        ("net=27.94", lambda t: t.net_pnl == D("27.94")),
        ("-net<0 -sol", lambda t: t.net_pnl >= 0 and t.symbol != "SOLUSDT"),
        ("size>5 entry>=100 exit<200", lambda t: t.peak_size > 5 and t.entry_price >= 100 and t.exit_price < 200),
        ("fees>1.15 funding<=0.1", lambda t: t.fees > D("1.15") and t.funding <= D("0.1")),
        ("symbol:btc reason:stop", lambda t: "BTC" in t.symbol and t.closed_by == "stop_loss"),
        ("move>2 side:long", lambda t: closed.move_pct(t) > 2 and t.side == "Buy"),
        ("net<nothing", lambda t: False),
    ],
)
async def test_the_filter_compares_amounts_alike_on_disk_and_in_memory(
    qt_loop, tmp_path: Path, typed: str, fits: Callable[[ClosedTrade], bool]
) -> None:
    async with desk(tmp_path, 90) as (_, panel, _recorder):
        panel.filter_edit.setText(typed)
        expected = [trade for trade in lives(90) if fits(trade)]
        assert bool(expected) == ("nothing" not in typed)
        await eventually(lambda: panel.feed._shown_wish == panel.feed.wish != Wish())
        await eventually(lambda: panel.table.has_rows(0, 20))
        assert shown(panel, 0, panel.table.rowCount())[:20] == expected[:20]
        assert panel.table.rowCount() == len(expected)
        assert list(select_in_memory(lives(90), panel.feed.wish, samples.NOW_MS).records) == expected


async def test_groups_stand_together_in_the_order_that_was_chosen(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (_, panel, _recorder):
        panel.feed.show(Wish(order=("net.line0", True)))
        panel.view.group_by("symbol")
        wish = Wish(order=("net.line0", True), group="symbol")
        await eventually(lambda: panel.feed._shown_wish == wish)
        expected = sorted(lives(), key=lambda t: (t.symbol, -t.net_pnl))
        await eventually(lambda: panel.table.has_rows(0, 30))
        first = shown(panel, 0, 30)
        assert [(t.symbol, t.net_pnl) for t in first] == [(t.symbol, t.net_pnl) for t in expected[:30]]
        edge = next(row for row, t in enumerate(expected) if t.symbol != expected[0].symbol)
        panel.view.scrollTo(panel.table.index(edge, 0))
        await eventually(lambda: panel.table.has_rows(edge - 1, edge + 1))
        assert panel.table.starts_group(edge)
        assert not panel.table.starts_group(edge + 1)
        memory = select_in_memory(lives(), wish, samples.NOW_MS).records
        assert [t.symbol for t in memory] == [t.symbol for t in expected]
        panel.view.group_by("")
        await eventually(lambda: panel.feed._shown_wish == Wish(order=("net.line0", True)))


async def test_from_one_day_to_another_both_within(qt_loop, qtbot, tmp_path: Path) -> None:
    async with desk(tmp_path) as (_, panel, _recorder):
        period = panel.period
        next(a for a in period.usual.menu_of_choices().actions() if a.text() == "From … to …").trigger()
        assert period.since.isVisible()
        assert period.until.isVisible()
        days = sorted({trade.closed_ms // DAY_MS for trade in lives()})
        first, last = (datetime.date(1970, 1, 1) + datetime.timedelta(days=day) for day in (days[1], days[-2]))
        for edit, day in ((period.since, first), (period.until, last)):
            edit.setFocus()
            for number, digits in enumerate(day.isoformat().split("-")):
                edit.setSelectedSection(edit.sectionAt(number))
                qtbot.keyClicks(edit, digits)
            qtbot.keyClick(edit, Qt.Key.Key_Return)
            assert edit.day == day
        expected = [t for t in lives() if days[1] <= t.closed_ms // DAY_MS <= days[-2]]
        await eventually(lambda: panel.table.rowCount() == len(expected) and panel.table.has_rows(0, 5))
        assert 0 < len(expected) < COUNT
        assert shown(panel, 0, 5) == expected[:5]
        assert panel.feed.wish.period == f"{first}..{last}"
        period.until.setDate(period.since.date().addDays(-1))
        assert period.since.day == period.until.day
        next(a for a in period.usual.menu_of_choices().actions() if a.text() == "All time").trigger()
        assert not period.since.isVisible()
        await eventually(lambda: panel.table.rowCount() == COUNT)


async def test_no_wish_is_lost_whenever_it_comes(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path, 60) as (_, panel, _recorder):
        for pause in range(40):
            for name in ("net.line0", "costs.line0"):
                wish = Wish(order=(name, pause % 2 == 0))
                panel.feed.show(wish)
                for _ in range(pause):
                    await asyncio.sleep(0)
            await eventually(lambda wish=wish: panel.feed._shown_wish == wish)


async def test_what_closes_meanwhile_comes_on_top_and_moves_nothing_in_sight(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (window, panel, recorder):
        bar = panel.view.verticalScrollBar()
        bar.setValue(200 * panel.view.rowHeight(0))
        await eventually(lambda: panel.table.record(203) is not None)
        panel.view.select_key(lives()[203].life_id)
        before = panel.view.visualRect(panel.view.currentIndex())
        newer = replace(samples.closed_trade(0), life_id="newest", closed_ms=samples.NOW_MS + 1)
        await recorder.store.save_lives([newer])
        window.show_snapshot(samples.snapshot(closed_trades=(newer,)))
        await eventually(lambda: panel.table.rowCount() == COUNT + 1)
        assert panel.table.record(0) == newer
        assert panel.view.current_key() == lives()[203].life_id
        assert panel.view.visualRect(panel.view.currentIndex()) == before


async def test_in_any_order_what_closes_moves_nothing_in_sight(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (window, panel, recorder):
        wish = Wish(order=("net.line0", True))
        panel.feed.show(wish)
        await eventually(lambda: panel.feed._shown_wish == wish)
        panel.view.verticalScrollBar().setValue(300 * panel.view.rowHeight(0))
        await eventually(lambda: panel.table.has_rows(298, 306))
        key = panel.table.key(303)
        panel.view.select_key(key)
        before, around = panel.view.visualRect(panel.view.currentIndex()), shown(panel, 300, 305)
        best, worst = max(t.net_pnl for t in lives()) + 1, min(t.net_pnl for t in lives()) - 1
        newer = tuple(
            replace(samples.closed_trade(0), life_id=f"new-{n}", closed_ms=samples.NOW_MS + n, net_pnl=net)
            for n, net in enumerate((best, worst, best + 1))
        )
        await recorder.store.save_lives(newer)
        window.show_snapshot(samples.snapshot(closed_trades=newer))
        await eventually(lambda: panel.table.rowCount() == COUNT + 3 and panel.table.record(0) == newer[2])
        assert panel.view.current_key() == key
        assert panel.view.visualRect(panel.view.currentIndex()) == before
        assert shown(panel, 302, 307) == around
        panel.view.scrollToBottom()
        await eventually(lambda: panel.table.record(COUNT + 2) == newer[1])


async def test_one_that_is_written_a_moment_later_is_found_at_the_next_tick(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path, 5) as (window, panel, recorder):
        newer = replace(samples.closed_trade(0), life_id="newest", closed_ms=samples.NOW_MS + 1)
        window.show_snapshot(samples.snapshot(closed_trades=(newer,)))
        await eventually(lambda: not panel.feed._is_opening)
        await recorder.store.save_lives([newer])
        window.tick()
        await eventually(lambda: panel.table.rowCount() == 6)


async def test_enter_shows_a_life_with_its_exits_and_executions_and_escape_hides_it(
    qt_loop, qtbot, tmp_path: Path
) -> None:
    async with desk(tmp_path, 20) as (_, panel, recorder):
        trade = lives()[4]
        inside = [
            samples.execution(
                number, symbol=trade.symbol, ts_ms=trade.opened_ms + number * 1_000, exec_type=kind, closed_size=None
            )
            for number, kind in enumerate(["Trade", "Funding", "Trade"])
        ]
        after = samples.execution(9, symbol=trade.symbol, ts_ms=trade.closed_ms + 1)
        await recorder.store.append_executions([*inside, after])
        await eventually(lambda: panel.table.has_rows(0, 10))
        panel.view.select_key(trade.life_id)
        qtbot.keyClick(panel.view, Qt.Key.Key_Return)
        assert panel.life.isVisible()
        assert panel.life.tiles["net"].value == "+27.94"
        assert "bot take profit 1" in panel.life.exits.accessibleName()
        await eventually(lambda: panel.life.payments.accessibleName().count(",") >= 2)
        assert "Funding" in panel.life.payments.accessibleName()
        panel.view.select_key(lives()[5].life_id)
        assert panel.life.symbol.text() == lives()[5].symbol
        qtbot.keyClick(panel.life, Qt.Key.Key_Escape)
        assert not panel.life.isVisible()


async def test_a_life_unfolds_into_its_entries_exits_and_funding_by_mouse_and_keys(
    qt_loop, qtbot, tmp_path: Path
) -> None:
    async with desk(tmp_path) as (_, panel, recorder):
        QAbstractItemModelTester(panel.table, QAbstractItemModelTester.FailureReportingMode.Fatal, panel.table)
        view, table, trade = panel.view, panel.table, lives()[4]
        await recorder.store.append_executions(samples.life_executions(trade))
        await eventually(lambda: table.has_rows(0, 10))
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, view.rowViewportPosition(4) + 20))
        await eventually(lambda: table.rowCount() == COUNT + 4)
        assert [table.words(row, 0)[0] for row in range(5, 9)] == ["Entry", "Funding", "Exit", "Exit"]
        assert [table.cell(row, 6).text for row in range(5, 9)] == ["", "", "bot take profit 1", "take profit"]
        net = sum((table.record(row).record.gross or 0) for row in range(5, 9))
        assert net == trade.gross_pnl
        assert table.data(table.index(4, 0), READ_ALOUD).endswith(", unfolded")
        assert table.record(9) == lives()[5]
        view.select_key(lives()[2].life_id)
        qtbot.keyClick(view, Qt.Key.Key_Right)
        await eventually(lambda: table.rowCount() > COUNT + 4)
        more = table.rowCount() - COUNT - 4
        assert table.row_of(trade.life_id) == 4 + more
        qtbot.keyClick(view, Qt.Key.Key_Down)
        assert view.current_key() == (lives()[2].life_id, 0)
        assert not table.columns[6].tooltip or not table.data(table.index(3, 6), Qt.ItemDataRole.ToolTipRole)
        qtbot.keyClick(view, Qt.Key.Key_Return)
        assert panel.life.trade.life_id == lives()[2].life_id, "the details of the life that the part belongs to"
        view.setFocus()
        qtbot.keyClick(view, Qt.Key.Key_Left)
        assert view.current_key() == lives()[2].life_id
        qtbot.keyClick(view, Qt.Key.Key_Minus)
        assert table.rowCount() == COUNT + 4
        newer = replace(samples.closed_trade(0), life_id="newest", closed_ms=samples.NOW_MS + 1)
        table.follow(COUNT + 1, [newer, *lives()[:10]])
        assert table.record(5) == trade, "what comes in above pushes it down with its parts"
        assert table.key(6) == (trade.life_id, 0)
        view.select_key(table.key(7))
        view.selectAll()
        panel.feed.show(Wish(symbol="SOLUSDT"))
        await eventually(lambda: panel.feed._shown_wish == Wish(symbol="SOLUSDT"))
        assert table.rowCount() == sum(trade.symbol == "SOLUSDT" for trade in lives()), "another selection is folded"


def test_any_unfolding_keeps_rows_and_keys_together() -> None:
    facts = Facts(samples.clock())
    table = HistoryTable(closed.columns(), lambda trade: trade.life_id, facts)
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    table.show_selection(30, lives(20))
    turns = Random(7)
    for turn in range(60):
        row = turns.randrange(table.rowCount())
        if turns.random() < 0.6 and table.can_unfold(row) and not table.is_unfolded(row):
            lines = life_lines.lines_of(table.record(row), samples.life_executions(table.record(row)))
            table.unfold(table.key(row), lines[: turns.randint(1, 4)])
        elif turns.random() < 0.2:
            newer = replace(samples.closed_trade(turn), life_id=f"newer-{turn}")
            table.follow(table.total + 1, [newer, *(table._records[at] for at in range(8))])
        else:
            table.set_unfolded(row, False)
        keys = [table.key(row) for row in range(table.rowCount())]
        assert len(set(keys)) == len(keys)
        for row, key in enumerate(keys):
            assert table.row_of(key) in {row, None}
            parent = table.parent_row(row)
            assert parent < 0 or (key.parent == table.key(parent) and parent + key.number + 1 == row)


def test_a_life_without_executions_tells_its_exits_and_a_long_one_says_what_is_left_out() -> None:
    trade = samples.closed_trade(4)
    assert [line.kind for line in life_lines.lines_of(trade, ())] == ["exit"]
    assert [line.kind for line in life_lines.lines_of(replace(trade, exits=()), ())] == ["unknown"]
    many = [
        samples.execution(number, order_id=f"o-{number}", side=trade.side, closed_size=D(0), ts_ms=number)
        for number in range(life_lines.MOST + 5)
    ]
    lines = life_lines.lines_of(trade, many)
    assert (len(lines), lines[-1].kind, lines[-1].number) == (life_lines.MOST, "more", 6)
    parts = [samples.execution(number, order_id="o", qty=D(5), closed_size=D(5), exec_pnl=D(3)) for number in range(2)]
    (exit_,) = life_lines.lines_of(replace(trade, side="Buy"), parts)
    assert (exit_.qty, exit_.gross, exit_.price) == (10, 6, 120)
    assert exit_.reason == trade.closed_by, "the last one carries the life's reason"
    coin = replace(trade, side="Buy", category="inverse")
    parts = [
        samples.execution(n, order_id="o", qty=D(300), closed_size=D(300), price=D(at))
        for n, at in ((1, 100), (2, 300))
    ]
    assert life_lines.lines_of(coin, parts)[0].price == 150, "coin is what is paid: the mean of dollars is harmonic"
    turned = samples.execution(1, side="Buy", qty=D(8), closed_size=D(3), price=D(10), fee=D("0.8"))
    (entry,) = life_lines.lines_of(replace(trade, side="Buy"), [turned])
    assert (entry.qty, entry.fee) == (5, D("0.5")), "the rest belongs to the life before"


async def test_the_export_writes_what_is_shown(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (_, panel, _recorder):
        await eventually(lambda: "SOLUSDT" in panel.symbol.choices)
        next(a for a in panel.symbol.menu_of_choices().actions() if a.text() == "SOLUSDT").trigger()
        expected = [trade.life_id for trade in lives() if trade.symbol == "SOLUSDT"]
        await eventually(lambda: panel.table.rowCount() == len(expected))
        panel.export(tmp_path / "closed.json")
        await eventually(lambda: "Wrote" in panel.sums.text())
        written = json.loads((tmp_path / "closed.json").read_text())
        assert [trade["life_id"] for trade in written] == expected


@pytest.mark.parametrize("had", [None, "what was there before"])
async def test_an_export_that_is_cancelled_leaves_no_half_file(qt_loop, qtbot, tmp_path: Path, had: str | None) -> None:
    folder, pause = tmp_path / "out", asyncio.Event()
    folder.mkdir()
    file = folder / "closed.csv"
    if had is not None:
        file.write_text(had)
    async with desk(tmp_path) as (_, panel, _recorder):
        history, pages = panel.feed.kept_history(), []
        plain = history.rows

        async def rows(view: Any, start: int, stop: int) -> Any:
            """The first page is written, the second takes its time."""
            pages.append(start)
            if stop - start == 1_000 and len(pages) > 1:
                await pause.wait()
            return await plain(view, start, min(stop, start + 100))

        history.rows = rows
        view = panel.feed.selection.view
        panel.feed.selection = panel.feed.selection._replace(view=view._replace(order=np.tile(view.order, 3)))
        panel.export(file)
        await eventually(lambda: len(pages) > 1 and "%" in panel.sums.text())
        assert [part.suffix for part in folder.iterdir() if part != file] == [".part"]
        qtbot.mouseClick(panel.export_button, Qt.MouseButton.LeftButton)
        await eventually(lambda: panel.export_button.text() == "Export…")
        assert panel.sums.text() == "Cancelled; no file was written"
        assert [part.name for part in folder.iterdir()] == ([] if had is None else [file.name])
        assert had is None or file.read_text() == had


async def test_an_export_waits_for_a_selection_that_is_still_being_read(qt_loop, tmp_path: Path) -> None:
    async with desk(tmp_path) as (_, panel, _recorder):
        panel.feed.show(Wish(symbol="SOLUSDT"))
        panel.export(tmp_path / "closed.json")
        await eventually(lambda: "Wrote" in panel.sums.text())
        written = json.loads((tmp_path / "closed.json").read_text())
        assert [trade["life_id"] for trade in written] == [t.life_id for t in lives() if t.symbol == "SOLUSDT"]


async def test_an_export_without_a_store_says_why_it_cannot(qt_loop, tmp_path: Path) -> None:
    manager = PositionManager(nowhere, clock=samples.clock())
    bridge = Bridge(clock=samples.clock())
    troubles: list[Any] = []
    bridge.failed.connect(troubles.append)
    bridge.manager = manager
    facts = Facts(samples.clock())
    facts.snapshot = samples.snapshot()
    panel = ClosedPanel(facts, bridge)
    panel.show_snapshot(facts.snapshot)
    said = panel.sums.text()
    panel.export(tmp_path / "closed.csv")
    assert panel.export_button.text() == "Cancel"
    await eventually(lambda: bool(troubles))
    assert error_words.error(troubles[0]) == "No history is kept now"
    assert (panel.sums.text(), panel.export_button.text()) == (said, "Export…")
    assert not (tmp_path / "closed.csv").exists()
    panel.deleteLater()
    await manager.close()


async def test_scrolling_fast_fetches_little_and_keeps_little(qt_loop, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("gui.models.history_table.KEPT", 300)
    monkeypatch.setattr(closed_feed, "AROUND", 8)
    async with desk(tmp_path) as (_, panel, _recorder):
        bar = panel.view.verticalScrollBar()
        for value in range(0, bar.maximum(), bar.maximum() // 40):
            bar.setValue(value)
            await asyncio.sleep(0)
        panel.view.scrollToBottom()
        await eventually(lambda: panel.table.has_rows(COUNT - 5, COUNT - 1))
        assert len(panel.table._records) <= 300 + closed_feed.MOST


def test_without_a_store_it_shows_what_the_session_has_seen(qtbot, window: MainWindow, bridge: Bridge) -> None:
    bridge.publish(samples.snapshot())
    qtbot.waitUntil(lambda: window.facts.snapshot is not None)
    window.tabs.show_tab("closed")
    panel = window.tabs.present
    assert panel.table.rowCount() == 42
    panel.view.sortByColumn([c.name for c in panel.table.columns].index("net"), Qt.SortOrder.DescendingOrder)
    nets = [panel.table.record(row).net_pnl for row in range(42)]
    assert nets == sorted(nets, reverse=True)
    qtbot.keyClicks(panel.filter_edit, "sol short")
    assert {panel.table.record(row).symbol for row in range(panel.table.rowCount())} == {"SOLUSDT"}
    panel.show_life(panel.table.key(0))
    assert panel.life.isVisible()


def test_the_model_keeps_qts_rules(qtbot) -> None:
    table = HistoryTable(closed.columns(), lambda trade: trade.life_id, Facts(samples.clock()))
    QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Fatal, table)
    table.show_selection(100, lives(10))
    assert table.words(50, 0) == ("…",)
    with qtbot.waitSignal(table.wanted) as asked:
        table.cell(50, 0)
        table.cell(60, 0)
    assert asked.args == [50, 60]
    newer = replace(lives(1)[0], life_id="newer")
    table.follow(101, [newer, *lives(9)])
    assert [table.row_of(key) for key in ("newer", "life-00000", "life-00009")] == [0, 1, 10]
    table.follow(90, lives(5))
    assert (table.rowCount(), table.record(7)) == (90, None)


@pytest.mark.parametrize(("period", "days"), [("today", 1), ("7", 7), ("30", 30)])
def test_periods_end_with_the_present_day(period: str, days: int) -> None:
    clock = ManualClock(samples.NOW_MS)
    midnight = samples.NOW_MS // 86_400_000 * 86_400_000
    assert period_ms(period, clock.now_ms()) == (midnight - (days - 1) * 86_400_000, None)
    assert period_ms("yesterday", clock.now_ms()) == (midnight - 86_400_000, midnight)
    inside = select_in_memory(lives(200), Wish(period=period), clock.now_ms())
    assert all(trade.closed_ms >= midnight - (days - 1) * 86_400_000 for trade in inside.records)
    assert inside.sums.net == sum((trade.net_pnl for trade in inside.records), Decimal(0))
