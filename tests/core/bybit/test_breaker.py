"""Circuit breakers and the retry budget: when requests are held back, what is let through, and how soon it is over."""

import asyncio

import pytest

from core.bybit.breaker import PRIVATE_PROBES_S, PROBES_S, TRIPS_AFTER, Breaker, Breakers, is_outage
from core.bybit.client import Patience
from core.bybit.retries import BUDGET, RetryBudget
from core.clock import ManualClock
from core.errors import AuthFailed, BadFrame, OutcomeUnknown, RateLimited, Rejected, Unreachable
from core.model import Hold
from tests.core.bybit import rows
from tests.core.bybit.servers import envelope, http, page, rest_client

PATH = "v5/position/list"
DOWN = Unreachable("http_status", status=502)


def fail(breaker: Breaker, times: int = TRIPS_AFTER, *, is_urgent: bool = False) -> None:
    for _time in range(times):
        with pytest.raises(Unreachable), breaker.attempt(PATH, is_urgent=is_urgent):
            raise DOWN


def work(breaker: Breaker) -> None:
    with breaker.attempt(PATH):
        pass


def is_held(breaker: Breaker) -> bool:
    try:
        breaker.check(PATH)
    except RateLimited:
        return True
    return False


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (Unreachable("timeout"), True),
        (Unreachable("bad_envelope"), True),
        (OutcomeUnknown("not_sent"), True),
        (OutcomeUnknown("unclear_code", ret_code=10016), True),
        (OutcomeUnknown("exists", ret_code=110072), False),
        (Unreachable("clock_skew", ret_code=10002), False),
        (Rejected(110017), False),
        (RateLimited("too_many_visits", 700), False),
        (AuthFailed("auth_failed"), False),
        (BadFrame("bad_row"), False),
    ],
)
def test_only_an_endpoint_that_does_not_work_counts(error, counts):
    assert is_outage(error) is counts


def test_it_opens_after_five_failures_in_a_row_and_not_before():
    breaker = Breaker("b", ManualClock())
    fail(breaker, TRIPS_AFTER - 1)
    work(breaker)
    fail(breaker, TRIPS_AFTER - 1)
    assert not is_held(breaker)
    fail(breaker, 1)
    assert is_held(breaker)
    assert breaker.is_open


def test_probes_leave_one_at_a_time_after_5_10_20_40_60_60_seconds():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    for wait_s in (*PROBES_S, PROBES_S[-1]):
        clock.advance(wait_s - 0.1)
        assert is_held(breaker)
        clock.advance(0.1)
        assert not is_held(breaker)
        fail(breaker, 1)
        assert is_held(breaker)
    assert PROBES_S == (5.0, 10.0, 20.0, 40.0, 60.0)
    assert sum(PRIVATE_PROBES_S[-1:]) < 10, "the book must be right 10 s after the outage"


def test_one_success_closes_it_and_forgets_how_long_it_was_open():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    clock.advance(5)
    fail(breaker, 1)
    clock.advance(10)
    work(breaker)
    assert not is_held(breaker)
    fail(breaker)
    clock.advance(5)
    assert not is_held(breaker)


def test_an_answer_of_any_kind_closes_it():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    clock.advance(5)
    with pytest.raises(Rejected), breaker.attempt(PATH):
        raise Rejected(110017)
    assert not breaker.is_open


async def test_what_left_before_it_opened_does_not_put_the_probe_off():
    clock, is_over = ManualClock(), asyncio.Event()
    breaker = Breaker("b", clock)

    async def slow() -> None:
        with breaker.attempt(PATH):
            await is_over.wait()
            raise DOWN

    straggler = asyncio.create_task(slow())
    await asyncio.sleep(0)
    fail(breaker)
    clock.advance(4)
    is_over.set()
    with pytest.raises(Unreachable):
        await straggler
    clock.advance(1)
    assert not is_held(breaker)


def test_no_second_probe_beside_the_first():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    clock.advance(5)
    with breaker.attempt(PATH):
        assert is_held(breaker)
    assert not is_held(breaker)


def test_a_cancelled_probe_leaves_room_for_the_next():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    clock.advance(5)
    with pytest.raises(asyncio.CancelledError), breaker.attempt(PATH):
        raise asyncio.CancelledError
    assert not is_held(breaker)


def test_what_somebody_waits_for_probes_before_the_time():
    breaker = Breaker("b", ManualClock())
    fail(breaker)
    with breaker.attempt(PATH, is_urgent=True), pytest.raises(RateLimited, match="breaker_open"):
        breaker.check(PATH)
    assert not breaker.is_open


def test_what_somebody_waits_for_goes_beside_a_probe_that_hangs():
    clock = ManualClock()
    breaker = Breaker("b", clock)
    fail(breaker)
    clock.advance(5)
    with (
        breaker.attempt(PATH),
        breaker.attempt(PATH, is_urgent=True),
        pytest.raises(RateLimited, match="breaker_open"),
    ):
        breaker.check(PATH)
    assert not breaker.is_open


def test_the_end_of_one_outage_lets_the_others_probe():
    clock = ManualClock()
    breakers = Breakers(clock)
    private, public = breakers.reads(is_private=True), breakers.reads(is_private=False)
    fail(private)
    fail(public)
    assert {hold.name for hold in breakers.holds()} == {"private_read", "public_read"}
    assert breakers.holds()[0] == Hold("private_read", "breaker_open", clock.monotonic() + 5)
    with breakers.attempt(private, PATH, is_urgent=True):
        pass
    assert not is_held(public)
    assert public.is_open
    assert [hold.name for hold in breakers.holds()] == ["public_read"]


