"""Payloads for the boundary (S26, P37): valid rows, spoilt at random, and a door that they go in by.

The limits of sizes, depth, rows and pages have tests of their own: test_reads.py, test_pages.py.

The door is the real parser: frames through ``PrivateStream`` and ``TickerStream``, answers through ``Gateway``; only
the wire below is left out. What comes through is applied to a book.
"""

import json
import random
import re
from collections.abc import Callable, Coroutine, Iterator
from decimal import Decimal
from typing import Any

import msgspec

from core.book import PositionBook
from core.bybit import answers
from core.bybit.calls import Answer
from core.bybit.client import Client
from core.bybit.connection import Connection
from core.bybit.gateway import Gateway
from core.clock import ManualClock
from core.errors import ExchangeError
from core.events import (
    Event,
    ExecutionReported,
    FeeRatesReported,
    FrameRefused,
    InstrumentsReported,
    OrderReported,
    OrdersListed,
    PositionReported,
    PriceReported,
    WalletReported,
)
from core.model import Execution, Order, Position, Price, Snapshot
from core.secrets import Secret
from tests.core.bybit import rows

NOW_MS = 1_697_673_601_000
_SYMBOL = re.compile(r"[A-Z0-9-]{2,32}", re.ASCII)

# Tokens that are no number of Bybit's, whatever stands around them.
NO_NUMBERS = [
    '"NaN"', '"Infinity"', '"-Infinity"', '"1e400"', '"1e5"', '"1_000"', '"١٢"', '" 5 "', '"0x10"', '"1,5"', '"+-1"',
    '"' + "9" * 400 + '"', '"--"', '"."', '"5\\u0000"', "true", "[1]", '{"a":1}', "NaN", "Infinity", "1e400", "5.5",
    '"null"', '"１２"', '"∞"', '"1/2"',
]  # fmt: skip
# What else may stand where a value is expected.
ODD = [
    "null", '""', '"0"', '"-1"', "0", "-1", "18446744073709551616", "-9223372036854775809", '"<b>x</b>"', "[]", "{}",
    '"<img src=http://127.0.0.1/x>"', '"\\u202eTDSU"', '"a\\u200bb"', '"\\u0000"', '"\\ud800"', '"=cmd()"', "false",
    "\"'; DROP TABLE executions\"", '"../../x"', '"Frozen"', '"' + "x" * 3_000 + '"', '"' + "9" * 18 + '"', '"1E-30"',
    '"BTC-USDT"', '"0.000000000000000000000000000001"', "[[[[[[1]]]]]]",
]  # fmt: skip
NUMBERS = {
    "position": ("size", "avgPrice", "stopLoss", "updatedTime", "leverage", "positionIM"),
    "order": ("qty", "leavesQty", "cumExecQty", "triggerPrice", "createdTime"),
    "execution": ("execQty", "execPrice", "execFee", "closedSize", "execTime"),
    "wallet": ("totalEquity", "totalAvailableBalance", "accountIMRate"),
}
_STREAMED = {
    "position": {**rows.POSITION, "category": "linear", "entryPrice": "98.22"},
    "order": {**rows.ORDER, "category": "linear"},
    "execution": {**rows.EXECUTION, "category": "linear"},
    "wallet": rows.WALLET,
}
_STREAMED["position"].pop("avgPrice")
_LISTED: dict[str, list[Any]] = {
    "position": [rows.POSITION, {**rows.POSITION, "symbol": "BTCUSDT", "size": "0.5"}],
    "order": [rows.ORDER],
    "execution": [rows.EXECUTION, {**rows.EXECUTION, "execId": "2"}],
    "wallet": [rows.WALLET],
    "closed_pnl": [rows.CLOSED_PNL],
    "instrument": [rows.INSTRUMENT],
    "ticker": [rows.TICKER],
    "fee_rate": [rows.FEE_RATE],
    "candle": [rows.CANDLE],
}
# Reading a text anew copies it four times as fast as deepcopy does.
_STREAMED_TEXT = {kind: msgspec.json.encode([row]) for kind, row in _STREAMED.items()}
_LISTED_TEXT = {kind: msgspec.json.encode(found) for kind, found in _LISTED.items()}


class Payload(msgspec.Struct):
    """What arrives: ``kind`` of row, by ``frame`` or answer; ``is_hopeless``: it holds a number that cannot be one."""

    kind: str
    is_frame: bool
    text: bytes
    is_hopeless: bool


