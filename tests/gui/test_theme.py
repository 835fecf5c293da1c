"""Colours: enough contrast in every set, no literal outside the theme, nothing left unreplaced in the style sheet."""

from __future__ import annotations

import ast
import gc
import itertools
import re
import unicodedata
from pathlib import Path

import pytest
from PyQt6.QtCore import QEvent
from PyQt6.QtGui import QColor, QFontMetrics, QRawFont
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui import theme

SETS = [
    pytest.param(dark, swapped, blind, id=f"{'dark' if dark else 'light'}{'-swapped' * swapped}{'-blind' * blind}")
    for dark, swapped, blind in itertools.product((True, False), repeat=3)
]
GUI = Path(theme.__file__).parent


@pytest.mark.parametrize(("dark", "swapped", "blind"), SETS)
def test_every_word_can_be_read_on_every_ground(dark: bool, swapped: bool, blind: bool) -> None:
    dressed = theme.Theme(theme.tokens(dark=dark, swapped=swapped, colour_blind=blind))
    grounds = ("ground", "panel", "raised", "selected", "hover")
    for tone in ("text", "muted", "up", "down", "warning", "accent", "danger"):
        for ground in (*grounds, f"{tone}_soft"):
            ratio = theme.contrast(dressed.names[tone], dressed.names[ground])
            assert ratio >= 4.5, f"{tone} on {ground}: {ratio:.2f}"
    for fill in ("accent_fill", "danger_fill"):
        assert theme.contrast(dressed.names["on_fill"], dressed.names[fill]) >= 4.5


def test_swapping_exchanges_gain_and_loss_and_leaves_danger_alone() -> None:
    plain, swapped = theme.tokens(), theme.tokens(swapped=True)
    assert (swapped.up, swapped.down, swapped.danger) == (plain.down, plain.up, plain.danger)


def test_the_colour_blind_pair_differs_in_hue_on_the_blue_yellow_axis() -> None:
    for dark in (True, False):
        pair = theme.tokens(dark=dark, colour_blind=True)
        up, down = QColor(pair.up), QColor(pair.down)
        assert up.blue() > up.red()
        assert down.red() > down.blue()


def test_no_colour_is_written_outside_the_theme() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|Qt\.GlobalColor|rgba?\(")
    found = [
        f"{file.relative_to(GUI)}:{number}"
        for file in sorted(GUI.rglob("*.py"))
        if file.name != "theme.py"
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if literal.search(line)
    ]
    assert found == []


def test_the_style_sheet_knows_every_name_and_no_item_rules() -> None:
    sheet = theme.style_sheet(theme.Theme(theme.DARK))
    code = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert "@" not in code
    assert not re.search(r"View::item|(?<!QList)Widget::item", code)


def test_figures_are_tabular() -> None:
    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(digit * 8) for digit in "0123456789"}) == 1
    assert metrics.horizontalAdvance("+1.00") == metrics.horizontalAdvance("−1.00")


def test_the_bundled_font_has_every_letter_that_the_desk_writes(qapp: object) -> None:
    """A system without other fonts would show boxes."""
    font = QRawFont(str(theme.RESOURCES / "fonts" / "Inter-Regular.otf"), 13)
    written = (GUI.parent / "resources" / "i18n" / "quarterdeck_it.ts").read_text("utf-8")
    for file in GUI.rglob("*.py"):
        texts = (node.value for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Constant))
        written += "".join(text for text in texts if isinstance(text, str))
    unseen = {"Cc", "Cf", "Zl", "Zp"}  # what gui/text.py looks for, never shown
    missing = {char for char in written if not font.supportsCharacter(ord(char))}
    fullwidth = set("＋－＝＠")  # what a cell of an export may not begin with
    assert {char for char in missing - fullwidth if unicodedata.category(char) not in unseen} == {
        "\N{REPLACEMENT CHARACTER}"
    }


class Witness(QWidget):
    """Sees whether widgets may be collected while Qt goes through all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bool] = []

    def changeEvent(self, event: QEvent | None) -> None:
        """Qt tells every widget that its clothes change."""
        self.seen.append(gc.isenabled())
        super().changeEvent(event)


def test_no_widget_is_collected_while_all_of_them_change_clothes(qtbot: QtBot, qapp: QApplication) -> None:
    """Windows of Python often hang in cycles: freed in the middle of Qt's list, one ends the process."""
    made = Witness()
    qtbot.addWidget(made)
    theme.apply(qapp, theme.tokens(dark=False))
    assert made.seen
    theme.undress(qapp)
    assert not any(made.seen)
    assert gc.isenabled()
