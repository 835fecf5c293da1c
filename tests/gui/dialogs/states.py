"""Every state of the dialogs worth looking at, by name. Shared by the clipping check and the picture maker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from msgspec import structs
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from core.intents import kind_of
from core.model import AuditEvent, Command, OrderBook, PositionKey, StopLevels
from gui.dialogs.batch_run import Job
from gui.dialogs.cancel_orders import CancelOrdersDialog
from gui.dialogs.close_all import CloseAllDialog
from gui.dialogs.close_position import ClosePositionDialog
from gui.dialogs.leaving import LeavingDialog
from gui.dialogs.linked import NET_PNL
from gui.dialogs.stop_leg import PRICE
from gui.dialogs.timeline import TimelineDialog
from gui.dialogs.trading_stop import TradingStopDialog
from gui.dialogs.trailing_row import ACTIVE, DISTANCE
from tests.gui import samples
from tests.gui.dialogs.desk import SOL, Desk, click, deep_book, sol_snapshot, type_into

D = Decimal
NO_TRAILING = MappingProxyType({"trailing_stop": None})
FIVE_OUT = samples.execution(900, qty=D("5.0"), price=D("122.41"))
PICTURE = MappingProxyType({"take_profit": D("128.00"), "stop_loss": D("102.00"), "trailing_stop": None})
Made = tuple[Desk, Any]


def _close(environment: str = "paper", **position: Any) -> tuple[Desk, ClosePositionDialog]:
    desk = Desk(sol_snapshot(**position), deep_book())
    desk.change(environment=environment)
    return desk, ClosePositionDialog(desk.bridge, SOL)


def _stops(environment: str = "paper", **position: Any) -> tuple[Desk, TradingStopDialog]:
    desk = Desk(sol_snapshot(**(dict(PICTURE) | position)))
    desk.change(environment=environment)
    return desk, TradingStopDialog(desk.bridge, SOL)


def close_normal() -> Made:
    """Half of the position at market, on paper."""
    desk, dialog = _close()
    click(dialog.quantity.chips[50])
    return desk, dialog


def close_live_changed() -> Made:
    """The design picture: LIVE, half, and the position has just become smaller."""
    desk, dialog = _close("live", size=D("25.0"))
    click(dialog.quantity.chips[50])
    desk.change(executions=(FIVE_OUT, *desk.snapshot.executions))
    desk.move(size=D("20.0"))
    return desk, dialog


def close_limit() -> Made:
    """A limit order in money, off the tick."""
    desk, dialog = _close()
    QTest.mouseClick(dialog.order_type._segments["Limit"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(dialog.quantity.unit._segments["value"], Qt.MouseButton.LeftButton)
    type_into(dialog.limit.edit, "122.405")
    return desk, dialog


def close_waiting() -> Made:
    """A close at market beside one that waits in the order book."""
    desk, dialog = _close()
    waiting = samples.order(
        77, order_type="Limit", status="New", qty=D("5.0"), price=D("125"), trigger_price=None, stop_order_type=""
    )
    desk.change(orders=(waiting, *desk.snapshot.orders))
    return desk, dialog


def close_error() -> Made:
    """A quantity with two readings."""
    desk, dialog = _close()
    type_into(dialog.quantity.edit, "1,000")
    return desk, dialog


def close_refused() -> Made:
    """Bybit said no, in many words."""
    desk, dialog = _close("live")
    dialog.sending.adopt(
        _refused("current position is zero, cannot fix reduce-only order qty; please check your parameters")
    )
    return desk, dialog


def close_unknown() -> Made:
    """The answer was lost; the desk is finding out."""
    desk, dialog = _close()
    click(dialog.quantity.chips[50])
    dialog.sending.adopt(_closing("unknown"))
    return desk, dialog


def close_no_trace() -> Made:
    """Looked for and not found: only the same command may be sent again."""
    desk, dialog = _close()
    click(dialog.quantity.chips[50])
    dialog.sending.adopt(_closing("no_trace"))
    return desk, dialog


def _closing(state: str) -> Command:
    return Command(
        command_id="c-1", kind="close", key=SOL, state=state, created_ms=samples.NOW_MS, qty=D("10.0"),
        life_id="SOLUSDT-1",
    )  # fmt: skip


def close_gone() -> Made:
    """The position vanished while the dialog was open."""
    desk, dialog = _close("live")
    desk.change(executions=(FIVE_OUT, *desk.snapshot.executions))
    desk.remove()
    return desk, dialog


def close_stale() -> Made:
    """No price for a quarter of a minute, and trading is locked."""
    desk, dialog = _close()
    desk.clock.advance(14)
    desk.change(is_armed=False)
    return desk, dialog


def stops_normal() -> Made:
    """One change, ready."""
    desk, dialog = _stops()
    type_into(dialog.stop_loss.edits[PRICE], "104.00")
    return desk, dialog


def stops_error() -> Made:
    """The design picture: three changes, one of them refused."""
    desk, dialog = _stops()
    type_into(dialog.take_profit.edits[PRICE], "130.00")
    type_into(dialog.stop_loss.edits[PRICE], "123.50")
    type_into(dialog.trailing.edits[DISTANCE], "2.90")
    return desk, dialog


def stops_live_changed() -> Made:
    """LIVE; stops moved by somebody else while the dialog was open."""
    desk, dialog = _stops("live")
    type_into(dialog.take_profit.edits[PRICE], "130.00")
    desk.change(executions=(FIVE_OUT, *desk.snapshot.executions))
    desk.move(size=D("15.0"), stop_loss=D("104.00"), take_profit=D("129.00"))
    return desk, dialog


def stops_partial() -> Made:
    """A pair for a quarter of the position, beside two that stand."""
    desk, dialog = _stops(**NO_TRAILING)
    desk.change(orders=(samples.part(0), samples.part(1, "PartialStopLoss"), *desk.snapshot.orders))
    click(dialog.mode._segments["Partial"])
    click(dialog.partial.part.chips[25])
    type_into(dialog.partial.take_profit.edits[PRICE], "140")
    type_into(dialog.partial.stop_loss.edits[NET_PNL], "100")
    return desk, dialog


def stops_partial_error() -> Made:
    """More than is left to protect, and the wrong side of the mark."""
    desk, dialog = _stops("live", **NO_TRAILING)
    desk.change(orders=(*(samples.part(n) for n in range(3)), *desk.snapshot.orders))
    click(dialog.mode._segments["Partial"])
    type_into(dialog.partial.part.edit, "8")
    type_into(dialog.partial.take_profit.edits[PRICE], "120")
    return desk, dialog


def stops_undo() -> Made:
    """The desk's last edit, taken back into the fields; older changes below."""
    desk = Desk(sol_snapshot())
    older = samples.stop_change(
        ts_ms=samples.NOW_MS - 3_600_000, before=StopLevels(None, None, D("2.90")),
        after=StopLevels(D("130.00"), D("102.00"), D("2.90")), command_id="", reason="",
    )  # fmt: skip
    desk.change(stop_changes={SOL: (older, samples.stop_change())})
    dialog = TradingStopDialog(desk.bridge, SOL)
    click(dialog.history.more)
    click(dialog.history.undo)
    return desk, dialog


