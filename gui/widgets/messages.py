"""Words beside a field and words about a whole form, always plain text."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PyQt6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui import theme
from gui.widgets.hold_button import DialogButton
from gui.widgets.labels import Label

_MOST_CHOICES = 2


class Fix(DialogButton):
    """A small button in a sentence that puts a value into the field."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent, kind="fix")
        self.setFont(theme.font(theme.SMALL, theme.MEDIUM))
        self.value: object = None

    def sizeHint(self) -> QSize:
        """As high as the sentence that it stands in."""
        size = super().sizeHint()
        size.setWidth(QFontMetrics(self.font()).horizontalAdvance(self.text()) + 12)
        size.setHeight(_line_height())
        return size


def _line_height() -> int:
    return QFontMetrics(theme.font(theme.SMALL, theme.MEDIUM)).height() + 4


class FieldMessage(QWidget):
    """What is wrong with a field, or what it will do; it keeps its line free while it has nothing to say.

    Signals:
        taken(object): the value of a button that was pressed.
    """

    taken = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._label = Label("", self, tone="muted", size=theme.SMALL, wrap=True)
        row.addWidget(self._label, 1)
        self._fixes = [Fix(self) for _ in range(_MOST_CHOICES)]
        for fix in self._fixes:
            fix.clicked.connect(self._on_clicked)
            fix.hide()
            row.addWidget(fix, 0, Qt.AlignmentFlag.AlignTop)
        self.setMinimumHeight(_line_height())

    @property
    def text(self) -> str:
        """The sentence."""
        return self._label.text()

    @property
    def tone(self) -> str:
        """Its tone."""
        return self._label.tone

    def show_text(self, words: str, tone: str = "muted", choices: Sequence[tuple[str, object]] = ()) -> None:
        """Say something.

        Args:
            choices: at most two buttons, as (words, value); pressing one emits ``taken(value)``.
        """
        self._label.set_text(words, tone)
        for number, fix in enumerate(self._fixes):
            if number < len(choices):
                caption, fix.value = choices[number]
                if fix.text() != caption:
                    fix.setText(caption)
                    fix.updateGeometry()
            fix.setVisible(number < len(choices))

    def fixes(self) -> list[Fix]:
        """The buttons on show."""
        return [fix for fix in self._fixes if not fix.isHidden()]

    def _on_clicked(self) -> None:
        fix = self.sender()
        if isinstance(fix, Fix):
            self.taken.emit(fix.value)


class Notice(QWidget):
    """A framed paragraph that something happened: a short claim in its tone, then details. Hidden while empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 12, 9)
        column.setSpacing(2)
        self._claim = Label("", self, tone="warning", wrap=True)
        self._details = Label("", self, wrap=True)
        column.addWidget(self._claim)
        column.addWidget(self._details)
        self.hide()

    @property
    def text(self) -> str:
        """Claim and details."""
        return " ".join(part for part in (self._claim.text(), self._details.text()) if part)

    def show_text(self, claim: str, details: str = "", tone: str = "warning") -> None:
        """Say it, or hide when ``claim`` is empty."""
        self._claim.set_text(claim, tone)
        self._details.set_text(details)
        self._details.setVisible(bool(details))
        self.setAccessibleName(self.text)
        self.setVisible(bool(claim))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The frame in the claim's tone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.current()[f"{self._claim.tone}_line"])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
