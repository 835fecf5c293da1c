"""What reading Bybit costs us against ccxt: ticker floods and polls of 500 positions (budgets G4, G14, G19).

Both sides use the same socket library and the same flood, sent by a process of its own; variants are interleaved and
the median of the per-pair ratios counts. ccxt's side is ccxt.pro as documented: ``watch_tickers`` and
``parse_position``. Nothing here is about painting or the book.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

PAIRS = 7
POLLS = 31
FLOOD = 20_000
PACED_PAIRS = 7
PACED_S = 1.5

Row = dict[str, object]


def run() -> list[Row]:
    """All rows of this module."""
    return [position_sync(), lone_read_wait(), *asyncio.run(_streams())]


def _row(name: str, budget: str, measured: float, ok: bool, unit: str) -> Row:
    return {"name": name, "budget": budget, "measured": round(measured, 2), "ok": ok, "unit": unit}


def _symbols(count: int) -> list[str]:
    return [f"COIN{number}USDT" for number in range(count)]


def _ccxt(ws: str = "ws://127.0.0.1:9", count: int = 500) -> Any:
    """An unmodified ccxt.pro.bybit that knows ``count`` contracts without asking for them."""
    import ccxt.pro

    exchange = ccxt.pro.bybit({"enableRateLimit": False})
    exchange.urls["api"]["ws"]["public"] = dict.fromkeys(
        ("spot", "linear", "inverse", "option"), f"{ws}/v5/public/linear"
    )
    exchange.set_markets([_market(symbol) for symbol in _symbols(count)])
    return exchange


def _market(symbol: str) -> dict[str, Any]:
    base = symbol.removesuffix("USDT")
    return {
        "id": symbol, "symbol": f"{base}/USDT:USDT", "base": base, "quote": "USDT", "settle": "USDT", "type": "swap",
        "baseId": base, "quoteId": "USDT", "settleId": "USDT", "swap": True, "contract": True, "linear": True,
        "inverse": False, "spot": False, "future": False, "option": False, "contractSize": 1.0, "active": True,
        "precision": {"price": 0.01, "amount": 0.1}, "limits": {}, "info": {},
    }  # fmt: skip


# ---- G4: a poll of 500 positions ---------------------------------------------------------------------------------


def position_sync() -> Row:
    """CPU from the HTTP body to 500 checked records, of which only the marks changed, against ccxt's parse of it."""
    rng = random.Random(7)
    bodies = [_positions_body(rng) for _poll in range(POLLS + 1)]
    exchange, ours = _ccxt(), our_reader()

    def theirs(body: bytes) -> int:
        return len([exchange.parse_position(row) for row in json.loads(body)["result"]["list"]])

    assert ours(bodies[0]) == theirs(bodies[0]) == 500
    ratio = statistics.median(_cpu(theirs, body) / _cpu(ours, body) for body in bodies[1:])
    return _row("500 positions: ccxt's parse ÷ ours", ">= 20", ratio, ratio >= 20, "x CPU")


def our_reader() -> Callable[[bytes], int]:
    """From a body to checked records, poll after poll; tells how many."""
    from core.bybit import answers
    from core.bybit.gateway import _POSITIONS
    from core.bybit.positions import PositionReader

    reader = PositionReader("linear")
    return lambda body: len(reader.read(answers.whole(body, _POSITIONS).result.rows, 1.0))


def _cpu(work: Callable[[bytes], int], body: bytes) -> float:
    started = time.process_time()
    work(body)
    return time.process_time() - started


def _positions_body(rng: random.Random) -> bytes:
    rows = [_position(number, rng) for number in range(500)]
    answer = {"retCode": 0, "retMsg": "OK", "result": {"list": rows, "nextPageCursor": ""}, "time": 1}
    return json.dumps(answer).encode()


