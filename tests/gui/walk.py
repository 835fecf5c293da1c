"""A walk over every scene that notes each text as it is painted, and complains.

``python -m tests.gui.walk`` walks at the scale of ``QT_SCALE_FACTOR`` and prints one JSON list of complaints (empty is
good): texts that do not fit where they stand, cut texts that no tooltip gives whole, controls without a name, buttons
that touch.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import qasync
from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QImage, QPainter
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizeGrip,
    QTabBar,
    QWidget,
)

from gui import language, theme
from gui.dialogs import books_round
from gui.dialogs import window as form_window
from gui.dialogs.frame import FormFrame
from gui.dialogs.settings import SettingsDialog
from gui.views.table_view import TableView
from gui.widgets.decimal_edit import DecimalEdit
from gui.widgets.exits import ExitList
from tests.gui import scenes
from tests.gui.dialogs.look import _field_fits, _roomy_screen, scrolls

SLACK = 2.0  # pixels: rounding of a scale, and the leading of a line
GAP = 4
PAGES = tuple(name for name in scenes.WINDOWS if name.startswith("settings-"))


class Painted(NamedTuple):
    """A text as it was painted: on which widget, where on it, how much room it had, in which colour."""

    widget: QWidget
    words: str
    area: QRectF
    room: QRectF
    colour: QColor


class Spy:
    """Notes what every widget of ours writes, and what is cut short, while it watches. Painting goes on as it is."""

    def __init__(self) -> None:
        self.painted: list[Painted] = []
        self.whole: dict[str, set[str]] = {}  # what is left of a text → what it may have been
        self.picture = QImage()  # of the window that was painted last
        self.rich: list[str] = []  # laid out as something that could be markup

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stand between the widgets and Qt's painter."""
        draw, draw_static, elide = QPainter.drawText, QPainter.drawStaticText, QFontMetrics.elidedText
        # What is read off a class is bound to nothing; only the entry itself makes methods again.
        names = ((QPainter, "drawText"), (QPainter, "drawStaticText"), (QFontMetrics, "elidedText"))
        kept = [(kind, name, kind.__dict__[name]) for kind, name in names]

        def noted_draw(painter: QPainter, *given: Any) -> Any:
            self._note_text(painter, given)
            return draw(painter, *given)

        def noted_static(painter: QPainter, *given: Any) -> None:
            *where, words = given
            corner = QPointF(where[0], where[1]) if len(where) == 2 else QPointF(where[0])
            area = QRectF(corner.x(), corner.y(), words.size().width(), words.size().height())
            if words.textFormat() != Qt.TextFormat.PlainText:
                self.rich.append(words.text())
            self._note(painter, words.text(), area, area)
            draw_static(painter, *given)

        def noted_elide(metrics: QFontMetrics, words: str | None, *given: Any) -> str:
            shown = elide(metrics, words, *given)
            if shown != words:
                self.whole.setdefault(shown, set()).add(words or "")
            return shown

        for (kind, name, _), noted in zip(kept, (noted_draw, noted_static, noted_elide), strict=True):
            setattr(kind, name, noted)
        try:
            yield
        finally:
            for kind, name, own in kept:
                setattr(kind, name, own)

    def _note_text(self, painter: QPainter, given: tuple[Any, ...]) -> None:
        metrics = painter.fontMetrics()
        if isinstance(given[0], QRect | QRectF):
            room, words = QRectF(given[0]), next(part for part in given if isinstance(part, str))
            flags = next((part for part in given[1:] if not isinstance(part, str)), 0)
            number = flags.value if hasattr(flags, "value") else int(flags)
            area = QRectF(metrics.boundingRect(room.toRect(), number, words))
        elif len(given) == 6:
            room, words = QRectF(*given[:4]), given[5]
            area = QRectF(metrics.boundingRect(room.toRect(), int(given[4]), words))
        else:
            words = given[-1]
            x, y = (given[0], given[1]) if len(given) == 3 else (given[0].x(), given[0].y())
            area = QRectF(x, y - metrics.ascent(), metrics.horizontalAdvance(words), metrics.height())
            room = area
        self._note(painter, words, area, room)

    def _note(self, painter: QPainter, words: str, area: QRectF, room: QRectF) -> None:
        widget = painter.device()
        if isinstance(widget, QWidget) and words.strip():
            place = painter.transform()
            shown = Painted(widget, words, place.mapRect(area), place.mapRect(room), painter.pen().color())
            self.painted.append(shown)


