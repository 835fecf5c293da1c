"""The bar along the top: where we are, what the account holds, whether the picture is live and trading armed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PyQt6.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui import text, theme, words
from gui.models import health
from gui.text import translate
from gui.widgets.badge import Badge
from gui.widgets.labels import Label
from gui.widgets.menu_button import MenuButton
from gui.widgets.tile import Beacon, Gauge, Tile

if TYPE_CHECKING:
    from core.model import Snapshot

_SPACING: Final = 21
_LEFT, _RIGHT = 16, 12
_EDGE: Final = 3
# While only prices move: sums of all positions change with every tick, and nobody reads them faster.
_PAUSE_MS: Final = 100


class TopBar(QWidget):
    """Figures of the account, painted from one snapshot.

    Signals:
        arming_asked(bool): the operator wants trading armed or locked.
    """

    arming_asked = pyqtSignal(bool)

    def __init__(self, environment: str, account: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(translate("TopBar", "Account"))
        self._brand = Label("Quarterdeck", size=theme.TITLE, weight=theme.SEMIBOLD)
        self._environment = environment
        self.badge = Badge(words.environment(environment), theme.environment_colour(environment), framed=True)
        self.account = Label(account, tone="muted")
        self.equity = Tile(translate("TopBar", "Equity"), "12,480.32")
        self.available = Tile(translate("TopBar", "Available"), "9,102.11")
        self.unrealised = Tile(translate("TopBar", "Unrealised PnL"), "+1,339.86")
        self.realised = Tile(translate("TopBar", "Session realised"), "+1,340.00")
        self.margin = Gauge(translate("TopBar", "Margin used"))
        self.link = Beacon()
        self.armed = QPushButton()
        self.menu_button = MenuButton(translate("TopBar", "Menu"))
        self._is_armed, self._is_read_only = True, False
        self._newest: Snapshot | None = None
        self._is_behind = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._catch_up)
        self.armed.clicked.connect(lambda: self.arming_asked.emit(not self._is_armed))
        self._lay_out()
        self._show_arming(True)
        self.armed.setEnabled(False)
        self.show_health(None, 0.0)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(_LEFT, 8, _RIGHT, 8)
        row.setSpacing(_SPACING)
        row.addWidget(self._brand)
        row.addWidget(self.badge)
        row.addWidget(self.account)
        for tile in (self.equity, self.available, self.unrealised, self.realised):
            row.addWidget(tile, 0, Qt.AlignmentFlag.AlignVCenter)
            tile.set(text.DASH, "muted")
        row.addWidget(self.margin)
        row.addStretch(1)
        row.addWidget(self.link)
        row.addWidget(self.armed)
        row.addWidget(self.menu_button)

    def sizeHint(self) -> QSize:
        """As high as in the design."""
        return QSize(super().sizeHint().width(), 56)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Figures of the account; what is not known is a dash. Those that follow prices may come a moment later."""
        before, self._newest = self._newest, snapshot
        self._is_behind = self._pause.isActive() and before is not None and _is_tick(before, snapshot)
        if not self._is_behind:
            self._show_figures(snapshot)
            self._pause.start()

    def _catch_up(self) -> None:
        if self._is_behind and self._newest is not None:
            self._is_behind = False
            self._show_figures(self._newest)
            self._pause.start()

    def _show_figures(self, snapshot: Snapshot) -> None:
        from gui.models import account_tips, day_change  # with the first snapshot, not before the first paint

        equity = snapshot.equity
        change = day_change.of(snapshot)
        tone = text.tone_of(change.pct if change is not None else None)
        self.equity.set(text.money(equity), "text", account_tips.change_note(snapshot), tone)
        wallet = snapshot.wallet
        self.available.set(text.money(wallet.available if wallet else None))
        self.unrealised.set(text.money(snapshot.unrealised_pnl, signed=True), text.tone_of(snapshot.unrealised_pnl))
        realised = snapshot.session.total_realised_pnl
        self.realised.set(text.money(realised, signed=True), text.tone_of(realised))
        self._show_margin(snapshot)
        if (snapshot.is_armed, snapshot.is_read_only) != (self._is_armed, self._is_read_only):
            self._show_arming(snapshot.is_armed, snapshot.is_read_only)
        self.armed.setEnabled(not snapshot.is_read_only)

    def _show_margin(self, snapshot: Snapshot) -> None:
        """Bybit's own rates; in isolated margin it gives none, and the share of equity stands in for them."""
        wallet = snapshot.wallet
        if wallet is not None and wallet.im_ratio is not None:
            rates = translate("TopBar", "Margin used · IM {im} MM {mm}").format(
                im=text.ratio_percent(wallet.im_ratio), mm=text.ratio_percent(wallet.mm_ratio)
            )
            self.margin.set(rates, float(wallet.im_ratio))
            return
        used, equity = snapshot.session.used_margin, snapshot.equity
        share = used / equity if used is not None and equity else None
        words_of_share = translate("TopBar", "Margin used · {share} of equity").format(share=text.ratio_percent(share))
        self.margin.set(words_of_share, float(share) if share is not None else 0.0)

    def _show_arming(self, is_armed: bool, is_read_only: bool = False) -> None:
        self._is_armed, self._is_read_only = is_armed, is_read_only
        shown = translate("TopBar", "Trading armed") if is_armed else translate("TopBar", "Trading locked")
        tip = (
            translate("TopBar", "Closing and moving stops is allowed. Press to lock it.")
            if is_armed
            else translate("TopBar", "Nothing can be sent. Press to allow closing and moving stops.")
        )
        if is_read_only:
            shown = translate("TopBar", "Read-only key")
            tip = translate("TopBar", "This key may only look: the desk is a monitor.")
        self.armed.setText(shown)
        self.armed.setToolTip(tip)
        self.armed.setAccessibleName(shown)
        self.armed.setProperty("kind", "warn" if is_armed else "")
        # Before it is seen it is dressed anyway; asking for the style costs the start (see theme.make_application).
        style = self.armed.style() if self.armed.isVisible() else None
        if style is not None:
            style.unpolish(self.armed)
            style.polish(self.armed)

    def show_health(self, snapshot: Snapshot | None, now_mono: float) -> None:
        """Link state and ages; also once a second while nothing arrives. Figures that are not live are pale."""
        judgement = health.of_snapshot(snapshot, now_mono)
        self.link.set(*judgement)
        for tile in (self.equity, self.available, self.unrealised):
            tile.set_pale(judgement.tone != "up")
        if snapshot is not None:
            self._explain(snapshot, now_mono)

    def _explain(self, snapshot: Snapshot, now_mono: float) -> None:
        """What the figures are made of; once a second, because it has ages in it."""
        from gui.models import account_tips  # as above

        tips = {
            self.equity: account_tips.equity(snapshot, now_mono),
            self.available: account_tips.available(snapshot, now_mono),
            self.unrealised: account_tips.unrealised(snapshot),
            self.realised: account_tips.realised(snapshot),
            self.margin: account_tips.margin(snapshot, now_mono),
        }
        for part, words_of_tip in tips.items():
            part.setToolTip(text.as_tooltip(words_of_tip))

    def event(self, event: QEvent | None) -> bool:
        """When a figure grows, see again what there is room for."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._make_room()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """On a narrow screen the least important figures leave."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        needed = self._fixed_width + sum(part.sizeHint().width() + _SPACING for part in self._leaving)
        for part in self._leaving:
            part.setVisible(needed <= self.width())
            if needed > self.width():
                needed -= part.sizeHint().width() + _SPACING

    @property
    def _leaving(self) -> tuple[QWidget, ...]:
        """What may be left out, the least important first."""
        return self._brand, self.margin, self.account, self.realised, self.available

    @property
    def _fixed_width(self) -> int:
        """What all others need."""
        parts = (self.badge, self.equity, self.unrealised, self.link, self.armed, self.menu_button)
        return sum(part.sizeHint().width() + _SPACING for part in parts) + _LEFT + _RIGHT

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Panel ground and the line below; along the window's edge the colour of where keys are at work."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.current().panel)
        if self._environment != "paper":
            edge = theme.current()[theme.environment_colour(self._environment)]
            painter.fillRect(0, 0, self.width(), _EDGE, edge)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.current().line)


def _is_tick(before: Snapshot, after: Snapshot) -> bool:
    """Another snapshot in which only prices, and what is worth something at them, can be different."""
    return (
        after is not before
        and after.wallet is before.wallet
        and after.links is before.links
        and after.closed_trades is before.closed_trades
        and len(after.positions) == len(before.positions)
        and (after.is_armed, after.is_read_only) == (before.is_armed, before.is_read_only)
    )
