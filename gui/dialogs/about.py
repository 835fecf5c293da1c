"""About: what this is, its versions, and whose work it stands on with their licences."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, metadata
from typing import Final

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, Qt
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from gui import text
from gui.text import translate
from gui.theme import RESOURCES
from gui.widgets.labels import Label, heading
from gui.widgets.segmented import Segmented

# What the desk asks for itself; what these bring along is in the SBOM (make sbom).
_PARTS: Final = (
    "aiohttp",
    "ccxt",
    "cryptography",
    "keyring",
    "msgspec",
    "numpy",
    "platformdirs",
    "pyqtgraph",
    "qasync",
    "SQLAlchemy",
)
_PAPERS: Final = {"gpl": RESOURCES.parent / "LICENSE", "ofl": RESOURCES / "fonts" / "OFL.txt"}


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
        checked = translate(
            "About", "It never updates itself. How to check a release: docs/security.md, “Checking a release”."
        )
        column.addWidget(Label(checked, tone="muted", wrap=True))
        self.paper = Segmented(
            translate("About", "What to read"),
            [
                ("parts", translate("About", "Parts")),
                ("gpl", translate("About", "The desk's licence")),
                ("ofl", translate("About", "The font's licence")),
            ],
        )
        self.paper.chosen.connect(self._read)
        column.addWidget(self.paper)
        self.parts = QPlainTextEdit(parts())
        self.parts.setReadOnly(True)
        self.parts.setAccessibleName(translate("About", "Versions and licences"))
        self.parts.setMinimumSize(560, 280)
        column.addWidget(self.parts)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def _read(self, name: str) -> None:
        self.parts.setPlainText(paper(name) if name in _PAPERS else parts())


def paper(name: str) -> str:
    """The text of a licence; where its file is when it cannot be read."""
    try:
        return _PAPERS[name].read_text(encoding="utf-8")
    except OSError:
        return translate("About", "{path} cannot be read").format(path=_PAPERS[name])


def parts() -> str:
    """One line per part: name, version, licence as the part itself says it."""
    rows = [
        f"Python {platform.python_version()} · PSF-2.0",
        f"Qt {QT_VERSION_STR} · LGPL-3.0",
        f"PyQt {PYQT_VERSION_STR} · GPL-3.0",
        "Inter · OFL-1.1",
    ]
    for name in _PARTS:
        try:
            found = metadata(name)
        except PackageNotFoundError:
            continue
        classified = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier") or [] if "License" in line]
        licences = found.get_all("License-Expression") or classified or found.get_all("License") or []
        rows.append(text.literal(f"{name} {found['Version']} · {', '.join(licences)}"))
    return "\n".join(rows)
