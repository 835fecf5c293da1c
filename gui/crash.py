"""The crash dialog: a bug of ours, shown with all that is needed to report it. It never ends the desk by itself."""

from __future__ import annotations

from PyQt6.QtCore import QT_VERSION_STR
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui import text, theme
from gui.text import translate
from gui.widgets.labels import Label, heading


class CrashDialog(QDialog):
    """Says what the desk was not prepared for. Positions and orders are untouched by it."""

    def __init__(self, trouble: BaseException, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(translate("Crash", "Quarterdeck: an error"))
        self.resize(760, 460)
        import platform  # nobody needs these on a good day
        import traceback

        from core.logs import redactor  # as above

        lines = [f"Python {platform.python_version()}, Qt {QT_VERSION_STR}, {platform.platform()}"]
        lines += "".join(traceback.format_exception(trouble)).splitlines()
        self.report = QPlainTextEdit("\n".join(text.literal(redactor.clean(line)) for line in lines))
        self.report.setReadOnly(True)
        self.report.setAccessibleName(translate("Crash", "Report"))
        copy = QPushButton(translate("Crash", "Copy report"))
        copy.clicked.connect(self._copy)
        go_on = QPushButton(translate("Crash", "Continue"))
        go_on.clicked.connect(self.accept)
        go_on.setDefault(True)
        explained = translate(
            "Crash",
            "The desk met something that it was not written for. Nothing was sent because of it. What is on the "
            "screen may be incomplete: check with Bybit before you act. The report is in the log as well.",
        )
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PAD, theme.PAD, theme.PAD, theme.PAD)
        column.addWidget(heading(translate("Crash", "This is a bug in Quarterdeck")))
        column.addWidget(Label(explained, wrap=True))
        column.addWidget(self.report, 1)
        column.addLayout(buttons)

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.report.toPlainText())


class CrashReporter:
    """Logs every bug and shows the first; while its dialog is open, further ones only go to the log."""

    def __init__(self, parent: QWidget) -> None:
        self._parent = parent
        self._is_open = False

    def report(self, trouble: BaseException) -> None:
        """Log a bug, and show it unless another one is on the screen."""
        import logging  # nobody needs it on a good day

        logging.getLogger(__name__).error("a bug reached the edge", exc_info=trouble)
        if self._is_open:
            return
        self._is_open = True
        dialog = CrashDialog(trouble, self._parent)
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self._is_open = False
