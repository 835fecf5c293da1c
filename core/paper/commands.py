"""What a client may do: create, amend, cancel, leverage, position mode, margin mode. Trading stops are in ``stops``."""

from __future__ import annotations

from decimal import Decimal

from core.paper import requests, rows
from core.paper.figures import ONE
from core.paper.market import Row
from core.paper.matching import Matching, closable
from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.refusals import Refused, bad, gone, no_money
from core.paper.requests import Body, given
from core.paper.venue import CROSS, ISOLATED, Venue


class Commands:
    """The orders of a client, validated and carried out."""

    def __init__(self, venue: Venue, outbox: Outbox, matching: Matching) -> None:
        self._venue = venue
        self._outbox = outbox
        self._matching = matching

    def create(self, body: Body) -> Row:
        """``order/create``: the answer only says that the order was accepted."""
        orders = requests.read_order(self._venue, body)
        delay = self._venue.delays_ms.pop(0) if self._venue.delays_ms else None
        for order in orders:
            if delay is not None:
                self._venue.late.append((self._venue.now_ms + delay, order))
            else:
                self._matching.place(order)
                self._matching.settle_down()
        return rows.ids(orders[0])

    def bring_late(self) -> None:
        """Let delayed orders whose time has come reach the market."""
        venue = self._venue
        due = [order for when, order in venue.late if when <= venue.now_ms]
        venue.late = [entry for entry in venue.late if entry[0] > venue.now_ms]
        for order in due:
            order.created_ms = venue.now_ms
            if order.closes_only and not closable(venue.position(order.symbol, order.position_idx), order.side):
                order.qty = max(order.qty, order.instrument.min_qty)
            self._matching.place(order)
            self._matching.settle_down()

    def amend(self, raw: Body) -> Row:
        """``order/amend``: quantity, price, trigger and attached stops of an order that is still open."""
        body = given(raw)
        order = self._find(body)
        i = order.instrument
        before = _amendable(order)
        qty = requests.read_number(body, "qty", "Qty") if "qty" in body else order.qty
        price = requests.read_price(body, "price", i) if "price" in body else order.price
        trigger = requests.read_price(body, "triggerPrice", i) if "triggerPrice" in body else order.trigger_price
        self._check_amend(order, qty, price, trigger, body)
        order.qty, order.leaves, order.price, order.trigger_price = qty, qty - order.filled, price, trigger
        _amend_stops(order, body)
        if _amendable(order) == before:
            raise bad("order not modified")
        order.updated_ms = self._venue.now_ms
        if order.pair is not None:  # one leg changed alone: the pair is no longer bound
            order.pair.pair = None
            order.pair = None
        self._resume(order)
        return rows.ids(order)

    def _check_amend(self, order: Order, qty: Decimal, price: Decimal, trigger: Decimal, body: Body) -> None:
        i = order.instrument
        if qty % i.step or qty < i.min_qty or qty > i.max_qty:
            raise bad("Qty invalid")
        if qty <= order.filled:
            raise Refused(110064, "The new order quantity is below the filled quantity.")
        if order.order_type == "Limit" and not price:
            raise bad("Price invalid")
        if "triggerPrice" in body and not (order.is_conditional and trigger):
            raise bad("triggerPrice invalid")
        self._check_on_copy(order, qty, price, trigger)

    def _check_on_copy(self, order: Order, qty: Decimal, price: Decimal, trigger: Decimal) -> None:
        """Check band, trigger side and money with the new values in place, and put the old ones back."""
        old = order.price, order.trigger_price, order.leaves
        held = self._venue.order_margin(order)
        order.price, order.trigger_price, order.leaves = price, trigger, qty - order.filled
        try:
            if order.is_conditional:
                requests.check_trigger(self._venue, order)
            elif order.order_type == "Limit":
                requests.check_band(self._venue, order)
            wanted = self._venue.order_margin(order)
            if wanted > held and wanted - held > self._venue.available(order.instrument.settle) + held:
                raise no_money()
        finally:
            order.price, order.trigger_price, order.leaves = old

    def _resume(self, order: Order) -> None:
        """An amended resting order meets the book again; a waiting one only says its new values."""
        if order.is_conditional or self._venue.holding:
            self._outbox.say_order(order)
        else:
            self._matching.work(order)
            self._matching.settle_down()

    def cancel(self, raw: Body) -> Row:
        """``order/cancel``; cancelling one leg of a bound pair takes the other with it."""
        order = self._find(given(raw))
        self._end_by_user(order)
        return rows.ids(order)

    def _find(self, body: Body) -> Order:
        instrument = self._venue.instrument(body.get("symbol"), body.get("category"))
        order_id, link_id = str(body.get("orderId", "")), str(body.get("orderLinkId", ""))
        if not order_id and not link_id:
            raise bad("orderId or orderLinkId is required")
        order = self._venue.shelf.find(order_id, link_id)
        if order is None or not order.is_open or order.symbol != instrument.symbol:
            raise gone()
        return order

    def _end_by_user(self, order: Order) -> None:
        partner = order.pair
        self._matching.drop_stop(order, "CancelByUser")
        if partner is not None:
            self._matching.drop_stop(partner, "CancelByUser")

    def cancel_all(self, raw: Body) -> Row:
        """``order/cancel-all`` by symbol, base coin or settle coin; without a filter TP/SL and trailing go too."""
        body = given(raw)
        category = body.get("category")
        if category not in {"linear", "inverse"}:
            raise bad("Illegal category")
        symbol, base, settle = body.get("symbol"), body.get("baseCoin"), body.get("settleCoin")
        if symbol is None and base is None and settle is None:
            raise bad("params error: symbol, baseCoin or settleCoin is required")
        if symbol is not None:
            self._venue.instrument(symbol, category)
        chosen = [
            order
            for order in self._venue.shelf.all_open()
            if order.instrument.category == category
            and (symbol is None or order.symbol == symbol)
            and (symbol is not None or base is None or order.instrument.base == base)
            and (symbol is not None or base is not None or order.instrument.settle == settle)
            and _passes(order, body)
        ][:500]
        for order in chosen:
            if order.is_open:
                self._matching.drop_stop(order, "CancelByUser")
        return {"list": [rows.ids(order) for order in chosen], "success": "1"}

    def set_leverage(self, raw: Body) -> Row:
        """``position/set-leverage``: both sides equal, but for a hedged symbol in isolated margin."""
        body = given(raw)
        venue = self._venue
        i = venue.instrument(body.get("symbol"), body.get("category", "linear"))
        buy = requests.read_number(body, "buyLeverage", "buy leverage")
        sell = requests.read_number(body, "sellLeverage", "sell leverage")
        may_differ = bool(venue.hedged.get(i.symbol)) and not venue.is_cross
        if buy != sell and not may_differ:
            raise bad("buy leverage must equal sell leverage")
        for name, leverage in (("buy", buy), ("sell", sell)):
            if leverage < ONE or leverage % Decimal("0.01"):
                raise bad(f"{name} leverage invalid")
            self._check_tier(i.symbol, name, leverage)
        if (buy, sell) == (venue.leverage(i.symbol, "Buy"), venue.leverage(i.symbol, "Sell")):
            raise Refused(110043, "leverage not modified")
        self._apply_leverage(i.symbol, i.settle, buy, sell)
        return {}

    def _check_tier(self, symbol: str, name: str, leverage: Decimal) -> None:
        """The highest leverage is that of the tier which the position stands in."""
        i = self._venue.market.instruments[symbol]
        sizes = [p.size for p in self._venue.positions_of(symbol)]
        price = ONE if i.inverse else self._venue.mark(symbol)
        most = min(i.max_leverage, i.tier_for(max(sizes) * price).max_leverage)
        if leverage > most:
            text = f"cannot set leverage [{int(leverage * 100)}] gt maxLeverage [{int(most * 100)}] by risk limit"
            raise Refused(110013, text)

    def _apply_leverage(self, symbol: str, coin: str, buy: Decimal, sell: Decimal) -> None:
        venue = self._venue
        old = venue.leverage(symbol, "Buy"), venue.leverage(symbol, "Sell")
        venue.set_leverage(symbol, buy, sell)
        if venue.available(coin) < 0 and (buy < old[0] or sell < old[1]):
            venue.set_leverage(symbol, *old)
            raise no_money()
        for position in venue.positions_of(symbol):
            self._outbox.touch(position)

    def switch_mode(self, raw: Body) -> Row:
        """``position/switch-mode`` of a symbol, or of every symbol of a coin that has neither position nor order."""
        body = given(raw)
        mode = str(body.get("mode", ""))
        if body.get("category", "linear") != "linear" or mode not in {"0", "3"}:
            raise bad("Illegal category" if mode in {"0", "3"} else "mode invalid")
        hedge = mode == "3"
        if "symbol" in body:
            self._switch_symbol(self._venue.instrument(body["symbol"], "linear").symbol, hedge=hedge)
            return {}
        if "coin" not in body:
            raise bad("params error: symbol or coin is required")
        for i in self._venue.market.instruments.values():
            if i.settle == body["coin"] and i.settle == "USDT" and not self._is_busy(i.symbol):
                self._venue.hedged[i.symbol] = hedge
        return {}

    def _switch_symbol(self, symbol: str, *, hedge: bool) -> None:
        venue = self._venue
        if venue.market.instruments[symbol].settle != "USDT":
            raise Refused(110029, "Position mode does not support for the symbol")
        if bool(venue.hedged.get(symbol)) is hedge:
            raise Refused(110025, "Position mode is not modified")
        if any(position.size for position in venue.positions_of(symbol)):
            raise Refused(110024, "Existing positions, so position mode cannot be modified")
        if venue.shelf.open_of(symbol):
            raise Refused(110028, "Existing open orders, so position mode cannot be modified")
        venue.hedged[symbol] = hedge

    def _is_busy(self, symbol: str) -> bool:
        positions = self._venue.positions_of(symbol)
        return any(position.size for position in positions) or bool(self._venue.shelf.open_of(symbol))

    def set_margin_mode(self, raw: Body) -> Row:
        """``account/set-margin-mode``: account-wide; portfolio margin is not offered here."""
        mode = given(raw).get("setMarginMode")
        if mode not in {CROSS, ISOLATED, "PORTFOLIO_MARGIN"}:
            raise bad("setMarginMode invalid")
        if mode == "PORTFOLIO_MARGIN":
            raise Refused(3400045, "Set margin mode failed")
        if mode == self._venue.margin_mode:
            raise Refused(110026, "Cross/isolated margin mode is not modified")
        self._venue.margin_mode = str(mode)
        self._venue.margin_mode_ms = self._venue.now_ms
        for position in self._venue.ledger.open_positions():
            self._outbox.touch(position)
        self._outbox.move_money()
        return {"reasons": []}


