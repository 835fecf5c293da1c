"""What a widget shows, as a PNG in memory: a file of it is written by core.files, whole or not at all."""

from __future__ import annotations

from PyQt6.QtCore import QBuffer
from PyQt6.QtWidgets import QWidget


def as_png(widget: QWidget) -> bytes:
    """The picture; empty when there is nothing to paint."""
    picture = QBuffer()
    picture.open(QBuffer.OpenModeFlag.WriteOnly)
    widget.grab().save(picture, "PNG")
    return picture.data().data()
