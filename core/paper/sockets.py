"""The WebSockets of the paper exchange: one ``Connection`` per socket, from upgrade to close.

It moves frames in and out and never blocks the others: messages wait in its own queue, and a client that stops reading
is cut off. What frames mean is written in ``dialects``, what is sent to whom is the hub's business.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from aiohttp import WSMessage, WSMsgType, web

from core.paper.door import Door
from core.paper.faults import Armed, FaultPlan
from core.paper.hub import PRIVATE, Hub
from core.paper.messages import encode
from core.paper.transports import reset

QUEUE_LIMIT = 50_000
FRAME_LIMIT = 1_048_576
KINDS = {
    "/v5/private": "private",
    "/v5/trade": "trade",
    "/v5/public/linear": "public",
    "/v5/public/inverse": "public",
    "/v5/public/spot": "public",
    "/v5/public/option": "public",
    "/v5/public/misc/status": "public",
}


@dataclass
class SocketSettings:
    """What tests may change: the delay of acknowledgements, the idle limit and how often it is checked."""

    ack_ms: int = 20  # pybit registers its callbacks after sending and dies without this pause
    idle_s: float = 600.0
    sweep_s: float = 30.0


@dataclass(frozen=True)
class Services:
    """What all connections share."""

    door: Door
    hub: Hub
    plan: FaultPlan
    settings: SocketSettings


class Connection:
    """One WebSocket. ``on_frame`` gets the text of each frame, ``on_end`` is called once when it is over."""

    def __init__(self, request: web.BaseRequest, path: str, number: int, services: Services) -> None:
        self._request = request
        self._ws = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=FRAME_LIMIT)
        self.services = services
        self.kind = KINDS[path]
        self.channel = PRIVATE if self.kind == "private" else path.rpartition("/")[2]
        self.conn_id = f"paper-{number:06d}"
        self.ip = request.remote or ""
        self.topics: dict[str, None] = {}
        self.on_frame: Callable[[bytes], None] = lambda raw: None
        self._own_idle_s = max_active_time(request.raw_path)
        self._queue: deque[str | bytes] = deque()
        self._wake = asyncio.Event()
        self._last_traffic = _loop_time()
        self._closing = ""

    # ---- life ----

    async def serve(self) -> web.StreamResponse:
        """Run until either side ends it."""
        await self._ws.prepare(self._request)
        writer = asyncio.create_task(self._write())
        try:
            async for message in self._ws:
                self._last_traffic = _loop_time()
                if not self._frozen():
                    self._receive(message)
        finally:
            self._closing = self._closing or "gone"
            writer.cancel()
        return self._ws

    def is_idle(self) -> bool:
        """Whether neither side has said anything for longer than allowed."""
        return _loop_time() - self._last_traffic >= (self._own_idle_s or self.services.settings.idle_s)

    def _receive(self, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            if self.struck("no_pong", "ping") is None:
                self.post(bytes(message.data))
        elif message.type is WSMsgType.TEXT:
            self.on_frame(message.data.encode("utf-8", "replace"))
        elif message.type is WSMsgType.BINARY:
            self.on_frame(message.data)

    def struck(self, name: str, op: str, topic: str = "") -> Armed | None:
        """The fault of this name if it strikes this frame; counts it."""
        facts = {"socket": self.kind, "op": op, "topic": topic, "symbol": topic.rpartition(".")[2]}
        return self.services.plan.strike(name, facts, self.services.door.clock.now_ms())

    # ---- out ----

    def post(self, item: str | bytes) -> None:
        """Queue one message (bytes are the payload of a pong); a client that does not read is cut off."""
        if self._closing or self._frozen():
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self.cut("reset")
            return
        self._queue.append(item)
        self._wake.set()

    def later(self, answer: Mapping[str, Any], extra_ms: int = 0) -> None:
        """Answer a frame after the pause that clients need."""
        text = encode(answer)
        self.after_pause(lambda: self.post(text), extra_ms)

    def after_pause(self, run: Callable[[], None], extra_ms: int = 0) -> None:
        """Do something after the pause; in order, because all pauses are equally long."""
        pause_ms = self.services.settings.ack_ms + extra_ms
        asyncio.get_running_loop().call_later(pause_ms / 1000, run)

    def cut(self, how: str) -> None:
        """End the connection after what is queued: ``close`` with a close frame, ``reset`` without."""
        self._closing = self._closing or how
        self._wake.set()

    def reset(self) -> None:
        """Cut the TCP connection now, losing what is queued."""
        self._closing = "reset"
        reset(self._request)

    async def _write(self) -> None:
        try:
            while not self._closing or self._queue:
                await self._wake.wait()
                self._wake.clear()
                await self._write_queue()
            await self._end()
        except (ConnectionError, RuntimeError):
            return  # the client is gone; serve() ends by itself

    async def _write_queue(self) -> None:
        while self._queue:
            item = self._queue.popleft()
            await (self._ws.send_str(item) if isinstance(item, str) else self._ws.pong(item))
            self._last_traffic = _loop_time()

    async def _end(self) -> None:
        if self._closing == "reset":
            reset(self._request)
        elif self._closing == "close":
            await self._ws.close(code=1000, message=b"")

    def _frozen(self) -> bool:
        plan = self.services.plan
        return plan.active("freeze", self.services.door.clock.now_ms(), {"socket": self.kind}) is not None


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


def max_active_time(raw_path: str) -> float | None:
    """``?max_active_time=`` in seconds, 30 to 600 (``30s`` or ``1m``); None when absent or unreadable."""
    text = parse_qs(raw_path.partition("?")[2]).get("max_active_time", [""])[0]
    number, unit = text[:-1], text[-1:]
    if unit not in ("s", "m") or not (number.isascii() and number.isdecimal() and len(number) <= 4):
        return None
    seconds = int(number) * (60 if unit == "m" else 1)
    return float(seconds) if 30 <= seconds <= 600 else None
