"""Every window of the desk in every state worth looking at, by name, for walks over all of them and for pictures.

A scene is opened on a running loop, stands still (the clock does not move, nothing arrives) and is put away again.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import structs
from PyQt6 import sip
from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QApplication, QDialog, QWidget

from core.accounts import Accounts
from core.analytics.period_report import ReportBuilder
from core.clock import SystemClock
from core.model import PositionKey, Snapshot
from core.secrets import Secret
from core.vault import Vault
from gui.bridge import Bridge
from gui.comfort.hint import Hint
from gui.crash import CrashDialog
from gui.dialogs.accounts import AccountsDialog
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.close_preview import BOOK
from gui.dialogs.credentials import CredentialsDialog
from gui.dialogs.settings import SettingsDialog
from gui.dialogs.unlock import UnlockDialog
from gui.main_window import MainWindow
from gui.settings import WindowSettings
from gui.views.closed_panel import ClosedPanel
from gui.views.panel import TablePanel
from tests.core.vault.test_vault import MemoryRing
from tests.gui import samples
from tests.gui.dialogs.states import STATES

SOL = PositionKey("linear", "SOLUSDT", 0)
MADE_MS = 1_786_000_000_000  # when the accounts of the pictures were stored


def desk_snapshot() -> Snapshot:
    """The design picture's desk with everything in it that a table can show: parts, a pending result, a warning."""
    trades = (samples.closed_trade(0, net_pnl=None), *samples.closed_trades()[1:])
    shown = samples.closed_trade(_SHOWN_LIFE)
    return samples.snapshot(closed_trades=trades, executions=(*samples.executions(), *samples.life_executions(shown)))


_SHOWN_LIFE = 4  # has a partial exit


# Scenes of the main window


def _tab(name: str) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.tabs.show_tab(name)

    return show


def _positions(window: MainWindow) -> None:
    window.tabs.show_tab("positions")
    window.tabs.positions.view.select_key(SOL)
    window.inspector.page.chart.set_candles(samples.candles())


def _closed_life(window: MainWindow) -> None:
    window.tabs.show_tab("closed")
    panel = window.tabs.present
    panel.view.select_key(panel.table.key(_SHOWN_LIFE))
    panel.view.details_asked.emit(panel.table.key(_SHOWN_LIFE))
    panel.view.toggle_fold(_SHOWN_LIFE)
    _scroll_to(panel, _SHOWN_LIFE - 1)


def _scroll_to(panel: ClosedPanel | TablePanel, row: int) -> None:
    bar = panel.view.verticalScrollBar()
    assert bar is not None
    bar.setValue(row * panel.view.rowHeight(0))


def _session_page(number: int) -> Callable[[MainWindow], None]:
    def show(window: MainWindow) -> None:
        window.session.strip.setCurrentIndex(number)  # a calendar looks at thirty days, whatever is chosen
        begins_ms = 0 if window.session.period == "30d" else samples.STARTED_MS
        builder = ReportBuilder(window.session.period, begins_ms)
        builder.add(desk_snapshot().closed_trades)
        window.session.show_report(builder.report())

    return show


def _filtered(window: MainWindow) -> None:
    window.tabs.show_tab("positions")
    window.tabs.start_filter()


def _grouped(window: MainWindow) -> None:
    window.tabs.positions.view.group_by("side")


def _compact(window: MainWindow) -> None:
    window.tabs.set_compact(True)


def _lost(window: MainWindow) -> None:
    """Nothing has come for 14 s: every price is as old as that."""
    old = samples.NOW_MONO - 14
    plain = desk_snapshot()
    rows = tuple(structs.replace(row, mark_mono=old, received_mono=old - 2) for row in plain.positions)
    _show(window, structs.replace(plain, links=samples.lost_links(), positions=rows))
    window.tick()


def _locked(window: MainWindow) -> None:
    _show(window, structs.replace(desk_snapshot(), is_armed=False))


