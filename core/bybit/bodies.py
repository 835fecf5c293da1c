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
    return body


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
) -> dict[str, Any]:
    """position/trading-stop. None is left out (stays as it is); zero is sent as ``"0"`` (removes).

    Raises:
        BadValue: nothing would change.
    """
    values = {
        "takeProfit": take_profit,
        "stopLoss": stop_loss,
        "trailingStop": trailing_stop,
        "activePrice": active_price,
    }
    wanted = {name: "0" if value == 0 else text(value) for name, value in values.items() if value is not None}
    if not wanted:
        raise BadValue("nothing_to_change", field="stopLoss")
    body: dict[str, Any] = {
        "category": category,
        "symbol": symbol,
        "tpslMode": tpsl_mode,
        "positionIdx": position_idx,
        **wanted,
    }
    if take_profit:
        body["tpTriggerBy"] = trigger_by
    if stop_loss:
        body["slTriggerBy"] = trigger_by
    return body


def accepted_order_id(answer: wire.AnyEnvelope, order_link_id: str) -> str:
    """Bybit's id of an order it has accepted under our id.

    Raises:
        OutcomeUnknown: ``bad_envelope``: the acknowledgement is not one, or is of another order.
    """
    ids = _ids(answer)
    if ids.order_link_id != order_link_id:
        raise OutcomeUnknown("bad_envelope", why="acknowledges another order", order_id=ids.order_id)
    return ids.order_id


def check_cancelled(answer: wire.AnyEnvelope, order_id: str) -> None:
    """The acknowledgement of a cancel names the order.

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
