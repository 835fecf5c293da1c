"""Arming faults: which one, on what, how often, how long. What a fault does is written in fault_rest and fault_stream.

Every armed fault draws from its own seeded generator, so the same run meets the same trouble. Times are the exchange's.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

RELATIVE_BELOW_MS = 100_000_000_000  # `from` and `until` below this are ms after arming, above it UTC ms
FACTS = ("path", "method", "topic", "socket", "symbol", "op", "link", "page")


class Stage(Enum):
    """Where a fault acts."""

    WHILE_ARMED = "as long as it is armed"
    ARRIVAL = "when a request arrives"
    INSTEAD = "in place of an answer"
    ANSWER = "on the content of an answer"
    DELIVERY = "on the way of an answer"
    MESSAGE = "on a stream message"
    FRAME = "on a client's frame or connection"


@dataclass(frozen=True)
class Kind:
    """One entry of the catalogue.

    ``covers`` are its numbers in the project's fault list, ``args`` its arguments with defaults, ``when`` what it
    always asks of a request or message, whatever ``match`` says.
    """

    name: str
    stages: tuple[Stage, ...]
    covers: tuple[int, ...]
    line: str
    args: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)


class BadArming(ValueError):
    """The arming request makes no sense; the text says why."""


@dataclass
class Armed:
    """One fault lying in wait."""

    number: int
    kind: Kind
    match: Mapping[str, str]
    probability: float
    left: int | None
    rng: random.Random
    from_ms: int
    until_ms: int | None
    args: Mapping[str, Any]
    hits: int = 0
    memory: dict[str, Any] = field(default_factory=dict)  # for faults that need to remember what they saw

    def fits(self, facts: Mapping[str, str], now_ms: int) -> bool:
        """Whether it may act now on something with these facts (before the dice)."""
        if now_ms < self.from_ms or (self.until_ms is not None and now_ms >= self.until_ms) or self.left == 0:
            return False
        return all(fnmatchcase(facts.get(name, ""), pattern) for name, pattern in self.match.items())

    def strikes(self) -> bool:
        """Throw the dice and count."""
        if self.probability < 1 and self.rng.random() >= self.probability:
            return False
        self.hits += 1
        if self.left is not None:
            self.left -= 1
        return True

    def described(self) -> dict[str, Any]:
        """State as the control port shows it."""
        return {
            "id": self.number,
            "fault": self.kind.name,
            "match": dict(self.match),
            "probability": self.probability,
            "left": self.left,
            "hits": self.hits,
            "from": self.from_ms,
            "until": self.until_ms,
            "args": dict(self.args),
        }


class FaultPlan:
    """The armed faults, in the order in which they were armed."""

    def __init__(self, catalogue: Iterable[Kind]) -> None:
        self.catalogue = {kind.name: kind for kind in catalogue}
        self._armed: list[Armed] = []
        self._number = 0

    def arm(self, order: Mapping[str, Any], now_ms: int) -> Armed:
        """Arm ``{fault, match, probability, count, seed, from, until, args}``; only ``fault`` is required.

        ``match`` maps facts of a request or message to shell patterns; plain text means a path (``/v5/…``) or a topic.

        Raises:
            BadArming: unknown fault, fact or argument, or a value of the wrong type.
        """
        kind = self.catalogue.get(str(order.get("fault")))
        if kind is None:
            raise BadArming(f"no fault is called {order.get('fault')!r}; --list-faults names them")
        unknown = set(order) - {"fault", "match", "probability", "count", "seed", "from", "until", "args"}
        if unknown:
            raise BadArming(f"unknown: {', '.join(sorted(unknown))}")
        self._number += 1
        armed = Armed(
            number=self._number,
            kind=kind,
            match={**_match(order.get("match")), **kind.when},
            probability=_probability(order.get("probability", 1)),
            left=_whole(order.get("count"), "count"),
            rng=random.Random(_whole(order.get("seed", 7), "seed")),  # noqa: S311 -- repeatable trouble, no secret
            from_ms=_moment(order.get("from", 0), now_ms) or now_ms,
            until_ms=_moment(order.get("until"), now_ms),
            args=_args(kind, order.get("args")),
        )
        self._armed.append(armed)
        return armed

    def disarm(self, number: int) -> bool:
        """Remove one fault; False if there is none of this number."""
        before = len(self._armed)
        self._armed = [one for one in self._armed if one.number != number]
        return len(self._armed) < before

    def clear(self) -> None:
        """Remove all."""
        self._armed = []

    def armed(self) -> list[dict[str, Any]]:
        """Every armed fault, those included that have used up their count."""
        return [one.described() for one in self._armed]

    def take(self, stage: Stage, facts: Mapping[str, str], now_ms: int) -> list[Armed]:
        """The faults that strike now at this stage; counts them."""
        if not self._armed:
            return []
        return [one for one in self._armed if stage in one.kind.stages and one.fits(facts, now_ms) and one.strikes()]

    def strike(self, name: str, facts: Mapping[str, str], now_ms: int) -> Armed | None:
        """The first fault of this name that strikes now; counts it."""
        for one in self._armed:
            if one.kind.name == name and one.fits(facts, now_ms) and one.strikes():
                return one
        return None

    def active(self, name: str, now_ms: int, facts: Mapping[str, str] | None = None) -> Armed | None:
        """A fault that acts as long as it is armed (its count and probability play no part)."""
        for one in self._armed:
            if one.kind.name == name and one.fits(facts or {}, now_ms):
                return one
        return None


def _match(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, str):
        return {"path" if value.startswith("/") else "topic": value}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise BadArming("match: a pattern, or an object of patterns")
    unknown = set(value) - set(FACTS)
    if unknown:
        raise BadArming(f"match knows {', '.join(FACTS)}; not {', '.join(sorted(map(str, unknown)))}")
    return value


def _probability(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadArming("probability: a number from 0 to 1")
    return float(value)


def _whole(value: object, name: str) -> int | None:
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise BadArming(f"{name}: a whole number, 0 or more")
    return value


def _moment(value: object, now_ms: int) -> int | None:
    ms = _whole(value, "from and until")
    if ms is None:
        return None
    return now_ms + ms if ms < RELATIVE_BELOW_MS else ms


def _args(kind: Kind, value: object) -> dict[str, Any]:
    given = {} if value is None else value
    if not isinstance(given, dict):
        raise BadArming("args: an object")
    unknown = set(given) - set(kind.args)
    if unknown:
        known = ", ".join(kind.args) or "no arguments"
        raise BadArming(f"{kind.name} takes {known}; not {', '.join(sorted(map(str, unknown)))}")
    for name, default in kind.args.items():
        # `value` may be anything: it is what the fault puts into a row
        if name in given and name != "value" and type(given[name]) is not type(default):
            raise BadArming(f"{kind.name}: {name} must be of the type of {default!r}")
    return {**kind.args, **given}
