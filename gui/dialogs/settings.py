"""Everything that can be set, in pages. Applied at once and kept; nothing is applied while a field is wrong.

What the fields are is in settings_pages, how they work in settings_fields. Letting them count is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.dialogs.settings_fields import Field, FileField, GuardField, KeyField, LineField
from gui.dialogs.settings_pages import Page, pages
from gui.settings import WindowSettings
from gui.shortcuts import doubled
from gui.text import translate
from gui.widgets.labels import Label, heading

_PAGE_WIDTH, _PAGE_HEIGHT = 540, 430
_ENTRY_HEIGHT = 30
_SCROLL_BAR = 18


class SettingsDialog(QDialog):
    """Open it with ``open()``; it deletes itself when it is closed.

    Args:
        apply: lets the settings count; called after they are kept.
        try_out: shows a notification and plays its sound now; returns in words why that cannot be, "" when it can.
    """

    def __init__(
        self,
        settings: WindowSettings,
        apply: Callable[[], None],
        try_out: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("Settings", "Settings"))
        self._settings, self._let_count, self._try_out = settings, apply, try_out
        self._pages = pages(settings)
        self.fields: dict[str, Field] = {field.name: field for page in self._pages for field in _fields_of(page)}
        self._begun_with = {name: field.value() for name, field in self.fields.items()}
        self.list = QListWidget()
        self.stack = QStackedWidget()
        self.message = Label("", tone="down", wrap=True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.apply_button = QPushButton(translate("Settings", "Apply"))
        self.apply_button.setProperty("kind", "primary")
        self.buttons.addButton(self.apply_button, QDialogButtonBox.ButtonRole.ApplyRole)
        self.buttons.rejected.connect(self.reject)
        self.apply_button.clicked.connect(self._apply)
        self._lay_out()
        for field in self.fields.values():
            field.changed.connect(self._check)
        self._check()

    def _lay_out(self) -> None:
        self.list.setAccessibleName(translate("Settings", "Pages"))
        self.list.setFont(theme.font())
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        for page in self._pages:
            entry = QListWidgetItem(page.title)
            entry.setSizeHint(QSize(0, _ENTRY_HEIGHT))
            self.list.addItem(entry)
            self.stack.addWidget(_shown(page, self._trial(page)))
        width = max(theme.metrics().horizontalAdvance(page.title) for page in self._pages)
        self.list.setFixedWidth(width + 48)
        self.list.currentRowChanged.connect(self.stack.setCurrentIndex)
        self.list.setCurrentRow(0)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.list)
        row.addWidget(self.stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.message, 1)
        foot.addWidget(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(12)
        column.addWidget(heading(translate("Settings", "Settings")))
        column.addLayout(row, 1)
        column.addLayout(foot)

    def _trial(self, page: Page) -> QPushButton | None:
        if not page.trial:
            return None
        button = QPushButton(page.trial)
        button.clicked.connect(self._try)
        return button

    def _try(self) -> None:
        said = self._try_out()
        if said:
            self.message.set_text(said)

    def show_page(self, name: str) -> None:
        """Bring the page with this setting to the front."""
        number = next(n for n, page in enumerate(self._pages) if any(f.name == name for f in _fields_of(page)))
        self.list.setCurrentRow(number)

    def _check(self) -> None:
        """Say what is wrong with the first wrong field; only a form without one can be applied."""
        problems = {field: field.problem() for field in self.fields.values()}
        for field, problem in problems.items():
            if isinstance(field, LineField):
                field.show_problem(bool(problem))
        said = next((f"{field.words}: {problem}" for field, problem in problems.items() if problem), "")
        self.message.set_text(said or self._key_problem())
        self.apply_button.setEnabled(not self.message.text())

    def _key_problem(self) -> str:
        keys = [field for field in self.fields.values() if isinstance(field, KeyField)]
        twice = doubled((field.name, str(field.value())) for field in keys)
        if twice is None:
            return ""
        said = translate("Settings", "The same key twice: {one}; {other}")
        return said.format(one=self.fields[twice[0]].words, other=self.fields[twice[1]].words)

    def _apply(self) -> None:
        """Keep what was changed, then let it count from now on. What nobody set stays as the desk proposes it."""
        for name, field in self.fields.items():
            if field.value() != self._begun_with[name]:
                self._settings.keep(name, field.value())
        self._settings.flush()
        self._let_count()
        self.accept()


def _fields_of(page: Page) -> tuple[Field, ...]:
    return (*page.fields, *(field for _, *pair in page.pairs for field in pair))


def _shown(page: Page, trial: QPushButton | None) -> QScrollArea:
    """A page's fields below each other, scrolled where there is no room."""
    inner = QWidget()
    whole = QVBoxLayout(inner)
    whole.setContentsMargins(0, 0, 8, 0)
    note = Label(page.note, tone="muted", size=theme.SMALL, wrap=True)
    note.setMinimumWidth(_PAGE_WIDTH)
    whole.addWidget(note)
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    whole.addLayout(grid)
    whole.addStretch(1)
    for field in page.fields:
        _add(grid, field)
    for words, *pair in page.pairs:
        row = grid.rowCount()
        grid.addWidget(Label(words, wrap=True), row, 0)
        for place, field in enumerate(pair, 1):
            grid.addWidget(field.widget, row, place)
    if trial is not None:
        grid.addWidget(trial, grid.rowCount(), 1, 1, 2)
    scroll = QScrollArea()
    scroll.setProperty("look", "form")
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setMinimumSize(max(_PAGE_WIDTH, inner.minimumSizeHint().width()) + _SCROLL_BAR, _PAGE_HEIGHT)
    scroll.setWidgetResizable(True)
    scroll.setWidget(inner)
    return scroll


def _add(grid: QGridLayout, field: Field) -> None:
    row = grid.rowCount()
    if field.has_own_words:
        grid.addWidget(field.widget, row, 0, 1, 3)
        return
    grid.addWidget(field.box if isinstance(field, GuardField) else Label(field.words, wrap=True), row, 0)
    grid.addWidget(field.row if isinstance(field, FileField) else field.widget, row, 1, 1, 2)
