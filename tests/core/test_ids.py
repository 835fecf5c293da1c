"""Ids made before sending: legal for Bybit, sortable by time, told apart by installation."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.executions import OUR_ORDER_PREFIX
from core.ids import installation_id, order_link_ids, ulid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LEGAL = re.compile(r"[0-9A-Za-z_-]{1,36}")

times = st.integers(0, 2**48 - 1)
entropies = st.integers(0, 2**80 - 1)


def decoded(text: str) -> tuple[int, int]:
    number = 0
    for char in text:
        number = number * 32 + CROCKFORD.index(char)
    return number >> 80, number % 2**80


@given(times, entropies)
def test_a_ulid_holds_its_time_and_entropy(now_ms: int, entropy: int) -> None:
    text = ulid(now_ms, entropy)
    assert len(text) == 26
    assert decoded(text) == (now_ms, entropy)


@given(times, entropies, times, entropies)
def test_ulids_sort_by_time(one_ms: int, one: int, two_ms: int, two: int) -> None:
    assert (ulid(one_ms, one) < ulid(two_ms, two)) == ((one_ms, one) < (two_ms, two))


def test_a_known_ulid() -> None:
    """The example of the ULID specification: 01ARYZ6S41 is 1469918176385 ms."""
    assert ulid(1469918176385, 0) == "01ARYZ6S41" + "0" * 16


def test_order_link_ids_are_legal_ours_and_never_repeat() -> None:
    """hummingbot#5113: Bybit refuses ids longer than 36 characters."""
    clock = ManualClock()
    new_id = order_link_ids(clock, "AB12")
    made = [new_id() for _ in range(1000)]
    assert len(set(made)) == len(made)
    for text in made:
        assert len(text) == 32
        assert LEGAL.fullmatch(text)
        assert text.startswith(f"{OUR_ORDER_PREFIX}AB12")
    clock.advance(1)
    assert new_id() > max(made)


@given(st.integers(0, 2**20 - 1))
def test_installation_ids_are_four_characters(entropy: int) -> None:
    text = installation_id(entropy)
    assert len(text) == 4
    assert decoded(text.rjust(26, "0"))[1] == entropy


def test_installations_differ() -> None:
    assert len({installation_id() for _ in range(50)}) > 45
