"""Records of the engine → the row dictionaries of Bybit v5, with its types: text for amounts, a few integers.

Prices that are not set are ``""`` in REST rows; the position stream writes ``"0"`` instead, and calls the entry price
``entryPrice`` (V5_FACTS 6.11 and 9.3).
"""

from __future__ import annotations

from decimal import Decimal

from core.paper import margin
from core.paper.figures import cut, floor_to, plain
from core.paper.instruments import Instrument
from core.paper.ledger import ClosedPnl, Execution, LogRow, Position
from core.paper.market import Row
from core.paper.orders import Order
from core.paper.venue import Venue


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
        "tpslMode": order.tpsl_mode,
        "tpLimitPrice": _price_or_empty(i, order.tp_limit_price),
        "slLimitPrice": _price_or_empty(i, order.sl_limit_price),
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


def position_row(venue: Venue, position: Position) -> Row:
    """A row of ``position/list``."""
    return {**_position_common(venue, position, ""), "avgPrice": _entry(position)}


def position_stream_row(venue: Venue, position: Position) -> Row:
    """A row of the ``position`` topic."""
    row = _position_common(venue, position, "0")
    flat = not position.size
    if flat:
        row["positionValue"] = row["liqPrice"] = row["unrealisedPnl"] = "0"
    return {**row, "category": position.instrument.category, "entryPrice": "0" if flat else _entry(position)}


def _entry(position: Position) -> str:
    return plain(position.entry_price) if position.size or position.created_ms else ""


def _position_common(venue: Venue, position: Position, no_price: str) -> Row:
    i, known = position.instrument, bool(position.created_ms)
    mark = venue.mark(i.symbol)
    flat = not position.size
    cross = venue.is_cross
    liquidation = venue.liquidation_price(position)
    break_even = margin.break_even(position)
    initial = plain(margin.initial_margin(position, mark, cross=cross))
    maintenance = plain(margin.maintenance_margin(position, mark, cross=cross))
    tier = i.tier_for(margin.tier_value(i, position.size, mark))
    return {
        "positionIdx": position.idx,
        "riskId": tier.tier_id,
        "riskLimitValue": plain(tier.limit),
        "symbol": i.symbol,
        "side": position.side,
        "size": i.qty_text(position.size),
        "positionValue": "" if flat else plain(position.entry_value),
        "tradeMode": 0,
        "autoAddMargin": 0,
        "positionStatus": position.status if known else "",
        "leverage": plain(position.leverage),
        "markPrice": i.price_text(mark) if known else "",
        "liqPrice": i.price_text(liquidation) if liquidation else "",
        "bustPrice": "",
        "positionIM": initial,
        "positionMM": maintenance,
        "positionIMByMp": initial,
        "positionMMByMp": maintenance,
        "positionBalance": initial,
        "tpslMode": "Full" if known else "",
        **_stop_prices(venue, position, no_price),
        "unrealisedPnl": "" if flat else plain(position.unrealised(mark)),
        "curRealisedPnl": plain(position.realised),
        "cumRealisedPnl": plain(position.realised_ever),
        "sessionAvgPrice": "",
        "breakEvenPrice": i.price_text(_on_tick(break_even, i)) if break_even else "",
        "adlRankIndicator": 0 if flat else _adl_rank(position, mark),
        "isReduceOnly": False,
        "createdTime": str(position.created_ms) if known else "",
        "openTime": 0 if flat else position.opened_ms,
        "updatedTime": str(position.updated_ms) if known else "",
        "seq": position.seq,
        "mmrSysUpdatedTime": "",
        "leverageSysUpdatedTime": "",
    }


def _on_tick(price: Decimal, instrument: Instrument) -> Decimal:
    return floor_to(price, instrument.tick)


def _stop_prices(venue: Venue, position: Position, no_price: str) -> dict[str, str]:
    """The Full-mode TP, SL and trailing distance of a position; partial ones are only orders."""
    found = {"takeProfit": no_price, "stopLoss": no_price, "trailingStop": no_price}
    i = position.instrument
    for child in venue.shelf.stops_of(i.symbol, position.idx):
        if child.stop_order_type == "TakeProfit":
            found["takeProfit"] = i.price_text(child.trigger_price)
        elif child.stop_order_type == "StopLoss":
            found["stopLoss"] = i.price_text(child.trigger_price)
        elif child.stop_order_type == "TrailingStop":
            found["trailingStop"] = i.price_text(child.trail_distance)
    return found


def _adl_rank(position: Position, mark: Decimal) -> int:
    """1 (last in the queue) … 5 (first), by return on margin: a model."""
    share = position.unrealised(mark) * position.leverage / position.entry_value
    return max(1, min(5, 2 + int(share * 2)))


