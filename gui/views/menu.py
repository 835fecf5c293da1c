"""The desk's menu: panels, density, clothes, layout, reconcile, quit. What it changes is kept in the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QActionGroup
from PyQt6.QtWidgets import QApplication, QMenu

from gui.clothes import dress
from gui.settings import WindowSettings
from gui.text import translate

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class DeskMenu(QMenu):
    """Opens from the top bar."""

    def __init__(self, window: MainWindow, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        keys = window.comfort.shortcuts
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
        self._add(translate("Menu", "Reconcile now"), window.reconcile, keys.shown("reconcile"))
        hide = translate("Menu", "Hide or show money and sizes")
        self._add(hide, window.comfort.toggle_private, keys.shown("private"))
        self.addSeparator()
        self._add(translate("Menu", "Accounts…"), window.accounts_asked.emit)
        self._add(translate("Menu", "Settings…"), window.comfort.show_settings, keys.shown("settings"))
        self._add(translate("Menu", "Commands…"), window.comfort.open_palette, keys.shown("palette"))
        self._add(translate("Menu", "Keys"), window.comfort.show_keys, keys.shown("keys"))
        self._add(translate("Menu", "About Quarterdeck"), window.comfort.show_about)
        self.addSeparator()
        self._add(translate("Menu", "Quit"), window.close, keys.shown("quit"))

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
            dress(app, self._settings)
            self._window.update()
