"""Who opened a position and what last reduced it, as far as its executions say; and what a bot says of it.

Only the executions of the snapshot are looked at: when the first entry of a life is older than those, nobody is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gui import text, words
from gui.models.cell import Cell, Facts
from gui.text import translate

if TYPE_CHECKING:
    from core.model import Execution, Position

# The first fill of an order and Bybit's own time of the position lie that close together.
_SAME_MS: Final = 2_000
_OURS: Final = "qd"


class _Entries:
    """Entries by contract and side, newest first; worked out once for each list of executions."""

    def __init__(self) -> None:
        self._executions: tuple[Execution, ...] | None = None
        self._found: dict[tuple[str, str, str], list[Execution]] = {}

    def of(self, position: Position, executions: tuple[Execution, ...]) -> list[Execution]:
        """Fills on the position's own side."""
        if executions is not self._executions:
            self._executions, self._found = executions, {}
            for one in executions:
                if one.exec_type == "Trade":
                    self._found.setdefault((one.category, one.symbol, one.side), []).append(one)
        return self._found.get((position.category, position.symbol, position.side), [])


_entries = _Entries()


def is_entry(fill: Execution, position: Position) -> bool:
    """In hedge mode only a fill that names its leg counts: a buy could close the short leg as well."""
    is_same = (fill.category, fill.symbol, fill.side) == (position.category, position.symbol, position.side)
    leg = 0 if fill.position_idx is None else fill.position_idx
    return is_same and fill.exec_type == "Trade" and leg == position.position_idx


def first_entry(position: Position, facts: Facts) -> Execution | None:
    """The fill that began this life; None when it is not among the executions that are here."""
    begun = position.opened_ms
    if facts.snapshot is None or begun is None:
        return None
    found = [
        one
        for one in _entries.of(position, facts.snapshot.executions)
        if abs(one.ts_ms - begun) <= _SAME_MS and is_entry(one, position)
    ]
    return min(found, key=lambda one: (one.ts_ms, one.seq), default=None)


def opened_by(position: Position, facts: Facts) -> str | None:
    """This desk, somebody at Bybit's own site, or the order's own id, literally; None when it is not known."""
    fill = first_entry(position, facts)
    if fill is None:
        return None
    if fill.order_link_id.startswith(_OURS):
        return translate("Positions", "this desk")
    return text.identity(fill.order_link_id) or translate("Positions", "without an own id")


def reduced_by(position: Position, facts: Facts) -> str | None:
    """The reason of the newest partial exit; None without one."""
    return words.reason(position.partial_exits[-1].reason) if position.partial_exits else None


def opened_cell(position: Position, facts: Facts) -> Cell:
    """Who opened it; below, what reduced it last."""
    return Cell(
        text=opened_by(position, facts) or text.DASH,
        below=reduced_by(position, facts) or text.DASH,
        is_faint=position.is_closing,
    )


def opened_tip(position: Position, facts: Facts) -> str:
    """Where both come from."""
    return translate(
        "Tips",
        "Above: the own id of the order that opened this position; a dash when that is older than the executions here\n"
        "Below: why it was last reduced: the kind of that order as Bybit reports it, or a bot's label of it",
    )


def _note(position: Position, facts: Facts) -> Any:
    return facts.snapshot.notes.get(position.key) if facts.snapshot is not None else None


def note_of(position: Position, facts: Facts) -> str | None:
    """Why a bot opened it, in its own words on one line; None when no bot says so."""
    note = _note(position, facts)
    return " ".join(note.reason.split()) or None if note is not None else None


def confidence_of(position: Position, facts: Facts) -> Any:
    """How sure the bot was, as it says."""
    note = _note(position, facts)
    return None if note is None else note.confidence


def note_cell(position: Position, facts: Facts) -> Cell:
    """The bot's reason and confidence; below, its indicators."""
    note = _note(position, facts)
    if note is None:
        return Cell(text=text.DASH, tone="muted", is_faint=position.is_closing)
    from gui.models.inspection import note_words  # with the first note, not before the first paint

    why, indicators = note_words(note)
    return Cell(text=why or text.DASH, below=indicators, is_faint=position.is_closing)


def note_tip(position: Position, facts: Facts) -> str:
    """All of the note."""
    source = translate("Tips", "What the bot wrote into its positions file when it opened this position")
    return "\n".join(part for part in (note_of(position, facts), source) if part)
