"""What comes from a network or a file is shown letter by letter, wherever it turns up: no markup, no reordering, no
request, and nothing long enough to hold the window up reaches the painter.
"""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from msgspec import Struct, structs
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractItemView, QLabel, QLineEdit, QPlainTextEdit, QWidget

from core.errors import Unreachable
from core.model import PositionKey, Snapshot
from gui.crash import CrashDialog
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.palette import Palette
from gui.dialogs.timeline import TimelineDialog
from gui.dialogs.trading_stop import TradingStopDialog
from gui.main_window import MainWindow
from tests.gui import samples, scenes, walk
from tests.gui.dialogs.desk import Desk

# What the desk itself chose among known words; all other text in a snapshot may be anybody's.
OURS = {"category", "side", "state", "severity", "kind", "code", "environment", "source", "mark_source", "margin_mode"}
BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
MOST_LETTERS = 4_000


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
    labels = [label for label in window.findChildren(QLabel) if type(label).__module__.startswith("gui.")]
    assert {label.textFormat() for label in labels} <= {Qt.TextFormat.PlainText}
    for tip in tips(window):
        assert not Qt.mightBeRichText(tip) or tip.startswith("<qt>"), tip[:200]
        assert "<img" not in tip
        assert "<a " not in tip
        assert "<b>" not in tip
    written = [(shown.widget, shown.words) for shown in spy.painted]
    written += [(label, label.text()) for label in labels if label.isVisible()]
    for widget, words in written:
        assert not BIDI & set(words), f"{type(widget).__name__}: {words[:200]}"
        assert len(words) <= MOST_LETTERS, f"{type(widget).__name__}, {len(words)} letters: {words[:100]}"
    return [words for _, words in written]


def tips(window: QWidget) -> Iterator[str]:
    """Every tooltip of widgets and of what their tables show."""
    for widget in (window, *window.findChildren(QWidget)):
        yield widget.toolTip()
        if isinstance(widget, QAbstractItemView) and widget.isVisible():
            model = widget.model()
            for row in range(min(model.rowCount(QModelIndex()), 12)):
                for column in range(model.columnCount(QModelIndex())):
                    yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")


@pytest.mark.parametrize("kind", ["markup", "long"])
async def test_the_window_shows_foreign_text_letter_by_letter(
    qt_loop: object, asked: tuple[str, list[str]], kind: str
) -> None:
    address, requests = asked
    evil = markup(address) if kind == "markup" else "<h1>" + "long " * 20_000
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
async def test_dialogs_show_foreign_text_letter_by_letter(
    qt_loop: object, asked: tuple[str, list[str]], kind: str
) -> None:
    address, requests = asked
    evil = markup(address) if kind == "markup" else "<h1>" + "long " * 20_000
    spy = walk.Spy()
    with spy.watching():
        for made in dialogs(evil):
            made.show()
            await scenes.settled()
            check(made, spy)
            made.reject()
            await scenes.settled()
    assert requests == []


def dialogs(evil: str) -> Iterator[QWidget]:
    """Those that speak about records, over a hostile snapshot."""
    snapshot = hostile(evil)
    key = next(row.key for row in snapshot.positions if row.symbol.endswith("SOLUSDT"))
    yield ClosePositionDialog(Desk(snapshot).bridge, key)
    yield TradingStopDialog(Desk(snapshot).bridge, key)
    yield CloseAllDialog(Desk(snapshot).bridge)
    yield TimelineDialog(Desk(snapshot).bridge, snapshot.commands[0].command_id)


async def test_the_palette_and_the_crash_report_take_it_literally(
    qt_loop: object, asked: tuple[str, list[str]]
) -> None:
    address, requests = asked
    evil = markup(address)
    async with scenes.main_window(snapshot=hostile(evil)) as window:
        palette = Palette(window.comfort.acts(), window)
        palette.show()
        await scenes.settled()
        assert "<img" in palette.list.item(0).text()
        palette.grab()
        palette.reject()
        crash = CrashDialog(ValueError(evil * 1_000), window)
        crash.show()
        await scenes.settled()
        assert crash.findChild(QPlainTextEdit).toPlainText().count("<img") > 100
        crash.grab()
        crash.reject()
    assert requests == []


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


def test_the_check_itself_finds_markup(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setToolTip("<qt><img src='http://127.0.0.1/'></qt>")
    with pytest.raises(AssertionError):
        check(window, walk.Spy())
    assert poisoned(samples.position(), "<b>").symbol == "<b>SOLUSDT"
    assert poisoned(samples.position(), "<b>").side == "Buy"
    assert isinstance(MainWindow, type)
