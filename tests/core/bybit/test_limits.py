"""The limiter: our ceiling, the reserve for writes, Bybit's headers, silence."""

import asyncio
import time

import pytest

from core.bybit import limits
from core.bybit.limits import Bucket, Limiter
from core.clock import ManualClock, SystemClock
from core.errors import RateLimited
from tests.core.bybit import rows
from tests.core.bybit.servers import envelope, http, page, rest_client

READ, WRITE = "v5/position/list", "v5/order/create"


async def waits(limiter: Limiter, path: str = READ, *, is_write: bool = False) -> bool:
    """Whether a request would have to wait now."""
    task = asyncio.create_task(limiter.acquire(path, is_write=is_write))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return not done


def test_a_bucket_refills_up_to_its_rate():
    bucket = Bucket(20.0, 0.0)
    for _request in range(20):
        assert bucket.wait_s(0.0) == 0.0
        bucket.take()
    assert bucket.wait_s(0.0) == pytest.approx(0.05)
    assert bucket.wait_s(0.05) == pytest.approx(0.0)
    assert bucket.wait_s(1_000.0) == 0.0
    assert bucket.wait_s(1_000.0, floor=19.0) == 0.0
    assert bucket.wait_s(1_000.0, floor=20.0) > 0.0


async def test_reads_leave_a_reserve_for_writes():
    limiter = Limiter(ManualClock())
    for _request in range(16):
        assert not await waits(limiter)
    assert await waits(limiter)
    for _request in range(4):
        assert not await waits(limiter, WRITE, is_write=True)
    assert await waits(limiter, WRITE, is_write=True)


async def test_an_order_leaves_at_once_while_reads_queue():
    async with rest_client() as (client, server):
        server.answer(envelope({"orderId": "x"}))
        client.limiter._bucket = Bucket(20.0, client._clock.monotonic())
        for _request in range(16):
            await client.limiter.acquire(READ, is_write=False)
        reading = asyncio.create_task(client.gateway.fetch_positions("linear", "USDT"))
        await client.gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id="x")
        assert [asked.method for asked in server.asked] == ["POST"]
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def test_never_more_than_the_ceiling_in_any_second():
    """V35, P34."""
    limiter, clock = Limiter(SystemClock()), SystemClock()
    left: list[float] = []

    async def request(number: int) -> None:
        await limiter.acquire(f"path{number % 5}", is_write=number % 7 == 0)
        left.append(clock.monotonic())

    await asyncio.gather(*(request(number) for number in range(36)))
    # A full bucket, and what refills meanwhile: 20 + 20/s.
    assert all(sum(start <= at < start + 0.5 for at in left) <= 31 for start in left)
    assert left[-1] - left[0] >= 0.75


async def test_a_lone_call_after_idling_does_not_wait():
    """Budget G19: 5 ms; ccxt's limiter takes 100."""
    async with rest_client() as (client, server):
        server.answer(page(rows.POSITION))
        await client.gateway.fetch_positions("linear", "USDT")
        await asyncio.sleep(0.3)
        started = time.perf_counter()
        await client.limiter.acquire(READ, is_write=False)
        assert time.perf_counter() - started < 0.005


async def test_half_of_an_endpoints_own_limit_is_used():
    limiter = Limiter(ManualClock())
    limiter.learn(WRITE, "10", "9", 0.0)
    for _request in range(5):
        assert not await waits(limiter, WRITE, is_write=True)
    assert await waits(limiter, WRITE, is_write=True)
    assert not await waits(limiter, "v5/order/cancel", is_write=True)


@pytest.mark.parametrize(
    ("limit", "left"), [("", ""), ("ten", "0"), ("-5", "0"), ("١٠", ""), ("1e3", "0"), ("9" * 5_000, "0")]
)
async def test_headers_that_are_no_numbers_are_ignored(limit, left):
    limiter = Limiter(ManualClock())
    limiter.learn(READ, limit, left, 5.0)
    for _request in range(16):
        assert not await waits(limiter)


async def test_nothing_left_makes_the_next_call_of_that_endpoint_wait_for_the_reset():
    clock = ManualClock()
    limiter = Limiter(clock)
    limiter.learn(READ, "50", "0", 0.7)
    assert await waits(limiter)
    assert not await waits(limiter, "v5/order/realtime")
    clock.advance(0.7 + 0.25)
    assert not await waits(limiter)