def _position(number: int, rng: random.Random) -> dict[str, Any]:
    return {
        "positionIdx": 0, "symbol": f"COIN{number}USDT", "side": "Buy", "size": f"{1 + number % 7}.5", "riskId": 1,
        "avgPrice": f"{100 + number}.12", "positionValue": f"{(100 + number) * 1.5:.4f}", "positionStatus": "Normal",
        "leverage": "10", "markPrice": f"{100 + number + rng.random():.2f}", "liqPrice": f"{50 + number}.1",
        "positionMM": f"{1 + number}.33", "positionIM": f"{10 + number}.2", "takeProfit": "", "adlRankIndicator": 2,
        "stopLoss": f"{90 + number}", "trailingStop": "0", "unrealisedPnl": f"{rng.random():.4f}", "tradeMode": 0,
        "curRealisedPnl": "-0.52", "cumRealisedPnl": "12.4", "seq": 5723621632 + number, "isReduceOnly": False,
        "createdTime": "1676538056258", "updatedTime": "1697673600012", "breakEvenPrice": f"{100 + number}.2",
        "openTime": 1697673600012, "riskLimitValue": "2000000", "bustPrice": "", "tpslMode": "Full",
    }  # fmt: skip


# ---- G19: a lone request ----------------------------------------------------------------------------------------


def lone_read_wait() -> Row:
    """How long our limiter holds back a read after a second of silence."""
    from core.bybit.limits import Limiter
    from core.clock import SystemClock

    async def wait() -> float:
        limiter = Limiter(SystemClock())
        await limiter.acquire("v5/position/list", is_write=False)
        await asyncio.sleep(1.0)
        started = time.perf_counter()
        await limiter.acquire("v5/position/list", is_write=False)
        return (time.perf_counter() - started) * 1000

    waited = asyncio.run(wait())
    return _row("a lone read waits in our limiter", "<= 5", waited, waited <= 5, "ms")


# ---- G14: ticker floods -----------------------------------------------------------------------------------------


async def _streams() -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.stream_decode"]
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    try:
        ws = (await server.stdout.readline()).decode().strip()
        return [await _flood_ratio(ws), await _paced_ratio(ws)]
    finally:
        server.terminate()
        await server.wait()


async def _flood_ratio(ws: str) -> Row:
    """Messages per second as fast as they can be taken, 50 symbols."""
    ratios = []
    for _pair in range(PAIRS):
        ours = await _ours(f"{ws}/flood", 50, _until_flooded)
        theirs = await _theirs(f"{ws}/flood", 50, _until_flooded)
        ratios.append(theirs / ours)
    ratio = statistics.median(ratios)
    return _row("ticker flood: our messages/s ÷ ccxt.pro's", ">= 10", ratio, ratio >= 10, "x")


async def _paced_ratio(ws: str) -> Row:
    """CPU at 1,000 messages/s over 500 symbols; ccxt reads them with watch_tickers(list)."""
    ratios = []
    for _pair in range(PACED_PAIRS):
        ours = await _ours(f"{ws}/paced", 500, _cpu_for_a_while)
        theirs = await _theirs(f"{ws}/paced", 500, _cpu_for_a_while)
        ratios.append(ours / theirs)
    ratio = statistics.median(ratios)
    return _row("1,000 ticks/s x 500 symbols: our CPU ÷ watch_tickers(list)", "<= 0.17", ratio, ratio <= 1 / 6, "x CPU")


Measure = Callable[[Callable[[], int], int], Awaitable[float]]


async def _until_flooded(seen: Callable[[], int], already: int) -> float:
    """Wall time from the first message of the flood to the last."""
    await _until(lambda: seen() > already, 0.0)
    started = time.perf_counter()
    await _until(lambda: seen() >= already + FLOOD, 0.001)
    return time.perf_counter() - started


async def _until(condition: Callable[[], bool], pause_s: float) -> None:
    while True:
        if condition():
            return
        await asyncio.sleep(pause_s)


async def _cpu_for_a_while(_seen: Callable[[], int], _already: int) -> float:
    """CPU time of this process over a few seconds."""
    started = time.process_time()
    await asyncio.sleep(PACED_S)
    return time.process_time() - started