async def test_writes_go_one_by_one_while_it_is_open():
    breaker = Breaker("write", ManualClock())
    fail(breaker)
    order: list[str] = []

    async def write(name: str) -> None:
        async with breaker.turn(PATH):
            with breaker.attempt(PATH, is_urgent=True):
                order.append(f"{name} leaves")
                await asyncio.sleep(0.01)
                order.append(f"{name} is answered")

    await asyncio.gather(write("first"), write("second"))
    assert order == ["first leaves", "first is answered", "second leaves", "second is answered"]


async def test_a_write_that_waited_too_long_for_its_turn_is_not_sent(monkeypatch):
    monkeypatch.setattr("core.bybit.breaker.TURN_S", 0.02)
    breaker = Breaker("write", ManualClock())
    fail(breaker)
    async with breaker.turn(PATH):
        with pytest.raises(RateLimited, match="breaker_open"):
            async with breaker.turn(PATH):
                raise AssertionError("sent")


# ---- the retry budget -----------------------------------------------------------------------------------------------


def test_a_tenth_of_the_reads_of_a_minute_may_be_repeated():
    clock = ManualClock()
    budget = RetryBudget(clock)
    taken = 0
    for _read in range(300):
        budget.count_read()
        taken += budget.take(DOWN) is not None
        assert taken <= BUDGET * budget.used[1]
        clock.advance(0.05)
    assert taken == 30
    clock.advance(60)
    assert budget.used == (0, 0)
    assert budget.take(DOWN) is None


@pytest.mark.parametrize("code", ["timeout", "bad_envelope", "exchange_busy", "clock_skew", "redirected"])
def test_what_a_moment_does_not_cure_is_not_repeated(code):
    budget = RetryBudget(ManualClock())
    for _read in range(100):
        budget.count_read()
    assert budget.take(Unreachable(code)) is None
    assert budget.take(Unreachable("http_status", status=404)) is None
    wait_s = budget.take(DOWN)
    assert wait_s is not None
    assert 0.1 <= wait_s <= 0.5


# ---- through real sockets -------------------------------------------------------------------------------------------


async def test_five_error_pages_stop_the_reads_but_not_the_writes():
    async with rest_client(patience=Patience()) as (client, server):
        server.answer(http("<html>502</html>", status=502, kind="text/html"))
        for _time in range(TRIPS_AFTER):
            with pytest.raises(Unreachable, match="http_status"):
                await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == TRIPS_AFTER
        with pytest.raises(RateLimited, match="breaker_open"):
            await client.gateway.fetch_wallet()
        assert len(server.asked) == TRIPS_AFTER
        assert [hold.name for hold in client.gateway.holds()] == ["private_read"]
        server.answer(envelope({"orderId": "1", "orderLinkId": ""}))
        await client.gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id="1")
        assert server.asked[-1].path == "/v5/order/cancel"


async def test_an_urgent_read_is_the_probe_and_ends_the_outage():
    async with rest_client(patience=Patience()) as (client, server):
        server.answer(http("", status=503))
        for _time in range(TRIPS_AFTER):
            with pytest.raises(Unreachable):
                await client.gateway.fetch_positions("linear", "USDT")
        server.answer(page(rows.POSITION))
        assert await client.gateway.fetch_position("linear", rows.POSITION["symbol"], is_urgent=True)
        assert await client.gateway.fetch_positions("linear", "USDT")
        assert client.gateway.holds() == ()


async def test_a_write_is_the_probe_of_its_own_breaker():
    """F16: five orders fail, the sixth is let through, and with its answer all is well."""
    async with rest_client(patience=Patience()) as (client, server):
        server.answer(http("", status=502))
        for _time in range(TRIPS_AFTER):
            with pytest.raises(OutcomeUnknown):
                await client.gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id="1")
        assert [hold.name for hold in client.gateway.holds()] == ["write"]
        server.answer(envelope({"orderId": "1", "orderLinkId": ""}))
        assert await client.gateway.cancel_order(category="linear", symbol="SOLUSDT", order_id="1")
        assert client.gateway.holds() == ()


async def test_a_read_is_asked_once_more_within_the_budget():
    async with rest_client(patience=Patience()) as (client, server):
        server.answer(page(rows.POSITION))
        for _read in range(10):
            await client.gateway.fetch_positions("linear", "USDT")
        server.answer(http("", status=503), page(rows.POSITION))
        assert await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == 12
        server.answer(http("", status=503), page(rows.POSITION))
        with pytest.raises(Unreachable, match="http_status"):
            await client.gateway.fetch_positions("linear", "USDT")
        assert len(server.asked) == 13


async def test_silence_is_a_hold_with_its_end():
    """F21: what a countdown counts down to."""
    async with rest_client(patience=Patience()) as (client, server):
        server.answer(http("access too frequent", status=403, kind="text/plain"))
        before = client._clock.monotonic()
        with pytest.raises(RateLimited, match="ip_banned"):
            await client.gateway.fetch_wallet()
        (hold,) = client.gateway.holds()
        assert (hold.name, hold.reason) == ("all", "ip_banned")
        assert 600 <= hold.until_mono - before < 605
