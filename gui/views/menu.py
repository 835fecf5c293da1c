"""The desk's menu: panels, density, clothes, layout, reconcile, quit. What it changes is kept in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QActionGroup, QGuiApplication
from PyQt6.QtWidgets import QApplication, QMenu

from gui import theme
from gui.settings import WindowSettings
from gui.text import translate
from gui.views.comfort import PRIVATE_KEY

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class DeskMenu(QMenu):
    """Opens from the top bar."""

    def __init__(self, window: MainWindow, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.addAction(window.inspector_dock.toggleViewAction())
        self.addAction(window.session_dock.toggleViewAction())
        self.addSeparator()
        self._add_switch("compact", translate("Menu", "Compact rows"), False, window.tabs.set_compact)
        self._add_switch("flash", translate("Menu", "Flash changed cells"), True, window.tabs.set_flashing)
        self._add_themes()
        self._add_switch("swapped", translate("Menu", "Red for gains, green for losses"), False, self.dress)
        self._add_switch("colour_blind", translate("Menu", "Colour-blind pair"), False, self.dress)
        self.addSeparator()
        self._add(translate("Menu", "Reset layout"), window.reset_layout)
        self._add(translate("Menu", "Reconcile now"), window.reconcile, "F5")
        self._add(translate("Menu", "Hide or show money and sizes"), window.comfort.toggle_private, PRIVATE_KEY)
        self.addSeparator()
        self._add(translate("Menu", "Accounts…"), window.accounts_asked.emit)
        self._add(translate("Menu", "Settings…"), window.comfort.show_settings)
        self._add(translate("Menu", "Commands…"), window.comfort.open_palette, "Ctrl+K")
        self._add(translate("Menu", "Keys"), window.comfort.show_keys, "F1")
        self._add(translate("Menu", "About Quarterdeck"), window.comfort.show_about)
        self.addSeparator()
        self._add(translate("Menu", "Quit"), window.close, "Ctrl+Q")

    def _add(self, words: str, act: Callable[[], object], shortcut: str = "") -> None:
        # The window owns the shortcuts; here they are only shown.
        action = QAction(f"{words}\t{shortcut}" if shortcut else words, self)
        action.triggered.connect(lambda: act())
        self.addAction(action)

    def _add_switch(self, name: str, words: str, default: bool, act: Callable[[bool], object]) -> None:
        action = QAction(words, self)
        action.setCheckable(True)
        action.setChecked(self._settings.flag(name, default))
        action.toggled.connect(lambda on: self._settings.keep(name, on))
        action.toggled.connect(act)
        self.addAction(action)

    def _add_themes(self) -> None:
        menu = QMenu(translate("Menu", "Theme"), self)
        group = QActionGroup(self)
        chosen = self._settings.word("theme", "dark")
        for name, words in (
            ("dark", translate("Menu", "Dark")),
            ("light", translate("Menu", "Light")),
            ("system", translate("Menu", "As the system")),
        ):
            action = QAction(words, self)
            action.setCheckable(True)
            action.setChecked(name == chosen)
            action.triggered.connect(lambda _on, name=name: self._choose_theme(name))
            group.addAction(action)
            menu.addAction(action)
        self.addMenu(menu)

    def _choose_theme(self, name: str) -> None:
        self._settings.keep("theme", name)
        self.dress()

    def dress(self, _on: bool = True) -> None:
        """Wear what the settings say, everywhere at once."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            theme.apply(app, chosen_tokens(self._settings))
            self._window.update()


def chosen_tokens(settings: WindowSettings) -> theme.Tokens:
    """The tokens that the settings ask for; the system's own scheme counts when they say so."""
    name = settings.word("theme", "dark")
    if name == "system":
        hints = QGuiApplication.styleHints()
        is_dark = hints is None or hints.colorScheme() != Qt.ColorScheme.Light
    else:
        is_dark = name != "light"
    return theme.tokens(
        dark=is_dark, swapped=settings.flag("swapped", False), colour_blind=settings.flag("colour_blind", False)
    )
