"""Numbers and times as people read them, and the words of codes."""

from __future__ import annotations

import ast
from decimal import Decimal
from pathlib import Path

import pytest

import core
from core.errors import AppError, OutcomeUnknown, Rejected, Unreachable
from core.model import OPEN_ORDER_STATUSES, AuditEvent, PositionKey
from gui import error_words, event_words, text, words

D = Decimal


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "shown"),
    [
        (None, 2, True, "—"),
        (D("0"), 2, True, "0.00"),
        (D("-0.001"), 2, True, "0.00"),
        (D("0.001"), 2, True, "0.00"),
        (D("-0.005"), 2, False, "0.00"),
        (D("-0.006"), 2, False, "−0.01"),
        (D("1234567.891"), 2, False, "1,234,567.89"),
        (D("-1234.5"), 2, True, "−1,234.50"),
        (D("1234.5"), 0, True, "+1,234"),
        (D("0.00000012"), None, False, "0.00000012"),
        (D("1E+3"), None, False, "1,000"),
        (D("-7"), None, False, "−7"),
    ],
)
def test_numbers(value: D | None, decimals: int | None, signed: bool, shown: str) -> None:
    assert text.number(value, decimals, signed=signed) == shown


def test_a_missing_percentage_has_no_percent_sign() -> None:
    assert text.percent(None) == "—"


@pytest.mark.parametrize(
    ("tick", "decimals"), [("0.01", 2), ("0.0100", 2), ("1", 0), ("10", 0), ("0.0000001", 7), ("0.5", 1)]
)
def test_decimals_follow_the_tick(tick: str, decimals: int) -> None:
    assert text.decimals_of(D(tick)) == decimals


def test_the_colour_of_a_number_is_that_of_what_is_shown() -> None:
    tones = [text.tone_of(value) for value in (None, D(0), D("0.004"), D("-0.004"), D("0.01"), D("-0.01"))]
    assert tones == ["text", "text", "text", "text", "up", "down"]


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(None, "—"), (-5, "0s"), (12_000, "12s"), (2_460_000, "41m"), (11_520_000, "3h 12m"), (190_800_000, "2d 05h")],
)
def test_durations(ms: int | None, shown: str) -> None:
    assert text.duration(ms) == shown


@pytest.mark.parametrize(("ms", "shown"), [(None, "—"), (82_000, "01:22"), (25_382_000, "7:03:02"), (-1, "00:00")])
def test_countdowns(ms: int | None, shown: str) -> None:
    assert text.countdown(ms) == shown


def test_leverage_has_no_trailing_zeros() -> None:
    assert [text.leverage(value) for value in (None, D("5"), D("10.00"), D("12.50"))] == ["", "5×", "10×", "12.5×"]


def test_a_tooltip_never_becomes_markup() -> None:
    assert text.as_tooltip("<img src=x>&\nb") == "<qt>&lt;img src=x>&amp;<br>b</qt>"


def test_a_refusal_names_the_code_and_not_the_text_from_the_network() -> None:
    shown = error_words.error(Rejected(110017, "<b>current position is zero</b>"))
    assert "110017" in shown
    assert "<b>" not in shown


def test_unknown_codes_are_shown_rather_than_hidden() -> None:
    assert "brand_new" in error_words.error(AppError("brand_new"))
    assert event_words.event(AuditEvent(ts_ms=0, code="brand_new")) == "brand_new"


def test_trouble_without_words_of_its_own_says_what_its_kind_means() -> None:
    assert error_words.error(Unreachable("no_pong")).startswith("Bybit does not answer as it should")
    assert error_words.error(OutcomeUnknown("http_status")).startswith("It is not known whether")


def test_every_event_and_alert_of_the_core_has_words() -> None:
    codes = set()
    for file in (Path(core.__file__).parent).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "note" and node.args
            if named and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                codes.add(node.args[0].value)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Alert":
                codes |= {f"alert_{k.value.value}" for k in node.keywords if k.arg == "kind"}
    assert len(codes) > 10
    assert {code for code in codes if event_words.event(AuditEvent(ts_ms=0, code=code)) == code} == set()


def test_a_foreign_orders_id_stands_for_a_reason_without_its_mark_and_beside_its_symbol_without_that() -> None:
    assert words.reason("id:bot-SOLUSDT-0001-exit1") == "bot-SOLUSDT-0001-exit1"
    assert words.reason("id:bot-SOLUSDT-0001-exit1", "SOLUSDT") == "bot-0001-exit1"
    assert words.reason("take_profit", "SOLUSDT") == "take profit"


