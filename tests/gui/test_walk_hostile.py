"""What comes from a network or a file is shown letter by letter, wherever it turns up: no markup, no reordering, no
request, and nothing long enough to hold the window up reaches the painter.
"""

from __future__ import annotations

import http.server
import importlib
import pkgutil
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from msgspec import Struct, structs
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QWidget,
)

import gui
from core.analytics.period_report import ReportBuilder
from core.errors import Unreachable
from core.events import Account
from core.key_check import Checked
from core.key_doctor import Finding, Verdict
from core.model import Command, PositionKey, Snapshot
from gui import error_words
from gui.bridge import Bridge
from gui.comfort.hint import Hint
from gui.crash import CrashDialog
from gui.dialogs.about import AboutDialog
from gui.dialogs.accounts import AccountsDialog
from gui.dialogs.cancel_orders import CancelOrdersDialog
from gui.dialogs.cheat_sheet import CheatSheet
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.leaving import LeavingDialog
from gui.dialogs.palette import Palette
from gui.dialogs.settings import SettingsDialog
from gui.dialogs.timeline import TimelineDialog
from gui.dialogs.trading_stop import TradingStopDialog
from gui.dialogs.unlock import UnlockDialog
from gui.main_window import MainWindow
from gui.views.session_export import ExportDialog
from tests.gui import samples, scenes, walk
from tests.gui.dialogs.desk import Desk

# What the desk itself chose among known words; all other text in a snapshot may be anybody's.
OURS = {"category", "side", "state", "severity", "kind", "code", "environment", "source", "mark_source", "margin_mode"}
BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
MOST_LETTERS = 4_000
LONG = "<h1>" + "long " * 20_000


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a loopback web server, and what it was asked for."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()
    thread.join()


def markup(address: str) -> str:
    """An image, a link, bold letters, and an order to write from the right to the left."""
    return f'<img src="{address}/x.png"><a href="{address}">x</a><b>y</b>\u202egnp.exe\u202c&amp;'


def poisoned(value: Any, evil: str, field: str = "") -> Any:
    """The same records with ``evil`` before every text that is not the desk's own; keys of mappings follow."""
    if isinstance(value, str):
        return value if field in OURS or not value else evil + value
    if isinstance(value, PositionKey):
        return value._replace(symbol=evil + value.symbol)
    if isinstance(value, Struct):
        return structs.replace(
            value, **{name: poisoned(getattr(value, name), evil, name) for name in value.__struct_fields__}
        )
    if isinstance(value, Mapping):
        return MappingProxyType({_key(key, evil): poisoned(one, evil) for key, one in value.items()})
    if hasattr(value, "_fields"):
        return type(value)(*(poisoned(one, evil, name) for one, name in zip(value, value._fields, strict=True)))
    if isinstance(value, tuple):
        return tuple(poisoned(one, evil) for one in value)
    return value


def _key(key: Any, evil: str) -> Any:
    if isinstance(key, PositionKey):
        return poisoned(key, evil)
    return (key[0], evil + key[1]) if isinstance(key, tuple) and len(key) == 2 else key


def hostile(evil: str) -> Snapshot:
    """The sample desk, spoken by somebody who means no good. How the links are called is ours."""
    plain = scenes.desk_snapshot()
    made: Snapshot = poisoned(plain, evil)
    links = structs.replace(
        made.links,
        **{name: structs.replace(getattr(made.links, name), name=name) for name in ("rest", "private", "tickers")},
    )
    return structs.replace(made, links=links)


def check(window: QWidget, spy: walk.Spy) -> list[str]:
    """All that is written in a window, once it is certain that nothing of it is taken for more than letters."""
    spy.rich.clear()
    walk.complaints(window, spy)
    assert spy.rich == []
    labels = window.findChildren(QLabel)
    for label in labels:
        is_plain = label.textFormat() == Qt.TextFormat.PlainText
        assert is_plain or not (type(label).__module__.startswith("gui.") or Qt.mightBeRichText(label.text()))
    for tip in tips(window):
        assert not Qt.mightBeRichText(tip) or tip.startswith("<qt>"), tip[:200]
        assert "<img" not in tip
        assert "<a " not in tip
        assert "<b>" not in tip
    written = [(shown.widget, shown.words) for shown in spy.painted]
    written += [(label, label.text()) for label in labels if label.isVisible()]
    check_words(words for _, words in written)
    check_words(given_to_qt(window))
    return [words for _, words in written]


