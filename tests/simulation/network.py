"""The network between the desk and the paper exchange, in one process: REST calls and socket lines, and their faults.

Above it everything is the app's own: ccxt signs, the real gateway, streams and schemas read. Below it is the paper
exchange's own door. Only bytes on a wire are left out. Every choice comes from one seeded generator.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
import msgspec

from core.bybit.exchange import NoReply, Reply
from core.errors import Unreachable
from core.paper.dialects import StreamDialect
from core.paper.door import Door
from core.paper.endpoints import ROUTES, Caller
from core.paper.faults import FaultPlan
from core.paper.hub import PRIVATE, Hub
from core.paper.messages import Answer, Call, encode, envelope
from core.paper.params import Query
from core.paper.sockets import KINDS, Services, SocketSettings

LATENCY_S = 0.004
ACK_S = 0.02
HTTP_TIMEOUT_S = 8.0
# Bybit's lists may be this much behind its streams.
LONGEST_LAG_S = 4.0

_LISTS = frozenset(
    f"/v5/{name}"
    for name in ("position/list", "order/realtime", "order/history", "execution/list", "position/closed-pnl")
)
_TIME_OF = {"/v5/execution/list": "execTime", "/v5/position/closed-pnl": "updatedTime"}
_SLIPS = {"cursor", "limit", "startTime", "endTime"}


class Network:
    """Switches and the two ways through. A switch works from the moment that it is set; ``heal`` resets them all.

    ``is_cut``: nothing gets through, open lines are reset. ``is_deaf``: lines stay open and silent. ``drop``,
    ``double``: shares of the data frames. ``delay_s``: every frame and answer is so much later. ``shuffle_s``: each
    frame is late by its own part of it. ``failure``: how reads fail (a key of FAILURES), ``failing`` which share.
    ``lag_s``: lists show the account as it was so long ago.
    """

    def __init__(self, door: Door, seed: int) -> None:
        self.door = door
        self._rng = random.Random(f"{seed}:network")
        plan = FaultPlan(())
        self.hub = Hub(plan, door.clock.now_ms)
        self._services = Services(door, self.hub, plan, SocketSettings())
        self._numbers = itertools.count(1)
        self.lines: dict[Line, None] = {}
        self.past = Past(door)
        self.requests: list[tuple[float, str, str]] = []
        self.heal()

    def heal(self) -> None:
        """Everything works again from now on; frames under way still arrive."""
        self.is_cut = self.is_deaf = False
        self.drop = self.double = self.delay_s = self.shuffle_s = self.failing = self.lag_s = 0.0
        self.failure = ""

    @property
    def is_well(self) -> bool:
        """No switch is set."""
        numbers = (self.drop, self.double, self.delay_s, self.shuffle_s, self.failing, self.lag_s)
        return not (self.is_cut or self.is_deaf or any(numbers))

    @property
    def is_quiet(self) -> bool:
        """No frame is under way: what was late or out of order has arrived."""
        return not any(line.is_busy for line in self.lines)

    def cut(self) -> None:
        """Reset every line and let nothing through."""
        self.is_cut = True
        self.reset_lines()

    def reset_lines(self) -> None:
        """Every socket breaks now; new ones may be opened."""
        for line in list(self.lines):
            line.end()

    def forget_requests(self) -> None:
        """Start the record of requests anew."""
        self.requests.clear()

    # ---- REST ----

    async def call(self, call: Call) -> Reply:
        """One HTTP exchange.

        Raises:
            NoReply: as ``RawBybit.fetch``.
        """
        now = asyncio.get_running_loop().time()
        self.requests.append((now, call.method, call.path))
        if self.is_cut:
            await asyncio.sleep(LATENCY_S)
            raise NoReply("no_connection", "the cable is cut", was_sent=False)
        failure = self.failure if call.method == "GET" and self._happens(self.failing) else ""
        await asyncio.sleep(LATENCY_S)
        if self.is_deaf or failure == "timeout":
            await asyncio.sleep(HTTP_TIMEOUT_S)
            raise NoReply("timeout", "nobody answers", was_sent=True)
        answer = self._answer(call)
        await asyncio.sleep(LATENCY_S + self.delay_s)
        if self.is_cut or failure == "reset":
            raise NoReply("connection_lost", "reset by peer", was_sent=True)
        return FAILURES[failure](answer, self._rng)

    def _answer(self, call: Call) -> Answer:
        answer = self.door.answer(call)
        if call.path in _LISTS and answer.ret_code == 0:
            answer = self.past.answer(call, answer, self.lag_s)
        if call.method == "POST":
            self.past.keep()
        self.door.flush()
        return answer

    # ---- sockets ----

    async def dial(self, url: str) -> Line:
        """Open a line.

        Raises:
            Unreachable: ``no_stream``.
        """
        await asyncio.sleep(LATENCY_S)
        if self.is_cut or self.is_deaf:
            raise Unreachable("no_stream", url=url)
        path = "/" + url.split("/", 3)[3]
        line = Line(self, ServerEnd(self._services, path, next(self._numbers)))
        self.lines[line] = None
        return line

    def carry(self, line: Line, text: str, *, is_data: bool) -> None:
        """Bring one frame to the desk, late, twice or not at all."""
        if self.is_cut or self.is_deaf:
            return
        copies = 1
        if is_data:
            if self._happens(self.drop):
                return
            copies += self._happens(self.double)
        for _ in range(copies):
            late = self.delay_s + (self._rng.random() * self.shuffle_s if is_data else 0.0)
            line.arrive(text, LATENCY_S + late, in_order=not self.shuffle_s)

    def _happens(self, share: float) -> bool:
        return share > 0 and self._rng.random() < share


class Past:
    """What lists said a while ago, for the lag of lists. Each kind of question is asked again after every change."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._asked: dict[tuple[str, str], Call] = {}
        self._said: dict[tuple[str, str], list[tuple[float, Answer]]] = {}
        self.is_kept = False

    def begin(self) -> None:
        """Lists may lag from now on."""
        if not self.is_kept:
            self.is_kept = True
            self.keep()

    def keep(self) -> None:
        """Ask everything once more; called after each change of the exchange."""
        if not self.is_kept:
            return
        now = asyncio.get_event_loop().time()
        for name, call in self._asked.items():
            said = self._said.setdefault(name, [])
            said.append((now, self._ask(call)))
            while len(said) > 1 and said[1][0] <= now - LONGEST_LAG_S:
                said.pop(0)

    def _ask(self, call: Call) -> Answer:
        """The answer now, without a look at key, time stamp and limits."""
        read = ROUTES[call.method, call.path].read
        assert read is not None
        now = self._door.clock.now_ms()
        result = read(Caller(self._door.exchange, self._door.doorman.first(), now), Query(call.query, now))
        return Answer(envelope(0, "OK", dict(result), now))

    def answer(self, call: Call, present: Answer, lag_s: float) -> Answer:
        """The answer as of ``lag_s`` ago, or as long ago as is known."""
        name = (call.path, "&".join(p for p in call.raw_query.split("&") if p.partition("=")[0] not in _SLIPS))
        if "cursor" in call.query:
            return present
        self._asked[name] = call
        if not lag_s:
            return present
        field = _TIME_OF.get(call.path)
        if field:
            return _without_newest(present, field, lag_s)
        said = self._said.get(name, [])
        if not said:
            return present
        edge = asyncio.get_running_loop().time() - lag_s
        then = next((answer for at, answer in reversed(said) if at <= edge), said[0][1])
        return Answer({**then.envelope, "time": present.envelope["time"]}, 200, present.headers)


