"""The two streams the desk listens to: the account's private one, and the tickers of a category.

Each turns frames into facts and posts them at once, on the loop, in order. A row that does not fit is posted as
FrameRefused and changes nothing. A stream lives once: open, closed, close; reconnecting is the manager's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from core.bybit import fields, translate, wire
from core.bybit.exchange import RawBybit
from core.bybit.socket import ACK_S, PING_S, PONG_S, Socket
from core.clock import Clock
from core.errors import BadFrame, Unreachable
from core.events import (
    Event,
    ExecutionReported,
    FrameRefused,
    OrderReported,
    PositionReported,
    PriceReported,
    WalletReported,
)
from core.model import Price

Post = Callable[[Event], None]

PRIVATE_TOPICS = ["position", "order", "execution", "wallet"]
_BATCH = 100  # topics per subscribe request: far below Bybit's 21,000 characters

_FRAME = msgspec.json.Decoder(wire.Frame)
_TICKER_FRAME = msgspec.json.Decoder(wire.TickerFrame)
_POSITION = msgspec.json.Decoder(wire.PositionRow)
_ORDER = msgspec.json.Decoder(wire.OrderRow)
_EXECUTION = msgspec.json.Decoder(wire.ExecutionRow)
_WALLET = msgspec.json.Decoder(wire.WalletRow)


class PrivateStream:
    """position, order, execution and wallet of one account; one connection, then thrown away.

    None of the topics sends a snapshot: open first, then fetch a baseline by REST.
    """

    def __init__(
        self,
        exchange: RawBybit,
        post: Post,
        clock: Clock,
        *,
        ping_s: float = PING_S,
        pong_s: float = PONG_S,
        ack_s: float = ACK_S,
    ) -> None:
        self._post = post
        url = exchange.private_stream_url
        self._socket = Socket(exchange, url, _FRAME, self._take, post, clock, ping_s=ping_s, pong_s=pong_s, ack_s=ack_s)
        self._readers: dict[str, Callable[[msgspec.Raw, wire.Frame], Event | None]] = {
            "position": self._position,
            "order": self._order,
            "execution": self._execution,
            "wallet": self._wallet,
        }

    @property
    def last_mono(self) -> float:
        """Monotonic time of the last frame of any kind."""
        return self._socket.last_mono

    @property
    def latency_ms(self) -> int | None:
        """From the last ping to its pong."""
        return self._socket.latency_ms

    async def open(self) -> None:
        """Connect, sign in, subscribe to everything, wait for every answer; on failure the socket is closed again.

        Raises:
            AuthFailed: key or signature refused, or our clock is wrong.
            Unreachable: ``no_stream``, ``no_ack``, ``topic_refused``, or the socket died.
        """
        try:
            await self._socket.open()
            await self._socket.sign_in()
            reason = await self._socket.request("subscribe", PRIVATE_TOPICS)
            if reason is not None:
                raise Unreachable("topic_refused", ret_msg=reason)
        except BaseException:
            await self._socket.close()
            raise

    async def closed(self) -> None:
        """Wait until the socket is dead; returns after ``close()``, else raises the cause (see ``Socket.closed``)."""
        await self._socket.closed()

    async def close(self) -> None:
        """Hang up; safe at any time and twice."""
        await self._socket.close()

    def _take(self, frame: wire.Frame) -> None:
        read = self._readers.get(frame.topic.partition(".")[0])
        if read is None:
            raise BadFrame("unknown_topic", topic=fields.clean(frame.topic))
        for row in wire.decode(wire.RAW_LIST, frame.data, frame.topic):
            try:
                event = read(row, frame)
            except BadFrame as error:
                event = FrameRefused(fields.clean(frame.topic), error.code, _excerpt(error, row))
            if event is not None:
                self._post(event)

    def _position(self, data: msgspec.Raw, _frame: wire.Frame) -> Event | None:
        row = wire.decode(_POSITION, data, "position")
        if not _is_ours(row.category):
            return None
        return PositionReported(translate.position(row, row.category, "stream", self._socket.last_mono), "stream")

    def _order(self, data: msgspec.Raw, _frame: wire.Frame) -> Event | None:
        row = wire.decode(_ORDER, data, "order")
        if not _is_ours(row.category):
            return None
        return OrderReported(translate.order(row, row.category), "stream")

    def _execution(self, data: msgspec.Raw, _frame: wire.Frame) -> Event | None:
        row = wire.decode(_EXECUTION, data, "execution")
        if not _is_ours(row.category):
            return None
        return ExecutionReported(translate.execution(row, row.category), "stream")

    def _wallet(self, data: msgspec.Raw, frame: wire.Frame) -> Event | None:
        row = wire.decode(_WALLET, data, "wallet")
        if row.account_type != "UNIFIED":
            return None
        # A message names only the coins that changed: nothing may be summed from it.
        account = translate.wallet(row, frame.creation_time, self._socket.last_mono, all_coins=False)
        return WalletReported(account, "stream")


def _is_ours(category: str) -> bool:
    """Rows of spot and options share the topics and are nobody's fault; any other category does not fit."""
    if category in {"spot", "option"}:
        return False
    if category not in fields.CATEGORIES:
        raise BadFrame("bad_row", why="bad_category", field="category", value=repr(category)[:80])
    return True


