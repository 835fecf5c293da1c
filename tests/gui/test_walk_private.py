"""S16: while money is hidden, two accounts that differ in money, sizes and ids alone look the same, down to the pixel.

That is stronger than looking for digits: whatever follows from an amount (a sum, a rounding, the label of an axis, the
room that a number takes) would tell the two apart. Prices, percentages, times and counts are the same in both. What a
dialog is about to send is shown in it even then (S47), so dialogs that act are not walked over.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from msgspec import Struct, structs
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from core.analytics.period_report import ReportBuilder
from core.model import Alert, AuditEvent, Snapshot
from gui import event_words, text
from gui.comfort.announcer import Happening, Merged
from gui.comfort.kinds import KINDS
from gui.comfort.notifications import words_of
from gui.comfort.tray import Tray, state_of
from gui.dialogs.leaving import LeavingDialog
from gui.dialogs.timeline import TimelineDialog
from gui.main_window import MainWindow
from gui.views.table_view import TableView
from gui.widgets.calendar_grid import CalendarGrid
from gui.widgets.charts import BarChart
from tests.gui import samples, scenes, walk
from tests.gui.dialogs.desk import Desk
from tests.gui.dialogs.states import STATES

# Everybody sees these on the market, or they are shares and ratios. Every other Decimal is money or a size.
SEEN = {
    "entry_price", "exit_price", "price", "average_price", "trigger_price", "take_profit", "stop_loss", "trailing_stop",
    "liq_price", "break_even_price", "mark_price", "last_price", "index_price", "bid_price", "ask_price",
    "funding_rate", "leverage", "roe_pct", "share_pct", "win_rate_pct", "profit_factor", "expectancy_r", "im_ratio",
    "mm_ratio", "old", "new", "mark", "index", "distance_pct", "after_s", "ms", "confidence", "atr", "adx",
    "volatility",
}  # fmt: skip
IDS = {"order_id", "order_link_id", "exec_id", "life_id", "command_id", "request", "leftovers"}
MARKET = {"prices", "instruments", "fee_rates"}
# Counts and names that events speak of beside money.
COUNTS = {"differences": 3, "count": 7, "attempt": 2, "days": 14, "ret_code": 110017, "ms": 93}
NAMES = {"side": "Buy", "kind": "close", "reason": "manual", "evidence": "E1", "link": "private", "topic": "position"}
NAMES |= {"exec_type": "Trade", "key": "AbCd…", "warnings": "no ip", "name": "bot", "listens_to": "opened"}
TIMES = 10  # the steps of a distribution follow the powers of ten
ROLES = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole]
ROLES += [Qt.ItemDataRole.StatusTipRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.AccessibleDescriptionRole]
SAID = ("windowTitle", "toolTip", "statusTip", "whatsThis", "accessibleName", "accessibleDescription", "text")
TABS = ("orders", "closed", "closed-life", "executions", "events", "positions", "groups")


def other(value: Any, field: str = "") -> Any:
    """The same account with ten times the money and sizes, and other ids."""
    if field in MARKET:
        return value
    if isinstance(value, Decimal):
        return value if field in SEEN else value * TIMES
    if isinstance(value, str):
        if field in {"excerpt", "detail"}:
            return value.replace("12345.6", str(TIMES * Decimal("12345.6")))
        return other_id(value) if field in IDS and value else value
    if isinstance(value, frozenset):
        return frozenset(map(other_id, value))
    if isinstance(value, Struct):
        return structs.replace(value, **{name: other(getattr(value, name), name) for name in value.__struct_fields__})
    if isinstance(value, Mapping):
        return MappingProxyType({key: other(one, str(key)) for key, one in value.items()})
    if hasattr(value, "_fields"):
        return type(value)(*(other(one, name) for one, name in zip(value, value._fields, strict=True)))
    return tuple(other(one, field) for one in value) if isinstance(value, tuple) else value


def other_id(own: str) -> str:
    """Another id with the same beginning: that says who made it."""
    head, dash, rest = own.partition("-")
    return f"{head}{dash}{rest[::-1]}x" if dash else own[::-1] + "x"


def account() -> Snapshot:
    """The sample desk with a line of every kind in its trail, a command under way, an alert, a first entry."""
    plain = scenes.desk_snapshot()
    row = plain.positions[-1]
    entry = samples.execution(
        901, symbol=row.symbol, side=row.side, order_link_id="bot-entry-901", ts_ms=row.opened_ms, position_idx=0
    )
    return structs.replace(
        plain,
        events=tuple(line_of(code, sentence) for code, sentence in event_words._EVENTS.items()),
        executions=(*plain.executions, entry),
        commands=(samples.closing_command(row),),
        alerts=(Alert(kind="daily_loss", details={"loss": Decimal("1234.56"), "most": Decimal("1000.00")}),),
    )


def line_of(code: str, sentence: str) -> AuditEvent:
    """A line of the trail with all that its words ask for, and what stands beside them in its tooltip."""
    details: dict[str, Any] = {
        "command_id": "q-7f3a9c", "order_id": "0f9a7a2e-9d5c", "request": "ab12cd34", "ours": Decimal("12345.6"),
        "excerpt": '{"size":"12345.6"}', "detail": "qty 12345.6 exceeds the limit",
    }  # fmt: skip
    for _, name, _, _ in string.Formatter().parse(sentence):
        if name:
            details[name] = COUNTS.get(name, NAMES.get(name, Decimal("12345.6")))
    return AuditEvent(ts_ms=samples.NOW_MS, code=code, severity="warning", key=scenes.SOL, details=details)


def told(window: QWidget, spy: walk.Spy) -> dict[str, Any]:
    """All that a window gives away: to the eye, the pointer, a screen reader, the clipboard, a picture."""
    spy.painted.clear()
    found: dict[str, Any] = {}
    for number, widget in enumerate((window, *window.findChildren(QWidget))):
        place = f"{type(widget).__name__} {number}"
        if isinstance(widget, BarChart) and widget.isVisible():
            QTest.keyClick(widget, Qt.Key.Key_Right)
        elif isinstance(widget, CalendarGrid) and widget.isVisible():
            for day in list(widget._days):
                widget.go_to(day)
                found[f"{place} {day}"] = widget.toolTip() + widget.accessibleName()
        elif isinstance(widget, QAbstractItemView) and widget.isVisible() and not isinstance(widget, QHeaderView):
            found |= {f"{place} {cell}": said for cell, said in cells(widget)}
        for what in SAID:
            said = getattr(widget, what, None)
            found[f"{place} {what}"] = said() if callable(said) else said
    found["picture"] = window.grab().toImage()
    return found | {f"painted {number}": shown.words for number, shown in enumerate(spy.painted)}


def cells(view: QAbstractItemView) -> Iterator[tuple[str, Any]]:
    """What a table says of its rows in every role, as a tooltip, and on the clipboard."""
    model = view.model()
    assert model is not None
    for row in range(min(model.rowCount(QModelIndex()), 100)):
        for column in range(model.columnCount(QModelIndex())):
            index = model.index(row, column)
            yield from ((f"{row}/{column} {role.name}", index.data(role)) for role in ROLES)
            if isinstance(view, TableView):
                yield f"{row}/{column} tip", view.tooltip_of(index)
    if isinstance(view, TableView):
        view.selectAll()
        view.copy_rows()
        clipboard = QGuiApplication.clipboard()
        yield "copied", clipboard.text() if clipboard else ""


def left_the_desk(snapshot: Snapshot) -> dict[str, Any]:
    """What the system is told: the tray's words, and notifications that may speak of amounts."""
    tray = Tray("paper")
    tray.show_state(state_of(snapshot, samples.NOW_MONO), is_window_shown=False)
    found: dict[str, Any] = {"tray": tray.icon.toolTip(), "entries": [one.text() for one in tray.menu.actions()]}
    for line in snapshot.events:
        merged = Merged(Happening(KINDS[0], line))
        found[f"notification {line.code}"] = words_of(merged, "paper", with_amounts=True)
    tray.deleteLater()
    return found


