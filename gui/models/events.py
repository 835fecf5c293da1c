"""The columns of the Events table: the audit trail, newest first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gui import event_words, text
from gui.models.cell import Cell, Chip, Column, Facts
from gui.text import translate

# Amounts may come as text, and text of Bybit's may hold some; prices, percentages and the desk's own words stay.
_IDS: Final = ("_id", "request")  # the digest of a request gives its quantity away to whoever tries them all
_SEEN: Final = ("_pct", "price", "mark", "index", "old", "new", "_s", "_ms", "evidence")

if TYPE_CHECKING:
    from core.model import AuditEvent


def time_cell(line: AuditEvent, facts: Facts) -> Cell:
    """Local date and time."""
    return Cell(text=text.date_time(line.ts_ms), tone="muted")


def severity_cell(line: AuditEvent, facts: Facts) -> Cell:
    """A chip for what asks for attention; nothing for the rest."""
    if line.severity == "warning":
        return Cell(chips=(Chip(translate("Events", "Warning"), "warning", True),))
    if line.severity in {"error", "critical"}:
        return Cell(chips=(Chip(translate("Events", "Error"), "down", True),))
    return Cell()


def symbol_cell(line: AuditEvent, facts: Facts) -> Cell:
    """The contract that it is about."""
    return Cell(text=line.key.symbol if line.key else text.DASH, is_strong=line.key is not None)


def what_cell(line: AuditEvent, facts: Facts) -> Cell:
    """What happened."""
    return Cell(text=event_words.event(line))


def evidence_tip(line: AuditEvent, facts: Facts) -> str:
    """The code and every detail, as they came; while money is hidden, no id and no digits but of prices and shares."""
    return "\n".join([line.code, *(f"{name}: {_shown(name, value)}" for name, value in line.details.items())])


def _shown(name: str, value: object) -> object:
    if not text.is_private() or name.endswith(_SEEN):
        return value
    may_tell = isinstance(value, str | Decimal) and any(letter.isdigit() for letter in str(value))
    return text.HIDDEN if may_tell or name.endswith(_IDS) else value


def columns() -> tuple[Column, ...]:
    """The Events table, in the user's language."""
    t = translate
    return (
        Column("time", (t("Events", "Time"),), time_cell, lambda e: e.ts_ms, is_right=False,
               widest="2023-11-14 22:13:20"),
        Column("severity", (t("Events", "Severity"),), severity_cell, lambda e: e.severity, is_right=False,
               widest="Warning   "),
        Column("symbol", (t("Events", "Symbol"),), symbol_cell, lambda e: e.key.symbol if e.key else None,
               is_right=False, widest="1000PEPEUSDT", search=lambda e: e.key.symbol if e.key else ""),
        Column("what", (t("Events", "What happened"),), what_cell, lambda e: e.code, evidence_tip, is_right=False,
               widest="Partial exit 20.0 at 34.220, net +12.60", stretch=1, search=event_words.event),
    )  # fmt: skip