def complaints(window: QWidget, spy: Spy) -> list[str]:
    """Everything that is wrong with a window as it stands.

    Args:
        spy: has watched since before the window was made: what was cut once is kept by those who paint it.
    """
    spy.painted.clear()
    spy.picture = window.grab().toImage()
    found = [*_painted_unfit(spy), *_unfit(window), *nameless(window), *_touching(window)]
    if isinstance(getattr(window, "frame", None), FormFrame) and scrolls(window):
        found.append("the body scrolls though the screen has room")
    return list(dict.fromkeys(found))


def _painted_unfit(spy: Spy) -> Iterator[str]:
    for widget, words, area, room, _ in spy.painted:
        if words in spy.whole:
            if not any(_is_told(widget, whole, area) for whole in spy.whole[words]):
                yield f"{_name(widget)} cuts without a tooltip: {sorted(spy.whole[words])}"
        elif area.width() > room.width() + SLACK or area.height() > room.height() + 2 * SLACK:
            yield f"{_name(widget)} has no room for: {words!r}"
        elif not _scrolls(widget):
            edge = QRectF(widget.rect()).adjusted(-SLACK, -2 * SLACK, SLACK, 2 * SLACK)
            if not edge.contains(area):
                yield f"{_name(widget)} writes over its edge: {words!r}"


def _scrolls(widget: QWidget) -> bool:
    """What is beyond the edge of a viewport comes into sight by scrolling."""
    return isinstance(widget.parent(), QAbstractScrollArea)


def _is_told(widget: QWidget, whole: str, area: QRectF) -> bool:
    """A tooltip there, or that of a widget around it, gives the whole text."""
    view = widget.parent()
    told: list[str] = []
    if isinstance(view, TableView):
        index = view.indexAt(area.center().toPoint())
        told.append(view.tooltip_of(index) if index.isValid() else whole)  # cells that are paler than the rest
    elif isinstance(widget, ExitList):
        told.append(widget.tip_at(round(area.center().y())))
    elif isinstance(view, QHeaderView):
        logical = view.logicalIndexAt(area.center().toPoint())
        told.append(str(view.model().headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) or ""))
    place: QWidget | None = widget
    while place is not None:
        told.append(place.toolTip())
        place = place.parentWidget()
    return any(whole in unescape(words.replace("<br>", "\n")) for words in told)


def _unfit(window: QWidget) -> Iterator[str]:
    """Texts that Qt paints, wider or higher than their place."""
    for widget in visible(window):
        if isinstance(widget, QLabel) and not _label_fits(widget):
            yield f"label: {widget.text()!r}"
        elif isinstance(widget, QAbstractButton) and widget.text() and not _covers(widget):
            yield f"button: {widget.text()!r}"
        elif isinstance(widget, DecimalEdit):
            if not _field_fits(widget):
                yield f"field: {widget.text()!r}"
        elif isinstance(widget, QLineEdit):
            metrics, room = QFontMetrics(widget.font()), widget.width() - 20
            is_told = widget.placeholderText() in widget.toolTip()
            if metrics.horizontalAdvance(widget.placeholderText()) > room and not widget.text() and not is_told:
                yield f"placeholder: {widget.placeholderText()!r}"
        elif isinstance(widget, QComboBox | QAbstractSpinBox) and widget.width() < widget.minimumSizeHint().width():
            yield f"{type(widget).__name__}: {widget.accessibleName()!r}"
        elif isinstance(widget, QTabBar) and widget.width() < widget.sizeHint().width():
            yield f"tabs: {widget.accessibleName()!r}"


def _label_fits(label: QLabel) -> bool:
    if label.text() and label.text() in label.toolTip():
        return True
    room = label.contentsRect()
    flags = Qt.TextFlag.TextWordWrap if label.wordWrap() else Qt.TextFlag.TextSingleLine
    needed = QFontMetrics(label.font()).boundingRect(QRect(0, 0, room.width(), 10_000), flags.value, label.text())
    return needed.width() <= room.width() + 1 and needed.height() <= room.height() + 1


def _covers(widget: QWidget) -> bool:
    hint = widget.sizeHint()
    return widget.width() >= hint.width() - 1 and widget.height() >= hint.height() - 1


def visible(window: QWidget) -> list[QWidget]:
    """The window's widgets that are on show, its own and not those of windows of their own."""
    return [widget for widget in window.findChildren(QWidget) if widget.isVisible() and widget.window() is window]