def report_on(window: MainWindow, snapshot: Snapshot, page: int) -> None:
    """A page of the session's statistics over the account's own trades."""
    builder = ReportBuilder(window.session.periods.choice, 0)
    builder.add(snapshot.closed_trades[1:])
    window.session.show_report(builder.report())
    window.session.strip.setCurrentIndex(page)


async def everything(
    snapshot: Snapshot, *, is_private: bool, pages: Sequence[int] = (1, 2, 3), tabs: Sequence[str] = TABS
) -> dict[str, Any]:
    """All that the desk gives away of an account, by scene."""
    spy, seen = walk.Spy(), {}
    with spy.watching():
        async with scenes.main_window(snapshot=snapshot) as window:
            window.comfort.set_private(is_private)
            for page in pages:
                report_on(window, snapshot, page)
                await scenes.settled()
                seen[f"session page {page}"] = told(window.session, spy)
            window.session.strip.setCurrentIndex(0)
            for name in tabs:
                await scenes.show_scene(window, name)
                seen[name] = told(window, spy)
            seen["outside"] = left_the_desk(snapshot)
    return {f"{scene}: {place}": said for scene, one in seen.items() for place, said in one.items()}


def differences(one: Mapping[str, Any], another: Mapping[str, Any]) -> list[str]:
    """What tells two accounts apart."""
    places = dict.fromkeys((*one, *another))
    return [f"{at}: {one.get(at)!r} / {another.get(at)!r}" for at in places if one.get(at) != another.get(at)]


@pytest.fixture(autouse=True)
def shown_again() -> Iterator[None]:
    """What a test hides is shown to the next."""
    yield
    text.set_private(False)


async def test_nothing_tells_two_accounts_apart_while_money_is_hidden(qt_loop: object) -> None:
    first = await everything(account(), is_private=True)
    second = await everything(other(account()), is_private=True)
    assert len(first) > 3_000
    assert differences(first, second) == []


async def test_the_walk_sees_money_sizes_and_ids_that_are_not_hidden(qt_loop: object) -> None:
    """It can fail, and on every way out."""
    first = await everything(account(), is_private=False, pages=(2, 3), tabs=("orders",))
    second = await everything(other(account()), is_private=False, pages=(2, 3), tabs=("orders",))
    ways = {line.partition(": ")[2].split(" ")[0].rstrip(":") for line in differences(first, second)}
    assert ways >= {"picture", "painted", "TableView", "Tile", "CalendarGrid", "BarChart", "notification"}
    told_of = "\n".join(differences(first, second))
    assert all(way in told_of for way in (" copied: ", "ToolTipRole: ", " tip: ", "accessibleName: ", "bot-entry-17"))


@pytest.mark.parametrize("name", ["timeline-done", "timeline-unknown", "leaving"])
async def test_dialogs_that_only_tell_hide_as_well(qt_loop: object, name: str) -> None:
    text.set_private(True)
    desk, first = STATES[name]()
    twin = Desk(other(desk.snapshot))
    second = LeavingDialog(twin.bridge, 10.0) if name == "leaving" else TimelineDialog(twin.bridge, other_id("c-1"))
    spy, seen = walk.Spy(), []
    with spy.watching():
        for dialog in (first, second):
            dialog.open()
            await scenes.settled()
            seen.append(told(dialog, spy))
            dialog.reject()
            scenes.put_away(dialog)
    assert differences(*seen) == []
    assert len(seen[0]) > 50
