"""What makes the desk pleasant and takes no part in trading: hidden money, the sheet of keys, the palette, About.

Everything it can do is one list of acts, which the palette searches; nothing in it sends anything to the exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QAction, QGuiApplication, QKeySequence

from gui import text
from gui.settings import WindowSettings
from gui.text import translate

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDockWidget

    from core.model import Position
    from gui.bridge import Bridge
    from gui.comfort.presence import Presence
    from gui.main_window import MainWindow

PRIVATE_KEY = "F8"


class Act(NamedTuple):
    """Something that can be asked for by name; ``keys`` are shown beside it."""

    words: str
    run: Callable[[], object]
    keys: str = ""


class Comfort(QObject):
    """Owns the keys F1, F8 and Ctrl+K of a window."""

    def __init__(self, window: MainWindow, bridge: Bridge, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._bridge, self._settings = window, bridge, settings
        self.presence: Presence | None = None
        if settings.is_kept:
            window.painted_once.connect(lambda: QTimer.singleShot(0, self.settle))
        text.set_private(settings.flag("private", False))
        for keys, act in (
            ("F1", self.show_keys),
            (PRIVATE_KEY, self.toggle_private),
            ("Ctrl+K", self.open_palette),
        ):
            action = QAction(window)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _on, act=act: act())
            window.addAction(action)

        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self.follow_system)

    def settle(self) -> None:
        """Make what is not needed for the first paint: tray, notifications, sounds, idle lock."""
        from gui.comfort.presence import Presence  # not before the first paint

        if self.presence is None:
            self.presence = Presence(self._window, self._bridge, self._settings)

    def follow_system(self) -> None:
        """The system has become dark or light; it counts when the settings say so."""
        if self._settings.word("theme", "dark") == "system":
            self._window.menu.dress()

    # Hidden money

    def toggle_private(self) -> None:
        """Hide money and sizes, or show them again; percentages and prices stay."""
        self.set_private(not text.is_private())

    def set_private(self, is_on: bool) -> None:
        """Write every figure that is on the screen anew; open dialogs follow with the next frame."""
        from gui.views.table_view import TableView

        text.set_private(is_on)
        self._settings.keep("private", is_on)
        window = self._window
        for view in window.findChildren(TableView):
            view.table.forget_cells()
        window.inspector.forget()
        if window.facts.snapshot is not None:
            window.show_snapshot(window.facts.snapshot)
        window.session.refresh()

    # Windows

    def show_keys(self) -> None:
        """The sheet of keys."""
        from gui.dialogs.cheat_sheet import CheatSheet  # when it is asked for

        CheatSheet(self._window).open()

    def show_about(self) -> None:
        """Versions and licences."""
        from gui.dialogs.about import AboutDialog  # when it is asked for

        AboutDialog(self._window).open()

    def show_settings(self) -> None:
        """Guards, the bot's file, what has to be held."""
        from gui.dialogs.settings import SettingsDialog  # when it is asked for

        SettingsDialog(self._bridge, self._settings, self._window).open()

    def open_palette(self) -> None:
        """Find an act by a few letters."""
        from gui.dialogs.palette import Palette  # when it is asked for

        Palette(self.acts(), self._window).open()

    # What the palette knows

    def acts(self) -> tuple[Act, ...]:
        """Everything that can be asked for now."""
        window, t = self._window, translate
        tabs = window.tabs
        general = (
            Act(t("Palette", "Reconcile now"), window.reconcile, "F5"),
            Act(t("Palette", "Filter the table"), tabs.start_filter, "Ctrl+F"),
            Act(self._private_words(), self.toggle_private, PRIVATE_KEY),
            Act(t("Palette", "Show or hide the Inspector"), lambda: _toggle(window.inspector_dock)),
            Act(t("Palette", "Show or hide the Session panel"), lambda: _toggle(window.session_dock)),
            Act(t("Palette", "Reset layout"), window.reset_layout),
            Act(t("Palette", "All keys"), self.show_keys, "F1"),
            Act(t("Palette", "Settings…"), self.show_settings),
            Act(t("Palette", "About Quarterdeck"), self.show_about),
            Act(t("Palette", "Quit"), window.close, "Ctrl+Q"),
        )
        shown = t("Palette", "Go to {tab}")
        goes = tuple(
            Act(shown.format(tab=tabs.strip.tabText(number)), partial(tabs.show_tab, name))
            for number, name in enumerate(tabs.names)
        )
        return (*self._position_acts(), *goes, *general)

    def _private_words(self) -> str:
        if text.is_private():
            return translate("Palette", "Show money and sizes")
        return translate("Palette", "Hide money and sizes")

    def _position_acts(self) -> tuple[Act, ...]:
        """Show, close and protect each open position; the last two open their dialogs."""
        snapshot = self._window.facts.snapshot
        return tuple(act for row in (snapshot.positions if snapshot else ()) for act in self._acts_of(row))

    def _acts_of(self, row: Position) -> tuple[Act, ...]:
        window, key, t = self._window, row.key, translate
        side = text.side_name(row.side)
        named = f"{row.symbol} {side}"

        def show() -> None:
            window.tabs.show_tab("positions")
            window.tabs.positions.view.select_key(key)

        return (
            Act(t("Palette", "Show {position}").format(position=named), show),
            Act(t("Palette", "Close {position}…").format(position=named), lambda: window.open_close_dialog(key)),
            Act(t("Palette", "TP/SL of {position}…").format(position=named), lambda: window.open_stops_dialog(key)),
        )


def _toggle(dock: QDockWidget) -> None:
    dock.setVisible(not dock.isVisible())