def wallet_row(venue: Venue) -> Row:
    """``wallet-balance`` list[0] and the ``wallet`` topic; isolated accounts have no account-wide margin."""
    totals = venue.totals()
    coins = [_coin_row(venue, coin) for coin in venue.ledger.coins]
    row: Row = {
        "accountType": "UNIFIED",
        "accountLTV": "",
        "totalEquity": plain(totals.equity),
        "totalWalletBalance": plain(totals.wallet),
        "totalPerpUPL": plain(totals.unrealised),
    }
    margin_fields = {
        "accountIMRate": _rate(totals.initial, totals.margin_balance),
        "accountMMRate": _rate(totals.maintenance, totals.margin_balance),
        "totalMarginBalance": plain(totals.margin_balance),
        "totalAvailableBalance": plain(totals.available),
        "totalInitialMargin": plain(totals.initial),
        "totalMaintenanceMargin": plain(totals.maintenance),
    }
    for name, value in margin_fields.items():
        row[name] = value if venue.is_cross else ""
        if name in {"accountIMRate", "accountMMRate", "totalInitialMargin", "totalMaintenanceMargin"}:
            row[f"{name}ByMp"] = row[name]
    row["coin"] = coins
    return row


def _rate(part: Decimal, whole: Decimal) -> str:
    return plain(cut(part / whole, 4)) if whole > 0 else "0"


def _coin_row(venue: Venue, coin: str) -> Row:
    state = venue.ledger.coins[coin]
    order_im, position_im, position_mm, unrealised = venue.coin_margins(coin)
    equity = state.balance + unrealised
    return {
        "coin": coin,
        "equity": plain(equity),
        "usdValue": plain((equity * venue.usd(coin)).quantize(Decimal("1E-8"))),
        "walletBalance": plain(state.balance),
        "locked": "0",
        "spotHedgingQty": "0",
        "borrowAmount": "0",
        "spotBorrow": "0",
        "accruedInterest": "0",
        "totalOrderIM": plain(order_im),
        "totalPositionIM": plain(position_im),
        "totalPositionMM": plain(position_mm),
        "unrealisedPnl": plain(unrealised),
        "cumRealisedPnl": plain(state.realised),
        "bonus": "0",
        "marginCollateral": True,
        "collateralSwitch": True,
        "colRes": "0",
        "free": "",
        "availableToWithdraw": "",
        "availableToBorrow": "",
    }


def instrument_row(i: Instrument) -> Row:
    """A row of ``instruments-info``."""
    return {
        "symbol": i.symbol,
        "symbolId": i.symbol_id,
        "contractType": "InversePerpetual" if i.inverse else "LinearPerpetual",
        "status": i.status,
        "baseCoin": i.base,
        "quoteCoin": i.quote,
        "settleCoin": i.settle,
        "symbolType": "",
        "launchTime": "1585526400000",
        "deliveryTime": str(i.delivery_ms),
        "deliveryFeeRate": "",
        "priceScale": str(i.price_scale),
        "leverageFilter": {"minLeverage": "1", "maxLeverage": plain(i.max_leverage), "leverageStep": "0.01"},
        "priceFilter": {
            "minPrice": i.price_text(i.min_price),
            "maxPrice": i.price_text(i.max_price),
            "tickSize": format(i.tick, "f"),
        },
        "lotSizeFilter": {
            "maxOrderQty": plain(i.max_qty),
            "minOrderQty": plain(i.min_qty),
            "qtyStep": plain(i.step),
            "postOnlyMaxOrderQty": plain(i.max_qty),
            "maxMktOrderQty": plain(i.max_market_qty),
            "minNotionalValue": plain(i.min_notional),
        },
        "unifiedMarginTrade": True,
        "fundingInterval": i.funding_minutes,
        "copyTrading": "none",
        "upperFundingRate": "0.005",
        "lowerFundingRate": "-0.005",
        "displayName": "",
        "forbidUplWithdrawal": False,
        "riskParameters": {
            "priceLimitRatioX": plain(i.protection_ratio),
            "priceLimitRatioY": plain(i.price_limit_ratio),
        },
        "isPreListing": False,
        "preListingInfo": None,
    }


def risk_limit_rows(i: Instrument) -> list[Row]:
    """The risk ladder of one symbol."""
    return [
        {
            "id": tier.tier_id,
            "symbol": i.symbol,
            "riskLimitValue": plain(tier.limit),
            "maintenanceMargin": plain(tier.maintenance_rate),
            "initialMargin": plain(tier.initial_rate),
            "isLowestRisk": 1 if number == 0 else 0,
            "maxLeverage": format(tier.max_leverage, ".2f"),
            "mmDeduction": plain(tier.deduction) if number else "",
        }
        for number, tier in enumerate(i.tiers)
    ]


def ids(order: Order) -> Row:
    """What most commands answer."""
    return {"orderId": order.order_id, "orderLinkId": order.link_id}
