"""The requests by which the desk acts: their bodies, their lane past the polls, and the time that they may wait."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from core.bybit.limits import Bucket
from core.errors import BadValue, RateLimited, Rejected
from tests.core.bybit import rows
from tests.core.bybit.servers import Asked, Raw, envelope, page, rest_client

D = Decimal
WHERE = {"category": "linear", "symbol": "SOLUSDT"}


def echo(asked: Asked) -> Raw:
    """Acknowledge whatever is asked, as Bybit does: with the ids that it came with."""
    body = asked.json
    return envelope({"orderId": body.get("orderId", "o9"), "orderLinkId": body.get("orderLinkId", "")})


async def body_of(name: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    """Path and body that a write leaves with."""
    async with rest_client() as (client, server):
        server.answer(echo)
        await getattr(client.gateway, name)(**WHERE, **arguments)
        (asked,) = server.asked
        return asked.path, asked.json


async def test_amending_sends_what_changes_and_nothing_else():
    path, body = await body_of("amend_order", order_id="o1", price=D("110.50"))
    assert (path, body) == ("/v5/order/amend", {**WHERE, "orderId": "o1", "price": "110.50"})
    _, body = await body_of("amend_order", order_id="o1", qty=D("3.0"), trigger_price=D("1E+2"))
    assert body == {**WHERE, "orderId": "o1", "qty": "3.0", "triggerPrice": "100"}


async def test_an_amend_that_changes_nothing_or_makes_no_sense_is_not_sent():
    async with rest_client() as (client, server):
        for changes, code in (
            ({}, "nothing_to_change"),
            ({"qty": D(0)}, "qty_not_positive"),
            ({"price": D(-1)}, "price"),
        ):
            with pytest.raises(BadValue, match=code):
                await client.gateway.amend_order(**WHERE, order_id="o1", **changes)
        assert server.asked == []


async def test_amending_what_is_gone_is_said():
    async with rest_client() as (client, server):
        server.answer(envelope({}, 110001, "order not exists or too late to cancel"))
        assert not await client.gateway.amend_order(**WHERE, order_id="o1", price=D(1))


async def test_partial_stops_carry_sizes_and_limit_prices():
    path, body = await body_of(
        "set_trading_stop", position_idx=1, tpsl_mode="Partial", take_profit=D("130.0"), tp_size=D("5.0"),
        tp_limit_price=D("129.9"), stop_loss=D("100.0"), sl_size=D("5.0"), trigger_by="LastPrice",
    )  # fmt: skip
    assert path == "/v5/position/trading-stop"
    assert body == {
        **WHERE, "tpslMode": "Partial", "positionIdx": 1, "takeProfit": "130.0", "tpTriggerBy": "LastPrice",
        "stopLoss": "100.0", "slTriggerBy": "LastPrice", "tpSize": "5.0", "slSize": "5.0", "tpLimitPrice": "129.9",
        "tpOrderType": "Limit",
    }  # fmt: skip


async def test_an_order_may_bring_its_stops():
    _, body = await body_of(
        "create_order", side="Buy", qty=D("1.0"), order_type="Market", price=None, reduce_only=False, position_idx=0,
        order_link_id="qdX", stop_loss=D("90"),
    )  # fmt: skip
    assert body["reduceOnly"] is False
    assert {name: body[name] for name in ("tpslMode", "stopLoss", "slTriggerBy")} == {
        "tpslMode": "Full", "stopLoss": "90", "slTriggerBy": "MarkPrice",
    }  # fmt: skip
    assert "takeProfit" not in body


async def test_leverage_and_mode():
    path, body = await body_of("set_leverage", leverage=D("12.50"))
    assert (path, body) == ("/v5/position/set-leverage", {**WHERE, "buyLeverage": "12.50", "sellLeverage": "12.50"})
    path, body = await body_of("switch_mode", is_hedge=True)
    assert (path, body) == ("/v5/position/switch-mode", {**WHERE, "mode": 3})
    assert (await body_of("switch_mode", is_hedge=False))[1]["mode"] == 0


@pytest.mark.parametrize("code", [110025, 110043, 34036])
async def test_what_is_so_already_is_success(code: int):
    async with rest_client() as (client, server):
        server.answer(envelope({}, code, "not modified"))
        await client.gateway.set_leverage(**WHERE, leverage=D(5))
        await client.gateway.switch_mode(**WHERE, is_hedge=True)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("set_leverage", {"leverage": D(5)}),
        ("switch_mode", {"is_hedge": True}),
        ("cancel_order", {"order_id": "o1"}),
        ("amend_order", {"order_id": "o1", "price": D(1)}),
        ("set_trading_stop", {"position_idx": 0, "stop_loss": D(1)}),
    ],
)
async def test_another_refusal_is_none(name: str, arguments: dict[str, Any]):
    """Each knows what is so already by a few codes; 110017 is not among them."""
    async with rest_client() as (client, server):
        server.answer(envelope({}, 110017, "current position is zero"))
        with pytest.raises(Rejected):
            await getattr(client.gateway, name)(**WHERE, **arguments)


async def test_an_urgent_read_does_not_queue_behind_polls():
    """Sixteen polls have used up what polls may use, and one waits: the operator's read passes it."""
    async with rest_client() as (client, server):
        server.answer(page(rows.POSITION))
        client.limiter._bucket = Bucket(20.0, client._clock.monotonic())
        for _request in range(16):
            await client.limiter.acquire("v5/position/list", is_write=False)
        poll = asyncio.create_task(client.gateway.fetch_positions("linear", "USDT"))
        await asyncio.sleep(0)
        found = await client.gateway.fetch_position("linear", rows.POSITION["symbol"], is_urgent=True)
        assert found
        assert ["symbol" in asked.query for asked in server.asked] == [True]
        poll.cancel()
        await asyncio.gather(poll, return_exceptions=True)


async def test_what_cannot_leave_in_time_never_leaves():
    async with rest_client() as (client, server):
        server.answer(echo)
        client.limiter.learn("v5/order/cancel", "10", "0", 5.0)
        with pytest.raises(RateLimited) as caught:
            await client.gateway.cancel_order(**WHERE, order_id="o1", unsent_s=0.05)
        assert caught.value.code == "expired"
        assert server.asked == []


async def test_a_time_out_of_somebody_else_is_not_said_to_have_kept_it_from_leaving():
    def leaving() -> None:
        raise TimeoutError

    async with rest_client() as (client, server):
        server.answer(echo)
        with pytest.raises(TimeoutError):
            await client.gateway.cancel_order(**WHERE, order_id="o1", unsent_s=60.0, leaving=leaving)


async def test_what_has_left_does_not_expire():
    async with rest_client() as (client, server):
        answer = echo(Asked("POST", "", {}, "", {}, b'{"orderId": "o1"}'))
        middle = len(answer.chunks[0]) // 2
        server.answer(Raw((answer.chunks[0][:middle], answer.chunks[0][middle:]), pause_s=0.2))
        assert await client.gateway.cancel_order(**WHERE, order_id="o1", unsent_s=0.05)