class Payloads:
    """As many as one likes; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def next(self) -> Payload:
        """One payload."""
        chance = self._random
        is_frame = chance.random() < 0.5
        if is_frame and chance.random() < 0.15:
            return self._ticker()
        kind = chance.choice(list(_STREAMED if is_frame else _LISTED))
        found: list[Any] = msgspec.json.decode((_STREAMED_TEXT if is_frame else _LISTED_TEXT)[kind])
        tokens: dict[str, str] = {}
        is_hopeless = False
        if kind in NUMBERS and chance.random() < 0.3:
            name = chance.choice(NUMBERS[kind])
            for row in found:
                row["entryPrice" if is_frame and name == "avgPrice" else name] = self._token(
                    chance.choice(NO_NUMBERS), tokens
                )
            is_hopeless = True
        else:
            for _ in range(chance.randrange(3)):
                self._spoil(chance.choice(found), tokens)
        return Payload(kind, is_frame, self._written(kind, found, is_frame, tokens, is_hopeless), is_hopeless)

    def _ticker(self) -> Payload:
        tokens: dict[str, str] = {}
        row = dict(rows.TICKER)
        frame = {"topic": "tickers.SOLUSDT", "type": self._random.choice(["snapshot", "delta", "x"]), "data": row}
        self._spoil(row, tokens)
        return Payload("ticker", True, self._cut(_filled(json.dumps({**frame, "ts": NOW_MS}), tokens)), False)

    def _spoil(self, row: Any, tokens: dict[str, str]) -> None:
        """Change, drop or add one thing somewhere in a row."""
        chance = self._random
        if not isinstance(row, dict):
            row[chance.randrange(len(row))] = self._token(chance.choice(ODD + NO_NUMBERS), tokens)
            return
        name = chance.choice(list(row))
        if isinstance(row[name], dict) and row[name] and chance.random() < 0.7:
            row[name] = dict(row[name])
            self._spoil(row[name], tokens)
        elif chance.random() < 0.1:
            del row[name]
        elif chance.random() < 0.1:
            row[self._token(chance.choice(ODD[8:20]), tokens)] = 1
        else:
            row[name] = self._token(chance.choice(ODD + NO_NUMBERS), tokens)

    def _token(self, text: str, tokens: dict[str, str]) -> str:
        mark = f"@{len(tokens)}@"
        tokens[f'"{mark}"'] = text
        return mark

    def _written(self, kind: str, found: list[Any], is_frame: bool, tokens: dict[str, str], is_whole: bool) -> bytes:
        if is_frame:
            text = json.dumps({"topic": kind, "creationTime": NOW_MS, "data": found})
        else:
            text = json.dumps({"retCode": 0, "retMsg": "OK", "result": {"list": found}, "time": NOW_MS})
        return _filled(text, tokens).encode() if is_whole else self._cut(_filled(text, tokens))

    def _cut(self, text: str) -> bytes:
        """Mostly as it is; now and then cut short, with a wrong byte, a key twice, or something behind it."""
        chance = self._random
        written = text.encode()
        how = chance.random()
        if how < 0.04:
            return written[: chance.randrange(len(written))]
        if how < 0.08:
            at = chance.randrange(len(written))
            return written[:at] + bytes([chance.randrange(256)]) + written[at + 1 :]
        if how < 0.10:
            return text.replace('"symbol": "SOLUSDT"', '"symbol": "SOLUSDT", "symbol": "BTCUSDT"', 1).encode()
        return written + b"{}" if how < 0.11 else written


def _filled(text: str, tokens: dict[str, str]) -> str:
    for mark, token in tokens.items():
        text = text.replace(mark, token)
    return text


class Told:
    """Answers a gateway's question with a payload, checked as ``Caller`` checks an answer."""

    def __init__(self) -> None:
        self.body = b""

    async def read(self, path: str, _params: Any, decoder: Any, **_: Any) -> Answer[Any]:
        """One answer."""
        try:
            answer = answers.whole(self.body, decoder)
        except answers.BadEnvelope as error:
            raise answers.Unreachable("bad_envelope", path=path, why=error.why) from error
        if answer.ret_code != 0:
            raise answers.read_error(answer, path)
        return Answer(answer.result, answer.time, 1.0, 1.0)


