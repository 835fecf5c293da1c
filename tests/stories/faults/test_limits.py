"""Limits and service codes (F19–F24): the desk waits as it is told, asks nothing while it is banned, and says so."""

import asyncio
from itertools import pairwise

import pytest

from core.bybit import limits
from tests.stories.faults.stage import Stage

LISTS, ORDERS = "/v5/position/list", "/v5/order/realtime"


async def asked(stage: Stage, path: str = "") -> int:
    """How many REST requests arrived since the log was emptied."""
    return len(await stage.control("requests", path=path))


async def pauses(stage: Stage, path: str, least_ms: int) -> int:
    """How often nothing arrived for so long, by the exchange's clock."""
    times = [one["time_ms"] for one in await stage.control("requests", path=path)]
    return sum(later - earlier >= least_ms for earlier, later in pairwise(times))


async def test_f19_too_many_visits_makes_one_class_wait_for_its_reset(stage: Stage) -> None:
    number = await stage.arm("rate_limited", ORDERS, args={"reset_ms": 700})
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == "too_many_visits"
    await stage.control("forget_requests")
    await stage.somebody_acts()
    await stage.hit(number, await stage.hits(number) + 10)
    assert await pauses(stage, ORDERS, 650) >= 2, "three scopes every 0.3 s, and now every 0.7 s"
    async with asyncio.timeout(60):
        while await asked(stage, LISTS) < 6:  # the other endpoints go on
            await asyncio.sleep(0.05)
    stage.kept()
    await stage.disarm()
    await stage.equal()


@pytest.mark.parametrize(
    ("fault", "args", "reason"),
    [("ip_ban", {}, "ip_banned"), ("region_block", {}, "region_blocked")],
    ids=["f21", "f22"],
)
async def test_f21_f22_after_a_403_nothing_is_asked_and_the_streams_go_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, fault: str, args: dict[str, object], reason: str
) -> None:
    """Ten minutes, shortened to two seconds: tests/core/bybit pins the ten."""
    monkeypatch.setattr(limits, "BAN_S", 2.0)
    await stage.control("forget_requests")
    number = await stage.arm(fault, LISTS, count=1, args=args)
    await stage.hit(number)
    shown = await stage.until(lambda s: any(hold.name == "all" for hold in s.links.holds))
    (hold,) = (hold for hold in shown.links.holds if hold.name == "all")
    assert hold.reason == reason
    assert shown.links.rest.state == "lost"
    assert shown.links.rest.detail == reason
    sol = shown.position("SOLUSDT").size
    await stage.somebody_acts()
    await stage.until(lambda s: s.position("SOLUSDT").size == sol + 1)
    assert stage.snapshot.links.private.state == stage.snapshot.links.tickers.state == "live"
    stage.kept()
    await stage.disarm()
    await stage.until(lambda s: hold not in s.links.holds and s.links.is_live)
    assert await pauses(stage, "", 1_500) >= 1, "polls are due every 200 ms, and none may leave while the ban lasts"
    await stage.equal()


async def test_f23_429_makes_a_read_wait(stage: Stage) -> None:
    number = await stage.arm("http_status", LISTS, args={"status": 429})
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == "too_many_requests"
    await stage.somebody_acts()
    await stage.hit(number, 2)
    stage.kept()
    await stage.disarm()
    await stage.equal()


async def test_f23_a_ret_code_of_429_is_a_busy_exchange(stage: Stage) -> None:
    await stage.arm("ret_code", LISTS, args={"code": 429, "msg": "busy"})
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == "exchange_busy"
    await stage.somebody_acts()
    stage.kept()
    await stage.disarm()
    await stage.equal()


async def test_f24_a_limit_that_is_used_up_makes_the_next_call_wait(stage: Stage) -> None:
    await stage.control("forget_requests")
    number = await stage.arm("limit_zero", LISTS, args={"reset_ms": 600})
    await stage.hit(number)
    await stage.control("forget_requests")
    await stage.hit(number, await stage.hits(number) + 12)
    assert await pauses(stage, LISTS, 550) >= 2, "three scopes every 0.2 s, and now every 0.6 s"
    assert stage.witness.count("link_lost") == 0
    await stage.disarm()
    await stage.somebody_acts()
    await stage.equal()
