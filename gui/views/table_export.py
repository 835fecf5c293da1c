"""A table's rows as a CSV file: asked for in the system's own dialog, formatted in parts, written beside the loop."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog

from core.files import replace_file
from gui.bridge import Bridge
from gui.models.tsv import as_csv
from gui.text import translate
from gui.views.table_view import TableView

_PART = 50


def ask_where_to_export(view: TableView, title: str, bridge: Bridge) -> QFileDialog:
    """Open the system's question for a file; the answer starts the export."""
    dialog = QFileDialog(view, translate("Table", "Export as CSV"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["CSV (*.csv)"])
    dialog.setDefaultSuffix("csv")
    dialog.selectFile(f"{title}.csv")
    dialog.fileSelected.connect(lambda name: bridge.start(export(view, Path(name))))
    dialog.open()
    return dialog


async def export(view: TableView, file: Path) -> int:
    """Write what the table shows now, in its order and with its columns. Returns how many rows.

    Raises:
        StoreError: ``not_written``; what was there before stays.
    """
    import asyncio  # not before the first paint

    # The rows may change places, come and go meanwhile: each is written once, as it is then.
    columns, keys = view.shown_columns(), [view.table.key(row) for row in range(view.table.rowCount())]
    parts = [as_csv(view.table, (), columns)]
    count = 0
    for start in range(0, len(keys), _PART):
        rows = [row for key in keys[start : start + _PART] if (row := view.table.row_of(key)) is not None]
        count += len(rows)
        parts.append(as_csv(view.table, rows, columns, with_titles=False))
        await asyncio.sleep(0)
    # the mark makes spreadsheets read the file as UTF-8
    await asyncio.to_thread(replace_file, file, "".join(parts).encode("utf-8-sig"))
    return count