@pytest.mark.parametrize("evidence", ["E1", "E2", "E3", "E4"])
def test_what_proves_a_close_is_said_in_words(evidence: str) -> None:
    closed = AuditEvent(ts_ms=0, code="position_closed", details={"evidence": evidence})
    assert evidence not in event_words.event(closed)


def test_a_result_in_a_coin_is_not_rounded_to_cents() -> None:
    details = {"net": D("-0.0041"), "reason": "manual"}
    closed = AuditEvent(ts_ms=0, code="trade_closed", key=PositionKey("inverse", "BTCUSD", 0), details=details)
    assert event_words.event(closed) == "Trade closed, net −0.004100 (manual)"
    assert text.money(D("-0.0041"), "USDC", signed=True) == "0.00"


def test_what_is_so_at_bybit_as_well_is_no_difference_from_it() -> None:
    said = event_words.event(AuditEvent(ts_ms=0, code="discrepancy_unprotected"))
    assert said == "Found at Bybit: a position without a stop loss"


@pytest.mark.parametrize(
    ("details", "said"),
    [
        (
            {"ret_code": 110017, "detail": "closed_by_other"},
            "not carried out, the position was closed by another party",
        ),
        ({"ret_code": None, "detail": "closed_by_other"}, "not carried out, the position was closed by another party"),
        ({"ret_code": None, "detail": "position_gone"}, "nothing left to protect, the position is closed"),
        ({"ret_code": None, "detail": "not_sent", "evidence": ""}, "not carried out, nothing was changed"),
        ({"ret_code": None, "detail": "EC_X", "evidence": "order Rejected"}, "accepted, then refused by Bybit (EC_X)"),
        ({"ret_code": 110007, "detail": "not enough"}, "refused by Bybit (code 110007)"),
    ],
)
def test_a_command_that_came_to_nothing_says_whose_doing_that_was(details: dict, said: str) -> None:
    line = AuditEvent(ts_ms=0, code="command_refused", details={"kind": "close", **details})
    assert event_words.event(line) == f"Close position: {said}"


@pytest.mark.parametrize("done", ["cancelled", "cancel_failed", "shown"])
def test_what_became_of_a_stop_without_a_position_is_said(done: str) -> None:
    said = event_words.event(AuditEvent(ts_ms=0, code="discrepancy_orphan_stop", details={"done": done}))
    assert said.startswith("A stop order without a position")
    assert "Differs" not in said


def test_every_status_of_an_open_order_has_words() -> None:
    assert all(words.order_status(status) != status for status in OPEN_ORDER_STATUSES - {"Triggered"})


def test_an_event_fills_its_words_with_formatted_details() -> None:
    line = AuditEvent(
        ts_ms=0,
        code="partial_exit",
        key=PositionKey("linear", "SOLUSDT", 0),
        details={"qty": D("15.0"), "price": D("1110.5"), "net": D("-142.5"), "reason": "take_profit"},
    )
    assert event_words.event(line) == "Partial exit 15.0 at 1,110.5, net −142.50 (take profit)"


def test_an_event_without_its_details_still_speaks() -> None:
    assert event_words.event(AuditEvent(ts_ms=0, code="position_changed")) == "Size — → —"


def test_braces_in_details_do_no_harm() -> None:
    line = AuditEvent(ts_ms=0, code="frame_refused", details={"topic": "{0}{x}", "reason": "%n"})
    assert "{0}{x}" in event_words.event(line)


def test_an_export_of_what_is_hidden_says_that_the_file_will_show_it() -> None:
    assert text.export_title("Export") == "Export"
    text.set_private(True)
    try:
        assert text.export_title("Export") == "Export: the file will hold the amounts that the desk hides"
    finally:
        text.set_private(False)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("", ""),
        ("SOLUSDT · −1.5 → 2", "SOLUSDT · −1.5 → 2"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("bot\u202egnp.exe\u202c", "bot�gnp.exe�"),
        ("\u2066x\u2069\u200b\ufeff\x00\x1b[31m", "�x����\ufffd[31m"),
        ("no\u00a0break", "no\u00a0break"),
        ("x" * 2_001, "x" * 2_000 + "…"),
    ],
)
def test_words_from_anybody_are_shown_as_letters(given: str, shown: str) -> None:
    assert text.literal(given) == shown
    assert "\u202e" not in text.as_tooltip(given)
