"""About: what this is, its versions, and whose work it stands on with their licences."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, metadata

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from gui.text import translate
from gui.widgets.labels import Label, heading

_PARTS = (
    ("qasync", "BSD-2-Clause"),
    ("ccxt", "MIT"),
    ("msgspec", "BSD-3-Clause"),
    ("SQLAlchemy", "MIT"),
    ("numpy", "BSD-3-Clause"),
    ("keyring", "MIT"),
)


class AboutDialog(QDialog):
    """Open it with ``open()``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(translate("About", "About Quarterdeck"))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(heading("Quarterdeck"))
        said = translate("About", "A position desk for Bybit. Free software under the GNU GPL, version 3 or later.")
        column.addWidget(Label(said, wrap=True))
        self.parts = QPlainTextEdit(parts())
        self.parts.setReadOnly(True)
        self.parts.setAccessibleName(translate("About", "Versions and licences"))
        self.parts.setMinimumSize(420, 180)
        column.addWidget(self.parts)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)


def parts() -> str:
    """One line per part: name, version, licence."""
    rows = [
        f"Python {platform.python_version()} · PSF-2.0",
        f"Qt {QT_VERSION_STR} · LGPL-3.0",
        f"PyQt {PYQT_VERSION_STR} · GPL-3.0",
        "Inter · OFL-1.1",
    ]
    for name, licence in _PARTS:
        try:
            rows.append(f"{name} {metadata(name)['Version']} · {licence}")
        except PackageNotFoundError:
            continue
    return "\n".join(rows)
