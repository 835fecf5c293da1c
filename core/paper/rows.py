"""Orders, executions, closed PnL and log entries → the row dictionaries of Bybit v5: text for amounts, few integers."""

from __future__ import annotations

from decimal import Decimal

from core.paper.figures import cut, plain
from core.paper.instruments import Instrument
from core.paper.ledger import ClosedPnl, Execution, LogRow
from core.paper.market import Row
from core.paper.orders import Order


def order_row(order: Order) -> Row:
    """A row of ``order/realtime`` and ``order/history``."""
    i = order.instrument
    coin = i.settle
    fees = plain(order.fees)
    return {
        "orderId": order.order_id,
        "orderLinkId": order.link_id,
        "parentOrderLinkId": order.parent_link_id,
        "blockTradeId": "",
        "symbol": order.symbol,
        "price": _price_or_zero(i, order.price),
        "qty": i.qty_text(order.qty),
        "side": order.side,
        "isLeverage": "",
        "positionIdx": order.position_idx,
        "orderStatus": order.status,
        "createType": order.create_type,
        "cancelType": order.cancel_type,
        "rejectReason": order.reject_reason,
        "avgPrice": _average(order),
        "leavesQty": i.qty_text(order.leaves) if order.is_open else "0",
        "leavesValue": _leaves_value(order),
        "cumExecQty": i.qty_text(order.filled),
        "cumExecValue": plain(order.filled_value),
        "cumExecFee": fees,
        "cumFeeDetail": {coin: fees} if order.filled else {},
        "timeInForce": order.time_in_force,
        "orderType": order.order_type,
        "stopOrderType": order.stop_order_type,
        "orderIv": "",
        "marketUnit": "",
        "triggerPrice": _price_or_empty(i, order.trigger_price),
        "takeProfit": _price_or_empty(i, order.take_profit),
        "stopLoss": _price_or_empty(i, order.stop_loss),
        "tpslMode": order.tpsl_mode or "UNKNOWN",
        "tpLimitPrice": _price_or_zero(i, order.tp_limit_price),
        "slLimitPrice": _price_or_zero(i, order.sl_limit_price),
        "tpTriggerBy": order.tp_trigger_by,
        "slTriggerBy": order.sl_trigger_by,
        "triggerDirection": order.trigger_direction,
        "triggerBy": order.trigger_by,
        "lastPriceOnCreated": _price_or_empty(i, order.last_on_create),
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": order.close_on_trigger,
        "placeType": "",
        "smpType": "None",
        "smpGroup": 0,
        "smpOrderId": "",
        "slippageToleranceType": order.slippage_type,
        "slippageTolerance": order.slippage,
        "createdTime": str(order.created_ms),
        "updatedTime": str(order.updated_ms),
        "extraFees": "",
        "rpiTakerAccess": False,
        "rpiMatchedQty": "0",
    }


def order_stream_row(order: Order) -> Row:
    """A row of the ``order`` topic."""
    return {
        **order_row(order),
        "category": order.instrument.category,
        "closedPnl": plain(order.closed_pnl),
        "brokerOrderPrice": "",
    }


def _average(order: Order) -> str:
    if not order.filled:
        return ""
    price = order.filled / order.filled_value if order.instrument.inverse else order.filled_value / order.filled
    return plain(price.quantize(Decimal("1E-8")))


def _leaves_value(order: Order) -> str:
    if not order.is_open or not order.price:
        return "0"
    return plain(order.instrument.value(order.leaves, order.price))


def _price_or_empty(instrument: Instrument, price: Decimal) -> str:
    return instrument.price_text(price) if price else ""


def _price_or_zero(instrument: Instrument, price: Decimal) -> str:
    return instrument.price_text(price) if price else "0"