def _monitor(window: MainWindow) -> None:
    _show(window, structs.replace(desk_snapshot(), is_read_only=True))


def _empty(window: MainWindow) -> None:
    nothing = {"positions": (), "orders": (), "closed_trades": (), "executions": (), "events": ()}
    _show(window, structs.replace(desk_snapshot(), **nothing))


def _noticed(window: MainWindow) -> None:
    window.undo_stops()
    window.tabs.notice.say("SOLUSDT: " + window.tabs.notice.label.text())


def _greeted(window: MainWindow) -> None:
    window.comfort.greet()


def _show(window: MainWindow, snapshot: Snapshot) -> None:
    window._bridge._newest = snapshot
    window._bridge.frame.emit(snapshot)


MAIN: Mapping[str, Callable[[MainWindow], None]] = MappingProxyType(
    {
        "positions": _positions,
        "orders": _tab("orders"),
        "closed": _tab("closed"),
        "closed-life": _closed_life,
        "executions": _tab("executions"),
        "events": _tab("events"),
        "by-symbol": _session_page(1),
        "calendar": _session_page(2),
        "distribution": _session_page(3),
        "filter": _filtered,
        "groups": _grouped,
        "compact": _compact,
        "connection-lost": _lost,
        "locked": _locked,
        "monitor": _monitor,
        "empty": _empty,
        "notice": _noticed,
        "first-run": _greeted,
    }
)


# Scenes of their own windows, beside the states of the trading dialogs


async def _cheat_sheet(window: MainWindow) -> QDialog:
    window.comfort.show_keys()
    return _newest_dialog()


async def _about(window: MainWindow) -> QDialog:
    window.comfort.show_about()
    return _newest_dialog()


def _settings(setting: str) -> Callable[[MainWindow], Any]:
    async def show(window: MainWindow) -> QDialog:
        window.comfort.show_settings()
        shown = _newest_dialog()
        assert isinstance(shown, SettingsDialog)
        shown.show_page(setting)
        return shown

    return show


async def _palette(window: MainWindow) -> QDialog:
    window.comfort.open_palette()
    return _newest_dialog()


async def _crash(window: MainWindow) -> QDialog:
    try:
        raise ValueError("a bug with a long message, " * 6)
    except ValueError as trouble:
        return _opened(CrashDialog(trouble, window))


async def _accounts(window: MainWindow) -> QDialog:
    dialog = AccountsDialog(window._bridge, _stored_accounts(), "live", "Main")
    dialog.list.setCurrentRow(0)
    return _opened(dialog)


async def _no_accounts(window: MainWindow) -> QDialog:
    return _opened(AccountsDialog(window._bridge, _vault_of(), "testnet", "Main"))


async def _credentials(window: MainWindow) -> QDialog:
    return _opened(CredentialsDialog(window._bridge, _vault_of(), "live", "Main"))


async def _unlock(window: MainWindow) -> QDialog:
    (account, _second) = _stored_accounts().stored()
    return _opened(UnlockDialog(window._bridge, _vault_of().prover(account)))


def _vault_of() -> Accounts:
    folder = Path(tempfile.mkdtemp(prefix="quarterdeck-walk-"))
    return Accounts(Vault(folder, MemoryRing(), lambda: MADE_MS, 14), SystemClock())


def _stored_accounts() -> Accounts:
    accounts = _vault_of()
    for name in ("Main", "Second"):
        accounts._vault.add(
            name=name,
            environment="live",
            api_key="AbCdEfGhIjKlMnOpQr",
            secret=Secret("OnlyForPictures0123456789"),
            place="ring",
        )
    return accounts


def _opened(dialog: QDialog) -> QDialog:
    dialog.open()
    return dialog


def _newest_dialog() -> QDialog:
    found = [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, QDialog) and widget.isVisible()]
    assert len(found) == 1, found
    return found[0]


