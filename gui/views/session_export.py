"""Where to save a period: the system's question for a file, and the file as CSV or PNG by the name's end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog, QWidget

from core.files import replace_file
from gui import text
from gui.bridge import Bridge
from gui.models import session_export
from gui.picture import as_png
from gui.text import translate

if TYPE_CHECKING:
    from core.analytics.period_report import PeriodReport


class ExportDialog(QFileDialog):
    """Asks for a file; the answer starts the writing. Without a report there is only the picture."""

    def __init__(self, panel: QWidget, report: PeriodReport | None, bridge: Bridge) -> None:
        super().__init__(panel, text.export_title(translate("Session", "Export")))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        kinds = {translate("Session", "Picture (*.png)"): "png"}
        if report is not None:
            kinds = {translate("Session", "Table (*.csv)"): "csv", **kinds}
        suffix = next(iter(kinds.values()))
        self.setNameFilters(list(kinds))
        self.setDefaultSuffix(suffix)
        self.filterSelected.connect(lambda chosen: self.setDefaultSuffix(kinds.get(chosen, suffix)))
        self.selectFile(f"quarterdeck-{report.period if report else 'session'}.{suffix}")
        self.fileSelected.connect(lambda name: bridge.start(write(Path(name), panel, report)))


async def write(file: Path, panel: QWidget, report: PeriodReport | None) -> None:
    """Write the panel as PNG, or the report as CSV, by the name's end.

    Raises:
        StoreError: ``not_written``; what was there before stays.
    """
    import asyncio  # not before the first paint

    is_picture = report is None or file.suffix.lower() == ".png"
    content = as_png(panel) if is_picture or report is None else session_export.as_csv(report).encode()
    await asyncio.to_thread(replace_file, file, content)
