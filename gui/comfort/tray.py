"""The icon in the system's tray: link, number of open positions, sign of their PnL, STALE; drawn, never an amount.

Every state differs in shape, not only in colour. Where the system has no tray the desk works without one; it looks
again now and then, because a tray may come up after the desk.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QObject, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QAction, QFont, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PyQt6.QtWidgets import QMenu, QSystemTrayIcon

from gui import text, theme, words
from gui.models import health
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Snapshot

_SIZES: Final = (16, 22, 32, 48, 64)
_MOST: Final = 99


class TrayState(NamedTuple):
    """What the icon shows. ``link``: tone of the link's judgement; ``sign``: of the unrealised PnL, "" for hidden."""

    link: str = "muted"
    said: str = ""
    positions: int | None = None
    sign: str = ""
    is_armed: bool = False

    @property
    def is_live(self) -> bool:
        """The figures are current."""
        return self.link == "up"


def state_of(snapshot: Snapshot | None, now_mono: float) -> TrayState:
    """What a snapshot means for the icon."""
    judgement = health.of_snapshot(snapshot, now_mono)
    if snapshot is None or snapshot.links.reconciled_ms is None:
        return TrayState(judgement.tone, judgement.words)
    pnl = Decimal(0) if not snapshot.positions else snapshot.unrealised_pnl
    sign = "" if text.is_private() or pnl is None else text.tone_of(pnl)
    # The delay in milliseconds changes every second and says nothing here.
    said = judgement.words.partition(" · ")[0]
    return TrayState(judgement.tone, said, len(snapshot.positions), sign, snapshot.is_armed)


class Tray(QObject):
    """The icon and its menu.

    Signals:
        show_asked(bool): show the window, or hide it.
        lock_asked(): lock trading. It is unlocked in the window only.
        privacy_asked(): hide or show money.
        quit_asked(): leave.
    """

    show_asked = pyqtSignal(bool)
    lock_asked = pyqtSignal()
    privacy_asked = pyqtSignal()
    quit_asked = pyqtSignal()

    def __init__(self, environment: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._environment = environment
        self._is_window_shown = True
        self._drawn: tuple[object, ...] | None = None
        self.state = TrayState()
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu()
        self.heading = QAction(self)
        self.heading.setEnabled(False)
        self.show_action = self._action(lambda: self.show_asked.emit(not self._is_window_shown))
        self.lock_action = self._action(self.lock_asked.emit)
        self.privacy_action = self._action(self.privacy_asked.emit)
        self.quit_action = self._action(self.quit_asked.emit)
        self.quit_action.setText(translate("Tray", "Quit Quarterdeck"))
        for action in (self.heading, self.show_action, self.lock_action, self.privacy_action, self.quit_action):
            self.menu.addAction(action)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)
        self.icon.messageClicked.connect(lambda: self.show_asked.emit(True))

    def _action(self, act: Callable[[], object]) -> QAction:
        action = QAction(self)
        action.triggered.connect(lambda: act())
        return action

    @staticmethod
    def is_there() -> bool:
        """Whether the system has a tray now."""
        return QSystemTrayIcon.isSystemTrayAvailable()

    @property
    def is_shown(self) -> bool:
        """The icon is in the tray."""
        return self.icon.isVisible()

    def set_shown(self, is_wanted: bool) -> None:
        """Put the icon where there is a tray, or take it away."""
        wanted = is_wanted and self.is_there()
        if wanted != self.icon.isVisible():
            self.icon.setVisible(wanted)

    def show_state(self, state: TrayState, is_window_shown: bool) -> None:
        """Draw and word what has changed since the last time; nothing otherwise."""
        shown = (state, is_window_shown, text.is_private(), theme.current())
        if shown == self._drawn:
            return
        self._drawn, self.state, self._is_window_shown = shown, state, is_window_shown
        self.icon.setIcon(icon_of(state))
        self.icon.setToolTip(self._tooltip(state))
        self._word_menu(state)

    def _tooltip(self, state: TrayState) -> str:
        # Some systems read markup here: nothing in it comes from outside.
        lines = [f"Quarterdeck · {words.environment(self._environment)} · {state.said}"]
        if state.positions is not None:
            lines.append(translate("Tray", "Open positions: {n}").format(n=state.positions))
            lines.append(_arming(state))
        return "\n".join(lines)

    def _word_menu(self, state: TrayState) -> None:
        t = translate
        self.heading.setText(f"{words.environment(self._environment)} · {state.said}")
        self.show_action.setText(
            t("Tray", "Hide the window") if self._is_window_shown else t("Tray", "Show the window")
        )
        self.lock_action.setText(t("Tray", "Lock trading") if state.is_armed else _arming(state))
        self.lock_action.setEnabled(state.is_armed)
        self.privacy_action.setText(
            t("Tray", "Show money and sizes") if text.is_private() else t("Tray", "Hide money and sizes")
        )

    def _on_activated(self, how: QSystemTrayIcon.ActivationReason) -> None:
        """A click brings the window, a second one puts it away; the menu comes with the other button.

        On macOS every click opens the menu, which has the same entry. A double click has been a click before.
        """
        if how == QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self.show_asked.emit(not self._is_window_shown)


