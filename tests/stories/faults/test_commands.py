"""Faults that meet a command (F2, F5, F13, F16, F20, F23, F25, F26, F33, F49, F55–F57): one order, and its truth."""

import asyncio
import itertools
from decimal import Decimal
from typing import Any

import pytest

from core import actions, engine, resolver
from core.book import PositionBook
from core.bybit import breaker
from core.errors import Unreachable
from core.intents import SetTradingStop
from core.model import Command, Position, PositionKey, Price
from tests.stories.faults.stage import Lag, Stage

D = Decimal
SOL, ADA = PositionKey("linear", "SOLUSDT", 0), PositionKey("linear", "ADAUSDT", 0)
CREATE, STOP = "/v5/order/create", "/v5/position/trading-stop"
PLACES = ("/v5/order/realtime", "/v5/order/history", "/v5/execution/list")
PART = D("0.5")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The resolver's real waits are seconds: the same order in less."""
    monkeypatch.setattr(actions, "ASK_AFTER_MS", 200)
    monkeypatch.setattr(resolver, "NO_TRACE_AFTER_S", 1.2)
    monkeypatch.setattr(resolver, "SWEEPS_OVER_S", 0.4)
    monkeypatch.setattr(engine, "RESOLVE_EVERY_S", 0.1)


async def sent(stage: Stage) -> list[dict[str, Any]]:
    """The orders that this desk sent since the log was emptied."""
    return await stage.control("requests", path=CREATE)


async def ended(stage: Stage, command: Command) -> Command:
    """The command with its verdict."""
    return await stage.manager.verdict(command.command_id, 60)


async def held(stage: Stage, symbol: str) -> Decimal:
    """The size that an independent client sees, below zero when short."""
    row = (await stage.ask("/v5/position/list", category="linear", symbol=symbol))[0]
    return D(row["size"]) * (-1 if row["side"] == "Sell" else 1)


# ---- answers that prove nothing -------------------------------------------------------------------------------------

AMBIGUOUS = [
    ("delay", {}, "timeout"),
    *(("http_status", {"status": code, "executed": True}, "http_status") for code in (429, 520, 524, 530)),
    *(("ret_code", {"code": code, "executed": True}, "") for code in (429, 10000, 10016, 110079, 999999)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "args", "cause"), AMBIGUOUS, ids=lambda value: str(value.get("code") or value.get("status") or "")
    if isinstance(value, dict) else str(value),
)  # fmt: skip
async def test_an_answer_that_proves_nothing_is_no_refusal(
    stage: Stage, fault: str, args: dict[str, Any], cause: str
) -> None:
    """F5, F13, F23, F25: the order was carried out, whatever the answer says; nothing is sent twice."""
    await stage.control("forget_requests")
    before = await held(stage, "SOLUSDT")
    if fault == "delay":
        args = {"ms": int(stage.pace.patience.answer_s * 1000) + 500}
    await stage.arm(fault, CREATE, count=1, args=args)
    command = await stage.manager.close_position(SOL, PART)
    assert stage.witness.count("command_answered", answer="unknown", command_id=command.command_id) == 1
    if cause:
        assert stage.witness.count("command_answered", detail=cause) == 1
    done = await ended(stage, command)
    assert (done.state, done.filled_qty) == ("done", PART)
    assert len(await sent(stage)) == 1
    assert await held(stage, "SOLUSDT") == before - PART
    await stage.equal()


@pytest.mark.parametrize(
    ("fault", "args"),
    [("reset_on_headers", {}), ("http_status", {"status": 524}), ("ret_code", {"code": 10016})],
    ids=["f2", "f13", "f25"],
)
async def test_a_request_that_never_arrived_may_be_repeated_under_its_id(
    stage: Stage, fault: str, args: dict[str, Any]
) -> None:
    before = await held(stage, "SOLUSDT")
    await stage.arm(fault, CREATE, count=1, args=args)
    lost = await ended(stage, await stage.manager.close_position(SOL, PART))
    assert lost.state == "no_trace"
    assert await held(stage, "SOLUSDT") == before
    done = await ended(stage, await stage.manager.retry(lost.command_id))
    assert (done.state, done.order_link_id, done.filled_qty) == ("done", lost.order_link_id, PART)
    assert await held(stage, "SOLUSDT") == before - PART
    await stage.equal()


