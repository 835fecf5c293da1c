"""Where the words and boxes of a cell go, and drawing them fast.

A cell is laid out once per width into a :class:`Plan` of plain strings with offsets; painting only walks the plan.
Stock delegates lay text out on every paint, which costs four times as much.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QFont, QFontMetrics, QPainter, QStaticText, QTransform

from gui import theme
from gui.models.cell import Cell
from gui.text import literal

MARGIN = 8
CHIP_PAD = 6
CHIP_GAP = 6
BAR_WIDTH, BAR_HEIGHT = 70, 4
_ANY_WIDTH = 10_000
_LONGEST = 300  # letters that are laid out
REGULAR, STRONG, SMALL, CHIP = range(4)
_IDENTITY = QTransform()
# Members of enums, looked up once: for each box and text of each cell that would show.
_PLAIN, _CACHED = Qt.TextFormat.PlainText, QStaticText.PerformanceHint.AggressiveCaching
_SMOOTH, _NO_LINE, _NO_FILL = QPainter.RenderHint.Antialiasing, Qt.PenStyle.NoPen, Qt.BrushStyle.NoBrush


class Text(NamedTuple):
    """Words laid out once, with the place of their top left corner; ``font`` is an index into the faces.

    Shaping a string costs as much as drawing it, and tabular figures need shaping.
    """

    x: int
    y: int
    laid_out: QStaticText
    font: int
    tone: str


class Box(NamedTuple):
    """A rounded box. ``fill`` and ``line`` are colour names, "" for none."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    line: str
    radius: float


class Plan(NamedTuple):
    """All that a cell draws, relative to its top left corner."""

    boxes: tuple[Box, ...]
    texts: tuple[Text, ...]


class Faces:
    """The four fonts of a table, their metrics, and every text width measured once."""

    def __init__(self) -> None:
        self.fonts: tuple[QFont, ...] = (
            theme.font(theme.BODY),
            theme.font(theme.BODY, theme.SEMIBOLD),
            theme.font(theme.SMALL - 1),
            theme.font(theme.SMALL - 1, theme.MEDIUM),
        )
        self.metrics = tuple(QFontMetrics(font) for font in self.fonts)
        self.heights = tuple(metrics.height() for metrics in self.metrics)
        self.laid_out = lru_cache(maxsize=4_096)(self._laid_out)

    def _laid_out(self, text: str, font: int) -> tuple[QStaticText, int]:
        """A string ready to be drawn, never taken for markup, and its width: laying it out measures it as well."""
        made = QStaticText(text)
        made.setTextFormat(_PLAIN)
        made.setPerformanceHint(_CACHED)
        made.prepare(_IDENTITY, self.fonts[font])
        return made, round(made.size().width())

    def fitted(self, text: str, font: int, room: int) -> tuple[QStaticText, int]:
        """The string, cut short where there is no room. A cell's words may be anybody's."""
        text = literal(text, _LONGEST)
        whole = self.laid_out(text, font)
        if whole[1] <= room:
            return whole
        return self.laid_out(theme.shortened(text, self.metrics[font], room), font)

    def width(self, text: str, font: int) -> int:
        """Pixels that a string takes."""
        return self.metrics[font].horizontalAdvance(text)