async def test_10006_waits_for_the_reset_but_never_for_ever():
    clock = ManualClock()
    limiter = Limiter(clock)
    assert 700 <= limiter.back_off(READ, 0.7) <= 950
    assert limiter.back_off(READ, -5.0) >= 100
    assert 1_000 <= limiter.back_off(READ, 1e9) <= 1_250, "not believed: a window is one second long"
    clock.advance(10.3)
    assert not await waits(limiter)


async def test_a_shorter_wait_does_not_end_a_longer_one():
    clock = ManualClock()
    limiter = Limiter(clock)
    limiter.learn(READ, "50", "0", 5.0)
    limiter.back_off(READ, 0.1)
    clock.advance(4.9)
    assert await waits(limiter)


async def test_silence_lasts_ten_minutes_and_is_visible():
    """V35: not one request leaves during a ban, an urgent one neither."""
    clock = ManualClock()
    limiter = Limiter(clock)
    limiter.silence("ip_banned")
    assert (limiter.silent_until_mono, limiter.silent_reason) == (clock.monotonic() + 600, "ip_banned")
    clock.advance(599)
    for is_write in (False, True):
        with pytest.raises(RateLimited, match="ip_banned") as caught:
            await limiter.acquire(READ, is_write=is_write)
        assert caught.value.retry_ms == 1_000
    clock.advance(1)
    assert not await waits(limiter)


async def test_requests_per_second_forgets():
    clock = ManualClock()
    limiter = Limiter(clock)
    await limiter.acquire(READ, is_write=False)
    clock.advance(0.5)
    await limiter.acquire(READ, is_write=False)
    assert limiter.requests_per_s == 2
    clock.advance(0.6)
    assert limiter.requests_per_s == 1


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        ("access too frequent", "text/plain", "ip_banned"),
        ("<html><h1>Access too frequent</h1></html>", "text/html", "ip_banned"),
        ('{"retCode":10018}', "application/json", "ip_banned"),
        ("", "text/plain", "ip_banned"),
        ("<html>CloudFront is configured to block access from your country.</html>", "text/html", "region_blocked"),
    ],
)
async def test_403_silences_all_http_and_says_which_kind(body, kind, reason):
    async with rest_client() as (client, server):
        server.answer(http(body, status=403, kind=kind))
        for _attempt in range(3):
            with pytest.raises(RateLimited) as caught:
                await client.gateway.fetch_positions("linear", "USDT")
            assert caught.value.code == reason
            assert 599_000 < caught.value.retry_ms <= 600_000
        assert len(server.asked) == 1
        assert client.limiter.silent_reason == reason


async def test_after_10006_the_same_endpoint_waits_until_the_reset_header():
    async with rest_client() as (client, server):
        reset = str(client._clock.now_ms() + 300)
        busy = envelope({}, 10006, X_Bapi_Limit="50", X_Bapi_Limit_Status="0", X_Bapi_Limit_Reset_Timestamp=reset)
        server.answer(busy, page(rows.POSITION))
        started = time.perf_counter()
        with pytest.raises(RateLimited) as caught:
            await client.gateway.fetch_positions("linear", "USDT")
        assert 100 <= caught.value.retry_ms <= 600
        assert await client.gateway.fetch_positions("linear", "USDT")
        assert time.perf_counter() - started > 0.25


async def test_a_reset_is_told_by_the_exchanges_own_clock():
    """Ours may be wrong by minutes, and measuring it must not have to wait for that long."""
    async with rest_client() as (client, server):
        client.set_time_offset(-600_000)
        told = client._clock.now_ms()
        last = page(rows.POSITION, cursor="")
        head = {"X-Bapi-Limit": "50", "X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": str(told + 200)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in {**head, "Timenow": str(told)}.items()).encode()
        answer = last.chunks[0].replace(b"Content-Type", lines + b"Content-Type", 1)
        server.answer(last._replace(chunks=(answer,)), page(rows.POSITION))
        await client.gateway.fetch_positions("linear", "USDT")
        started = time.perf_counter()
        await client.gateway.fetch_positions("linear", "USDT")
        assert 0.1 < time.perf_counter() - started < 1.0


async def test_latency_and_rate_are_figures_of_the_status_line():
    async with rest_client() as (client, server):
        assert client.limiter.latency_ms is None
        server.answer(page(rows.POSITION))
        await client.gateway.fetch_positions("linear", "USDT")
        assert client.limiter.latency_ms is not None
        assert 0 <= client.limiter.latency_ms < 1_000
        assert client.limiter.requests_per_s == 1


def test_the_ceiling_is_a_sixth_of_what_bybit_allows():
    assert limits.PER_SECOND * 5 / 600 < 0.17
