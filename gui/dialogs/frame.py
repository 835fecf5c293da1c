"""How a form looks: header with the position and the environment, scrolling body, footer with status and buttons."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from gui import theme
from gui.text import translate
from gui.widgets.badge import Badge
from gui.widgets.hold_button import DialogButton, HoldButton
from gui.widgets.labels import Label, heading
from gui.widgets.messages import Notice

MARGIN = 19
WIDTH = 700
NOTICE_ROOM = 76  # kept free, so that a notice does not move the buttons


class FormFrame(QWidget):
    """The parts that every form has; what they say is the form's business.

    ``body`` is for the form's own fields; ``trouble`` and ``changes`` are notices below it.

    Signals:
        crowded(int): so many pixels of height are missing to show all of the body.
    """

    crowded = pyqtSignal(int)

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = Badge("", "muted")
        self.summary = Label("", tone="muted", size=theme.SMALL)
        self.environment = Badge("", "accent")
        self.trouble, self.changes = Notice(), Notice()
        self.body = QWidget()
        self.fields = QVBoxLayout(self.body)
        self.fields.setContentsMargins(0, 0, 0, 0)
        self.fields.setSpacing(0)
        self.status = Label("", tone="muted", wrap=True)
        self.cancel = DialogButton(translate("Form", "Cancel"))
        self.action = HoldButton()
        self._head = self._build_head(title)
        self._scroll = self._build_scroll()
        self._foot = self._build_foot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._foot)

    def _build_head(self, title: str) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(MARGIN, 14, MARGIN, 14)
        row.setSpacing(10)
        row.addWidget(heading(title))
        row.addWidget(self.name)
        row.addStretch(1)
        row.addWidget(self.summary)
        row.addWidget(self.environment)
        return head

    def _build_scroll(self) -> QScrollArea:
        self._inner = QWidget()
        self._inner.installEventFilter(self)
        column = QVBoxLayout(self._inner)
        column.setContentsMargins(MARGIN, 16, MARGIN, 12)
        column.setSpacing(14)
        for part in (self.body, self.trouble, self.changes):
            column.addWidget(part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setProperty("look", "form")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._inner)
        return scroll

    def _build_foot(self) -> QWidget:
        foot = QWidget()
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 12, MARGIN, 12)
        row.setSpacing(10)
        row.addWidget(self.status, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.action)
        return foot

    @property
    def room(self) -> int:
        """How high its window may be on this screen, with its title."""
        screen = self.screen()
        return screen.availableGeometry().height() - 60 if screen is not None else 800

    def best_size(self) -> QSize:
        """As high as the content and one notice, as far as the screen allows; the body scrolls where there is less."""
        for layout in self._inner.findChildren(QLayout):
            layout.invalidate()  # fields were added after their sizes had been asked for
        hints = [part.sizeHint() for part in (self._head, self._inner, self._foot)]
        wanted = sum(hint.height() for hint in hints) + NOTICE_ROOM
        return QSize(max(WIDTH, *(hint.width() for hint in hints)), min(wanted, self.room))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """More to show than there is room for: ask the window for the difference."""
        if watched is self._inner and event is not None and event.type() == QEvent.Type.LayoutRequest:
            viewport = self._scroll.viewport()
            missing = self._inner.sizeHint().height() - (viewport.height() if viewport else 0)
            if missing > 0:
                self.crowded.emit(missing)
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Panel ground, and the lines under the header and above the footer."""
        colours = theme.current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.panel)
        painter.setPen(colours.line)
        for y in (self._head.geometry().bottom(), self._foot.geometry().top()):
            painter.drawLine(0, y, self.width(), y)