def _without_newest(answer: Answer, field: str, lag_s: float) -> Answer:
    """The list without the rows of the last moments."""
    edge = answer.envelope["time"] - lag_s * 1000
    rows = [row for row in answer.envelope["result"]["list"] if int(row[field]) <= edge]
    result = {**answer.envelope["result"], "list": rows}
    return Answer({**answer.envelope, "result": result}, answer.status, answer.headers)


# ---- how a read fails -----------------------------------------------------------------------------------------------


def _reply(answer: Answer, _rng: random.Random) -> Reply:
    headers = answer.headers
    return Reply(
        status=answer.status,
        body=answer.encoded(),
        content_type=answer.content_type.partition(";")[0],
        limit=headers.get("X-Bapi-Limit", ""),
        limit_left=headers.get("X-Bapi-Limit-Status", ""),
        limit_reset=headers.get("X-Bapi-Limit-Reset-Timestamp", ""),
    )


def _with(status: int, body: bytes, kind: str = "application/json") -> Callable[[Answer, random.Random], Reply]:
    return lambda _answer, _rng: Reply(status, body, kind, "", "", "")


def _cut_short(answer: Answer, rng: random.Random) -> Reply:
    body = answer.encoded()
    return Reply(200, body[: rng.randrange(1, len(body))], "application/json", "", "", "")


def _empty_list(answer: Answer, rng: random.Random) -> Reply:
    """A lie in perfect form: nothing there."""
    result = answer.envelope.get("result")
    if isinstance(result, dict) and isinstance(result.get("list"), list) and len(result["list"]) > 0:
        changed = {**answer.envelope, "result": {**result, "list": [], "nextPageCursor": ""}}
        return _reply(Answer(changed, answer.status, answer.headers), rng)
    return _reply(answer, rng)


def _no_list(answer: Answer, _rng: random.Random) -> Reply:
    return Reply(200, msgspec.json.encode({**answer.envelope, "result": {}}), "application/json", "", "", "")