def check_words(written: Iterable[str]) -> None:
    """None of it reorders other letters, and none is long."""
    for said in written:
        assert not BIDI & set(said), said[:200]
        assert len(said) <= MOST_LETTERS, f"{len(said)} letters: {said[:100]}"


def given_to_qt(window: QWidget) -> Iterator[str]:
    """Words that Qt itself paints, or hands to the system: titles, buttons, lists, lines of a report."""
    yield window.windowTitle()
    for widget in window.findChildren(QWidget):
        if isinstance(widget, QAbstractButton):
            yield widget.text()
        elif isinstance(widget, QListWidget):
            yield from (widget.item(row).text() for row in range(widget.count()))
        elif isinstance(widget, QPlainTextEdit):
            yield from widget.toPlainText().splitlines()


def tips(window: QWidget) -> Iterator[str]:
    """Every tooltip of widgets and of what their tables show."""
    for widget in (window, *window.findChildren(QWidget)):
        yield widget.toolTip()
        if isinstance(widget, QTableView) and widget.isVisible():
            model = widget.model()
            for row in range(min(model.rowCount(QModelIndex()), 12)):
                for column in range(model.columnCount(QModelIndex())):
                    yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


@pytest.mark.parametrize("kind", ["markup", "long"])
async def test_the_window_shows_foreign_text_letter_by_letter(
    qt_loop: object, asked: tuple[str, list[str]], kind: str
) -> None:
    address, requests = asked
    evil = markup(address) if kind == "markup" else LONG
    spy = walk.Spy()
    seen: list[str] = []
    with spy.watching():
        async with scenes.main_window(snapshot=hostile(evil), account=evil[:2_000]) as window:
            for name in ("positions", "orders", "closed", "closed-life", "executions", "events"):
                await scenes.show_scene(window, name)
                seen += check(window, spy)
            window.tabs.notice.say(evil)
            window.tabs.show_banner(evil)
            window._on_failed(Unreachable("not_written", path=evil, reason=evil))
            await scenes.settled()
            seen += check(window, spy)
    assert any(words.startswith(("<img", "<h1>")) for words in seen)
    assert requests == []


