"""No key sends an order by itself (RELIABILITY S49): keys open dialogs, and only a button under the focus acts."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence, QShortcut
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QWidget

from gui.bridge import Bridge
from gui.dialogs.window import FormWindow
from gui.main_window import MainWindow
from tests.gui import samples
from tests.gui.dialogs.desk import CountingManager, until

SOL = samples.position().key


@pytest.fixture
def counted(bridge: Bridge, qt_loop: object) -> CountingManager:
    """A manager that counts what it is asked for."""
    manager = CountingManager()
    manager.book = samples.order_book()
    manager.set_armed = lambda is_armed: manager.submitted.extend([True] * is_armed)  # a key may lock, never arm
    bridge.manager = manager  # type: ignore[assignment]
    return manager


async def shown(window: MainWindow, bridge: Bridge) -> None:
    snapshot = samples.snapshot(stop_changes={SOL: (samples.stop_change(),)})
    bridge.publish(snapshot)
    await until(lambda: window.facts.snapshot is snapshot)
    window.tabs.positions.view.select_key(SOL)


async def test_no_shortcut_of_the_window_sends_anything(
    counted: CountingManager, window: MainWindow, bridge: Bridge
) -> None:
    await shown(window, bridge)
    pressed = []
    for action in window.findChildren(QAction):
        if action.shortcut().isEmpty() or action.shortcut() in (QKeySequence("Ctrl+Q"), QKeySequence("F5")):
            continue  # leaving, and reading everything anew
        action.trigger()
        pressed.append(action.shortcut().toString())
        for dialog in window.findChildren(FormWindow):
            dialog.reject()
    assert {"Ctrl+Z", "Ctrl+L"} <= set(pressed)
    await until(lambda: not window.findChildren(FormWindow))
    assert counted.submitted == []


async def test_no_plain_key_on_a_row_sends_anything(
    counted: CountingManager, window: MainWindow, bridge: Bridge
) -> None:
    await shown(window, bridge)
    view = window.tabs.positions.view
    keys = [key for key in Qt.Key if Qt.Key.Key_Space.value <= key.value <= Qt.Key.Key_Underscore.value]
    keys += [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Insert]
    assert len(keys) > 60
    for key in keys:
        view.setFocus()
        QTest.keyClick(view, key)
        for dialog in window.findChildren(FormWindow):
            dialog.reject()
    assert counted.submitted == []


async def test_a_dialog_does_not_stand_in_the_way_of_locking(
    counted: CountingManager, window: MainWindow, bridge: Bridge
) -> None:
    """Open dialogs keep every other key of the window from it; this one must work at once, wherever the focus is."""
    await shown(window, bridge)
    asked: list[bool] = []
    counted.set_armed = asked.append
    window.opener.close_position(SOL)
    (dialog,) = window.findChildren(FormWindow)
    await until(dialog.frame.cancel.hasFocus)
    QTest.keyClick(dialog.frame.cancel, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert asked == [False]
    assert not dialog.is_closed
    dialog.reject()


async def test_delete_asks_first(counted: CountingManager, window: MainWindow, bridge: Bridge) -> None:
    await shown(window, bridge)
    view = window.tabs.positions.view
    view.setFocus()
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Delete)
    (dialog,) = window.findChildren(FormWindow)
    await until(dialog.frame.cancel.hasFocus)
    assert counted.submitted == []
    QTest.keyClick(dialog.frame.cancel, Qt.Key.Key_Return)
    await until(lambda: dialog.is_closed)
    assert counted.submitted == []


def test_no_key_works_outside_its_window(window: MainWindow) -> None:
    everywhere = Qt.ShortcutContext.ApplicationShortcut
    keys: list[QWidget | QAction | QShortcut] = [*window.findChildren(QAction), *window.findChildren(QShortcut)]
    contexts = {item.shortcutContext() if isinstance(item, QAction) else item.context() for item in keys}  # type: ignore[union-attr]
    assert everywhere not in contexts
