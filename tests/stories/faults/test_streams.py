"""Faults of the streams (F70–F78, F81, F82): untold, told twice, late or wrong, the book comes out true."""

import asyncio
import random
from decimal import Decimal

import pytest

from core.model import PositionKey
from tests.stories.faults.stage import Stage

D = Decimal
SOL = PositionKey("linear", "SOLUSDT", 0)


def size(stage: Stage, symbol: str = "SOLUSDT", idx: int = 0) -> Decimal:
    """What the desk shows."""
    return stage.snapshot.position(symbol, idx).size


# ---- broken sockets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["close", "reset"])
async def test_f70_dropped_sockets_are_dialled_again(stage: Stage, how: str) -> None:
    await stage.control("drop_sockets", how=how)
    await stage.told("link_lost", link="private")
    await stage.somebody_acts()
    await stage.equal()
    stage.kept()
    assert stage.witness.count("link_back", link="private") == 1


async def test_f70_a_stream_that_cannot_be_dialled_leaves_the_polls_on(stage: Stage) -> None:
    await stage.arm("refuse_upgrade", args={"status": 503})
    await stage.control("drop_sockets")
    await stage.lost("private", "tickers")
    await stage.until(lambda s: s.links.private.detail == "no_stream")
    before = size(stage)
    await stage.somebody_acts()
    shown = await stage.until(lambda s: s.position("SOLUSDT").size == before + 1)
    assert shown.links.private.state == "lost"
    assert shown.links.rest.state == "live"
    stage.kept()
    await stage.disarm()
    await stage.equal()


@pytest.mark.parametrize("fault", ["freeze", "no_pong"])
async def test_f71_a_half_open_socket_is_found_by_its_missing_pong(stage: Stage, fault: str) -> None:
    await stage.arm(fault)
    await stage.told("link_lost", link="private", reason="no_pong")
    await stage.somebody_acts()
    stage.kept(told_once=fault == "freeze")  # without pongs a new socket looks well for a while
    await stage.disarm()
    await stage.equal()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("drop_on_subscribe", "stream_lost"),
        ("lose_ack", "no_ack"),
        ("refuse_topic", "topic_refused"),
    ],
)
async def test_f72_a_stream_that_is_not_subscribed_is_not_live(stage: Stage, fault: str, cause: str) -> None:
    """No green but deaf: while the stream is not what it should be, the polls carry the book and the link says so."""
    await stage.arm(fault, {"socket": "private"})
    await stage.control("drop_sockets", socket="private")
    await stage.until(lambda s: s.links.private.detail == cause)
    assert stage.snapshot.links.private.state == "lost"
    before = size(stage)
    await stage.somebody_acts()
    await stage.until(lambda s: s.position("SOLUSDT").size == before + 1)
    stage.kept()
    await stage.disarm()
    await stage.equal()


async def test_f72_a_deaf_stream_is_put_right_by_the_polls_and_noted(stage: Stage) -> None:
    """Acknowledged, ponging, and silent: only a comparison finds that out."""
    await stage.arm("deaf", {"socket": "private"})
    await stage.control("drop_sockets", socket="private")
    await stage.told("link_back", link="private")
    before = size(stage)
    await stage.somebody_acts()
    await stage.until(lambda s: s.position("SOLUSDT").size == before + 1)
    await stage.told("discrepancy_size_differs")
    await stage.equal()
    stage.kept()
    await stage.disarm()
    await stage.redial()


# ---- order and number of messages -----------------------------------------------------------------------------------


async def busy(stage: Stage, trades: int = 12) -> None:
    """A burst of trades of both directions on several positions."""
    dice = random.Random(7)
    for _trade in range(trades):
        symbol, idx = dice.choice([("SOLUSDT", 0), ("ETHUSDT", 1), ("BTCUSDT", 2)])
        opens = "Sell" if idx == 2 else "Buy"
        qty = {"SOLUSDT": "0.3", "ETHUSDT": "0.02", "BTCUSDT": "0.003"}[symbol]
        if dice.random() < 0.6:
            await stage.trade(symbol, opens, qty, idx)
        else:
            await stage.trade(symbol, "Buy" if opens == "Sell" else "Sell", qty, idx, reduce_only=True)


