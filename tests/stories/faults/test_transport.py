"""Faults of the way to the exchange (F1–F15): the book is kept, the link says so, and it is right again in time."""

import asyncio

import pytest

from tests.stories.faults.stage import Stage

LISTS, ALL = "/v5/position/list", "/v5/*"


async def test_f1_refused_connections(stage: Stage) -> None:
    await stage.arm("refuse_connections")
    shown = await stage.lost("rest", "private", "tickers")
    assert shown.links.rest.detail in {"no_connection", "connection_lost"}
    await stage.somebody_acts()
    stage.kept()
    await stage.disarm()
    await stage.equal()
    stage.kept()


async def test_f2_one_reset_is_asked_again_within_the_budget(stage: Stage) -> None:
    await asyncio.sleep(0.5)  # ten reads must have left before one may be repeated
    number = await stage.arm("http_status", LISTS, count=1, args={"status": 502})
    await stage.hit(number)
    await stage.somebody_acts()
    await stage.equal()
    assert stage.witness.count("link_lost") == 0
    stage.kept()


@pytest.mark.parametrize("fault", ["reset_on_headers", "reset_before", "short_body"])
async def test_f2_f15_broken_reads(stage: Stage, fault: str) -> None:
    number = await stage.arm(fault, LISTS)
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == "connection_lost"
    assert shown.links.private.state == "live"
    await stage.somebody_acts()
    await stage.hit(number, 5)
    stage.kept()
    await stage.disarm()
    await stage.equal()


async def test_f5_a_slow_answer_is_waited_for(stage: Stage) -> None:
    number = await stage.arm("delay", LISTS, args={"ms": 400})
    await stage.somebody_acts()
    await stage.hit(number, 3)
    await stage.disarm()
    await stage.equal()
    assert stage.witness.count("link_lost") == 0


async def test_f5_an_answer_that_is_late_brings_nothing_old_back(stage: Stage) -> None:
    """The list was made before the trade and arrives after the stream told of it."""
    before = stage.snapshot.position("SOLUSDT").size
    number = await stage.arm("delay", LISTS, args={"ms": 600}, count=3)
    await stage.hit(number, 3)
    await stage.trade("SOLUSDT", "Buy", "1")
    await stage.until(lambda s: s.position("SOLUSDT").size == before + 1)
    sizes = []
    stop = stage.manager.subscribe("snapshot", lambda s: sizes.append(s.position("SOLUSDT").size))
    await asyncio.sleep(0.7)
    stop()
    assert set(sizes) == {before + 1}
    await stage.equal()


@pytest.mark.parametrize(("fault", "args"), [("hang", {"executed": False}), ("drip", {})])
async def test_f5_f6_an_answer_that_does_not_come_is_given_up(
    stage: Stage, fault: str, args: dict[str, object]
) -> None:
    tasks = len(asyncio.all_tasks())
    await stage.arm(fault, LISTS, args=args)
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == "timeout"
    await stage.somebody_acts()
    stage.kept()
    await stage.disarm()
    await stage.equal()
    assert len(asyncio.all_tasks()) <= tasks + 8, "tasks leak"


@pytest.mark.parametrize(
    ("fault", "args", "cause"),
    [
        ("html", {}, "bad_envelope"),
        ("redirect", {}, "redirected"),
        ("http_status", {"status": 407}, "http_status"),
        ("http_status", {"status": 502}, "http_status"),
        ("http_status", {"status": 524}, "http_status"),
        ("http_status", {"status": 500, "as_json": True}, "http_status"),
    ],
    ids=["f9-html", "f10-redirect", "f11-407", "f11-502", "f13-524", "f12-500-json"],
)
async def test_answers_that_are_not_the_exchanges(
    stage: Stage, fault: str, args: dict[str, object], cause: str
) -> None:
    await stage.arm(fault, ALL, args=args)
    shown = await stage.lost("rest")
    assert shown.links.rest.detail == cause
    await stage.somebody_acts()
    await asyncio.sleep(0.3)
    stage.kept()
    await stage.disarm()
    await stage.equal()
    stage.kept()


async def test_f12_a_storm_opens_the_breaker_and_probes_find_its_end(stage: Stage) -> None:
    await stage.arm("http_status", ALL, args={"status": 503})
    shown = await stage.until(lambda s: any(hold.name == "private_read" for hold in s.links.holds))
    assert {hold.reason for hold in shown.links.holds} == {"breaker_open"}
    await stage.control("forget_requests")
    await stage.somebody_acts()
    await asyncio.sleep(0.7)
    asked = await stage.control("counts")
    assert sum(asked.values()) <= 20, f"a storm of our own: {asked}"
    stage.kept()
    await stage.disarm()
    await stage.equal(5.0)  # the probe after the storm is due within 8 s
    await stage.until(lambda s: s.links.holds == ())
