"""Tiny scripted servers on loopback, for answers that no honest exchange would give. They know nothing of Bybit.

``http_server`` answers every request from a script and remembers what was asked; ``ws_server`` runs a coroutine per
socket. Bytes are written as given, so that an answer may be cut, dripped or dropped.
"""

import asyncio
import base64
import hashlib
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from core.bybit import Connection
from core.bybit.client import Client, Patience
from core.bybit.limits import Bucket
from core.clock import SystemClock
from core.secrets import Secret

KEY, SECRET = "canaryKEYcanaryKEY", "canarySECRETcanarySECRETcanarySECRET"


class Asked(NamedTuple):
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Raw(NamedTuple):
    """What to write: chunks with a pause between them; then the connection is closed, or cut, or held open."""

    chunks: tuple[bytes, ...]
    pause_s: float = 0.0
    then: str = "keep"  # keep, close, reset, hold


Answer = Raw | Callable[[Asked], Raw]


def http(body: bytes | str, status: int = 200, kind: str = "application/json", **headers: str) -> Raw:
    """A whole HTTP answer."""
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Raw(("\r\n".join(lines).encode() + b"\r\n\r\n" + data,))


def envelope(result: Any, ret_code: int = 0, ret_msg: str = "OK", **headers: str) -> Raw:
    """A proper answer of Bybit's API."""
    answer = {"retCode": ret_code, "retMsg": ret_msg, "result": result, "retExtInfo": {}, "time": 1_700_000_000_000}
    return http(json.dumps(answer), **headers)


def page(*rows: Any, cursor: str = "") -> Raw:
    """A proper list answer."""
    return envelope({"list": list(rows), "nextPageCursor": cursor, "category": "linear"})


class HttpServer:
    """Answers from ``script`` in turn; the last one is repeated. ``asked`` holds every request."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.asked: list[Asked] = []
        self.connections = 0
        self.url = ""

    def answer(self, *script: Answer) -> None:
        """Start a new script."""
        self.script = list(script)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _version = head[0].split(" ")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        url = urlsplit(target)
        asked = Asked(method, url.path, dict(parse_qsl(url.query)), url.query, headers, body)
        self.asked.append(asked)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        raw = answer(asked) if callable(answer) else answer
        for number, chunk in enumerate(raw.chunks):
            if number and raw.pause_s:
                await asyncio.sleep(raw.pause_s)
            writer.write(chunk)
            await writer.drain()
        if raw.then == "reset":
            writer.transport.abort()
        if raw.then == "hold":
            await reader.read()
        return raw.then == "keep"


@asynccontextmanager
async def http_server(tls: ssl.SSLContext | None = None) -> AsyncIterator[HttpServer]:
    """A scripted HTTP server on a free loopback port, with TLS if given."""
    scripted = HttpServer()
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await scripted.serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the server is closing; asyncio's streams report a cancelled handler as an error
        finally:
            running.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    scripted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield scripted
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@asynccontextmanager
async def rest_client(
    timeout_s: float = 2.0, patience: Patience | None = None
) -> AsyncIterator[tuple[Client, HttpServer]]:
    """The desk's client, pointed at a scripted server."""
    async with http_server() as server:
        client = new_client(server.url, "ws://127.0.0.1:9", timeout_s, patience)
        try:
            yield client, server
        finally:
            await client.close()


def new_client(rest: str, ws: str, timeout_s: float = 2.0, patience: Patience | None = None) -> Client:
    """The desk's client for these addresses, with a canary key.

    Unless a ``patience`` is given, breakers never hold anything back and nothing is repeated: they have tests of their
    own, as has the ceiling.
    """
    connection = Connection(environment="paper", rest=rest, ws=ws, api_key=KEY, api_secret=Secret(SECRET))
    client = Client(connection, SystemClock(), patience or Patience(answer_s=timeout_s, probes_s=(0.0,), retries=0.0))
    client.limiter._bucket = Bucket(1e6, client._clock.monotonic())
    return client


class Peer:
    """The server's side of one WebSocket, with Bybit's manners for control frames unless told otherwise."""

    def __init__(self, socket: web.WebSocketResponse, path: str) -> None:
        self.socket = socket
        self.path = path
        self.heard: list[dict[str, Any]] = []
        self.silent_ops: set[str] = set()
        self.refused_ops: dict[str, str] = {}
        self.bad_topics: set[str] = set()
        self.subscribed: list[str] = []

    async def say(self, frame: Any) -> None:
        """Send one frame; text goes out as it is."""
        await self.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))

    async def listen(self) -> None:
        """Answer control frames until the socket ends."""
        async for message in self.socket:
            frame = json.loads(message.data)
            self.heard.append(frame)
            if frame["op"] not in self.silent_ops:
                await self.say(self._answer(frame))

    def _answer(self, frame: dict[str, Any]) -> dict[str, Any]:
        op, args = frame["op"], frame.get("args", [])
        identity = {"req_id": frame["req_id"]} if "req_id" in frame else {}
        bad = [topic for topic in args if topic in self.bad_topics]
        if op == "ping" and "private" in self.path:
            return {**identity, "op": "pong", "args": ["1675418560633"], "conn_id": "c"}
        if op == "ping":
            return {"success": True, "ret_msg": "pong", "conn_id": "c", **identity, "op": "ping"}
        if op in self.refused_ops or bad:
            text = self.refused_ops.get(op) or f"error:handler not found,topic:{bad[0]}"
            return {"success": False, "ret_msg": text, "conn_id": "c", **identity, "op": op}
        self.subscribed += args if op == "subscribe" else []
        return {"success": True, "ret_msg": "", "conn_id": "c", **identity, "op": op}


class WsServer:
    """Every socket gets a Peer, prepared by ``prepare`` before it listens."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []
        self.prepare: Callable[[Peer], None] = lambda peer: None
        self.greet: Callable[[Peer], Awaitable[None]] | None = None
        self.url = ""

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One socket."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        peer = Peer(socket, request.path)
        self.prepare(peer)
        self.peers.append(peer)
        if self.greet is not None:
            await self.greet(peer)
        await peer.listen()
        return socket


@asynccontextmanager
async def ws_server() -> AsyncIterator[WsServer]:
    """A WebSocket server on a free loopback port; any path."""
    server = WsServer()
    app = web.Application()
    app.router.add_get("/{path:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    server.url = f"ws://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        for peer in server.peers:
            await peer.socket.close()
        await runner.cleanup()


@asynccontextmanager
async def deaf_ws_server() -> AsyncIterator[str]:
    """Completes every WebSocket handshake, then neither reads nor writes again. Yields its address."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        key = next(line.split(": ")[1] for line in lines if line.lower().startswith("sec-websocket-key"))
        digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()
        reader._transport.pause_reading()  # type: ignore[attr-defined]  # deaf, not merely silent
        writer.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0)


async def until(condition: Callable[[], Any], within_s: float = 15.0) -> None:
    """Wait for a condition of the same loop; fails when it does not come true in time."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.002)