class CellPainter:
    """Lays cells out for one row height and draws them."""

    def __init__(self, row_height: int) -> None:
        self.faces = Faces()
        self.row_height = row_height
        self.is_compact = row_height < theme.ROW_HEIGHT
        self.plan = lru_cache(maxsize=8_192)(self._plan)

    def _plan(self, cell: Cell, width: int, is_right: bool) -> Plan:
        """The layout of a cell that is ``width`` wide."""
        boxes: list[Box] = []
        texts: list[Text] = []
        has_below = bool(cell.below) and not self.is_compact
        first_font = STRONG if cell.is_strong else REGULAR
        below_font = REGULAR if cell.is_even else SMALL
        first_top, below_top = self._tops(first_font, below_font if has_below else None)
        x = MARGIN
        if cell.text:
            x = self._place(texts, cell.text, cell.tone, first_font, (first_top, width, is_right)) + CHIP_GAP + 2
        for chip in cell.chips:
            x = self._place_chip(boxes, texts, chip.text, chip.tone, (x, first_top, chip.is_filled, width))
        if cell.bar is not None:
            self._place_bar(boxes, cell.bar, cell.tone, first_top + self.faces.heights[REGULAR] // 2 - 2)
        if self.is_compact and cell.keeps_below:
            self._place_beside(texts, cell, x, width)
        if has_below:
            room = _ANY_WIDTH if cell.spills else width
            self._place(texts, cell.below, cell.below_tone, below_font, (below_top, room, is_right))
        return _paled(boxes, texts) if cell.is_faint else Plan(tuple(boxes), tuple(texts))

    def _tops(self, first_font: int, below_font: int | None) -> tuple[int, int]:
        """Where the lines start so that both together stand in the middle of the row."""
        first = self.faces.heights[first_font]
        below = self.faces.heights[below_font] if below_font is not None else 0
        gap = 2 if below_font is not None else 0
        top = (self.row_height - 1 - first - gap - below) // 2
        return top, top + first + gap

    def _place(self, texts: list[Text], text: str, tone: str, font: int, where: tuple[int, int, bool]) -> int:
        """Put one string; returns where it ends."""
        top, width, is_right = where
        shown, advance = self.faces.fitted(text, font, width - 2 * MARGIN)
        x = width - MARGIN - advance if is_right else MARGIN
        texts.append(Text(x, top, shown, font, tone))
        return x + advance

    def _place_beside(self, texts: list[Text], cell: Cell, x: int, width: int) -> None:
        """Put the second line's words behind the first line, as far as there is room."""
        shown, _ = self.faces.fitted(cell.below, SMALL, width - x)
        top = (self.row_height - 1 - self.faces.heights[SMALL]) // 2
        texts.append(Text(x, top, shown, SMALL, cell.below_tone))

    def _place_chip(
        self, boxes: list[Box], texts: list[Text], text: str, tone: str, where: tuple[int, int, bool, int]
    ) -> int:
        """Put a word in a box, cut short where there is no room; returns where the next one may start."""
        x, line_top, is_filled, width = where
        faces = self.faces
        # A chip may shrink but never vanish: a stop that cannot be seen would be taken for none.
        room = max(16, width - x - 2 * CHIP_PAD)
        shown, advance = faces.fitted(text, CHIP, room)
        height = faces.heights[CHIP] + 4
        top = line_top + (faces.heights[REGULAR] - height) / 2
        line = "" if is_filled and tone != "warning" else f"{tone}_line"
        fill = f"{tone}_soft" if is_filled else ""
        boxes.append(Box(x + 0.5, top + 0.5, advance + 2 * CHIP_PAD - 1, height - 1, fill, line, 3))
        texts.append(Text(x + CHIP_PAD, round(top) + 2, shown, CHIP, tone))
        return x + advance + 2 * CHIP_PAD + CHIP_GAP

    def _place_bar(self, boxes: list[Box], share: float, tone: str, top: int) -> None:
        boxes.append(Box(MARGIN, top, BAR_WIDTH, BAR_HEIGHT, "line", "", 2))
        if share > 0:
            boxes.append(Box(MARGIN, top, max(BAR_HEIGHT, BAR_WIDTH * min(1.0, share)), BAR_HEIGHT, tone, "", 2))

    def draw(self, painter: QPainter, plan: Plan, x: int, y: int) -> None:
        """Draw a plan with its corner at (x, y)."""
        colours = theme.current().colours
        if plan.boxes:
            painter.setRenderHint(_SMOOTH, True)
            for box in plan.boxes:
                painter.setPen(colours[box.line] if box.line else _NO_LINE)
                painter.setBrush(colours[box.fill] if box.fill else _NO_FILL)
                painter.drawRoundedRect(QRectF(x + box.x, y + box.y, box.width, box.height), box.radius, box.radius)
            painter.setRenderHint(_SMOOTH, False)
        fonts = self.faces.fonts
        last_font, last_tone = -1, ""
        for text_x, text_y, laid_out, font, tone in plan.texts:
            if font != last_font:
                painter.setFont(fonts[font])
                last_font = font
            if tone != last_tone:
                painter.setPen(colours[tone])
                last_tone = tone
            painter.drawStaticText(x + text_x, y + text_y, laid_out)

    def draw_button(self, painter: QPainter, cell: Cell, area: QRectF, state: str) -> None:
        """Draw a button in ``area``. ``state``: plain, hover, pressed or focus; ``cell.tone`` colours its word."""
        colours = theme.current().colours
        is_danger = cell.tone == "danger"
        line = "accent" if state == "focus" else "danger_line" if is_danger else "line_strong"
        fill = {"hover": "danger_soft" if is_danger else "raised_hover", "pressed": "pressed"}.get(
            state, "ground" if is_danger else "raised"
        )
        painter.setRenderHint(_SMOOTH, True)
        painter.setPen(colours[line])
        painter.setBrush(colours[fill])
        painter.drawRoundedRect(area, theme.RADIUS, theme.RADIUS)
        painter.setRenderHint(_SMOOTH, False)
        painter.setFont(self.faces.fonts[REGULAR])
        painter.setPen(colours[f"{cell.tone}_faint" if cell.is_faint else cell.tone])
        word, width = self.faces.laid_out(cell.button, REGULAR)
        x, y = area.center().x() - width / 2, area.center().y() - self.faces.heights[REGULAR] / 2
        painter.drawStaticText(round(x), round(y), word)


def _paled(boxes: list[Box], texts: list[Text]) -> Plan:
    """The same drawing for a row that is on its way out."""
    pale = {"up_line": "up_soft", "down_line": "down_soft", "warning_line": "warning_soft"}
    return Plan(
        tuple(box._replace(line=pale.get(box.line, box.line)) for box in boxes),
        tuple(text._replace(tone=f"{text.tone}_faint") for text in texts),
    )
