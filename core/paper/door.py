"""The paper exchange's door: clock, keys, limits, log and engine behind one object.

Answers REST calls as plain values (no sockets here), runs commands, moves time and hands on the events that follow.
"""

import re
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.paper.auth import Access, ApiKey, Doorman, check_permission
from core.paper.clock import Clock
from core.paper.endpoints import ROUTES, Caller, Endpoint, Result
from core.paper.engine import Event, Exchange, Refused
from core.paper.limits import Limits
from core.paper.messages import Answer, Call, Problem, decode_object, envelope
from core.paper.params import CONTRACTS, Query, contract_category, read_body
from core.paper.request_log import RequestLog

TRACES_SHOWN = 10
BATCH_LIMIT = 20
LEAP_MS = 60_000
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
        self.largest_page: int | None = None  # a smaller one than Bybit's, to make clients page
        self.publish: Callable[[list[Event]], None] = lambda events: None
        self._traces = 0

    def catch_up(self) -> None:
        """Move the engine to the present, or a minute towards it, and publish what happened."""
        self._approach()
        self.flush()

    def leap(self) -> bool:
        """As ``catch_up``, but public topics stay silent; whether there is more time to make up."""
        self._approach()
        self.publish([event for event in self.exchange.take_events() if not event.kind])
        return self.is_behind

    @property
    def is_behind(self) -> bool:
        """Whether more than a minute is to be made up: somebody moved the clock, or the machine slept."""
        return self.clock.now_ms() - self.exchange.now_ms > LEAP_MS

    def _approach(self) -> None:
        # never more at once: hours of prices take seconds to compute, and nobody would be served meanwhile
        self.exchange.advance(min(self.clock.now_ms(), self.exchange.now_ms + LEAP_MS))

    def flush(self) -> None:
        """Publish what the engine has to say."""
        events = self.exchange.take_events()
        if events:
            self.publish(events)

    def run_late(self, run: Callable[[], Answer]) -> Answer:
        """Execute a request whose time has come, and publish what follows."""
        answer = run()
        self.flush()
        return answer

    # ---- public topics ----

    def knows_topic(self, channel: str, topic: str) -> bool:
        """Whether a public channel has this topic; the exchange's own status never has anything to say."""
        return (channel, topic) == ("status", "system.status") or self._snapshot(channel, topic) is not None

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
        answer = self.guarded(lambda: self._run(call, endpoint, now))
        answer.headers.update(self.limits.headers(endpoint.name, endpoint.per_second, now))
        return answer

    def _run(self, call: Call, endpoint: Endpoint, now: int) -> Answer:
        key = None
        if endpoint.access is not Access.PUBLIC:
            key = self.doorman.admit(call, self.clock.accepted_ms())
            check_permission(key, endpoint.access)
        if endpoint.command is not None:
            return self._commanded(endpoint, decode_object(call.body), now)
        assert endpoint.read is not None
        self._count(endpoint, now)
        self._approach()
        query = Query(call.query, now, self.largest_page)
        return self._success(endpoint.read(Caller(self.exchange, key, self.clock.told_ms()), query))

    def _count(self, endpoint: Endpoint, now: int) -> None:
        if endpoint.per_second is not None:
            self.limits.check_endpoint(endpoint.name, endpoint.per_second, now)

    # ---- commands, from REST and from the trade socket ----

    def trade_frame(self, key: ApiKey, endpoint: Endpoint, body: Mapping[str, Any]) -> Answer:
        """Run a command of the trade socket; limits and permissions are the REST endpoint's own."""
        now = self.clock.now_ms()

        def run() -> Answer:
            check_permission(key, endpoint.access)
            return self._commanded(endpoint, body, now)

        answer = self.guarded(run)
        answer.headers = self.limits.headers(endpoint.name, endpoint.per_second, now)
        return answer

    def _commanded(self, endpoint: Endpoint, body: Mapping[str, Any], now: int) -> Answer:
        self._approach()
        if endpoint.is_batch:
            return self._batch(endpoint, body, now)
        return self._single(endpoint, body, now)

    def _single(self, endpoint: Endpoint, body: Mapping[str, Any], now: int) -> Answer:
        assert endpoint.command is not None
        self._count(endpoint, now)
        return self._success(endpoint.command(self.exchange, read_body(body)))

    def _batch(self, endpoint: Endpoint, body: Mapping[str, Any], now: int) -> Answer:
        """Each order counts against the limit, succeeds or fails for itself; the verdicts are in ``retExtInfo``."""
        category, items = contract_category(body), body.get("request")
        if not (isinstance(items, list) and 0 < len(items) <= BATCH_LIMIT and all(isinstance(i, dict) for i in items)):
            raise Problem(10001, f"request must hold 1 to {BATCH_LIMIT} orders")
        results, verdicts = [], []
        for item in items:
            one = self.guarded(partial(self._single, endpoint, {**item, "category": category}, now))
            verdicts.append({"code": one.ret_code, "msg": one.envelope["retMsg"]})
            results.append(_batch_row(endpoint, category, item, one))
        answer = self._success({"list": results})
        answer.envelope["retExtInfo"] = {"list": verdicts}
        return answer

    # ---- answers ----

    def guarded(self, run: Callable[[], Answer]) -> Answer:
        """Turn a refusal or a bug of ours into an answer."""
        try:
            return run()
        except (Problem, Refused) as problem:
            return self._refusal(problem)
        except Exception:  # noqa: BLE001 -- the edge: a bug of ours must not look like a broken connection
            self._traces += 1
            if self._traces <= TRACES_SHOWN:
                traceback.print_exc(file=sys.stderr)
            return self._refusal(Problem(10016, "Internal server error"))

    def _success(self, result: Result) -> Answer:
        return Answer(envelope(0, "OK", dict(result), self.clock.told_ms()))

    def _refusal(self, problem: Problem | Refused) -> Answer:
        status = problem.status if isinstance(problem, Problem) else 200
        return Answer(envelope(problem.ret_code, problem.ret_msg, {}, self.clock.told_ms()), status)


def _batch_row(endpoint: Endpoint, category: str, item: Mapping[str, Any], answer: Answer) -> dict[str, Any]:
    """One row of a batch's result; ids are empty when that order was refused."""
    ids = answer.envelope["result"]
    row = {
        "category": category,
        "symbol": str(item.get("symbol", "")),
        "orderId": ids.get("orderId", ""),
        "orderLinkId": ids.get("orderLinkId", ""),
    }
    if endpoint.path.endswith("create-batch"):
        row["createAt"] = str(answer.envelope["time"]) if ids else ""
    return row