def stops_trailing() -> Made:
    """A trailing stop of three dollars that begins to follow from a price on."""
    desk, dialog = _stops()
    type_into(dialog.trailing.edits[DISTANCE], "3.00")
    type_into(dialog.trailing.edits[ACTIVE], "126.00")
    return desk, dialog


def stops_break_even() -> Made:
    """The stop loss where nothing is lost, by one press."""
    desk, dialog = _stops()
    click(dialog.trailing.break_even)
    return desk, dialog


def stops_trigger() -> Made:
    """The prices stay; what they are compared with changes."""
    desk, dialog = _stops()
    QTest.mouseClick(dialog.trigger._segments["LastPrice"], Qt.MouseButton.LeftButton)
    return desk, dialog


def stops_unknown() -> Made:
    """The answer was lost; the desk is finding out."""
    desk, dialog = stops_normal()
    dialog.sending.adopt(structs.replace(_closing("unknown"), kind="stops", qty=None))
    return desk, dialog


def stops_partial_changed() -> Made:
    """The position became smaller than the part that was typed."""
    desk, dialog = stops_partial()
    desk.change(executions=(FIVE_OUT, *desk.snapshot.executions))
    desk.move(size=D("15.0"))
    return desk, dialog


def stops_partial_unknown() -> Made:
    """Such stops have no id of their own: they are looked for among the stop orders."""
    desk, dialog = stops_partial()
    dialog.sending.adopt(structs.replace(_closing("unknown"), kind="stops", qty=None))
    return desk, dialog


