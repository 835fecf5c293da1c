"""Every code that core can refuse with has words, and no word hides a number."""

from __future__ import annotations

import ast
import string
from decimal import Decimal
from pathlib import Path

import pytest

from core.intents import Issue
from gui.dialogs import words
from tests.gui import samples

D = Decimal
INTENTS = Path(__file__).parents[3] / "core" / "intents"


def codes_of_core() -> set[str]:
    """Every literal given as an issue's code in core/intents."""
    sources = [path.read_text(encoding="utf-8") for path in sorted(INTENTS.glob("*.py"))]
    trees = ast.Module([node for source in sources for node in ast.parse(source).body], [])
    return _codes_in(trees)


def _codes_in(tree: ast.AST) -> set[str]:
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    spoken = {
        keyword.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }
    return spoken | {text for text in texts if text.endswith("_wrong_side")}


def test_core_says_nothing_that_has_no_words() -> None:
    codes = codes_of_core()
    assert {"qty_above_size", "sl_wrong_side", "stale"} <= codes  # the scan sees something
    for code in codes:
        for row in (samples.position(), samples.position(side="Sell")):
            said = words.issue_words(Issue(field="", code=code), row, samples.instrument())
            assert code not in said
            assert said


def test_an_unknown_code_is_named_and_never_looks_like_an_approval() -> None:
    said = words.issue_words(Issue(field="", code="moon_phase"), samples.position(), None)
    assert said == "This cannot be sent now (moon_phase)."


def test_an_amount_that_an_issue_does_not_carry_is_a_dash() -> None:
    said = words.issue_words(Issue(field="qty", code="qty_below_min"), samples.position(), samples.instrument())
    assert said == "The smallest order is —. Lowest valid: —."


def test_no_sentence_has_a_placeholder_that_nothing_fills() -> None:
    known = {"nearest", "min", "max", "size", "step", "tick", "basis", "base", "liq", "filled", "most", "count"}
    sentences = [*words._ISSUES.values(), *(said for pair in words._SIDED_ISSUES.values() for said in pair)]
    used = {name for said in sentences for _, name, _, _ in string.Formatter().parse(said) if name}
    assert used <= known


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0", "0"),
        ("950", "950"),
        ("1199.99", "1.1k"),
        ("1200", "1.2k"),
        ("3456789", "3.4M"),
        ("2000000000", "2B"),
    ],
)
def test_rough_quantities_are_cut(amount: str, shown: str) -> None:
    assert words.compact(D(amount)) == shown


def test_exact_never_rounds_a_mistake_out_of_sight() -> None:
    assert words.exact(D("10.05"), D("0.1")) == "10.05"
    assert words.exact(D("10"), D("0.1")) == "10.0"
    assert words.exact(D("10.00"), D("0.1")) == "10.0"


def test_foreign_text_loses_what_hides_and_nothing_else() -> None:
    assert words.visible("a\u202eb\u200bc\x00d\r\ne <b>f</b>") == "a b c d e <b>f</b>"
    assert len(words.visible("x" * 10_000)) == 500
    assert words.visible("\ud800") == ""


def test_a_limit_in_percent_is_shown_as_percent() -> None:
    issue = Issue(field="stop_loss_pct", code="stop_loss_out_of_range", nearest=Decimal(50) / 3)
    said = words.issue_words(issue, samples.position(), samples.instrument())
    assert said == "Liquidation would come before a stop so far away. Nearest valid: 16.67%."