class Door:
    """The parser with a book behind it."""

    def __init__(self) -> None:
        self.clock = ManualClock(now_ms=NOW_MS)
        connection = Connection(
            environment="paper", rest="http://127.0.0.1:1", ws="ws://127.0.0.1:1", api_key="k", api_secret=Secret("s")
        )
        self.client = Client(connection, self.clock)
        self.posted: list[Event] = []
        self.private = self.client.private(self.posted.append)
        self.tickers = self.client.tickers("linear", self.posted.append)
        self.tickers._wanted.add("SOLUSDT")
        self.told = Told()
        gateway: Gateway = self.client.gateway
        gateway._caller = self.told
        self._asked: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "position": lambda: gateway.fetch_positions("linear", "USDT"),
            "order": lambda: gateway.fetch_open_orders("linear", "USDT"),
            "execution": lambda: gateway.fetch_executions("linear", NOW_MS - 1, NOW_MS),
            "wallet": gateway.fetch_wallet,
            "closed_pnl": lambda: gateway.fetch_closed_pnl("linear", NOW_MS - 1, NOW_MS),
            "instrument": lambda: gateway.fetch_instruments("linear"),
            "ticker": lambda: gateway.fetch_prices("linear"),
            "fee_rate": lambda: gateway.fetch_fee_rates("linear"),
            "candle": lambda: gateway.fetch_candles("linear", "SOLUSDT", "1", 10),
        }
        self.new_book()

    def new_book(self) -> None:
        """Forget what came in."""
        self.book = PositionBook(self.clock, "paper", "Main", lambda _line: None)

    def take(self, payload: Payload) -> tuple[list[Event], bool]:
        """Let a payload in: the events that came of it, and whether the parser refused something."""
        self.posted.clear()
        if payload.is_frame:
            stream = self.tickers if payload.kind == "ticker" else self.private
            stream._socket._take(payload.text)
        else:
            self.told.body = payload.text
            try:
                self.posted += self._events(payload.kind, _run(self._asked[payload.kind]()))
            except ExchangeError:
                return [], True
            except answers.BadFrame:
                return [], True
        events = [event for event in self.posted if not isinstance(event, FrameRefused)]
        return events, len(events) < len(self.posted)

    def _events(self, kind: str, found: Any) -> list[Event]:
        """What the desk makes of a reading."""
        if kind == "order":
            return [OrdersListed(found, 1.0)]
        if kind == "wallet":
            return [WalletReported(found, "rest")]
        if kind == "instrument":
            return [InstrumentsReported("linear", found)] if found else []
        if kind == "fee_rate":
            return [FeeRatesReported("linear", found)]
        made = {
            "position": lambda row: PositionReported(row, "rest", 1.0),
            "execution": lambda row: ExecutionReported(row, "rest"),
            "ticker": PriceReported,
        }.get(kind)
        return [made(row) for row in found] if made else []

    def apply(self, events: list[Event]) -> None:
        """As the manager's consumer does."""
        for event in events:
            self.book.apply(event)


def _run(asked: Coroutine[Any, Any, Any]) -> Any:
    """A coroutine that waits for nothing."""
    try:
        asked.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waited")


def content(snapshot: Snapshot) -> tuple[Any, ...]:
    """What an invalid row must not change. Parts that did not change are the same objects in the next snapshot."""
    return (
        snapshot.positions, snapshot.orders, snapshot.executions, snapshot.wallet, snapshot.closed_trades,
        snapshot.prices, snapshot.instruments, snapshot.fee_rates,
    )  # fmt: skip


def misfits(events: list[Event]) -> list[str]:
    """What must never get into a book: symbols that are none, numbers that are not finite."""
    found = []
    for record in records_of(events):
        if not _SYMBOL.fullmatch(record.symbol):
            found.append(record.symbol)
        for name in record.__struct_fields__:
            value = getattr(record, name)
            if isinstance(value, Decimal) and not value.is_finite():
                found.append(f"{record.symbol} {name}")
    return found


def records_of(events: list[Event]) -> Iterator[Position | Order | Execution | Price]:
    """The records of a contract that events bring along."""
    for event in events:
        match event:
            case PositionReported():
                yield event.position
            case OrderReported():
                yield event.order
            case OrdersListed():
                yield from event.orders
            case ExecutionReported():
                yield event.execution
            case PriceReported():
                yield event.price