def nameless(window: QWidget) -> Iterator[str]:
    """Controls, and painted parts without children, that a screen reader could not name."""
    for widget in visible(window):
        if _is_qts_own(widget) or widget.accessibleName():
            continue
        if isinstance(widget, QLabel | QAbstractButton) and widget.text():
            continue
        is_control = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        is_painted = type(widget).__module__.startswith("gui.") and "paintEvent" in type(widget).__dict__
        if is_control or (is_painted and not widget.findChildren(QWidget)):
            yield f"nameless: {_name(widget)}"


def _is_qts_own(widget: QWidget) -> bool:
    """Parts that Qt makes inside of its widgets, which speak for them."""
    around = widget.parentWidget()
    return (
        widget.objectName().startswith("qt_")
        or isinstance(widget, QSizeGrip)
        or (
            isinstance(around, QAbstractScrollArea | QComboBox | QAbstractSpinBox | QLineEdit | QTabBar)
            and type(widget).__module__.startswith("PyQt6")
        )
    )


def _touching(window: QWidget) -> Iterator[str]:
    """Buttons side by side without a gap."""
    for button in (widget for widget in visible(window) if isinstance(widget, QPushButton)):
        box = QRect(button.mapTo(window, button.rect().topLeft()), button.size())
        for other in (widget for widget in visible(window) if isinstance(widget, QPushButton) and widget is not button):
            beside = QRect(other.mapTo(window, other.rect().topLeft()), other.size())
            same_line = min(box.bottom(), beside.bottom()) - max(box.top(), beside.top()) > box.height() // 2
            is_flat = "flat" in {button.property("kind"), other.property("kind")}
            if same_line and not is_flat and 0 <= beside.left() - box.right() - 1 < GAP:
                yield f"touch: {button.text()!r} and {other.text()!r}"


def _name(widget: QWidget) -> str:
    """How a complaint calls a widget."""
    view = widget.parent()
    shown = view if isinstance(view, QAbstractItemView) else widget
    return f"{type(shown).__name__} {shown.accessibleName()!r}"


Look = Callable[[str, QWidget], None]


async def walk(look: Look, main: list[str], windows: list[str], dialogs: list[str]) -> None:
    """Open one scene after the other and look at it."""
    async with scenes.main_window() as window:
        for name in main:
            await scenes.show_scene(window, name)
            look(name, window)
            await scenes.calm(window)
        for name in windows:
            async with scenes.dialog(name, window) as shown:
                look(name, shown)
                if isinstance(shown, SettingsDialog):
                    await turn_pages(shown, look)
    for name in dialogs:
        async with scenes.dialog(name) as shown:
            look(name, shown)


async def turn_pages(dialog: SettingsDialog, look: Look) -> None:
    """Look at every page but the first, which is in front."""
    for page in range(1, dialog.list.count()):
        dialog.list.setCurrentRow(page)
        await scenes.settled()
        look(f"settings page {page}", dialog)


def prepare() -> QApplication:
    """An application with the desk's fonts on a screen that is large enough."""
    form_window.SHIELD_MS = books_round.PERIOD_MS = 1
    _roomy_screen()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    theme.load_fonts()
    theme.apply(app, theme.tokens())
    return app


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--looks", default="en:dark,it:dark,en:light,it:light", help="language:theme, …")
    parser.add_argument("--scenes", default="")
    options = parser.parse_args()
    app, found = prepare(), []

    def chosen(names: object) -> list[str]:
        wanted = options.scenes.split(",") if options.scenes else list(names)  # type: ignore[call-overload]
        # The pages of the settings dialog are turned in one.
        return [name for name in names if name in wanted and (name == PAGES[0] or name not in PAGES)]  # type: ignore[attr-defined]

    async def everything() -> None:
        for pair in options.looks.split(","):
            spoken, _, dressed = pair.partition(":")
            language.speak(app, spoken)
            theme.apply(app, theme.tokens(dark=dressed == "dark"))
            await walk(look, chosen(scenes.MAIN), chosen(scenes.WINDOWS), chosen(scenes.DIALOGS))

    def look(name: str, window: QWidget) -> None:
        found.extend(f"{name}: {said}" for said in complaints(window, spy))

    spy = Spy()
    with spy.watching(), asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        runner.run(everything())
    print(json.dumps(list(dict.fromkeys(found)), indent=1, ensure_ascii=False))  # noqa: T201  # it is its output


if __name__ == "__main__":
    main()
