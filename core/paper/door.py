"""The paper exchange's door: clock, keys, limits, log and engine behind one object.

Answers REST calls as plain values (no sockets here), runs commands, moves time and hands on the events that follow.
"""

import re
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from core.paper.auth import Access, ApiKey, Doorman, check_permission
from core.paper.clock import Clock
from core.paper.endpoints import ROUTES, Caller, Endpoint, Result
from core.paper.engine import Event, Exchange, Refused
from core.paper.limits import Limits
from core.paper.messages import Answer, Call, Problem, decode_object, envelope
from core.paper.params import CONTRACTS, Query, read_body
from core.paper.request_log import RequestLog

TRACES_SHOWN = 10
_TOPIC = re.compile(r"[A-Za-z0-9.-]{3,64}", re.ASCII)


class Door:
    """The exchange as REST and sockets see it.

    ``publish`` is called with the events of every command and every step of time, in order.
    """

    def __init__(self, exchange: Exchange, clock: Clock) -> None:
        self.exchange = exchange
        self.clock = clock
        self.doorman = Doorman()
        self.limits = Limits()
        self.log = RequestLog()
        self.publish: Callable[[list[Event]], None] = lambda events: None
        self._traces = 0

    def catch_up(self) -> None:
        """Move the engine to the present and publish what happened."""
        self.exchange.advance(self.clock.now_ms())
        self.flush()

    def leap(self, by_ms: int) -> None:
        """Let a span of time pass at once: private events are published, public topics only say where they end."""
        self.exchange.advance(self.clock.advance(by_ms))
        self.publish([event for event in self.exchange.take_events() if not event.kind])

    def flush(self) -> None:
        """Publish what the engine has to say."""
        events = self.exchange.take_events()
        if events:
            self.publish(events)

    def run_late(self, run: Callable[[], object]) -> None:
        """Do something whose time has come, and publish what follows."""
        run()
        self.flush()

    # ---- public topics ----

    def knows_topic(self, channel: str, topic: str) -> bool:
        """Whether a public channel has this topic."""
        return self._snapshot(channel, topic) is not None

    def first_message(self, channel: str, topic: str) -> Event | None:
        """The snapshot with which a public topic starts; everything before it has been published."""
        self.catch_up()
        return self._snapshot(channel, topic)

    def _snapshot(self, channel: str, topic: str) -> Event | None:
        if channel not in CONTRACTS or not _TOPIC.fullmatch(topic):
            return None
        return self.exchange.public_snapshot(topic, channel)

    # ---- REST ----

    def answer(self, call: Call) -> Answer:
        """Answer one REST call; every refusal is an answer, nothing is raised for bad input."""
        now = self.clock.now_ms()
        banned = self.limits.check_address(now)
        if banned is not None:
            return banned
        if call.method != "POST" and call.body:  # a GET with a body gets 403 on Bybit
            return Answer(status=403, raw=b"Forbidden", content_type="text/plain; charset=utf-8")
        endpoint = ROUTES.get((call.method, call.path))
        if endpoint is None:
            return self._refusal(Problem(10017, "Route not found.", status=404))
        answer = self._guarded(lambda: self._run(call, endpoint, now))
        answer.headers.update(self.limits.headers(endpoint.name, endpoint.per_second, now))
        return answer

    def _run(self, call: Call, endpoint: Endpoint, now: int) -> Result:
        key = None
        if endpoint.access is not Access.PUBLIC:
            key = self.doorman.admit(call, self.clock.accepted_ms())
            self._check(key, endpoint, now)
        if endpoint.command is not None:
            return self._command(endpoint, decode_object(call.body))
        assert endpoint.read is not None
        self.exchange.advance(now)
        return endpoint.read(Caller(self.exchange, key, self.clock.told_ms()), Query(call.query, now))

    def _check(self, key: ApiKey, endpoint: Endpoint, now: int) -> None:
        if endpoint.per_second is not None:
            self.limits.check_endpoint(endpoint.name, endpoint.per_second, now)
        check_permission(key, endpoint.access)

    def _command(self, endpoint: Endpoint, body: Mapping[str, Any]) -> Result:
        assert endpoint.command is not None
        fields = read_body(body)
        self.exchange.advance(self.clock.now_ms())
        return endpoint.command(self.exchange, fields)

    def trade_frame(self, key: ApiKey, endpoint: Endpoint, body: Mapping[str, Any]) -> Answer:
        """Run a command of the trade socket; limits and permissions are the REST endpoint's own."""
        now = self.clock.now_ms()

        def run() -> Result:
            self._check(key, endpoint, now)
            return self._command(endpoint, body)

        answer = self._guarded(run)
        answer.headers = self.limits.headers(endpoint.name, endpoint.per_second, now)
        return answer

    def _guarded(self, run: Callable[[], Result]) -> Answer:
        """Turn a result, a refusal or a bug of ours into an answer."""
        try:
            return Answer(envelope(0, "OK", dict(run()), self.clock.told_ms()))
        except (Problem, Refused) as problem:
            return self._refusal(problem)
        except Exception:  # noqa: BLE001 -- the edge: a bug of ours must not look like a broken connection
            self._traces += 1
            if self._traces <= TRACES_SHOWN:
                traceback.print_exc(file=sys.stderr)
            return self._refusal(Problem(10016, "Internal server error"))

    def _refusal(self, problem: Problem | Refused) -> Answer:
        status = problem.status if isinstance(problem, Problem) else 200
        return Answer(envelope(problem.ret_code, problem.ret_msg, {}, self.clock.told_ms()), status)