WINDOWS: Mapping[str, Callable[[MainWindow], Any]] = MappingProxyType(
    {
        "keys": _cheat_sheet,
        "about": _about,
        "settings-look": _settings("language"),
        "settings-privacy": _settings("private"),
        "settings-alerts": _settings("tray"),
        "settings-trading": _settings("hold_above"),
        "settings-guards": _settings("guard_daily_loss"),
        "settings-connection": _settings("every_wallet_s"),
        "settings-keys": _settings("key/palette"),
        "settings-files": _settings("bot_file"),
        "palette": _palette,
        "crash": _crash,
        "accounts": _accounts,
        "accounts-none": _no_accounts,
        "credentials": _credentials,
        "unlock": _unlock,
    }
)
DIALOGS = STATES


@asynccontextmanager
async def main_window(
    width: int = 1600,
    height: int = 960,
    snapshot: Snapshot | None = None,
    account: str = "Main",
    settings: Mapping[str, str] = MappingProxyType({}),
) -> AsyncIterator[MainWindow]:
    """The window on the sample desk, or on another snapshot, at a size that a picture has."""
    bridge = Bridge(clock=samples.clock())
    kept = WindowSettings(None)
    for name, value in settings.items():
        kept.keep(name, value)
    window = MainWindow(bridge, "paper", account, kept)
    window._seconds.stop()
    window.resize(width, height)
    window.show()
    await settled()
    _show(window, snapshot or desk_snapshot())
    if snapshot is None:
        _positions(window)
    await settled()
    try:
        yield window
    finally:
        put_away(window)


async def show_scene(window: MainWindow, name: str) -> None:
    """Bring a scene of ``MAIN`` about in a fresh window."""
    MAIN[name](window)
    await settled()


async def calm(window: MainWindow) -> None:
    """Back from a scene: the sample desk, two-line rows, nothing open beside the tables."""
    window.tabs.set_compact(False)
    window.tabs.notice.hide()
    for hint in window.findChildren(Hint):
        hint.hide()
    panel = window.tabs.present
    panel.view.group_by("")
    panel.filter_edit.setVisible(isinstance(panel, ClosedPanel))
    if isinstance(panel, ClosedPanel):
        panel._hide_life()
        panel.table.set_unfolded(_SHOWN_LIFE, False)
        _scroll_to(panel, 0)
    window.session.strip.setCurrentIndex(0)
    _positions(window)
    _show(window, desk_snapshot())
    window.tick()
    await settled()


@asynccontextmanager
async def dialog(name: str, window: MainWindow | None = None) -> AsyncIterator[QWidget]:
    """A scene of ``WINDOWS`` (over a main window) or of ``DIALOGS``, opened and at rest."""
    desk: Any = None
    if name in WINDOWS:
        assert window is not None
        shown = await WINDOWS[name](window)
    else:
        desk, shown = DIALOGS[name]()
        shown.open()
        await _answered(desk, shown)
    await settled()
    try:
        yield shown
    finally:
        shown.reject()
        await settled()  # what it asked for is let go on the loop
        if not sip.isdeleted(shown):
            put_away(shown)


async def _answered(desk: Any, shown: Any) -> None:
    """Past the moment after a change, with the order book's answer."""
    async with asyncio.timeout(60):
        while shown.shield.isActive():
            await asyncio.sleep(0.002)
        while desk.manager.book is not None and shown.frame.body.isEnabled() and not desk.manager.books_asked:
            await asyncio.sleep(0.002)
        if isinstance(shown, CloseAllDialog) and not shown.run.is_started:
            while any(row.outcome.source != BOOK for row in shown.rows if row.outcome):
                await asyncio.sleep(0.002)


async def settled() -> None:
    """Everything that was posted is done, layouts included. Qt's events come between the naps; they are never asked
    for inside a coroutine, because tasks that they wake would die.
    """
    for _ in range(8):
        await asyncio.sleep(0.001)


def put_away(widget: QWidget) -> None:
    """Gone at once, not when the loop comes to it."""
    widget.hide()
    widget.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
