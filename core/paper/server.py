"""The loopback server of the paper exchange: REST and WebSocket on one port, and the loop that moves time.

It writes bytes and keeps time; what to answer is the door's business, what to stream the hub's. Nothing here listens on
anything but 127.0.0.1.
"""

import asyncio
import contextlib
import logging
import socket
import sys
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from core.paper.clock import Clock
from core.paper.dialects import StreamDialect
from core.paper.door import Door
from core.paper.engine import Event, Exchange
from core.paper.fault_catalogue import CATALOGUE
from core.paper.fault_rest import DRIP, HANG, RESET, SHORT, Later, Passage
from core.paper.faults import FaultPlan, Stage
from core.paper.hub import Hub
from core.paper.messages import Answer, Call
from core.paper.params import CONTRACTS
from core.paper.sockets import KINDS, Connection, Services, SocketSettings
from core.paper.trade_socket import TradeDialect
from core.paper.transports import drip, reset, send, send_short

LOOPBACK = "127.0.0.1"
STEP_S = 0.05
REUSE = sys.platform != "win32"  # there it would let two programs share the port


class PaperServer:
    """One paper exchange on one loopback port."""

    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self.clock = clock
        self.door = Door(exchange, clock)
        self.plan = FaultPlan(CATALOGUE)
        self.hub = Hub(self.plan, clock.now_ms)
        self.door.publish = self.hub.publish
        self.settings = SocketSettings()
        self.connections: dict[Connection, None] = {}
        self.port = 0
        self._services = Services(self.door, self.hub, self.plan, self.settings)
        self._http: web.Server | None = None
        self._listener: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._late: set[asyncio.TimerHandle] = set()
        self._number = 0
        self._flooded = 0.0
        self._swept = 0.0

    # ---- life ----

    async def start(self, port: int) -> None:
        """Listen on 127.0.0.1.

        Raises:
            OSError: the port is taken.
        """
        # aiohttp tells garbage on the port at length; the peer gets its 400 and that is enough
        logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
        self._http = web.Server(self._handle, access_log=None, auto_decompress=False, handler_cancellation=True)
        self.port = port
        await self._listen()
        self._tasks = [asyncio.create_task(self._keep_time())]

    async def wait(self) -> None:
        """Until something that should never end has ended (an error of ours is raised here)."""
        await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Close everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for handle in self._late:
            handle.cancel()
        await self._close_port()
        if self._http is not None:
            await self._http.shutdown(timeout=0.5)

    async def _listen(self) -> None:
        assert self._http is not None
        self._listener = await asyncio.get_running_loop().create_server(
            self._http, LOOPBACK, self.port, family=socket.AF_INET, reuse_address=REUSE
        )
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _close_port(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    # ---- time and what lasts ----

    async def _keep_time(self) -> None:
        while True:
            await self.step()
            self._cut_idle()
            await asyncio.sleep(STEP_S)

    async def step(self) -> None:
        """One step of time; also called at once when a fault that lasts is armed or cleared."""
        now = self.clock.now_ms()
        false_time = self.plan.active("server_time", now)
        self.clock.skew_ms = int(false_time.args["offset_ms"]) if false_time else 0
        await self._catch_up()
        await self._open_or_close(now)
        self._flood(now)

    async def _open_or_close(self, now: int) -> None:
        refused = self.plan.active("refuse_connections", now)
        if refused and self._listener is not None:
            await self._close_port()
            if refused.args["cut_open"]:
                self._cut_everything()
        elif not refused and self._listener is None:
            with contextlib.suppress(OSError):  # somebody took the port meanwhile: try again at the next step
                await self._listen()

    def _cut_everything(self) -> None:
        assert self._http is not None
        for protocol in self._http.connections:
            if protocol.transport is not None:
                protocol.transport.abort()

    async def _catch_up(self) -> None:
        """Hours at once come in leaps, with others served between; public topics then start afresh where prices are."""
        if self.door.is_behind:
            for _, topic in self._public_topics():
                self.door.exchange.forget_topic(topic)
            behind = True
            while behind:
                behind = self.door.leap()
                await asyncio.sleep(0)
            self.hub.publish(self._fresh_snapshots())
        self.door.catch_up()

    def _fresh_snapshots(self) -> list[Event]:
        """A new first message for every public topic that somebody listens to."""
        events = (self.door.first_message(channel, topic) for channel, topic in self._public_topics())
        return [event for event in events if event is not None]

    def _public_topics(self) -> list[tuple[str, str]]:
        return [(channel, topic) for channel in CONTRACTS for topic in self.hub.topics(channel)]

    def _flood(self, now: int) -> None:
        """Repeat ticker deltas at the rate that the fault asks for."""
        armed = self.plan.active("flood", now)
        if armed is None:
            self._flooded = 0.0
            return
        deltas = [_price_delta(event) for event in self._fresh_snapshots() if event.topic.startswith("tickers.")]
        self._flooded += int(armed.args["per_second"]) * STEP_S
        while self._flooded >= 1 and deltas:
            self._flooded -= 1
            self.hub.publish([deltas[int(self._flooded) % len(deltas)]])

    def _cut_idle(self) -> None:
        """Every half minute, as Bybit: the cut may be late by so much."""
        moment = asyncio.get_running_loop().time()
        if moment < self._swept + self.settings.sweep_s:
            return
        self._swept = moment
        for connection in list(self.connections):
            if connection.is_idle():
                connection.cut("close")

    # ---- requests ----

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = request.raw_path.partition("?")
        if request.headers.get("Upgrade", "").lower() == "websocket" and path in KINDS:
            return await self._socket(request, path)
        headers = {name.lower(): value for name, value in request.headers.items()}
        early = _facts(Call(request.method, path, query, b"", headers, request.remote or ""))
        if self.plan.take(Stage.ARRIVAL, early, self.clock.now_ms()):
            reset(request)
            return web.Response()
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return await send(request, Answer(status=413, raw=b"Request Entity Too Large", content_type="text/plain"))
        call = Call(request.method, path, query, body, headers, request.remote or "")
        return await self._answer(request, call)

    async def _answer(self, request: web.BaseRequest, call: Call) -> web.StreamResponse:
        now = self.clock.now_ms()
        key = self.door.doorman.find(call.headers.get("x-bapi-api-key", ""))
        entry = self.door.log.arrived(call, now, key.note if key else "")
        passage = Passage(
            self.plan, self.door.limits, _facts(call), self.clock.told_ms(), lambda: self.door.answer(call)
        )
        passage.run(now)
        self.door.log.answered(entry, passage.answer)
        entry["faults"] = passage.struck
        for later in passage.later:
            self._do_later(later, entry)
        self.door.flush()
        passage.answer.headers.setdefault("Traceid", f"{self._next_number():032x}")
        passage.answer.headers.setdefault("Timenow", str(self.clock.told_ms()))
        return await self._deliver(request, passage)

    async def _deliver(self, request: web.BaseRequest, passage: Passage) -> web.StreamResponse:
        if passage.delay_ms:
            await asyncio.sleep(passage.delay_ms / 1000)
        if passage.manner == RESET:
            reset(request)
            return web.Response()
        if passage.manner == HANG:
            await asyncio.get_running_loop().create_future()
        if passage.manner == DRIP:
            return await drip(request, passage.answer, passage.rate)
        if passage.manner == SHORT:
            return await send_short(request, passage.answer)
        return await send(request, passage.answer)

    def _do_later(self, later: Later, entry: dict[str, Any]) -> None:
        def fire() -> None:
            self._late.discard(handle)
            entry["late_ret_codes"].append(self.door.run_late(later.run).ret_code)

        handle = asyncio.get_running_loop().call_later(later.after_ms / 1000, fire)
        self._late.add(handle)

    def _next_number(self) -> int:
        self._number += 1
        return self._number

    # ---- sockets ----

    async def _socket(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        now = self.clock.now_ms()
        refused = self.plan.strike("refuse_upgrade", {"socket": KINDS[path], "path": path}, now)
        if refused is not None:
            return await send(request, Answer(status=int(refused.args["status"]), raw=b"", content_type="text/plain"))
        if not self.door.limits.check_socket(now):
            return await send(request, Answer(status=403, raw=b"too many connections", content_type="text/plain"))
        connection = Connection(request, path, self._next_number(), self._services)
        dialect = TradeDialect(connection) if connection.kind == "trade" else StreamDialect(connection)
        self.connections[connection] = None
        try:
            return await connection.serve()
        finally:
            self.connections.pop(connection, None)
            dialect.end()


def _facts(call: Call) -> Mapping[str, str]:
    """What a fault may match a request by."""
    fields = call.fields
    return {
        "path": call.path,
        "method": call.method,
        "symbol": str(fields.get("symbol", "")),
        "link": str(fields.get("orderLinkId", "")),
        "page": "next" if fields.get("cursor") else "first",
    }


def _price_delta(event: Event) -> Event:
    assert isinstance(event.data, dict)
    names = ("symbol", "lastPrice", "markPrice", "indexPrice", "bid1Price", "ask1Price")
    return event._replace(kind="delta", data={name: event.data[name] for name in names if name in event.data})
