"""The button that acts: once per press, and where real money is at stake only after being held down.

A held key repeats itself; those repeats never press the button again. Words that change under the finger stop a hold,
because the operator would be confirming something else than what they read. The second press of a double click, whose
first one opened the window, finds the button under the mouse by chance: what nobody can have read is not confirmed.
"""

from __future__ import annotations

from PyQt6.QtCore import QElapsedTimer, QRectF, QSize, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PyQt6.QtWidgets import QPushButton, QWidget

from gui import theme

HEIGHT = 34
FRESH_MS = 500  # the longest time between the presses of a double click on common desktops
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DialogButton(QPushButton):
    """A button that Enter presses only while it has the focus, and only once while the key is held."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, kind: str = "") -> None:
        super().__init__(text, parent)
        self.setFont(theme.font())
        self.setAutoDefault(False)
        self.setDefault(False)
        self.set_kind(kind)

    def set_words(self, words: str) -> None:
        """Say something else."""
        if words != self.text():
            self.setText(words)
            self.updateGeometry()

    def set_kind(self, kind: str) -> None:
        """One of the looks of the style sheet: primary, danger …"""
        if (self.property("kind") or "") == kind:
            return
        self.setProperty("kind", kind)
        style = self.style()
        assert style is not None
        style.unpolish(self)
        style.polish(self)

    def sizeHint(self) -> QSize:
        """As wide as its words, as high as a field."""
        return super().sizeHint().expandedTo(QSize(64, HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Words are never cut."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Enter does what Space does."""
        if event is None or event.key() not in _ENTER:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() and not self.isDown():
            self.setDown(True)
            self.pressed.emit()

    def keyReleaseEvent(self, event: QKeyEvent | None) -> None:
        """The press ends with the key."""
        if event is None or event.key() not in _ENTER:
            super().keyReleaseEvent(event)
        elif not event.isAutoRepeat() and self.isDown():
            self.setDown(False)
            self.released.emit()
            self.clicked.emit()


class HoldButton(DialogButton):
    """Confirms at once, or after being held for ``hold_ms``.

    Signals:
        confirmed(): the operator means it; once per press.
    """

    confirmed = pyqtSignal()

    def __init__(self, text: str = "", parent: QWidget | None = None, *, kind: str = "primary") -> None:
        super().__init__(text, parent, kind=kind)
        self._on_screen = QElapsedTimer()
        self._hold = QVariantAnimation(self)
        self._hold.setStartValue(0.0)
        self._hold.setEndValue(1.0)
        self._hold.setDuration(0)
        self._hold.valueChanged.connect(self.update)
        self._hold.finished.connect(self._on_held)
        self.pressed.connect(self._on_pressed)
        self.released.connect(self._hold.stop)
        self.clicked.connect(self._on_clicked)

    @property
    def hold_ms(self) -> int:
        """How long it must be held; 0 acts on a click."""
        return self._hold.duration()

    def set_hold_ms(self, hold_ms: int) -> None:
        """Ask for a hold of that many milliseconds, or for none."""
        self._hold.setDuration(hold_ms)

    @property
    def is_holding(self) -> bool:
        """Pressed, and not long enough yet."""
        return bool(self._hold.state() == QVariantAnimation.State.Running)

    @property
    def is_fresh(self) -> bool:
        """On the screen for less than a double click takes."""
        return FRESH_MS > 0 and not (self._on_screen.isValid() and self._on_screen.hasExpired(FRESH_MS))

    def set_action(self, words: str, description: str = "") -> None:
        """Say what it will do. Other words than before end a hold."""
        if words != self.text():
            self.cancel()
            self.setText(words)
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)
            self.setToolTip(description)

    def cancel(self) -> None:
        """Let go without acting."""
        self._hold.stop()
        if self.isDown():
            self.setDown(False)
        self.update()

    def _on_pressed(self) -> None:
        if self.hold_ms:
            self._hold.start()

    def _on_clicked(self) -> None:
        if not self.hold_ms:
            self.confirmed.emit()

    def _on_held(self) -> None:
        if self.isDown() and self.isEnabled():
            self.setDown(False)
            self.confirmed.emit()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Not for a button that has just come under the mouse."""
        if not self.is_fresh:
            super().mousePressEvent(event)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Nobody has seen it yet; but for a window that comes back from the task bar, which need not paint it anew."""
        if event is not None and not event.spontaneous():
            self._on_screen.invalidate()
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """The button, and over it how much of the hold is done."""
        if not self._on_screen.isValid():
            self._on_screen.start()
        super().paintEvent(event)
        if not self.is_holding:
            return
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        done = QRectF(self.rect())
        done.setWidth(done.width() * float(self._hold.currentValue()))
        glow = QColor(theme.current()["on_fill"])
        glow.setAlphaF(0.28)
        painter = QPainter(self)
        painter.setClipPath(shape)
        painter.fillRect(done, glow)
