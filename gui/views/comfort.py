"""What makes the desk pleasant and takes no part in trading: hidden money, the sheet of keys, the palette, About.

Everything it can do is one list of acts, which the palette searches; nothing in it sends anything to the exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication, QVBoxLayout

from core.files import from_home
from core.settings import paces_of
from gui import language, text
from gui.clothes import dress, needs_restart
from gui.settings import WindowSettings
from gui.shortcuts import Shortcuts
from gui.text import translate
from gui.widgets.tile import Tile

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QDockWidget

    from core.accounts import Prover
    from core.model import Position
    from gui.bridge import Bridge
    from gui.comfort.presence import Presence
    from gui.main_window import MainWindow


class Act(NamedTuple):
    """Something that can be asked for by name; ``keys`` are shown beside it."""

    words: str
    run: Callable[[], object]
    keys: str = ""


class Comfort(QObject):
    """Owns the keys of a window, and lets settings count. ``prover``: who unlocks a desk that was left (S48)."""

    def __init__(self, window: MainWindow, bridge: Bridge, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._bridge, self._settings = window, bridge, settings
        self.presence: Presence | None = None
        self.prover: Prover | None = None
        if settings.is_kept:
            window.painted_once.connect(lambda: QTimer.singleShot(0, self.settle))
        text.set_private(settings.flag("private", False))
        self.shortcuts = Shortcuts(window, settings)
        self.shortcuts.add("keys", self.show_keys)
        self.shortcuts.add("private", self.toggle_private)
        self.shortcuts.add("palette", self.open_palette)
        self.shortcuts.add("settings", self.show_settings)
        self.shortcuts.add("lock", self.lock)
        self._apply_to_dialogs()
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self.follow_system)

    def settle(self) -> None:
        """Make what is not needed for the first paint: tray, notifications, sounds, idle lock."""
        from gui.comfort.presence import Presence  # not before the first paint

        if self.presence is None:
            self.presence = Presence(self._window, self._bridge, self._settings)
        if QGuiApplication.platformName() != "offscreen":  # pictures are taken there
            self.greet()

    def greet(self) -> None:
        """Say to somebody new where help is; once, until it is dismissed."""
        if self._settings.flag("hint_seen", False):
            return
        from gui.comfort.hint import Hint  # for the first time only

        layout = self._window.tabs.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(0, Hint(self._window.environment, self.shortcuts, self._hint_seen))

    def _hint_seen(self) -> None:
        self._settings.keep("hint_seen", True)
        self._settings.flush()

    def follow_system(self) -> None:
        """The system has become dark or light; it counts when the settings say so."""
        if self._settings.word("theme", "dark") == "system":
            self.dress()

    # Settings

    def apply(self) -> None:
        """Let every setting count from now on, except the scale, which Qt reads once."""
        settings, window = self._settings, self._window
        self.dress()
        window.tabs.set_compact(settings.flag("compact", False))
        window.tabs.set_flashing(settings.flag("flash", True))
        self.shortcuts.apply()
        window.forget_menu()
        self._apply_to_dialogs()
        self._apply_to_manager()
        if self.presence is not None:
            self.presence.apply()
        if text.is_private() != settings.flag("private", False):
            self.set_private(settings.flag("private", False))
        self._offer_restart()
        self._speak()

    def _offer_restart(self) -> None:
        """The scale is the one setting that waits: Qt reads it before anything is drawn."""
        if not needs_restart(self._settings):
            return
        said = translate("Comfort", "The new scale counts from the next start. Layout and place are kept.")
        if self._window.environment == "paper":
            said += "\n" + translate("Comfort", "The paper exchange begins anew with it.")
        self._window.tabs.notice.offer(said, translate("Comfort", "Restart now"), self._window.restart)

    def _speak(self) -> None:
        """The language of the settings; last, because it may bring another window."""
        app = QApplication.instance()
        choice = self._settings.word("language", language.SYSTEM)
        if isinstance(app, QApplication) and language.speak(app, choice):
            self._window.language_changed.emit()

    def dress(self) -> None:
        """Wear what the settings say."""
        app = QApplication.instance()
        if isinstance(app, QApplication) and dress(app, self._settings):
            self._write_anew()
        self._window.update()

    def _apply_to_dialogs(self) -> None:
        self._bridge.hold_above = self._settings.amount("hold_above", "0")
        self._bridge.default_trigger = self._settings.word("default_trigger", "MarkPrice")

    def _apply_to_manager(self) -> None:
        manager, get = self._bridge.manager, self._settings.get
        if manager is None:
            return
        from core.guard_config import guards_of  # not before the first paint

        manager.guard_settings = guards_of(get)
        manager.set_pace(**paces_of(get))
        file = self._settings.word("bot_file", "")
        manager.bot_files.watch(from_home(file) if file else None)

    # Hidden money

    def toggle_private(self) -> None:
        """Hide money and sizes, or show them again; percentages and prices stay."""
        if text.is_private():
            self.unlocked(lambda: self.set_private(False))
        else:
            self.set_private(True)

    def set_private(self, is_on: bool) -> None:
        """Write every figure that is on the screen anew; open dialogs follow with the next frame."""
        text.set_private(is_on)
        self._settings.keep("private", is_on)
        for tile in self._window.findChildren(Tile):
            tile.give_back()
        self._write_anew()

    def _write_anew(self) -> None:
        from gui.views.table_view import TableView

        window = self._window
        for view in window.findChildren(TableView):
            view.table.forget_cells()
        window.inspector.forget()
        if window.facts.snapshot is not None:
            window.show_snapshot(window.facts.snapshot)
        window.tabs.write_anew()
        window.session.refresh()
        window.tick()  # tooltips and the last event are written once a second

    def unlocked(self, act: Callable[[], object]) -> None:
        """Do something that a desk which was left alone does only for its owner."""
        if self.presence is None:
            act()
        else:
            self.presence.desk_lock.before(act)

    def lock(self) -> None:
        """Lock trading at once; it is armed with the button in the top bar only."""
        if self._bridge.manager is not None:
            self._bridge.manager.set_armed(False)

    # Windows

    def show_keys(self) -> None:
        """The sheet of keys."""
        from gui.dialogs.cheat_sheet import CheatSheet  # when it is asked for

        CheatSheet(self.shortcuts, self._window).open()

    def show_about(self) -> None:
        """Versions and licences."""
        from gui.dialogs.about import AboutDialog  # when it is asked for

        AboutDialog(self._window).open()

    def show_settings(self) -> None:
        """Everything that can be set."""
        self.unlocked(self._show_settings)

    def _show_settings(self) -> None:
        from gui.dialogs.settings import SettingsDialog  # when it is asked for

        dialog: SettingsDialog | None = self._window.findChild(SettingsDialog)
        if dialog is None:
            dialog = SettingsDialog(self._settings, self.apply, self._try_out, self._window)
        dialog.open()
        dialog.raise_()

    def _try_out(self) -> str:
        return self.presence.try_out() if self.presence is not None else ""

    def open_palette(self) -> None:
        """Find an act by a few letters."""
        from gui.dialogs.palette import Palette  # when it is asked for

        Palette(self.acts(), self._window).open()

    # What the palette knows

    def acts(self) -> tuple[Act, ...]:
        """Everything that can be asked for now."""
        window, t, keys = self._window, translate, self.shortcuts.shown
        tabs = window.tabs
        general = (
            Act(t("Palette", "Reconcile now"), window.reconcile, keys("reconcile")),
            Act(t("Palette", "Filter the table"), tabs.start_filter, keys("filter")),
            Act(t("Palette", "Lock trading"), self.lock, keys("lock")),
            Act(self._private_words(), self.toggle_private, keys("private")),
            Act(t("Palette", "Show or hide the Inspector"), lambda: _toggle(window.inspector_dock)),
            Act(t("Palette", "Show or hide the Session panel"), lambda: _toggle(window.session_dock)),
            Act(t("Palette", "Reset layout"), window.reset_layout),
            Act(t("Palette", "All keys"), self.show_keys, keys("keys")),
            Act(t("Palette", "Accounts…"), window.accounts_asked.emit),
            Act(t("Palette", "Settings…"), self.show_settings, keys("settings")),
            Act(t("Palette", "About Quarterdeck"), self.show_about),
            Act(t("Palette", "Quit"), window.close, keys("quit")),
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
        named = text.literal(f"{row.symbol} {side}", 80)

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