def stops_no_trace() -> Made:
    """The stops were looked for and not found."""
    desk, dialog = _stops()
    type_into(dialog.stop_loss.edits[PRICE], "105")
    command = structs.replace(_closing("no_trace"), kind="stops", qty=None)
    dialog.sending.adopt(command)
    return desk, dialog


def story_lines(*codes: str, command_id: str = "c-1") -> tuple[AuditEvent, ...]:
    """The trail of a close as core tells it, newest first, 40 ms apart."""
    common = {"command_id": command_id, "kind": "close", "qty": D("10.0"), "reason": "manual", "attempt": 1}
    more = {"ms": 38, "evidence": "order Filled", "filled": D("10.0")}
    lines = []
    for number, code in enumerate(codes):
        name, _, answer = code.partition("/")
        details = common | more | ({"answer": answer} if answer else {})
        lines.append(AuditEvent(ts_ms=samples.NOW_MS + 40 * number, code=f"command_{name}", key=SOL, details=details))
    return tuple(reversed(lines))


def _timeline(state: str, *codes: str, **fields: Any) -> tuple[Desk, TimelineDialog]:
    desk = Desk(sol_snapshot())
    command = structs.replace(_closing(state), **fields)
    desk.change(events=(*story_lines(*codes), *desk.snapshot.events), commands=(command,))
    return desk, TimelineDialog(desk.bridge, "c-1")


def timeline_done() -> Made:
    """The whole story of a close."""
    codes = ("asked", "journalled", "sent", "answered/accepted", "accepted", "evidence", "done")
    return _timeline("done", *codes, filled_qty=D("10.0"))


def timeline_unknown() -> Made:
    """The answer was lost; evidence and verdict are still to come."""
    return _timeline("unknown", "asked", "journalled", "sent", "answered/unknown", "unknown")


def timeline_no_trace() -> Made:
    """Asked once more, and not found again."""
    once = ("sent", "answered/unknown", "unknown", "no_trace")
    codes = ("asked", "journalled", *once, "retried", *once)
    return _timeline("no_trace", *codes, attempts=2)


def leaving() -> Made:
    """Two commands without a verdict when the window is closed."""
    desk = Desk(sol_snapshot())
    stops = structs.replace(_closing("unknown"), command_id="c-2", kind="stops", qty=None)
    desk.change(commands=(_closing("accepted"), stops))
    return desk, LeavingDialog(desk.bridge, 10.0)


def stops_gone() -> Made:
    """Flipped into another position."""
    desk, dialog = _stops()
    desk.move(side="Sell", size=D("5.0"), life_id="SOLUSDT-2")
    return desk, dialog


def wide_book(symbol: str, mid: str) -> OrderBook:
    """Room for every sample position within a few ticks."""
    book = samples.order_book(symbol, mid)
    bids, asks = (tuple(level._replace(qty=level.qty * 10_000) for level in side) for side in (book.bids, book.asks))
    return structs.replace(book, bids=bids, asks=asks)


def _batch_desk(environment: str = "paper", *, has_book: bool = True, **changes: Any) -> Desk:
    desk = Desk(samples.snapshot(environment=environment), samples.order_book() if has_book else None)
    desk.manager.books = {row.symbol: wide_book(row.symbol, str(row.mark_price)) for row in desk.snapshot.positions}
    desk.change(**changes)
    return desk


def _sent(desk: Desk, dialog: Any, ends: Mapping[str, dict[str, Any]]) -> None:
    """The press has happened; what became of each symbol's command."""
    dialog.run.jobs = tuple(Job(row.intent) for row in dialog.chosen)
    for number, job in enumerate(dialog.run.jobs):
        told = ends.get(job.intent.symbol, {})
        job.phase = "sent"
        job.command = Command(
            command_id=f"c-{number}", kind=kind_of(job.intent), key=job.intent.key, created_ms=samples.NOW_MS,
            qty=getattr(job.intent, "qty", None), **({"state": "done"} | told),
        )  # fmt: skip
    dialog.update_form()


