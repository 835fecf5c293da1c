"""F44, F50, F51, F54: what hands and the market do to a dialog: held keys, two windows, a position that turns round.

Real windows over real sockets. The exchange is one process for the module; each story uses a position of its own.
"""

import asyncio
from decimal import Decimal

import pytest
from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from core import actions
from core.model import PositionKey
from gui.dialogs import window as form_window
from tests.paper_fixture import PaperProcess
from tests.stories.window import (
    SOL,
    Desk,
    acting,
    click,
    fill_in_close,
    size_of,
    type_into,
)

D = Decimal
ETH = PositionKey("linear", "ETHUSDT", 0)
LINK = PositionKey("linear", "LINKUSDT", 0)
CREATE = "/v5/order/create"
pytestmark = pytest.mark.usefixtures("dressed")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shield after a change is 50 ms instead of 800, the wait for the stream half a second instead of two."""
    monkeypatch.setattr(form_window, "SHIELD_MS", 50)
    monkeypatch.setattr(actions, "ASK_AFTER_MS", 500)


def press_enter(target: QWidget, repeated: int = 0) -> None:
    """Enter goes down and stays there: the system repeats it."""
    for is_repeated in (False, *(True,) * repeated):
        _send_enter(target, QEvent.Type.KeyPress, is_repeated=is_repeated)


def _send_enter(target: QWidget, kind: QEvent.Type, *, is_repeated: bool = False) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=is_repeated)
    QApplication.sendEvent(target, event)


async def test_a_held_enter_key_is_one_press_at_most(qt_loop: object, exchange: PaperProcess) -> None:
    """F54: one press leads from the field to the button; only another one, let go, sends."""
    before = size_of(exchange)
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "1", SOL)
        edit, button = dialog.quantity.edit, dialog.frame.action
        edit.setFocus()
        press_enter(edit)
        assert dialog.focusWidget() is button
        for _ in range(30):  # the key is still down
            _send_enter(button, QEvent.Type.KeyPress, is_repeated=True)
        _send_enter(button, QEvent.Type.KeyRelease)
        assert dialog.sending.phase == "editing"
        for _ in range(3):
            press_enter(button, repeated=30)
            _send_enter(button, QEvent.Type.KeyRelease)
        await desk.gone()
        await desk.shown(lambda: desk.held().size == before - 1)
        assert len(exchange.requests(CREATE)) == 1


async def test_two_windows_give_one_order(qt_loop: object, exchange: PaperProcess) -> None:
    """F54: the same position, the same moment, two windows of one desk."""
    before = size_of(exchange)
    exchange.incident("hold_fills")
    try:
        async with acting(exchange) as desk:
            other = Desk(desk.manager)
            try:
                first, second = await fill_in_close(desk, "1", SOL), await fill_in_close(other, "2", SOL)
                click(first.frame.action)
                click(second.frame.action)
                await desk.gone()
                await desk.shown(lambda: "on its way" in second.frame.status.text() + second.frame.trouble.text)
                assert not second.frame.action.isEnabled()
                exchange.incident("release_fills")
                await desk.shown(lambda: desk.held().size == before - 1)
                second.reject()
                await other.gone()
            finally:
                other.close()
            assert len(exchange.requests(CREATE)) == 1
    finally:
        exchange.incident("release_fills")
    assert size_of(exchange) == before - 1


async def test_a_position_that_turns_round_under_the_dialog_is_not_touched(
    qt_loop: object, exchange: PaperProcess
) -> None:
    """F50, F51: from long to short, and from short to a new long: the dialog belongs to the first long only."""
    size = size_of(exchange, "ETHUSDT")
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "0.50", ETH)
        exchange.incident("trade", symbol="ETHUSDT", side="Sell", qty=str(size * 2))
        await desk.shown(lambda: "no longer open" in dialog.frame.trouble.text)
        assert "A new one is open now" in dialog.frame.trouble.text
        for _ in range(5):
            click(dialog.frame.action)
            press_enter(dialog.frame.action, repeated=3)
        exchange.incident("trade", symbol="ETHUSDT", side="Buy", qty=str(size * 2))
        await desk.shown(lambda: desk.held(ETH) is not None and desk.held(ETH).side == "Buy")
        assert not dialog.frame.action.isEnabled()
        click(dialog.frame.action)
        dialog.reject()
        await desk.gone()
        assert exchange.requests(CREATE) == []
    assert size_of(exchange, "ETHUSDT") == size


async def test_what_a_close_could_not_fill_is_offered_on_the_row(qt_loop: object, exchange: PaperProcess) -> None:
    """F44, P5: a thin book fills a part; the row says how much is left, and its Close button begins with that."""
    exchange.incident("transfer", amount="1000000")
    exchange.incident("trade", symbol="LINKUSDT", side="Buy", qty="5920")
    exchange.incident("filters", symbol="LINKUSDT", tick="0.1")
    try:
        async with acting(exchange) as desk:
            size = desk.held(LINK).size
            dialog = await desk.press("close", LINK)
            await desk.shown(dialog.frame.action.isEnabled)
            click(dialog.frame.action)
            await desk.gone()
            await desk.shown(lambda: "close remaining" in desk.row_text(LINK))
            left = size_of(exchange, "LINKUSDT")
            assert 0 < left < size
            link = desk.manager.snapshot.commands[0].order_link_id
            await desk.shown(
                lambda: [(e.order_link_id, e.qty) for e in desk.held(LINK).partial_exits] == [(link, size - left)]
            )
            again = await desk.press("close", LINK)
            assert again.intent().qty == left
            assert again.quantity.message.text == "That is what the last close left open."
            again.reject()
            await desk.gone()
            assert len(exchange.requests(CREATE)) == 1
    finally:
        exchange.incident("filters", symbol="LINKUSDT", tick="0.001")


async def test_a_live_desk_is_locked_until_somebody_arms_it(qt_loop: object, exchange: PaperProcess) -> None:
    """The dialog can be looked at; its button says why it is dead, and no key or click gets past that."""
    before = size_of(exchange)
    async with acting(exchange, environment="live") as desk:
        dialog = await desk.press("close")
        assert dialog.frame.status.text() == "Trading is locked. Arm it in the top bar first."
        for _ in range(3):
            click(dialog.frame.action)
            press_enter(dialog.frame.action, repeated=5)
        QTest.mousePress(dialog.frame.action, Qt.MouseButton.LeftButton)
        await asyncio.sleep(0)
        QTest.mouseRelease(dialog.frame.action, Qt.MouseButton.LeftButton)
        assert exchange.requests(CREATE) == []
        desk.manager.set_armed(True)
        await desk.shown(dialog.frame.action.isEnabled)
        assert dialog.frame.action.text().startswith("Hold to close")
        click(dialog.frame.action)  # a click is no hold
        dialog.reject()
        await desk.gone()
        assert exchange.requests(CREATE) == []
    assert size_of(exchange) == before


async def test_a_limit_close_waits_on_the_row_and_under_orders(qt_loop: object, exchange: PaperProcess) -> None:
    """DESIGN 4: the dialog closes, the row says what waits and can be acted on, Orders lists it and cancels it."""
    async with acting(exchange) as desk:
        dialog = await fill_in_close(desk, "3", SOL)
        click(dialog.order_type._segments["Limit"])
        price = str((desk.held().mark_price * D("1.03")).quantize(D("0.01")))
        type_into(dialog.limit.edit, price)
        await desk.shown(dialog.frame.action.isEnabled)
        click(dialog.frame.action)
        await desk.gone()
        await desk.shown(lambda: "Close 3.0 @" in desk.row_text() and "waits" in desk.row_text())
        assert "closing" not in desk.row_text()
        assert desk.manager.snapshot.commands[0].is_resting
        again = await desk.press("close")
        await desk.shown(lambda: "A close of 3.0 waits in the book" in again.frame.status.text())
        again.reject()
        await desk.gone()
        order = next(
            o for o in desk.manager.snapshot.orders if o.order_id == desk.manager.snapshot.commands[0].order_id
        )
        exchange.do("/v5/order/cancel", category="linear", symbol="SOLUSDT", orderId=order.order_id)
        await desk.shown(lambda: "waits" not in desk.row_text())


async def test_f28_controls_say_that_a_market_is_switched_off_until_it_takes_a_command(
    qt_loop: object, exchange: PaperProcess
) -> None:
    """They stay usable: a close may always be tried, and the one that goes through ends it."""
    async with acting(exchange) as desk:
        exchange.arm("writes_off")
        refused = await fill_in_close(desk, "0.1", LINK)
        click(refused.frame.action)
        await desk.shown(
            lambda: refused.frame.trouble.text.startswith("Bybit refused it. Nothing was changed. Code 110066")
        )
        refused.reject()
        await desk.gone()
        await desk.shown(lambda: "110066" in tip_of(desk, LINK, "close"))
        assert "110066" in tip_of(desk, LINK, "edit_stops")
        assert "110066" not in tip_of(desk, ETH, "close")
        stops = await desk.press("edit_stops", LINK)
        await desk.shown(lambda: "110066" in stops.frame.status.text())
        stops.reject()
        await desk.gone()
        dialog = await fill_in_close(desk, "0.1", LINK)
        await desk.shown(lambda: "110066" in dialog.frame.status.text())
        exchange.disarm()
        await desk.shown(dialog.frame.action.isEnabled)
        click(dialog.frame.action)
        await desk.shown(lambda: not desk.manager.snapshot.links.halts)
        await desk.shown(lambda: "110066" not in tip_of(desk, LINK, "close"))


def tip_of(desk: Desk, key: PositionKey, column: str) -> str:
    """What a cell of a position's row says when the pointer rests on it."""
    table = desk.window.tabs.positions.view.table
    names = [made.name for made in table.columns]
    return table.index(table.row_of(key), names.index(column)).data(Qt.ItemDataRole.ToolTipRole) or ""