def _amendable(order: Order) -> tuple[object, ...]:
    return (
        order.qty, order.price, order.trigger_price, order.take_profit, order.stop_loss, order.trigger_by,
        order.tp_trigger_by, order.sl_trigger_by, order.tp_limit_price, order.sl_limit_price,
    )  # fmt: skip


def _amend_stops(order: Order, body: Body) -> None:
    """Attached TP/SL of an order that has not filled; ``"0"`` removes one."""
    i = order.instrument
    if order.closes_only and ("takeProfit" in body or "stopLoss" in body):
        raise bad("reduce-only order can not set tp/sl")
    order.take_profit = requests.read_price(body, "takeProfit", i) if "takeProfit" in body else order.take_profit
    order.stop_loss = requests.read_price(body, "stopLoss", i) if "stopLoss" in body else order.stop_loss
    order.trigger_by = requests.read_word(body, "triggerBy", requests.TRIGGERS, order.trigger_by or "LastPrice")
    if not order.trigger_price:
        order.trigger_by = ""
    if order.take_profit:
        order.tp_trigger_by = requests.read_word(
            body, "tpTriggerBy", requests.TRIGGERS, order.tp_trigger_by or "LastPrice"
        )
    if order.stop_loss:
        order.sl_trigger_by = requests.read_word(
            body, "slTriggerBy", requests.TRIGGERS, order.sl_trigger_by or "LastPrice"
        )
    order.tpsl_mode = order.tpsl_mode or ("Full" if order.take_profit or order.stop_loss else "")


def _passes(order: Order, body: Body) -> bool:
    """The orderFilter of cancel-all: ``Order`` active ones, ``StopOrder`` waiting ones; ``Stop`` spares TP/SL."""
    wanted = body.get("orderFilter")
    if wanted == "Order":
        return not order.stop_order_type or not order.is_conditional
    if wanted == "StopOrder":
        only_plain = body.get("stopOrderType") == "Stop"
        return order.is_conditional and (order.stop_order_type == "Stop" or not only_plain)
    return True
