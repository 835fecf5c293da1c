"""What an operator does and reads in the stories of acting: dialogs filled in, verdicts, rows, timelines."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from PyQt6.QtTest import QTest

from core.model import Command, PositionKey
from core.rounds import Intervals
from gui.dialogs.cancel_orders import CancelOrdersDialog
from tests.paper_fixture import PaperProcess
from tests.stories.acting.account import HELD, restore
from tests.stories.window import LEFT, SOL, Desk, click, desk_on, fill_in_close, type_into

D = Decimal
ETH = PositionKey("linear", "ETHUSDT", 0)
CREATE, CANCEL, AMEND = "/v5/order/create", "/v5/order/cancel", "/v5/order/amend"
STOPS = "/v5/position/trading-stop"
REALTIME, HISTORY, EXECUTIONS = "/v5/order/realtime", "/v5/order/history", "/v5/execution/list"
PATIENCE_S = 60.0
# The desk hears of the position when it asks for it, and not before: what happens elsewhere comes at once with a click.
RARELY = Intervals(positions_s=3_600, orders_s=3_600, executions_s=3_600, reconcile_s=3_600)


Story = Callable[[Desk, PaperProcess], Awaitable[None]]


async def in_turn(paper: PaperProcess, *stories: Story) -> None:
    """Several stories on one desk, which takes a second to start; each begins with the same two positions."""
    async with desk_on(paper) as desk:
        for story in stories:
            restore(paper)
            await settled(desk, paper)
            await story(desk, paper)
            assert desk.dialog() is None


def keep_silent(paper: PaperProcess) -> None:
    """Nothing is told about orders, fills and positions but what is asked for."""
    for topic in ("order", "execution", "position"):
        paper.arm("drop", {"topic": topic})


async def settled(desk: Desk, paper: PaperProcess) -> None:
    """Bring the desk to what the exchange holds: also when the story before kept the news from it."""
    await desk.manager.until(lambda s: s.links.is_live, PATIENCE_S)
    await desk.manager.sync_with_bybit()
    for symbol, size in HELD.items():
        key = PositionKey("linear", symbol, 0)
        await desk.shown(lambda key=key, size=size: (held := desk.seen(key)) is not None and held.size == size)
        await desk.shown(lambda symbol=symbol: all(o.symbol != symbol for o in desk.snapshot.orders))
    await desk.shown(lambda: not any(command.is_open for command in desk.snapshot.commands))
    paper.control("forget_requests")


async def close(desk: Desk, qty: str = "", key: PositionKey = SOL) -> Command:
    """Close by hand; returns the command that Bybit took, when the dialog has closed over it."""
    dialog = await fill_in_close(desk, qty, key)
    command = await confirm(desk, dialog)
    await desk.shown(lambda: dialog.is_closed or dialog.sending.command is not None)
    assert dialog.is_closed, (dialog.frame.trouble.text, dialog.frame.status.text(), told(desk, command))
    await desk.gone()
    return command


def priced(desk: Desk, ratio: str) -> str:
    """A price on the tick, beside the mark."""
    return str((desk.seen(ETH).mark_price * D(ratio)).quantize(D("0.01")))


async def fill_in_stop(desk: Desk, price: str) -> Any:
    """The TP/SL dialog with a stop loss, ready to be confirmed."""
    dialog = await desk.press("edit_stops", ETH)
    type_into(dialog.stop_loss.edits["price"], price)
    await desk.shown(dialog.frame.action.isEnabled)
    return dialog


async def confirm(desk: Desk, dialog: Any) -> Command:
    """Press the button of a dialog that is ready; the command that it makes."""
    known = {command.command_id for command in desk.manager.snapshot.commands}
    click(dialog.frame.action)
    snapshot = await desk.manager.until(lambda s: s.commands and s.commands[0].command_id not in known, PATIENCE_S)
    return snapshot.commands[0]


async def ended(desk: Desk, command: Command) -> Command:
    """The command with its verdict, when the window knows it."""
    found = await desk.manager.verdict(command.command_id, PATIENCE_S)
    assert not found.is_open, found
    await desk.shown(lambda: told(desk, command) == found)
    return found


def told(desk: Desk, command: Command) -> Command | None:
    """A command as the window has it."""
    return next((c for c in desk.snapshot.commands if c.command_id == command.command_id), None)


async def said(desk: Desk, dialog: Any, words: str) -> None:
    """Wait until a dialog says how its command ended, in these words and no others."""
    try:
        await desk.shown(lambda: dialog.frame.trouble.text == words, PATIENCE_S)
    except TimeoutError:
        pytest.fail(f"said {dialog.frame.trouble.text!r} of {desk.snapshot.commands[:1]}")


async def steps_of(desk: Desk, command: Command) -> list[str]:
    """The steps of a command as its timeline names them."""
    desk.window.opener.timeline(command.command_id)
    story = await desk.opened()
    steps = [story.table.words(row, 0)[0] for row in range(story.table.rowCount())]
    story.reject()
    await desk.gone()
    return steps


async def press_cancel(desk: Desk, order_id: str) -> Any:
    """Click the Cancel button in an order's row; returns the question that opens."""
    desk.window.tabs.show_tab("orders")
    view, key = desk.window.tabs.present.view, ("linear", order_id)
    await desk.shown(lambda: view.table.row_of(key) is not None and not view.button_rect(key, "cancel").isEmpty())
    QTest.mouseClick(view.viewport(), LEFT, pos=view.button_rect(key, "cancel").center())
    question = await desk.opened()
    assert isinstance(question, CancelOrdersDialog)
    return question


async def carried_out(desk: Desk, question: Any) -> None:
    """Answer a question about one order, and wait until it says that it is done."""
    await desk.shown(question.frame.action.isEnabled)
    click(question.frame.action)
    await desk.shown(lambda: question.run.is_over)
    assert question.frame.status.text() == "1 of 1 done"
    question.reject()
    await desk.gone()
    desk.window.tabs.show_tab("positions")


async def panel_says(desk: Desk, words: str) -> int:
    """Wait until the Events panel has these words for something that happened; in how many lines."""
    tabs = desk.window.tabs
    tabs.show_tab("events")
    table = tabs.present.table
    what = [column.name for column in table.columns].index("what")

    def lines() -> list[str]:
        return [table.index(row, what).data() for row in range(table.rowCount())]

    try:
        await desk.shown(lambda: words in lines(), PATIENCE_S)
    except TimeoutError:
        pytest.fail(f"no {words!r} among {lines()}")
    found = lines().count(words)
    tabs.show_tab("positions")
    return found
