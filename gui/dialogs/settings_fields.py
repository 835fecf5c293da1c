"""The fields of the settings dialog: each shows one setting, says what is wrong with it, and gives its new value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QFontDatabase, QKeySequence
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QKeySequenceEdit, QLineEdit, QPushButton, QWidget

from core.files import from_home
from gui import theme
from gui.settings import WindowSettings
from gui.shortcuts import Key, problem_of, sequence_of
from gui.text import translate
from gui.widgets.check_box import CheckBox
from gui.widgets.picker import Picker

Value = bool | int | str
_AMOUNT: Final = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,8})?", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,6}", re.ASCII)
_WIDTH: Final = 200


class Field(QObject):
    """One setting. ``name`` is its key in the file, ``words`` stand before it, ``widget`` is what is typed into.

    Signals:
        changed: somebody changed it.
    """

    changed = pyqtSignal()

    def __init__(self, name: str, words: str, widget: QWidget) -> None:
        super().__init__(widget)
        self.name, self.words, self.widget = name, words, widget
        widget.setAccessibleName(words)

    def value(self) -> Value:
        """What the file is to hold. Only asked for when there is no problem."""
        raise NotImplementedError

    def problem(self) -> str:
        """What is wrong with it, in words; "" for nothing."""
        return ""

    @property
    def has_own_words(self) -> bool:
        """The widget shows its words itself."""
        return False


class FlagField(Field):
    """On or off."""

    def __init__(
        self, settings: WindowSettings, name: str, words: str, default: bool, shown: str | None = None
    ) -> None:
        self.box = CheckBox(words if shown is None else shown)
        super().__init__(name, words, self.box)
        self.box.setChecked(settings.flag(name, default))
        self.box.toggled.connect(lambda _on: self.changed.emit())

    def value(self) -> Value:
        """Whether it is on."""
        return self.box.isChecked()

    @property
    def has_own_words(self) -> bool:
        """A check box says what it is for."""
        return True


class ChoiceField(Field):
    """One of several words; numbers are kept as numbers."""

    def __init__(
        self, settings: WindowSettings, name: str, words: str, choices: Sequence[tuple[Value, str]], default: Value
    ) -> None:
        self._values = {str(value): value for value, _ in choices}
        kept = settings.get(name)
        taken = default if kept is None else kept
        self._values.setdefault(str(taken), taken)  # out of the file by hand, or of another version: it stays
        self.picker = Picker(words, [(str(value), shown) for value, shown in choices])
        super().__init__(name, words, self.picker)
        self.picker.setFont(theme.font())
        self.picker.set_choices([*((str(value), shown) for value, shown in choices)])
        if str(taken) not in self.picker.choices:
            self.picker.set_choices([*((str(value), shown) for value, shown in choices), (str(taken), str(taken))])
        self.picker.set_choice(str(taken))
        self.picker.chosen.connect(lambda _key: self.changed.emit())

    def value(self) -> Value:
        """The choice taken."""
        return self._values[self.picker.choice]


class LineField(Field):
    """Text that has to fit."""

    def __init__(self, settings: WindowSettings, name: str, words: str, default: str) -> None:
        self.edit = QLineEdit(settings.word(name, default))
        super().__init__(name, words, self.edit)
        self.edit.setFont(theme.font())
        self.edit.setMinimumWidth(_WIDTH)
        self.edit.textChanged.connect(lambda _text: self.changed.emit())

    @property
    def typed(self) -> str:
        """What stands there."""
        return self.edit.text().strip()

    def value(self) -> Value:
        """The text."""
        return self.typed

    def show_problem(self, has_one: bool) -> None:
        """Frame the field that something is wrong with."""
        self.edit.setProperty("wrong", "true" if has_one else "false")
        style = self.edit.style()
        if style is not None:
            style.unpolish(self.edit)
            style.polish(self.edit)


class AmountField(LineField):
    """An amount, exact, as text."""

    def problem(self) -> str:
        """It is needed and has to be a plain amount."""
        if not self.typed:
            return translate("Settings", "needs an amount")
        return "" if _AMOUNT.fullmatch(self.typed) else translate("Settings", "is not an amount such as 1000 or 0.5")


class WholeField(LineField):
    """A whole number within limits, kept as a number."""

    def __init__(self, settings: WindowSettings, name: str, words: str, default: int, limits: tuple[int, int]) -> None:
        super().__init__(settings, name, words, str(default))
        self._limits = limits

    def value(self) -> Value:
        """The number."""
        return int(self.typed)

    def problem(self) -> str:
        """It has to be whole and within the limits."""
        least, most = self._limits
        if _WHOLE.fullmatch(self.typed) and least <= int(self.typed) <= most:
            return ""
        return translate("Settings", "has to be a whole number from {least} to {most}").format(least=least, most=most)


class GuardField(LineField):
    """An amount that a guard watches, behind a switch; switched off it is kept as ""."""

    def __init__(
        self, settings: WindowSettings, name: str, words: str, default: str, *, proposal: str, is_whole: bool
    ) -> None:
        super().__init__(settings, name, words, default)
        self._is_whole, self._proposal = is_whole, proposal
        self.box = CheckBox(words)
        self.box.setChecked(bool(self.typed))
        self.edit.setPlaceholderText(translate("Settings", "off"))
        self.edit.setEnabled(self.box.isChecked())
        self.box.toggled.connect(self._switch)

    def _switch(self, is_on: bool) -> None:
        self.edit.setEnabled(is_on)
        self.edit.setText(self._proposal if is_on else "")
        if is_on:
            self.edit.setFocus()
            self.edit.selectAll()

    def problem(self) -> str:
        """A guard that is on needs an amount that fits."""
        if not self.box.isChecked():
            return ""
        if not self.typed:
            return translate("Settings", "needs an amount")
        if not _AMOUNT.fullmatch(self.typed):
            return translate("Settings", "is not an amount such as 1000 or 0.5")
        if self._is_whole and "." in self.typed:
            return translate("Settings", "has to be a whole number")
        return ""


class FileField(LineField):
    """A file that exists, or none."""

    def __init__(self, settings: WindowSettings, name: str, words: str) -> None:
        super().__init__(settings, name, words, "")
        self.row = QWidget()
        row = QHBoxLayout(self.row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.edit, 1)
        self.browse = QPushButton(translate("Settings", "Browse…"))
        self.browse.clicked.connect(self._ask)
        row.addWidget(self.browse)

    def problem(self) -> str:
        """A named file has to be there."""
        return "" if not self.typed or _is_file(self.typed) else translate("Settings", "there is no such file")

    def _ask(self) -> QFileDialog:
        dialog = QFileDialog(self.edit, self.words)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["JSON (*.json)"])
        dialog.fileSelected.connect(self.edit.setText)
        dialog.open()
        return dialog


def _is_file(name: str) -> bool:
    """Whatever was typed: a name that no system takes is no file."""
    try:
        return from_home(name).is_file()
    except OSError:
        return False


class KeyField(Field):
    """Keys of the window, taken as they are pressed; the button beside it gives them up."""

    def __init__(self, settings: WindowSettings, key: Key) -> None:
        self.edit = QKeySequenceEdit(sequence_of(settings.word(f"key/{key.name}", key.keys), key.keys))
        super().__init__(f"key/{key.name}", translate("Keys", key.words), self.edit)
        self.edit.setMaximumSequenceLength(1)
        self.edit.setClearButtonEnabled(True)
        self.edit.setMinimumWidth(_WIDTH)
        inner = self.edit.findChild(QLineEdit)
        if inner is not None:
            inner.setAccessibleName(self.words)
            inner.setFont(theme.font())
        self.edit.keySequenceChanged.connect(lambda _keys: self.changed.emit())

    def value(self) -> Value:
        """The keys in their portable spelling, "" for none."""
        return self.edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def problem(self) -> str:
        """Keys that typing or another part of the desk needs are refused."""
        said: dict[str, Callable[[], str]] = {
            "unreadable": lambda: translate("Settings", "this key cannot be used"),
            "several": lambda: translate("Settings", "one key at a time"),
            "bare": lambda: translate("Settings", "needs Ctrl, Alt or a function key"),
            "taken": lambda: translate("Settings", "this key belongs to text fields and tables"),
        }
        found = problem_of(str(self.value()))
        return said[found]() if found else ""


def families() -> list[tuple[Value, str]]:
    """The desk's own font first, then every other one of the system that can be written with."""
    own = translate("Settings", "{family} (the desk's own)").format(family=theme.FAMILY)
    others = [name for name in QFontDatabase.families() if not QFontDatabase.isPrivateFamily(name)]
    return [(theme.FAMILY, own), *((name, name) for name in others if name != theme.FAMILY and name.isprintable())]