@pytest.mark.parametrize("code", [110072, 10014], ids=str)
async def test_f26_an_id_that_exists_already_is_the_first_copy(stage: Stage, code: int) -> None:
    """The first answer was lost, the order waits, and no place shows it: without a trace of it, it is repeated."""
    await stage.control("forget_requests")
    before = await held(stage, "SOLUSDT")
    await stage.incident("hold_fills")
    await stage.arm("drop", {"socket": "private"})
    for path in PLACES:
        await stage.arm("hide_young", path, args={"ms": 3_600_000})
    await stage.arm("reset_after", CREATE, count=1)
    lost = await ended(stage, await stage.manager.close_position(SOL, PART))
    assert lost.state == "no_trace"
    if code != 110072:  # which the exchange answers by itself
        await stage.arm("ret_code", CREATE, count=1, args={"code": code, "msg": "Duplicate request"})
    await stage.manager.retry(lost.command_id)
    assert stage.witness.count("command_answered", answer="unknown", detail="exists") == 1
    await stage.disarm()
    await stage.incident("release_fills")
    done = await ended(stage, lost)
    assert (done.state, done.filled_qty) == ("done", PART)
    assert [one["ret_code"] for one in await sent(stage)][1:] == [code]
    assert await held(stage, "SOLUSDT") == before - PART
    await stage.equal()


# ---- answers that prove that nothing was done -----------------------------------------------------------------------


async def test_f20_a_limit_that_is_reached_says_that_nothing_was_sent(stage: Stage) -> None:
    await stage.control("forget_requests")
    before = await held(stage, "SOLUSDT")
    await stage.arm("rate_limited", CREATE, count=1, args={"reset_ms": 700})
    refused = await stage.manager.close_position(SOL, PART)
    assert (refused.state, refused.detail) == ("refused", "too_many_visits")
    assert await held(stage, "SOLUSDT") == before
    done = await ended(stage, await stage.manager.close_position(SOL, PART))
    assert done.state == "done"
    first, second = await sent(stage)
    assert second["time_ms"] - first["time_ms"] >= 700, "the next one waits for the reset"
    assert await held(stage, "SOLUSDT") == before - PART
    await stage.equal()


async def test_f49_what_finds_no_connection_was_not_sent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network died between the click and the first byte."""
    monkeypatch.setattr(actions, "FRESH_S", 3_600.0)
    await stage.control("forget_requests")
    before = await held(stage, "SOLUSDT")
    await stage.arm("refuse_connections")
    await stage.lost("rest", "private", "tickers")
    command = await stage.manager.close_position(SOL, PART)
    assert (command.state, command.detail) == ("refused", "not_sent")
    await stage.disarm()
    await stage.equal()
    assert await sent(stage) == []
    assert await held(stage, "SOLUSDT") == before
    again = await ended(stage, await stage.manager.close_position(SOL, PART))
    assert again.state == "done"


async def test_f49_an_old_row_that_cannot_be_read_again_is_not_acted_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "FRESH_S", 0.0)
    await stage.control("forget_requests")
    await stage.arm("refuse_connections")
    await stage.lost("rest")
    with pytest.raises(Unreachable, match="stale"):
        await stage.manager.close_position(SOL, PART)
    await stage.disarm()
    await stage.equal()
    assert await sent(stage) == []


# ---- the breaker ----------------------------------------------------------------------------------------------------


def stop_of(stage: Stage, position: Position) -> SetTradingStop:
    """A stop a fifth away."""
    instrument = stage.snapshot.instrument(position.key)
    price = position.mark_price * (D("0.8") if position.is_long else D("1.2"))
    category, symbol, idx = position.key
    return SetTradingStop(
        category=category, symbol=symbol, position_idx=idx, stop_loss=price - price % instrument.tick
    )  # fmt: skip


async def test_f16_an_operators_write_is_the_probe(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five writes fail: the breaker of writes is open, for an hour. The sixth is sent all the same, and carried out."""
    writes = stage.manager.engine.sync.client.breakers.write
    monkeypatch.setattr(writes, "_probes_s", (3_600.0,))
    await stage.arm("http_status", {"method": "POST"}, args={"status": 502})
    others = [p for p in stage.snapshot.positions if p.symbol != "SOLUSDT"][: breaker.TRIPS_AFTER]
    assert len(others) == breaker.TRIPS_AFTER
    for position in others:
        command = await stage.manager.submit(stop_of(stage, position))
        assert command.state == "unknown"
    await stage.until(lambda s: any(hold.name == "write" for hold in s.links.holds))
    await stage.disarm()
    assert writes.is_open
    done = await ended(stage, await stage.manager.close_position(SOL, PART))
    assert done.state == "done"
    assert not writes.is_open
    await stage.until(lambda s: s.links.holds == ())
    await stage.equal()