def _arming(state: TrayState) -> str:
    return translate("Tray", "Trading is armed") if state.is_armed else translate("Tray", "Trading is locked")


def icon_of(state: TrayState) -> QIcon:
    """The state as an icon in every size that trays ask for."""
    icon = QIcon()
    for size in _SIZES:
        icon.addPixmap(pixmap_of(state, size))
    return icon


def pixmap_of(state: TrayState, size: int) -> QPixmap:
    """The state drawn: a box with the count, the PnL's sign below, the link as its frame and a mark in the corner."""
    colours = theme.current()
    pixmap = QPixmap(size, size)
    pixmap.fill(theme.CLEAR)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size / 32, size / 32)
    painter.setPen(QPen(colours[state.link if not state.is_live else "line_strong"], 2))
    painter.setBrush(colours.panel)
    painter.drawRoundedRect(QRectF(1, 1, 30, 30), 7, 7)
    _draw_count(painter, state)
    _draw_sign(painter, state)
    _draw_link(painter, state)
    painter.end()
    return pixmap


def _draw_count(painter: QPainter, state: TrayState) -> None:
    colours = theme.current()
    count = "–" if state.positions is None else str(state.positions) if state.positions <= _MOST else f"{_MOST}+"
    face = QFont(theme.font(theme.BODY, theme.SEMIBOLD))  # the shared one stays as it is
    face.setPixelSize(19 if len(count) == 1 else 16 if len(count) == 2 else 12)
    painter.setFont(face)
    painter.setPen(colours.text if state.is_live else colours.muted)
    painter.drawText(QRectF(2, 1, 28, 21), Qt.AlignmentFlag.AlignCenter, count)


def _draw_sign(painter: QPainter, state: TrayState) -> None:
    """Up, down, or a bar for zero; nothing while money is hidden. Hollow while it is not live."""
    if not state.sign:
        return
    colour = theme.current()[state.sign if state.sign != "text" else "muted"]
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(colour if state.is_live else Qt.BrushStyle.NoBrush)
    if state.sign == "text":
        painter.drawRect(QRectF(11, 25, 10, 1.6))
        return
    tip, base = (22.5, 28.5) if state.sign == "up" else (28.5, 22.5)
    painter.drawPolygon(QPolygonF([QPointF(10.5, base), QPointF(21.5, base), QPointF(16, tip)]))


def _draw_link(painter: QPainter, state: TrayState) -> None:
    """In the corner: nothing when live, a ring while connecting, a triangle when stale, a cross when lost."""
    if state.is_live:
        return
    colours = theme.current()
    colour = colours[state.link]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours.ground)
    painter.drawEllipse(QPointF(25, 25), 7, 7)
    painter.setPen(QPen(colour, 2.4))
    if state.link == "down":
        painter.drawLine(QPointF(21.5, 21.5), QPointF(28.5, 28.5))
        painter.drawLine(QPointF(28.5, 21.5), QPointF(21.5, 28.5))
    elif state.link == "warning":
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(25, 20.5), QPointF(29.5, 28.5), QPointF(20.5, 28.5)]))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(25, 25), 4, 4)