@pytest.mark.parametrize("kind", ["markup", "long"])
async def test_every_dialog_shows_foreign_text_letter_by_letter(
    qt_loop: object, asked: tuple[str, list[str]], kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    address, requests = asked
    evil = markup(address) if kind == "markup" else LONG
    install(tmp_path / "ccxt-1.dist-info", evil)
    monkeypatch.syspath_prepend(tmp_path)
    settings = {"bot_file": evil, "font_family": evil, "come_back": evil, "key/palette": evil}
    spy = walk.Spy()
    shown: set[type] = set()
    with spy.watching():
        async with scenes.main_window(snapshot=hostile(evil), account=evil[:2_000], settings=settings) as window:
            window.comfort.greet()
            await scenes.settled()
            assert window.findChild(Hint).isVisible()
            check(window, spy)
            for made in dialogs(evil, window):
                made.open()
                await scenes.settled()
                check(made, spy)
                if isinstance(made, SettingsDialog):
                    await walk.turn_pages(made, lambda _name, page: check(page, spy))
                shown.add(type(made))
                made.reject()
                await scenes.settled()
            for name in window.tabs.names:
                check_words(action.text() for action in window.tabs.menu_of(name, 0).actions())
    assert shown == kinds_of_dialogs()
    assert requests == []


def install(folder: Path, evil: str) -> None:
    """A library that says strange things of itself."""
    folder.mkdir()
    told = f"Metadata-Version: 2.4\nName: ccxt\nVersion: {evil}\nLicense-Expression: {evil}\n"
    (folder / "METADATA").write_text(told, encoding="utf-8")


def dialogs(evil: str, window: MainWindow) -> Iterator[QDialog]:
    """Each kind that the desk has, with as much of somebody else's text in it as can get there."""
    yield from trading_dialogs(evil)
    yield from key_dialogs(evil, window._bridge)
    yield CheatSheet(window.comfort.shortcuts, window)
    made = AboutDialog(window)
    assert evil[:20] in made.parts.toPlainText()
    yield made
    crash = CrashDialog(ValueError(evil), window)
    assert evil[:20] in crash.report.toPlainText()
    yield crash
    palette = Palette(window.comfort.acts(), window)
    assert palette.list.item(0).text().count("<")
    yield palette
    yield SettingsDialog(window._settings, lambda: None, lambda: evil, window)
    builder = ReportBuilder("30d", 0)
    builder.add(hostile(evil).closed_trades)
    yield ExportDialog(window.session, builder.report(), window._bridge)


def trading_dialogs(evil: str) -> Iterator[QDialog]:
    """Those that speak about records; two have been told something by Bybit as well."""
    snapshot = hostile(evil)
    desk, key = Desk(snapshot), next(row.key for row in snapshot.positions if row.symbol.endswith("SOLUSDT"))
    close = ClosePositionDialog(desk.bridge, key)
    refused = {"state": "refused", "ret_code": 110017, "detail": evil}
    close.sending.adopt(Command(command_id="c-1", kind="close", key=key, created_ms=0, **refused))
    yield close
    yield TradingStopDialog(desk.bridge, key)
    yield CloseAllDialog(desk.bridge)
    yield CancelOrdersDialog(desk.bridge, tuple(order.order_id for order in snapshot.orders[:2]))
    yield TimelineDialog(desk.bridge, snapshot.commands[0].command_id)
    desk.change(commands=(Command(command_id="c-2", kind="close", key=key, state="unknown", created_ms=0),))
    yield LeavingDialog(desk.bridge, 10.0)


def key_dialogs(evil: str, bridge: Bridge) -> Iterator[QDialog]:
    """The exchange has said what it likes about a key; names of accounts are checked before they are kept."""
    accounts = scenes._stored_accounts()
    stored, _second = accounts.stored()
    said = Checked(Account(ips=(evil,) * 4, user_id=evil), Verdict("monitor", (Finding(evil, "warn"),)))
    listed = AccountsDialog(bridge, accounts, "live", evil)
    listed.ask_about(said)
    asked_for = CredentialsDialog(bridge, accounts, "live", evil, instead_of=structs.replace(stored, name=evil))
    asked_for.show_checked(said)
    locked = UnlockDialog(bridge, accounts.prover(structs.replace(stored, name=evil)))
    for made in (listed, asked_for, locked):
        made.frame.trouble.show_text(error_words.error(Unreachable("not_written", path=evil, reason=evil)), tone="down")
        yield made


def kinds_of_dialogs() -> set[type]:
    """Every dialog class of the desk that nothing else of the desk is derived from."""
    for module in pkgutil.walk_packages(gui.__path__, "gui."):
        importlib.import_module(module.name)
    found, rest = set[type](), [QDialog]
    while rest:
        derived = [kind for kind in rest[-1].__subclasses__() if kind.__module__.partition(".")[0] in ("gui", "PyQt6")]
        if not derived and rest[-1].__module__.startswith("gui."):
            found.add(rest[-1])
        rest[-1:] = derived
    return found


@pytest.mark.parametrize("typed", ["<b>1</b>", "\u202e12.5", "9" * 5_000, "http://127.0.0.1/<img>"])
async def test_what_is_pasted_into_a_field_stays_text(qt_loop: object, typed: str) -> None:
    async with scenes.main_window() as window, scenes.dialog("close-normal", window) as shown:
        for edit in shown.findChildren(QLineEdit):
            edit.selectAll()
            edit.insert(typed)
        await scenes.settled()
        check(shown, walk.Spy())
        assert not shown.frame.action.isEnabled()
        QTest.keyClick(shown, Qt.Key.Key_Escape)


def test_the_check_itself_finds_what_it_is_for(qtbot, asked: tuple[str, list[str]]) -> None:
    address, requests = asked
    for spoil in (
        lambda it: it.setToolTip("<qt><img src='http://127.0.0.1/'></qt>"),
        lambda it: it.setWindowTitle("\u202egnp.exe"),
        lambda it: it.setWindowTitle("long " * 20_000),
        lambda it: QPlainTextEdit("\u202egnp.exe", it),
        lambda it: QPushButton("\u202egnp.exe", it),
        lambda it: QListWidget(it).addItem("\u202egnp.exe"),
        lambda it: QLabel("<b>bold</b>", it),
    ):
        window = QWidget()
        qtbot.addWidget(window)
        check(window, walk.Spy())
        spoil(window)
        with pytest.raises(AssertionError):
            check(window, walk.Spy())
    assert poisoned(samples.position(), "<b>").symbol == "<b>SOLUSDT"
    assert poisoned(samples.position(), "<b>").side == "Buy"
    with pytest.raises(urllib.error.HTTPError) as answer:
        urllib.request.urlopen(f"{address}/x.png", timeout=60)
    answer.value.close()
    assert requests == ["/x.png"]
