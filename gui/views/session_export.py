"""Where to save a period: a file dialog that writes CSV or PNG by the name's end. It never blocks the loop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QWidget

from core.errors import StoreError
from core.files import replace_file
from gui import text
from gui.models import session_export
from gui.picture import as_png
from gui.text import translate

if TYPE_CHECKING:
    from core.analytics.period_report import PeriodReport


class ExportDialog(QFileDialog):
    """Asks for a file and writes it. Open it with ``open()``.

    Signals:
        failed(StoreError): it could not be written.
    """

    failed = pyqtSignal(object)

    def __init__(self, panel: QWidget, report: PeriodReport | None) -> None:
        super().__init__(panel, text.export_title(translate("Session", "Export")))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._panel, self._report = panel, report
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        kinds = [translate("Session", "Picture (*.png)")]
        if report is not None:
            kinds.insert(0, translate("Session", "Table (*.csv)"))
        self.setNameFilters(kinds)
        self.setDefaultSuffix("png" if report is None else "csv")
        self.selectFile(f"quarterdeck-{report.period if report else 'session'}")
        self.fileSelected.connect(self._write)

    def _write(self, name: str) -> None:
        try:
            write(Path(name), self._panel, self._report)
        except StoreError as trouble:
            self.failed.emit(trouble)


def write(file: Path, panel: QWidget, report: PeriodReport | None) -> None:
    """Write the panel as PNG, or the report as CSV, by the name's end.

    Raises:
        StoreError: ``not_written``; what was there before stays.
    """
    is_picture = file.suffix.lower() == ".png" or report is None
    replace_file(file, as_png(panel) if is_picture or report is None else session_export.as_csv(report).encode())
