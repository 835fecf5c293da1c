"""S26, P37: whatever arrives, the parser answers with a value or an error, and what it refuses changes nothing."""

import resource
from collections import Counter
from operator import is_

import pytest

from core.bybit import fields
from core.events import Event, PriceReported
from core.model import Price
from tests.core.bybit.payloads import Door, Payloads, content, misfits

A_BOOK = 500  # payloads; then a new one, so that it stays small


def sweep(count: int, seed: int) -> Counter[str]:
    """Let payloads in; after each one compare the book with what it was. Returns how many were taken and refused."""
    payloads, door, seen = Payloads(seed), Door(), Counter[str]()
    for number in range(count):
        if number % A_BOOK == 0:
            door.new_book()
            before = content(door.book.snapshot())
        payload = payloads.next()
        events, is_refused = door.take(payload)
        assert not payload.is_hopeless or (is_refused and not events), payload
        assert misfits(events) == [], payload
        door.apply(events)
        after = content(door.book.snapshot())
        assert events or all(map(is_, after, before)) or after == before, payload
        before = after
        seen["refused" if is_refused else "taken" if events else "left out"] += 1
    return seen


async def test_payloads_are_values_or_errors() -> None:
    seen = sweep(100_000, seed=7)
    assert seen["refused"] > 20_000
    assert seen["taken"] > 20_000


async def test_what_is_hopeless_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep can fail: a parser that takes anything for a number is found."""
    monkeypatch.setattr(fields, "amount", lambda text, field: fields.Decimal(len(text)))
    with pytest.raises(AssertionError):
        sweep(2_000, seed=7)


async def test_one_change_by_what_was_refused_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep can fail: a book that changes once, by a payload out of which nothing came, is found."""
    honest, calls = Door.apply, iter(range(2_000))

    def apply(door: Door, events: list[Event]) -> None:
        honest(
            door,
            events if events or next(calls) != 777 else [PriceReported(Price(category="linear", symbol="XRPUSDT"))],
        )

    monkeypatch.setattr(Door, "apply", apply)
    with pytest.raises(AssertionError):
        sweep(2_000, seed=7)


@pytest.mark.soak
@pytest.mark.timeout(3_600)
async def test_a_million_payloads() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = sum((sweep(100_000, seed=seed) for seed in range(10)), Counter[str]())
    assert seen["refused"] + seen["taken"] + seen["left out"] == 1_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024, "KB"
