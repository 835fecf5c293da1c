"""From an intent to the bodies that arrive at the exchange: nothing is left out, added, or taken from another field."""

import time
from decimal import Decimal
from typing import Any

import pytest

from core.intents import (
    AmendOrder,
    CancelOrder,
    ClosePosition,
    Intent,
    OpenPosition,
    SetLeverage,
    SetTradingStop,
    kind_of,
)
from core.model import Command
from core.sending import Sender
from tests.core.bybit import rows
from tests.core.bybit.servers import Asked, Raw, page, rest_client
from tests.core.bybit.test_acting import echo

D = Decimal
WHERE = {"category": "linear", "symbol": "SOLUSDT"}
SHORT_LEG: dict[str, Any] = {"symbol": "SOLUSDT", "position_idx": 2}


async def sent(intent: Intent, side: str = "", *held: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Path and body of every write, in order. ``side``: of the position; ``held``: what its rows by name differ in."""

    def answer(asked: Asked) -> Raw:
        return page(*(rows.POSITION | changes for changes in held)) if asked.method == "GET" else echo(asked)

    command = Command(
        command_id="qdX", kind=kind_of(intent), key=intent.key, state="sending", created_ms=0, order_link_id="qdX"
    )
    async with rest_client() as (client, server):
        server.answer(answer)
        sender = Sender(lambda: client.gateway, lambda row, requested: None, time.monotonic)
        await sender.send(command, intent, side, 60.0, lambda: None)
        return [(asked.path.removeprefix("/v5/"), asked.json) for asked in server.asked if asked.method == "POST"]


@pytest.mark.parametrize(("side", "exit_side"), [("Buy", "Sell"), ("Sell", "Buy")])
async def test_a_close_reduces_only_and_names_its_leg_and_quantity(side: str, exit_side: str) -> None:
    """RELIABILITY 3.1, step 3; the price of a kind that was not chosen stays behind."""
    order = {**WHERE, "side": exit_side, "qty": "1.5", "reduceOnly": True, "positionIdx": 2, "orderLinkId": "qdX"}
    close = ClosePosition(**SHORT_LEG, qty=D("1.5"), side=side, price=D(9))
    assert await sent(close, side) == [("order/create", {**order, "orderType": "Market"})]
    limit = ClosePosition(**SHORT_LEG, qty=D("1.5"), side=side, order_type="Limit", price=D(9))
    assert await sent(limit, side) == [("order/create", {**order, "orderType": "Limit", "price": "9"})]


FULL = SetTradingStop(
    **SHORT_LEG, take_profit=D(80), stop_loss=D(110), trailing_stop=D(3), active_price=D(90), trigger_by="LastPrice",
    tp_limit_price=D(7), sl_limit_price=D(7),
)  # fmt: skip
PARTIAL = SetTradingStop(
    **SHORT_LEG, tpsl_mode="Partial", take_profit=D(80), tp_size=D(2), tp_order_type="Limit", tp_limit_price=D(81),
    stop_loss=D(110), sl_size=D(3), sl_order_type="Limit", sl_limit_price=D(109),
)  # fmt: skip


async def test_stops_name_their_leg_and_carry_what_was_asked() -> None:
    prices = {"takeProfit": "80", "stopLoss": "110", "positionIdx": 2}
    by_last = {"tpTriggerBy": "LastPrice", "slTriggerBy": "LastPrice", "trailingStop": "3", "activePrice": "90"}
    assert await sent(FULL) == [("position/trading-stop", {**WHERE, "tpslMode": "Full", **prices, **by_last})]
    parts = {
        "tpTriggerBy": "MarkPrice", "slTriggerBy": "MarkPrice", "tpSize": "2", "slSize": "3", "tpLimitPrice": "81",
        "slLimitPrice": "109", "tpOrderType": "Limit", "slOrderType": "Limit",
    }  # fmt: skip
    assert await sent(PARTIAL) == [("position/trading-stop", {**WHERE, "tpslMode": "Partial", **prices, **parts})]


async def test_what_names_an_order_or_a_contract_says_which() -> None:
    amend = AmendOrder(symbol="SOLUSDT", order_id="o1", qty=D(2), price=D(3), trigger_price=D(4))
    changed = {**WHERE, "orderId": "o1", "qty": "2", "price": "3", "triggerPrice": "4"}
    assert await sent(amend) == [("order/amend", changed)]
    assert await sent(CancelOrder(symbol="SOLUSDT", order_id="o1")) == [("order/cancel", {**WHERE, "orderId": "o1"})]
    assert [path for path, _ in await sent(SetLeverage(symbol="SOLUSDT", leverage=D(5)))] == ["position/set-leverage"]


ONE_WAY = {"size": "0", "side": ""}
LEGS = tuple({**ONE_WAY, "positionIdx": leg} for leg in (1, 2))


@pytest.mark.parametrize(
    ("changes", "held", "prepared"),
    [
        ({"position_idx": 2}, LEGS, []),
        ({"position_idx": 2}, (ONE_WAY,), ["position/switch-mode"]),
        ({"position_idx": 0}, LEGS, ["position/switch-mode"]),
        ({"position_idx": 0, "leverage": D(10)}, (ONE_WAY,), []),
        ({"position_idx": 0, "leverage": D(7)}, (ONE_WAY,), ["position/set-leverage"]),
        ({"position_idx": 2, "leverage": D(10)}, ({**LEGS[0], "leverage": "5"}, LEGS[1]), ["position/set-leverage"]),
    ],
)
async def test_an_opening_prepares_what_is_not_so_and_brings_its_stops(
    changes: dict[str, Any], held: tuple[dict[str, Any], ...], prepared: list[str]
) -> None:
    opening = OpenPosition(
        symbol="SOLUSDT", side="Sell", qty=D(2), price=D(9), take_profit=D(80), stop_loss=D(110),
        trigger_by="LastPrice", time_in_force="IOC", **changes,
    )  # fmt: skip
    *before, (path, body) = await sent(opening, "", *held)
    assert [path for path, _ in before] == prepared
    assert (path, body) == (
        "order/create",
        {
            **WHERE, "side": "Sell", "orderType": "Market", "qty": "2", "reduceOnly": False,
            "positionIdx": opening.position_idx, "orderLinkId": "qdX", "tpslMode": "Full", "takeProfit": "80",
            "stopLoss": "110", "tpTriggerBy": "LastPrice", "slTriggerBy": "LastPrice",
        },
    )  # fmt: skip