@pytest.mark.parametrize(
    ("fault", "args"),
    [
        ("duplicate", {"times": 2}),
        ("reorder", {"window_ms": 300}),
        ("delay_message", {"ms": 500}),
        ("replay", {"after_ms": 700}),
    ],
    ids=["f73", "f74-reorder", "f74-delay", "f75"],
)
async def test_messages_again_late_and_in_any_order_end_in_the_same_book(
    stage: Stage, fault: str, args: dict[str, int]
) -> None:
    number = await stage.arm(fault, {"socket": "private"}, args=args)
    await busy(stage)
    await stage.equal()
    await asyncio.sleep(0.8)  # the last late copy has arrived
    await stage.equal()
    assert await stage.hits(number) >= 12
    assert stage.witness.count("executions_differ") == 0
    assert stage.witness.count("link_lost") == 0
    stage.kept()


async def test_f76_the_same_sequence_with_a_newer_time_is_news(stage: Stage) -> None:
    """Leverage changes without a trade."""
    leverage = stage.snapshot.position("SOLUSDT").leverage
    wanted = str(4 if leverage != 4 else 6)
    await asyncio.to_thread(
        lambda: stage.paper.do(
            "/v5/position/set-leverage",
            category="linear",
            symbol="SOLUSDT",
            buyLeverage=wanted,
            sellLeverage=wanted,
        )
    )
    await stage.until(lambda s: s.position("SOLUSDT").leverage == D(wanted))
    await stage.equal()
    stage.kept()


async def test_f77_a_sequence_that_starts_anew_is_settled_by_rest(stage: Stage) -> None:
    number = await stage.arm("seq_reset", {"socket": "private"})
    before = size(stage)
    await stage.somebody_acts()
    await stage.until(lambda s: s.position("SOLUSDT").size == before + 1)
    await stage.equal()
    assert await stage.hits(number)
    await stage.disarm()
    await stage.somebody_acts()
    await stage.equal()
    stage.kept()


@pytest.mark.parametrize(
    ("topic", "probability"),
    [("execution", 0.3), ("execution", 1), ("position", 0.5), ("position", 1), ("order", 1), ("wallet", 1)],
)
async def test_f78_frames_lost_beside_a_healthy_heartbeat_are_made_up_for(
    stage: Stage, topic: str, probability: float
) -> None:
    number = await stage.arm("drop", topic, probability=probability)
    await busy(stage)
    await stage.somebody_acts()
    assert await stage.hits(number)
    await stage.equal()
    if topic in {"execution", "position"} and probability == 1:
        await stage.told("discrepancy_")
    assert stage.witness.count("link_lost") == 0
    stage.kept()


# ---- prices ---------------------------------------------------------------------------------------------------------


async def test_f81_a_silent_ticker_gives_way_to_the_rows_own_mark(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.rows.MARK_FRESH_S", 0.4)
    await stage.arm("drop", "tickers.SOLUSDT")
    mark = stage.snapshot.position("SOLUSDT").mark_price + 1
    await stage.incident("price", symbol="SOLUSDT", mark=format(mark, "f"))
    shown = await stage.until(lambda s: s.position("SOLUSDT").mark_price == mark)
    position = shown.position("SOLUSDT")
    assert position.mark_source == "rest"
    await stage.disarm()
    await stage.incident("price", symbol="SOLUSDT", mark=format(mark + 1, "f"))
    await stage.equal()
    stage.kept()


@pytest.mark.parametrize("mark", ['"0"', '"-5"', '""', "null", '"X1000"'])
async def test_f82_a_mark_that_cannot_be_is_refused(stage: Stage, mark: str) -> None:
    """0, below zero, or a thousand times the index in one tick."""
    position = stage.snapshot.position("SOLUSDT")
    before, roe = position.mark_price, position.roe_pct
    text = mark.replace("X1000", format(before * 1000, "f"))
    seen = []
    stop = stage.manager.subscribe("snapshot", lambda s: seen.append(s.position("SOLUSDT")))
    number = await stage.arm("bad_number", "tickers.SOLUSDT", args={"field": "markPrice", "json": text}, count=1)
    await stage.incident("price", symbol="SOLUSDT", mark=format(before + D("0.1"), "f"))
    await stage.hit(number)
    await asyncio.sleep(0.2)
    stop()
    assert {p.mark_price for p in seen} <= {before, before + D("0.1")}
    assert all(abs(p.roe_pct - roe) < 5 for p in seen)
    if "000" in text or mark in {'"0"', '"-5"'}:
        assert stage.witness.count("mark_implausible") + stage.witness.count("frame_refused") >= 1
    await stage.incident("price", symbol="SOLUSDT", mark=format(before + D("0.2"), "f"))
    await stage.equal()
    stage.kept()
