"""Time (F79, F93–F96): sleep, a wrong clock on either side, another time zone."""

import os
import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.clock import SystemClock
from core.errors import BadValue
from core.model import PositionKey
from tests.stories.faults.stage import PACES, Stage

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)


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
    if CLOCK.ahead_ms:
        stage.runner.run(set_right(stage))


async def set_right(stage: Stage) -> None:
    """Put the clock right and wait until the exchange's time was measured anew; only a jump is noticed by itself."""
    is_seen, CLOCK.ahead_ms = CLOCK.ahead_ms > 5_000, 0
    if is_seen:
        await stage.told("link_lost", link="private", reason="clock_jumped")
    else:
        await stage.redial()
    await stage.until(lambda s: s.links.is_live and abs(s.links.clock_offset_ms or 0) < 500)


async def test_f96_another_time_zone_changes_nothing_that_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stage.snapshot.sessions["today"]
    for zone in ("Pacific/Kiritimati", "America/Los_Angeles"):
        monkeypatch.setitem(os.environ, "TZ", zone)
        time.tzset()
        await stage.trade("SOLUSDT", "Buy", "1")
        await stage.equal()
        assert stage.snapshot.sessions["today"].started_ms == before.started_ms, "the UTC day"
        newest = stage.snapshot.executions[0]
        assert abs(newest.ts_ms - stage.snapshot.as_of_ms) < 3_600_000 * 24 * 10
    monkeypatch.undo()
    time.tzset()
    stage.kept()


async def test_f79_after_a_sleep_everything_is_read_anew(stage: Stage) -> None:
    """Ten minutes during which only the wall clock went on; sockets look open, but lead nowhere."""
    await stage.arm("freeze")
    CLOCK.ahead_ms = 600_000
    # In a hurry a ping that nobody answers may be noticed before the sleep is.
    why = {"reason": "woke_up"} if stage.pace is PACES["real"] else {}
    for link in ("rest", "private"):
        await stage.told("link_lost", link=link, **why)
    await stage.told("tickers_lost", **why)
    await stage.somebody_acts()
    assert stage.witness.count("link_back", link="private") == 0, "believed the old socket"
    await stage.disarm()
    await stage.equal()
    stage.kept(told_once=False)
    assert stage.snapshot.links.clock_offset_ms < -590_000


async def test_f93_a_clock_that_is_ahead_is_found_by_its_refusal_and_corrected(stage: Stage) -> None:
    """No socket breaks, nobody wakes up: the first refusals as out of time say it, and there are no others."""
    await stage.control("forget_requests")
    CLOCK.ahead_ms = 3_000
    await stage.until(lambda s: abs(s.links.clock_offset_ms + 3_000) < 500)
    await stage.somebody_acts()
    await stage.equal()
    log = await stage.control("requests")
    refused = [number for number, one in enumerate(log) if one["ret_code"] == 10002]
    corrected = next(n for n, one in enumerate(log) if n > refused[0] and one["path"] == "/v5/market/time")
    assert len([number for number in refused if number > corrected]) <= 12, "more than what was under way"
    await stage.control("forget_requests")
    await stage.somebody_acts()
    await stage.equal()
    assert [one for one in await stage.control("requests") if one["ret_code"] == 10002] == []
    assert stage.witness.count("link_lost", link="private") == 0
    stage.kept(told_once=False)


async def test_f94_a_clock_set_by_twenty_seconds_shows_no_negative_age(stage: Stage) -> None:
    CLOCK.ahead_ms = -20_000
    await stage.told("link_lost", reason="clock_jumped")
    await stage.somebody_acts()
    await stage.equal()
    now = CLOCK.monotonic()
    shown = stage.snapshot
    assert all(now - position.received_mono >= 0 for position in shown.positions)
    assert now - shown.links.reconciled_mono >= 0
    assert abs(shown.links.clock_offset_ms - 20_000) < 500
    CLOCK.ahead_ms = 0
    await stage.told("link_lost", reason="woke_up")
    await stage.equal()
    stage.kept(told_once=False)


@pytest.mark.parametrize("step_ms", [40, 300], ids=["the two measurements differ", "none agrees with another"])
async def test_f95_while_the_exchanges_time_cannot_be_told_nothing_is_sent(stage: Stage, step_ms: int) -> None:
    await stage.arm("unsteady_time", args={"step_ms": step_ms})
    await stage.control("drop_sockets", socket="private")
    await stage.until(lambda s: s.links.rest.state == "lost" and s.links.rest.detail.startswith("clock_unst"))
    await stage.control("forget_requests")
    with pytest.raises(BadValue, match="clock_unstable"):
        await stage.manager.close_position(SOL, D("0.1"))
    assert await stage.control("requests", path="/v5/order/create") == []
    await stage.somebody_acts()
    await stage.disarm()
    await stage.equal()
    done = await stage.manager.verdict((await stage.manager.close_position(SOL, D("0.1"))).command_id, 60)
    assert done.state == "done"
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