def execution_row(execution: Execution) -> Row:
    """A row of ``execution/list``; funding has orderType ``UNKNOWN``, orderQty ``"0"`` and an empty createType."""
    order, i = execution.order, execution.order.instrument
    funding = execution.exec_type == "Funding"
    return {
        "symbol": i.symbol,
        "orderId": order.order_id,
        "orderLinkId": order.link_id,
        "side": execution.side,
        "orderPrice": _price_or_zero(i, order.price),
        "orderQty": "0" if funding else i.qty_text(order.qty),
        "leavesQty": i.qty_text(execution.leaves),
        "createType": "" if funding else order.create_type,
        "orderType": "UNKNOWN" if funding else order.order_type,
        "stopOrderType": "UNKNOWN" if funding else order.stop_order_type or "UNKNOWN",
        "execFee": plain(execution.fee),
        "execId": execution.exec_id,
        "execPrice": i.price_text(execution.price),
        "execQty": i.qty_text(execution.qty),
        "execType": execution.exec_type,
        "execValue": plain(execution.value),
        "execTime": str(execution.time_ms),
        "feeCurrency": "",
        "isMaker": execution.is_maker,
        "feeRate": plain(cut(execution.fee_rate, 6) if funding else execution.fee_rate),
        "tradeIv": "",
        "markIv": "",
        "markPrice": i.price_text(execution.mark),
        "indexPrice": i.price_text(execution.index_price),
        "underlyingPrice": "",
        "blockTradeId": "",
        "closedSize": i.qty_text(execution.closed_size),
        "seq": execution.seq,
        "extraFees": "",
    }


def execution_stream_row(execution: Execution) -> Row:
    """A row of the ``execution`` topic."""
    return {
        **execution_row(execution),
        "category": execution.order.instrument.category,
        "isLeverage": "0",
        "execPnl": plain(execution.pnl),
        "marketUnit": "",
    }


def closed_pnl_row(row: ClosedPnl) -> Row:
    """A row of ``position/closed-pnl``."""
    order, i = row.order, row.order.instrument
    return {
        "symbol": i.symbol,
        "orderId": order.order_id,
        "side": order.side,
        "qty": i.qty_text(order.qty),
        "orderPrice": _price_or_zero(i, order.price),
        "orderType": order.order_type,
        "execType": row.exec_type,
        "closedSize": i.qty_text(row.closed_size),
        "cumEntryValue": plain(row.entry_value),
        "avgEntryPrice": _ratio(i, row.closed_size, row.entry_value),
        "cumExitValue": plain(row.exit_value),
        "avgExitPrice": _ratio(i, row.closed_size, row.exit_value),
        "closedPnl": plain(row.net),
        "fillCount": str(row.fill_count),
        "leverage": plain(row.leverage),
        "openFee": plain(row.open_fee),
        "closeFee": plain(row.close_fee),
        "createdTime": str(row.created_ms),
        "updatedTime": str(row.updated_ms),
    }


def _ratio(instrument: Instrument, qty: Decimal, value: Decimal) -> str:
    price = qty / value if instrument.inverse else value / qty
    return plain(price.quantize(Decimal("1E-8")))


def log_row(row: LogRow) -> Row:
    """A row of ``account/transaction-log``: change = cashFlow + funding − fee."""
    execution = row.execution
    i = execution.order.instrument if execution else None
    return {
        "id": f"{row.number:012d}_{row.coin}",
        "symbol": i.symbol if i else "",
        "category": i.category if i else "",
        "side": execution.side if execution else "None",
        "transactionTime": str(row.time_ms),
        "type": row.kind,
        "transSubType": "",
        "qty": i.qty_text(execution.qty) if i and execution else "0",
        "size": i.qty_text(row.position_size) if i else "0",
        "currency": row.coin,
        "tradePrice": i.price_text(execution.price) if i and execution else "0",
        "funding": plain(row.funding) if row.funding else "",
        "fee": plain(row.fee),
        "cashFlow": plain(row.cash_flow),
        "change": plain(row.change),
        "cashBalance": plain(row.balance),
        "feeRate": plain(execution.fee_rate) if execution else "0",
        "bonusChange": "",
        "tradeId": execution.exec_id if execution else "",
        "orderId": execution.order.order_id if execution else "",
        "orderLinkId": execution.order.link_id if execution else "",
        "extraFees": "",
    }


def ids(order: Order) -> Row:
    """What most commands answer."""
    return {"orderId": order.order_id, "orderLinkId": order.link_id}
