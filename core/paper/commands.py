"""What a client may do: create, amend, cancel, leverage, position mode, margin mode. Trading stops are in ``stops``."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from core.paper import requests, rows
from core.paper.endings import Endings
from core.paper.figures import ONE
from core.paper.market import Row
from core.paper.matching import Matching
from core.paper.orders import Order
from core.paper.outbox import Outbox
from core.paper.refusals import Refused, bad, gone, no_money
from core.paper.requests import Body, given
from core.paper.venue import CROSS, ISOLATED, Venue

AMENDABLE = (
    "qty", "leaves", "price", "trigger_price", "trigger_by", "take_profit", "stop_loss", "tp_trigger_by",
    "sl_trigger_by", "tp_limit_price", "sl_limit_price", "tpsl_mode",
)  # fmt: skip


class Commands:
    """The orders of a client, validated and carried out."""

    def __init__(self, venue: Venue, outbox: Outbox, endings: Endings, matching: Matching) -> None:
        self._venue = venue
        self._outbox = outbox
        self._endings = endings
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
            self._matching.place(order)
            self._matching.settle_down()

    def amend(self, raw: Body) -> Row:
        """``order/amend``: quantity, price, trigger and attached stops of an order that is still open."""
        body = given(raw)
        order = self._find(body)
        i = order.instrument
        wanted = replace(order)
        if "qty" in body:
            wanted.qty = requests.read_number(body, "qty", "Qty")
            wanted.leaves = wanted.qty - order.filled
        for key, name in (("price", "price"), ("triggerPrice", "trigger_price")):
            if key in body:
                setattr(wanted, name, requests.read_price(body, key, i))
        _amend_stops(wanted, body)
        self._check_amend(order, wanted)
        changed = [name for name in AMENDABLE if getattr(order, name) != getattr(wanted, name)]
        if not changed and not order.is_position_stop:
            raise bad("order not modified")
        for name in changed:
            setattr(order, name, getattr(wanted, name))
        order.updated_ms = self._venue.now_ms
        if order.pair is not None and changed:  # one leg changed alone: the pair is no longer bound
            order.pair.pair = None
            order.pair = None
        self._resume(order)
        return rows.ids(order)

    def _check_amend(self, order: Order, wanted: Order) -> None:
        """The rules of creation again, for what would become of the order."""
        i = self._venue.market.instruments[order.symbol]
        if wanted.qty % i.step or not i.min_qty <= wanted.qty <= i.max_qty:
            raise bad("Qty invalid")
        if wanted.qty <= order.filled:
            raise Refused(110064, "The new order quantity is below the filled quantity.")
        if order.order_type == "Limit" and not wanted.price:
            raise bad("Price invalid")
        if wanted.trigger_price != order.trigger_price and not (order.is_conditional and wanted.trigger_price):
            raise bad("triggerPrice invalid")
        if order.is_position_stop:
            self._check_stop(order, wanted)
        elif order.is_conditional:
            requests.check_trigger(self._venue, wanted)
        else:
            requests.check_band(self._venue, wanted)
            requests.check_attached(self._venue, wanted)
        extra = self._venue.order_margin(wanted) - self._venue.order_margin(order)
        if extra > 0 and extra > self._venue.available(order.instrument.settle):
            raise no_money()

    def _check_stop(self, order: Order, wanted: Order) -> None:
        """A child of a trading stop keeps its side of the market, and a full one its size."""
        if order.is_conditional:
            requests.check_trigger(self._venue, wanted)
        if order.tpsl_mode == "Full" and wanted.qty != order.qty:
            raise bad("Qty invalid")
        if wanted.leaves > self._venue.position(order.symbol, order.position_idx).size:
            raise bad("Qty invalid")

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
        self._endings.drop(order, "CancelByUser")
        if partner is not None:
            self._endings.drop(partner, "CancelByUser")

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
                self._endings.drop(order, "CancelByUser")
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


def _amend_stops(order: Order, body: Body) -> None:
    """Attached TP/SL of an order that is still open; ``"0"`` removes one."""
    i = order.instrument
    if order.trigger_price:
        order.trigger_by = requests.read_word(body, "triggerBy", requests.TRIGGERS, order.trigger_by or "LastPrice")
    if "takeProfit" not in body and "stopLoss" not in body:
        return
    if order.is_position_stop:
        return  # observed: acknowledged, and without any effect
    if order.closes_only:
        raise bad("reduce-only order can not set tp/sl")
    for key, name, by_key, by_name in (
        ("takeProfit", "take_profit", "tpTriggerBy", "tp_trigger_by"),
        ("stopLoss", "stop_loss", "slTriggerBy", "sl_trigger_by"),
    ):
        if key in body:
            setattr(order, name, requests.read_price(body, key, i))
            by = requests.read_word(body, by_key, requests.TRIGGERS, getattr(order, by_name) or "LastPrice")
            setattr(order, by_name, by if getattr(order, name) else "")
    if order.take_profit or order.stop_loss:
        order.tpsl_mode = requests.read_word(body, "tpslMode", ("Full", "Partial"), order.tpsl_mode or "Full")


def _passes(order: Order, body: Body) -> bool:
    """The orderFilter of cancel-all: ``Order`` active ones, ``StopOrder`` waiting ones; ``Stop`` spares TP/SL."""
    wanted = body.get("orderFilter")
    if wanted == "Order":
        return not order.stop_order_type or not order.is_conditional
    if wanted == "StopOrder":
        only_plain = body.get("stopOrderType") == "Stop"
        return order.is_conditional and (order.stop_order_type == "Stop" or not only_plain)
    return True
