"""How much the paper exchange carries: streams to two clients, orders through the engine and through REST.

Falling behind is seen in the messages themselves: each carries the exchange's time, and the clocks are the same. Lag in
the last third of the run is compared with the first third. ``--seconds 60`` is the full run; ``run()`` takes ten.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from core.paper.engine import Exchange

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 2
WANTED_PER_S = 5_000
TOPICS_PER_FRAME = 50
ORDERS = 2_000
REST_ORDERS = 500
Row = dict[str, object]


class Message(msgspec.Struct):
    """The two fields that count."""

    topic: str = ""
    ts: int = 0


@asynccontextmanager
async def paper(scenario: str) -> AsyncIterator[dict[str, str]]:
    """The ready line of an exchange that runs as a process of its own."""
    command = [sys.executable, "-m", "core.paper", "--scenario", scenario, "--exit-with-parent"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


async def symbols(session: aiohttp.ClientSession, ready: dict[str, str]) -> list[str]:
    """Every linear symbol."""
    async with session.get(f"{ready['rest']}/v5/market/instruments-info?category=linear&limit=1000") as answer:
        return [row["symbol"] for row in (await answer.json())["result"]["list"]]


async def listen(session: aiohttp.ClientSession, ready: dict[str, str], topics: list[str], seconds: float) -> list[int]:
    """Subscribe to everything, then note each message's lag in ms for so long."""
    decode = msgspec.json.Decoder(Message).decode
    lags: list[int] = []
    seen: set[str] = set()
    async with session.ws_connect(f"{ready['ws']}/v5/public/linear", max_msg_size=0) as ws:
        for first in range(0, len(topics), TOPICS_PER_FRAME):
            await ws.send_json({"op": "subscribe", "args": topics[first : first + TOPICS_PER_FRAME]})
        while len(seen) < len(topics):
            seen.add(decode((await ws.receive(5)).data).topic or topics[0])
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            message = decode((await ws.receive(5)).data)
            lags.append(time.time_ns() // 1_000_000 - message.ts)
    return lags


async def streams(seconds: float) -> list[Row]:
    """Two clients, all tickers of 200 positions."""
    async with paper("busy") as ready, aiohttp.ClientSession() as session:
        topics = [f"tickers.{symbol}" for symbol in await symbols(session, ready)]
        heard = await asyncio.gather(*(listen(session, ready, topics, seconds) for _ in range(CLIENTS)))
    slowest = min(len(lags) for lags in heard) / seconds
    calm, late = (max(_p99(lags[part]) for lags in heard) for part in _thirds(min(map(len, heard))))
    name = f"paper: {len(topics)} tickers to {CLIENTS} clients for {seconds:g} s"
    return [
        _row(
            f"{name}, messages/s each",
            f">= {WANTED_PER_S * 0.98:g}",
            round(slowest),
            slowest >= WANTED_PER_S * 0.98,
            "1/s",
        ),
        _row(
            f"{name}, lag p99 of last ÷ first third",
            "<= 1.5",
            round(late / calm, 2),
            late <= 1.5 * calm,
            f"x ({late} ms)",
        ),
    ]


def _thirds(count: int) -> tuple[slice, slice]:
    """First and last third."""
    return slice(0, count // 3), slice(count - count // 3, count)


def _p99(lags: list[int]) -> int:
    return max(1, sorted(lags)[len(lags) * 99 // 100])


def engine_orders(scenario: str) -> float:
    """Market orders per second through the engine: open and close by turns, events taken as the server does."""
    exchange = Exchange(scenario)
    exchange.stage("transfer", amount="100000")
    body = {"category": "linear", "symbol": "ADAUSDT", "orderType": "Market", "qty": "100"}
    started = time.perf_counter()
    for number in range(ORDERS):
        exchange.advance(exchange.now_ms + 10)
        exchange.create_order({**body, "side": "Sell" if number % 2 else "Buy"})
        exchange.take_events()
    return ORDERS / (time.perf_counter() - started)


async def rest_orders() -> float:
    """The same over signed REST, one after the other, limits off."""
    async with paper("quiet") as ready, aiohttp.ClientSession() as session:
        token = {"Authorization": f"Bearer {ready['control_token']}"}
        async with session.post(f"{ready['control']}/settings", json={"limits": False}, headers=token) as answer:
            assert answer.status == 200
        await _deposit(session, ready, token)
        started = time.perf_counter()
        for number in range(REST_ORDERS):
            body = {"category": "linear", "symbol": "ADAUSDT", "orderType": "Market", "qty": "100"}
            body |= {"side": "Sell" if number % 2 else "Buy"}
            assert (await _post(session, ready, "/v5/order/create", body))["retCode"] == 0
        return REST_ORDERS / (time.perf_counter() - started)


async def _deposit(session: aiohttp.ClientSession, ready: dict[str, str], token: dict[str, str]) -> None:
    order = {"incident": "transfer", "amount": "100000"}
    async with session.post(f"{ready['control']}/incident", json=order, headers=token) as answer:
        assert answer.status == 200


async def _post(session: aiohttp.ClientSession, ready: dict[str, str], path: str, body: dict[str, Any]) -> Any:
    text, stamp = json.dumps(body), str(time.time_ns() // 1_000_000)
    signed = f"{stamp}{ready['api_key']}5000{text}".encode()
    headers = {
        "X-BAPI-API-KEY": ready["api_key"],
        "X-BAPI-TIMESTAMP": stamp,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": hmac.new(ready["api_secret"].encode(), signed, hashlib.sha256).hexdigest(),
        "Content-Type": "application/json",
    }
    async with session.post(f"{ready['rest']}{path}", data=text, headers=headers) as answer:
        return await answer.json()


def control_hash_rate() -> float:
    """What this machine can do at all: Decimal divisions per second, the unit in which order throughput is told."""
    started = time.perf_counter()
    value = Decimal("67605.1")
    for _ in range(200_000):
        value = Decimal("1") / value
    return 200_000 / (time.perf_counter() - started)


def orders() -> list[Row]:
    """Order throughput, as a share of what the machine can do and by the number of positions."""
    few, many, rest = engine_orders("quiet"), engine_orders("busy"), asyncio.run(rest_orders())
    per_order = control_hash_rate() / few
    return [
        _row("paper: engine, orders/s with an empty account", ">= 1000", round(few), few >= 1000, "1/s"),
        _row(
            "paper: engine, cost of an order in Decimal divisions",
            "<= 20000",
            round(per_order),
            per_order <= 20_000,
            "divisions",
        ),
        _row("paper: engine, orders/s with 200 positions and 40 ms prices", ">= 100", round(many), many >= 100, "1/s"),
        _row("paper: signed REST, orders/s one after the other", ">= 200", round(rest), rest >= 200, "1/s"),
    ]


def _row(name: str, budget: str, measured: float, ok: bool, unit: str) -> Row:
    return {"name": name, "budget": budget, "measured": measured, "ok": bool(ok), "unit": unit}


def run(seconds: float = 10.0) -> list[Row]:
    """All figures of this module."""
    return [*orders(), *asyncio.run(streams(seconds))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the stream test")
    for found in run(parser.parse_args().seconds):
        print(found)
