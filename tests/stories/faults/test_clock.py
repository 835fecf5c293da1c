"""Time (F79, F93–F96): sleep, a wrong clock on either side, another time zone."""

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from core.clock import SystemClock
from tests.stories.faults.stage import Stage


class SetClock(SystemClock):
    """The computer's clocks, which somebody may set; ``sleep`` is what a suspended computer's clocks do."""

    def __init__(self) -> None:
        self.ahead_ms = 0

    def now_ms(self) -> int:
        """Wall clock, UTC, milliseconds."""
        return super().now_ms() + self.ahead_ms


CLOCK = SetClock()
OPTIONS = {"clock": CLOCK}


@pytest.fixture(autouse=True)
def right_clock(stage: Stage) -> Iterator[None]:
    """Each test leaves the clock as it should be, and the desk follows."""
    yield
    CLOCK.ahead_ms = 0
    stage.paper.control("drop_sockets", socket="private")
    stage.runner.run(stage.until(lambda s: s.links.is_live and abs(s.links.clock_offset_ms or 0) < 500))


async def test_f79_after_a_sleep_everything_is_read_anew(stage: Stage) -> None:
    """Ten minutes during which only the wall clock went on; sockets look open, but lead nowhere."""
    await stage.arm("freeze")
    CLOCK.ahead_ms = 600_000
    started = asyncio.get_running_loop().time()
    shown = await stage.until(lambda s: s.links.private.detail == "woke_up", 5.0)
    assert asyncio.get_running_loop().time() - started < 5
    assert {shown.links.rest.state, shown.links.private.state, shown.links.tickers.state} >= {"lost"}
    await stage.somebody_acts()
    await stage.disarm()
    await stage.equal()
    stage.kept(told_once=False)
    assert stage.snapshot.links.clock_offset_ms < -590_000


async def test_f93_a_clock_that_is_ahead_is_corrected_before_anything_is_signed(stage: Stage) -> None:
    CLOCK.ahead_ms = 3_000
    await stage.control("forget_requests")
    await stage.control("drop_sockets")
    await stage.told("link_lost", link="private")
    await stage.somebody_acts()
    await stage.until(lambda s: abs(s.links.clock_offset_ms + 3_000) < 500)
    await stage.equal()
    refused = [one for one in await stage.control("requests") if one["ret_code"] == 10002]
    assert len(refused) < 20, "a loop of refused requests"
    stage.kept(told_once=False)


async def test_f94_a_clock_set_by_twenty_seconds_shows_no_negative_age(stage: Stage) -> None:
    CLOCK.ahead_ms = -20_000
    await stage.until(lambda s: s.links.private.detail == "clock_jumped", 5.0)
    await stage.somebody_acts()
    await stage.equal()
    now = CLOCK.monotonic()
    shown = stage.snapshot
    assert all(now - position.received_mono >= 0 for position in shown.positions)
    assert now - shown.links.reconciled_mono >= 0
    assert abs(shown.links.clock_offset_ms - 20_000) < 500
    CLOCK.ahead_ms = 0
    await stage.until(lambda s: s.links.private.detail == "woke_up", 5.0)
    await stage.equal()
    stage.kept(told_once=False)


async def test_f95_an_exchange_whose_time_jumps_is_followed(stage: Stage) -> None:
    await stage.arm("server_time", args={"offset_ms": 60_000})
    await stage.until(lambda s: abs(s.links.clock_offset_ms - 60_000) < 500)
    before = stage.snapshot.position("SOLUSDT").size
    await stage.somebody_acts()
    shown = await stage.until(lambda s: s.position("SOLUSDT").size == before + 1 and s.links.rest.state == "live")
    assert shown.links.clock_offset_ms > 59_000
    await stage.disarm()
    await stage.until(lambda s: abs(s.links.clock_offset_ms) < 500)
    await stage.equal()
    stage.kept(told_once=False)


async def test_f96_another_time_zone_changes_nothing_that_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stage.snapshot.sessions["today"]
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        await stage.somebody_acts()
        await stage.equal()
        assert stage.snapshot.sessions["today"].started_ms == before.started_ms, "the UTC day"
        newest = stage.snapshot.executions[0]
        assert abs(newest.ts_ms - stage.snapshot.as_of_ms) < 3_600_000 * 24 * 10
    monkeypatch.undo()
    time.tzset()
    stage.kept()
