"""From the body of a request to a validated order: Bybit's checks in Bybit's words. Nothing is changed here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from core.paper.figures import ZERO, parse
from core.paper.instruments import Instrument
from core.paper.margin import tier_value
from core.paper.orders import Order
from core.paper.refusals import Refused, bad, flat, no_money, wrong_side_stop, wrong_side_trigger
from core.paper.venue import Venue

Body = Mapping[str, object]

TRIGGERS = ("LastPrice", "MarkPrice", "IndexPrice")
MOST_ACTIVE, MOST_CONDITIONAL = 500, 10
_LINK_ID = re.compile(r"[A-Za-z0-9_-]{1,36}", re.ASCII)


def given(body: Body) -> dict[str, object]:
    """The keys that carry something: clients send null and empty text for what they leave out."""
    return {name: value for name, value in body.items() if value is not None and value != ""}


def read_number(body: Body, name: str, what: str) -> Decimal:
    """A number of the request; zero when it is missing.

    Raises:
        Refused: 10001, it is not a plain number or below zero.
    """
    try:
        value = parse(body.get(name, "0"))
    except ValueError:
        raise bad(f"{what} invalid") from None
    if value < 0:
        raise bad(f"{what} invalid")
    return value


def read_price(body: Body, name: str, instrument: Instrument) -> Decimal:
    """A price on the tick, or zero for none.

    Raises:
        Refused: 10001 off tick, 110003 outside the filter.
    """
    price = read_number(body, name, name)
    if price and not instrument.min_price <= price <= instrument.max_price:
        raise Refused(110003, "Order price exceeds the allowable range.")
    if price % instrument.tick:
        raise bad(f"params error: {name} does not match tick size {instrument.tick:f}")
    return price


def read_word(body: Body, name: str, allowed: tuple[str, ...], default: str) -> str:
    """One of Bybit's words, spelt exactly."""
    value = body.get(name, default)
    if value not in allowed:
        raise bad(f"{name[0].upper()}{name[1:]} invalid")
    return str(value)


def read_flag(body: Body, name: str) -> bool:
    """A boolean; the texts that some clients send count too."""
    return body.get(name) in (True, "true", "True", 1)


def read_order(venue: Venue, raw: Body) -> list[Order]:
    """Validate ``order/create``.

    Returns:
        One order, or several when a closing quantity exceeds the maximum of one order; none is placed yet.
    Raises:
        Refused: with the code and text of V5_FACTS 6.17.
    """
    body = given(raw)
    instrument = venue.instrument(body.get("symbol"), body.get("category"))
    if instrument.status != "Trading":
        raise Refused(110074, "This contract is not live")
    order = _shape(venue, instrument, body)
    _check_link(venue, order.link_id)
    _read_stops(order, body)
    if order.closes_only:
        _fit_closing(venue, order)
    _check_size(venue, order)
    _check_prices(venue, order)
    _check_counts(venue, order)
    _check_money(venue, order)
    return _split(venue, order)


def _shape(venue: Venue, instrument: Instrument, body: Body) -> Order:
    """The order as written, with the plain checks of each field."""
    side = read_word(body, "side", ("Buy", "Sell"), "")
    order_type = read_word(body, "orderType", ("Market", "Limit"), "")
    order = Order(
        venue.new_id(),
        instrument,
        side,
        order_type,
        read_number(body, "qty", "Qty"),
        venue.now_ms,
        link_id=str(body.get("orderLinkId", "")),
        position_idx=venue.check_idx(instrument.symbol, body.get("positionIdx", 0)),
        reduce_only=read_flag(body, "reduceOnly"),
        close_on_trigger=read_flag(body, "closeOnTrigger"),
        last_on_create=venue.market.quote(instrument.symbol).last,
    )
    _read_force(order, body)
    _read_trigger(venue, order, body)
    return order


def _read_force(order: Order, body: Body) -> None:
    """Price and time in force; a market order is always IOC, with its slippage tolerance."""
    if order.order_type == "Limit":
        order.price = read_price(body, "price", order.instrument)
        if not order.price:
            raise bad("Price invalid")
        order.time_in_force = read_word(body, "timeInForce", ("GTC", "IOC", "FOK", "PostOnly"), "GTC")
        return
    order.time_in_force = "IOC"
    if "slippageToleranceType" in body and body["slippageToleranceType"] != "UNKNOWN":
        order.slippage_type = read_word(body, "slippageToleranceType", ("TickSize", "Percent"), "")
        amount = read_number(body, "slippageTolerance", "slippageTolerance")
        most = Decimal(10_000) if order.slippage_type == "TickSize" else Decimal(10)
        if not 0 < amount <= most:
            raise bad("slippageTolerance invalid")
        order.slippage = str(body["slippageTolerance"])


