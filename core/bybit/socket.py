"""One WebSocket to Bybit: dialled by ccxt's client, read by us as raw text, watched by pings of our own.

It knows control frames (auth, subscribe, pong) and hands every data frame on, in order, decoded once by msgspec. It
never reconnects: a socket lives once, and ``closed`` tells what it died of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any, Generic, TypeVar

import aiohttp
import msgspec

from core.bybit import wire
from core.bybit.exchange import CLOSE_S, RawBybit, RawClient
from core.bybit.fields import clean
from core.clock import Clock
from core.errors import AuthFailed, BadFrame, BadValue, ExchangeError, Unreachable
from core.events import FrameRefused

PING_S = 10.0
PONG_S = 5.0
ACK_S = 5.0

_F = TypeVar("_F", bound=wire.Control)

_ANY_FRAME = msgspec.json.Decoder(wire.Frame)


class Socket(Generic[_F]):
    """One connection and its control frames.

    Args:
        decoder: of every frame, data and control alike.
        on_data: called for each data frame, on the loop, in order; may raise BadFrame or BadValue.
        on_refused: called for each frame that does not fit.
    """

    def __init__(
        self,
        exchange: RawBybit,
        url: str,
        decoder: msgspec.json.Decoder[_F],
        on_data: Callable[[_F], None],
        on_refused: Callable[[FrameRefused], None],
        clock: Clock,
        *,
        ping_s: float = PING_S,
        pong_s: float = PONG_S,
        ack_s: float = ACK_S,
    ) -> None:
        self._exchange = exchange
        self._url = url
        self._decoder = decoder
        self._on_data = on_data
        self._on_refused = on_refused
        self._clock = clock
        self._ping_s = ping_s
        self._pong_s = pong_s
        self._ack_s = ack_s
        self._client: RawClient | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._pending: dict[str, tuple[str, asyncio.Future[wire.Control]]] = {}
        self._ids = count(1)
        self._pong = asyncio.Event()
        self._ended = asyncio.Event()
        self._cause: Exception | None = None
        self.last_mono = clock.monotonic()
        self.latency_ms: int | None = None

    async def open(self) -> None:
        """Connect and start to listen.

        Raises:
            Unreachable: ``no_stream`` with the reason.
        """
        client = self._client = await self._exchange.dial(self._url)
        self.last_mono = self._clock.monotonic()
        self._tasks = [
            asyncio.create_task(self._read(client.connection), name=f"read {self._url}"),
            asyncio.create_task(self._ping(), name=f"ping {self._url}"),
        ]

    async def sign_in(self) -> None:
        """Authenticate.

        Raises:
            AuthFailed: refused; Bybit also refuses so when our clock is wrong.
            Unreachable: no answer within the deadline, or the socket died.
        """
        answer = await self._ask("auth", self._exchange.auth_message())
        if answer.success is not True:
            raise AuthFailed("stream_auth_failed", ret_msg=clean(answer.ret_msg))

    async def request(self, op: str, topics: list[str]) -> str | None:
        """Subscribe or unsubscribe.

        Returns:
            None when done, else Bybit's reason for refusing.
        Raises:
            Unreachable: no answer within the deadline (``no_ack``), or the socket died.
        """
        req_id = str(next(self._ids))
        answer = await self._ask(req_id, {"op": op, "args": topics, "req_id": req_id})
        return None if answer.success is True else clean(answer.ret_msg) or "refused"

    async def _ask(self, ask_id: str, message: dict[str, Any]) -> wire.Control:
        op = str(message["op"])
        answer: asyncio.Future[wire.Control] = asyncio.get_running_loop().create_future()
        self._pending[ask_id] = (op, answer)
        try:
            async with asyncio.timeout(self._ack_s):
                await self._send(message)
                return await answer
        except TimeoutError as error:
            raise Unreachable("no_ack", op=op, url=self._url) from error
        finally:
            del self._pending[ask_id]

    async def _send(self, message: dict[str, Any]) -> None:
        if self._client is None or self._ended.is_set():
            raise self._cause or Unreachable("stream_closed", url=self._url)
        try:
            await self._client.send(message)
        except (OSError, aiohttp.ClientError) as error:
            raise Unreachable("stream_lost", url=self._url, detail=clean(str(error))) from error

    async def closed(self) -> None:
        """Wait for the end.

        Raises:
            Unreachable: the socket died: ``stream_closed``, ``stream_lost`` or ``no_pong``.
            Exception: whatever the receiver of the data raised; the stream cannot go on with a hole in it.
        """
        await self._ended.wait()
        if self._cause is not None:
            raise self._cause

    async def close(self) -> None:
        """Hang up; safe at any time and twice. A peer that does not answer costs one second."""
        self._end(None)
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(2 * CLOSE_S):
                    await client.connection.close()

    def _end(self, cause: Exception | None) -> None:
        if self._ended.is_set():
            return
        self._cause = cause
        self._ended.set()
        for _op, answer in self._pending.values():
            if not answer.done():
                answer.set_exception(cause or Unreachable("stream_closed", url=self._url))

    async def _read(self, connection: aiohttp.ClientWebSocketResponse[Any]) -> None:
        text, receive, take = aiohttp.WSMsgType.TEXT, connection.receive, self._take
        try:
            while True:
                message = await receive()
                if message.type is not text:
                    raise self._hung_up(connection, message)
                take(message.data)
        except Exception as error:  # noqa: BLE001  # the task's edge: ``closed`` reports it, and nothing is skipped
            self._end(error)

    def _hung_up(self, connection: aiohttp.ClientWebSocketResponse[Any], message: aiohttp.WSMessage) -> ExchangeError:
        detail = clean(str(message.data or connection.exception() or ""))
        code = "stream_closed" if message.type is aiohttp.WSMsgType.CLOSE else "stream_lost"
        return Unreachable(code, url=self._url, kind=message.type.name, close_code=connection.close_code, detail=detail)

    async def _ping(self) -> None:
        try:
            while True:
                await asyncio.sleep(self._ping_s)
                await self._ping_once()
        except ExchangeError as error:
            self._end(error)

    async def _ping_once(self) -> None:
        self._pong.clear()
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout(self._pong_s):
                await self._send({"op": "ping", "req_id": str(next(self._ids))})
                await self._pong.wait()
        except TimeoutError as error:
            raise Unreachable("no_pong", url=self._url) from error
        self.latency_ms = round((self._clock.monotonic() - started) * 1000)

    def _take(self, data: bytes) -> None:
        self.last_mono = self._clock.monotonic()
        try:
            frame = self._decoder.decode(data)
            if frame.topic:
                self._on_data(frame)
            else:
                self._control(frame)
        except wire.DECODE_ERRORS as error:
            self._on_refused(FrameRefused(_topic_of(data), "bad_shape", clean(f"{error}: {wire.excerpt(data)}")))
        except (BadFrame, BadValue) as error:
            self._on_refused(
                FrameRefused(
                    _topic_of(data),
                    "bad_row" if isinstance(error, BadValue) else error.code,
                    clean(f"{error}: {wire.excerpt(data)}"),
                )
            )

    def _control(self, frame: wire.Control) -> None:
        if frame.op == "pong" or frame.ret_msg == "pong":
            self._pong.set()
            return
        answer = self._asked(frame)
        if answer is None:
            raise BadFrame("unknown_frame", op=clean(frame.op), ret_msg=clean(frame.ret_msg))
        if not answer.done():
            answer.set_result(frame)

    def _asked(self, frame: wire.Control) -> asyncio.Future[wire.Control] | None:
        """What a control frame answers: by its id, or, where Bybit left the id out, the oldest question of its kind."""
        if frame.req_id in self._pending:
            return self._pending[frame.req_id][1]
        return next((answer for op, answer in self._pending.values() if op == frame.op), None)


def _topic_of(data: bytes) -> str:
    """The topic of a frame that could not be read as what it should be, or ``""``."""
    try:
        return clean(_ANY_FRAME.decode(data).topic)
    except wire.DECODE_ERRORS:
        return ""