FAILURES: Mapping[str, Callable[[Answer, random.Random], Reply]] = {
    "": _reply,
    "timeout": _reply,
    "reset": _reply,
    "html": _with(200, b"<html>Please sign in to the guest network</html>", "text/html"),
    "busy": _with(200, b'{"retCode":10016,"retMsg":"Server error","result":{}}'),
    "bad_gateway": _with(502, b"<html>bad gateway</html>", "text/html"),
    "null": _with(200, b"null"),
    "cut_short": _cut_short,
    "no_list": _no_list,
    "empty_list": _empty_list,
}


# ---- one socket -----------------------------------------------------------------------------------------------------


class ServerEnd:
    """The exchange's end of a line: what its dialects and its hub need of a connection."""

    def __init__(self, services: Services, path: str, number: int) -> None:
        self.services = services
        self.kind = KINDS[path]
        self.channel = PRIVATE if self.kind == "private" else path.rpartition("/")[2]
        self.conn_id = f"sim-{number}"
        self.ip = "127.0.0.1"
        self.topics: dict[str, None] = {}
        self.on_frame: Callable[[bytes], None] = lambda raw: None
        self.line: Line | None = None
        self.dialect = StreamDialect(self)  # type: ignore[arg-type]  # all that it uses of a Connection is here

    def struck(self, name: str, op: str, topic: str = "") -> None:
        """The faults of this network are its own."""

    def post(self, text: str) -> None:
        """Send one frame."""
        if self.line is not None:
            self.line.network.carry(self.line, text, is_data='"topic":' in text[:80])

    def later(self, answer: Mapping[str, Any], extra_ms: int = 0) -> None:
        """Answer a frame."""
        text = encode(answer)
        self.after_pause(lambda: self.post(text), extra_ms)

    def after_pause(self, run: Callable[[], None], extra_ms: int = 0) -> None:
        """Do something after the exchange's pause."""
        asyncio.get_running_loop().call_later(ACK_S + extra_ms / 1000, run)

    def cut(self, how: str) -> None:
        """Hang up."""
        if self.line is not None:
            self.line.end()

    reset = cut


class Line:
    """The desk's end: what ccxt's client and its connection are to a socket of the app."""

    def __init__(self, network: Network, server: ServerEnd) -> None:
        self.network = network
        self._server = server
        server.line = self
        self._under_way: list[tuple[float, int, str]] = []
        self._numbers = itertools.count()
        self._latest = 0.0
        self._inbox: asyncio.Queue[aiohttp.WSMessage] = asyncio.Queue()
        self._has_ended = False
        self.close_code: int | None = None

    @property
    def connection(self) -> Line:
        """ccxt's client holds its connection; here they are one."""
        return self

    async def send(self, message: dict[str, Any]) -> None:
        """Send one frame to the exchange.

        Raises:
            ConnectionResetError: the line is down.
        """
        if self._has_ended:
            raise ConnectionResetError("the line is down")
        if self.network.is_cut or self.network.is_deaf:
            return
        asyncio.get_running_loop().call_later(LATENCY_S, self._reach, encode(message).encode())

    def _reach(self, raw: bytes) -> None:
        if not self._has_ended:
            self._server.on_frame(raw)

    def arrive(self, text: str, after_s: float, *, in_order: bool) -> None:
        """Let a frame arrive; in order means not before those that were sent earlier."""
        loop = asyncio.get_running_loop()
        due = loop.time() + after_s
        if in_order:
            due = max(due, self._latest)
        self._latest = max(due, self._latest)
        if not self._under_way or self._under_way[0][0] != due:
            # Of many frames of one moment the first one's timer brings them all.
            loop.call_at(due, self._deliver)
        heapq.heappush(self._under_way, (due, next(self._numbers), text))

    def _deliver(self) -> None:
        now = asyncio.get_running_loop().time() + 1e-9
        while self._under_way and self._under_way[0][0] <= now:
            _, _, text = heapq.heappop(self._under_way)
            if not (self._has_ended or self.network.is_deaf):
                self._inbox.put_nowait(aiohttp.WSMessage(aiohttp.WSMsgType.TEXT, text.encode(), None))

    @property
    def is_busy(self) -> bool:
        """Frames are on their way to the desk."""
        return bool(self._under_way)

    async def receive(self) -> aiohttp.WSMessage:
        """The next frame, or the news that there will be none."""
        return await self._inbox.get()

    def exception(self) -> BaseException | None:
        """What broke the line."""
        return ConnectionResetError("the line is down") if self._has_ended else None

    def end(self) -> None:
        """Break the line, for both ends; safe twice."""
        if self._has_ended:
            return
        self._has_ended = True
        self.network.lines.pop(self, None)
        self._server.dialect.end()
        self._inbox.put_nowait(aiohttp.WSMessage(aiohttp.WSMsgType.ERROR, None, None))

    async def close(self) -> None:
        """Hang up."""
        self.end()
