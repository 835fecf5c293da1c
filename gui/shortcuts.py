"""The keys of the window, by name; the settings may change each. None of them sends anything to the exchange.

Keys of a table, a chart or a dialog belong to these and are not here: they act on what has the focus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QObject, Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QWidget

if TYPE_CHECKING:
    from gui.settings import WindowSettings


class Key(NamedTuple):
    """Something that a key does. ``words`` are for people, ``keys`` the ones it has at first."""

    name: str
    words: str
    keys: str


KEYS: Final = (
    Key("palette", QT_TRANSLATE_NOOP("Keys", "find a command or a position by a few letters"), "Ctrl+K"),
    Key("reconcile", QT_TRANSLATE_NOOP("Keys", "compare everything with Bybit now"), "F5"),
    Key("private", QT_TRANSLATE_NOOP("Keys", "hide money and sizes, or show them again"), "F8"),
    Key("lock", QT_TRANSLATE_NOOP("Keys", "lock trading at once"), "Ctrl+L"),
    Key("undo", QT_TRANSLATE_NOOP("Keys", "the stops from before the last edit, in their dialog"), "Ctrl+Z"),
    Key("previous_tab", QT_TRANSLATE_NOOP("Keys", "the table before"), "Ctrl+PgUp"),
    Key("next_tab", QT_TRANSLATE_NOOP("Keys", "the next table"), "Ctrl+PgDown"),
    Key("filter", QT_TRANSLATE_NOOP("Keys", "filter the table; Esc ends it"), "Ctrl+F"),
    Key("keys", QT_TRANSLATE_NOOP("Keys", "this sheet"), "F1"),
    Key("settings", QT_TRANSLATE_NOOP("Keys", "the settings"), "Ctrl+,"),
    Key("quit", QT_TRANSLATE_NOOP("Keys", "quit; positions and their stops stay at Bybit"), "Ctrl+Q"),
)
BY_NAME: Final = {key.name: key for key in KEYS}
# What must work at once, also where a dialog keeps the other keys from the window.
AT_ONCE: Final = frozenset({"lock"})

# What text fields and tables do with these everybody knows.
_TAKEN: Final = frozenset({"Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+Y", "Alt+F4"})
_MODIFIERS: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_FUNCTION_KEYS: Final = range(Qt.Key.Key_F1, Qt.Key.Key_F35 + 1)


class Shortcuts(QObject):
    """The keys of one window."""

    def __init__(self, window: QWidget, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self._actions: dict[str, QAction] = {}

    def add(self, name: str, act: Callable[[], object]) -> None:
        """Let the key with this name do something."""
        action = self._actions[name] = QAction(self._window)
        action.setObjectName(name)
        action.triggered.connect(lambda: act())
        self._window.addAction(action)
        action.setShortcut(self._wanted(name))

    def apply(self) -> None:
        """Let the settings count from now on."""
        for name, action in self._actions.items():
            action.setShortcut(self._wanted(name))

    def shown(self, name: str) -> str:
        """The keys as people write them here; "" when there are none."""
        return native(self._wanted(name))

    def _wanted(self, name: str) -> QKeySequence:
        return sequence_of(self._settings.word(f"key/{name}", BY_NAME[name].keys), BY_NAME[name].keys)


def native(keys: QKeySequence | str) -> str:
    """Keys by the names that stand on the keyboards of this language and system."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def sequence_of(text: str, default: str = "") -> QKeySequence:
    """Keys out of the settings; "" for none, what cannot be used is the default."""
    found = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    return found if not text or not problem_of(text) else QKeySequence(default)


def problem_of(text: str) -> str:
    """What is wrong with keys: unreadable, several, bare (typing would press it), taken; "" for nothing."""
    found = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    if not text:
        return ""
    if found.isEmpty() or found[0].key() == Qt.Key.Key_unknown:
        return "unreadable"
    if found.count() > 1:
        return "several"
    if not found[0].keyboardModifiers() & _MODIFIERS and found[0].key() not in _FUNCTION_KEYS:
        return "bare"
    return "taken" if found.toString() in _TAKEN else ""


def doubled(chosen: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Two names of which both have the same keys, if there are any."""
    seen: dict[str, str] = {}
    for name, text in chosen:
        keys = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText).toString()
        if keys and keys in seen:
            return seen[keys], name
        seen[keys] = name
    return None


def lend(window: QWidget, dialog: QWidget) -> None:
    """Let the keys of a window that must work at once work in a dialog of it as well."""
    dialog.addActions([action for action in window.actions() if action.objectName() in AT_ONCE])