async def _ours(ws: str, symbols: int, measure: Measure) -> float:
    from core.bybit import Connection
    from core.bybit.exchange import make_exchange
    from core.bybit.stream import TickerStream
    from core.clock import SystemClock

    count = 0

    def post(_event: object) -> None:
        nonlocal count
        count += 1

    base, _, path = ws.rpartition("/")
    exchange = make_exchange(Connection(environment="paper", rest="http://127.0.0.1:9", ws=base), SystemClock())
    exchange.urls["api"]["ws"]["public"]["linear"] = f"{base}/v5/public/linear/{path}"
    stream = TickerStream(exchange, "linear", post, SystemClock())
    await stream.open()
    await stream.set_symbols(_symbols(symbols))
    await _until(lambda: count >= symbols, 0.001)
    try:
        return await measure(lambda: count, count)
    finally:
        await stream.close()
        await exchange.close()


async def _theirs(ws: str, symbols: int, measure: Measure) -> float:
    base, _, path = ws.rpartition("/")
    exchange = _ccxt(base, symbols)
    url = f"{base}/v5/public/linear/{path}"
    exchange.urls["api"]["ws"]["public"] = dict.fromkeys(("spot", "linear", "inverse", "option"), url)
    count = 0
    parse = exchange.handle_ticker

    def counting(client: Any, message: Any) -> None:
        nonlocal count
        parse(client, message)
        count += 1

    exchange.handle_ticker = counting

    async def watch() -> None:
        while True:
            await exchange.watch_tickers([market["symbol"] for market in map(_market, _symbols(symbols))])

    watching = asyncio.create_task(watch())
    await _until(lambda: count >= symbols, 0.001)
    try:
        return await measure(lambda: count, count)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await exchange.close()


# ---- the other end: a process that floods -----------------------------------------------------------------------


async def _serve() -> None:
    from aiohttp import web

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        topics: list[str] = []
        sender: asyncio.Task[None] | None = None
        async for message in socket:
            asked = json.loads(message.data)
            if asked["op"] != "subscribe":
                continue
            topics += asked["args"]
            await socket.send_str(
                json.dumps({"success": True, "ret_msg": "", "op": "subscribe", "req_id": asked["req_id"]})
            )
            for topic in asked["args"]:
                await socket.send_str(_ticker(topic, "snapshot"))
            is_flood = request.path.endswith("flood")
            if sender is None and len(topics) == (50 if is_flood else 500):
                sender = asyncio.create_task((_flood if is_flood else _pace)(request, topics))
        if sender is not None:
            sender.cancel()
        return socket

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    _flood_frames(tuple(f"tickers.{symbol}" for symbol in _symbols(50)))
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    print(f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.Event().wait()


def _ticker(topic: str, kind: str, tick: int = 0) -> str:
    symbol = topic.removeprefix("tickers.")
    price = f"{100 + tick % 900}.{tick % 100:02}"
    data = {
        "symbol": symbol, "markPrice": price, "lastPrice": f"{100 + (tick + 7) % 900}.5", "bid1Price": price,
        "bid1Size": "12.5", "ask1Price": f"{101 + tick % 900}.01", "ask1Size": "10",
    }  # fmt: skip
    if kind == "snapshot":
        data |= {"indexPrice": price, "fundingRate": "0.0001", "nextFundingTime": "1673280000000"}
        data |= {"openInterestValue": "1", "turnover24h": "1", "volume24h": "1", "price24hPcnt": "0.01"}
    return json.dumps({"topic": topic, "type": kind, "data": data, "cs": tick, "ts": 1_700_000_000_000 + tick})


def _ws_frame(text: str) -> bytes:
    body = text.encode()
    assert 126 <= len(body) < 65_536
    return b"\x81\x7e" + len(body).to_bytes(2, "big") + body


@cache
def _flood_frames(topics: tuple[str, ...]) -> bytes:
    return b"".join(_ws_frame(_ticker(topics[tick % len(topics)], "delta", tick)) for tick in range(FLOOD))


async def _flood(request: Any, topics: list[str]) -> None:
    await asyncio.sleep(0.3)
    request.transport.write(_flood_frames(tuple(topics)))


async def _pace(request: Any, topics: list[str]) -> None:
    await asyncio.sleep(0.3)
    started, tick = time.perf_counter(), 0
    with contextlib.suppress(ConnectionError):
        while True:
            due = int((time.perf_counter() - started) * 1_000)
            while tick < due:
                request.transport.write(_ws_frame(_ticker(topics[tick * 7 % len(topics)], "delta", tick)))
                tick += 1
            await asyncio.sleep(0.002)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve())
