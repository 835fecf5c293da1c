"""What frames on public and private sockets mean: ping, auth, subscribe, unsubscribe, each in Bybit's dialect.

The trade socket has a module of its own.
"""

from collections.abc import Mapping
from typing import Any

from core.paper.auth import ApiKey
from core.paper.hub import is_private_topic
from core.paper.messages import Problem, decode_object, encode
from core.paper.sockets import Connection

ARGS_LIMIT = 21_000
OP_SHOWN = 40
Frame = Mapping[str, Any]


def read_frame(raw: bytes) -> tuple[str, Frame]:
    """The operation and the fields of a frame; both empty when it is no JSON object."""
    try:
        frame = decode_object(raw)
    except Problem:
        return "", {}
    op = frame.get("op")
    return (op[:OP_SHOWN] if isinstance(op, str) else ""), frame


def echo(frame: Frame, name: str) -> dict[str, Any]:
    """The request's id, with its type: integers come from ccxt, text from pybit."""
    value = frame.get(name)
    return {name: value} if isinstance(value, str | int) and not isinstance(value, bool) else {}


def authenticate(connection: Connection, frame: Frame) -> ApiKey:
    """Check an auth frame.

    Raises:
        Problem: the key or its signature is refused, or a fault says so.
    """
    fault = connection.struck("refuse_auth", "auth")
    if fault is not None:
        raise Problem(10003, str(fault.args["msg"]))
    door = connection.services.door
    return door.doorman.admit_socket(frame.get("args"), connection.ip, door.clock.accepted_ms())


class StreamDialect:
    """A public or a private socket."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._services = connection.services
        self._is_private = connection.kind == "private"
        self._authenticated = False
        connection.on_frame = self.frame

    def frame(self, raw: bytes) -> None:
        """Handle one frame of the client."""
        op, frame = read_frame(raw)
        self._services.door.log.frame(self._connection.kind, op)
        if op == "ping":
            self._ping(frame)
        elif op == "auth" and self._is_private:
            self._auth(frame)
        elif op == "subscribe":
            self._check_and(self._subscribe, op, frame)
        elif op == "unsubscribe":
            self._check_and(self._unsubscribe, op, frame)
        else:
            self._refuse(op, frame, "Params Error")

    def end(self) -> None:
        """Forget the subscriptions of a socket that is gone."""
        for topic in list(self._connection.topics):
            self._stop(topic)

    def _ping(self, frame: Frame) -> None:
        if self._connection.struck("no_pong", "ping") is not None:
            return
        if self._is_private:
            stamp = [str(self._services.door.clock.told_ms())]
            self._connection.later({**echo(frame, "req_id"), "op": "pong", "args": stamp, "conn_id": self._conn_id})
        else:
            self._connection.later(self._said("ping", frame, "pong"))

    def _auth(self, frame: Frame) -> None:
        try:
            authenticate(self._connection, frame)
        except Problem as problem:
            self._refuse("auth", frame, problem.ret_msg)
            return
        self._authenticated = True
        self._connection.later(self._said("auth", frame, ""))

    @property
    def _conn_id(self) -> str:
        return self._connection.conn_id

    def _said(self, op: str, frame: Frame, text: str, *, success: bool = True) -> dict[str, Any]:
        """A control answer; only the public socket invents an empty ``req_id``."""
        identity = echo(frame, "req_id") or ({} if self._is_private else {"req_id": ""})
        return {"success": success, "ret_msg": text, "conn_id": self._conn_id, **identity, "op": op}

    def _refuse(self, op: str, frame: Frame, text: str) -> None:
        self._connection.later(self._said(op, frame, text, success=False))

    # ---- subscriptions ----

    def _check_and(self, act: Any, op: str, frame: Frame) -> None:
        if self._is_private and not self._authenticated:
            self._refuse(op, frame, "Request not authorized")
            return
        topics = frame.get("args")
        if not (isinstance(topics, list) and topics and all(isinstance(topic, str) for topic in topics)):
            self._refuse(op, frame, "Params Error")
            return
        trouble = self._trouble(op, topics)
        if trouble:
            self._refuse(op, frame, trouble)
            self._forget_unheard(topics)
        else:
            act(topics, frame)

    def _trouble(self, op: str, topics: list[str]) -> str:
        """Why these topics cannot be had; empty if they can."""
        if sum(map(len, topics)) > ARGS_LIMIT:
            return f"args size exceeds {ARGS_LIMIT} characters"
        unknown = next((topic for topic in topics if not self._knows(topic)), None)
        if unknown is None and op == "subscribe":
            refused = (topic for topic in topics if self._connection.struck("refuse_topic", op, topic) is not None)
            unknown = next(refused, None)
        if unknown is not None:
            return f"error:handler not found,topic:{unknown[:200]}"
        mixed = self._is_private and any(f"{topic}.{market}" in topics for topic in topics for market in _MARKETS)
        return "Params Error" if mixed else ""

    def _knows(self, topic: str) -> bool:
        if self._is_private:
            return is_private_topic(topic)
        channel = self._connection.channel
        return self._services.hub.has(channel, topic) or self._services.door.knows_topic(channel, topic)

    def _subscribe(self, topics: list[str], frame: Frame) -> None:
        connection = self._connection
        if any(connection.struck("drop_on_subscribe", "subscribe", topic) for topic in topics):
            connection.reset()
            return
        lost = [topic for topic in topics if connection.struck("lose_ack", "subscribe", topic)]
        heard = [topic for topic in topics if connection.struck("deaf", "subscribe", topic) is None]
        connection.after_pause(lambda: self._start(heard, None if lost else frame))

    def _start(self, topics: list[str], frame: Frame | None) -> None:
        """Acknowledge, then start; a public topic starts with its snapshot, a private one with nothing."""
        connection, hub = self._connection, self._services.hub
        if frame is not None:
            connection.post(encode(self._said("subscribe", frame, "")))
        for topic in topics:
            if topic in connection.topics:
                continue
            connection.topics[topic] = None
            event = None if self._is_private else self._services.door.first_message(connection.channel, topic)
            if event is not None:
                connection.post(encode(hub.document(topic, event)))
            hub.subscribe(connection.channel, topic, connection)

    def _unsubscribe(self, topics: list[str], frame: Frame) -> None:
        self._connection.after_pause(lambda: self._finish(topics, frame))

    def _finish(self, topics: list[str], frame: Frame) -> None:
        for topic in topics:
            self._stop(topic)
        self._connection.post(encode(self._said("unsubscribe", frame, "")))

    def _stop(self, topic: str) -> None:
        channel = self._connection.channel
        self._connection.topics.pop(topic, None)
        self._services.hub.unsubscribe(channel, topic, self._connection)
        self._forget_unheard([topic])

    def _forget_unheard(self, topics: list[str]) -> None:
        """Let the engine stop producing public topics that nobody listens to (asking for one starts it)."""
        for topic in topics:
            if not self._is_private and not self._services.hub.has(self._connection.channel, topic):
                self._services.door.exchange.forget_topic(topic)


_MARKETS = ("linear", "inverse")