def _read_trigger(venue: Venue, order: Order, body: Body) -> None:
    """A trigger price makes the order conditional; it must lie ahead of the market."""
    order.trigger_price = read_price(body, "triggerPrice", order.instrument)
    if not order.trigger_price:
        return
    direction = str(body.get("triggerDirection", ""))
    if direction not in {"1", "2"}:
        raise bad("TriggerDirection invalid")
    order.trigger_direction = int(direction)
    order.trigger_by = read_word(body, "triggerBy", TRIGGERS, "LastPrice")
    check_trigger(venue, order)
    order.status, order.stop_order_type, order.create_type = "Untriggered", "Stop", "CreateByUser"


def check_trigger(venue: Venue, order: Order) -> None:
    """Refuse a trigger that the market has already passed."""
    current = venue.market.quote(order.symbol).by(order.trigger_by)
    rising = order.trigger_direction == 1
    if (order.trigger_price <= current) if rising else (order.trigger_price >= current):
        raise wrong_side_trigger(order.trigger_direction, order.trigger_price, current, order.instrument)


def _check_link(venue: Venue, link_id: str) -> None:
    if not link_id:
        return
    if not _LINK_ID.fullmatch(link_id):
        raise bad("OrderLinkId invalid")
    if venue.shelf.link_is_used(link_id) or any(order.link_id == link_id for _, order in venue.late):
        raise Refused(110072, "OrderLinkedID is duplicate")


def _read_stops(order: Order, body: Body) -> None:
    """TP and SL that will be set when the order fills."""
    order.take_profit = read_price(body, "takeProfit", order.instrument)
    order.stop_loss = read_price(body, "stopLoss", order.instrument)
    if not order.take_profit and not order.stop_loss:
        return
    if order.closes_only:
        raise bad("reduce-only order can not set tp/sl")
    order.tpsl_mode = read_word(body, "tpslMode", ("Full", "Partial"), "Full")
    if order.take_profit:
        order.tp_trigger_by = read_word(body, "tpTriggerBy", TRIGGERS, "LastPrice")
        order.tp_order_type = read_word(body, "tpOrderType", ("Market", "Limit"), "Market")
        order.tp_limit_price = read_price(body, "tpLimitPrice", order.instrument)
    if order.stop_loss:
        order.sl_trigger_by = read_word(body, "slTriggerBy", TRIGGERS, "LastPrice")
        order.sl_order_type = read_word(body, "slOrderType", ("Market", "Limit"), "Market")
        order.sl_limit_price = read_price(body, "slLimitPrice", order.instrument)
    check_limit_legs(order)


def check_limit_legs(order: Order) -> None:
    """Only partial legs may be limit orders, and then they need a price."""
    for name, kind, price in (
        ("tp", order.tp_order_type, order.tp_limit_price),
        ("sl", order.sl_order_type, order.sl_limit_price),
    ):
        if kind == "Limit" and order.tpsl_mode == "Full":
            raise bad(f"{name}OrderType only support Market when tpSlMode is Full")
        if kind == "Limit" and not price:
            raise bad(f"{name}LimitPrice invalid")


def check_stop_sides(
    take_profit: Decimal, stop_loss: Decimal, side: str, bases: tuple[Decimal, Decimal], texts: tuple[str, str],
    instrument: Instrument,
) -> None:  # fmt: skip
    """A long needs SL < base < TP, a short the reverse.

    Args:
        side: of the position that the stops protect.
        bases: what TP and SL are compared with; ``texts`` names those prices in the refusal.
    """
    long = side == "Buy"
    if take_profit and ((take_profit <= bases[0]) if long else (take_profit >= bases[0])):
        raise wrong_side_stop("TakeProfit", take_profit, bases[0], side, texts[0], instrument)
    if stop_loss and ((stop_loss >= bases[1]) if long else (stop_loss <= bases[1])):
        raise wrong_side_stop("StopLoss", stop_loss, bases[1], side, texts[1], instrument)


def _fit_closing(venue: Venue, order: Order) -> None:
    """Cut a closing order to the position; ``qty "0"`` with both flags means all of it.

    A conditional one is left as written: what it may close is decided when it is triggered.
    """
    position = venue.position(order.symbol, order.position_idx)
    everything = not order.qty and order.reduce_only and order.close_on_trigger
    if order.is_conditional and not everything:
        return
    if not position.size:
        raise flat()
    room = position.closable(order.side)
    if not room:
        raise Refused(110017, "orderQty will be truncated to zero.")
    if everything:
        order.qty = room
    else:
        order.qty = min(room, order.qty)