def close_all_normal() -> Made:
    """Six positions, one of them already closing."""
    desk = _batch_desk()
    return desk, CloseAllDialog(desk.bridge)


def close_all_live() -> Made:
    """LIVE asks for a word; orders go too; a position has come and one has gone meanwhile."""
    desk = _batch_desk("live")
    dialog = CloseAllDialog(desk.bridge)
    click(dialog.cancel_orders)
    desk.remove(PositionKey("linear", "AVAXUSDT", 0))
    desk.move(size=D("15.0"))
    dialog.update_form()
    return desk, dialog


def close_all_progress() -> Made:
    """Every kind of verdict at once."""
    desk = _batch_desk(commands=())
    dialog = CloseAllDialog(desk.bridge)
    _sent(
        desk, dialog,
        {
            "SOLUSDT": {"filled_qty": D("20.0")}, "ETHUSDT": {"filled_qty": D("0.60")},
            "BTCUSDT": {"state": "accepted"}, "AVAXUSDT": {"state": "no_trace"}, "LINKUSDT": {"state": "unknown"},
            "1000PEPEUSDT": {"state": "refused", "ret_code": 110017, "detail": "current position is zero"},
        },
    )  # fmt: skip
    return desk, dialog


def close_all_changed() -> Made:
    """One position has gone and another has become smaller while the list was open."""
    desk = _batch_desk()
    dialog = CloseAllDialog(desk.bridge)
    desk.remove(PositionKey("linear", "AVAXUSDT", 0))
    desk.move(size=D("15.0"))
    dialog.update_form()
    return desk, dialog


def close_all_unknown() -> Made:
    """The answers were lost, and the desk is finding out."""
    desk = _batch_desk(commands=())
    dialog = CloseAllDialog(desk.bridge)
    symbols = {row.intent.symbol for row in dialog.chosen} - {"ETHUSDT", "BTCUSDT"}
    _sent(desk, dialog, {"ETHUSDT": {"filled_qty": D("1.50")}} | {symbol: {"state": "unknown"} for symbol in symbols})
    return desk, dialog


def close_all_locked() -> Made:
    """Trading is locked: everything can be looked at."""
    desk = _batch_desk(is_armed=False)
    return desk, CloseAllDialog(desk.bridge)


def close_all_error() -> Made:
    """LIVE, the word is not the one; a contract that does not trade is left out."""
    desk = _batch_desk("live")
    halted = structs.replace(samples.instrument("AVAXUSDT"), status="Closed")
    desk.change(instruments=desk.snapshot.instruments | {("linear", "AVAXUSDT"): halted})
    dialog = CloseAllDialog(desk.bridge)
    type_into(dialog.word, "close al")
    dialog.update_form()
    return desk, dialog


def cancel_gone() -> Made:
    """One of two orders has filled while the question was open."""
    desk = _batch_desk(has_book=False)
    two = [o for o in desk.snapshot.orders if o.symbol in {"ETHUSDT", "AVAXUSDT"}][:2]
    dialog = CancelOrdersDialog(desk.bridge, tuple(order.order_id for order in two))
    desk.change(orders=tuple(o for o in desk.snapshot.orders if o.order_id != two[0].order_id))
    dialog.update_form()
    return desk, dialog


def cancel_locked() -> Made:
    """Trading is locked: what would be cancelled can be looked at."""
    desk = _batch_desk(has_book=False, is_armed=False)
    stop = next(o for o in desk.snapshot.orders if o.symbol == "AVAXUSDT" and o.stop_order_type == "StopLoss")
    return desk, CancelOrdersDialog(desk.bridge, (stop.order_id,))


def cancel_one() -> Made:
    """The last stop loss of a position."""
    desk = _batch_desk("live", has_book=False)
    stop = next(o for o in desk.snapshot.orders if o.symbol == "AVAXUSDT" and o.stop_order_type == "StopLoss")
    return desk, CancelOrdersDialog(desk.bridge, (stop.order_id,))