def _excerpt(error: BadFrame, row: Any) -> str:
    return fields.clean(f"{error}: {wire.excerpt(row)}")


class TickerStream:
    """Tickers of one category; one connection, then thrown away, and with it what was merged from deltas."""

    def __init__(
        self,
        exchange: RawBybit,
        category: str,
        post: Post,
        clock: Clock,
        *,
        ping_s: float = PING_S,
        pong_s: float = PONG_S,
        ack_s: float = ACK_S,
    ) -> None:
        self.category = fields.category(category)
        self._post = post
        url = exchange.public_stream_url(category)
        self._socket = Socket(
            exchange, url, _TICKER_FRAME, self._take, post, clock, ping_s=ping_s, pong_s=pong_s, ack_s=ack_s
        )
        self._wanted: set[str] = set()
        self._refused: set[str] = set()
        self._prices: dict[str, Price] = {}
        self._changing = asyncio.Lock()

    @property
    def last_mono(self) -> float:
        """Monotonic time of the last frame of any kind."""
        return self._socket.last_mono

    @property
    def latency_ms(self) -> int | None:
        """From the last ping to its pong."""
        return self._socket.latency_ms

    async def open(self) -> None:
        """Connect; nothing is subscribed yet.

        Raises:
            Unreachable: ``no_stream``.
        """
        await self._socket.open()

    async def closed(self) -> None:
        """Wait until the socket is dead; returns after ``close()``, else raises the cause (see ``Socket.closed``)."""
        await self._socket.closed()

    async def close(self) -> None:
        """Hang up; safe at any time and twice."""
        await self._socket.close()

    async def set_symbols(self, symbols: Iterable[str]) -> frozenset[str]:
        """Subscribe and unsubscribe until exactly these are streamed.

        Returns:
            Those that the exchange refused (each posted once as FrameRefused ``topic_refused``): they stay silent and
            are not asked for again on this connection.
        Raises:
            Unreachable: no answer within the deadline, or the socket died.
        """
        wanted = {fields.symbol(symbol) for symbol in symbols}
        async with self._changing:
            gone = self._wanted - wanted
            for symbol in gone:
                self._wanted.discard(symbol)
                self._prices.pop(_topic(symbol), None)
            await self._request("unsubscribe", gone)
            new = wanted - self._wanted - self._refused
            # Frames may come before the answer: they are wanted from here on.
            self._wanted |= new
            refused = await self._request("subscribe", new)
            self._wanted -= refused
            self._refused |= refused
            return frozenset(self._refused & wanted)

    async def _request(self, op: str, symbols: set[str]) -> frozenset[str]:
        ordered = sorted(symbols)
        refused: set[str] = set()
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            if await self._socket.request(op, [_topic(symbol) for symbol in batch]) is not None:
                refused |= await self._one_by_one(op, batch)
        return frozenset(refused)

    async def _one_by_one(self, op: str, symbols: list[str]) -> set[str]:
        """One bad topic makes Bybit refuse the request it is in: find out which."""
        refused = set()
        for symbol in symbols:
            topic = _topic(symbol)
            reason = await self._socket.request(op, [topic])
            if reason is not None:
                refused.add(symbol)
                self._post(FrameRefused(topic, "topic_refused", reason))
        return refused

    def _take(self, frame: wire.TickerFrame) -> None:
        row, before = frame.data, self._prices.get(frame.topic)
        if row is None or before is None or frame.type != "delta" or row.symbol != before.symbol:
            price = self._first(frame)
            if price is None:
                return
        else:
            price = translate.merged_price(before, row, frame.ts, self._socket.last_mono)
        self._prices[frame.topic] = price
        self._post(PriceReported(price))

    def _first(self, frame: wire.TickerFrame) -> Price | None:
        """Anything but a delta to what is known: a snapshot, or a frame to be left out or refused."""
        row = frame.data
        if row is None or frame.topic != _topic(row.symbol) or frame.type not in {"snapshot", "delta"}:
            raise BadFrame("bad_row", topic=fields.clean(frame.topic), why="not a ticker")
        if frame.type == "delta" or row.symbol not in self._wanted:
            return None
        return translate.price(row, self.category, "stream", frame.ts, self._socket.last_mono)


def _topic(symbol: str) -> str:
    return f"tickers.{symbol}"
