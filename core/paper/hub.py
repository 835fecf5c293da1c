"""Fans engine events out to the subscribed sockets, in Bybit's stream envelopes.

A message is encoded once for all its subscribers. Armed faults act here, before the copies are made.
"""

import asyncio
import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from core.paper.engine import Event
from core.paper.fault_rows import SPOILERS
from core.paper.fault_stream import Delivery, deliveries
from core.paper.faults import Armed, FaultPlan, Stage
from core.paper.messages import encode

PRIVATE = "private"
PRIVATE_TOPICS = ("position", "order", "execution", "wallet")
FAST_FIELDS = (
    "category",
    "symbol",
    "execId",
    "execPrice",
    "execQty",
    "orderId",
    "isMaker",
    "orderLinkId",
    "side",
    "execTime",
    "seq",
)


class Subscriber(Protocol):
    """A socket as the hub sees it."""

    def post(self, text: str) -> None:
        """Queue one message."""

    def cut(self, how: str) -> None:
        """End the connection: ``close`` with a close frame, ``reset`` without."""


class Hub:
    """Subscriptions by channel (``private``, ``linear``, ``inverse``) and topic."""

    def __init__(self, plan: FaultPlan, now_ms: Callable[[], int]) -> None:
        self._plan = plan
        self._now_ms = now_ms
        self._subscribers: dict[tuple[str, str], dict[Subscriber, None]] = {}
        self._held: dict[int, list[Event]] = {}
        self._number = 0
        self.sent = 0

    def subscribe(self, channel: str, topic: str, subscriber: Subscriber) -> None:
        """Start sending a topic."""
        self._subscribers.setdefault((channel, topic), {})[subscriber] = None

    def unsubscribe(self, channel: str, topic: str, subscriber: Subscriber) -> None:
        """Stop sending a topic; nothing happens if it was not sent."""
        there = self._subscribers.get((channel, topic), {})
        there.pop(subscriber, None)
        if not there:
            self._subscribers.pop((channel, topic), None)

    def has(self, channel: str, topic: str) -> bool:
        """Whether somebody listens to this topic."""
        return (channel, topic) in self._subscribers

    def topics(self, channel: str) -> list[str]:
        """The topics that somebody listens to."""
        return [topic for where, topic in self._subscribers if where == channel]

    # ---- publishing ----

    def publish(self, events: Iterable[Event]) -> None:
        """Send events in order; those that nobody listens to cost next to nothing."""
        for event in events:
            targets = self._targets(event)
            if targets:
                self._publish(event, targets)

    def _publish(self, event: Event, targets: Mapping[str, list[Subscriber]]) -> None:
        struck = self._plan.take(Stage.MESSAGE, _facts(event), self._now_ms())
        if not struck:
            self._send(Delivery(event), targets)
            return
        shuffler = next((armed for armed in struck if armed.kind.name == "reorder"), None)
        if shuffler is not None:
            self._hold(event, shuffler)
            return
        for delivery in deliveries(event, struck):
            if delivery.after_ms:
                asyncio.get_running_loop().call_later(delivery.after_ms / 1000, self._send_late, delivery)
            else:
                self._send(delivery, targets)

    def _send_late(self, delivery: Delivery) -> None:
        self._send(delivery, self._targets(delivery.event))

    def _hold(self, event: Event, shuffler: Armed) -> None:
        held = self._held.setdefault(shuffler.number, [])
        if not held:
            window_ms = int(shuffler.args["window_ms"])
            asyncio.get_running_loop().call_later(window_ms / 1000, self._release, shuffler)
        held.append(event)

    def _release(self, shuffler: Armed) -> None:
        events = self._held.pop(shuffler.number, [])
        shuffler.rng.shuffle(events)
        for event in events:
            self._send_late(Delivery(event))

    def _send(self, delivery: Delivery, targets: Mapping[str, list[Subscriber]]) -> None:
        for topic, subscribers in targets.items():
            text = self._text(topic, delivery)
            how = delivery.hang_up.args if delivery.hang_up else {}
            for subscriber in subscribers:
                if how.get("when") != "before":
                    subscriber.post(text)
                if how:
                    subscriber.cut(how["how"])
            self.sent += len(subscribers)

    def _targets(self, event: Event) -> dict[str, list[Subscriber]]:
        """Subscribers by the topic name under which they want this event."""
        channel, names = _names(event)
        found = ((name, self._subscribers.get((channel, name))) for name in names)
        return {name: list(subscribers) for name, subscribers in found if subscribers}

    def _text(self, topic: str, delivery: Delivery) -> str:
        document = self.document(topic, delivery.event)
        if not delivery.spoilers:
            return encode(document)
        document = copy.deepcopy(document)
        for armed in delivery.spoilers:
            text = SPOILERS[armed.kind.name](armed, document)
            if text is not None:
                return text
        return encode(document)

    def document(self, topic: str, event: Event) -> dict[str, Any]:
        """The stream message for one event under one topic name."""
        if event.kind:
            return _public(event)
        self._number += 1
        data: Any = event.data
        if topic.startswith("execution.fast"):
            data = [_fast(row) for row in data if row["execType"] == "Trade"]
        return {"id": f"{self._number:08d}", "topic": topic, "creationTime": event.ts_ms, "data": data}


def _names(event: Event) -> tuple[str, tuple[str, ...]]:
    if event.kind:
        return event.category, (event.topic,)
    if event.topic == "execution":
        kinds = ("execution", "execution.fast") if _has_trades(event.data) else ("execution",)
        return PRIVATE, tuple(f"{kind}{tail}" for kind in kinds for tail in ("", f".{event.category}"))
    if event.category:
        return PRIVATE, (event.topic, f"{event.topic}.{event.category}")
    return PRIVATE, (event.topic,)


def _has_trades(rows: Any) -> bool:
    return any(row["execType"] == "Trade" for row in rows)


def is_private_topic(topic: str) -> bool:
    """Whether a private socket may subscribe to this: all-in-one or per category, ``execution.fast`` too."""
    base, _, category = topic.rpartition(".")
    if category in ("linear", "inverse"):
        return base in ("position", "order", "execution", "execution.fast")
    return topic in (*PRIVATE_TOPICS, "execution.fast")


def _public(event: Event) -> dict[str, Any]:
    kind = event.topic.partition(".")[0]
    document = {"topic": event.topic, "type": event.kind, "ts": event.ts_ms, "data": event.data}
    if kind == "tickers":
        document["cs"] = event.seq
    elif kind == "orderbook":
        document["cts"] = event.ts_ms
    return document


def _fast(row: Mapping[str, Any]) -> dict[str, Any]:
    fast = {name: row[name] for name in FAST_FIELDS if name in row}
    if row.get("isMaker"):
        fast["orderLinkId"] = ""
    return fast


def _facts(event: Event) -> dict[str, str]:
    rows: list[Any] = event.data if isinstance(event.data, list) else [event.data]
    symbol = next((str(row["symbol"]) for row in rows if "symbol" in row), event.topic.rpartition(".")[2])
    return {"topic": event.topic, "symbol": symbol, "socket": "public" if event.kind else PRIVATE}
