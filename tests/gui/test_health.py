"""The judgement over the links: states, silences, and that old never looks live."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from core.model import Alert, Hold, Links
from gui.models import health
from tests.gui import samples

NOW = samples.NOW_MONO


def silent(name: str, seconds: float) -> Links:
    """All live, one of them not heard for so long."""
    links = samples.links()
    return replace(links, **{name: replace(getattr(links, name), last_mono=NOW - seconds)})


def test_live_with_latency_and_age_of_the_reconciliation() -> None:
    judged = health.of_snapshot(samples.snapshot(), NOW)
    assert judged == ("up", "Live · 38 ms", "reconciled 12s ago")


@pytest.mark.parametrize(
    ("name", "seconds", "tone"),
    [
        ("tickers", 2.9, "up"),
        ("tickers", 3.0, "warning"),
        ("tickers", 10.0, "down"),
        ("private", 14.0, "up"),
        ("private", 15.0, "warning"),
        ("private", 30.0, "down"),
        ("rest", 9.0, "up"),
        ("rest", 10.0, "warning"),
        ("rest", 20.0, "down"),
    ],
)
def test_a_silent_link_is_seen(name: str, seconds: float, tone: str) -> None:
    snapshot = samples.snapshot(links=silent(name, seconds))
    assert health.of_link(getattr(snapshot.links, name), NOW).tone == tone
    overall = health.of_snapshot(snapshot, NOW)
    assert overall.tone == tone
    assert overall.words.startswith("Live") == (tone == "up")


def test_an_idle_ticker_stream_is_not_silent() -> None:
    links = silent("tickers", 600)
    idle = replace(links, tickers=replace(links.tickers, state="idle"))
    assert health.of_snapshot(samples.snapshot(links=idle), NOW).tone == "up"


@pytest.mark.parametrize(
    ("state", "words", "tone"),
    [
        ("lost", "Connection lost", "down"),
        ("refused", "Key refused", "down"),
        ("connecting", "Connecting…", "muted"),
        ("nonsense", "Stale", "down"),
    ],
)
def test_one_broken_link_is_enough(state: str, words: str, tone: str) -> None:
    links = samples.links()
    broken = replace(links, private=replace(links.private, state=state))
    judged = health.of_snapshot(samples.snapshot(links=broken), NOW)
    assert (judged.words, judged.tone) == (words, tone)


def test_without_a_baseline_nothing_is_live() -> None:
    links = samples.links(reconciled_ms=None, reconciled_mono=None)
    judged = health.of_snapshot(samples.snapshot(links=links), NOW)
    assert judged == ("muted", "Connecting…", "never reconciled")
    assert health.of_snapshot(None, NOW).words == "Connecting…"


def test_alerts_and_a_resumed_command_are_said_above_the_table() -> None:
    alerts = (Alert(kind="near_liquidation", key=samples.position().key, details={"distance_pct": Decimal("2.345")}),)
    said = health.banner(samples.snapshot(alerts=alerts, is_resuming=True), NOW)
    assert "SOLUSDT: Only 2.3 % away from liquidation" in said
    assert "nothing new can be sent" in said


def test_the_banner_speaks_only_when_a_link_is_lost_or_refused() -> None:
    assert health.banner(None, NOW) == ""
    assert health.banner(samples.snapshot(), NOW) == ""
    assert "14s" in health.banner(samples.snapshot(links=samples.lost_links()), NOW)
    links = samples.links()
    for detail, said in {"address_not_bound": "other internet addresses (10010)", "unheard_of": "(unheard_of)"}.items():
        refused = replace(links, private=replace(links.private, state="refused", detail=detail))
        assert said in health.banner(samples.snapshot(links=refused), NOW)


def test_what_a_dot_stands_for_is_told() -> None:
    links = samples.links()
    assert health.details(links.rest, samples.NOW_MONO) == "REST · last heard 2s ago · answers after 38 ms"
    idle = replace(links.tickers, state="idle")
    assert health.details(idle, samples.NOW_MONO) == "Tickers · idle: nothing to follow"
    fresh = replace(links.private, state="connecting", last_mono=0.0, latency_ms=None)
    assert health.details(fresh, samples.NOW_MONO) == "Private stream connecting · never heard of"


@pytest.mark.parametrize(
    ("name", "reason", "words"),
    [
        ("all", "ip_banned", "All requests wait 4m"),
        ("write", "breaker_open", "Orders and stops wait 4m"),
        ("private_read", "something new", "Reads of the account wait 4m"),
    ],
)
def test_requests_that_are_held_back_count_down(name: str, reason: str, words: str) -> None:
    told = health.of_hold(Hold(name, reason, samples.NOW_MONO + 250), samples.NOW_MONO)
    assert (told.tone, told.words) == ("warning", words)
    assert told.below


@pytest.mark.parametrize(
    ("left_days", "said"),
    [
        (None, ""),
        (15, ""),
        (14, "ends in 14 days"),
        (7, "ends in 7 days"),
        (1, "ends tomorrow"),
        (0.5, "within a day"),
    ],
)
def test_an_expiring_key_stands_above_the_tables(left_days: float | None, said: str) -> None:
    """P38: from 14 days before, with the way out."""
    snapshot = samples.snapshot()
    expires = None if left_days is None else snapshot.as_of_ms + int(left_days * 86_400_000)
    shown = health.banner(replace(snapshot, key_expires_ms=expires), NOW)
    assert said in shown
    assert bool(said) == ("Replace key" in shown)
