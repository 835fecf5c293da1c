"""The bodies of writes, and what a proper acknowledgement of one looks like. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from core.bybit import answers, wire
from core.bybit.fields import identifier
from core.errors import BadValue, OutcomeUnknown
from core.money import text

_LINK_ID_LIMIT = 36
_IDS = msgspec.json.Decoder(wire.OrderIds)
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])


def order_body(
    *,
    category: str,
    symbol: str,
    side: str,
    qty: Decimal,
    order_type: str,
    price: Decimal | None,
    reduce_only: bool,
    position_idx: int,
    order_link_id: str,
    time_in_force: str,
    take_profit: Decimal | None = None,
    stop_loss: Decimal | None = None,
    trigger_by: str = "MarkPrice",
) -> dict[str, Any]:
    """order/create. ``positionIdx`` and ``reduceOnly`` are always explicit; the quantity is never "everything".

    Raises:
        BadValue: no usable ``order_link_id`` (1 to 36 of ``[0-9A-Za-z_-]``), or a quantity not above zero.
    """
    if qty <= 0:
        raise BadValue("qty_not_positive", field="qty", value=text(qty))
    body: dict[str, Any] = {
        "category": category,
        "symbol": symbol,
        "side": side,
        "orderType": order_type,
        "qty": text(qty),
        "reduceOnly": reduce_only,
        "positionIdx": position_idx,
        "orderLinkId": _link_id(order_link_id),
    }
    if price is not None:
        body["price"] = text(price)
    if time_in_force:
        body["timeInForce"] = time_in_force
    if take_profit or stop_loss:
        body |= {"tpslMode": "Full", **_stop_prices(take_profit, stop_loss, trigger_by)}
    return body


def _stop_prices(take_profit: Decimal | None, stop_loss: Decimal | None, trigger_by: str) -> dict[str, str]:
    """Stops and what they are compared with; None is left out, zero is sent as ``"0"`` (removes)."""
    values = {"takeProfit": take_profit, "stopLoss": stop_loss}
    body = {name: "0" if value == 0 else text(value) for name, value in values.items() if value is not None}
    if take_profit:
        body["tpTriggerBy"] = trigger_by
    if stop_loss:
        body["slTriggerBy"] = trigger_by
    return body


def amend_body(
    *,
    category: str,
    symbol: str,
    order_id: str,
    qty: Decimal | None,
    price: Decimal | None,
    trigger_price: Decimal | None,
) -> dict[str, str]:
    """order/amend. None is left out (stays as it is).

    Raises:
        BadValue: nothing would change, or a value is not above zero.
    """
    values = {"qty": qty, "price": price, "triggerPrice": trigger_price}
    wanted = {name: value for name, value in values.items() if value is not None}
    if not wanted:
        raise BadValue("nothing_to_change", field="qty")
    for name, value in wanted.items():
        if value <= 0:
            raise BadValue("qty_not_positive" if name == "qty" else "price_missing", field=name, value=text(value))
    amounts = {name: text(value) for name, value in wanted.items()}
    return {"category": category, "symbol": symbol, "orderId": identifier(order_id, "orderId", must=True), **amounts}


def leverage_body(category: str, symbol: str, leverage: Decimal) -> dict[str, Any]:
    """position/set-leverage, the same for both sides.

    Raises:
        BadValue: not above zero.
    """
    if leverage <= 0:
        raise BadValue("leverage_out_of_range", field="leverage", value=text(leverage))
    return {"category": category, "symbol": symbol, "buyLeverage": text(leverage), "sellLeverage": text(leverage)}


def mode_body(category: str, symbol: str, *, is_hedge: bool) -> dict[str, Any]:
    """position/switch-mode of one symbol: 0 one-way, 3 hedge."""
    return {"category": category, "symbol": symbol, "mode": 3 if is_hedge else 0}


def _link_id(order_link_id: str) -> str:
    if len(order_link_id) > _LINK_ID_LIMIT:
        raise BadValue("bad_id", field="orderLinkId", value=order_link_id[:80])
    return identifier(order_link_id, "orderLinkId", must=True)


def stop_body(
    *,
    category: str,
    symbol: str,
    position_idx: int,
    take_profit: Decimal | None,
    stop_loss: Decimal | None,
    trailing_stop: Decimal | None,
    active_price: Decimal | None,
    trigger_by: str,
    tpsl_mode: str,
    tp_size: Decimal | None = None,
    sl_size: Decimal | None = None,
    tp_limit_price: Decimal | None = None,
    sl_limit_price: Decimal | None = None,
) -> dict[str, Any]:
    """position/trading-stop. None is left out (stays as it is); zero is sent as ``"0"`` (removes).

    Raises:
        BadValue: nothing would change.
    """
    trailing = {"trailingStop": trailing_stop, "activePrice": active_price}
    wanted = _stop_prices(take_profit, stop_loss, trigger_by) | {
        name: "0" if value == 0 else text(value) for name, value in trailing.items() if value is not None
    }
    if not wanted:
        raise BadValue("nothing_to_change", field="stopLoss")
    parts = {"tpSize": tp_size, "slSize": sl_size, "tpLimitPrice": tp_limit_price, "slLimitPrice": sl_limit_price}
    wanted |= {name: text(value) for name, value in parts.items() if value is not None}
    if tp_limit_price is not None:
        wanted["tpOrderType"] = "Limit"
    if sl_limit_price is not None:
        wanted["slOrderType"] = "Limit"
    return {
        "category": category,
        "symbol": symbol,
        "tpslMode": tpsl_mode,
        "positionIdx": position_idx,
        **wanted,
    }


def accepted_order_id(answer: wire.AnyEnvelope, order_link_id: str) -> str:
    """Bybit's id of an order it has accepted under our id.

    Raises:
        OutcomeUnknown: ``bad_envelope``: the acknowledgement is not one, or is of another order.
    """
    ids = _ids(answer)
    if ids.order_link_id != order_link_id:
        raise OutcomeUnknown("bad_envelope", why="acknowledges another order", order_id=ids.order_id)
    return ids.order_id


def check_named(answer: wire.AnyEnvelope, order_id: str) -> None:
    """The acknowledgement of a cancel or an amend names the order.

    Raises:
        OutcomeUnknown: ``bad_envelope``.
    """
    acknowledged = _ids(answer).order_id
    if acknowledged != order_id:
        raise OutcomeUnknown("bad_envelope", why="acknowledges another order", order_id=acknowledged)


def _ids(answer: wire.AnyEnvelope) -> wire.OrderIds:
    try:
        ids = answers.result(answer, _IDS)
        identifier(ids.order_id, "orderId", must=True)
    except (answers.BadEnvelope, BadValue) as error:
        raise OutcomeUnknown("bad_envelope", why=str(error)) from error
    return ids


def check_acknowledged(answer: wire.AnyEnvelope) -> None:
    """Bybit acknowledges a trading stop with an object, mostly an empty one; anything else proves nothing.

    Raises:
        OutcomeUnknown: ``bad_envelope``.
    """
    try:
        answers.result(answer, _OBJECT)
    except answers.BadEnvelope as error:
        raise OutcomeUnknown("bad_envelope", why=error.why) from error
