"""Raw access to a paper exchange: HTTP with http.client, WebSockets with aiohttp. No app code."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.paper_fixture import PaperProcess


@dataclass
class Raw:
    """An answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def send(paper: PaperProcess, method: str, target: str, body: bytes = b"", headers=None, *, timeout=60.0) -> Raw:
    """One request exactly as given; connection errors come through as exceptions."""
    connection = http.client.HTTPConnection("127.0.0.1", int(paper.rest.rpartition(":")[2]), timeout=timeout)
    try:
        connection.request(method, target, body or None, headers or {})
        answer = connection.getresponse()
        return Raw(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def signed(paper: PaperProcess, payload: bytes) -> dict[str, str]:
    """Headers for a payload (raw query or body)."""
    stamp = str(time.time_ns() // 1_000_000)
    text = f"{stamp}{paper.api_key}5000".encode() + payload
    return {
        "X-BAPI-API-KEY": paper.api_key,
        "X-BAPI-TIMESTAMP": stamp,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": hmac.new(paper.api_secret.encode(), text, hashlib.sha256).hexdigest(),
    }


def get(paper: PaperProcess, path: str, query: str = "", **more: Any) -> Raw:
    """Signed GET with the query as it stands."""
    return send(paper, "GET", f"{path}?{query}", headers=signed(paper, query.encode("latin-1")), **more)


def post(paper: PaperProcess, path: str, body: bytes, **more: Any) -> Raw:
    """Signed POST of any bytes."""
    return send(paper, "POST", path, body, {**signed(paper, body), "Content-Type": "application/json"}, **more)


class Socket:
    """A WebSocket client that keeps everything it heard."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[dict[str, Any]] = []

    async def send(self, frame: Any) -> None:
        """Send JSON, or text and bytes as they are."""
        if isinstance(frame, bytes):
            await self.ws.send_bytes(frame)
        else:
            await self.ws.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def ask(self, frame: Any, within_s: float = 3.0) -> dict[str, Any]:
        """Send a frame and take the next message."""
        await self.send(frame)
        return await self.next(within_s)

    async def next(self, within_s: float = 3.0) -> dict[str, Any]:
        """The next message as JSON; an AssertionError if the socket ends instead."""
        message = await self.ws.receive(within_s)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        self.heard.append(json.loads(message.data))
        return self.heard[-1]

    async def next_of(self, topic: str, within_s: float = 3.0) -> dict[str, Any]:
        """The next message of a topic; others are kept in ``heard``."""
        while (found := await self.next(within_s)).get("topic") != topic:
            continue
        return found

    async def ended(self, within_s: float = 3.0) -> aiohttp.WSMsgType:
        """How the socket ended; messages before are ignored."""
        while True:
            message = await self.ws.receive(within_s)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return message.type

    async def silent_for(self, seconds: float) -> bool:
        """Whether nothing comes for so long."""
        try:
            await self.ws.receive(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def socket(paper: PaperProcess, path: str) -> AsyncIterator[Socket]:
    """An open WebSocket."""
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{paper.ws}{path}", autoping=False) as ws:
        yield Socket(ws)


def auth_frame(paper: PaperProcess, *, expires: int | None = None, as_text: bool = False) -> dict[str, Any]:
    """A valid auth frame, or one that has expired."""
    moment = expires or time.time_ns() // 1_000_000 + 10_000
    sign = hmac.new(paper.api_secret.encode(), f"GET/realtime{moment}".encode(), hashlib.sha256).hexdigest()
    return {"op": "auth", "args": [paper.api_key, str(moment) if as_text else moment, sign]}


@asynccontextmanager
async def private(paper: PaperProcess, *topics: str) -> AsyncIterator[Socket]:
    """An authenticated private socket that has subscribed."""
    async with socket(paper, "/v5/private") as opened:
        assert (await opened.ask(auth_frame(paper)))["success"]
        if topics:
            assert (await opened.ask({"op": "subscribe", "args": list(topics)}))["success"]
        opened.heard.clear()
        yield opened