# ---- somebody else acts at the same time ----------------------------------------------------------------------------


async def race(stage: Stage, side: str, qty: str) -> Command:
    """A bot's order reaches the market just before ours, which closes all 100 ADA that were there when it was sent."""
    await stage.control("forget_requests")
    left = await held(stage, "ADAUSDT")
    if left:
        await stage.trade("ADAUSDT", "Sell" if left > 0 else "Buy", format(abs(left), "f"))
    await stage.trade("ADAUSDT", "Buy", "100")
    await stage.until(lambda s: s.position("ADAUSDT") is not None and s.position("ADAUSDT").size == 100)
    await stage.incident("hold_fills")
    await stage.trade("ADAUSDT", side, qty)
    ours = await stage.manager.close_position(ADA)
    assert ours.state == "accepted"
    assert stage.snapshot.position("ADAUSDT").size == 100, "nothing may have been filled yet"
    await stage.incident("release_fills")
    return await ended(stage, ours)


async def test_f55_what_the_bot_has_closed_is_said_to_be(stage: Stage) -> None:
    ours = await race(stage, "Sell", "100")
    assert (ours.state, ours.detail) == ("refused", "closed_by_other")
    await stage.equal()
    assert await held(stage, "ADAUSDT") == 0
    assert len(await sent(stage)) == 1


async def test_f56_when_the_bot_takes_half_the_other_half_is_closed_and_no_more(stage: Stage) -> None:
    ours = await race(stage, "Sell", "60")
    assert ours.state == "done"
    await stage.until(lambda s: s.position("ADAUSDT") is None)
    await stage.equal()
    assert await held(stage, "ADAUSDT") == 0, "never the other way round"
    assert len(await sent(stage)) == 1
    shown = await stage.until(lambda s: any(t.symbol == "ADAUSDT" for t in s.closed_trades))
    trade = next(t for t in shown.closed_trades if t.symbol == "ADAUSDT")
    assert [part.qty for part in trade.exits] == [60, 40]
    assert trade.exits[1].order_link_id == ours.order_link_id


async def test_f57_what_the_bot_adds_stays_open_and_is_not_closed_by_itself(stage: Stage) -> None:
    ours = await race(stage, "Buy", "30")
    assert (ours.state, ours.filled_qty) == ("done", 100)
    await stage.until(lambda s: s.position("ADAUSDT").size == 30)
    await stage.equal()
    assert await held(stage, "ADAUSDT") == 30
    assert len(await sent(stage)) == 1


# ---- a flood --------------------------------------------------------------------------------------------------------


async def test_f33_a_flood_of_tickers_loses_no_execution_and_holds_no_command_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """5,000 messages a second, through which trades of others come in and our closes go out and are done."""
    arrived = itertools.count()
    take = PositionBook._on_price

    def counted(book: PositionBook, price: Price) -> None:
        next(arrived)
        take(book, price)

    monkeypatch.setattr(PositionBook, "_on_price", counted)
    lag = Lag()
    await stage.arm("flood", args={"per_second": 5_000})
    size = await held(stage, "SOLUSDT")
    for _ in range(3):
        await stage.trade("SOLUSDT", "Buy", "1.5")
        done = await ended(stage, await stage.manager.close_position(SOL, PART))
        assert (done.state, done.filled_qty) == ("done", PART)
        size += 1
        await stage.until(lambda s, size=size: s.position("SOLUSDT").size == size)
    async with asyncio.timeout(60):
        while next(arrived) < 5_000:
            await asyncio.sleep(0.02)
    assert len(stage.snapshot.prices) < 50, "one price per contract"
    await stage.disarm()
    await stage.equal()
    assert lag.stop() < 0.5
    stage.kept()