def _check_size(venue: Venue, order: Order) -> None:
    i = order.instrument
    whole = order.closes_only and order.qty == venue.position(order.symbol, order.position_idx).size
    if order.qty % i.step and not whole:  # all of a position can go, even after the step grew
        raise bad("Qty invalid")
    if order.qty < i.min_qty:
        raise bad("The number of contracts exceeds minimum limit allowed")
    if order.closes_only:
        return  # closing quantities are split instead, and may be worth less than the minimum
    if order.qty > (i.max_market_qty if order.order_type == "Market" else i.max_qty):
        raise bad("The number of contracts exceeds maximum limit allowed: too large")
    price = order.price or venue.market.quote(order.symbol).last
    notional = order.qty if i.inverse else order.qty * price
    if notional < i.min_notional:
        raise Refused(110094, f"Order does not meet minimum order value {i.min_notional:f}{i.quote}")


def price_limits(venue: Venue, instrument: Instrument) -> tuple[Decimal, Decimal]:
    """Highest accepted buy and lowest accepted sell price."""
    from_price = venue.mark(instrument.symbol)
    width = from_price * instrument.price_limit_ratio
    ticks = instrument.tick
    high = ((from_price + width) / ticks).to_integral_value() * ticks
    low = ((from_price - width) / ticks).to_integral_value() * ticks
    return high, max(ticks, low)


def _check_prices(venue: Venue, order: Order) -> None:
    """The price band, and attached stops on the right side of the price that will be the entry."""
    if order.price and not order.is_conditional:
        check_band(venue, order)
    check_attached(venue, order)


def check_attached(venue: Venue, order: Order) -> None:
    """TP and SL of an order lie on the right side of its price, or of the market for a market order."""
    if not order.take_profit and not order.stop_loss:
        return
    quote = venue.market.quote(order.symbol)
    base = order.price or order.trigger_price
    bases = base or quote.by(order.tp_trigger_by), base or quote.by(order.sl_trigger_by)
    texts = order.tp_trigger_by or "LastPrice", order.sl_trigger_by or "LastPrice"
    check_stop_sides(order.take_profit, order.stop_loss, order.side, bases, texts, order.instrument)


def check_band(venue: Venue, order: Order) -> None:
    """Refuse a buy above or a sell below the price limits of the moment."""
    highest_buy, lowest_sell = price_limits(venue, order.instrument)
    if order.side == "Buy" and order.price > highest_buy:
        raise Refused(30208, "The order price is higher than the maximum buying price.")
    if order.side == "Sell" and order.price < lowest_sell:
        raise Refused(30209, "The order price is lower than the minimum selling price.")


def _check_counts(venue: Venue, order: Order) -> None:
    there = venue.shelf.open_of(order.symbol)
    if order.is_conditional:
        if sum(o.stop_order_type == "Stop" and o.is_conditional for o in there) >= MOST_CONDITIONAL:
            raise Refused(110009, "The number of stop orders exceeds the maximum allowable limit.")
    elif sum(not o.is_conditional for o in there) >= MOST_ACTIVE:
        raise Refused(110020, "You can't have more than 500 active orders.")


def _check_money(venue: Venue, order: Order) -> None:
    """Initial margin for the part that opens, and the risk tier it would reach."""
    if order.closes_only or order.is_conditional:
        return
    position = venue.position(order.symbol, order.position_idx)
    opening = order.qty - position.closable(order.side)
    if opening <= 0:
        return
    i = order.instrument
    price = order.price or venue.market.quote(order.symbol).ask
    leverage = venue.leverage(order.symbol, order.side)
    value = i.value(opening, price)
    if value / leverage + value * i.taker_fee > venue.available(i.settle) + venue.freed_margin(order):
        raise no_money()
    held = position.size if position.side == order.side else ZERO
    most = i.tier_for(tier_value(i, held + opening, price)).max_leverage
    if leverage > most:
        raise Refused(
            110090,
            "Order placement failed as your position may exceed the max limit. Please adjust your leverage to "
            f"{most:f} or below to increase the max. position limit",
        )


def _split(venue: Venue, order: Order) -> list[Order]:
    """A closing quantity over the maximum of one order becomes several; the first one carries the given id."""
    i = order.instrument
    most = i.max_market_qty if order.order_type == "Market" else i.max_qty
    if order.qty <= most or not order.closes_only:
        return [order]
    parts = [order]
    rest, order.qty = order.qty - most, most
    while rest > 0:
        part = replace(
            order, order_id=venue.new_id(), qty=min(rest, most), link_id="", parent_link_id=order.link_id, children=[]
        )
        parts.append(part)
        rest -= part.qty
    return parts
