"""Writes: sent once, refused only on the allow-list, unknown otherwise. Real sockets, real ccxt."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from typing import Any

import pytest

from core.bybit import answers
from core.bybit.gateway import Gateway
from core.errors import AuthFailed, BadValue, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tests.core.bybit.servers import Raw, envelope, http, rest_client
from tests.core.bybit.test_reads import BAD_STATUS, BROKEN

LINK_ID = "pmAAAA01HZX3K5Q6W7E8R9T0Y1U2I3O4"
ORDER_ID = "77b6cd3c-6f6a-4f42-adb8-c2cd03fcb92b"


def create(gateway: Gateway, **changes: Any) -> Coroutine[Any, Any, str]:
    order = {
        "category": "linear", "symbol": "SOLUSDT", "side": "Sell", "qty": Decimal("10.50"), "order_type": "Market",
        "price": None, "reduce_only": True, "position_idx": 0, "order_link_id": LINK_ID,
    }  # fmt: skip
    return gateway.create_order(**{**order, **changes})


def set_stop(gateway: Gateway, **changes: Any) -> Coroutine[Any, Any, None]:
    stop = {"category": "linear", "symbol": "SOLUSDT", "position_idx": 0, "stop_loss": Decimal("110.50")}
    return gateway.set_trading_stop(**{**stop, **changes})


def cancel(gateway: Gateway) -> Coroutine[Any, Any, bool]:
    return gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id=ORDER_ID)


Write = Callable[[Gateway], Coroutine[Any, Any, Any]]
WRITES: dict[str, Write] = {"create": create, "stop": set_stop, "cancel": cancel}
ACCEPTED = envelope({"orderId": ORDER_ID, "orderLinkId": LINK_ID})

# RELIABILITY 3.1 step 4, spelt out a second time on purpose.
DEFINITIVE = [
    10001, 10002, 10003, 10004, 10005, 10007, 10009, 10010, 10024, 10027, 10028, 10029, 33004, 110003, 110004, 110005,
    110006, 110007, 110012, 110017, 110023, 110034, 110042, 110044, 110045, 110066, 110074, 110094, 30208, 30209, 30228,
]  # fmt: skip
UNCLEAR = [-1, 10000, 10016, 10018, 429, 10429, 110079, 110008, 110010, 110020, 110072, 10014, 34040, 999999]


async def test_accepted():
    async with rest_client() as (client, server):
        server.answer(ACCEPTED)
        assert await create(client.gateway) == ORDER_ID


# An object, whatever is in it, is how Bybit acknowledges a trading stop.
OBJECTS = {"list null", "list object", "list text", "result empty"}


@pytest.mark.parametrize("name", WRITES)
async def test_after_a_broken_answer_the_outcome_is_unknown(name):
    async with rest_client() as (client, server):
        cases = [(broken, answer) for broken, answer in BROKEN.items() if name != "stop" or broken not in OBJECTS]
        for asked, (broken, answer) in enumerate(cases, start=1):
            server.answer(answer)
            with pytest.raises(OutcomeUnknown) as caught:
                await WRITES[name](client.gateway)
            assert (broken, caught.value.code, len(server.asked)) == (broken, "bad_envelope", asked)


@pytest.mark.parametrize("name", WRITES)
async def test_a_status_other_than_200_is_unknown_even_with_a_good_body(name):
    body = json.dumps({"retCode": 0, "result": {"orderId": ORDER_ID, "orderLinkId": LINK_ID}})
    async with rest_client() as (client, server):
        for asked, status in enumerate(BAD_STATUS, start=1):
            server.answer(http(body, status=status))
            with pytest.raises(OutcomeUnknown) as caught:
                await WRITES[name](client.gateway)
            # A 204 with a body is not HTTP: the connection is given up.
            expected = "connection_lost" if status == 204 else "http_status"
            assert (status, caught.value.code, len(server.asked)) == (status, expected, asked)


async def test_a_definitive_refusal():
    async with rest_client() as (client, server):
        for ret_code in DEFINITIVE:
            server.answer(envelope({}, ret_code, "no"))
            with pytest.raises(Rejected) as caught:
                await create(client.gateway)
            assert (caught.value.ret_code, caught.value.ret_msg) == (ret_code, "no")


def test_the_allow_list_is_the_one_that_was_agreed():
    assert {*DEFINITIVE, 10006} == answers.REFUSALS


@pytest.mark.parametrize("ret_code", UNCLEAR)
async def test_any_other_code_is_unknown(ret_code):
    async with rest_client() as (client, server):
        server.answer(envelope({}, ret_code, "?"))
        with pytest.raises(OutcomeUnknown) as caught:
            await create(client.gateway)
        assert caught.value.details["ret_code"] == ret_code
        assert len(server.asked) == 1


@pytest.mark.parametrize("ret_code", [10014, 110030, 110072])
async def test_an_order_that_exists_says_so(ret_code):
    async with rest_client() as (client, server):
        server.answer(envelope({}, ret_code, "OrderLinkedID is duplicate"))
        with pytest.raises(OutcomeUnknown, match="exists"):
            await create(client.gateway)


async def test_rate_limited_means_not_done():
    async with rest_client() as (client, server):
        server.answer(envelope({}, 10006, "Too many visits!"))
        with pytest.raises(RateLimited) as caught:
            await create(client.gateway)
        assert caught.value.retry_ms > 0
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"orderId": ""},
        {"orderId": ORDER_ID},
        {"orderId": ORDER_ID, "orderLinkId": "another"},
        {"orderId": 5, "orderLinkId": LINK_ID},
        {"orderId": "a b", "orderLinkId": LINK_ID},
        None,
        [],
    ],
)
async def test_an_acknowledgement_of_something_else_is_unknown(result):
    async with rest_client() as (client, server):
        server.answer(envelope(result))
        with pytest.raises(OutcomeUnknown, match="bad_envelope"):
            await create(client.gateway)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (Raw((), then="reset"), "connection_lost"),
        (Raw((), then="close"), "connection_lost"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",), then="close"), "connection_lost"),
        (Raw((), then="hold"), "timeout"),
        (Raw((b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", *[b"x"] * 40), pause_s=0.05), "timeout"),
    ],
    ids=["reset", "closed", "short", "silent", "dripping"],
)
@pytest.mark.parametrize("name", WRITES)
async def test_a_lost_answer_is_unknown_and_nothing_is_sent_again(name, raw, code):
    async with rest_client(timeout_s=0.3) as (client, server):
        server.answer(raw)
        with pytest.raises(OutcomeUnknown) as caught:
            await WRITES[name](client.gateway)
        assert caught.value.code == code
        await asyncio.sleep(0)
        assert len(server.asked) == 1


async def test_a_pooled_connection_that_died_is_no_reason_to_send_twice():
    async with rest_client() as (client, server):
        server.answer(ACCEPTED, Raw((), then="reset"), ACCEPTED)
        await create(client.gateway)
        with pytest.raises(OutcomeUnknown):
            await create(client.gateway, order_link_id="pmAAAA02")
        assert [asked.json["orderLinkId"] for asked in server.asked] == [LINK_ID, "pmAAAA02"]
        assert server.connections == 1


async def test_no_connection_at_all_is_told_apart():
    async with rest_client() as (client, server):
        for exchange in client.exchanges:
            exchange.urls["api"]["private"] = "http://127.0.0.1:9"
        with pytest.raises(OutcomeUnknown, match="not_sent"):
            await create(client.gateway)
        assert server.asked == []


async def test_a_client_that_was_closed_for_another_sends_nothing_and_says_so():
    """The exchange moved, or the key is another one, while a command waited for its turn or a read to be repeated."""
    async with rest_client() as (client, server):
        server.answer(ACCEPTED)
        await create(client.gateway)
        await client.close()
        with pytest.raises(OutcomeUnknown, match="not_sent"):
            await create(client.gateway, order_link_id="pmAAAA02")
        with pytest.raises(Unreachable, match="not_connected"):
            await client.gateway.fetch_position("linear", "SOLUSDT")
        assert len(server.asked) == 1


async def test_a_403_silences_everything_and_says_nothing_about_the_order():
    async with rest_client() as (client, server):
        server.answer(http("access too frequent", status=403, kind="text/plain"))
        with pytest.raises(OutcomeUnknown):
            await create(client.gateway)
        with pytest.raises(RateLimited, match="ip_banned"):
            await create(client.gateway, order_link_id="pmAAAA02")
        with pytest.raises(RateLimited, match="ip_banned"):
            await client.gateway.fetch_wallet()
        assert len(server.asked) == 1


class TestBodies:
    """What is sent, to the letter; ccxt signs it and changes nothing."""

    async def sent(self, write: Write, answer: Raw = ACCEPTED) -> Any:
        async with rest_client() as (client, server):
            server.answer(answer)
            await write(client.gateway)
            assert [asked.method for asked in server.asked] == ["POST"]
            return server.asked[0]

    async def test_a_market_close(self):
        asked = await self.sent(create)
        assert asked.path == "/v5/order/create"
        assert asked.body == (
            b'{"category":"linear","symbol":"SOLUSDT","side":"Sell","orderType":"Market","qty":"10.50",'
            b'"reduceOnly":true,"positionIdx":0,"orderLinkId":"' + LINK_ID.encode() + b'"}'
        )
        assert len(asked.headers["x-bapi-sign"]) == 64

    async def test_a_limit_order_of_a_hedge_leg(self):
        price = Decimal("64000.10")
        more = {"order_type": "Limit", "price": price, "time_in_force": "PostOnly", "position_idx": 2, "side": "Buy"}
        body = (await self.sent(lambda gateway: create(gateway, **more))).json
        assert (body["price"], body["timeInForce"], body["positionIdx"]) == ("64000.10", "PostOnly", 2)

    async def test_tiny_and_large_numbers_are_written_out(self):
        body = (await self.sent(lambda gateway: create(gateway, qty=Decimal("1E+6"), price=Decimal("1E-7")))).json
        assert (body["qty"], body["price"]) == ("1000000", "0.0000001")

    async def test_a_stop_that_moves_leaves_the_rest_alone(self):
        asked = await self.sent(set_stop, envelope({}))
        assert asked.path == "/v5/position/trading-stop"
        assert asked.json == {
            "category": "linear", "symbol": "SOLUSDT", "tpslMode": "Full", "positionIdx": 0, "stopLoss": "110.50",
            "slTriggerBy": "MarkPrice",
        }  # fmt: skip

    async def test_zero_removes(self):
        removed = {"stop_loss": Decimal("0.00"), "take_profit": Decimal(0), "trailing_stop": Decimal("0E-8")}
        body = (await self.sent(lambda gateway: set_stop(gateway, **removed), envelope({}))).json
        assert (body["stopLoss"], body["takeProfit"], body["trailingStop"]) == ("0", "0", "0")
        assert "slTriggerBy" not in body
        assert "activePrice" not in body

    async def test_a_trailing_stop_with_activation(self):
        wanted = {"stop_loss": None, "trailing_stop": Decimal("1.5"), "active_price": Decimal("130")}
        body = (await self.sent(lambda gateway: set_stop(gateway, **wanted), envelope({}))).json
        assert (body["trailingStop"], body["activePrice"]) == ("1.5", "130")
        assert "stopLoss" not in body

    async def test_a_cancel(self):
        asked = await self.sent(cancel)
        assert (asked.path, asked.json) == (
            "/v5/order/cancel",
            {"category": "linear", "symbol": "SOLUSDT", "orderId": ORDER_ID},
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"order_link_id": ""},
        {"order_link_id": "x" * 37},
        {"order_link_id": "a b"},
        {"qty": Decimal(0)},
        {"qty": Decimal(-1)},
    ],
)
async def test_an_order_without_id_or_quantity_never_leaves(changes):
    async with rest_client() as (client, server):
        with pytest.raises(BadValue):
            await create(client.gateway, **changes)
        assert server.asked == []


async def test_a_stop_that_changes_nothing_never_leaves():
    async with rest_client() as (client, server):
        with pytest.raises(BadValue, match="nothing_to_change"):
            await set_stop(client.gateway, stop_loss=None)
        assert server.asked == []


@pytest.mark.parametrize("ret_code", [0, 34040, 34036, 110043])
async def test_a_stop_that_already_is_so_is_fine(ret_code):
    async with rest_client() as (client, server):
        server.answer(envelope({}, ret_code, "not modified"))
        await set_stop(client.gateway)


@pytest.mark.parametrize(("ret_code", "there"), [(0, True), (110001, False), (110008, False), (110010, False)])
async def test_cancelling_says_whether_there_was_something_to_cancel(ret_code, there):
    async with rest_client() as (client, server):
        server.answer(envelope({"orderId": ORDER_ID, "orderLinkId": ""}, ret_code))
        assert await cancel(client.gateway) is there


@pytest.mark.parametrize("result", [{}, {"orderId": "another"}, {"orderId": 5}])
async def test_a_cancel_that_acknowledges_something_else_is_unknown(result):
    async with rest_client() as (client, server):
        server.answer(envelope(result))
        with pytest.raises(OutcomeUnknown, match="bad_envelope"):
            await cancel(client.gateway)


async def test_without_a_key_nothing_leaves():
    async with rest_client() as (client, server):
        client.exchanges[1]._connection = client.connection.__class__(
            environment="paper", rest=client.connection.rest, ws=client.connection.ws
        )
        with pytest.raises(AuthFailed, match="no_key"):
            await create(client.gateway)
        assert server.asked == []


async def test_two_writes_at_once_are_two_requests():
    async with rest_client() as (client, server):
        server.answer(lambda asked: envelope({"orderId": ORDER_ID, "orderLinkId": asked.json["orderLinkId"]}))
        ids = [f"pmAAAA{number:02}" for number in range(5)]
        await asyncio.gather(*(create(client.gateway, order_link_id=link_id) for link_id in ids))
        assert sorted(asked.json["orderLinkId"] for asked in server.asked) == ids
