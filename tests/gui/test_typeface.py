"""Another font while the desk runs: everything follows, painted or given, and nothing is measured with the old one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtGui import QFontMetrics
from PyQt6.QtWidgets import QLabel, QPushButton, QWidget

from gui import theme
from gui.bridge import Bridge
from gui.main_window import MainWindow
from gui.widgets.tile import Tile
from tests.gui import samples


@pytest.fixture(autouse=True)
def own_font(qapp) -> Iterator[None]:
    yield
    theme.wear_typeface(theme.Typeface())


def test_the_same_typeface_changes_nothing(qapp) -> None:
    assert not theme.wear_typeface(theme.Typeface())


@pytest.mark.parametrize("body", [11, 12, 14, 15, 16])
def test_every_size_of_the_design_stays_another_one(body: int) -> None:
    sizes = [theme.SMALL - 1, theme.SMALL, theme.BODY, theme.TITLE]
    drawn = [theme.Typeface(body=body).pixels(size) for size in sizes]
    assert len(set(drawn)) == len(sizes)
    assert theme.Typeface(body=body).pixels(theme.BODY) == body


def test_held_fonts_and_metrics_follow_in_place(qapp) -> None:
    font, metrics = theme.font(theme.BODY), theme.metrics(theme.BODY)
    before = metrics.horizontalAdvance("12,480.32")
    theme.wear_typeface(theme.Typeface(body=16))
    assert font.pixelSize() == 16
    assert metrics.horizontalAdvance("12,480.32") > before
    assert metrics.horizontalAdvance("12,480.32") == QFontMetrics(font).horizontalAdvance("12,480.32")


def test_the_whole_window_follows_and_comes_back(qtbot, window: MainWindow, bridge: Bridge) -> None:
    snapshot = samples.snapshot()
    bridge.publish(snapshot)
    qtbot.waitUntil(lambda: window.facts.snapshot is snapshot)
    before = hints_of(window)
    widths = [tile.sizeHint().width() for tile in window.top_bar.findChildren(Tile)]
    held = {label: label.font().pixelSize() for label in window.findChildren((QLabel, QPushButton))}
    view = window.tabs.positions.view
    first = view.layout_of_columns.base_width(0)

    assert theme.wear_typeface(theme.Typeface(body=16))
    for widget, size in held.items():
        assert widget.font().pixelSize() == theme.Typeface(body=16).pixels(size), (widget.text(), size)
    assert all(
        tile.sizeHint().width() > width for tile, width in zip(window.top_bar.findChildren(Tile), widths, strict=True)
    )
    assert view.layout_of_columns.base_width(0) > first
    assert view._painter.faces.heights[0] == QFontMetrics(theme.font()).height()
    assert all(new >= old for new, old in zip(hints_of(window), before, strict=True))
    assert hints_of(window) != before

    theme.wear_typeface(theme.Typeface())
    assert {label: label.font().pixelSize() for label in held} == held
    assert view.layout_of_columns.base_width(0) == first
    qtbot.waitUntil(lambda: hints_of(window) == before, timeout=30_000)


def hints_of(window: MainWindow) -> list[tuple[int, int]]:
    """What every part of the window asks for."""
    hints = [part.sizeHint() for part in (window.top_bar, *window.top_bar.findChildren(QWidget))]
    hints += [window.tabs.strip.tabRect(tab).size() for tab in range(window.tabs.strip.count())]
    return [(hint.width(), hint.height()) for hint in hints]


def test_another_family_is_worn(qapp) -> None:
    theme.wear_typeface(theme.Typeface("DejaVu Sans", 13))
    assert theme.font(theme.TITLE, theme.SEMIBOLD).family() == "DejaVu Sans"
    assert qapp.font().family() == "DejaVu Sans"
