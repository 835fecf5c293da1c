"""Gateway and streams against the paper exchange, compared field by field with an independent client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from core.bybit import Connection, connect
from core.bybit.client import Client
from core.bybit.stream import PrivateStream
from core.clock import SystemClock
from core.errors import AuthFailed, BadFrame, ExchangeError, OutcomeUnknown, RateLimited, Rejected, Unreachable
from core.events import ExecutionReported, OrderReported, PositionReported, PriceReported, WalletReported
from core.secrets import Secret
from tests.core.bybit.servers import until
from tests.paper_fixture import PaperProcess

SCOPES = [("linear", "USDT"), ("linear", "USDC"), ("inverse", None)]


@asynccontextmanager
async def desk(paper: PaperProcess, key: Any = None) -> AsyncIterator[Client]:
    """The desk's client, signing by the exchange's clock."""
    key = key or paper
    client = connect(
        Connection(
            environment="paper",
            rest=paper.rest,
            ws=paper.ws,
            api_key=key.api_key,
            api_secret=Secret(key.api_secret),
        ),
        SystemClock(),
    )
    try:
        client.set_time_offset(await client.gateway.fetch_time_offset_ms())
        yield client
    finally:
        await client.close()


def dec(text: str) -> Decimal | None:
    return Decimal(text) if text else None


async def test_every_read_agrees_with_an_independent_client(paper):
    async with desk(paper) as client:
        gateway = client.gateway
        for category, coin in SCOPES:
            theirs = paper.rows("/v5/position/list", category=category, settleCoin=coin, limit=200)
            ours = await gateway.fetch_positions(category, coin)
            assert [(p.symbol, p.position_idx, p.side, p.size, p.entry_price, p.mark_price) for p in ours] == [
                (r["symbol"], r["positionIdx"], r["side"], dec(r["size"]), dec(r["avgPrice"]), dec(r["markPrice"]))
                for r in theirs
            ]
            orders = await gateway.fetch_open_orders(category, coin)
            listed = paper.rows("/v5/order/realtime", category=category, settleCoin=coin, limit=50)
            assert {(o.order_id, o.status, o.qty) for o in orders} == {
                (r["orderId"], r["orderStatus"], dec(r["qty"])) for r in listed
            }
        assert len(await gateway.fetch_positions("linear", "USDT")) >= 6
        wallet = paper.rows("/v5/account/wallet-balance", accountType="UNIFIED")[0]
        assert (await gateway.fetch_wallet()).equity == dec(wallet["totalEquity"])
        assert await gateway.fetch_fee_rates("linear")
        assert (await gateway.fetch_account()).may_trade
        for category in ("linear", "inverse"):
            listed = paper.rows("/v5/market/instruments-info", category=category, limit=1000)
            assert [contract.symbol for contract in await gateway.fetch_instruments(category)] == [
                row["symbol"] for row in listed
            ]
            assert len(await gateway.fetch_prices(category)) == len(paper.rows("/v5/market/tickers", category=category))
        assert gateway.rows_refused == 0
        candles = await gateway.fetch_candles("linear", "BTCUSDT", "5", 50)
        assert len(candles) == 50
        assert candles == tuple(sorted(candles))
        book = await gateway.fetch_order_book("linear", "BTCUSDT", 50)
        assert book.bids[0].price < book.asks[0].price


async def test_history_is_complete(paper):
    async with desk(paper) as client:
        now_ms = paper.result("/v5/market/time")
        end_ms = int(now_ms["timeSecond"]) * 1_000 + 60_000
        start_ms = end_ms - 20 * 24 * 3600 * 1000
        found = await client.gateway.fetch_executions("linear", start_ms, end_ms)
        assert len(found) > 100
        assert len({(one.symbol, one.exec_id) for one in found}) == len(found)
        assert [one.ts_ms for one in found] == sorted(one.ts_ms for one in found)
        records = await client.gateway.fetch_closed_pnl("linear", start_ms, end_ms)
        closing = {one.order_id for one in found if one.closed_size and one.exec_type != "Funding"}
        assert {record.order_id for record in records} <= closing


async def test_a_close_is_seen_on_every_topic_and_in_every_list(paper):
    async with desk(paper) as client:
        heard: list[Any] = []
        private, tickers = client.private(heard.append), client.tickers("linear", heard.append)
        await private.open()
        await tickers.open()
        await tickers.set_symbols(["SOLUSDT"])
        await until(lambda: any(isinstance(event, PriceReported) for event in heard))
        before = (await client.gateway.fetch_position("linear", "SOLUSDT"))[0]
        order = {"category": "linear", "symbol": "SOLUSDT", "side": "Sell", "order_type": "Market", "price": None}
        order |= {"reduce_only": True, "position_idx": 0, "order_link_id": "pmTEST01", "qty": before.size}
        order_id = await client.gateway.create_order(**order)
        wanted = (OrderReported, ExecutionReported, PositionReported, WalletReported)
        await until(lambda: all(any(isinstance(event, kind) for event in heard) for kind in wanted))
        await until(lambda: any(isinstance(e, PositionReported) and e.position.size == 0 for e in heard))
        found = await client.gateway.fetch_order("linear", "SOLUSDT", "pmTEST01")
        assert found is not None
        assert (found.order_id, found.status, found.filled_qty) == (order_id, "Filled", before.size)
        fills = await client.gateway.fetch_executions_of("linear", "pmTEST01")
        assert sum(fill.qty for fill in fills) == before.size
        streamed = [event.execution for event in heard if isinstance(event, ExecutionReported)]
        assert {fill.exec_id for fill in fills} == {fill.exec_id for fill in streamed}
        flat = (await client.gateway.fetch_position("linear", "SOLUSDT"))[0]
        assert (flat.size, flat.side, flat.seq >= before.seq) == (0, "", True)
        with pytest.raises(OutcomeUnknown, match="exists"):
            await client.gateway.create_order(**order)
        with pytest.raises(Rejected) as caught:
            await client.gateway.create_order(**{**order, "order_link_id": "pmTEST02"})
        assert caught.value.ret_code == 110017
        await private.close()
        await tickers.close()


async def test_stops_are_set_moved_and_removed(paper):
    async with desk(paper) as client:
        position = next(p for p in await client.gateway.fetch_positions("linear", "USDT") if p.symbol == "ETHUSDT")
        assert position.mark_price is not None
        where = {"category": "linear", "symbol": "ETHUSDT", "position_idx": 0}
        stop = (position.mark_price * Decimal("0.9")).quantize(Decimal("1"))
        for wanted in (stop, stop, stop - 10, Decimal(0)):
            await client.gateway.set_trading_stop(**where, stop_loss=wanted)
            row = (await client.gateway.fetch_position("linear", "ETHUSDT"))[0]
            assert row.stop_loss == (wanted or None)
        with pytest.raises(Rejected) as caught:
            await client.gateway.set_trading_stop(**where, stop_loss=stop * 2)
        assert caught.value.ret_code == 10001


READ_FAULTS: list[tuple[str, dict[str, Any], type[ExchangeError], str]] = [
    ("html", {}, Unreachable, "bad_envelope"),
    ("redirect", {}, Unreachable, "redirected"),
    ("cut_json", {}, Unreachable, "bad_envelope"),
    ("deep_json", {}, Unreachable, "bad_envelope"),
    ("empty_result", {}, Unreachable, "bad_envelope"),
    ("ret_code_text", {}, Unreachable, "bad_envelope"),
    ("short_body", {}, Unreachable, "connection_lost"),
    ("reset_before", {}, Unreachable, "connection_lost"),
    ("http_status", {"status": 524}, Unreachable, "http_status"),
    ("huge", {}, Unreachable, "body_too_big"),
    ("gzip_bomb", {}, Unreachable, "body_too_big"),
    ("cursor_endless", {}, Unreachable, "incomplete_pages"),
    ("rate_limited", {}, RateLimited, "too_many_visits"),
    ("region_block", {}, RateLimited, "region_blocked"),
]


async def test_a_staged_fault_is_never_an_empty_list(paper):
    for fault, arguments, error, code in READ_FAULTS:
        async with desk(paper) as client:
            paper.arm(fault, {"path": "/v5/position/list"}, args=arguments)
            with pytest.raises(error) as caught:
                await client.gateway.fetch_positions("linear", "USDT")
            paper.control("clear")
            assert (fault, caught.value.code) == (fault, code)


async def test_a_staged_bad_row_refuses_the_list(paper):
    async with desk(paper) as client:
        for fault, arguments in (
            ("bad_number", {"field": "size", "json": '"1e400"'}),
            ("missing_field", {"field": "size"}),
        ):
            paper.arm(fault, {"path": "/v5/position/list"}, args=arguments)
            with pytest.raises(BadFrame):
                await client.gateway.fetch_positions("linear", "USDT")
            paper.control("clear")
        for fault in ("unknown_field", "unknown_enum"):
            paper.arm(fault, {"path": "/v5/position/list"}, args={"field": "positionStatus"} if fault[8] == "e" else {})
            assert await client.gateway.fetch_positions("linear", "USDT")
            paper.control("clear")


async def test_a_lost_answer_is_unknown_and_the_order_is_found_by_our_id(paper):
    async with desk(paper) as client:
        paper.arm("reset_after", {"path": "/v5/order/create"}, count=1)
        order = {"category": "linear", "symbol": "LINKUSDT", "side": "Sell", "order_type": "Market", "price": None}
        order |= {"reduce_only": True, "position_idx": 0, "order_link_id": "pmLOST01", "qty": Decimal(10)}
        with pytest.raises(OutcomeUnknown, match="connection_lost"):
            await client.gateway.create_order(**order)
        found = await client.gateway.fetch_order("linear", "ADAUSDT", "pmLOST01")
        assert found is not None
        assert found.status == "Filled"
        assert len(paper.requests("/v5/order/create")) == 1


async def test_what_a_key_may_do_is_known_before_it_is_tried(paper):
    for preset in ("read_only", "withdraw"):
        async with desk(paper, paper.new_client(preset)) as client:
            account = await client.gateway.fetch_account()
            assert account.is_read_only is (preset == "read_only")
            assert account.may_withdraw is (preset == "withdraw")


async def test_a_wrong_secret(paper):
    class Wrong:
        api_key, api_secret = paper.api_key, "wrong"

    async with desk(paper, Wrong) as client:
        with pytest.raises(AuthFailed):
            await client.gateway.fetch_wallet()
        with pytest.raises(AuthFailed):
            await client.private(lambda event: None).open()


async def test_a_clock_that_is_wrong_by_an_hour_is_put_right(paper):
    paper.arm("server_time", args={"offset_ms": 3_600_000})
    async with desk(paper) as client:
        assert await client.gateway.fetch_wallet()
        stream = client.private(lambda event: None)
        await stream.open()
        await stream.close()
        client.set_time_offset(0)
        with pytest.raises(Unreachable, match="clock_skew"):
            await client.gateway.fetch_wallet()


async def test_a_stream_that_does_not_really_open_says_so(paper):
    async with desk(paper) as client:
        for fault in ("refuse_auth", "refuse_topic", "lose_ack", "drop_on_subscribe", "refuse_upgrade"):
            paper.arm(fault)
            stream = PrivateStream(client.exchanges[0], lambda event: None, SystemClock(), ack_s=0.3)
            with pytest.raises((AuthFailed, Unreachable)):
                await stream.open()
            paper.control("clear")


async def test_frozen_sockets_are_found_dead(paper):
    async with desk(paper) as client:
        stream = PrivateStream(client.exchanges[0], lambda event: None, SystemClock(), ping_s=0.1, pong_s=0.2)
        await stream.open()
        paper.arm("freeze")
        with pytest.raises(Unreachable, match="no_pong"):
            await asyncio.wait_for(stream.closed(), 60.0)
        await stream.close()