def cancel_orphans() -> Made:
    """Two stops that protect nothing."""
    lost = tuple(samples.order(60 + n, symbol="XRPUSDT", trigger_price=D("0.4800")) for n in range(2))
    desk = _batch_desk(
        has_book=False, orders=(*lost, *samples.orders()), leftovers=frozenset(order.order_id for order in lost)
    )
    return desk, CancelOrdersDialog(desk.bridge)


def _two_cancels(ends: dict[str, Any]) -> Made:
    """Two cancels of one position's stops are sent; what became of them."""
    desk = _batch_desk(has_book=False)
    two = [o for o in desk.snapshot.orders if o.symbol in {"SOLUSDT", "ETHUSDT", "AVAXUSDT"}][:2]
    dialog = CancelOrdersDialog(desk.bridge, tuple(order.order_id for order in two))
    _sent(desk, dialog, {two[0].symbol: ends})
    return desk, dialog


def cancel_error() -> Made:
    """Bybit refused them."""
    return _two_cancels({"state": "refused", "ret_code": 110066, "detail": "trading is currently not allowed"})


def cancel_unknown() -> Made:
    """The answers were lost, and the desk is finding out."""
    return _two_cancels({"state": "unknown"})


def cancel_progress() -> Made:
    """Still there after all questions."""
    return _two_cancels({"state": "no_trace"})


def _other(symbol: str) -> tuple[Desk, PositionKey]:
    desk = Desk()
    return desk, next(row.key for row in desk.snapshot.positions if row.symbol == symbol)


def stops_small_ticks() -> Made:
    """Seven decimals in every price."""
    desk, key = _other("1000PEPEUSDT")
    dialog = TradingStopDialog(desk.bridge, key)
    type_into(dialog.stop_loss.edits[PRICE], "0.0106000")
    return desk, dialog


def close_large() -> Made:
    """Six-figure quantities of a long name, in value."""
    desk, key = _other("1000PEPEUSDT")
    return desk, ClosePositionDialog(desk.bridge, key)


def stops_large() -> Made:
    """A short with prices in the tens of thousands."""
    desk, key = _other("BTCUSDT")
    dialog = TradingStopDialog(desk.bridge, key)
    type_into(dialog.stop_loss.edits[PRICE], "66,000.5")
    return desk, dialog


def _refused(detail: str) -> Any:
    return samples.closing_command(samples.position()).__class__(
        command_id="c-1", kind="close", key=SOL, state="refused", created_ms=0, ret_code=110017, detail=detail
    )


STATES: Mapping[str, Callable[[], Made]] = MappingProxyType(
    {
        make.__name__.replace("_", "-"): make
        for make in (
            close_normal, close_live_changed, close_limit, close_waiting, close_error, close_refused, close_gone,
            close_stale, close_large, close_unknown, close_no_trace, close_all_normal, close_all_error, close_all_live,
            close_all_progress, close_all_locked, close_all_changed, close_all_unknown, cancel_one, cancel_gone,
            cancel_locked, cancel_orphans, cancel_progress, cancel_error, cancel_unknown, stops_normal, stops_error,
            stops_live_changed, stops_unknown, stops_partial,
            stops_partial_error, stops_partial_changed, stops_partial_unknown, stops_trailing, stops_break_even,
            stops_trigger, stops_undo, stops_no_trace, stops_gone, stops_small_ticks, stops_large, timeline_done,
            timeline_unknown, timeline_no_trace, leaving,
        )
    }
)  # fmt: skip

# The manual's pictures: normal, error, changed and unknown of each dialog.
DOCUMENTED = (
    "close-normal", "close-error", "close-live-changed", "close-unknown", "close-no-trace",
    "stops-normal", "stops-error", "stops-live-changed", "stops-unknown", "stops-trailing", "stops-break-even",
    "stops-undo", "stops-no-trace",
    "stops-partial", "stops-partial-error", "stops-partial-changed", "stops-partial-unknown",
    "close-all-normal", "close-all-error", "close-all-changed", "close-all-unknown", "close-all-locked",
    "close-all-live", "close-all-progress",
    "cancel-one", "cancel-error", "cancel-gone", "cancel-unknown", "cancel-locked", "cancel-progress",
    "timeline-done", "timeline-unknown", "leaving",
)  # fmt: skip
