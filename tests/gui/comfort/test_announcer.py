"""What is announced and when: kinds, the rate limit, merging, a close that is told twice; and only harmless words."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from core.model import AuditEvent, PositionKey
from gui import text
from gui.comfort.announcer import GAP_S, MOST_KEPT, PATIENCE_S, Announcer, Merged
from gui.comfort.kinds import BY_NAME, KINDS, kind_of
from gui.comfort.notifications import harmless, words_of

SOL = PositionKey("linear", "SOLUSDT", 0)
BTC = PositionKey("linear", "BTCUSDT", 0)


def line(code: str, key: PositionKey | None = SOL, severity: str = "info", **details: object) -> AuditEvent:
    return AuditEvent(ts_ms=1, code=code, severity=severity, key=key, details=details)


@pytest.fixture
def announcer() -> Announcer:
    made = Announcer()
    made.wanted = frozenset(BY_NAME)
    return made


@pytest.fixture(autouse=True)
def shown_money() -> Iterator[None]:
    yield
    text.set_private(False)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (line("position_opened"), "opened"),
        (line("partial_exit", reason="manual"), "partial_exit"),
        (line("partial_exit", reason="take_profit"), "partial_exit"),
        (line("partial_exit", reason="liquidation"), "liquidated"),
        (line("trade_closed", reason="manual"), "closed"),
        (line("trade_closed", reason="stop_loss"), "stopped"),
        (line("trade_closed", reason="trailing_stop"), "stopped"),
        (line("trade_closed", reason="adl"), "liquidated"),
        (line("alert_unprotected", severity="warning"), "alert"),
        (line("link_lost", None, "warning"), "link"),
        (line("command_unknown"), "command"),
        (line("command_refused"), "command"),
        (line("discrepancy_size_differs", severity="warning"), "discrepancy"),
        (line("discrepancy_unprotected"), None),
        (line("store_disk_full", None, "critical"), "alert"),
        (line("key_expires", None, "warning"), "alert"),
        (line("command_done"), None),
        (line("link_back", None), None),
        (line("reconciled", None), None),
    ],
)
def test_a_line_is_of_one_kind_or_of_none(told: AuditEvent, kind: str | None) -> None:
    found = kind_of(told)
    assert (found.name if found else None) == kind


def test_only_what_cannot_wait_is_on_from_the_start() -> None:
    assert {kind.name for kind in KINDS if kind.is_critical} == {"liquidated", "alert", "link", "command"}


def test_the_first_is_said_at_once_and_the_rest_together_with_the_most_urgent_first(announcer: Announcer) -> None:
    announcer.add(line("position_opened"), 100.0)
    assert announcer.due_in(100.0) == 0
    assert announcer.take(100.0).first.line.code == "position_opened"
    assert announcer.due_in(100.0) is None
    announcer.add(line("partial_exit", reason="manual"), 101.0)
    announcer.add(line("alert_near_liquidation", BTC, distance_pct=Decimal("1.2")), 101.5)
    for _ in range(6):
        announcer.add(line("position_opened"), 102.0)
    assert announcer.take(102.0) is None
    assert announcer.due_in(102.0) == pytest.approx(GAP_S - 2)
    merged = announcer.take(100.0 + GAP_S)
    assert merged.first.kind.name == "alert"
    assert [one.kind.name for one in merged.others] == ["partial_exit", "opened"]
    assert merged.more == 5
    said = words_of(merged, "paper", with_amounts=False)
    assert said.title == "Quarterdeck · PAPER"
    assert said.body.splitlines()[0] == "BTCUSDT: Only 1.2 % away from liquidation"
    assert said.body.splitlines()[-1] == "5 more"


def test_a_flood_is_counted_and_not_kept(announcer: Announcer) -> None:
    for _ in range(10_000):
        announcer.add(line("position_opened"), 100.0)
    assert len(announcer._waiting) == MOST_KEPT
    assert announcer.take(100.0).more == 9_997


def test_a_kind_that_is_off_is_not_said(announcer: Announcer) -> None:
    announcer.wanted = frozenset({"stopped"})
    announcer.add(line("position_opened"), 100.0)
    assert announcer.due_in(100.0) is None
    announcer.add(line("trade_closed", reason="stop_loss"), 100.0)
    assert announcer.take(100.0).first.kind.name == "stopped"


def test_a_close_waits_for_its_result_and_is_said_once(announcer: Announcer) -> None:
    announcer.add(line("position_closed"), 100.0)
    assert announcer.take(100.0) is None
    announcer.add(line("trade_closed", net=Decimal(5), reason="stop_loss"), 101.0)
    merged = announcer.take(101.0)
    assert (merged.first.kind.name, merged.others) == ("stopped", ())
    assert announcer.due_in(101.0) is None


def test_a_close_whose_result_came_first_is_said_once(announcer: Announcer) -> None:
    announcer.add(line("trade_closed", net=Decimal(5), reason="manual"), 100.0)
    assert announcer.take(100.0).first.line.code == "trade_closed"
    announcer.add(line("position_closed"), 104.0)
    assert announcer.due_in(104.0) is None
    announcer.add(line("position_closed"), 105.0)  # another one
    assert announcer.due_in(105.0) == PATIENCE_S


def test_a_close_without_a_result_is_said_in_the_end(announcer: Announcer) -> None:
    announcer.add(line("position_closed", evidence="E1"), 100.0)
    assert announcer.due_in(100.0) == PATIENCE_S
    assert announcer.take(100.0 + PATIENCE_S).first.line.code == "position_closed"


def one(told: AuditEvent) -> Merged:
    announcer = Announcer()
    announcer.wanted = frozenset(BY_NAME)
    announcer.add(told, 0.0)
    return announcer.take(0.0)


EXIT = line("partial_exit", qty=Decimal("12.5"), price=Decimal("120.55"), net=Decimal("77.7"), reason="take_profit")
OPENED = line("position_opened", side="Buy", size=Decimal("12.5"), entry_price=Decimal("120.55"))
LOSS = line("alert_daily_loss", None, loss=Decimal("777.7"), most=Decimal(500))


def test_amounts_are_said_only_when_they_are_wanted_and_never_while_money_is_hidden() -> None:
    assert words_of(one(EXIT), "paper", with_amounts=False).body == "SOLUSDT: Partial exit (take profit)"
    assert words_of(one(OPENED), "paper", with_amounts=False).body == "SOLUSDT: Opened, Long"
    assert "12.5" in words_of(one(OPENED), "paper", with_amounts=True).body
    assert "+77.70" in words_of(one(EXIT), "paper", with_amounts=True).body
    text.set_private(True)
    for told in (EXIT, OPENED, LOSS):
        body = words_of(one(told), "paper", with_amounts=True).body
        assert not any(char.isdigit() for char in body), body


def test_a_bots_own_label_stays_on_the_desk() -> None:
    labelled = line("trade_closed", net=Decimal(1), reason="<a href='http://127.0.0.1/'>ladder 2</a>")
    for with_amounts in (False, True):
        body = words_of(one(labelled), "paper", with_amounts=with_amounts).body
        assert "by a bot" in body
        assert "ladder" not in body


@pytest.mark.parametrize(
    ("hostile", "said"),
    [
        ("<b>x</b> &lt; y", "‹b›x‹/b› +lt; y"),
        ("a\u202eb\u200bc\nd\x00e", "a�b�c d�e"),
        ("x" * 100_000, "x" * 240 + "…"),
    ],
)
def test_nothing_can_be_taken_for_markup(hostile: str, said: str) -> None:
    assert harmless(hostile) == said
