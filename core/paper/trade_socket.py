"""The trade socket ``/v5/trade``: orders over a WebSocket, with the REST endpoints' rules, limits and faults."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from core.paper.auth import ApiKey, check_time
from core.paper.dialects import Frame, authenticate, echo, read_frame
from core.paper.endpoints import TRADE_OPS
from core.paper.fault_rest import HANG, RESET, Passage
from core.paper.messages import Answer, Problem, encode
from core.paper.sockets import Connection

ID_LENGTH = 36
IDS_REMEMBERED = 1_000


class TradeDialect:
    """One trade socket."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._services = connection.services
        self._key: ApiKey | None = None
        self._recent_ids: deque[str] = deque(maxlen=IDS_REMEMBERED)
        connection.on_frame = self.frame

    def frame(self, raw: bytes) -> None:
        """Handle one frame of the client."""
        op, frame = read_frame(raw)
        self._services.door.log.frame("trade", op)
        if op == "ping":
            self._ping(frame)
        elif op == "auth":
            self._auth(frame)
        else:
            self._order(op, frame)

    def end(self) -> None:
        """Nothing outlives a trade socket: orders stay where they are."""

    def _ping(self, frame: Frame) -> None:
        if self._connection.struck("no_pong", "ping") is None:
            stamp = [str(self._services.door.clock.told_ms())]
            self._say(frame, {"retCode": 0, "retMsg": "OK", "op": "pong", "data": stamp})

    def _auth(self, frame: Frame) -> None:
        code, text = 0, "OK"
        try:
            if self._key is not None:
                raise Problem(20001, "Repeat auth")
            self._key = authenticate(self._connection, frame)
        except Problem as problem:
            code, text = problem.ret_code, problem.ret_msg
        self._say(frame, {"retCode": code, "retMsg": text, "op": "auth"})

    def _say(self, frame: Frame, answer: Mapping[str, Any]) -> None:
        self._connection.later({**echo(frame, "reqId"), **answer, "connId": self._connection.conn_id})

    # ---- orders ----

    def _order(self, op: str, frame: Frame) -> None:
        try:
            key, body = self._admitted(op, frame)
        except Problem as problem:
            said = {"retCode": problem.ret_code, "retMsg": problem.ret_msg}
            self._connection.later(self._answer(op, frame, said, {}))
            return
        self._run(op, frame, key, body)

    def _admitted(self, op: str, frame: Frame) -> tuple[ApiKey, dict[str, Any]]:
        """The command in a frame, after what Bybit checks before it looks at the order."""
        if self._key is None:
            raise Problem(10003, "Request not authorized")
        if op not in TRADE_OPS:
            raise Problem(10404, "op type is not found")
        self._check_id(frame.get("reqId"))
        header = frame.get("header")
        if not isinstance(header, dict):
            raise Problem(10001, "header is required")
        stamp, window = (str(header.get(name, "")) for name in ("X-BAPI-TIMESTAMP", "X-BAPI-RECV-WINDOW"))
        check_time(stamp, window, self._services.door.clock.accepted_ms())
        args = frame.get("args")
        if not (isinstance(args, list) and len(args) == 1 and isinstance(args[0], dict)):
            raise Problem(10001, "args must hold one order")
        return self._key, args[0]

    def _check_id(self, value: object) -> None:
        if value is None:
            return
        if not isinstance(value, str | int) or len(str(value)) > ID_LENGTH:
            raise Problem(10001, "reqId invalid")
        if str(value) in self._recent_ids:
            raise Problem(20006, "reqId is duplicated")
        self._recent_ids.append(str(value))

    def _run(self, op: str, frame: Frame, key: ApiKey, body: dict[str, Any]) -> None:
        door = self._services.door
        now = door.clock.now_ms()
        door.log.command_frame(op, body, now)
        endpoint = TRADE_OPS[op]
        facts = {
            "socket": "trade",
            "method": "WS",
            "path": "/v5/trade",
            "op": op,
            "symbol": str(body.get("symbol", "")),
            "link": str(body.get("orderLinkId", "")),
        }
        passage = Passage(
            self._services.plan, door.limits, facts, door.clock.told_ms(), lambda: door.trade_frame(key, endpoint, body)
        )
        passage.run(now)
        for later in passage.later:
            asyncio.get_running_loop().call_later(later.after_ms / 1000, door.run_late, later.run)
        door.flush()
        self._deliver(op, frame, passage)

    def _deliver(self, op: str, frame: Frame, passage: Passage) -> None:
        if passage.manner == RESET:
            self._connection.reset()
        elif passage.manner != HANG:
            text = self._text(op, frame, passage.answer)
            self._connection.after_pause(lambda: self._connection.post(text), passage.delay_ms)

    def _text(self, op: str, frame: Frame, answer: Answer) -> str:
        if answer.raw is not None:
            return answer.raw.decode("utf-8", "replace")
        return encode(self._answer(op, frame, answer.envelope, answer.headers))

    def _answer(self, op: str, frame: Frame, said: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        stamp = str(self._services.door.clock.told_ms())
        return {
            **echo(frame, "reqId"),
            **{name: said[name] for name in ("retCode", "retMsg") if name in said},
            "op": op,
            "data": said.get("result", {}),
            "retExtInfo": said.get("retExtInfo", {}),
            "header": {**headers, "Traceid": self._connection.conn_id, "Timenow": stamp},
            "connId": self._connection.conn_id,
        }
